/* SPDX-License-Identifier: Apache-2.0 */
/* Option handling and progress line of target_options.h. */
#include "cmd/target_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/cache.h"

static bool progress_shown;

static void show_progress(void *ctx, const char *reading)
{
        (void)ctx;
        fprintf(stderr, "\r\x1b[K%.78s", reading);
        fflush(stderr);
        progress_shown = true;
}

void cm_progress_end(void)
{
        if (progress_shown)
                fputs("\r\x1b[K", stderr);
        progress_shown = false;
}

bool cm_wants_color(const struct cm_args *args, int fd)
{
        const char *when = cm_args_get(args, "color");
        if (when != NULL && strcmp(when, "auto") != 0)
                return strcmp(when, "always") == 0;
        const char *no = getenv("NO_COLOR");
        const char *force = getenv("FORCE_COLOR");
        if (no != NULL && *no != '\0')
                return false;
        return (force != NULL && *force != '\0') || isatty(fd) == 1;
}

static void warn(void *ctx, const char *text)
{
        (void)ctx;
        fprintf(stderr, "coaming: warning: %s\n", text);
}

static int fetch_options(const struct cm_args *args, struct cm_fetch_options *ret,
                         struct cm_err *err)
{
        struct cm_fetch_options o = {
                .docker_host = cm_args_get(args, "docker-host"),
                .tls_ca = cm_args_get(args, "tls-ca"),
                .tls_cert = cm_args_get(args, "tls-cert"),
                .tls_key = cm_args_get(args, "tls-key"),
                .tls_skip_verify = cm_args_flag(args, "tls-skip-verify"),
                .insecure_http = cm_args_flag(args, "insecure-http"),
                .warn = warn,
        };
        const char *const *mirrors = NULL;
        size_t count = cm_args_list(args, "mirror", &mirrors);
        struct cm_fetch_mirror *list = CM_NEW_ARRAY(args->arena, struct cm_fetch_mirror, count);
        for (size_t i = 0; i < count; i++) {
                struct cm_sv registry, url;
                if (!cm_sv_cut(cm_sv_from_cstr(mirrors[i]), '=', &registry, &url) || url.len == 0)
                        return CM_RAISE(err, CM_E_USAGE, "--mirror needs REGISTRY=URL, not '%.80s'",
                                        mirrors[i]);
                int r = cm_cstr(args->arena, registry, &list[i].registry, err);
                if (r == 0)
                        r = cm_cstr(args->arena, url, &list[i].url, err);
                if (r < 0)
                        return r;
        }
        o.mirrors = list;
        o.mirror_count = count;
        *ret = o;
        return 0;
}

int cm_target_options(const struct cm_args *args, const char *target, struct cm_scan_options *ret,
                      struct cm_err *err)
{
        uint64_t timeout = 3600;
        uint64_t threads = 0;
        int r = cm_args_number(args, "timeout", 1, 1000000, &timeout, err);
        if (r == 0)
                r = cm_args_number(args, "threads", 1, 64, &threads, err);
        if (r < 0)
                return r;
        struct cm_scan_options o = {
                .target = target,
                .image = cm_sv_from_cstr(cm_args_get(args, "image")),
                .platform = cm_sv_from_cstr(cm_args_get(args, "platform")),
                .threads = (uint32_t)threads,
                .budget_s = (int)timeout,
        };
        r = fetch_options(args, &o.fetch, err);
        if (r < 0)
                return r;
        if (cm_args_flag(args, "cache")) {
                o.cache_dir = cm_args_get(args, "cache-dir");
                if (o.cache_dir == NULL)
                        o.cache_dir = cm_cache_default_dir(args->arena);
        }
        if (!cm_args_flag(args, "quiet") && isatty(STDERR_FILENO) == 1)
                o.progress = show_progress;
        *ret = o;
        return 0;
}
