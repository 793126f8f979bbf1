/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drives src/fetch/ as a scan does, for the integration tests: opens a source, resolves the image,
 * reads every layer, and prints what it found in lines of `key value`.
 *
 *     fetch-driver [--platform P] [--tls-ca F] [--tls-cert F] [--tls-key F] [--tls-skip-verify]
 *                  [--insecure-http] [--mirror REGISTRY=URL]... [--docker-host H] [--inspect]
 *                  [--save FILE] docker:NAME|podman:NAME|engine:NAME|registry:REF
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "cmd/roles.h"
#include "fetch/fetch.h"
#include "image/resolve.h"
#include "model/digest.h"

enum {
        MIRRORS_MAX = 8,
        BUDGET_S = 120
};

struct driver {
        struct cm_arena *arena;
        struct cm_fetch *fetch;
        struct cm_fetch_options options;
        struct cm_fetch_mirror mirrors[MIRRORS_MAX];
        struct cm_image_choice choice;
        bool inspect_only;
        const char *save;
};

static void warn(void *ctx, const char *text)
{
        (void)ctx;
        fprintf(stderr, "warning: %s\n", text);
}

/* Reads to the end: hashes, and keeps what fits into `buf` when that is asked for. */
static int drain(int fd, int out, struct cm_buf *buf, char text[CM_DIGEST_TEXT_BYTES],
                 uint64_t *ret_size, struct cm_err *err)
{
        static char piece[1 << 16];
        struct cm_digester *d CM_CLEANUP(cm_digester_freep)
        = cm_digester_new(CM_DIGEST_SHA256);
        *ret_size = 0;
        for (;;) {
                ssize_t n = read(fd, piece, sizeof(piece));
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not read a stream");
                if (n == 0)
                        break;
                cm_digester_update(d, cm_sv_make(piece, (size_t)n));
                if (buf != NULL)
                        cm_buf_put(buf, piece, (size_t)n);
                if (out >= 0 && write(out, piece, (size_t)n) != n)
                        return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not write");
                *ret_size += (uint64_t)n;
        }
        struct cm_digest digest;
        cm_digester_final(d, &digest);
        cm_digest_format(&digest, text);
        return 0;
}

static int read_doc(void *ctx, struct cm_arena *arena, struct cm_sv name, struct cm_sv *ret,
                    struct cm_err *err)
{
        struct driver *d = ctx;
        int fd = -1;
        int r = cm_fetch_want(d->fetch, name, &fd, err);
        if (r != 0)
                return r;
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_IMAGE_JSON_BYTES_MAX);
        char text[CM_DIGEST_TEXT_BYTES];
        uint64_t size = 0;
        r = drain(fd, -1, &buf, text, &size, err);
        close(fd);
        if (r == 0)
                r = cm_fetch_check(d->fetch, err);
        *ret = cm_sv_dup(arena, cm_buf_sv(&buf));
        return r;
}

static int pull(struct driver *d, struct cm_err *err)
{
        const struct cm_docs docs = { read_doc, d };
        struct cm_image image = { 0 };
        int r = cm_image_resolve(d->arena, &docs, &d->choice, &image, err);
        if (r < 0)
                return cm_fetch_explain(d->fetch, err);
        printf("image-id %.*s\n", CM_SV_ARG(image.image_id));
        printf("platform %.*s\n", CM_SV_ARG(image.platform));
        printf("manifest %.*s\n", CM_SV_ARG(image.digest));
        /* All at once, as a worker with several threads asks for them. */
        int *fds = CM_NEW_ARRAY(d->arena, int, image.layer_count);
        for (size_t i = 0; i < image.layer_count && r == 0; i++)
                r = cm_fetch_want(d->fetch, image.layers[i].name, &fds[i], err);
        for (size_t i = 0; i < image.layer_count && r == 0; i++) {
                char text[CM_DIGEST_TEXT_BYTES];
                uint64_t size = 0;
                r = drain(fds[i], -1, NULL, text, &size, err);
                printf("layer %.*s diff-id %.*s bytes %llu got %s\n",
                       CM_SV_ARG(image.layers[i].digest), CM_SV_ARG(image.layers[i].diff_id),
                       (unsigned long long)size, text);
        }
        return r;
}

