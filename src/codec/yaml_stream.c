/* SPDX-License-Identifier: Apache-2.0 */
/* Set-up and errors of libfyaml's event parser, see yaml_stream.h. */
#include "codec/yaml_stream.h"

#include "base/escape.h"
#include "base/limits.h"

enum {
        DIRECTIVE_BYTES_MAX = 1000
};

/* libfyaml writes to stderr in some paths even when told to be quiet; its words come to us. */
static void on_diag(struct fy_diag *diag, void *user, const char *text, size_t len)
{
        (void)diag;
        struct cm_buf *out = user;
        if (out->len == 0)
                cm_buf_put(out, text, len);
}

static struct fy_diag *make_diag(struct cm_buf *words)
{
        struct fy_diag_cfg cfg;
        fy_diag_cfg_default(&cfg);
        cfg.fp = NULL;
        cfg.output_fn = on_diag;
        cfg.user = words;
        cfg.level = FYET_ERROR;
        cfg.colorize = false;
        cfg.show_source = false;
        cfg.show_position = true;
        cfg.show_type = false;
        cfg.show_module = false;
        struct fy_diag *diag = fy_diag_create(&cfg);
        if (diag != NULL)
                fy_diag_set_collect_errors(diag, true);
        return diag;
}

int cm_yaml_stream_open(struct cm_yaml_stream *s, struct cm_arena *arena, struct cm_sv text,
                        bool loose_flow, struct cm_err *err)
{
        *s = (struct cm_yaml_stream){ .arena = arena };
        cm_buf_init(&s->words, CM_KIB(4));
        s->diag = make_diag(&s->words);
        CM_ASSERT(s->diag != NULL);
        const struct fy_parse_cfg cfg = {
                .flags = FYPCF_QUIET | FYPCF_DEFAULT_VERSION_1_2 | FYPCF_JSON_NONE |
                         FYPCF_DISABLE_MMAP_OPT | (loose_flow ? FYPCF_SLOPPY_FLOW_INDENTATION : 0),
                .diag = s->diag,
        };
        s->parser = fy_parser_create(&cfg);
        CM_ASSERT(s->parser != NULL);
        if (fy_parser_set_string(s->parser, text.len == 0 ? "" : text.ptr, text.len) != 0)
                return CM_RAISE(err, CM_E_MALFORMED, "YAML: text cannot be read");
        return 0;
}

void cm_yaml_stream_close(struct cm_yaml_stream *s)
{
        if (s->parser != NULL && !s->broken)
                fy_parser_destroy(s->parser);
        if (s->diag != NULL && !s->broken)
                fy_diag_destroy(s->diag);
        cm_buf_fini(&s->words);
}

/*
 * The first error collected. Libfyaml's own display of the source line writes past its buffer when
 * that line is long, so it is never asked for one.
 */
static int syntax_error(struct cm_yaml_stream *s, struct cm_err *err)
{
        void *at = NULL;
        const struct fy_diag_error *e = fy_diag_errors_iterate(s->diag, &at);
        /* It may stand behind complaints about directives. */
        for (const struct fy_diag_error *each = e; each != NULL && !s->broken;
             each = fy_diag_errors_iterate(s->diag, &at))
                s->broken = each->msg != NULL &&
                            cm_sv_find(cm_sv_from_cstr(each->msg), CM_SV("cannot use tab")) >= 0;
        if (e != NULL && e->msg != NULL)
                return CM_RAISE(err, CM_E_MALFORMED, "YAML line %d column %d: %s", e->line,
                                e->column,
                                cm_escape(s->arena, cm_sv_trim(cm_sv_from_cstr(e->msg))));
        struct cm_sv rest = cm_buf_sv(&s->words);
        struct cm_sv line = CM_SV("syntax error");
        CM_IGNORE(cm_sv_next_line(&rest, &line));
        return CM_RAISE(err, CM_E_MALFORMED, "YAML: %s", cm_escape(s->arena, line));
}

int cm_yaml_stream_walk(struct cm_yaml_stream *s, int (*on_event)(void *ctx, struct fy_event *e),
                        void *ctx, struct cm_err *err)
{
        for (;;) {
                struct fy_event *e = fy_parser_parse(s->parser);
                if (e == NULL)
                        return fy_parser_get_stream_error(s->parser) ||
                                               fy_diag_got_error(s->diag) || s->words.len > 0
                                       ? syntax_error(s, err)
                                       : 0;
                bool is_end = e->type == FYET_STREAM_END;
                int r = on_event(ctx, e);
                fy_parser_event_free(s->parser, e);
                if (r < 0 || is_end)
                        return r;
        }
}

/* Characters that may begin or end a token of a flow collection, an anchor, a tag or an alias. */
static bool is_token(unsigned char c)
{
        switch (c) {
        case '[':
        case ']':
        case '{':
        case '}':
        case ',':
        case ':':
        case '&':
        case '*':
        case '!':
                return true;
        default:
                return false;
        }
}

/* A "%" line: libfyaml copies a version to the stack, however long it is. */
static bool is_long_directive(struct cm_sv text, size_t at)
{
        struct cm_sv line = cm_sv_slice(text, at, at + DIRECTIVE_BYTES_MAX);
        return line.len == DIRECTIVE_BYTES_MAX && cm_sv_find_char(line, '\n') < 0;
}

static const char *forbidden(unsigned char c, size_t len)
{
        if (len == 0)
                return "text is not valid UTF-8";
        if (c == '\0')
                return "text holds a NUL byte";
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
                return "text holds a control character";
        return NULL;
}

