/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of codec/dockerfile.h: rows of text, a path into the tree, and what stands there. The
 * comparison with BuildKit is tests/live/26-dockerfile. */
#include "base/limits.h"
#include "codec/dockerfile.h"
#include "tests/harness.h"
#include "tests/node_text.h"

struct row {
        const char *text;
        const char *path; /* keys and numbers, separated by blanks; "@" at the end: line:column */
        const char *want;
};

static struct cm_sv show(struct cm_arena *arena, const struct row *row)
{
        struct cm_err err = CM_ERR_INIT;
        const struct cm_node *n = NULL;
        if (cm_dockerfile_parse(arena, cm_sv_from_cstr(row->text), &n, &err) < 0)
                return cm_sv_printf(arena, "%s: %s", cm_err_name(err.code), err.text);
        struct cm_sv place;
        return cm_test_node_follow(arena, row->path, &n, &place) ? place
                                                                 : cm_test_node_json(arena, n);
}

static void check_rows(const struct row *rows, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
                = cm_arena_new(CM_MIB(64));
                struct cm_sv got = show(arena, &rows[i]);
                if (!cm_sv_eq(got, cm_sv_from_cstr(rows[i].want)))
                        cm_test_fail(__FILE__, __LINE__, "%s\n%s is %.*s\nwant %s", rows[i].text,
                                     rows[i].path, CM_SV_ARG(got), rows[i].want);
        }
}

CM_TEST(lines_and_positions)
{
        static const struct row rows[] = {
                { "# syntax=a/b:1\n# escape=`\nFROM x\nRUN a `\n b\n", "instructions 1 text",
                  "\"a  b\"" },
                { "# syntax=a/b:1\n# escape=`\nFROM x\n", "syntax", "\"a/b:1\"" },
                { "# syntax=a/b:1\n# escape=`\nFROM x\n", "escape @", "2:10" },
                { "# c\n# escape=`\nFROM x\n", "escape", "\"\\\\\"" },
                { "FROM x\nRUN a && \\\n  # no\n\n\tb --c \\\n d\n",
                  "instructions 1 commands 1 args 0 @", "5:4" },
                { "FROM x\nRUN a && \\\n  # no\n\n\tb --c \\\n d\n",
                  "instructions 1 commands 1 args 1 @", "6:2" },
                { "FROM x\nRUN a && \\\n  # no\n\n\tb\n", "instructions 1 end_line", "5" },
                { "FROM x\nRUN a && \\\n  # no\n\n\tb\n", "instructions 1 empty_continuation",
                  "true" },
                { "FROM x\n  copy  [\"a\", \"b c\"]\n", "instructions 1 args 1 @", "2:15" },
                { "FROM x\n  copy  [\"a\", \"b c\"]\n", "instructions 1 keyword", "\"copy\"" },
                { "FROM x\r\nRUN a\r\n", "instructions 1 text", "\"a\"" },
                { "\xef\xbb\xbf"
                  "FROM x\n",
                  "stages 0 base image", "\"x\"" },
                { "FROM x\nRUN <<A cat && y <<-'B'\n1\nA\n\t2\n\tB\nUSER u",
                  "instructions 1 heredocs 1",
                  "{\"name\":\"B\",\"content\":\"\\t2\\n\",\"fd\":0,\"expand\":false,\"chomp\":true,"
                  "\"line\":5,\"end_line\":6}" },
                { "FROM x\nRUN <<A cat && y <<-'B'\n1\nA\n\t2\n\tB\nUSER u", "instructions 2 line",
                  "7" },
                { "FROM x\nRUN <<A\n#!/bin/bash\na b\n c\nA\n", "instructions 1 commands 1 @",
                  "5:2" },
                { "FROM x\nRUN <<A\n#!/usr/bin/python3\nimport x\nA\n", "instructions 1 shell",
                  "\"other\"" },
        };
        check_rows(rows, CM_ARRAY_LEN(rows));
}

