/* SPDX-License-Identifier: Apache-2.0 */
/* The doors of cel.h that read text, and what faults look like. */
#include "base/escape.h"
#include "base/limits.h"
#include "cel/cel_program.h"

static void locate(struct cm_sv text, struct cm_cel_fault *fault)
{
        size_t line_from = 0;
        fault->line = 1;
        for (size_t i = 0; i < fault->offset && i < text.len; i++)
                if (text.ptr[i] == '\n') {
                        fault->line++;
                        line_from = i + 1;
                }
        fault->column = (uint32_t)(fault->offset - line_from) + 1;
}

/* Parses and compiles, or (ret_type) deduces as well. */
static int read_text(struct cm_cel_parser *parser, struct cm_sv text,
                     const struct cm_cel_options *options, const struct cm_cel_program **ret,
                     struct cm_sv *ret_type, struct cm_err *err)
{
        static const struct cm_cel_options none;
        struct cm_cel_fault *fault = parser->fault;
        *fault = (struct cm_cel_fault){ 0 };
        *ret = NULL;
        if (text.len > CM_CEL_TEXT_BYTES_MAX) {
                parser->is_limit = true;
                cm_cel_syntax(parser, 0, "longer than %zu bytes (limit cel_text_bytes_max)",
                              CM_CEL_TEXT_BYTES_MAX);
        } else {
                parser->lexer = (struct cm_cel_lexer){ .arena = parser->arena,
                                                       .text = cm_sv_dup(parser->arena, text) };
                struct cm_cel_ast *ast = cm_cel_parse_text(parser);
                if (ast != NULL)
                        *ret = cm_cel_compile(parser, options == NULL ? &none : options, ast);
                if (*ret != NULL && ret_type != NULL &&
                    (*ret_type = cm_cel_deduce_ast(parser, ast)).len == 0)
                        *ret = NULL;
        }
        if (*ret != NULL)
                return 0;
        locate(text, fault);
        return CM_RAISE(err, parser->is_limit ? CM_E_LIMIT : CM_E_MALFORMED, "%u:%u: %.*s",
                        fault->line, fault->column, CM_SV_ARG(fault->text));
}

int cm_cel_parse_fault(struct cm_arena *arena, struct cm_sv text,
                       const struct cm_cel_options *options, const struct cm_cel_program **ret,
                       struct cm_cel_fault *fault, struct cm_err *err)
{
        struct cm_cel_parser parser = { .arena = arena, .fault = fault };
        return read_text(&parser, text, options, ret, NULL, err);
}

int cm_cel_deduce(struct cm_arena *arena, struct cm_sv text, const struct cm_cel_options *options,
                  struct cm_sv *ret_type, struct cm_cel_fault *fault, struct cm_err *err)
{
        struct cm_cel_parser parser = { .arena = arena, .fault = fault };
        const struct cm_cel_program *program = NULL;
        return read_text(&parser, text, options, &program, ret_type, err);
}

int cm_cel_parse(struct cm_arena *arena, struct cm_sv text, const struct cm_cel_options *options,
                 const struct cm_cel_program **ret, struct cm_err *err)
{
        struct cm_cel_fault fault;
        return cm_cel_parse_fault(arena, text, options, ret, &fault, err);
}

struct cm_cel_fault cm_cel_fault_of(const struct cm_cel_program *program, struct cm_cel_value error)
{
        CM_ASSERT(error.kind == CM_CEL_ERROR);
        struct cm_cel_fault fault = { .text = error.reason->text };
        if (error.reason->ins < program->code_count) {
                const struct cm_cel_place *place = &program->places[error.reason->ins];
                fault.offset = place->at;
                fault.failing = cm_sv_slice(program->text, place->from, place->to);
        }
        locate(program->text, &fault);
        return fault;
}

struct cm_sv cm_cel_text(const struct cm_cel_program *program)
{
        return program->text;
}

/* Where characters begin that are shown around the place: at most 60 bytes before and after. */
static size_t window_edge(struct cm_sv line, size_t at, bool before)
{
        enum {
                AROUND = 60
        };
        size_t edge = before ? (at > AROUND ? at - AROUND : 0) : CM_MIN(at + AROUND, line.len);
        while (edge > 0 && edge < line.len && ((unsigned char)line.ptr[edge] & 0xc0) == 0x80)
                edge--;
        return edge;
}

void cm_cel_put_caret(struct cm_buf *out, struct cm_sv expression, const struct cm_cel_fault *fault)
{
        size_t offset = CM_MIN((size_t)fault->offset, expression.len);
        size_t from = offset;
        size_t to = offset;
        while (from > 0 && expression.ptr[from - 1] != '\n')
                from--;
        while (to < expression.len && expression.ptr[to] != '\n')
                to++;
        struct cm_sv line = cm_sv_slice(expression, from, to);
        size_t begin = window_edge(line, offset - from, true);
        size_t end = window_edge(line, offset - from, false);
        cm_buf_printf(out, "%u:%u: %.*s\n  ", fault->line, fault->column, CM_SV_ARG(fault->text));
        if (begin > 0)
                cm_buf_put_str(out, "...");
        struct cm_buf before = { 0 };
        cm_buf_init(&before, CM_KIB(4));
        cm_buf_put_escaped(&before, cm_sv_slice(line, begin, offset - from));
        cm_buf_put_sv(out, cm_buf_sv(&before));
        cm_buf_put_escaped(out, cm_sv_slice(line, offset - from, end));
        cm_buf_put_str(out, end < line.len ? "...\n  " : "\n  ");
        size_t column = begin > 0 ? 3 : 0;
        for (size_t i = 0; i < before.len; i++)
                column += ((unsigned char)before.ptr[i] & 0xc0) != 0x80;
        while (column-- > 0)
                cm_buf_put_char(out, ' ');
        cm_buf_put_str(out, "^\n");
        cm_buf_fini(&before);
}
