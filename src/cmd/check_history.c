/* SPDX-License-Identifier: Apache-2.0 */
/* See check_history.h. */
#include "cmd/check_history.h"

#include <fcntl.h>
#include <stdio.h>

#include "base/escape.h"
#include "base/limits.h"
#include "check/library.h"
#include "comply/record.h"
#include "os/file.h"
#include "store/history.h"

int cm_check_record_load(struct cm_arena *arena, const char *path, struct cm_check_record *ret,
                         struct cm_err *err)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_NODE_BYTES_MAX);
        int r = cm_file_read(AT_FDCWD, path, &buf, err);
        if (r > 0)
                return CM_RAISE(err, CM_E_USAGE, "there is no report '%.200s'", path);
        if (r == 0)
                r = cm_check_record_parse(arena, cm_sv_dup(arena, cm_buf_sv(&buf)), ret, err);
        return r < 0 ? cm_err_context(err, "'%.200s'", path) : 0;
}

int cm_check_baseline(const struct cm_args *args, struct cm_arena *arena,
                      struct cm_check_outcome *outcome, struct cm_err *err)
{
        const char *path = cm_args_get(args, "baseline");
        struct cm_check_record baseline;
        outcome->check_set = cm_check_library_digest();
        if (path == NULL)
                return 0;
        int r = cm_check_record_load(arena, path, &baseline, err);
        if (r == 0)
                cm_check_baseline_apply(arena, &baseline, outcome);
        return r;
}

int cm_check_history(const struct cm_args *args, struct cm_arena *arena,
                     const struct cm_check_outcome *outcome, struct cm_sv framework,
                     const uint64_t totals[CM_CHECK_STATE_COUNT], struct cm_err *err)
{
        const char *path = cm_args_get(args, "history");
        struct cm_history *history CM_CLEANUP(cm_history_closep)
        = NULL;
        struct cm_check_record record;
        uint64_t number = 0;
        if (path == NULL)
                return 0;
        cm_check_record_of(arena, outcome, &record);
        record.at_s = cm_clock_wall_s();
        record.framework = framework;
        if (totals != NULL)
                memcpy(record.totals, totals, sizeof(record.totals));
        int r = cm_history_open(path, true, &history, err);
        if (r == 0)
                r = cm_history_add(history, &record, &number, err);
        if (r == 0)
                fprintf(stderr, "coaming: run %llu of %s\n", (unsigned long long)number,
                        cm_escape(arena, cm_sv_from_cstr(path)));
        return r;
}
