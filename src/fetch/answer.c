/* SPDX-License-Identifier: Apache-2.0 */
/* See answer.h. */
#include "fetch/answer.h"

#include <errno.h>
#include <time.h>

#include "base/escape.h"
#include "codec/json.h"

enum {
        BACKOFF_FIRST_MS = 500,
        RETRY_AFTER_S_MAX = 60
};

static void sleep_ms(int64_t ms)
{
        struct timespec left = { .tv_sec = (time_t)(ms / 1000),
                                 .tv_nsec = (long)(ms % 1000) * 1000000 };
        while (nanosleep(&left, &left) != 0 && errno == EINTR)
                ;
}

static bool is_worth_another_try(const struct cm_http_response *response,
                                 enum cm_http_failure failure, bool has_failed)
{
        if (has_failed)
                return failure == CM_HTTP_TRANSIENT;
        return response->status == 429 || response->status == 408 ||
               (response->status >= 500 && response->status <= 599 && response->status != 501);
}

bool cm_answer_retry(const struct cm_http_response *response, enum cm_http_failure failure,
                     bool has_failed, int attempt)
{
        if (!is_worth_another_try(response, failure, has_failed) ||
            attempt + 1 >= CM_ANSWER_ATTEMPTS_MAX)
                return false;
        if (!has_failed && response->retry_after_s > 0)
                sleep_ms(CM_MIN(response->retry_after_s, (int64_t)RETRY_AFTER_S_MAX) * 1000);
        else
                sleep_ms((int64_t)BACKOFF_FIRST_MS << attempt);
        return true;
}

const char *cm_answer_message(struct cm_arena *arena, const struct cm_http_response *response)
{
        struct cm_err ignored = CM_ERR_INIT;
        const struct cm_json *doc = NULL;
        struct cm_sv message = CM_SV("");
        if (cm_json_parse(arena, response->error_body, &doc, &ignored) == 0)
                message = cm_json_get_string(doc, "message");
        return message.len > 0 ? cm_escape(arena, message) : "no reason given";
}
