/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of a Dockerfile to instructions: parser directives, comments, continuation lines and the
 * bodies of heredocs, line by line as BuildKit's parser does it.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/escape.h"
#include "base/limits.h"
#include "codec/dockerfile_internal.h"

struct lines {
        struct cm_df *df;
        struct cm_sv rest;
        uint32_t number; /* of the line taken last */
        bool directives_over;
        CM_VEC(struct cm_df_comment) above; /* comments that wait for an instruction */
};

struct line {
        struct cm_sv text; /* without its end */
        struct cm_sv full;
};

size_t cm_df_space(struct cm_sv s)
{
        uint32_t cp = 0;
        if (s.len == 0)
                return 0;
        if ((unsigned char)s.ptr[0] < 0x80)
                return cm_is_blank(s.ptr[0]);
        size_t len = cm_utf8_next(s, &cp);
        bool space = cp == 0x85 || cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) ||
                     cp == 0x2028 || cp == 0x2029 || cp == 0x202f || cp == 0x205f || cp == 0x3000;
        return space ? len : 0;
}

struct cm_sv cm_df_trim_left(struct cm_sv s)
{
        for (size_t n; (n = cm_df_space(s)) > 0;)
                s = cm_sv_skip(s, n);
        return s;
}

struct cm_sv cm_df_trim(struct cm_sv s)
{
        s = cm_df_trim_left(s);
        while (s.len > 0) {
                size_t n = 1;
                while (n < 3 && n < s.len && ((unsigned char)s.ptr[s.len - n] & 0xc0) == 0x80)
                        n++;
                if (cm_df_space(cm_sv_skip(s, s.len - n)) != n)
                        break;
                s.len -= n;
        }
        return s;
}

void cm_df_error(struct cm_df *df, struct cm_node_pos pos, const char *format, ...)
{
        char text[CM_ERR_TEXT_BYTES];
        va_list args;
        va_start(args, format);
        int len = vsnprintf(text, sizeof(text), format, args);
        va_end(args);
        struct cm_sv s = cm_sv_make(text, CM_MIN((size_t)CM_MAX(len, 0), sizeof(text) - 1));
        *CM_VEC_PUSH(df->arena, &df->errors) = (struct cm_df_error){ cm_sv_dup(df->arena, s), pos };
}

static bool next_line(struct lines *l, struct line *ret)
{
        if (l->rest.len == 0)
                return false;
        ptrdiff_t end = cm_sv_find_char(l->rest, '\n');
        size_t len = end < 0 ? l->rest.len : (size_t)end + 1;
        ret->full = cm_sv_slice(l->rest, 0, len);
        ret->text = ret->full;
        while (ret->text.len > 0 && (ret->text.ptr[ret->text.len - 1] == '\n' ||
                                     ret->text.ptr[ret->text.len - 1] == '\r'))
                ret->text.len--;
        l->rest = cm_sv_skip(l->rest, len);
        l->number++;
        return true;
}

static struct cm_node_pos pos_in(const struct lines *l, const struct line *line, const char *at)
{
        return (struct cm_node_pos){ l->number, (uint32_t)(at - line->full.ptr + 1) };
}

static bool is_comment(struct cm_sv s)
{
        s = cm_df_trim_left(s);
        return s.len > 0 && s.ptr[0] == '#';
}

/* "name = value" of a comment that may be a directive. */
static bool split_directive(struct cm_sv comment, struct cm_sv *name, struct cm_sv *value)
{
        static const char *const names[] = { "syntax", "escape", "check" };
        size_t n = 0;
        while (n < comment.len && cm_is_alnum(comment.ptr[n]))
                n++;
        *name = cm_sv_slice(comment, 0, n);
        struct cm_sv rest = cm_sv_trim(cm_sv_skip(comment, n));
        if (n == 0 || rest.len == 0 || rest.ptr[0] != '=')
                return false;
        *value = cm_sv_trim(cm_sv_skip(rest, 1));
        if (value->len == 0)
                return false;
        for (size_t i = 0; i < CM_ARRAY_LEN(names); i++)
                if (cm_sv_eq_nocase(*name, cm_sv_from_cstr(names[i])))
                        return true;
        return false;
}

/* True when the line is a parser directive; only comments at the top of the file can be one. */
static bool take_directive(struct lines *l, const struct line *line, struct cm_sv stripped)
{
        struct cm_df *df = l->df;
        struct cm_sv name;
        struct cm_sv value;
        if (l->directives_over)
                return false;
        if (stripped.len == 0 || stripped.ptr[0] != '#' ||
            !split_directive(cm_df_trim_left(cm_sv_skip(stripped, 1)), &name, &value)) {
                l->directives_over = true;
                return false;
        }
        name = cm_sv_lower(df->arena, name);
        struct cm_node_pos pos = pos_in(l, line, stripped.ptr);
        for (size_t i = 0; i < df->directives.count; i++)
                if (cm_sv_eq(df->directives.items[i].name.text, name))
                        cm_df_error(df, pos, "only one %s parser directive can be used",
                                    cm_escape(df->arena, name));
        if (cm_sv_eq(name, CM_SV("escape"))) {
                if (cm_sv_eq(value, CM_SV("`")) || cm_sv_eq(value, CM_SV("\\")))
                        df->escape = value.ptr[0];
                else
                        cm_df_error(df, pos, "escape is '%s', which is neither ` nor \\",
                                    cm_escape(df->arena, value));
        }
        struct cm_df_pair *pair = CM_VEC_PUSH(df->arena, &df->directives);
        pair->name.text = name;
        pair->name.offset = l->number;
        pair->value.text = value;
        pair->value.offset = (size_t)(value.ptr - line->full.ptr) + 1;
        return true;
}

