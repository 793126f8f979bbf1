/* SPDX-License-Identifier: Apache-2.0 */
/* See policy_options.h. */
#include "cmd/policy_options.h"

#include <fcntl.h>

#include "os/file.h"

enum {
        POLICY_BYTES_MAX = 4 << 20
};

void cm_policy_severity(const struct cm_args *args, const char *name, enum cm_severity *ret)
{
        const char *word = cm_args_get(args, name);
        if (word != NULL)
                CM_ASSERT(cm_severity_from_string(cm_sv_from_cstr(word), ret));
}

int cm_policy_file(const struct cm_args *args, const char *name, const char *what,
                   struct cm_sv *ret, struct cm_err *err)
{
        const char *file = cm_args_get(args, name);
        if (file == NULL)
                return 1;
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, POLICY_BYTES_MAX);
        int r = cm_file_read(AT_FDCWD, file, &buf, err);
        if (r > 0)
                return CM_RAISE(err, CM_E_USAGE, "file of %s '%.200s' is not there", what, file);
        if (r < 0)
                return cm_err_context(err, "--%s '%.200s'", name, file);
        *ret = cm_sv_dup(args->arena, cm_buf_sv(&buf));
        return 0;
}

int cm_policy_waivers(const struct cm_args *args, const char *name, struct cm_sv *ret,
                      struct cm_err *err)
{
        return cm_policy_file(args, name, "waivers", ret, err);
}
