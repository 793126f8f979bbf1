/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of what Kubernetes documents are together: grants, the cluster, its namespaces. */
#include "base/buf.h"
#include "check/document_kubernetes.h"
#include "tests/harness.h"

struct written {
        struct cm_subject_sink sink;
        struct cm_arena *arena;
        const char *view;
        struct cm_buf text;
};

/* "document/pointer binding:rules" of a grant; "name:policies" of a namespace. */
static int write_subject(struct cm_subject_sink *sink, const struct cm_subject *s,
                         struct cm_err *err)
{
        struct written *w = (struct written *)(void *)sink;
        const struct cm_node *v = s->variables[0];
        const struct cm_node *policies = cm_node_path(v, "objects", "NetworkPolicy", NULL);
        (void)err;
        if (strcmp(s->view->name, w->view) != 0)
                return 0;
        if (s->unseen.len > 0)
                cm_buf_printf(&w->text, "%.*s: %.*s\n", CM_SV_ARG(s->kind), CM_SV_ARG(s->unseen));
        else if (strcmp(w->view, "rbac.grant") == 0)
                cm_buf_printf(&w->text, "%.*s%.*s %.*s:%zu\n", CM_SV_ARG(s->document->name),
                              CM_SV_ARG(s->document->pointer), CM_SV_ARG(s->name),
                              cm_node_count(cm_node_path(v, "role", "rules", NULL)));
        else
                cm_buf_printf(&w->text, "%.*s:%d\n", CM_SV_ARG(s->name),
                              policies == NULL ? -1 : (int)cm_node_count(policies));
        return 0;
}

/* What the documents give together, in this order of theirs. */
static struct cm_sv together(struct cm_arena *arena, const char *view, const char *const *texts,
                             const size_t *order, size_t count)
{
        struct cm_err err = CM_ERR_INIT;
        struct written w = { .sink = { write_subject }, .arena = arena, .view = view };
        struct cm_document_join *join = cm_kubernetes_join.start(arena);
        cm_buf_init(&w.text, CM_KIB(16));
        for (size_t i = 0; i < count; i++) {
                struct cm_document d = { .order = i + 1,
                                         .name = cm_sv_printf(arena, "%zu", order[i]) };
                CM_CHECK_OK(cm_document_read_json(arena, cm_sv_from_cstr(texts[order[i]]), &d.root,
                                                  &err),
                            &err);
                CM_CHECK_OK(cm_kubernetes_join.gather(join, &d, &err), &err);
        }
        CM_CHECK_OK(cm_kubernetes_join.subjects(join, arena, &w.sink, &err), &err);
        struct cm_sv text = cm_sv_dup(arena, cm_buf_sv(&w.text));
        cm_buf_fini(&w.text);
        return text;
}

static const size_t forward[] = { 0, 1, 2, 3 };
static const size_t backward[] = { 3, 2, 1, 0 };

#define ROLE(ns, rules)                                                                             \
        "{\"apiVersion\":\"v1\",\"kind\":\"Role\",\"metadata\":{\"name\":\"r\",\"namespace\":\"" ns \
        "\"},\"rules\":[" rules "]}"
#define BINDING(name, ns)                                                                \
        "{\"apiVersion\":\"v1\",\"kind\":\"RoleBinding\",\"metadata\":{\"name\":\"" name \
        "\",\"namespace\":\"" ns "\"},\"roleRef\":{\"kind\":\"Role\",\"name\":\"r\"}}"
#define LIST(items) "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[" items "]}"

