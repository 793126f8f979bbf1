/* SPDX-License-Identifier: Apache-2.0 */
/* What the clients of an engine's API share: one question, and what an answer other than 200 says. */
#pragma once

#include "fetch/engine.h"

enum {
        CM_ENGINE_SILENCE_S = 30
};

/* GET of a path below the engine's base. Errors: CM_E_NETWORK, CM_E_LIMIT (the transfer's). */
CM_MUST_CHECK int cm_engine_ask(struct cm_engine *engine, struct cm_arena *arena, struct cm_sv path,
                                struct cm_transfer *transfer, int silence_s,
                                struct cm_http_response *ret, struct cm_err *err);
/* Always fails: CM_E_NOT_FOUND for 404, else CM_E_ENV, with the engine's words. */
CM_MUST_CHECK int cm_engine_raise_status(struct cm_engine *engine, struct cm_arena *arena,
                                         const struct cm_http_response *response,
                                         struct cm_err *err);
