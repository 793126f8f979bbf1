/* SPDX-License-Identifier: Apache-2.0 */
/* Reader of csv.h. */
#include "codec/csv.h"

struct cm_csv cm_csv_make(struct cm_sv text, char separator)
{
        if (cm_sv_has_prefix(text, CM_SV("\xef\xbb\xbf")))
                text = cm_sv_skip(text, 3);
        return (struct cm_csv){ .rest = text, .separator = separator, .next_line = 1 };
}

static struct cm_sv unquote(struct cm_arena *arena, struct cm_sv s)
{
        if (cm_sv_find_char(s, '"') < 0)
                return s;
        char *out = cm_arena_alloc(arena, s.len, 1);
        size_t n = 0;
        for (size_t i = 0; i < s.len; i++) {
                out[n++] = s.ptr[i];
                if (s.ptr[i] == '"')
                        i++; /* the second of a pair */
        }
        return cm_sv_make(out, n);
}

/* After an opening quote: up to its end. */
static int quoted(struct cm_csv *c, struct cm_arena *arena, struct cm_sv *ret, struct cm_err *err)
{
        struct cm_sv s = cm_sv_skip(c->rest, 1);
        size_t i = 0;
        for (; i < s.len; i++) {
                c->next_line += s.ptr[i] == '\n';
                if (s.ptr[i] != '"')
                        continue;
                if (i + 1 < s.len && s.ptr[i + 1] == '"')
                        i++;
                else
                        break;
        }
        c->rest = CM_SV_NULL;
        if (i >= s.len)
                return CM_RAISE(err, CM_E_MALFORMED, "CSV line %zu: quote is not closed", c->line);
        *ret = unquote(arena, cm_sv_slice(s, 0, i));
        c->rest = cm_sv_skip(s, i + 1);
        if (c->rest.len > 0 && c->rest.ptr[0] != c->separator && c->rest.ptr[0] != '\n' &&
            c->rest.ptr[0] != '\r')
                return CM_RAISE(err, CM_E_MALFORMED, "CSV line %zu: text after a closing quote",
                                c->line);
        return 0;
}

static struct cm_sv unquoted(struct cm_csv *c)
{
        size_t i = 0;
        while (i < c->rest.len && c->rest.ptr[i] != c->separator && c->rest.ptr[i] != '\n')
                i++;
        struct cm_sv s = cm_sv_slice(c->rest, 0, i);
        c->rest = cm_sv_skip(c->rest, i);
        if (s.len > 0 && s.ptr[s.len - 1] == '\r' && (c->rest.len == 0 || c->rest.ptr[0] == '\n'))
                s.len--;
        return s;
}

static void skip_empty_lines(struct cm_csv *c)
{
        while (c->rest.len > 0 && (c->rest.ptr[0] == '\n' || c->rest.ptr[0] == '\r')) {
                c->next_line += c->rest.ptr[0] == '\n';
                c->rest = cm_sv_skip(c->rest, 1);
        }
        c->line = c->next_line;
}

int cm_csv_next(struct cm_csv *c, struct cm_arena *arena, struct cm_err *err)
{
        c->count = 0;
        skip_empty_lines(c);
        if (c->rest.len == 0)
                return 1;
        for (;;) {
                struct cm_sv field = CM_SV("");
                if (c->count == CM_CSV_FIELDS_MAX) {
                        c->rest = CM_SV_NULL;
                        return CM_RAISE(err, CM_E_LIMIT,
                                        "CSV line %zu: more fields than limit csv_fields_max",
                                        c->line);
                }
                if (c->rest.len > 0 && c->rest.ptr[0] == '"') {
                        int r = quoted(c, arena, &field, err);
                        if (r < 0)
                                return r;
                        if (c->rest.len > 0 && c->rest.ptr[0] == '\r')
                                c->rest = cm_sv_skip(c->rest, 1);
                } else {
                        field = unquoted(c);
                }
                c->fields[c->count++] = field;
                if (c->rest.len == 0 || c->rest.ptr[0] != c->separator)
                        break;
                c->rest = cm_sv_skip(c->rest, 1);
        }
        if (c->rest.len > 0 && c->rest.ptr[0] == '\n') {
                c->rest = cm_sv_skip(c->rest, 1);
                c->next_line++;
        }
        return 0;
}

ptrdiff_t cm_csv_find(const struct cm_csv *c, struct cm_sv name)
{
        for (size_t i = 0; i < c->count; i++)
                if (cm_sv_eq_nocase(cm_sv_trim(c->fields[i]), name))
                        return (ptrdiff_t)i;
        return -1;
}

struct cm_sv cm_csv_get(const struct cm_csv *c, ptrdiff_t index)
{
        if (index < 0 || (size_t)index >= c->count)
                return CM_SV("");
        return cm_sv_trim(c->fields[index]);
}
