/* SPDX-License-Identifier: Apache-2.0 */
/* See kubeconfig.h. */
#include "fetch/kubeconfig.h"

#include "base/escape.h"
#include "base/limits.h"
#include "base/vec.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "codec/node_yaml.h"

/* One entry of a list: {name, <what>: {...}}. */
struct entry {
        struct cm_arena *arena;
        const char *what; /* "cluster" */
        struct cm_sv name;
        const struct cm_node *value;
};

static int wrong(const struct entry *e, const char *key, struct cm_node_pos pos, const char *must,
                 struct cm_err *err)
{
        return CM_RAISE(err, CM_E_USAGE, "line %u, column %u: '%s' of %s '%s' %s", pos.line,
                        pos.column, key, e->what, cm_escape(e->arena, e->name), must);
}

/* A member that is text; "" when it is not there. */
static int text_of(const struct entry *e, const char *key, struct cm_sv *ret, struct cm_err *err)
{
        const struct cm_node *n = cm_node_get(e->value, key);
        *ret = CM_SV("");
        if (cm_node_type(n) == CM_NODE_NULL)
                return 0;
        if (cm_node_type(n) != CM_NODE_STRING || cm_sv_find_char(n->text, '\0') >= 0)
                return wrong(e, key, n->pos, "must be text (a number needs quotes)", err);
        *ret = n->text;
        return 0;
}

static int bool_of(const struct entry *e, const char *key, bool *ret, struct cm_err *err)
{
        const struct cm_node *n = cm_node_get(e->value, key);
        if (cm_node_type(n) == CM_NODE_NULL)
                return 0;
        if (cm_node_type(n) != CM_NODE_BOOL)
                return wrong(e, key, n->pos, "must be true or false", err);
        *ret = n->boolean;
        return 0;
}

/* Base 64 in which line breaks are allowed, as the reader of client-go has it. */
static int data_of(const struct entry *e, const char *key, struct cm_sv *ret, struct cm_err *err)
{
        struct cm_sv text = CM_SV("");
        struct cm_err broken = CM_ERR_INIT;
        int r = text_of(e, key, &text, err);
        if (r < 0 || text.len == 0)
                return r;
        char *compact = cm_arena_alloc(e->arena, text.len, 1);
        size_t len = 0;
        for (size_t i = 0; i < text.len; i++)
                if (text.ptr[i] != '\n' && text.ptr[i] != '\r')
                        compact[len++] = text.ptr[i];
        if (cm_base64_decode(e->arena, cm_sv_make(compact, len), ret, &broken) < 0)
                return wrong(e, key, cm_node_get(e->value, key)->pos, "is not base64", err);
        return 0;
}

struct text_field {
        const char *key;
        struct cm_sv *to;
        bool is_data;
};

static int read_fields(const struct entry *e, const struct text_field *fields, size_t count,
                       struct cm_err *err)
{
        int r = 0;
        for (size_t i = 0; i < count && r == 0; i++)
                r = fields[i].is_data ? data_of(e, fields[i].key, fields[i].to, err)
                                      : text_of(e, fields[i].key, fields[i].to, err);
        return r;
}

static int read_cluster(const struct entry *e, struct cm_kubeconfig *config, struct cm_err *err)
{
        struct cm_kubeconfig_cluster *c = &config->clusters[config->cluster_count];
        const struct text_field fields[] = {
                { "server", &c->server, false },
                { "certificate-authority", &c->ca_file, false },
                { "certificate-authority-data", &c->ca_pem, true },
                { "tls-server-name", &c->server_name, false },
                { "proxy-url", &c->proxy_url, false },
        };
        c->name = e->name;
        int r = read_fields(e, fields, CM_ARRAY_LEN(fields), err);
        if (r == 0)
                r = bool_of(e, "insecure-skip-tls-verify", &c->skip_verify, err);
        config->cluster_count++;
        return r;
}

