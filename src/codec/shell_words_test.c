/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of codec/shell_words.h: one row per construct; commands are shown as their words. */
#include "base/buf.h"
#include "base/limits.h"
#include "codec/shell_words.h"
#include "tests/harness.h"

/* "name|arg|arg separator name|arg ..."; assignments in {}, redirections in <>, pipes as ^. */
static struct cm_sv show(struct cm_arena *arena, struct cm_sv text)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_shell_script script;
        size_t words = 0;
        if (cm_shell_parse(arena, text, &words, &script, &err) < 0)
                return cm_sv_from_cstr("limit");
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&buf, CM_MIB(1));
        for (size_t i = 0; i < script.count; i++) {
                const struct cm_shell_command *c = script.items[i];
                if (i > 0)
                        cm_buf_put_char(&buf, ' ');
                for (size_t k = 0; k < c->depth; k++)
                        cm_buf_put_char(&buf, '+');
                cm_buf_put_str(&buf, c->pipe > 0 ? "^" : "");
                for (size_t k = 0; k < c->assignments.count; k++)
                        cm_buf_printf(&buf, "{%.*s}", CM_SV_ARG(c->assignments.items[k].text));
                for (size_t k = 0; k < c->words.count; k++)
                        cm_buf_printf(&buf, k == 0 ? "%.*s" : "|%.*s",
                                      CM_SV_ARG(c->words.items[k].text));
                for (size_t k = 0; k < c->redirects.count; k++)
                        cm_buf_printf(&buf, "<%d%.*s%.*s%.*s>", (int)c->redirects.items[k]->fd,
                                      CM_SV_ARG(c->redirects.items[k]->op),
                                      CM_SV_ARG(c->redirects.items[k]->target.text),
                                      CM_SV_ARG(c->redirects.items[k]->body));
                cm_buf_put_sv(&buf,
                              cm_sv_eq(c->separator, CM_SV("\n")) ? CM_SV("/") : c->separator);
        }
        if (script.incomplete)
                cm_buf_put_str(&buf, " ...");
        return cm_sv_dup(arena, cm_buf_sv(&buf));
}

CM_TEST(constructs)
{
        static const struct {
                const char *text;
                const char *want;
        } rows[] = {
                { "", "" },
                { "apt-get update && apt-get install -y 'a b' c",
                  "apt-get|update&& apt-get|install|-y|a b|c" },
                { "a || b; c & d | e |& f", "a|| b; c& d| ^e|& ^f" },
                { "echo \"x $y \\\" z\" \\$q a\\ b ''", "echo|x $y \" z|$q|a b|" },
                { "A=1 B=\"x y\" cmd --f=1 C=2", "{A=1}{B=x y}cmd|--f=1|C=2" },
                { "X=$(curl -s u | sh)", "{X=$(curl -s u | sh)} +curl|-s|u| +^sh)" },
                { "echo `ls \\`pwd\\`` end", "echo|`ls \\`pwd\\``|end +ls|`pwd` ++pwd" },
                { "echo \"$(a \"b c\")\"", "echo|$(a \"b c\") +a|b c)" },
                { "echo ${x:-$(d e)} ${y%\\}} $((1+(2)))",
                  "echo|${x:-$(d e)}|${y%\\}}|$((1+(2))) +d|e)" },
                { "a > f 2>&1 >> g <h <<<w &>z 3<>k",
                  "a<-1>f><2>&1><-1>>g><-1<h><-1<<<w><-1&>z><3<>k>" },
                { "(cd x && make) | tee y", "+cd|x&& +make) ^tee|y" },
                { "{ a; b; } 2>/dev/null; c", "a; b; c" },
                { ">f a; <<E b >g\nx\nE", "a<-1>f>; b<-1<<Ex\n><-1>g>/" },
                { "(a) >f <g && <h b", "+a) b<-1<h>" },
                { "case x in y) z;; esac <f; >g", "z;; <-1>g>" },
                { "! >f a", "a<-1>f>" },
                { "if a; then b; elif c; then d; else e; fi; f", "a; b; c; d; e; f" },
                { "for i in 1 $(seq 3); do rm $i; done && x", "+seq|3) rm|$i; x" },
                { "for ((i=0;i<3;i++)); do a; done", "a;" },
                { "while ! nc -z h 1; do sleep 1; done", "nc|-z|h|1; sleep|1;" },
                { "case $(uname -m) in x86*) a;; arm|y) b; c ;; *) d; esac; e",
                  "+uname|-m) a;; b; c;; d; e" },
                { "x=$(case y in (y) z;; esac)", "{x=$(case y in (y) z;; esac)} +z;;" },
                { "f() { g; }; function h { i; }; f", "g; i; f" },
                { "[[ -f x && y < z ]] && [ a ]", "[[|-f|x|&&|y|<|z|]]&& [|a|]" },
                { "a # not && b\nb", "a/ b" },
                { "a#b c", "a#b|c" },
                { "a \\\n  b\nc", "a|b/ c" },
                { "cat <<EOF > f && b\nx $y\nEOF\nc", "cat<-1<<EOFx $y\n><-1>f>&& b/ c" },
                { "cat <<-'E' <<F\n\tq\n\tE\nr\nF\n", "cat<-1<<-E\tq\n><-1<<Fr\n>/" },
                { "diff <(sort a) >(b)", "diff|<(sort a)|>(b) +sort|a) +b)" },
                { "a=(x $(y) 'z w') b", "{a=(x $(y) 'z w')}b +y)" },
                { "a[1]=2 b+=3 c", "{a[1]=2}{b+=3}c" },
                { "echo $'a\\'b' \"$@\" $1x", "echo|a\\'b|$@|$1x" },
                { "set -o pipefail;;a", "set|-o|pipefail; a" },
                { "echo 'x", "echo|x ..." },
                { "echo $(a", "echo|$(a +a ..." },
                { "cat <<E\nx\n", "cat<-1<<Ex\n>/ ..." },
                { ") ; | && a", "a" },
                { "sudo -E env A=b make", "sudo|-E|env|A=b|make" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(rows); i++) {
                struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
                = cm_arena_new(CM_MIB(4));
                struct cm_sv got = show(arena, cm_sv_from_cstr(rows[i].text));
                if (!cm_sv_eq(got, cm_sv_from_cstr(rows[i].want)))
                        cm_test_fail(__FILE__, __LINE__, "%s\ngives %.*s\nwant  %s", rows[i].text,
                                     CM_SV_ARG(got), rows[i].want);
        }
}

CM_TEST(limits)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(256));
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&buf, CM_MIB(1));
        for (size_t i = 0; i <= CM_SHELL_WORDS_MAX; i++)
                cm_buf_put_str(&buf, "a ");
        CM_CHECK_SV(show(arena, cm_buf_sv(&buf)), "limit");
        static const char *const openings[] = { "(",  "$(",    "`\\`", "a=(",   "case x in y)",
                                                "<(", "${a:-", "\"$(", "${x$(", "{ ",
                                                "[[ " };
        for (size_t i = 0; i < CM_ARRAY_LEN(openings); i++) {
                cm_buf_clear(&buf);
                for (size_t k = 0; k < 20000; k++)
                        cm_buf_put_str(&buf, openings[i]);
                show(arena, cm_buf_sv(&buf));
        }
}
