/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a case: its event (case_event.c) and what it is about (case_context.c). */
#pragma once

#include "rule/rule_cases.h"

struct cm_case_load {
        struct cm_arena *arena;
        struct cm_sv source;
        struct cm_err *err;
};

/* The event of `n`, encoded and decoded again as any other. */
CM_MUST_CHECK int cm_case_event(struct cm_case_load *l, const struct cm_node *n,
                                const struct cm_event **ret);
CM_MUST_CHECK int cm_case_thread(struct cm_case_load *l, const struct cm_node *n,
                                 const struct cm_thread **ret);
CM_MUST_CHECK int cm_case_fd(struct cm_case_load *l, const struct cm_node *n,
                             const struct cm_fd **ret);
/* Descriptors of the thread by number, for the lookup. */
CM_MUST_CHECK int cm_case_lookup(struct cm_case_load *l, const struct cm_node *test,
                                 const struct cm_process_lookup **ret);
/* A number: decimal, 0x, or octal behind 0; *ret stays when the member is absent. */
CM_MUST_CHECK int cm_case_number(struct cm_case_load *l, const struct cm_node *n, const char *key,
                                 int64_t *ret);
CM_MUST_CHECK int cm_case_parse_number(struct cm_case_load *l, const struct cm_node *n,
                                       int64_t *ret);
bool cm_case_parse_address(struct cm_sv text, struct cm_address *ret, uint16_t *ret_port);
/* Is the member the text "true"? */
bool cm_case_is_true(const struct cm_node *n, const char *key);
