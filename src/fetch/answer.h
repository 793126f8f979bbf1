/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What clients of registries, engines and clusters make of an answer that is not the wanted one:
 * whether another try is worth it, and what the other side says went wrong. Runs in the fetch role.
 */
#pragma once

#include "fetch/http.h"

enum {
        CM_ANSWER_ATTEMPTS_MAX = 5
};

/*
 * After attempt number `attempt` (from 0): waits as the answer asks or longer each time, and returns
 * true when another try may help. `has_failed`: no answer came, but `failure`.
 */
bool cm_answer_retry(const struct cm_http_response *response, enum cm_http_failure failure,
                     bool has_failed, int attempt);
/* The member "message" of an error document, or "no reason given"; escaped. */
const char *cm_answer_message(struct cm_arena *arena, const struct cm_http_response *response);
