/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of host.h: an empty root, and that the documentation names every section. */
#include "codec/node_json.h"
#include "host/host.h"
#include "tests/harness.h"

enum {
        ARENA_BYTES = 64 << 20
};

CM_TEST(an_empty_root_has_all_sections_and_the_documentation_names_them)
{
        struct cm_arena *arena = cm_arena_new(ARENA_BYTES);
        const struct cm_host_options options = { .root = cm_test_dir() };
        struct cm_sv page = cm_test_read("docs/formats/host-facts.md");
        const struct cm_node *facts = NULL;
        struct cm_err err = CM_ERR_INIT;
        CM_CHECK_OK(cm_host_facts(arena, &options, &facts, &err), &err);
        CM_CHECK_SV(cm_node_get_string(facts, "schema"), "coaming/host-facts/v1");
        CM_CHECK(cm_node_count(facts) > 40);
        for (size_t i = 0; i < cm_node_count(facts); i++) {
                struct cm_sv key = facts->map.members[i].key;
                if (cm_sv_find(page, cm_sv_printf(arena, "`%.*s`", CM_SV_ARG(key))) < 0)
                        cm_test_fail(__FILE__, __LINE__, "docs/formats/host-facts.md lacks '%.*s'",
                                     CM_SV_ARG(key));
        }
        CM_CHECK(cm_node_type(cm_node_get(facts, "sshd")) == CM_NODE_NULL);
        CM_CHECK(cm_node_path(facts, "packages", "error", NULL) != NULL);
        CM_CHECK(cm_node_bool(cm_node_path(facts, "walk", "complete", NULL), false));
        cm_arena_free(arena);
}

CM_TEST(the_written_document_reads_as_what_it_was)
{
        struct cm_arena *arena = cm_arena_new(ARENA_BYTES);
        const struct cm_host_options options = { .root = cm_test_dir() };
        const struct cm_node_json_options strict = { .refuse_duplicate_keys = true };
        struct cm_node_json_result parsed = { 0 };
        const struct cm_node *facts = NULL;
        struct cm_buf first CM_CLEANUP(cm_buf_fini) = { 0 };
        struct cm_buf second CM_CLEANUP(cm_buf_fini) = { 0 };
        struct cm_err err = CM_ERR_INIT;
        cm_buf_init(&first, CM_MIB(1));
        cm_buf_init(&second, CM_MIB(1));
        CM_CHECK_OK(cm_host_facts(arena, &options, &facts, &err), &err);
        cm_host_facts_write(&first, facts);
        CM_CHECK_OK(cm_node_parse_json(arena, cm_buf_sv(&first), &strict, &parsed, &err), &err);
        cm_host_facts_write(&second, parsed.root);
        CM_CHECK(cm_sv_eq(cm_buf_sv(&first), cm_buf_sv(&second)));
        cm_arena_free(arena);
}

CM_TEST(a_root_that_is_none_is_an_error)
{
        struct cm_arena *arena = cm_arena_new(ARENA_BYTES);
        const struct cm_host_options options = { .root = "/nowhere/at/all" };
        const struct cm_node *facts = NULL;
        struct cm_err err = CM_ERR_INIT;
        CM_CHECK(cm_host_facts(arena, &options, &facts, &err) < 0);
        CM_CHECK_INT(err.code, CM_E_USAGE);
        CM_CHECK(facts == NULL);
        cm_arena_free(arena);
}
