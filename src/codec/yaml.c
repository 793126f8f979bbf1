/* SPDX-License-Identifier: Apache-2.0 */
/* Events of libfyaml to a jansson tree, see yaml.h. */
#include "codec/yaml.h"

#include "base/limits.h"
#include "codec/json_internal.h"
#include "codec/yaml_stream.h"

struct level {
        json_t *container;
        struct cm_sv key; /* of a mapping: the key read, while `has_key` */
        bool has_key;
};

struct build {
        struct cm_arena *arena;
        struct level levels[CM_JSON_DEPTH_MAX + 1];
        size_t depth;
        json_t *root;
        size_t nodes;
        struct cm_err *err;
};

static int fail_at(struct build *b, const struct fy_mark *mark, enum cm_err_code code,
                   const char *what)
{
        int line = mark == NULL ? 0 : mark->line + 1;
        int column = mark == NULL ? 0 : mark->column + 1;
        return CM_RAISE(b->err, code, "YAML line %d column %d: %s", line, column, what);
}

/* A decimal integer that prints back as itself. */
static bool is_integer(struct cm_sv s, json_int_t *ret)
{
        struct cm_sv digits = cm_sv_has_prefix(s, CM_SV("-")) ? cm_sv_skip(s, 1) : s;
        if (digits.len == 0 || digits.len > 18 || (digits.ptr[0] == '0' && s.len > 1))
                return false;
        for (size_t i = 0; i < digits.len; i++)
                if (!cm_is_digit(digits.ptr[i]))
                        return false;
        struct cm_err err = CM_ERR_INIT;
        int64_t v = 0;
        if (cm_parse_i64(s, INT64_MIN, INT64_MAX, &v, &err) < 0)
                return false;
        *ret = v;
        return true;
}

/* "1.5" but not "1.10", "01.5" or "1e3": digits, one point, digits that do not end in zero. */
static bool is_real(struct cm_sv s, double *ret)
{
        struct cm_sv rest = cm_sv_has_prefix(s, CM_SV("-")) ? cm_sv_skip(s, 1) : s;
        struct cm_sv whole;
        struct cm_sv part;
        if (!cm_sv_cut(rest, '.', &whole, &part) || whole.len == 0 || part.len == 0 ||
            whole.len + part.len > 15 || (whole.ptr[0] == '0' && whole.len > 1) ||
            (part.ptr[part.len - 1] == '0' && part.len > 1))
                return false;
        double v = 0;
        double scale = 1;
        for (size_t i = 0; i < rest.len; i++) {
                if (i == whole.len)
                        continue;
                if (!cm_is_digit(rest.ptr[i]))
                        return false;
                v = v * 10 + (rest.ptr[i] - '0');
                scale *= i > whole.len ? 10 : 1;
        }
        *ret = rest.len == s.len ? v / scale : -v / scale;
        return true;
}

static json_t *scalar_value(struct cm_sv s, bool plain)
{
        static const char *const nulls[] = { "", "~", "null", "Null", "NULL", NULL };
        static const char *const trues[] = { "true", "True", "TRUE", NULL };
        static const char *const falses[] = { "false", "False", "FALSE", NULL };
        json_int_t i = 0;
        double d = 0;
        if (plain && cm_sv_is_any(s, nulls))
                return json_null();
        if (plain && cm_sv_is_any(s, trues))
                return json_true();
        if (plain && cm_sv_is_any(s, falses))
                return json_false();
        if (plain && is_integer(s, &i))
                return json_integer(i);
        if (plain && is_real(s, &d))
                return json_real(d);
        return json_stringn(s.ptr == NULL ? "" : s.ptr, s.len);
}

/* Puts a finished or opened value where it belongs; takes the reference. */
static int place(struct build *b, json_t *v, const struct fy_mark *mark)
{
        if (v == NULL)
                return fail_at(b, mark, CM_E_MALFORMED, "text is not valid UTF-8");
        if (++b->nodes > CM_YAML_NODES_MAX) {
                json_decref(v);
                return fail_at(b, mark, CM_E_LIMIT, "more nodes than limit yaml_nodes_max");
        }
        if (b->depth == 0) {
                if (b->root != NULL) {
                        json_decref(v);
                        return fail_at(b, mark, CM_E_MALFORMED, "a second document begins");
                }
                b->root = v;
                return 0;
        }
        struct level *l = &b->levels[b->depth - 1];
        int bad = 0;
        if (json_is_array(l->container)) {
                bad = json_array_append_new(l->container, v);
        } else {
                CM_ASSERT(l->has_key);
                l->has_key = false;
                bad = json_object_setn_new(l->container, l->key.ptr, l->key.len, v);
        }
        return bad == 0 ? 0 : fail_at(b, mark, CM_E_MALFORMED, "key is not valid UTF-8");
}

