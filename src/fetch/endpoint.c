/* SPDX-License-Identifier: Apache-2.0 */
/* Implements endpoint.h. */
#include "fetch/endpoint.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/limits.h"
#include "base/vec.h"
#include "model/imageref.h"
#include "os/file.h"

/* Bundles of the distributions, in the order in which libcurl builds look for them. */
static const char *const system_bundles[] = {
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
};

/* Where docker and podman keep certificates per registry. */
static const char *const certificate_dirs[] = { "/etc/docker/certs.d", "/etc/containers/certs.d" };

static const char *cstr(struct cm_arena *arena, struct cm_sv s)
{
        return cm_sv_printf(arena, "%.*s%c", CM_SV_ARG(s), '\0').ptr;
}

static int read_file(struct cm_arena *arena, const char *path, struct cm_sv *ret,
                     struct cm_err *err)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_CERTIFICATES_BYTES_MAX);
        int r = cm_file_read(AT_FDCWD, path, &buf, err);
        if (r != 0)
                return r;
        *ret = cm_sv_dup(arena, cm_buf_sv(&buf));
        explicit_bzero(buf.ptr, buf.len);
        return 0;
}

int cm_endpoint_read_file(struct cm_arena *arena, const char *path, const char *what,
                          struct cm_sv *ret, struct cm_err *err)
{
        int r = read_file(arena, path, ret, err);
        if (r > 0)
                return CM_RAISE(err, CM_E_USAGE, "%s '%s' does not exist", what,
                                cm_escape(arena, cm_sv_from_cstr(path)));
        return r < 0 ? cm_err_context(err, "%s", what) : 0;
}

static void append_pem(struct cm_arena *arena, struct cm_sv *pem, struct cm_sv more)
{
        *pem = cm_sv_printf(arena, "%.*s\n%.*s", CM_SV_ARG(*pem), CM_SV_ARG(more));
}

/* Own authorities are trusted beside the system's: blobs often come from another host. */
static int add_system_bundle(struct cm_arena *arena, struct cm_sv *ca_pem, struct cm_err *err)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(system_bundles); i++) {
                struct cm_sv bundle = CM_SV("");
                int r = read_file(arena, system_bundles[i], &bundle, err);
                if (r < 0)
                        return r;
                if (r == 0) {
                        append_pem(arena, ca_pem, bundle);
                        return 0;
                }
        }
        return 0;
}

struct certificate_dir {
        struct cm_sv path;
        struct cm_http_tls *tls;
};

static int take_certificate(struct cm_arena *arena, const struct certificate_dir *dir,
                            struct cm_sv name, struct cm_err *err)
{
        struct cm_sv path = cm_sv_printf(arena, "%.*s/%.*s", CM_SV_ARG(dir->path), CM_SV_ARG(name));
        struct cm_sv pem = CM_SV("");
        if (cm_sv_has_suffix(name, CM_SV(".crt"))) {
                int r = read_file(arena, cstr(arena, path), &pem, err);
                if (r == 0)
                        append_pem(arena, &dir->tls->ca_pem, pem);
                return r < 0 ? r : 0;
        }
        if (!cm_sv_has_suffix(name, CM_SV(".cert")) || dir->tls->cert_pem.len > 0)
                return 0;
        int r = read_file(arena, cstr(arena, path), &pem, err);
        struct cm_sv key_path =
                cm_sv_printf(arena, "%.*s.key", CM_SV_ARG(cm_sv_slice(path, 0, path.len - 5)));
        if (r == 0)
                r = cm_endpoint_read_file(arena, cstr(arena, key_path), "client key",
                                          &dir->tls->key_pem, err);
        if (r == 0)
                dir->tls->cert_pem = pem;
        return r < 0 ? r : 0;
}

