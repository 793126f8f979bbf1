/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of the pure half of fetch/cluster_survey.h: pages of lists and tables. */
#include "fetch/cluster_survey.h"
#include "tests/harness.h"

struct given {
        const char *kind, *text;
        const char *want; /* the objects, or a part of the error */
        const char *next; /* NULL: refused */
};

static void look(const struct given *g)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        struct cm_err err = CM_ERR_INIT;
        struct cm_cluster_page page = { .count = 99 };
        cm_buf_init(&out, CM_KIB(16));
        int r = cm_cluster_page_read(arena, g->kind, "g/v1", cm_sv_from_cstr(g->text), &out, &page,
                                     &err);
        if (g->next == NULL) {
                CM_CHECK_INT(r, -CM_E_MALFORMED);
                CM_CHECK(strstr(err.text, g->want) != NULL);
                return;
        }
        CM_CHECK_OK(r, &err);
        CM_CHECK_SV(cm_buf_sv(&out), g->want);
        CM_CHECK_SV(page.next, g->next);
}

#define POD  ",\n{\"apiVersion\":\"g/v1\",\"kind\":\"Pod\""
#define LAST "\"kubectl.kubernetes.io/last-applied-configuration\":\"{}\""

CM_TEST(lists)
{
        static const struct given cases[] = {
                { "Pod", "{\"kind\":\"PodList\",\"metadata\":{},\"items\":null}", "", "" },
                { "Pod", "{\"kind\":\"PodList\",\"metadata\":{\"continue\":\"a/b\"},\"items\":[]}",
                  "", "a/b" },
                { "Pod", "{\"kind\":\"PodList\",\"items\":[{},{\"spec\":{\"a\":[1,-2.5]}}]}",
                  POD "}" POD ",\"spec\":{\"a\":[1,-2.5]}}", "" },
                { "Pod",
                  "{\"kind\":\"PodList\",\"items\":[{\"kind\":\"Node\",\"apiVersion\":\"x\","
                  "\"metadata\":{\"name\":\"a\",\"managedFields\":[{}],\"annotations\":{" LAST
                  ",\"b\":\"c\"}}}]}",
                  POD ",\"metadata\":{\"name\":\"a\",\"annotations\":{\"b\":\"c\"}}}", "" },
                { "Pod",
                  "{\"kind\":\"PodList\",\"items\":[{\"metadata\":{\"annotations\":{" LAST "}}}]}",
                  POD ",\"metadata\":{\"annotations\":{}}}", "" },
                { "Pod", "{\"kind\":\"PodList\",\"items\":[{\"metadata\":{}}]}",
                  POD ",\"metadata\":{}}", "" },
                { "Pod", "{\"kind\":\"PodList\"}", "", "" },
                { "Pod", "{\"kind\":\"PodList\",\"items\":{}}", "is no Pod", NULL },
                { "Pod", "{\"kind\":\"NodeList\",\"items\":[]}", "is no Pod", NULL },
                { "Pod", "{\"kind\":\"Status\",\"status\":\"Success\"}", "is no Pod", NULL },
                { "Pod", "{\"kind\":\"PodList\",\"items\":[7]}", "is no object", NULL },
                { "Pod", "{\"kind\":\"PodList\",\"items\":[", "line", NULL },
                { "Pod", "[]", "is no Pod", NULL },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++)
                look(&cases[i]);
}

#define TABLE(rows)                                                                               \
        "{\"kind\":\"Table\",\"metadata\":{\"continue\":\"n\"},\"columnDefinitions\":[{\"name\":" \
        "\"Name\"},{\"name\":\"Type\"}],\"rows\":" rows "}"
#define SECRET ",\n{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":"
#define MARK   "\"coaming/data-not-read\":\"true\""

CM_TEST(tables_of_secrets)
{
        static const struct given cases[] = {
                { "Secret", TABLE("null"), "", "n" },
                { "Secret",
                  TABLE("[{\"cells\":[\"a\",\"Opaque\",1],\"object\":{\"metadata\":{\"name\":\"a\","
                        "\"annotations\":{" LAST ",\"b\":\"c\"}},\"data\":{\"p\":\"cA==\"}}}]"),
                  SECRET "{\"name\":\"a\",\"annotations\":{\"b\":\"c\"," MARK
                         "}},\"type\":\"Opaque\"}",
                  "n" },
                { "Secret",
                  TABLE("[{\"cells\":[\"a\",\"t\"],\"object\":{\"metadata\":{\"name\":\"a\"}}}]"),
                  SECRET "{\"name\":\"a\",\"annotations\":{" MARK "}},\"type\":\"t\"}", "n" },
                { "Secret", TABLE("[{\"cells\":[\"a\"],\"object\":{\"metadata\":{}}}]"), "lacks",
                  NULL },
                { "Secret", TABLE("[{\"cells\":[\"a\",\"t\"],\"object\":null}]"), "lacks", NULL },
                { "Secret", TABLE("7"), "no Table", NULL },
                { "Secret", "{\"kind\":\"Table\",\"rows\":[{\"object\":{\"metadata\":{}}}]}",
                  "lacks", NULL },
                { "Secret",
                  "{\"kind\":\"SecretList\",\"items\":[{\"metadata\":{\"name\":\"a\"},\"data\":{}}]}",
                  "no Table", NULL },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++)
                look(&cases[i]);
}