CM_TEST(grants_join_over_documents_in_any_order)
{
        static const char *const texts[] = {
                ROLE("a", "{}"),
                LIST("7," LIST(BINDING("far", "a")) "," BINDING("none", "b")),
                LIST(ROLE("a", "{},{}") "," BINDING("near", "a")),
                ROLE("c", "{}"),
        };
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(8));
        CM_CHECK_SV(together(arena, "rbac.grant", texts, forward, 4),
                    "1/items/1/items/0 far:1\n1/items/1/items/0 far:2\n2/items/1 near:2\n");
        /* The same grants; documents in their new order. */
        CM_CHECK_SV(together(arena, "rbac.grant", texts, backward, 4),
                    "2/items/1 near:2\n1/items/1/items/0 far:2\n1/items/1/items/0 far:1\n");
}

#define NAMESPACE(name) \
        "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"" name "\"}}"
#define POLICY(ns)                                                                          \
        "{\"apiVersion\":\"networking.k8s.io/v1\",\"kind\":\"NetworkPolicy\",\"metadata\":" \
        "{\"name\":\"p\",\"namespace\":\"" ns "\"}}"
#define LISTS(namespaces, policies)                                                      \
        "{\"apiVersion\":\"coaming/v1\",\"kind\":\"ClusterLists\",\"lists\":[{\"kind\":" \
        "\"Namespace\",\"complete\":" namespaces                                         \
        "},{\"kind\":\"NetworkPolicy\",\"complete\":" policies "},7,{}]}"

CM_TEST(a_namespace_has_only_what_is_known_to_be_all)
{
        static const char *const texts[][4] = {
                { NAMESPACE("b"), LIST(NAMESPACE("a") "," POLICY("a")), POLICY("a"),
                  LISTS("true", "true") },
                { NAMESPACE("b"), LIST(NAMESPACE("a") "," POLICY("a")), POLICY("a"),
                  LISTS("true", "false") },
                { NAMESPACE("b"), LIST(NAMESPACE("a") "," POLICY("a")), POLICY("a"),
                  LISTS("false", "true") },
                { NAMESPACE("b"), NAMESPACE("a"), LISTS("true", "true"), LISTS("true", "true") },
                { NAMESPACE("b"), NAMESPACE("a"), POLICY("a"), POLICY("b") },
        };
        static const char *const want[] = {
                "a:1\nb:0\n", "a:-1\nb:-1\n", "a:1\nb:0\n:-1\n", "a:-1\nb:-1\n:-1\n", "",
        };
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(8));
        for (size_t i = 0; i < CM_ARRAY_LEN(want); i++) {
                CM_CHECK_SV(together(arena, "k8s.namespace", texts[i], forward, 4), want[i]);
                CM_CHECK_SV(together(arena, "k8s.namespace", texts[i], backward, 4), want[i]);
        }
}

CM_TEST(objects_that_nobody_listed_are_given_out_as_unseen)
{
        static const char *const texts[] = {
                "{\"apiVersion\":\"coaming/v1\",\"kind\":\"ClusterLists\",\"lists\":[{\"kind\":\"Pod\","
                "\"complete\":false,\"problem\":\"HTTP 403\"},{\"kind\":\"ClusterRole\"},{\"kind\":"
                "\"CronJob\",\"complete\":true},{\"complete\":false}]}",
                LISTS("true", "false"),
        };
        static const struct {
                const char *view, *want;
        } cases[] = {
                { "k8s.pod", "Pod: not all objects of kind Pod were listed: HTTP 403\n" },
                { "k8s.component", "Pod: not all objects of kind Pod were listed: HTTP 403\n" },
                { "rbac.role", "ClusterRole: not all objects of kind ClusterRole were listed\n" },
                { "rbac.grant", "ClusterRole: not all objects of kind ClusterRole were listed\n" },
                { "rbac.binding", "" },
                { "k8s.object",
                  "Pod: not all objects of kind Pod were listed: HTTP 403\n"
                  "ClusterRole: not all objects of kind ClusterRole were listed\n"
                  "NetworkPolicy: not all objects of kind NetworkPolicy were listed\n" },
        };
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(8));
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++)
                CM_CHECK_SV(together(arena, cases[i].view, texts, forward, 2), cases[i].want);
}