/* "*.crt" are authorities, "NAME.cert" and "NAME.key" a client certificate. */
static int read_certificate_dir(struct cm_arena *arena, const char *parent, struct cm_sv host,
                                struct cm_http_tls *tls, struct cm_err *err)
{
        const struct certificate_dir dir = {
                cm_sv_printf(arena, "%s/%.*s", parent, CM_SV_ARG(host)), tls
        };
        DIR *handle = opendir(cstr(arena, dir.path));
        if (handle == NULL)
                return 0;
        int r = 0;
        const struct dirent *entry;
        while (r == 0 && (entry = readdir(handle)) != NULL)
                r = take_certificate(arena, &dir, cm_sv_from_cstr(entry->d_name), err);
        closedir(handle);
        return r < 0 ? cm_err_context(err, "certificates of '%s'", cm_escape(arena, host)) : r;
}

static int load_tls(struct cm_arena *arena, const struct cm_fetch_options *options,
                    struct cm_sv host, struct cm_http_tls *ret, struct cm_err *err)
{
        struct cm_http_tls tls = { .skip_verify = options->tls_skip_verify };
        int r = 0;
        if ((options->tls_cert == NULL) != (options->tls_key == NULL))
                return CM_RAISE(err, CM_E_USAGE, "--tls-cert and --tls-key go together");
        if (options->tls_ca != NULL)
                r = cm_endpoint_read_file(arena, options->tls_ca, "--tls-ca", &tls.ca_pem, err);
        if (r == 0 && options->tls_cert != NULL)
                r = cm_endpoint_read_file(arena, options->tls_cert, "--tls-cert", &tls.cert_pem,
                                          err);
        if (r == 0 && options->tls_key != NULL)
                r = cm_endpoint_read_file(arena, options->tls_key, "--tls-key", &tls.key_pem, err);
        for (size_t i = 0; i < CM_ARRAY_LEN(certificate_dirs) && r == 0; i++)
                r = read_certificate_dir(arena, certificate_dirs[i], host, &tls, err);
        if (r == 0 && tls.ca_pem.len > 0)
                r = add_system_bundle(arena, &tls.ca_pem, err);
        if (r == 0)
                *ret = tls;
        return r;
}

static int fill_endpoint(struct cm_arena *arena, const struct cm_fetch_options *options,
                         const struct cm_credential_query *query, struct cm_endpoint *e,
                         struct cm_err *err)
{
        int r = load_tls(arena, options, query->registry, &e->tls, err);
        if (r == 0)
                r = cm_credentials_load(arena, query, &e->credential, err);
        if (r < 0)
                return r;
        e->has_credential = r == 0;
        return 0;
}

/* A mirror is a URL or a bare host; its path, if any, stands before "/v2/". */
static int make_mirror(struct cm_arena *arena, const struct cm_fetch_options *options,
                       struct cm_sv repository, struct cm_sv url, struct cm_endpoint *ret,
                       struct cm_err *err)
{
        bool has_scheme = cm_sv_find(url, CM_SV("://")) >= 0;
        struct cm_endpoint e = { .base = has_scheme ? url
                                                    : cm_sv_join(arena, CM_SV("https://"), url) };
        while (cm_sv_has_suffix(e.base, CM_SV("/")))
                e.base.len--;
        struct cm_sv origin = cm_http_origin(arena, e.base);
        if (origin.len == 0)
                return CM_RAISE(err, CM_E_USAGE, "mirror '%s' is no http or https address",
                                cm_escape(arena, url));
        struct cm_sv host = cm_sv_skip(origin, (size_t)cm_sv_find(origin, CM_SV("://")) + 3);
        /* Plain http that is spelled out was asked for. */
        e.may_be_plain = cm_sv_has_prefix(origin, CM_SV("http://")) || options->insecure_http ||
                         cm_registry_is_loopback(host);
        const struct cm_credential_query query = { host, repository };
        int r = fill_endpoint(arena, options, &query, &e, err);
        if (r == 0)
                *ret = e;
        return r;
}