CM_TEST(stages)
{
        static const char two[] =
                "ARG T=1\nFROM --platform=linux/amd64 r.io:5000/a/b:${T} AS One\nRUN x\n"
                "FROM one\nFROM scratch as s\nCOPY --from=ONE a b\nCOPY --from=1 a b\n"
                "COPY --from=img a b\n";
        static const struct row rows[] = {
                { two, "stages 0 base",
                  "{\"raw\":\"r.io:5000/a/b:${T}\",\"text\":\"r.io:5000/a/b:1\",\"platform\":\"linux/"
                  "amd64\",\"tag\":\"1\",\"image\":\"r.io:5000/a/b\",\"registry\":\"r.io:5000\","
                  "\"scratch\":false}" },
                { two, "stages 0 name", "\"One\"" },
                { two, "stages 1 base stage", "0" },
                { two, "stages 2 base scratch", "true" },
                { two, "stages 2 instructions 0 from_stage", "0" },
                { two, "stages 2 instructions 1 from_stage", "1" },
                { two, "stages 2 instructions 2 from_stage", "null" },
                { two, "stages 0 end_line", "3" },
                { "FROM a@sha256:1\n", "stages 0 base digest", "\"sha256:1\"" },
                { "FROM a:$T\n", "stages 0 base text", "\"a:\"" },
                { "ARG T\nFROM a:$T\n", "stages 0 base text", "null" },
                { "ARG T\nFROM a:${T}\n", "stages 0 base tag", "null" },
                { "ARG T\nFROM a:${T}\n", "stages 0 base image", "\"a\"" },
                { "ARG T\nFROM a:${T:-3}\n", "stages 0 base tag", "\"3\"" },
                { "RUN a\n", "stages 0 implicit", "true" },
                { "RUN a\n", "errors 0 message", "\"no FROM stands before this instruction\"" },
                { "FROM a\nSHELL [\"pwsh\", \"-c\"]\nRUN a; b\nFROM a\nRUN a; b\n",
                  "stages 0 instructions 1 commands", "[]" },
                { "FROM a\nSHELL [\"pwsh\", \"-c\"]\nRUN a; b\nFROM a\nRUN a; b\n",
                  "stages 1 instructions 0 shell", "\"posix\"" },
                { "FROM mcr.microsoft.com/windows/nanoserver\nRUN dir\n",
                  "stages 0 instructions 0 shell", "\"other\"" },
                { "FROM a AS b\nSHELL [\"/bin/bash\", \"-c\"]\nFROM b\nRUN x\n", "stages 1 shell 0",
                  "\"/bin/bash\"" },
                { "FROM a\nONBUILD COPY --from=x [\"a\", \"b\"]\n",
                  "stages 0 instructions 0 onbuild args", "[\"a\",\"b\"]" },
        };
        check_rows(rows, CM_ARRAY_LEN(rows));
}

CM_TEST(variables)
{
#define HEAD "ARG G=g H\nFROM scratch\nENV A=1 B=$A C='$A'\nENV D=$A E=a.b.c\nARG G\nARG H\nARG U\n"
        static const struct row rows[] = {
                { HEAD, "stages 0 instructions 0 pairs 1 value", "\"\"" },
                { HEAD, "stages 0 instructions 0 pairs 2 value", "\"$A\"" },
                { HEAD, "stages 0 instructions 1 pairs 0 value", "\"1\"" },
                { HEAD "USER $G\n", "stages 0 instructions 5 values 0", "\"g\"" },
                { HEAD "USER $H\n", "stages 0 instructions 5 values 0", "null" },
                { HEAD "USER $H$U\n", "stages 0 instructions 5 unknown", "[\"H\",\"U\"]" },
                { HEAD "USER ${U:-x}${H:+y}\n", "stages 0 instructions 5 values 0", "\"x\"" },
                { HEAD "USER ${E%.*}${E%%.*}${E#*.}${E##*.}${E/./-}${E//./-}\n",
                  "stages 0 instructions 5 values 0", "\"a.bab.cca-b.ca-b-c\"" },
                { HEAD "USER \\$A\"$A\"'$A'\n", "stages 0 instructions 5 values 0", "\"$A1$A\"" },
                { HEAD "USER $UNDECLARED\n", "stages 0 instructions 5 values 0", "\"\"" },
                { "FROM a\nUSER $UNDECLARED\n", "stages 0 instructions 0 values 0", "null" },
                { "ARG G=g\nFROM scratch\nUSER x$G\n", "stages 0 instructions 0 values 0",
                  "\"x\"" },
                { "FROM scratch AS p\nENV A=1\nFROM p\nUSER $A\n",
                  "stages 1 instructions 0 values 0", "\"1\"" },
                { "FROM scratch\nARG TARGETARCH\nUSER $TARGETARCH\n",
                  "stages 0 instructions 1 values 0", "null" },
                { "FROM scratch\nENV P='80 443'\nEXPOSE $P 1/udp\n",
                  "stages 0 instructions 1 values", "[\"80\",\"443\",\"1/udp\"]" },
                { "FROM scratch\nENV A the $B value\n", "stages 0 instructions 0 pairs 0",
                  "{\"legacy\":true,\"raw\":\"the $B value\",\"name\":\"A\",\"name_raw\":\"A\","
                  "\"value\":\"the  value\"}" },
                { "FROM scratch\nARG a b=1 c=$b\n", "stages 0 instructions 0 pairs 2 value",
                  "\"1\"" },
                { "FROM scratch\nCOPY --chown=$X:1 a b\n", "stages 0 instructions 0 flags chown",
                  "\":1\"" },
                { "FROM scratch\nUSER ${A\n", "errors 0 message",
                  "\"'${A': this modifier of ${} does not exist\"" },
                { "FROM scratch\nUSER ${A:?x}\n", "errors 0 message",
                  "\"'${A:?x}': a variable that ${x?} asks for is not set\"" },
        };
#undef HEAD
        check_rows(rows, CM_ARRAY_LEN(rows));
}

