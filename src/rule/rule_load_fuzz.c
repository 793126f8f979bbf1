/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a rule file, compiled, explained, and tried on events of several types. */
#include "base/limits.h"
#include "rule/evaluate.h"
#include "rule/explain.h"
#include "tests/lsan_fyaml.h"

static void try_events(const struct cm_ruleset *set)
{
        static const struct cm_sv args[] = { { "a", 1 }, { "-b", 2 } };
        static const struct cm_thread parent = { .pid = 1, .comm = { "init", 4 } };
        static const struct cm_container container = { .id = { "0123456789ab", 12 },
                                                       .has_metadata = true };
        static const struct cm_thread thread = { .tid = 7,
                                                 .pid = 7,
                                                 .parent = &parent,
                                                 .comm = { "cat", 3 },
                                                 .cwd = { "/tmp", 4 },
                                                 .args = args,
                                                 .arg_count = 2,
                                                 .user = { .is_known = true },
                                                 .container = &container };
        static const struct cm_fd fd = { .number = 3,
                                         .type = CM_FD_IPV4_SOCKET,
                                         .name = { "1.2.3.4:5->6.7.8.9:10", 21 },
                                         .client = { .family = 4 },
                                         .server = { .family = 4 } };
        static const uint16_t types[] = { 1, 3, 9, 23, 81, 175, 293, 322 };
        struct cm_rule_state *state = cm_rule_state_new(set);
        struct cm_buf out CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&out, CM_RULE_OUTPUT_BYTES_MAX);
        for (size_t i = 0; i < CM_ARRAY_LEN(types); i++) {
                struct cm_event event = { .info = cm_event_info(types[i]), .time_ns = 5 };
                const struct cm_rule *found[4];
                for (size_t j = 0; j < event.info->param_count; j++)
                        event.params[j] =
                                (struct cm_event_param){ { "\x01\0\0\0\0\0\0\0", 8 }, true };
                const struct cm_event_context c = { .event = &event,
                                                    .thread = &thread,
                                                    .fd = (i & 1) == 0 ? NULL : &fd,
                                                    .number = 1 };
                size_t count = cm_rules_match(state, &c, found, CM_ARRAY_LEN(found));
                for (size_t j = 0; j < count; j++) {
                        cm_buf_clear(&out);
                        cm_rule_put_json(state, found[j], &out);
                }
        }
        cm_rule_state_free(state);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(512));
        struct cm_err err = CM_ERR_INIT;
        struct cm_rule_loader *loader = cm_rule_loader_new(arena);
        const struct cm_ruleset *set = NULL;
        struct cm_buf out CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&out, CM_KIB(64));
        int r = cm_rule_loader_add(loader, CM_SV("f"), cm_sv_make(data, size), &err);
        if (r == 0)
                r = cm_rule_loader_compile(loader, &set, &err);
        if (r == 0) {
                for (size_t i = 0; i < set->count && i < 8; i++) {
                        if (!set->rules[i].is_skipped)
                                cm_rule_explain_condition(set, &set->rules[i], &out);
                        cm_buf_clear(&out);
                }
                try_events(set);
        }
        cm_arena_free(arena);
        return 0;
}