int cm_endpoint_registry(struct cm_arena *arena, const struct cm_fetch_options *options,
                         struct cm_fetch_setup *ret, struct cm_err *err)
{
        struct cm_imageref ref;
        int r = cm_imageref_parse(arena, options->name, &ref, err);
        CM_VEC(struct cm_endpoint) endpoints = { 0 };
        for (size_t i = 0; r == 0 && i < options->mirror_count; i++) {
                const struct cm_fetch_mirror *mirror = &options->mirrors[i];
                if (!cm_sv_eq(cm_sv_from_cstr(mirror->registry), ref.registry))
                        continue;
                struct cm_endpoint e;
                r = make_mirror(arena, options, ref.repository, cm_sv_from_cstr(mirror->url), &e,
                                err);
                if (r == 0)
                        *CM_VEC_PUSH(arena, &endpoints) = e;
        }
        if (r < 0)
                return r;
        bool is_hub = cm_sv_eq(ref.registry, CM_SV("docker.io"));
        struct cm_endpoint origin = {
                .base = cm_sv_join(arena, CM_SV("https://"),
                                   is_hub ? CM_SV("registry-1.docker.io") : ref.registry),
                .may_be_plain = options->insecure_http || cm_registry_is_loopback(ref.registry),
        };
        const struct cm_credential_query query = { ref.registry, ref.repository };
        r = fill_endpoint(arena, options, &query, &origin, err);
        if (r < 0)
                return r;
        *CM_VEC_PUSH(arena, &endpoints) = origin;
        *ret = (struct cm_fetch_setup){
                .is_registry = true,
                .repository = ref.repository,
                .selector = cm_imageref_selector(&ref),
                .endpoints = endpoints.items,
                .endpoint_count = endpoints.count,
        };
        return 0;
}

int cm_endpoint_parse_host(struct cm_arena *arena, struct cm_sv text, bool with_tls,
                           struct cm_sv *ret_socket, struct cm_sv *ret_base, struct cm_err *err)
{
        struct cm_sv unix_scheme = CM_SV("unix://");
        struct cm_sv tcp_scheme = CM_SV("tcp://");
        if (cm_sv_has_prefix(text, unix_scheme)) {
                *ret_socket = cm_sv_skip(text, unix_scheme.len);
                *ret_base = CM_SV("http://localhost");
                if (ret_socket->len == 0 || ret_socket->ptr[0] != '/' ||
                    cm_sv_find_char(*ret_socket, '\0') >= 0)
                        return CM_RAISE(err, CM_E_USAGE, "engine address '%s' has no absolute path",
                                        cm_escape(arena, text));
                return 0;
        }
        if (cm_sv_has_prefix(text, CM_SV("ssh://")) || cm_sv_has_prefix(text, CM_SV("fd://")) ||
            cm_sv_has_prefix(text, CM_SV("npipe://")))
                return CM_RAISE(err, CM_E_UNSUPPORTED,
                                "engine address '%s' is of a kind that is not spoken: use unix:// "
                                "or tcp:// (forward the socket with ssh -L)",
                                cm_escape(arena, text));
        struct cm_sv url = text;
        if (cm_sv_has_prefix(text, tcp_scheme))
                url = cm_sv_join(arena, with_tls ? CM_SV("https://") : CM_SV("http://"),
                                 cm_sv_skip(text, tcp_scheme.len));
        *ret_socket = CM_SV("");
        *ret_base = cm_http_origin(arena, url);
        if (ret_base->len == 0)
                return CM_RAISE(err, CM_E_USAGE,
                                "engine address '%s' is not of the form unix:///path or "
                                "tcp://host:port",
                                cm_escape(arena, text));
        return 0;
}

static const char *variable(const char *name)
{
        const char *value = getenv(name);
        return value != NULL && *value != '\0' ? value : NULL;
}

/* The first socket that exists, or the first of the list when none does. */
static struct cm_sv default_host(struct cm_arena *arena, bool is_podman)
{
        const char *runtime = variable("XDG_RUNTIME_DIR");
        struct cm_sv system =
                is_podman ? CM_SV("/run/podman/podman.sock") : CM_SV("/var/run/docker.sock");
        struct cm_sv user = CM_SV("");
        if (runtime != NULL)
                user = cm_sv_printf(arena, "%s/%s", runtime,
                                    is_podman ? "podman/podman.sock" : "docker.sock");
        /* podman's own client takes the user's socket unless it runs as root; docker has one. */
        bool user_first = is_podman && geteuid() != 0;
        struct cm_sv first = user_first && user.len > 0 ? user : system;
        struct cm_sv second = user_first && user.len > 0 ? system : user;
        struct cm_sv chosen = first;
        if (access(cstr(arena, first), F_OK) != 0 && second.len > 0 &&
            access(cstr(arena, second), F_OK) == 0)
                chosen = second;
        return cm_sv_join(arena, CM_SV("unix://"), chosen);
}

