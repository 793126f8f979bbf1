/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a kubeconfig, or from what a pod has of its own cluster, to the address and credentials that
 * the fetch role gets: cm_endpoint_cluster(). Files of one KUBECONFIG are looked through in order:
 * the first that has an entry counts. Parent only.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/limits.h"
#include "base/vec.h"
#include "codec/base64.h"
#include "fetch/cluster_exec.h"
#include "fetch/endpoint.h"
#include "model/imageref.h"
#include "os/file.h"

#define IN_CLUSTER_DIR "/var/run/secrets/kubernetes.io/serviceaccount"

enum {
        CONTEXTS_NAMED_MAX = 8
};

struct config_file {
        const char *path;
        struct cm_sv dir; /* paths in the file are from here */
        struct cm_kubeconfig config;
};

struct loading {
        struct cm_arena *arena;
        const struct cm_fetch_options *options;
        CM_VEC(struct config_file) files;
        struct cm_fetch_setup setup;
        struct cm_sv credentials_of; /* who they are of, for messages */
};

static const char *variable(const char *name)
{
        const char *value = getenv(name);
        return value != NULL && *value != '\0' ? value : NULL;
}

/* Returns 1 when there is no such file. */
static int load_file(struct loading *l, struct cm_sv path, struct cm_err *err)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_KUBECONFIG_BYTES_MAX);
        struct config_file file = { 0 };
        int r = cm_cstr(l->arena, path, &file.path, err);
        if (r == 0)
                r = cm_file_read(AT_FDCWD, file.path, &buf, err);
        if (r != 0)
                return r;
        struct cm_sv name;
        if (!cm_sv_cut_last(path, '/', &file.dir, &name))
                file.dir = CM_SV(".");
        struct cm_sv text = cm_sv_dup(l->arena, cm_buf_sv(&buf));
        if (buf.ptr != NULL)
                explicit_bzero(buf.ptr, buf.len);
        r = cm_kubeconfig_parse(l->arena, text, &file.config, err);
        if (r < 0)
                return cm_err_context(err, "kubeconfig '%s'", cm_escape(l->arena, path));
        *CM_VEC_PUSH(l->arena, &l->files) = file;
        return 0;
}

static int load_files(struct loading *l, struct cm_err *err)
{
        const char *list = variable("KUBECONFIG");
        const char *home = variable("HOME");
        struct cm_sv rest = cm_sv_from_cstr(list);
        struct cm_sv path;
        int r = 0;
        if (l->options->kubeconfig != NULL) {
                r = load_file(l, cm_sv_from_cstr(l->options->kubeconfig), err);
                return r <= 0 ? r
                              : CM_RAISE(err, CM_E_USAGE, "--kubeconfig '%.200s' does not exist",
                                         l->options->kubeconfig);
        }
        if (list == NULL && home != NULL)
                r = load_file(l, cm_sv_printf(l->arena, "%s/.kube/config", home), err);
        while (r >= 0 && cm_sv_next_field(&rest, ':', &path))
                if (path.len > 0) /* one that is missing is skipped, as kubectl does */
                        r = load_file(l, path, err);
        return r < 0 ? r : 0;
}

static struct cm_sv path_in(struct loading *l, const struct config_file *file, struct cm_sv path)
{
        return path.ptr[0] == '/'
                       ? path
                       : cm_sv_printf(l->arena, "%.*s/%.*s", CM_SV_ARG(file->dir), CM_SV_ARG(path));
}

/* What stands in the kubeconfig counts before the file that it names. */
static int take_pem(struct loading *l, const struct config_file *file, struct cm_sv pem,
                    struct cm_sv path, const char *what, struct cm_sv *ret, struct cm_err *err)
{
        *ret = pem;
        if (pem.len > 0 || path.len == 0)
                return 0;
        const char *full = NULL;
        int r = cm_cstr(l->arena, path_in(l, file, path), &full, err);
        return r < 0 ? r : cm_endpoint_read_file(l->arena, full, what, ret, err);
}

