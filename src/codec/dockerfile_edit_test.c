/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of codec/dockerfile_edit.h: what changes, what stays, and what is refused. */
#include "codec/dockerfile_edit.h"
#include "tests/harness.h"

/* Pointer and value with '=' between them, '+' before a pointer that inserts; no '=': it goes. */
static struct cm_text_edit edit_of(struct cm_arena *arena, struct cm_sv text)
{
        struct cm_text_edit edit = { 0 };
        struct cm_sv value = CM_SV("");
        edit.inserts = cm_sv_has_prefix(text, CM_SV("+"));
        text = cm_sv_skip(text, edit.inserts ? 1 : 0);
        edit.pointer = text;
        if (cm_sv_cut(text, '=', &edit.pointer, &value))
                edit.value = cm_node_new_string(arena, (struct cm_node_pos){ 0 }, value);
        return edit;
}

static int apply(struct cm_arena *arena, const char *text, const char *edits, struct cm_sv *ret,
                 struct cm_err *err)
{
        struct cm_text_edit list[8];
        struct cm_sv rest = cm_sv_from_cstr(edits);
        struct cm_sv one;
        size_t count = 0;
        while (count < CM_ARRAY_LEN(list) && cm_sv_next_field(&rest, ';', &one))
                list[count++] = edit_of(arena, one);
        return cm_dockerfile_edit(arena, cm_sv_from_cstr(text), list, count, ret, err);
}

struct edit_case {
        const char *text;
        const char *edits;
        const char *want; /* the new text, or a part of the reason why it is refused */
};

static void expect_text(const struct edit_case *c)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(32));
        struct cm_err err = CM_ERR_INIT;
        struct cm_sv got = CM_SV("");
        int r = apply(arena, c->text, c->edits, &got, &err);
        CM_CHECK_SV(cm_sv_from_cstr(r < 0 ? err.text : ""), "");
        CM_CHECK_SV(got, c->want);
        cm_arena_free(arena);
}

static void expect_refusal(const struct edit_case *c)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(32));
        struct cm_err err = CM_ERR_INIT;
        struct cm_sv got = CM_SV("");
        CM_CHECK(apply(arena, c->text, c->edits, &got, &err) < 0);
        CM_CHECK(got.len == 0);
        if (cm_sv_find(cm_sv_from_cstr(err.text), cm_sv_from_cstr(c->want)) < 0)
                CM_CHECK_SV(cm_sv_from_cstr(err.text), c->want);
        cm_arena_free(arena);
}