CM_TEST(comments_and_flags)
{
        static const struct row rows[] = {
                { "FROM a\n# hadolint ignore=DL3003, SC2086\n# coaming ignore=DKF-0001 as agreed\nRUN x\n",
                  "stages 0 instructions 0 suppress",
                  "[{\"tool\":\"hadolint\",\"id\":\"DL3003\"},{\"tool\":\"hadolint\",\"id\":\"SC2086\"},"
                  "{\"tool\":\"coaming\",\"id\":\"DKF-0001\"}]" },
                { "# hadolint global ignore=DL3003\nFROM a\n", "suppress",
                  "[{\"tool\":\"hadolint\",\"id\":\"DL3003\"}]" },
                { "FROM a\n# hadolint shell=powershell\nRUN x\n", "stages 0 instructions 0 shell",
                  "\"other\"" },
                { "FROM a\nRUN --mount='type=secret,id=s,\"dst=/a,b\"' --network=host --security=insecure x\n",
                  "stages 0 instructions 0 mounts",
                  "[{\"type\":\"secret\",\"id\":\"s\",\"target\":\"/a,b\"}]" },
                { "FROM a\nRUN --mount=x --network=host --security=insecure y\n",
                  "stages 0 instructions 0 flags",
                  "{\"mount\":\"x\",\"network\":\"host\",\"security\":\"insecure\"}" },
                { "FROM a\nCOPY --link --parents a b\n", "stages 0 instructions 0 flags",
                  "{\"link\":true,\"parents\":true}" },
                { "FROM a\nHEALTHCHECK --interval=5s CMD [\"a\", \"b\"]\n",
                  "stages 0 instructions 0 commands 0 name", "\"a\"" },
                { "FROM a\nHEALTHCHECK NONE\n", "stages 0 instructions 0 args", "[\"NONE\"]" },
                { "FROM a\nENTRYPOINT exec x\n", "stages 0 instructions 0 json", "false" },
        };
        check_rows(rows, CM_ARRAY_LEN(rows));
}

CM_TEST(what_is_wrong_is_told_and_the_rest_is_read)
{
        static const struct row rows[] = {
                { "", "errors 0 message", "\"the file has no instructions\"" },
                { "FROM a\nFOO x\nRUN y\n", "errors",
                  "[{\"message\":\"instruction 'FOO' does not exist\",\"line\":2,\"column\":1}]" },
                { "FROM a\nFOO x\nRUN y\n", "stages 0 instructions 1 commands 0 name", "\"y\"" },
                { "FROM a\nENV A\nENV x=1 y\n", "errors 1 message",
                  "\"'y' should have the form name=value\"" },
                { "FROM a\nCMD [1]\n", "errors 0 message",
                  "\"a JSON array here may hold nothing but strings\"" },
                { "FROM a\nRUN <<E\nx\n", "errors 0 message", "\"heredoc 'E' does not end\"" },
                { "FROM a\nRUN <<E\nx\n", "stages 0 instructions 0 commands 0 name", "\"x\"" },
                { "FROM a\nCOPY a\n", "errors 0 message", "\"COPY needs two arguments\"" },
                { "FROM a\nCOPY --foo a b\n", "errors 0 message", "\"COPY has no flag 'foo'\"" },
                { "FROM a\nCOPY --chown=a --chown=b c d\n", "errors 0 message",
                  "\"flag 'chown' stands twice\"" },
                { "FROM a\nCOPY --link=x --from a b\n", "errors 1 message",
                  "\"flag 'from' needs a value\"" },
                { "FROM a\nRUN --network=x y\n", "errors 0 @", "2:5" },
                { "FROM a\nHEALTHCHECK --interval=1us --retries=3 CMD x\n", "errors",
                  "[{\"message\":\"the value of flag 'interval' is not a duration of a millisecond or "
                  "more\",\"line\":2,\"column\":13}]" },
                { "FROM a\nCOPY a <<E\nE\n", "errors 0 message",
                  "\"COPY cannot copy to a heredoc\"" },
                { "FROM a b\n", "errors 0 message", "\"FROM takes one or three arguments\"" },
                { "FROM a AS 1x\n", "errors 0 message", "\"'1x' cannot name a stage\"" },
                { "FROM a\nONBUILD FROM b\n", "errors 0 message",
                  "\"FROM cannot be triggered by ONBUILD\"" },
                { "# escape=x\nFROM a\n", "errors 0 @", "1:1" },
                { "FROM a\nRUN echo 'x\n", "errors 0 message",
                  "\"shell text ends within a quote, bracket or heredoc\"" },
                { "FROM a\nRUN \xff\n", "",
                  "malformed: Dockerfile line 2 column 5: text is not valid "
                  "UTF-8" },
        };
        check_rows(rows, CM_ARRAY_LEN(rows));
}

