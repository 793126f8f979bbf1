/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of fetch/kubeconfig.h. */
#include "fetch/kubeconfig.h"
#include "tests/harness.h"

static const char *const whole =
        "apiVersion: v1\nkind: Config\ncurrent-context: b\npreferences: {colors: true}\n"
        "clusters:\n"
        "- name: one\n"
        "  cluster: {server: 'https://10.0.0.1:6443', certificate-authority-data: Q0E=,\n"
        "    certificate-authority: ca.crt, tls-server-name: kube.test, extensions: [{name: x}]}\n"
        "- name: two\n"
        "  cluster: {server: https://two, insecure-skip-tls-verify: true, proxy-url: http://p}\n"
        "users:\n"
        "- name: cert\n"
        "  user: {client-certificate-data: \"Q0VS\\nVA==\", client-key: /k.pem}\n"
        "- name: plugin\n"
        "  user:\n"
        "    exec: {apiVersion: client.authentication.k8s.io/v1, command: aws, args: [eks, get-token],\n"
        "      env: [{name: A, value: b=c}, {name: E}], provideClusterInfo: true, installHint: get it}\n"
        "- name: old\n"
        "  user: {auth-provider: {name: gcp}, as: root, username: u, password: p, tokenFile: t}\n"
        "contexts:\n"
        "- {name: a, context: {cluster: one, user: cert, namespace: x}}\n"
        "- {name: b, context: {cluster: two, user: plugin}}\n";

CM_TEST(everything_that_counts)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        struct cm_err err = CM_ERR_INIT;
        struct cm_kubeconfig c = { 0 };
        CM_CHECK_OK(cm_kubeconfig_parse(arena, cm_sv_from_cstr(whole), &c, &err), &err);
        CM_CHECK_SV(c.current_context, "b");
        const struct cm_kubeconfig_cluster *one = cm_kubeconfig_cluster_find(&c, CM_SV("one"));
        CM_CHECK_SV(one->server, "https://10.0.0.1:6443");
        CM_CHECK_SV(one->ca_pem, "CA");
        CM_CHECK_SV(one->ca_file, "ca.crt");
        CM_CHECK_SV(one->server_name, "kube.test");
        CM_CHECK(!one->skip_verify);
        const struct cm_kubeconfig_cluster *two = cm_kubeconfig_cluster_find(&c, CM_SV("two"));
        CM_CHECK(two->skip_verify);
        CM_CHECK_SV(two->proxy_url, "http://p");
        const struct cm_kubeconfig_user *cert = cm_kubeconfig_user_find(&c, CM_SV("cert"));
        CM_CHECK_SV(cert->cert_pem, "CERT");
        CM_CHECK_SV(cert->key_file, "/k.pem");
        const struct cm_kubeconfig_user *plugin = cm_kubeconfig_user_find(&c, CM_SV("plugin"));
        CM_CHECK_SV(plugin->exec.command, "aws");
        CM_CHECK_INT(plugin->exec.argument_count, 2);
        CM_CHECK_SV(plugin->exec.arguments[1], "get-token");
        CM_CHECK_INT(plugin->exec.environment_count, 2);
        CM_CHECK_SV(plugin->exec.environment[0], "A=b=c");
        CM_CHECK_SV(plugin->exec.environment[1], "E=");
        CM_CHECK(plugin->exec.wants_cluster);
        CM_CHECK(!plugin->has_auth_provider && !plugin->has_impersonation);
        const struct cm_kubeconfig_user *old = cm_kubeconfig_user_find(&c, CM_SV("old"));
        CM_CHECK(old->has_auth_provider && old->has_impersonation);
        CM_CHECK_SV(old->token_file, "t");
        CM_CHECK_SV(cm_kubeconfig_context_find(&c, CM_SV("a"))->cluster, "one");
        CM_CHECK(cm_kubeconfig_context_find(&c, CM_SV("c")) == NULL);
}