CM_TEST(words_change_and_the_rest_stays_as_written)
{
        static const struct edit_case cases[] = {
                { "FROM a\nADD  x  /y # no comment\n", "/instructions/1/keyword=COPY",
                  "FROM a\nCOPY  x  /y # no comment\n" },
                { "FROM --platform=$TARGETPLATFORM a AS b\n", "/instructions/0/flag_list/0",
                  "FROM a AS b\n" },
                { "FROM a\nRUN apt-get install \\\n  # why\n  curl \\\n  wget\n",
                  "+/instructions/1/commands/0/args/1=-y",
                  "FROM a\nRUN apt-get install \\\n  # why\n  -y curl \\\n  wget\n" },
                { "FROM a\nRUN apk add \\\n  --allow-untrusted \\\n  curl\n",
                  "/instructions/1/commands/0/args/1", "FROM a\nRUN apk add \\\n  curl\n" },
                { "FROM a\nRUN apk add \\\n  curl \\\n  --allow-untrusted\n",
                  "/instructions/1/commands/0/args/2", "FROM a\nRUN apk add \\\n  curl\n" },
                { "FROM a\nRUN wget --no-check-certificate u",
                  "/instructions/1/commands/0/args/0;+/instructions/1/commands/0/args/0=-q",
                  "FROM a\nRUN wget -q u" },
                { "FROM a\r\nRUN pip --trusted-host h x\r\n",
                  "/instructions/1/commands/0/args/0;/instructions/1/commands/0/args/1",
                  "FROM a\r\nRUN pip x\r\n" },
                { "FROM a\nRUN a && b \"c d\"\n",
                  "/instructions/1/commands/1/args/-=&& rm -rf /var/lib/apt/lists/*",
                  "FROM a\nRUN a && b \"c d\" && rm -rf /var/lib/apt/lists/*\n" },
                { "FROM a\nRUN <<EOF\napt-get install b\n# apt-get install c\nEOF\n",
                  "+/instructions/1/commands/0/args/1=-y",
                  "FROM a\nRUN <<EOF\napt-get install -y b\n# apt-get install c\nEOF\n" },
                { "FROM a\nONBUILD RUN apt-get install b\n",
                  "+/instructions/1/onbuild/commands/0/args/1=-y",
                  "FROM a\nONBUILD RUN apt-get install -y b\n" },
                { "FROM a\nEXPOSE 22 80 90/TCP\n",
                  "/instructions/1/args/0;/instructions/1/args/2=90/tcp",
                  "FROM a\nEXPOSE 80 90/tcp\n" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++)
                expect_text(&cases[i]);
}

CM_TEST(instructions_come_and_go)
{
        static const struct edit_case cases[] = {
                { "FROM a\n# start\nCMD [\"x\"]\n", "+/instructions/1=USER 65532",
                  "FROM a\nUSER 65532\n# start\nCMD [\"x\"]\n" },
                { "FROM a\r\nCMD [\"x\"]\r\nCMD [\"y\"]", "/instructions/1;+/instructions/2=USER 1",
                  "FROM a\r\nUSER 1\r\nCMD [\"y\"]" },
                { "FROM a\nRUN <<E\n# no comment\nE\nCMD x \\\n  y\n",
                  "/instructions/2=CMD [\"x\", \"y\"]",
                  "FROM a\nRUN <<E\n# no comment\nE\nCMD [\"x\", \"y\"]\n" },
                { "FROM a\nMAINTAINER J", "/stages/0/instructions/0=LABEL by=\"J\"",
                  "FROM a\nLABEL by=\"J\"" },
                { "FROM a\nRUN <<E cat > /x\nFROM b\nE\nEXPOSE 22\n", "/instructions/2",
                  "FROM a\nRUN <<E cat > /x\nFROM b\nE\n" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++)
                expect_text(&cases[i]);
}

CM_TEST(what_cannot_be_proved_is_refused)
{
        static const struct edit_case cases[] = {
                { "FROM a\nRUN \"apt\" install\n", "/instructions/1/commands/0/name=apt-get",
                  "not written plainly" },
                { "FROM a\nRUN a\n", "/instructions/1/commands/0/name=a|rm", "something else" },
                { "FROM a\nRUN a\n", "/instructions/1/commands/0/name=$(x)", "something else" },
                { "FROM a\nRUN a > f\n", "/instructions/1/commands/0/args/-=&& b",
                  "something else" },
                { "FROM a\nRUN if a; then b; fi\n", "/instructions/1/commands/1/args/-=&& c",
                  "something else" },
                { "FROM a\nRUN a\n", "/instructions/1/commands/0/name=a && b", "something else" },
                { "FROM a\nRUN echo $(apt install b)\n", "+/instructions/1/commands/1/args/1=-y",
                  "does not allow" },
                { "FROM a\nCMD [\"a\", \"b\"]\n", "+/instructions/1/commands/0/args/0=c",
                  "does not allow" },
                { "FROM a\nRUN a\n", "/instructions/7", "leads to nothing" },
                { "FROM a\nRUN a\n", "/stages/0", "leads to no instruction" },
                { "FROM a\nRUN a\n", "/instructions/1/line=3", "no word of its own" },
                { "FROM a\nRUN a\n", "/instructions/1=RUN <<E\nE", "no instruction of one line" },
                { "FROM a\nRUN a\n", "/instructions/1=# RUN b", "no instruction of one line" },
                { "FROM a\nRUN a\n", "/instructions/1=RUN b \\", "no instruction of one line" },
                { "FROM a\nRUN a\n", "+/instructions/0=NOTHING", "does not allow" },
                { "FROM a\nRUN a b\n", "/instructions/1/commands/0/args/0;/instructions/1",
                  "two changes" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++)
                expect_refusal(&cases[i]);
}
