/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of check/image_history.h: what the builders of images write as history. */
#include <stdio.h>

#include "base/limits.h"
#include "check/image_history.h"
#include "tests/harness.h"
#include "tests/node_text.h"

/* The JSON of one member of the instruction, "none" when the text is none. */
static struct cm_sv member(struct cm_arena *arena, const char *created_by, const char *path)
{
        struct cm_err err = CM_ERR_INIT;
        const struct cm_node_pos pos = { 7, 9 };
        const struct cm_node *ins = NULL;
        size_t words = 0;
        int r = cm_image_history_instruction(
                arena, cm_node_new_string(arena, pos, cm_sv_from_cstr(created_by)), &words, &ins,
                &err);
        CM_CHECK(r >= 0);
        if (r > 0)
                return CM_SV("none");
        struct cm_sv place = CM_SV("");
        return cm_test_node_follow(arena, path, &ins, &place) ? place
                                                              : cm_test_node_json(arena, ins);
}

CM_TEST(history_becomes_instructions)
{
        static const struct {
                const char *created_by;
                const char *path;
                const char *want;
        } cases[] = {
                /* Docker's old builder */
                { "/bin/sh -c #(nop) ADD file:1234 in / ", "keyword", "\"ADD\"" },
                { "/bin/sh -c #(nop) ADD file:1234 in / ", "values", "[null,\"/\"]" },
                { "/bin/sh -c #(nop)  CMD [\"bash\"]", "text", "\"[\\\"bash\\\"]\"" },
                { "/bin/sh -c #(nop)  ENV A=b c D=e", "pairs 0 value", "\"b c\"" },
                { "/bin/sh -c #(nop)  ENV A=b c D=e", "pairs 1 name", "\"D\"" },
                { "/bin/sh -c #(nop)  EXPOSE 22 80/udp", "values", "[\"22\",\"80/udp\"]" },
                { "/bin/sh -c apt-get update && apt-get -y install x", "commands 1 args 1",
                  "\"install\"" },
                { "|2 A=b C=d e /bin/sh -c make all", "commands 0 name", "\"make\"" },
                { "|2 A=b C=d e /bin/sh -c make all", "build_args 1 value", "\"d e\"" },
                { "|1 P=/bin/sh /bin/sh -c id", "build_args 0 value", "\"/bin/sh\"" },
                { "|0 /bin/sh -c id", "commands 0 name", "\"id\"" },
                /* BuildKit */
                { "RUN /bin/sh -c curl -k https://a.example # buildkit", "commands 0 args 0",
                  "\"-k\"" },
                { "RUN |1 T=x /bin/bash -o pipefail -c a | b # buildkit", "commands 1 name",
                  "\"b\"" },
                { "RUN |1 T=x /bin/bash -o pipefail -c a | b # buildkit", "shell", "\"posix\"" },
                { "RUN |1 T=x /bin/bash -o pipefail -c a | b # buildkit", "build_args 0 name",
                  "\"T\"" },
                { "RUN /bin/sh -c a\nb # buildkit", "commands 1 name", "\"b\"" },
                { "RUN ls -l # buildkit", "commands 0 name", "\"ls\"" },
                { "RUN cmd /S /C del x", "shell", "\"other\"" },
                { "RUN cmd /S /C del x", "commands", "[]" },
                { "COPY --chown=1:1 --link a b /c # buildkit", "values", "[\"a\",\"b\",\"/c\"]" },
                { "COPY --chown=1:1 --link a b /c # buildkit", "flags chown", "\"1:1\"" },
                { "EXPOSE map[22/tcp:{} 80/tcp:{}]", "values", "[\"22/tcp\",\"80/tcp\"]" },
                { "VOLUME [/data /log]", "values", "[\"/data\",\"/log\"]" },
                { "USER app:app", "values 0", "\"app:app\"" },
                { "LABEL maintainer=A B <a@b.example>", "pairs 0 value", "\"A B <a@b.example>\"" },
                { "ARG TOKEN", "pairs 0 value", "null" },
                { "ENV A=b", "pairs 0 value @", "7:9" },
                { "RUN ls -l", "commands 0 args 0 @", "7:9" },
                /* no instruction */
                { "", "", "none" },
                { "# debian.sh --arch 'amd64' out/ 'bookworm'", "", "none" },
                { "bazel build ...", "", "none" },
                { "buildkit.dockerfile.v0", "", "none" },
                { "/bin/sh -c #(nop) xyz", "", "none" },
                { "|x", "", "none" },
        };
        struct cm_arena *arena = cm_arena_new(CM_MIB(16));
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_sv got = member(arena, cases[i].created_by, cases[i].path);
                if (!cm_sv_eq(got, cm_sv_from_cstr(cases[i].want)))
                        printf("%s: %s: got %.*s\n", cases[i].created_by, cases[i].path,
                               CM_SV_ARG(got));
                CM_CHECK(cm_sv_eq(got, cm_sv_from_cstr(cases[i].want)));
        }
        cm_arena_free(arena);
}

CM_TEST(history_in_short_tells_no_build_argument)
{
        static const char *const cases[][2] = {
                { "RUN |1 TOKEN=hunter2 /bin/sh -c make all # buildkit", "RUN make all" },
                { "|1 TOKEN=hunter2 b /bin/sh -c make", "RUN make" },
                { "/bin/sh -c #(nop) ADD file:12 in / ", "ADD file:12 in /" },
                { "COPY a /b # buildkit", "COPY a /b" },
                { " # debian.sh ", "# debian.sh" },
                { "", "" },
        };
        struct cm_arena *arena = cm_arena_new(CM_MIB(16));
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++)
                CM_CHECK(cm_sv_eq(cm_image_history_short(arena, cm_sv_from_cstr(cases[i][0])),
                                  cm_sv_from_cstr(cases[i][1])));
        cm_arena_free(arena);
}

CM_TEST(history_limits_shell_words)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(64));
        struct cm_err err = CM_ERR_INIT;
        const struct cm_node *ins = NULL;
        size_t words = CM_SHELL_WORDS_MAX;
        const struct cm_node *text =
                cm_node_new_string(arena, (struct cm_node_pos){ 1, 1 }, CM_SV("/bin/sh -c a b c"));
        CM_CHECK(cm_image_history_instruction(arena, text, &words, &ins, &err) < 0);
        CM_CHECK(err.code == CM_E_LIMIT);
        cm_err_clear(&err);
        words = CM_SHELL_WORDS_MAX;
        text = cm_node_new_string(arena, text->pos, CM_SV("ENV a=b c"));
        CM_CHECK(cm_image_history_instruction(arena, text, &words, &ins, &err) < 0);
        CM_CHECK(err.code == CM_E_LIMIT);
        cm_arena_free(arena);
}
