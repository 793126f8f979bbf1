/* SPDX-License-Identifier: Apache-2.0 */
/* See pointer.h. */
#include "codec/pointer.h"

#include "base/limits.h"

static struct cm_sv unescape(struct cm_arena *arena, struct cm_sv token)
{
        char *out = cm_arena_alloc(arena, token.len + 1, 1);
        size_t len = 0;
        for (size_t i = 0; i < token.len; i++) {
                bool pair = token.ptr[i] == '~' && i + 1 < token.len &&
                            (token.ptr[i + 1] == '0' || token.ptr[i + 1] == '1');
                out[len++] = !pair ? token.ptr[i] : token.ptr[i + 1] == '0' ? '~' : '/';
                i += pair;
        }
        return cm_sv_make(out, len);
}

bool cm_pointer_next(struct cm_arena *arena, struct cm_sv *rest, struct cm_sv *ret_token)
{
        if (rest->len == 0 || rest->ptr[0] != '/')
                return false;
        struct cm_sv text = cm_sv_skip(*rest, 1);
        ptrdiff_t slash = cm_sv_find_char(text, '/');
        size_t len = slash < 0 ? text.len : (size_t)slash;
        *ret_token = unescape(arena, cm_sv_slice(text, 0, len));
        *rest = cm_sv_skip(text, len);
        return true;
}

size_t cm_pointer_child(const struct cm_node *n, struct cm_sv token)
{
        size_t count = cm_node_count(n);
        if (cm_node_type(n) == CM_NODE_MAP) {
                const struct cm_node_member *m = cm_node_member(n, token);
                return m == NULL ? count : (size_t)(m - n->map.members);
        }
        struct cm_err ignored = CM_ERR_INIT;
        uint64_t index = 0;
        if (count == 0 || cm_parse_u64(token, 0, count - 1, &index, &ignored) < 0)
                return count;
        return (size_t)index;
}

const struct cm_node *cm_pointer_get(struct cm_arena *arena, const struct cm_node *root,
                                     struct cm_sv pointer)
{
        struct cm_sv token;
        while (root != NULL && cm_pointer_next(arena, &pointer, &token)) {
                size_t number = cm_pointer_child(root, token);
                if (number >= cm_node_count(root))
                        return NULL;
                root = cm_node_child(root, number);
        }
        return root;
}

void cm_pointer_put(struct cm_buf *out, struct cm_sv token)
{
        cm_buf_put_char(out, '/');
        for (size_t i = 0; i < token.len; i++) {
                if (token.ptr[i] == '~')
                        cm_buf_put_str(out, "~0");
                else if (token.ptr[i] == '/')
                        cm_buf_put_str(out, "~1");
                else
                        cm_buf_put_char(out, token.ptr[i]);
        }
}

struct cm_sv cm_pointer_join(struct cm_arena *arena, struct cm_sv pointer, struct cm_sv token)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_NODE_BYTES_MAX);
        cm_buf_put_sv(&buf, pointer);
        cm_pointer_put(&buf, token);
        return cm_sv_dup(arena, cm_buf_sv(&buf));
}
