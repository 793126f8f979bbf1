/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of check/document_kubernetes.h: which program a container is, its flags; roles. */
#include "check/document_kubernetes.h"
#include "tests/first_subject.h"
#include "tests/harness.h"

extern const struct cm_document_kind cm_document_kubernetes;

/* The first subject of the view in the text, and how many there are. */
static struct first subject_of(struct cm_arena *arena, const char *view, const char *text)
{
        struct cm_err err = CM_ERR_INIT;
        struct first f = { .sink = { keep_first }, .view = view };
        struct cm_document document = { .name = CM_SV("x") };
        CM_CHECK_OK(cm_document_read_json(arena, cm_sv_from_cstr(text), &document.root, &err),
                    &err);
        CM_CHECK_OK(cm_document_kubernetes.subjects(arena, &document, &f.sink, &err), &err);
        struct cm_document_join *join = cm_kubernetes_join.start(arena);
        CM_CHECK_OK(cm_kubernetes_join.gather(join, &document, &err), &err);
        CM_CHECK_OK(cm_kubernetes_join.subjects(join, arena, &f.sink, &err), &err);
        return f;
}

static struct first container(struct cm_arena *arena, const char *members)
{
        struct cm_sv text = cm_sv_printf(arena,
                                         "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"spec\":"
                                         "{\"containers\":[{%s}]}}",
                                         members);
        return subject_of(arena, "k8s.component", text.ptr);
}

static struct cm_sv flag(const struct first *f, const char *name)
{
        return cm_node_get_string(cm_node_get(f->subject.variables[0], "flags"), name);
}

CM_TEST(the_program_is_what_runs)
{
        static const struct {
                const char *members;
                const char *name;
        } cases[] = {
                { "\"command\":[\"/usr/local/bin/kube-apiserver\"]", "kube-apiserver" },
                { "\"command\":[\"hyperkube\"],\"args\":[\"kube-scheduler\"]", "kube-scheduler" },
                { "\"image\":\"r.example:5000/etcd:3.5@sha256:0\",\"args\":[\"--a=b\"]", "etcd" },
                { "\"image\":\"r/kube-proxy-amd64:v1\"", "kube-proxy" },
                { "\"image\":\"r/etcd:3\",\"command\":[\"sh\",\"-c\",\"x\"]", NULL },
                { "\"image\":\"r/etcdctl:3\"", NULL },
                { "\"command\":[\"/go-runner\",\"--log-file=/l\",\"--\",\"/bin/kube-scheduler\"]",
                  "kube-scheduler" },
                { "\"command\":[\"etcdctl\",\"--endpoints\",\"etcd\"]", NULL },
                { "\"image\":\"nginx\",\"args\":[\"--a\"]", NULL },
                { "\"command\":7,\"args\":{\"a\":1},\"image\":[]", NULL },
                { "\"command\":[null,3,\"\"]", NULL },
        };
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(8));
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct first f = container(arena, cases[i].members);
                CM_CHECK_INT(f.count, cases[i].name != NULL);
                if (cases[i].name != NULL)
                        CM_CHECK_SV(cm_node_get_string(f.subject.variables[0], "name"),
                                    cases[i].name);
        }
}

CM_TEST(flags_are_read_as_the_programs_read_them)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(8));
        struct first f = container(
                arena, "\"command\":[\"etcd\",\"--a=1\",\"--a=2\",\"-b\",\"x\",\"--c\",\"--d=\"],"
                       "\"args\":[\"--feature-gates=A=true\",\"--feature-gates\",\"B=false\","
                       "\"--e\",\"--\",\"--f=1\"]");
        CM_CHECK_INT(f.count, 1);
        CM_CHECK_SV(flag(&f, "a"), "2");
        CM_CHECK_SV(flag(&f, "b"), "x");
        CM_CHECK_SV(flag(&f, "c"), "true");
        CM_CHECK_SV(flag(&f, "d"), "");
        CM_CHECK_SV(flag(&f, "e"), "true");
        CM_CHECK_SV(flag(&f, "feature-gates"), "A=true,B=false");
        CM_CHECK_SV(flag(&f, "f"), "");
        CM_CHECK_INT(cm_node_count(cm_node_get(f.subject.variables[0], "flags")), 6);
}