static int name_contexts(struct loading *l, struct cm_err *err)
{
        struct cm_buf names CM_CLEANUP(cm_buf_fini);
        size_t count = 0;
        cm_buf_init(&names, CM_KIB(1));
        for (size_t i = 0; i < l->files.count; i++)
                for (size_t j = 0; j < l->files.items[i].config.context_count; j++)
                        if (count++ < CONTEXTS_NAMED_MAX)
                                cm_buf_printf(&names, "%s'%s'", count > 1 ? ", " : "",
                                              cm_escape(l->arena,
                                                        l->files.items[i].config.contexts[j].name));
        if (l->options->name.len == 0)
                return CM_RAISE(err, CM_E_USAGE,
                                "the kubeconfig has no current-context: kube:CONTEXT says which; "
                                "there are %.*s%s",
                                CM_SV_ARG(cm_buf_sv(&names)),
                                count == 0                   ? "none"
                                : count > CONTEXTS_NAMED_MAX ? ", ..."
                                                             : "");
        return CM_RAISE(err, CM_E_USAGE, "the kubeconfig has no context '%s': there are %.*s%s",
                        cm_escape(l->arena, l->setup.name), CM_SV_ARG(cm_buf_sv(&names)),
                        count == 0                   ? "none"
                        : count > CONTEXTS_NAMED_MAX ? ", ..."
                                                     : "");
}

static int find_context(struct loading *l, const struct cm_kubeconfig_context **ret,
                        struct cm_err *err)
{
        l->setup.name = l->options->name;
        for (size_t i = 0; i < l->files.count && l->setup.name.len == 0; i++)
                l->setup.name = l->files.items[i].config.current_context;
        for (size_t i = 0; i < l->files.count && l->setup.name.len > 0; i++) {
                *ret = cm_kubeconfig_context_find(&l->files.items[i].config, l->setup.name);
                if (*ret != NULL)
                        return 0;
        }
        return l->setup.name.len > 0 && l->options->name.len == 0
                       ? CM_RAISE(err, CM_E_USAGE,
                                  "the kubeconfig's current-context '%s' is not among its contexts",
                                  cm_escape(l->arena, l->setup.name))
                       : name_contexts(l, err);
}

/* A header must not get lines from a file, and what is wrong with a secret is not shown. */
static int set_bearer(struct loading *l, struct cm_sv token, struct cm_err *err)
{
        token = cm_sv_trim(token);
        for (size_t i = 0; i < token.len; i++)
                if (token.ptr[i] <= ' ' || token.ptr[i] > '~')
                        return CM_RAISE(err, CM_E_USAGE,
                                        "the token of %s has characters that no token has",
                                        cm_escape(l->arena, l->credentials_of));
        if (token.len == 0)
                return CM_RAISE(err, CM_E_USAGE, "the token of %s is empty",
                                cm_escape(l->arena, l->credentials_of));
        l->setup.authorization = cm_sv_printf(l->arena, "Bearer %.*s", CM_SV_ARG(token));
        return 0;
}

static int check_user(struct loading *l, const struct cm_kubeconfig_user *u, struct cm_err *err)
{
        const char *name = cm_escape(l->arena, u->name);
        if (u->has_impersonation)
                return CM_RAISE(err, CM_E_UNSUPPORTED,
                                "user '%s' of the kubeconfig acts as another one ('as'), which is "
                                "not supported: use a context whose user is the one to look with",
                                name);
        if (u->has_auth_provider)
                return CM_RAISE(err, CM_E_UNSUPPORTED,
                                "user '%s' of the kubeconfig has an auth-provider, which clients "
                                "since 1.26 do not know: use an exec plugin or a token",
                                name);
        return 0;
}

static int take_exec(struct loading *l, const struct config_file *file,
                     const struct cm_kubeconfig_cluster *cluster,
                     const struct cm_kubeconfig_user *u, struct cm_err *err)
{
        struct cm_exec_credential credential = { 0 };
        if (!l->options->allow_exec_credentials)
                return CM_RAISE(err, CM_E_USAGE,
                                "user '%s' of the kubeconfig gets credentials from the program "
                                "'%s': --allow-exec-credentials permits to run it",
                                cm_escape(l->arena, u->name), cm_escape(l->arena, u->exec.command));
        struct cm_sv command = u->exec.command;
        if (cm_sv_find_char(command, '/') >= 0)
                command = path_in(l, file, command);
        int r = cm_cluster_exec(l->arena, &u->exec, command, cluster, &l->setup.tls, &credential,
                                err);
        if (r < 0)
                return cm_err_context(err, "user '%s' of the kubeconfig",
                                      cm_escape(l->arena, u->name));
        l->setup.tls.cert_pem = credential.cert_pem;
        l->setup.tls.key_pem = credential.key_pem;
        return credential.token.len > 0 ? set_bearer(l, credential.token, err) : 0;
}

