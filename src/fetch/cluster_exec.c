/* SPDX-License-Identifier: Apache-2.0 */
/* See cluster_exec.h. */
#include "fetch/cluster_exec.h"

#include <string.h>
#include <sys/wait.h>

#include "base/escape.h"
#include "base/limits.h"
#include "codec/base64.h"
#include "os/run.h"

enum {
        PLUGIN_TIMEOUT_MS = 60000
};

static bool speaks(struct cm_sv api_version)
{
        return cm_sv_eq(api_version, CM_SV("client.authentication.k8s.io/v1")) ||
               cm_sv_eq(api_version, CM_SV("client.authentication.k8s.io/v1beta1"));
}

/* What the plugin is told: KUBERNETES_EXEC_INFO. */
static struct cm_sv make_info(struct cm_arena *arena, const struct cm_kubeconfig_exec *exec,
                              const struct cm_kubeconfig_cluster *cluster,
                              const struct cm_http_tls *tls)
{
        struct cm_buf info CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&info, CM_MIB(4));
        cm_buf_put_str(&info, "KUBERNETES_EXEC_INFO={\"apiVersion\":");
        cm_buf_put_json(&info, exec->api_version);
        cm_buf_put_str(&info, ",\"kind\":\"ExecCredential\",\"spec\":{\"interactive\":false");
        if (exec->wants_cluster) {
                cm_buf_put_str(&info, ",\"cluster\":{\"server\":");
                cm_buf_put_json(&info, cluster->server);
                cm_buf_put_str(&info, ",\"tls-server-name\":");
                cm_buf_put_json(&info, cluster->server_name);
                cm_buf_printf(&info, ",\"insecure-skip-tls-verify\":%s",
                              cluster->skip_verify ? "true" : "false");
                cm_buf_put_str(&info, ",\"certificate-authority-data\":");
                cm_buf_put_json(&info, cm_base64_encode(arena, tls->ca_pem));
                cm_buf_put_char(&info, '}');
        }
        cm_buf_put_str(&info, "}}");
        cm_buf_put_char(&info, '\0');
        return cm_sv_dup(arena, cm_buf_sv(&info));
}

static int make_list(struct cm_arena *arena, struct cm_sv first, const struct cm_sv *more,
                     size_t count, const char *const **ret, struct cm_err *err)
{
        const char **list = CM_NEW_ARRAY(arena, const char *, count + 2);
        int r = cm_cstr(arena, first, &list[0], err);
        for (size_t i = 0; i < count && r == 0; i++)
                r = cm_cstr(arena, more[i], &list[i + 1], err);
        *ret = list;
        return r;
}

static int run(struct cm_arena *arena, const struct cm_run_options *options,
               const struct cm_kubeconfig_exec *exec, struct cm_buf *out, struct cm_err *err)
{
        int status = 0;
        int r = cm_run_capture(options, out, &status, err);
        if (r > 0)
                return CM_RAISE(err, CM_E_ENV, "there is no program '%s'%s%s",
                                cm_escape(arena, exec->command),
                                exec->install_hint.len > 0 ? ": " : "",
                                cm_escape(arena, exec->install_hint));
        if (r == 0 && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
                return CM_RAISE(err, CM_E_ENV, "credential plugin '%s' failed",
                                cm_escape(arena, exec->command));
        return r;
}

int cm_cluster_exec(struct cm_arena *arena, const struct cm_kubeconfig_exec *exec,
                    struct cm_sv command, const struct cm_kubeconfig_cluster *cluster,
                    const struct cm_http_tls *tls, struct cm_exec_credential *ret,
                    struct cm_err *err)
{
        struct cm_run_options options = { .timeout_ms = PLUGIN_TIMEOUT_MS };
        struct cm_sv info = make_info(arena, exec, cluster, tls);
        if (!speaks(exec->api_version))
                return CM_RAISE(err, CM_E_USAGE,
                                "credential plugin '%s' has the interface '%s'; spoken are "
                                "client.authentication.k8s.io/v1 and v1beta1",
                                cm_escape(arena, exec->command),
                                cm_escape(arena, exec->api_version));
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, CM_CREDENTIALS_BYTES_MAX);
        int r = make_list(arena, command, exec->arguments, exec->argument_count, &options.argv,
                          err);
        if (r == 0)
                r = make_list(arena, cm_sv_slice(info, 0, info.len - 1), exec->environment,
                              exec->environment_count, &options.environment, err);
        if (r == 0)
                r = run(arena, &options, exec, &out, err);
        if (r == 0) {
                r = cm_exec_credential_parse(arena, cm_buf_sv(&out), ret, err);
                if (r < 0)
                        cm_err_context(err, "credential plugin '%s'",
                                       cm_escape(arena, exec->command));
        }
        if (out.ptr != NULL)
                explicit_bzero(out.ptr, out.len);
        return r;
}
