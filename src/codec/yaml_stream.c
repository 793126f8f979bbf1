/* SPDX-License-Identifier: Apache-2.0 */
/* Set-up and errors of libfyaml's event parser, see yaml_stream.h. */
#include "codec/yaml_stream.h"

#include "base/escape.h"

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
                        struct cm_err *err)
{
        *s = (struct cm_yaml_stream){ .arena = arena };
        cm_buf_init(&s->words, CM_KIB(4));
        s->diag = make_diag(&s->words);
        CM_ASSERT(s->diag != NULL);
        const struct fy_parse_cfg cfg = {
                .flags = FYPCF_QUIET | FYPCF_DEFAULT_VERSION_1_2 | FYPCF_JSON_NONE |
                         FYPCF_DISABLE_MMAP_OPT,
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
        if (s->parser != NULL)
                fy_parser_destroy(s->parser);
        if (s->diag != NULL)
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
        if (e != NULL && e->msg != NULL)
                return CM_RAISE(err, CM_E_MALFORMED, "YAML line %d column %d: %s", e->line,
                                e->column,
                                cm_escape(s->arena, cm_sv_trim(cm_sv_from_cstr(e->msg))));
        struct cm_sv rest = cm_buf_sv(&s->words);
        struct cm_sv line = CM_SV("syntax error");
        CM_IGNORE(cm_sv_next_line(&rest, &line));
        return CM_RAISE(err, CM_E_MALFORMED, "YAML: %s", cm_escape(s->arena, line));
}

int cm_yaml_stream_next(struct cm_yaml_stream *s, struct fy_event **ret, struct cm_err *err)
{
        struct fy_event *e = fy_parser_parse(s->parser);
        if (e == NULL)
                return fy_parser_get_stream_error(s->parser) || fy_diag_got_error(s->diag) ||
                                       s->words.len > 0
                               ? syntax_error(s, err)
                               : CM_YAML_STREAM_END;
        *ret = e;
        return 0;
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

int cm_yaml_check_bytes(struct cm_sv text, bool directives_allowed, struct cm_err *err)
{
        size_t line = 1;
        size_t line_start = 0;
        for (size_t i = 0; i < text.len;) {
                unsigned char c = (unsigned char)text.ptr[i];
                uint32_t cp = 0;
                size_t len = c < 0x80 ? 1 : cm_utf8_next(cm_sv_skip(text, i), &cp);
                const char *what = forbidden(c, len);
                if (what == NULL && c == '%' && !directives_allowed && i == line_start)
                        what = "directives are refused";
                if (what != NULL)
                        return CM_RAISE(err, CM_E_MALFORMED, "YAML line %zu column %zu: %s", line,
                                        i - line_start + 1, what);
                i += len;
                if (c == '\n' || (c == '\r' && (i >= text.len || text.ptr[i] != '\n'))) {
                        line++;
                        line_start = i;
                }
        }
        return 0;
}