static int take_user(struct loading *l, const struct config_file *file,
                     const struct cm_kubeconfig_cluster *cluster,
                     const struct cm_kubeconfig_user *u, struct cm_err *err)
{
        struct cm_http_tls *tls = &l->setup.tls;
        struct cm_sv token = CM_SV("");
        l->credentials_of = cm_sv_printf(l->arena, "user '%.*s'", CM_SV_ARG(u->name));
        int r = check_user(l, u, err);
        if (r == 0)
                r = take_pem(l, file, u->cert_pem, u->cert_file, "client-certificate",
                             &tls->cert_pem, err);
        if (r == 0)
                r = take_pem(l, file, u->key_pem, u->key_file, "client-key", &tls->key_pem, err);
        if (r == 0 && (tls->cert_pem.len > 0) != (tls->key_pem.len > 0))
                r = CM_RAISE(err, CM_E_USAGE,
                             "user '%s' of the kubeconfig has a client certificate or a key, but "
                             "not both",
                             cm_escape(l->arena, u->name));
        if (r == 0 && u->token_file.len > 0) {
                r = take_pem(l, file, CM_SV(""), u->token_file, "tokenFile", &token, err);
                return r < 0 ? r : set_bearer(l, token, err);
        }
        if (r == 0 && u->token.len > 0)
                return set_bearer(l, u->token, err);
        if (r == 0 && u->username.len > 0) {
                struct cm_sv pair = cm_sv_printf(l->arena, "%.*s:%.*s", CM_SV_ARG(u->username),
                                                 CM_SV_ARG(u->password));
                l->setup.authorization =
                        cm_sv_join(l->arena, CM_SV("Basic "), cm_base64_encode(l->arena, pair));
        } else if (r == 0 && u->exec.command.len > 0 && tls->cert_pem.len == 0) {
                r = take_exec(l, file, cluster, u, err);
        }
        return r;
}

static bool is_host_name(struct cm_sv s)
{
        for (size_t i = 0; i < s.len; i++)
                if (!cm_is_alnum(s.ptr[i]) && s.ptr[i] != '.' && s.ptr[i] != '-')
                        return false;
        return s.len > 0;
}

/* Whether the address is one that may get credentials. */
static int check_server(struct loading *l, struct cm_sv server, struct cm_err *err)
{
        struct cm_sv origin = cm_http_origin(l->arena, server);
        const char *name = cm_escape(l->arena, server);
        bool is_plain = cm_sv_has_prefix(origin, CM_SV("http://"));
        for (size_t i = 0; i < server.len; i++)
                if (server.ptr[i] <= ' ' || server.ptr[i] > '~' || server.ptr[i] == '?' ||
                    server.ptr[i] == '#')
                        origin.len = 0;
        if (origin.len == 0)
                return CM_RAISE(err, CM_E_USAGE,
                                "the cluster's server '%s' is no address of the form "
                                "https://host[:port][/path]",
                                name);
        if (is_plain && !l->options->insecure_http &&
            !cm_registry_is_loopback(cm_sv_skip(origin, 7)))
                return CM_RAISE(err, CM_E_USAGE,
                                "the cluster's server '%s' is plain http: whoever is on the way "
                                "can change what is seen; --insecure-http allows it",
                                name);
        l->setup.base = server;
        return 0;
}