struct scan {
        struct cm_sv text;
        size_t marks; /* lines on end that begin with an anchor or a tag */
        size_t line;
        size_t line_start;
        size_t indent;
        bool in_indent;
        bool at_marker;     /* the line is "---" or the like */
        size_t tokens;      /* on the line */
        bool bracket_first; /* the line begins with one */
        size_t open;    /* brackets that are not closed; quotes and comments are not looked at */
        bool open_root; /* the first of them may be the document's: no indent ends it */
        size_t open_indent;
        size_t open_tokens;
        bool in_key; /* behind a "? " and not at the end of what is indented more */
        size_t key_indent;
        size_t key_tokens;
};

static int refuse(const struct scan *s, size_t at, enum cm_err_code code, const char *what,
                  struct cm_err *err)
{
        return CM_RAISE(err, code, "YAML line %zu column %zu: %s", s->line, at - s->line_start + 1,
                        what);
}

static char next_char(const struct scan *s, size_t at)
{
        return at + 1 < s->text.len ? s->text.ptr[at + 1] : '\n';
}

static void start_line(struct scan *s, size_t at)
{
        struct cm_sv rest = cm_sv_slice(s->text, at, at + 3);
        s->line++;
        s->line_start = at;
        s->indent = 0;
        s->in_indent = true;
        s->tokens = 0;
        s->at_marker = cm_sv_has_prefix(rest, CM_SV("---")) || cm_sv_has_prefix(rest, CM_SV("..."));
        if (s->at_marker) {
                s->open = 0;
                s->in_key = false;
        }
}

/*
 * The first character of a line that is no blank. What is indented no more than the line where a
 * bracket stands is not within it (brackets in text need not be closed); a line that begins with one
 * may belong to a key far to the left.
 */
static void end_indent(struct scan *s, unsigned char c)
{
        s->in_indent = false;
        s->bracket_first = c == '[' || c == '{';
        s->marks = c == '&' || c == '!' || c == '*' ? s->marks + 1 : c == '#' ? s->marks : 0;
        if (s->open > 0 && !s->open_root && s->indent <= s->open_indent)
                s->open = 0;
        if (s->in_key && s->indent <= s->key_indent && (s->key_indent > 0 || s->open == 0))
                s->in_key = false;
}

/* Counts what libfyaml may have to hold; the limit that is passed, or NULL. */
static const char *count(struct scan *s, size_t at)
{
        unsigned char c = (unsigned char)s->text.ptr[at];
        if (s->in_indent && c == ' ') {
                s->indent++;
                return NULL;
        }
        if (s->in_indent && c != '\n' && c != '\r')
                end_indent(s, c);
        if (c == '?' && !s->in_key && cm_is_blank(next_char(s, at))) {
                s->in_key = true;
                s->key_indent = s->indent;
                s->key_tokens = 0;
        }
        if (!is_token(c))
                return NULL;
        s->tokens++;
        s->key_tokens++;
        s->open_tokens++;
        if (s->open == 0 && (c == '[' || c == '{')) {
                s->open_indent = s->bracket_first ? 0 : s->indent;
                s->open_root = s->at_marker || (s->bracket_first && s->indent == 0);
                s->open_tokens = 0;
        }
        s->open += c == '[' || c == '{';
        s->open -= (c == ']' || c == '}') && s->open > 0;
        if (s->tokens > CM_YAML_LINE_TOKENS_MAX)
                return "more tokens on one line than limit yaml_line_tokens_max";
        if (s->open > 0 && s->open_tokens > CM_YAML_LINE_TOKENS_MAX)
                return "more tokens in brackets than limit yaml_line_tokens_max";
        if (s->marks > CM_YAML_LINE_TOKENS_MAX)
                return "more anchors and tags on end than limit yaml_line_tokens_max";
        if (s->in_key && s->key_tokens > CM_YAML_LINE_TOKENS_MAX)
                return "more tokens in one key than limit yaml_line_tokens_max";
        return NULL;
}

/* Over characters that mean nothing here, which is most of the text. */
static size_t skip_plain(struct cm_sv text, size_t i)
{
        for (; i < text.len; i++) {
                char c = text.ptr[i];
                if (!cm_is_alnum(c) && c != ' ' && c != '"' && c != '_' && (c < '-' || c > '/'))
                        break;
        }
        return i;
}

int cm_yaml_check_bytes(struct cm_sv text, bool directives_allowed, struct cm_err *err)
{
        struct scan s = { .text = text };
        start_line(&s, 0);
        for (size_t i = 0; i < text.len;) {
                if (!s.in_indent && (i = skip_plain(text, i)) == text.len)
                        break;
                unsigned char c = (unsigned char)text.ptr[i];
                uint32_t cp = 0;
                size_t len = c < 0x80 ? 1 : cm_utf8_next(cm_sv_skip(text, i), &cp);
                const char *what = c >= 0x20 && c < 0x7f ? NULL : forbidden(c, len);
                if (what == NULL && c == '%' && !directives_allowed && i == s.line_start)
                        what = "directives are refused";
                if (what == NULL && c == '%' && i == s.line_start && is_long_directive(text, i))
                        what = "a directive is longer than 1000 bytes";
                if (what != NULL)
                        return refuse(&s, i, CM_E_MALFORMED, what, err);
                what = count(&s, i);
                if (what != NULL)
                        return refuse(&s, i, CM_E_LIMIT, what, err);
                i += len;
                if (c == '\n' || (c == '\r' && (i >= text.len || text.ptr[i] != '\n')))
                        start_line(&s, i);
        }
        return 0;
}