CM_TEST(limits)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(256));
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&buf, CM_MIB(2));
        cm_buf_put_str(&buf, "FROM scratch\nENV A0=0123456789\n");
        for (int i = 1; i < 40; i++)
                cm_buf_printf(&buf, "ENV A%d=$A%d$A%d\n", i, i - 1, i - 1);
        cm_buf_put_char(&buf, '\0');
        CM_CHECK_SV(show(arena, &(struct row){ buf.ptr, "", "" }),
                    "limit: Dockerfile line 21: variables give more text than limit "
                    "dockerfile_expanded_max (8388608)");
        /* Stars that meet nothing would take minutes. */
        cm_buf_clear(&buf);
        cm_buf_put_str(&buf, "FROM scratch\nENV A=");
        for (int i = 0; i < 2000; i++)
                cm_buf_put_char(&buf, 'a');
        for (int i = 0; i < 500; i++)
                cm_buf_put_str(&buf, "\nUSER ${A//*a*a*a*b/}");
        cm_buf_put_char(&buf, '\0');
        CM_CHECK_SV(show(arena, &(struct row){ buf.ptr, "stages 0 instructions 90 values 0", "" }),
                    "null");
        cm_buf_clear(&buf);
        for (size_t i = 0; i <= CM_DOCKERFILE_INSTRUCTIONS_MAX; i++)
                cm_buf_put_str(&buf, "A\n");
        cm_buf_put_char(&buf, '\0');
        CM_CHECK_SV(show(arena, &(struct row){ buf.ptr, "", "" }),
                    "limit: Dockerfile line 20001: more instructions than limit "
                    "dockerfile_instructions_max");
}

CM_TEST(every_hadolint_case_is_read)
{
        const char *folder = cm_test_data();
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(512));
        struct cm_err err = CM_ERR_INIT;
        struct cm_node_json_result cases;
        const struct cm_node_json_options options = { 0 };
        struct cm_sv path = cm_sv_printf(arena, "%s/dockerfile-cases-hadolint.jsonl", folder);
        const char *name = NULL;
        CM_CHECK_OK(cm_cstr(arena, path, &name, &err), &err);
        CM_CHECK_OK(cm_node_parse_json_lines(arena, cm_test_read(name), &options, &cases, &err),
                    &err);
        CM_CHECK(cm_node_count(cases.root) > 700);
        for (size_t i = 0; i < cm_node_count(cases.root); i++) {
                struct cm_sv text = cm_node_get_string(cm_node_at(cases.root, i), "dockerfile");
                const struct cm_node *root = NULL;
                CM_CHECK_OK(cm_dockerfile_parse(arena, text, &root, &err), &err);
                const struct cm_node *errors = cm_node_get(root, "errors");
                for (size_t k = 0; k < cm_node_count(errors); k++) {
                        struct cm_sv what = cm_node_get_string(cm_node_at(errors, k), "message");
                        if (cm_sv_has_prefix(what, CM_SV("instruction '")) ||
                            cm_sv_has_prefix(what, CM_SV("shell text")))
                                cm_test_fail(__FILE__, __LINE__, "%.*s: %.*s", CM_SV_ARG(text),
                                             CM_SV_ARG(what));
                }
        }
}