static int export(struct driver *d, struct cm_err *err)
{
        int fd = -1;
        int r = cm_fetch_export(d->fetch, &fd, err);
        if (r < 0)
                return r;
        int out = d->save == NULL ? -1
                                  : open(d->save, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        char text[CM_DIGEST_TEXT_BYTES];
        uint64_t size = 0;
        r = drain(fd, out, NULL, text, &size, err);
        close(fd);
        if (out >= 0)
                close(out);
        printf("export-bytes %llu\n", (unsigned long long)size);
        return r;
}

static int run(struct driver *d, struct cm_err *err)
{
        struct cm_fetch_image image = { 0 };
        int r = cm_fetch_open(d->arena, &d->options, &d->fetch, &image, err);
        if (r < 0)
                return r;
        bool is_registry = cm_fetch_is_registry(d->fetch);
        printf("source %s\n", is_registry                                  ? "registry"
                              : cm_fetch_kind(d->fetch) == CM_FETCH_DOCKER ? "docker"
                                                                           : "podman");
        if (is_registry)
                printf("digest %.*s\n", CM_SV_ARG(image.digest));
        else
                printf("image-id %.*s\nplatform %.*s\n", CM_SV_ARG(image.image_id),
                       CM_SV_ARG(image.platform));
        for (size_t i = 0; i < image.diff_id_count; i++)
                printf("diff-id %.*s\n", CM_SV_ARG(image.diff_ids[i]));
        if (d->inspect_only)
                return 0;
        r = is_registry ? pull(d, err) : export(d, err);
        if (r == 0)
                r = cm_fetch_finish(d->fetch, err);
        if (r == 0)
                puts("verified");
        return r;
}

static int set_target(struct driver *d, const char *target)
{
        static const struct {
                const char *prefix;
                enum cm_fetch_kind kind;
        } kinds[] = { { "docker:", CM_FETCH_DOCKER },
                      { "podman:", CM_FETCH_PODMAN },
                      { "engine:", CM_FETCH_ENGINE },
                      { "registry:", CM_FETCH_REGISTRY } };
        for (size_t i = 0; i < CM_ARRAY_LEN(kinds); i++) {
                size_t len = strlen(kinds[i].prefix);
                if (strncmp(target, kinds[i].prefix, len) != 0)
                        continue;
                d->options.kind = kinds[i].kind;
                d->options.name = cm_sv_from_cstr(target + len);
                return 0;
        }
        return 2;
}

static void set_mirror(struct driver *d, char *text)
{
        char *equals = strchr(text, '=');
        CM_ASSERT(equals != NULL && d->options.mirror_count < MIRRORS_MAX);
        *equals = '\0';
        d->mirrors[d->options.mirror_count++] = (struct cm_fetch_mirror){ text, equals + 1 };
        d->options.mirrors = d->mirrors;
}

static int parse(struct driver *d, int argc, char **argv)
{
        for (int i = 1; i < argc; i++) {
                const char *a = argv[i];
                if (strcmp(a, "--tls-skip-verify") == 0)
                        d->options.tls_skip_verify = true;
                else if (strcmp(a, "--insecure-http") == 0)
                        d->options.insecure_http = true;
                else if (strcmp(a, "--inspect") == 0)
                        d->inspect_only = true;
                else if (a[0] != '-')
                        return set_target(d, a);
                else if (i + 1 == argc)
                        return 2;
                else if (strcmp(a, "--platform") == 0)
                        d->choice.platform = cm_sv_from_cstr(argv[++i]);
                else if (strcmp(a, "--tls-ca") == 0)
                        d->options.tls_ca = argv[++i];
                else if (strcmp(a, "--tls-cert") == 0)
                        d->options.tls_cert = argv[++i];
                else if (strcmp(a, "--tls-key") == 0)
                        d->options.tls_key = argv[++i];
                else if (strcmp(a, "--docker-host") == 0)
                        d->options.docker_host = argv[++i];
                else if (strcmp(a, "--save") == 0)
                        d->save = argv[++i];
                else if (strcmp(a, "--mirror") == 0)
                        set_mirror(d, argv[++i]);
                else
                        return 2;
        }
        return 2;
}

int main(int argc, char **argv)
{
        if (cm_role_is(argc, argv))
                return cm_role_main(argc, argv);
        struct driver d = { .options = { .budget_s = BUDGET_S, .warn = warn } };
        if (parse(&d, argc, argv) != 0) {
                fprintf(stderr,
                        "usage: fetch-driver [flags] docker:|podman:|engine:|registry:NAME\n");
                return 2;
        }
        d.arena = cm_arena_new(CM_MIB(256));
        struct cm_err err = CM_ERR_INIT;
        int r = run(&d, &err);
        if (r < 0)
                fprintf(stderr, "error %s: %s\n", cm_err_name(err.code), err.text);
        cm_fetch_close(d.fetch);
        cm_arena_free(d.arena);
        return r < 0 ? cm_err_exit_status(err.code) : 0;
}
