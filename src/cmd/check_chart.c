/* SPDX-License-Identifier: Apache-2.0 */
/* See check_chart.h. */
#include "cmd/check_chart.h"

#include <sys/wait.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/limits.h"
#include "base/vec.h"
#include "codec/helm_output.h"
#include "os/run.h"

enum {
        HELM_TIMEOUT_MS = 120000,
        ERRORS_BYTES_MAX = 4096
};

bool cm_check_chart_is(struct cm_arena *arena, const char *path)
{
        return access(cm_sv_printf(arena, "%s/Chart.yaml", path).ptr, F_OK) == 0;
}

/* No shell, no cluster: with a kubeconfig, "lookup" in a template could ask one. */
static int run_helm(const struct cm_args *args, const char *path, struct cm_buf *out,
                    struct cm_err *err)
{
        CM_VEC(const char *) argv = { 0 };
        static const char *const first[] = { "helm", "template", "--include-crds" };
        static const char *const environment[] = { "KUBECONFIG=/dev/null", NULL };
        const char *const *values = NULL;
        size_t count = cm_args_list(args, "helm-values", &values);
        const char *version = cm_args_get(args, "k8s-version");
        for (size_t i = 0; i < CM_ARRAY_LEN(first); i++)
                *CM_VEC_PUSH(args->arena, &argv) = first[i];
        for (size_t i = 0; i < count; i++)
                *CM_VEC_PUSH(args->arena, &argv) =
                        cm_sv_printf(args->arena, "--values=%s", values[i]).ptr;
        if (version != NULL)
                *CM_VEC_PUSH(args->arena, &argv) =
                        cm_sv_printf(args->arena, "--kube-version=%s", version).ptr;
        *CM_VEC_PUSH(args->arena, &argv) = "--";
        *CM_VEC_PUSH(args->arena, &argv) = "release-name";
        *CM_VEC_PUSH(args->arena, &argv) = path;
        *CM_VEC_PUSH(args->arena, &argv) = NULL;
        struct cm_buf errors CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&errors, ERRORS_BYTES_MAX);
        const struct cm_run_options options = { .argv = argv.items,
                                                .environment = environment,
                                                .timeout_ms = HELM_TIMEOUT_MS,
                                                .errors = &errors };
        int status = 0;
        int r = cm_run_capture(&options, out, &status, err);
        if (r > 0)
                return CM_RAISE(err, CM_E_INCOMPLETE,
                                "the templates of a Helm chart were not read: --helm needs 'helm', "
                                "which is not on PATH; 'helm template %.200s | coaming check -' "
                                "elsewhere does the same",
                                path);
        if (r == 0 && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
                return CM_RAISE(err, CM_E_MALFORMED, "helm could not render the chart: %s",
                                cm_escape(args->arena, cm_sv_trim(cm_buf_sv(&errors))));
        return r;
}

static int give_parts(const struct cm_args *args, const char *path, struct cm_sv text,
                      struct cm_check_document_sink *sink, struct cm_err *err)
{
        const struct cm_helm_part *parts = NULL;
        size_t count = 0;
        int r = cm_helm_output_split(args->arena, text, &parts, &count, err);
        for (size_t i = 0; i < count && r == 0; i++)
                r = cm_check_source_text(
                        cm_sv_printf(args->arena, "%s:%.*s", path, CM_SV_ARG(parts[i].name)).ptr,
                        parts[i].text, sink, err);
        return r;
}

int cm_check_chart_give(const struct cm_args *args, const char *path,
                        struct cm_check_document_sink *sink, struct cm_err *err)
{
        struct cm_err problem = CM_ERR_INIT;
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, CM_NODE_BYTES_MAX);
        if (cm_args_flag(args, "helm"))
                CM_IGNORE(run_helm(args, path, &out, &problem) < 0);
        else
                CM_IGNORE(CM_RAISE(&problem, CM_E_INCOMPLETE,
                                   "the templates of a Helm chart were not read: they are a "
                                   "program; --helm runs it by the 'helm' on PATH, outside of the "
                                   "sandbox"));
        if (problem.code == CM_E_OK)
                return give_parts(args, path, cm_buf_sv(&out), sink, err);
        if (sink->unread == NULL)
                return cm_err_copy(err, &problem);
        sink->unread(sink, path, &problem);
        return 0;
}
