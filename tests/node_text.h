/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of readers: what stands at a place of a document tree, as text to compare with. */
#pragma once

#include "base/buf.h"
#include "cel/value.h"
#include "codec/node_json.h"

static inline struct cm_sv cm_test_node_json(struct cm_arena *arena, const struct cm_node *n)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&buf, CM_MIB(64));
        cm_node_write_json(&buf, n);
        return cm_sv_dup(arena, cm_buf_sv(&buf));
}

/*
 * Follows `path` from *n: keys of maps and numbers of lists, with blanks between. "@" at its end asks
 * for the place, "line:column" or "nowhere": then true, and *ret_place is set.
 */
static inline bool cm_test_node_follow(struct cm_arena *arena, const char *path,
                                       const struct cm_node **n, struct cm_sv *ret_place)
{
        struct cm_sv rest = cm_sv_from_cstr(path);
        struct cm_sv key;
        while (cm_sv_next_field(&rest, ' ', &key)) {
                struct cm_err none = CM_ERR_INIT;
                uint64_t number = 0;
                if (cm_sv_eq(key, CM_SV("@"))) {
                        *ret_place = *n == NULL ? CM_SV("nowhere")
                                                : cm_sv_printf(arena, "%u:%u", (*n)->pos.line,
                                                               (*n)->pos.column);
                        return true;
                }
                *n = cm_node_type(*n) == CM_NODE_LIST &&
                                     cm_parse_u64(key, 0, 100, &number, &none) == 0
                             ? cm_node_at(*n, number)
                             : cm_node_get_sv(*n, key);
        }
        return false;
}

/* What stands at the path, as JSON; "absent", the place of "@", or why it is not known. */
static inline struct cm_sv cm_test_node_show(struct cm_arena *arena, const struct cm_node *n,
                                             const char *path)
{
        struct cm_sv place;
        if (cm_test_node_follow(arena, path, &n, &place))
                return place;
        struct cm_cel_value v = cm_cel_from_node(n);
        if (n == NULL || v.kind == CM_CEL_ERROR)
                return n == NULL ? CM_SV("absent") : v.reason->text;
        return cm_test_node_json(arena, n);
}
