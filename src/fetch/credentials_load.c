/* SPDX-License-Identifier: Apache-2.0 */
/* The half of credentials.h that reads the user's files and runs helpers. Parent only. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/escape.h"
#include "base/limits.h"
#include "fetch/credentials.h"
#include "os/file.h"
#include "os/run.h"

enum {
        HELPER_TIMEOUT_MS = 30000,
        FILES_MAX = 4
};

/* A name that becomes a program: nothing that could be a path. */
static bool helper_name_is_valid(struct cm_sv name)
{
        for (size_t i = 0; i < name.len; i++)
                if (!cm_is_alnum(name.ptr[i]) && name.ptr[i] != '-' && name.ptr[i] != '_' &&
                    name.ptr[i] != '.')
                        return false;
        return name.len > 0 && name.len <= 64;
}

static int ask_helper(struct cm_arena *arena, struct cm_sv helper, struct cm_sv server,
                      struct cm_credential *ret, struct cm_err *err)
{
        if (!helper_name_is_valid(helper) || server.len > 1024)
                return CM_RAISE(err, CM_E_USAGE, "'%s' is no name of a credential helper",
                                cm_escape(arena, helper));
        struct cm_sv program =
                cm_sv_printf(arena, "docker-credential-%.*s%c", CM_SV_ARG(helper), '\0');
        const char *const argv[] = { program.ptr, "get", NULL };
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, CM_CREDENTIALS_BYTES_MAX);
        int status = 0;
        const struct cm_run_options run = { .argv = argv,
                                            .input = server,
                                            .timeout_ms = HELPER_TIMEOUT_MS };
        int r = cm_run_capture(&run, &out, &status, err);
        if (r < 0)
                return r;
        if (r > 0)
                return CM_RAISE(err, CM_E_ENV, "credential helper '%s' is not on PATH", argv[0]);
        struct cm_sv text = cm_sv_trim(cm_buf_sv(&out));
        /* The protocol's only way to say "none" is this English sentence on standard output. */
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
                if (cm_sv_find(text, CM_SV("credentials not found")) >= 0)
                        return CM_CREDENTIAL_NONE;
                return CM_RAISE(err, CM_E_ENV, "credential helper '%s' failed: %s", argv[0],
                                cm_escape(arena, text));
        }
        r = cm_credentials_parse_helper(arena, text, ret, err);
        if (r < 0)
                cm_err_context(err, "credential helper '%s'", argv[0]);
        ret->origin = cm_sv_from_cstr(argv[0]);
        if (out.ptr != NULL)
                explicit_bzero(out.ptr, out.len);
        return r;
}

static int look_into(struct cm_arena *arena, const char *path,
                     const struct cm_credential_query *query, struct cm_credential *ret,
                     struct cm_err *err)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_CREDENTIALS_BYTES_MAX);
        int r = cm_file_read(AT_FDCWD, path, &buf, err);
        if (r > 0)
                return CM_CREDENTIAL_NONE;
        if (r < 0 || cm_sv_trim(cm_buf_sv(&buf)).len == 0)
                return r < 0 ? r : CM_CREDENTIAL_NONE;
        struct cm_sv helper = CM_SV("");
        struct cm_sv server = CM_SV("");
        r = cm_credentials_parse(arena, cm_buf_sv(&buf), query, ret, &helper, &server, err);
        ret->origin = cm_sv_from_cstr(path);
        explicit_bzero(buf.ptr, buf.len);
        if (r == CM_CREDENTIAL_HELPER)
                r = ask_helper(arena, helper, server, ret, err);
        return r < 0 ? cm_err_context(err, "credentials of '%s'",
                                      cm_escape(arena, cm_sv_from_cstr(path)))
                     : r;
}

/* "<value of variable><suffix>", or NULL when the variable is unset. */
static const char *below(struct cm_arena *arena, const char *variable, const char *suffix)
{
        const char *value = getenv(variable);
        if (value == NULL || *value == '\0')
                return NULL;
        return cm_sv_printf(arena, "%s%s%c", value, suffix, '\0').ptr;
}

static size_t list_files(struct cm_arena *arena, const char *paths[FILES_MAX])
{
        size_t count = 0;
        const char *only = below(arena, "REGISTRY_AUTH_FILE", "");
        if (only != NULL) {
                paths[count++] = only;
                return count;
        }
        const char *runtime = below(arena, "XDG_RUNTIME_DIR", "/containers/auth.json");
        if (runtime != NULL)
                paths[count++] = runtime;
        const char *config = below(arena, "XDG_CONFIG_HOME", "/containers/auth.json");
        if (config == NULL)
                config = below(arena, "HOME", "/.config/containers/auth.json");
        if (config != NULL)
                paths[count++] = config;
        const char *docker = below(arena, "DOCKER_CONFIG", "/config.json");
        if (docker == NULL)
                docker = below(arena, "HOME", "/.docker/config.json");
        if (docker != NULL)
                paths[count++] = docker;
        return count;
}

int cm_credentials_load(struct cm_arena *arena, const struct cm_credential_query *query,
                        struct cm_credential *ret, struct cm_err *err)
{
        const char *paths[FILES_MAX];
        size_t count = list_files(arena, paths);
        for (size_t i = 0; i < count; i++) {
                int r = look_into(arena, paths[i], query, ret, err);
                if (r <= 0)
                        return r;
        }
        return CM_CREDENTIAL_NONE;
}