static int check_socket(struct cm_arena *arena, struct cm_sv path, bool is_podman,
                        struct cm_err *err)
{
        const char *name = is_podman ? "podman" : "docker";
        if (access(cstr(arena, path), R_OK | W_OK) == 0)
                return 0;
        if (errno == EACCES || errno == EPERM)
                return CM_RAISE(err, CM_E_ENV,
                                "no permission for the %s socket '%s': run as root or as a member "
                                "of its group",
                                name, cm_escape(arena, path));
        return CM_RAISE(err, CM_E_ENV,
                        "there is no %s socket '%s': is %s running? (%s says where it is)", name,
                        cm_escape(arena, path), is_podman ? "'podman system service'" : "docker",
                        is_podman ? "CONTAINER_HOST" : "--docker-host or DOCKER_HOST");
}

static int load_engine_tls(struct cm_arena *arena, const struct cm_fetch_options *options,
                           struct cm_http_tls *ret, struct cm_err *err)
{
        struct cm_fetch_options files = *options;
        const char *dir = variable("DOCKER_CERT_PATH");
        const char *home = variable("HOME");
        if (dir == NULL && home != NULL)
                dir = cm_sv_printf(arena, "%s/.docker%c", home, '\0').ptr;
        if (dir != NULL && files.tls_ca == NULL)
                files.tls_ca = cm_sv_printf(arena, "%s/ca.pem%c", dir, '\0').ptr;
        if (dir != NULL && files.tls_cert == NULL) {
                files.tls_cert = cm_sv_printf(arena, "%s/cert.pem%c", dir, '\0').ptr;
                files.tls_key = cm_sv_printf(arena, "%s/key.pem%c", dir, '\0').ptr;
        }
        return load_tls(arena, &files, CM_SV("."), ret, err);
}

int cm_endpoint_engine(struct cm_arena *arena, const struct cm_fetch_options *options,
                       bool is_podman, struct cm_fetch_setup *ret, struct cm_err *err)
{
        struct cm_fetch_setup setup = { .is_podman = is_podman, .name = options->name };
        for (size_t i = 0; i < options->name.len; i++) {
                char c = options->name.ptr[i];
                if (!cm_is_alnum(c) && cm_sv_find_char(CM_SV("._-/:@"), c) < 0)
                        return CM_RAISE(err, CM_E_USAGE, "'%s' is no name of an image",
                                        cm_escape(arena, options->name));
        }
        const char *host = is_podman ? NULL : options->docker_host;
        if (host == NULL)
                host = variable(is_podman ? "CONTAINER_HOST" : "DOCKER_HOST");
        bool with_tls = !is_podman && variable("DOCKER_TLS_VERIFY") != NULL;
        int r = cm_endpoint_parse_host(
                arena, host != NULL ? cm_sv_from_cstr(host) : default_host(arena, is_podman),
                with_tls, &setup.socket, &setup.base, err);
        if (r < 0)
                return r;
        setup.is_survey = options->is_survey;
        if (setup.is_survey && setup.socket.len == 0)
                return CM_RAISE(
                        err, CM_E_UNSUPPORTED,
                        "an engine is looked at through its unix socket only, not at '%s': run "
                        "this on its machine, or forward the socket with ssh -L",
                        cm_escape(arena, cm_sv_from_cstr(host)));
        if (setup.socket.len > 0)
                r = check_socket(arena, setup.socket, is_podman, err);
        else if (cm_sv_has_prefix(setup.base, CM_SV("https://")))
                r = load_engine_tls(arena, options, &setup.tls, err);
        if (r == 0 && options->name.len == 0 && !setup.is_survey)
                r = CM_RAISE(err, CM_E_USAGE, "the name of an image is missing");
        if (r == 0)
                *ret = setup;
        return r;
}