static int read_arguments(const struct entry *e, struct cm_kubeconfig_exec *ret, struct cm_err *err)
{
        const struct cm_node *args = cm_node_get(e->value, "args");
        ret->arguments = CM_NEW_ARRAY(e->arena, struct cm_sv, cm_node_count(args));
        for (size_t i = 0; i < cm_node_count(args); i++) {
                const struct cm_node *n = cm_node_at(args, i);
                if (cm_node_type(n) != CM_NODE_STRING || cm_sv_find_char(n->text, '\0') >= 0)
                        return wrong(e, "args", args->pos, "must be a list of texts", err);
                ret->arguments[ret->argument_count++] = n->text;
        }
        return 0;
}

static int read_environment(const struct entry *e, struct cm_kubeconfig_exec *ret,
                            struct cm_err *err)
{
        const struct cm_node *env = cm_node_get(e->value, "env");
        ret->environment = CM_NEW_ARRAY(e->arena, struct cm_sv, cm_node_count(env));
        for (size_t i = 0; i < cm_node_count(env); i++) {
                struct entry one = { e->arena, "env of user", e->name, cm_node_at(env, i) };
                struct cm_sv name = CM_SV("");
                struct cm_sv value = CM_SV("");
                int r = text_of(&one, "name", &name, err);
                if (r == 0)
                        r = text_of(&one, "value", &value, err);
                if (r < 0)
                        return r;
                if (name.len == 0 || cm_sv_find_char(name, '=') >= 0)
                        return wrong(e, "env", env->pos, "has a variable without a name", err);
                ret->environment[ret->environment_count++] =
                        cm_sv_printf(e->arena, "%.*s=%.*s", CM_SV_ARG(name), CM_SV_ARG(value));
        }
        return 0;
}

static int read_exec(const struct entry *user, struct cm_kubeconfig_exec *ret, struct cm_err *err)
{
        const struct cm_node *exec = cm_node_get(user->value, "exec");
        if (cm_node_type(exec) == CM_NODE_NULL)
                return 0;
        if (cm_node_type(exec) != CM_NODE_MAP)
                return wrong(user, "exec", exec->pos, "must be a mapping", err);
        const struct entry e = { user->arena, "exec of user", user->name, exec };
        const struct text_field fields[] = {
                { "apiVersion", &ret->api_version, false },
                { "command", &ret->command, false },
                { "installHint", &ret->install_hint, false },
        };
        int r = read_fields(&e, fields, CM_ARRAY_LEN(fields), err);
        if (r == 0)
                r = bool_of(&e, "provideClusterInfo", &ret->wants_cluster, err);
        if (r == 0)
                r = read_arguments(&e, ret, err);
        if (r == 0)
                r = read_environment(&e, ret, err);
        if (r == 0 && ret->command.len == 0)
                r = wrong(user, "exec", exec->pos, "names no command", err);
        return r;
}

static int read_user(const struct entry *e, struct cm_kubeconfig *config, struct cm_err *err)
{
        struct cm_kubeconfig_user *u = &config->users[config->user_count];
        static const char *const impersonation[] = { "as", "as-uid", "as-groups", "as-user-extra" };
        const struct text_field fields[] = {
                { "client-certificate", &u->cert_file, false },
                { "client-certificate-data", &u->cert_pem, true },
                { "client-key", &u->key_file, false },
                { "client-key-data", &u->key_pem, true },
                { "token", &u->token, false },
                { "tokenFile", &u->token_file, false },
                { "username", &u->username, false },
                { "password", &u->password, false },
        };
        u->name = e->name;
        int r = read_fields(e, fields, CM_ARRAY_LEN(fields), err);
        for (size_t i = 0; i < CM_ARRAY_LEN(impersonation); i++)
                if (cm_node_type(cm_node_get(e->value, impersonation[i])) != CM_NODE_NULL)
                        u->has_impersonation = true;
        u->has_auth_provider = cm_node_type(cm_node_get(e->value, "auth-provider")) != CM_NODE_NULL;
        if (r == 0)
                r = read_exec(e, &u->exec, err);
        config->user_count++;
        return r;
}

