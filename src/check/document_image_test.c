/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of check/document_image.c: the subjects of an image, and what it cannot give. */
#include "check/document.h"
#include "tests/harness.h"
#include "tests/node_text.h"

extern const struct cm_document_kind cm_document_image;

struct seen {
        struct cm_subject_sink sink;
        struct cm_buf log; /* view, kind and name of each */
        const struct cm_node *files;
};

static int log_subject(struct cm_subject_sink *sink, const struct cm_subject *s, struct cm_err *err)
{
        struct seen *seen = (struct seen *)(void *)sink;
        (void)err;
        cm_buf_printf(&seen->log, "%s %.*s %.*s;", s->view->name + 6, CM_SV_ARG(s->kind),
                      CM_SV_ARG(s->name));
        if (strcmp(s->view->name, "image.files") == 0)
                seen->files = s->variables[0];
        return 0;
}

static int subjects_of(struct cm_arena *arena, const char *text, struct seen *seen,
                       struct cm_err *err)
{
        struct cm_document document = { .name = CM_SV("x") };
        int r = cm_document_read_json(arena, cm_sv_from_cstr(text), &document.root, err);
        CM_CHECK(r == 0 && cm_document_image.is(document.name, document.root));
        document.root = cm_document_image.normalise(arena, document.root);
        *seen = (struct seen){ .sink = { log_subject } };
        cm_buf_init(&seen->log, CM_KIB(4));
        return cm_document_image.subjects(arena, &document, &seen->sink, err);
}

CM_TEST(image_gives_config_history_and_files)
{
        static const struct {
                const char *text;
                const char *want;
        } cases[] = {
                { "{\"format\":\"coaming-image\"}", "" },
                { "{\"format\":\"coaming-image\",\"files\":{}}", "files files ;" },
                { "{\"format\":\"coaming-image\",\"config\":{\"config\":null}}",
                  "config config ;" },
                { "{\"format\":\"coaming-image\",\"config\":{\"history\":[{\"created_by\":\"RUN a\"},"
                  "{},{\"created_by\":\"# x\"},{\"created_by\":\"USER b\"}]},\"files\":{}}",
                  "config config ;history RUN 0;run RUN 0;history USER 3;files files ;" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_arena *arena = cm_arena_new(CM_MIB(16));
                struct cm_err err = CM_ERR_INIT;
                struct seen seen;
                CM_CHECK_OK(subjects_of(arena, cases[i].text, &seen, &err), &err);
                CM_CHECK(cm_sv_eq(cm_buf_sv(&seen.log), cm_sv_from_cstr(cases[i].want)));
                cm_buf_fini(&seen.log);
                cm_arena_free(arena);
        }
}

CM_TEST(image_config_that_could_not_be_read_is_an_error)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(16));
        struct cm_err err = CM_ERR_INIT;
        struct seen seen;
        CM_CHECK(subjects_of(arena, "{\"format\":\"coaming-image\",\"config\":null,\"files\":{}}",
                             &seen, &err) < 0);
        CM_CHECK(err.code == CM_E_MALFORMED);
        cm_buf_fini(&seen.log);
        cm_arena_free(arena);
}

CM_TEST(image_files_say_where_they_come_from)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(16));
        struct cm_err err = CM_ERR_INIT;
        struct seen seen;
        CM_CHECK_OK(
                subjects_of(
                        arena,
                        "{\"format\":\"coaming-image\",\"layers\":[{\"created_by\":\"\"},"
                        "{\"created_by\":\"RUN a\"}],\"files\":{\"setuid\":[{\"path\":\"/a\","
                        "\"layer\":1},{\"path\":\"/b\",\"layer\":0},{\"path\":\"/c\",\"layer\":9},"
                        "{\"path\":\"/d\"}],\"users\":[{\"name\":\"r\"}],"
                        "\"caches\":[],\"truncated\":[\"caches\"]}}",
                        &seen, &err),
                &err);
        static const char *const from[] = { "layer 1: RUN a", "layer 0", "no known layer",
                                            "the root file system" };
        const struct cm_node *list = cm_node_get(seen.files, "setuid");
        for (size_t i = 0; i < CM_ARRAY_LEN(from); i++)
                CM_CHECK(cm_sv_eq(cm_node_get_string(cm_node_at(list, i), "from"),
                                  cm_sv_from_cstr(from[i])));
        CM_CHECK(cm_sv_eq(cm_test_node_json(arena, cm_node_get(seen.files, "users")),
                          CM_SV("[{\"name\":\"r\"}]")));
        CM_CHECK_INT(cm_node_count(list), 4);
        CM_CHECK_INT(cm_node_count(cm_node_get(seen.files, "caches")), 1); /* that is not known */
        cm_buf_fini(&seen.log);
        cm_arena_free(arena);
}
