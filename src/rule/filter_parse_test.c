/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of rule/filter.h: what the grammar accepts, how it groups, and where it refuses. */
#include "base/buf.h"
#include "base/limits.h"
#include "rule/filter.h"
#include "tests/harness.h"

static void put_term(struct cm_buf *out, const struct cm_filter_term *t)
{
        switch (t->kind) {
        case CM_FILTER_TERM_NONE:
                break;
        case CM_FILTER_TERM_TEXT:
                cm_buf_put_char(out, '\'');
                cm_buf_put_sv(out, t->text);
                cm_buf_put_char(out, '\'');
                break;
        case CM_FILTER_TERM_FIELD:
                cm_buf_put_sv(out, t->text);
                break;
        case CM_FILTER_TERM_TRANSFORM:
        case CM_FILTER_TERM_LIST:
                if (t->kind == CM_FILTER_TERM_TRANSFORM)
                        cm_buf_put_str(out, cm_filter_transformer_text(t->transformer));
                cm_buf_put_char(out, '(');
                for (size_t i = 0; i < t->count; i++) {
                        cm_buf_put_str(out, i == 0 ? "" : ",");
                        put_term(out, &t->terms[i]);
                }
                cm_buf_put_char(out, ')');
                break;
        }
        if (t->has_argument)
                cm_buf_printf(out, "[%.*s]", CM_SV_ARG(t->argument));
}

static void put_filter(struct cm_buf *out, const struct cm_filter *f)
{
        static const char *const modifiers[] = { "", "oneof ", "anyof ", "allof " };
        static const char *const words[] = { "and", "or", "not" };
        if (f->kind == CM_FILTER_MACRO) {
                cm_buf_put_sv(out, f->macro);
                return;
        }
        cm_buf_put_char(out, '{');
        if (f->kind == CM_FILTER_CHECK) {
                put_term(out, &f->left);
                cm_buf_printf(out, " %.*s %s", CM_SV_ARG(cm_filter_op_text(f->op)),
                              modifiers[f->modifier]);
                put_term(out, &f->right);
        } else {
                cm_buf_put_str(out, words[f->kind]);
                for (size_t i = 0; i < f->count; i++) {
                        cm_buf_put_char(out, ' ');
                        put_filter(out, f->children[i]);
                }
        }
        cm_buf_put_char(out, '}');
}