CM_TEST(lists_of_a_rule_are_always_there)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(8));
        struct first f = subject_of(
                arena, "rbac.role",
                "{\"apiVersion\":\"v1\",\"kind\":\"ClusterRole\",\"metadata\":{\"name\":"
                "\"system:x\",\"labels\":{\"kubernetes.io/bootstrapping\":\"rbac-defaults\"}},\"rules\":[{\"verbs\":[\"get\",1,null],\"resources\":\"pods\"},7]}");
        const struct cm_node *role = f.subject.variables[0];
        const struct cm_node *rules = cm_node_get(role, "rules");
        CM_CHECK_INT(f.count, 1);
        CM_CHECK(cm_node_bool(cm_node_get(role, "cluster"), false));
        CM_CHECK(cm_node_bool(cm_node_get(role, "system"), false));
        CM_CHECK_INT(cm_node_count(rules), 1);
        const struct cm_node *rule = cm_node_at(rules, 0);
        CM_CHECK_INT(cm_node_count(cm_node_get(rule, "verbs")), 1);
        CM_CHECK_INT(cm_node_type(cm_node_get(rule, "resources")), CM_NODE_LIST);
        CM_CHECK_INT(cm_node_count(cm_node_get(rule, "resources")), 0);
        CM_CHECK_INT(cm_node_type(cm_node_get(rule, "urls")), CM_NODE_LIST);
}

CM_TEST(a_binding_without_parts_is_one)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(8));
        struct first f = subject_of(arena, "rbac.binding",
                                    "{\"apiVersion\":\"v1\",\"kind\":\"RoleBinding\","
                                    "\"metadata\":{\"name\":\"system:x\"},"
                                    "\"roleRef\":3,\"subjects\":{\"kind\":\"User\"}}");
        const struct cm_node *binding = f.subject.variables[0];
        CM_CHECK_INT(f.count, 1);
        CM_CHECK(!cm_node_bool(cm_node_get(binding, "cluster"), true));
        CM_CHECK(!cm_node_bool(cm_node_get(binding, "system"), true));
        CM_CHECK_INT(cm_node_count(cm_node_get(binding, "subjects")), 0);
        CM_CHECK_SV(cm_node_get_string(cm_node_get(binding, "role"), "name"), "");
}

CM_TEST(a_grant_joins_a_binding_with_its_role)
{
        static const char list[] =
                "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":["
                "{\"kind\":\"Role\",\"metadata\":{\"name\":\"r\",\"namespace\":\"a\"},\"rules\":[{}]},"
                "{\"kind\":\"ClusterRole\",\"metadata\":{\"name\":\"r\"},\"rules\":[{},{}]},"
                "{\"kind\":\"RoleBinding\",\"metadata\":{\"name\":\"1\",\"namespace\":\"%s\"},"
                "\"roleRef\":{\"kind\":\"%s\",\"name\":\"r\"}},7]}";
        static const struct {
                const char *namespace;
                const char *kind;
                int rules; /* -1: no grant */
        } cases[] = { { "a", "Role", 1 },
                      { "a", "ClusterRole", 2 },
                      { "b", "Role", -1 },
                      { "", "Role", -1 },
                      { "b", "ClusterRole", 2 } };
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(8));
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_sv text = cm_sv_printf(arena, list, cases[i].namespace, cases[i].kind);
                struct first f = subject_of(arena, "rbac.grant", text.ptr);
                CM_CHECK_INT(f.count, cases[i].rules >= 0);
                if (cases[i].rules >= 0)
                        CM_CHECK_INT(cm_node_count(cm_node_path(f.subject.variables[0], "role",
                                                                "rules", NULL)),
                                     cases[i].rules);
        }
}