static int read_context(const struct entry *e, struct cm_kubeconfig *config, struct cm_err *err)
{
        struct cm_kubeconfig_context *c = &config->contexts[config->context_count];
        const struct text_field fields[] = {
                { "cluster", &c->cluster, false },
                { "user", &c->user, false },
        };
        c->name = e->name;
        config->context_count++;
        return read_fields(e, fields, CM_ARRAY_LEN(fields), err);
}

struct list {
        const char *key; /* "clusters" */
        const char *member;
        int (*read)(const struct entry *e, struct cm_kubeconfig *config, struct cm_err *err);
};

static int read_list(struct cm_arena *arena, const struct cm_node *root, const struct list *list,
                     struct cm_kubeconfig *config, struct cm_err *err)
{
        const struct cm_node *items = cm_node_get(root, list->key);
        if (cm_node_type(items) == CM_NODE_NULL)
                return 0;
        if (cm_node_type(items) != CM_NODE_LIST)
                return CM_RAISE(err, CM_E_USAGE, "line %u, column %u: '%s' must be a list",
                                items->pos.line, items->pos.column, list->key);
        for (size_t i = 0; i < cm_node_count(items); i++) {
                struct entry e = { arena, list->member, CM_SV(""), cm_node_at(items, i) };
                int r = text_of(&e, "name", &e.name, err);
                if (r < 0)
                        return r;
                e.value = cm_node_get(e.value, list->member);
                if (cm_node_type(e.value) != CM_NODE_MAP)
                        return CM_RAISE(err, CM_E_USAGE, "entry %zu of '%s' has no '%s'", i + 1,
                                        list->key, list->member);
                r = list->read(&e, config, err);
                if (r < 0)
                        return r;
        }
        return 0;
}

#define FIND_BY_NAME(kind, list, count)                                 \
        const struct cm_kubeconfig_##kind *cm_kubeconfig_##kind##_find( \
                const struct cm_kubeconfig *config, struct cm_sv name)  \
        {                                                               \
                for (size_t i = 0; i < config->count; i++)              \
                        if (cm_sv_eq(config->list[i].name, name))       \
                                return &config->list[i];                \
                return NULL;                                            \
        }
FIND_BY_NAME(cluster, clusters, cluster_count)
FIND_BY_NAME(user, users, user_count)
FIND_BY_NAME(context, contexts, context_count)

/* Which of two entries of one name is meant nobody can say; client-go refuses them as well. */
static int refuse_doubles(struct cm_arena *arena, const struct cm_kubeconfig *config,
                          struct cm_err *err)
{
        for (size_t i = 0; i < config->cluster_count; i++) {
                const struct cm_kubeconfig_cluster *c = &config->clusters[i];
                if (cm_kubeconfig_cluster_find(config, c->name) != c)
                        return CM_RAISE(err, CM_E_USAGE, "cluster '%s' is there twice",
                                        cm_escape(arena, c->name));
        }
        for (size_t i = 0; i < config->user_count; i++) {
                const struct cm_kubeconfig_user *u = &config->users[i];
                if (cm_kubeconfig_user_find(config, u->name) != u)
                        return CM_RAISE(err, CM_E_USAGE, "user '%s' is there twice",
                                        cm_escape(arena, u->name));
        }
        for (size_t i = 0; i < config->context_count; i++) {
                const struct cm_kubeconfig_context *c = &config->contexts[i];
                if (cm_kubeconfig_context_find(config, c->name) != c)
                        return CM_RAISE(err, CM_E_USAGE, "context '%s' is there twice",
                                        cm_escape(arena, c->name));
        }
        return 0;
}