static void add_comment(struct lines *l, const struct line *line)
{
        struct cm_sv s = cm_df_trim_left(line->text);
        struct cm_df_comment comment = { cm_df_trim(cm_sv_skip(s, 1)), pos_in(l, line, s.ptr) };
        *CM_VEC_PUSH(l->df->arena, &l->df->comments) = comment;
        *CM_VEC_PUSH(l->df->arena, &l->above) = comment;
}

/* Cuts the continuation mark off: true when the line goes on. */
static bool cut_continuation(struct cm_sv *s, char escape)
{
        size_t n = s->len;
        while (n > 0 && (s->ptr[n - 1] == ' ' || s->ptr[n - 1] == '\t'))
                n--;
        if (n == 0 || s->ptr[n - 1] != escape || (n > 1 && s->ptr[n - 2] == escape))
                return false;
        s->len = n - 1;
        return true;
}

static void add_piece(struct lines *l, struct cm_df_instruction *in, struct cm_buf *joined,
                      const struct line *line, struct cm_sv piece)
{
        *CM_VEC_PUSH(l->df->arena, &in->map) =
                (struct cm_text_piece){ joined->len, pos_in(l, line, piece.ptr) };
        cm_buf_put_sv(joined, piece);
}

/* The lines that follow a line with a continuation mark. */
static void read_continuation(struct lines *l, struct cm_df_instruction *in, struct cm_buf *joined)
{
        struct line line;
        while (next_line(l, &line)) {
                if (is_comment(line.text)) {
                        struct cm_sv s = cm_df_trim_left(line.text);
                        *CM_VEC_PUSH(l->df->arena, &l->df->comments) =
                                (struct cm_df_comment){ cm_df_trim(cm_sv_skip(s, 1)),
                                                        pos_in(l, &line, s.ptr) };
                        continue;
                }
                if (cm_df_trim_left(line.text).len == 0) {
                        in->empty_continuation = true;
                        continue;
                }
                struct cm_sv piece = line.text;
                bool more = cut_continuation(&piece, l->df->escape);
                add_piece(l, in, joined, &line, piece);
                if (!more)
                        return;
        }
}

static void read_heredoc(struct lines *l, struct cm_df_heredoc *doc, struct cm_node_pos pos)
{
        struct line line;
        const char *from = l->rest.ptr;
        doc->line = l->number + 1;
        while (next_line(l, &line)) {
                struct cm_sv s = line.text;
                while (doc->chomp && s.len > 0 && s.ptr[0] == '\t')
                        s = cm_sv_skip(s, 1);
                if (cm_sv_eq(s, doc->name)) {
                        doc->content = cm_sv_make(from, (size_t)(line.full.ptr - from));
                        doc->end_line = l->number;
                        return;
                }
        }
        doc->content = cm_sv_make(from, (size_t)(l->rest.ptr - from));
        doc->end_line = l->number;
        cm_df_error(l->df, pos, "heredoc '%s' does not end", cm_escape(l->df->arena, doc->name));
}

static void read_instruction(struct lines *l, const struct line *first, struct cm_sv piece,
                             bool more)
{
        struct cm_df *df = l->df;
        struct cm_buf joined CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&joined, df->text.len);
        struct cm_df_instruction *in = CM_NEW(df->arena, struct cm_df_instruction);
        in->start_line = l->number;
        add_piece(l, in, &joined, first, piece);
        if (more)
                read_continuation(l, in, &joined);
        in->line = in->map.count == 1 ? piece : cm_sv_dup(df->arena, cm_buf_sv(&joined));
        cm_df_split(df, in, 0);
        cm_df_find_heredocs(df, in);
        for (size_t i = 0; i < in->heredocs.count; i++)
                read_heredoc(l, &in->heredocs.items[i], in->map.items[0].pos);
        in->end_line = l->number;
        in->raw = cm_sv_make(first->full.ptr, (size_t)(l->rest.ptr - first->full.ptr));
        in->comments.items = l->above.items;
        in->comments.count = l->above.count;
        l->above.items = NULL;
        l->above.count = 0;
        l->above.capacity = 0;
        *CM_VEC_PUSH(df->arena, &df->instructions) = in;
}

int cm_df_read_lines(struct cm_df *df, struct cm_err *err)
{
        struct lines l = { .df = df, .rest = df->text };
        struct line line;
        if (cm_sv_has_prefix(l.rest, CM_SV("\xef\xbb\xbf")))
                l.rest = cm_sv_skip(l.rest, 3);
        while (next_line(&l, &line)) {
                struct cm_sv stripped = cm_df_trim_left(line.text);
                if (take_directive(&l, &line, stripped))
                        continue;
                if (is_comment(stripped)) {
                        add_comment(&l, &line);
                        continue;
                }
                bool more = cut_continuation(&stripped, df->escape);
                if (!more && stripped.len == 0)
                        continue;
                if (df->instructions.count >= CM_DOCKERFILE_INSTRUCTIONS_MAX)
                        return CM_RAISE(err, CM_E_LIMIT,
                                        "Dockerfile line %u: more instructions than limit "
                                        "dockerfile_instructions_max",
                                        l.number);
                read_instruction(&l, &line, stripped, more);
        }
        return 0;
}