CM_TEST(what_is_refused)
{
        static const struct {
                const char *text, *why;
        } cases[] = {
                { "[1]", "not one mapping" },
                { "a: 1\n---\nb: 2", "not one mapping" },
                { "a: [", "line" },
                { "clusters: {a: b}", "'clusters' must be a list" },
                { "clusters: [{name: a}]", "entry 1 of 'clusters' has no 'cluster'" },
                { "clusters: [7]", "entry 1 of 'clusters' has no 'cluster'" },
                { "clusters: [{name: a, cluster: {server: 7}}]",
                  "line 1, column 40: 'server' of cluster 'a' must be text" },
                { "clusters: [{name: a, cluster: {}}, {name: a, cluster: {}}]",
                  "cluster 'a' is there twice" },
                { "users: [{name: a, user: {}}, {name: a, user: {}}]", "user 'a' is there twice" },
                { "contexts: [{name: a, context: {}}, {name: a, context: {}}]",
                  "context 'a' is there twice" },
                { "users: [{name: a, user: {token: 123456}}]", "'token' of user 'a' must be text" },
                { "users: [{name: a, user: {client-key-data: '%secret%'}}]",
                  "'client-key-data' of user 'a' is not base64" },
                { "users: [{name: a, user: {exec: x}}]", "'exec' of user 'a' must be a mapping" },
                { "users: [{name: a, user: {exec: {args: [a]}}}]",
                  "'exec' of user 'a' names no command" },
                { "users: [{name: a, user: {exec: {command: c, args: [1]}}}]",
                  "'args' of exec of user 'a' must be a list of texts" },
                { "users: [{name: a, user: {exec: {command: c, env: [{value: v}]}}}]",
                  "has a variable without a name" },
                { "users: [{name: a, user: {exec: {command: c, provideClusterInfo: 1}}}]",
                  "must be true or false" },
                { "users: [{name: \"\\e[1m\", user: {token: []}}]", "\\x1b" },
        };
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_err err = CM_ERR_INIT;
                struct cm_kubeconfig c;
                CM_CHECK(cm_kubeconfig_parse(arena, cm_sv_from_cstr(cases[i].text), &c, &err) < 0);
                CM_CHECK_INT(err.code, CM_E_USAGE);
                CM_CHECK(strstr(err.text, cases[i].why) != NULL);
                CM_CHECK(strstr(err.text, "secret") == NULL && strstr(err.text, "1234") == NULL);
        }
}

CM_TEST(empty_ones)
{
        static const char *const texts[] = { "", "# nothing\n", "{}",
                                             "clusters: null\nusers: []\n" };
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        for (size_t i = 0; i < CM_ARRAY_LEN(texts); i++) {
                struct cm_err err = CM_ERR_INIT;
                struct cm_kubeconfig c;
                CM_CHECK_OK(cm_kubeconfig_parse(arena, cm_sv_from_cstr(texts[i]), &c, &err), &err);
                CM_CHECK_INT(c.cluster_count + c.user_count + c.context_count, 0);
        }
}

#define CREDENTIAL(status)                                                                        \
        "{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\"," status \
        "}"

CM_TEST(credentials_of_plugins)
{
        static const struct {
                const char *text, *why, *token, *key;
        } cases[] = {
                { CREDENTIAL("\"status\":{\"token\":\"t\"}"), NULL, "t", "" },
                { CREDENTIAL(
                          "\"status\":{\"clientCertificateData\":\"c\",\"clientKeyData\":\"k\"}"),
                  NULL, "", "k" },
                { CREDENTIAL("\"status\":{\"clientKeyData\":\"k\"}"), "not both", NULL, NULL },
                { CREDENTIAL("\"status\":{}"), "neither a token", NULL, NULL },
                { CREDENTIAL("\"spec\":{}"), "neither a token", NULL, NULL },
                { "{\"status\":{\"token\":\"t\"}}", "no ExecCredential", NULL, NULL },
                { "Login at https://x", "", NULL, NULL },
        };
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_err err = CM_ERR_INIT;
                struct cm_exec_credential c = { 0 };
                int r = cm_exec_credential_parse(arena, cm_sv_from_cstr(cases[i].text), &c, &err);
                if (cases[i].why != NULL) {
                        CM_CHECK_INT(r, -CM_E_MALFORMED);
                        CM_CHECK(strstr(err.text, cases[i].why) != NULL);
                        continue;
                }
                CM_CHECK_OK(r, &err);
                CM_CHECK_SV(c.token, cases[i].token);
                CM_CHECK_SV(c.key_pem, cases[i].key);
        }
}