static int as_usage(struct cm_err *err)
{
        struct cm_err inner = *err;
        cm_err_clear(err);
        return CM_RAISE(err, CM_E_USAGE, "%s", inner.text);
}

int cm_kubeconfig_parse(struct cm_arena *arena, struct cm_sv text, struct cm_kubeconfig *ret,
                        struct cm_err *err)
{
        const struct cm_node_yaml_options options = { .schema = CM_NODE_YAML_GO2 };
        const struct cm_node_doc *docs = NULL;
        size_t count = 0;
        if (text.len > CM_KUBECONFIG_BYTES_MAX)
                return CM_RAISE(err, CM_E_USAGE, "it is larger than kubeconfig_bytes_max (%zu)",
                                CM_KUBECONFIG_BYTES_MAX);
        if (cm_node_parse_yaml(arena, text, &options, &docs, &count, err) < 0)
                return as_usage(err);
        const struct cm_node *root = count > 0 ? docs[0].root : NULL;
        if (count > 1 || (count == 1 && cm_node_type(root) != CM_NODE_MAP))
                return CM_RAISE(err, CM_E_USAGE, "it is not one mapping");
        static const struct list lists[] = {
                { "clusters", "cluster", read_cluster },
                { "users", "user", read_user },
                { "contexts", "context", read_context },
        };
        struct cm_kubeconfig config = { 0 };
        for (size_t i = 0; i < CM_ARRAY_LEN(lists); i++)
                if (cm_node_count(cm_node_get(root, lists[i].key)) > CM_KUBECONFIG_ENTRIES_MAX)
                        return CM_RAISE(err, CM_E_USAGE, "'%s' has more than %d entries",
                                        lists[i].key, CM_KUBECONFIG_ENTRIES_MAX);
        config.clusters = CM_NEW_ARRAY(arena, struct cm_kubeconfig_cluster,
                                       cm_node_count(cm_node_get(root, "clusters")));
        config.users = CM_NEW_ARRAY(arena, struct cm_kubeconfig_user,
                                    cm_node_count(cm_node_get(root, "users")));
        config.contexts = CM_NEW_ARRAY(arena, struct cm_kubeconfig_context,
                                       cm_node_count(cm_node_get(root, "contexts")));
        int r = 0;
        for (size_t i = 0; i < CM_ARRAY_LEN(lists) && r == 0; i++)
                r = read_list(arena, root, &lists[i], &config, err);
        config.current_context = cm_node_get_string(root, "current-context");
        if (r == 0)
                r = refuse_doubles(arena, &config, err);
        if (r == 0)
                *ret = config;
        return r;
}

int cm_exec_credential_parse(struct cm_arena *arena, struct cm_sv text,
                             struct cm_exec_credential *ret, struct cm_err *err)
{
        const struct cm_json *doc = NULL;
        int r = cm_json_parse(arena, text, &doc, err);
        if (r < 0)
                return r;
        const struct cm_json *status = cm_json_get(doc, "status");
        const struct cm_exec_credential c = {
                .token = cm_sv_dup(arena, cm_json_get_string(status, "token")),
                .cert_pem = cm_sv_dup(arena, cm_json_get_string(status, "clientCertificateData")),
                .key_pem = cm_sv_dup(arena, cm_json_get_string(status, "clientKeyData")),
        };
        if (!cm_sv_eq(cm_json_get_string(doc, "kind"), CM_SV("ExecCredential")))
                return CM_RAISE(err, CM_E_MALFORMED, "the answer is no ExecCredential");
        if ((c.cert_pem.len > 0) != (c.key_pem.len > 0))
                return CM_RAISE(err, CM_E_MALFORMED,
                                "the answer has a certificate or a key, but not both");
        if (c.token.len == 0 && c.cert_pem.len == 0)
                return CM_RAISE(err, CM_E_MALFORMED,
                                "the answer has neither a token nor a certificate");
        *ret = c;
        return 0;
}