static bool wants_key(const struct build *b)
{
        return b->depth > 0 && json_is_object(b->levels[b->depth - 1].container) &&
               !b->levels[b->depth - 1].has_key;
}

static int open_container(struct build *b, json_t *v, const struct fy_mark *mark)
{
        if (wants_key(b)) {
                json_decref(v);
                return fail_at(b, mark, CM_E_MALFORMED, "key is not a scalar");
        }
        if (b->depth >= CM_JSON_DEPTH_MAX) {
                json_decref(v);
                return fail_at(b, mark, CM_E_LIMIT, "nesting is over limit json_depth_max");
        }
        int r = place(b, v, mark);
        if (r == 0)
                b->levels[b->depth++] = (struct level){ .container = v };
        return r;
}

static int on_scalar(struct build *b, struct fy_event *e, const struct fy_mark *mark)
{
        size_t len = 0;
        struct fy_token *token = e->scalar.value;
        const char *text = token == NULL ? "" : fy_token_get_text(token, &len);
        struct cm_sv s = cm_sv_make(text == NULL ? "" : text, text == NULL ? 0 : len);
        bool plain = token == NULL || fy_token_scalar_style(token) == FYSS_PLAIN;
        if (!wants_key(b))
                return place(b, scalar_value(s, plain), mark);
        struct level *l = &b->levels[b->depth - 1];
        if (cm_sv_find_char(s, '\0') >= 0)
                return fail_at(b, mark, CM_E_MALFORMED, "key holds a NUL character");
        l->key = cm_sv_dup(b->arena, s);
        l->has_key = true;
        if (json_object_getn(l->container, l->key.ptr, l->key.len) != NULL)
                return fail_at(b, mark, CM_E_MALFORMED, "key appears twice");
        return 0;
}

static int on_event(void *ctx, struct fy_event *e)
{
        struct build *b = ctx;
        const struct fy_mark *mark = fy_event_start_mark(e);
        switch (e->type) {
        case FYET_SCALAR:
                return on_scalar(b, e, mark);
        case FYET_SEQUENCE_START:
                return open_container(b, json_array(), mark);
        case FYET_MAPPING_START:
                return open_container(b, json_object(), mark);
        case FYET_SEQUENCE_END:
        case FYET_MAPPING_END:
                CM_ASSERT(b->depth > 0);
                b->depth--;
                return 0;
        case FYET_ALIAS:
                return fail_at(b, mark, CM_E_LIMIT, "aliases are refused");
        case FYET_NONE:
        case FYET_STREAM_START:
        case FYET_STREAM_END:
        case FYET_DOCUMENT_START:
        case FYET_DOCUMENT_END:
                return 0;
        }
        return 0;
}

int cm_yaml_parse(struct cm_arena *arena, struct cm_sv text, const struct cm_json **ret,
                  struct cm_err *err)
{
        if (text.len > CM_JSON_BYTES_MAX)
                return CM_RAISE(err, CM_E_LIMIT,
                                "YAML text of %zu bytes is over limit json_bytes_max (%zu)",
                                text.len, CM_JSON_BYTES_MAX);
        int r = cm_yaml_check_bytes(text, false, err);
        if (r < 0)
                return r;
        struct build b = { .arena = arena, .err = err };
        struct cm_yaml_stream stream CM_CLEANUP(cm_yaml_stream_close) = { 0 };
        r = cm_yaml_stream_open(&stream, arena, text, false, err);
        if (r == 0)
                r = cm_yaml_stream_walk(&stream, on_event, &b, b.err);
        if (r < 0) {
                json_decref(b.root);
                return r;
        }
        *ret = b.root == NULL ? NULL : cm_json_own(arena, b.root);
        return 0;
}

bool cm_yaml_front_matter(struct cm_sv text, struct cm_sv *ret)
{
        struct cm_sv rest = text;
        struct cm_sv line;
        if (!cm_sv_next_line(&rest, &line) || !cm_sv_eq(cm_sv_trim(line), CM_SV("---")))
                return false;
        const char *from = rest.ptr;
        while (cm_sv_next_line(&rest, &line)) {
                if (cm_sv_eq(cm_sv_trim(line), CM_SV("---"))) {
                        *ret = cm_sv_make(from, (size_t)(line.ptr - from));
                        return true;
                }
        }
        return false;
}
