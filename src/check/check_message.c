/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of rules: "text {expression} text". */
#include "base/vec.h"
#include "cel/value.h"
#include "check/check.h"

enum {
        MESSAGE_BYTES_MAX = 4096
};

int cm_check_message_compile(struct cm_arena *arena, const struct cm_check_rule *rule,
                             struct cm_check_message *ret, struct cm_err *err)
{
        CM_VEC(struct cm_check_message_part) parts = { 0 };
        struct cm_buf literal CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&literal, CM_KIB(64));
        struct cm_sv rest = rule->message;
        while (rest.len > 0) {
                if (cm_sv_has_prefix(rest, CM_SV("{{")) || rest.ptr[0] != '{') {
                        cm_buf_put_char(&literal, rest.ptr[0]);
                        rest = cm_sv_skip(rest, rest.ptr[0] == '{' ? 2 : 1);
                        continue;
                }
                ptrdiff_t end = cm_sv_find_char(rest, '}');
                if (end < 0)
                        return CM_RAISE(err, CM_E_MALFORMED,
                                        "message has a brace that is not closed");
                struct cm_check_message_part *part = CM_VEC_PUSH(arena, &parts);
                part->text = cm_sv_dup(arena, cm_buf_sv(&literal));
                cm_buf_clear(&literal);
                int r = cm_check_compile(arena, rule, cm_sv_slice(rest, 1, (size_t)end), false,
                                         &part->program, err);
                if (r < 0)
                        return cm_err_context(err, "message");
                rest = cm_sv_skip(rest, (size_t)end + 1);
        }
        if (literal.len > 0)
                CM_VEC_PUSH(arena, &parts)->text = cm_sv_dup(arena, cm_buf_sv(&literal));
        ret->parts = parts.items;
        ret->count = parts.count;
        return 0;
}

struct cm_sv cm_check_message_text(struct cm_arena *arena, const struct cm_check_message *message,
                                   const struct cm_cel_value *slots)
{
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, MESSAGE_BYTES_MAX);
        for (size_t i = 0; i < message->count; i++) {
                const struct cm_check_message_part *part = &message->parts[i];
                cm_buf_put_sv(&out, part->text);
                if (part->program == NULL)
                        continue;
                struct cm_cel_run run = { .slots = slots, .scratch = arena };
                struct cm_cel_value v = { 0 };
                struct cm_err problem = CM_ERR_INIT;
                if (cm_cel_eval(part->program, &run, &v, &problem) != 0)
                        cm_buf_put_char(&out, '?');
                else if (v.kind == CM_CEL_STRING)
                        cm_buf_put_sv(&out, cm_cel_sv(v));
                else
                        cm_cel_put_json(&out, arena, v);
        }
        return cm_sv_dup(arena, cm_sv_slice(cm_buf_sv(&out), 0, MESSAGE_BYTES_MAX));
}
