/* SPDX-License-Identifier: Apache-2.0 */
/* What commands that judge documents have in common: they run a checker on targets. */
#pragma once

#include "base/vec.h"
#include "check/check_protocol.h"
#include "cmd/command.h"

/* Options of commands that judge documents. */
/* clang-format off */
#define CM_OPT_CHECKS \
        { .name = "checks", \
          .kind = CM_OPT_LIST, \
          .arg = "FILE", \
          .help = "check file of your own, beside the built-in ones; repeatable", \
          .in_config = true }
#define CM_OPT_K8S_VERSION \
        { .name = "k8s-version", \
          .kind = CM_OPT_VALUE, \
          .arg = "1.NN", \
          .help = "Kubernetes version to judge for (default: the newest)", \
          .in_config = true }
#define CM_OPTS_CHART \
        { .name = "helm", \
          .help = "render Helm charts by helm template: runs what the chart says", \
          .heading = "Charts" }, \
        { .name = "helm-values", \
          .kind = CM_OPT_LIST, \
          .arg = "FILE", \
          .help = "values for charts, as helm's --values; repeatable", \
          .in_config = true }
#define CM_OPTS_CLUSTER \
        { .name = "kubeconfig", \
          .kind = CM_OPT_VALUE, \
          .arg = "FILE", \
          .help = "where kube: finds clusters (default: KUBECONFIG, ~/.kube/config)", \
          .in_config = true, \
          .heading = "Clusters" }, \
        { .name = "allow-exec-credentials", \
          .help = "run the program by which a kubeconfig gets credentials" }
/* clang-format on */

/* A document as it was judged. */
struct cm_check_kept {
        struct cm_sv name; /* as the source names it */
        struct cm_sv bytes;
};

struct cm_check_kept_list {
        struct cm_check_kept *items;
        size_t count;
        size_t capacity;
};

struct cm_check_targets {
        const char *const *names;
        size_t count;
        struct cm_check_kept_list *keep; /* all documents go here, too; or NULL */
        const char *save;   /* file that the one document there may be goes to; or NULL */
        bool with_policies; /* the command has --policy */
};

/* --k8s-version, or the newest. Errors: CM_E_USAGE. */
CM_MUST_CHECK int cm_check_run_version(const struct cm_args *args, uint32_t *ret,
                                       struct cm_err *err);
/* --waivers: none when it is not given; *ret_text (may be NULL) is the text of the file. */
CM_MUST_CHECK int cm_check_run_waivers(const struct cm_args *args, struct cm_check_waiver **ret,
                                       size_t *ret_count, struct cm_sv *ret_text,
                                       struct cm_err *err);
/*
 * Starts a checker, gives it the files of --checks and all targets, and sorts what it says.
 * Errors: those of sources and checker. Owns: *ret lives in `arena`.
 */
CM_MUST_CHECK int cm_check_run(const struct cm_args *args, struct cm_arena *arena,
                               const struct cm_check_job *job,
                               const struct cm_check_targets *targets, struct cm_check_outcome *ret,
                               struct cm_err *err);