static int take_cluster(struct loading *l, const struct config_file *file,
                        const struct cm_kubeconfig_cluster *c, struct cm_err *err)
{
        const struct cm_fetch_options *o = l->options;
        if (c->proxy_url.len > 0)
                return CM_RAISE(err, CM_E_UNSUPPORTED,
                                "cluster '%s' of the kubeconfig has a proxy-url, which is not "
                                "supported: HTTPS_PROXY in the environment is",
                                cm_escape(l->arena, c->name));
        if (c->server_name.len > 0 && !is_host_name(c->server_name))
                return CM_RAISE(err, CM_E_USAGE,
                                "tls-server-name of cluster '%s' is no name of a host",
                                cm_escape(l->arena, c->name));
        int r = check_server(l, c->server, err);
        if (r < 0)
                return cm_err_context(err, "cluster '%s' of the kubeconfig",
                                      cm_escape(l->arena, c->name));
        l->setup.server_name = c->server_name;
        l->setup.tls.skip_verify = o->tls_skip_verify || c->skip_verify;
        if (c->skip_verify && !o->tls_skip_verify && o->warn != NULL)
                o->warn(o->warn_ctx,
                        "TLS certificates are not verified (insecure-skip-tls-verify in the "
                        "kubeconfig): whoever is on the way can read credentials and change what "
                        "is seen");
        return o->tls_ca != NULL ? cm_endpoint_read_file(l->arena, o->tls_ca, "--tls-ca",
                                                         &l->setup.tls.ca_pem, err)
                                 : take_pem(l, file, c->ca_pem, c->ca_file, "certificate-authority",
                                            &l->setup.tls.ca_pem, err);
}

static int take_context(struct loading *l, const struct cm_kubeconfig_context *context,
                        struct cm_err *err)
{
        const struct cm_kubeconfig_cluster *cluster = NULL;
        const struct cm_kubeconfig_user *user = NULL;
        const struct config_file *files[2] = { NULL, NULL };
        for (size_t i = 0; i < l->files.count; i++) {
                const struct config_file *file = &l->files.items[i];
                if (cluster == NULL)
                        cluster = cm_kubeconfig_cluster_find(&file->config, context->cluster);
                if (cluster != NULL && files[0] == NULL)
                        files[0] = file;
                if (user == NULL)
                        user = cm_kubeconfig_user_find(&file->config, context->user);
                if (user != NULL && files[1] == NULL)
                        files[1] = file;
        }
        if (cluster == NULL || (user == NULL && context->user.len > 0))
                return CM_RAISE(
                        err, CM_E_USAGE,
                        "context '%s' names the %s '%s', which the kubeconfig does not have",
                        cm_escape(l->arena, context->name), cluster == NULL ? "cluster" : "user",
                        cm_escape(l->arena, cluster == NULL ? context->cluster : context->user));
        int r = take_cluster(l, files[0], cluster, err);
        return r < 0 || user == NULL ? r : take_user(l, files[1], cluster, user, err);
}

/* A pod's own cluster: what the kubelet mounts into it. */
static int take_in_cluster(struct loading *l, const char *host, struct cm_err *err)
{
        const char *port = variable("KUBERNETES_SERVICE_PORT");
        bool is_ipv6 = strchr(host, ':') != NULL;
        struct cm_sv token = CM_SV("");
        l->setup.name = CM_SV("in-cluster");
        l->credentials_of = CM_SV("the pod's service account");
        int r = check_server(l,
                             cm_sv_printf(l->arena, "https://%s%s%s:%s", is_ipv6 ? "[" : "", host,
                                          is_ipv6 ? "]" : "", port == NULL ? "443" : port),
                             err);
        if (r == 0)
                r = cm_endpoint_read_file(l->arena, IN_CLUSTER_DIR "/ca.crt",
                                          "the cluster's authority", &l->setup.tls.ca_pem, err);
        if (r == 0)
                r = cm_endpoint_read_file(l->arena, IN_CLUSTER_DIR "/token",
                                          "the token of the pod's service account", &token, err);
        return r == 0 ? set_bearer(l, token, err) : r;
}

int cm_endpoint_cluster(struct cm_arena *arena, const struct cm_fetch_options *options,
                        struct cm_fetch_setup *ret, struct cm_err *err)
{
        struct loading l = { .arena = arena, .options = options };
        const struct cm_kubeconfig_context *context = NULL;
        const char *host = variable("KUBERNETES_SERVICE_HOST");
        l.setup.is_cluster = true;
        l.setup.is_survey = true;
        int r = load_files(&l, err);
        if (r < 0)
                return r;
        if (l.files.count == 0) {
                if (host == NULL || options->name.len > 0)
                        return CM_RAISE(err, CM_E_ENV,
                                        "there is no kubeconfig: --kubeconfig, KUBECONFIG or "
                                        "~/.kube/config says where the cluster is");
                r = take_in_cluster(&l, host, err);
        } else {
                r = find_context(&l, &context, err);
                if (r == 0)
                        r = take_context(&l, context, err);
        }
        if (r == 0)
                *ret = l.setup;
        return r;
}