CM_TEST(accepted)
{
        static const struct {
                const char *text;
                const char *want;
        } cases[] = {
                { "a.b=c", "{a.b = 'c'}" },
                { " a.b == c ", "{a.b = 'c'}" },
                { "a.b != c", "{a.b != 'c'}" },
                { "a.b exists", "{a.b exists }" },
                { "a.b.c<5", "{a.b.c < '5'}" },
                { "a.b <= -5", "{a.b <= '-5'}" },
                { "a.b > 0x1F", "{a.b > '0x1F'}" },
                { "a.b >= 1.5e+3", "{a.b >= '1.5e+3'}" },
                { "a.b contains x", "{a.b contains 'x'}" },
                { "a.b icontains \"x y\"", "{a.b icontains 'x y'}" },
                { "a.b startswith '/etc/'", "{a.b startswith '/etc/'}" },
                { "a.b endswith .so", "{a.b endswith '.so'}" },
                { "a.b glob /proc/*/environ", "{a.b glob '/proc/*/environ'}" },
                { "a.b iglob *.PY", "{a.b iglob '*.PY'}" },
                { "a.b regex '[a-z]+'", "{a.b regex '[a-z]+'}" },
                { "a.b bcontains cafe", "{a.b bcontains 'cafe'}" },
                { "a.b bstartswith 7f45", "{a.b bstartswith '7f45'}" },
                { "a.b in (c,d)", "{a.b in ('c','d')}" },
                { "a.b in(c)", "{a.b in ('c')}" },
                { "a.b in ( \"c d\" , 'e' )", "{a.b in ('c d','e')}" },
                { "a.b in ()", "{a.b in ()}" },
                { "a.b in name", "{a.b in ('name')}" },
                { "a.b intersects (c)", "{a.b intersects ('c')}" },
                { "a.b pmatch (/etc, /usr/*)", "{a.b pmatch ('/etc','/usr/*')}" },
                { "a.b[1] = c", "{a.b[1] = 'c'}" },
                { "a.b[\"x y\"] = c", "{a.b[x y] = 'c'}" },
                { "a.b[/x*] exists", "{a.b[/x*] exists }" },
                { "a.b startswith anyof (c, d)", "{a.b startswith anyof ('c','d')}" },
                { "a.b = oneof (c)", "{a.b = oneof ('c')}" },
                { "a.b contains allof name", "{a.b contains allof ('name')}" },
                { "a.b = anyof", "{a.b = 'anyof'}" },
                { "a.b = val(c.d)", "{a.b = c.d}" },
                { "a.b = val( c.d[2] )", "{a.b = c.d[2]}" },
                { "a.b in val(c.d)", "{a.b in c.d}" },
                { "a.b < val(c.d)", "{a.b < c.d}" },
                { "tolower(a.b) = x", "{tolower(a.b) = 'x'}" },
                { "tolower(toupper(a.b)) = x", "{tolower(toupper(a.b)) = 'x'}" },
                { "join('-', (a.b, \"x\")) = y", "{join('-',(a.b,'x')) = 'y'}" },
                { "concat(a.b, '/', c.d) = y", "{concat(a.b,'/',c.d) = 'y'}" },
                { "getopt(a.b, 'x:')[x] = y", "{getopt(a.b,'x:')[x] = 'y'}" },
                { "len(a.b) > 5", "{len(a.b) > '5'}" },
                { "a.b = tolower(c.d)", "{a.b = tolower(c.d)}" },
                { "m", "m" },
                { "m and n", "{and m n}" },
                { "m or n and o", "{or m {and n o}}" },
                { "m and n or o and p", "{or {and m n} {and o p}}" },
                { "(m or n) and o", "{and {or m n} o}" },
                { "not m", "{not m}" },
                { "not not m", "m" },
                { "not not not m", "{not m}" },
                { "not(m)", "{not m}" },
                { "not(m or n)", "{not {or m n}}" },
                { "not m and n", "{and {not m} n}" },
                { "m and(n or o)", "{and m {or n o}}" },
                { "m or(n)", "{or m n}" },
                { "m and not n", "{and m {not n}}" },
                { "((m))", "m" },
                { "notable and order and android", "{and notable order android}" },
                { "a.b='it\\'s'", "{a.b = 'it's'}" },
                { "a.b=\"\\x41\\x42\"", "{a.b = 'AB'}" },
                { "a.b=\"c\\\\d\"", "{a.b = 'c\\d'}" },
                { "a.b='a\\/b'", "{a.b = 'a/b'}" },
                { "a.b='c\\ d'", "{a.b = 'c\\d'}" },
                { "a.b=\n\tc\r\nand m", "{and {a.b = 'c'} m}" },
                { "a.b=c:d[e]{f}", "{a.b = 'c:d[e]{f}'}" },
                { "a.b in (\"(x)\", y)", "{a.b in ('(x)','y')}" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_arena *arena = cm_arena_new(CM_MIB(4));
                struct cm_err err = CM_ERR_INIT;
                struct cm_buf out CM_CLEANUP(cm_buf_fini) = { 0 };
                const struct cm_filter *f = NULL;
                size_t offset = 0;
                cm_buf_init(&out, 4096);
                int r = cm_filter_parse(arena, cm_sv_from_cstr(cases[i].text), &f, &offset, &err);
                if (r < 0)
                        cm_test_fail(__FILE__, __LINE__, "%s: at %zu: %s", cases[i].text, offset,
                                     err.text);
                put_filter(&out, f);
                CM_CHECK_SV(cm_buf_sv(&out), cases[i].want);
                cm_arena_free(arena);
        }
}

CM_TEST(refused)
{
        static const struct {
                const char *text;
                size_t offset;
                const char *words;
        } cases[] = {
                { "", 0, "a check, a macro" },
                { "   ", 3, "a check, a macro" },
                { "a.b", 3, "an operator" },
                { "a.b =", 5, "a text" },
                { "a.b = )", 6, "a text" },
                { "a.b < x", 6, "a number" },
                { "a.b < ", 6, "a number" },
                { "a.b in", 6, "a list" },
                { "a.b in (c", 9, "',' or ')'" },
                { "a.b in (c d)", 10, "',' or ')'" },
                { "a.b in (c,)", 10, "a text" },
                { "a.b contains", 4, "an operator" },
                { "a.b like c", 4, "an operator" },
                { "a.b = 'c", 6, "closing quote" },
                { "a.b = \"c\\q\"", 9, "behind the backslash" },
                { "a.b = \"c\\x4\"", 9, "behind the backslash" },
                { "a.b = c d", 8, "'and', 'or'" },
                { "a.b = c and", 11, "behind the last word" },
                { "a.b = c or ", 11, "a check" },
                { "a.b = c && m", 8, "'and', 'or'" },
                { "m andn", 2, "'and', 'or'" },
                { "(m", 2, "')'" },
                { "m)", 1, "'and', 'or'" },
                { "not ", 4, "a check" },
                { "a.b[1 = c", 5, "']'" },
                { "a.b[] = c", 4, "a text" },
                { "a..b = c", 1, "'and', 'or'" },
                { "a. = c", 1, "'and', 'or'" },
                { "1a.b = c", 0, "a check" },
                { "a.b = val(c)", 10, "a field" },
                { "a.b = val(c.d", 13, "')'" },
                { "tolower(a.b, c.d) = x", 0, "takes 1 argument" },
                { "join('-') = x", 0, "takes 2 arguments" },
                { "tolower() = x", 8, "a field" },
                { "tolower(a.b = x", 12, "',' or ')'" },
                { "tolower(word) = x", 8, "a field" },
                { "a = b", 2, "'and', 'or'" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_arena *arena = cm_arena_new(CM_MIB(4));
                struct cm_err err = CM_ERR_INIT;
                const struct cm_filter *f = NULL;
                size_t offset = 0;
                int r = cm_filter_parse(arena, cm_sv_from_cstr(cases[i].text), &f, &offset, &err);
                if (r != -CM_E_MALFORMED || offset != cases[i].offset ||
                    strstr(err.text, cases[i].words) == NULL)
                        cm_test_fail(__FILE__, __LINE__, "%s: %d at %zu: %s", cases[i].text, r,
                                     offset, err.text);
                cm_arena_free(arena);
        }
}

CM_TEST(deep)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(64));
        struct cm_buf text CM_CLEANUP(cm_buf_fini) = { 0 };
        const struct cm_filter *f = NULL;
        cm_buf_init(&text, CM_MIB(1));
        for (int pass = 0; pass < 2; pass++) {
                struct cm_err err = CM_ERR_INIT;
                size_t depth = CM_RULE_DEPTH_MAX - 1 + 2 * (size_t)pass;
                size_t offset = 0;
                cm_buf_clear(&text);
                for (size_t i = 0; i < depth; i++)
                        cm_buf_put_char(&text, '(');
                cm_buf_put_char(&text, 'm');
                for (size_t i = 0; i < depth; i++)
                        cm_buf_put_char(&text, ')');
                int r = cm_filter_parse(arena, cm_buf_sv(&text), &f, &offset, &err);
                CM_CHECK_INT(r, pass == 0 ? 0 : -CM_E_LIMIT);
        }
        cm_arena_free(arena);
}
