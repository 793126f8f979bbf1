/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of functions: every row is well-formed, reachable and documented. */
#include "cel/cel_program.h"
#include "tests/harness.h"

#define CM_CEL_LIBRARY(name) extern const struct cm_cel_library cm_cel_lib_##name;
#include "cel/libraries.def"
#undef CM_CEL_LIBRARY

static const struct cm_cel_library *const libraries[] = {
#define CM_CEL_LIBRARY(name) &cm_cel_lib_##name,
#include "cel/libraries.def"
#undef CM_CEL_LIBRARY
};

static bool is_well_formed(const char *signature)
{
        const char *s = signature;
        bool optional = false;
        for (; *s != '\0' && *s != ':'; s++) {
                if (*s == '+' && s > signature && (s[1] == '\0' || s[1] == ':'))
                        continue;
                if (*s == '?' && !optional) {
                        optional = true;
                        continue;
                }
                if (strchr("syiudnblmtroTxz*", *s) == NULL)
                        return false;
        }
        if (*s == '\0')
                return true;
        s++;
        while (*s == '[' || *s == 'o')
                s++;
        return *s != '\0' && s[1] == '\0' && strchr("syiudbtrTzxlm*1A", *s) != NULL;
}

static size_t arguments_min(const char *signature)
{
        size_t n = 0;
        while (strchr("?:+", signature[n]) == NULL) /* also stops at the end */
                n++;
        return n;
}

CM_TEST(rows_are_well_formed_and_found)
{
        for (size_t l = 0; l < CM_ARRAY_LEN(libraries); l++)
                for (const struct cm_cel_function *f = libraries[l]->functions; f->name != NULL;
                     f++) {
                        const struct cm_cel_function *found[CM_CEL_OVERLOADS_MAX];
                        bool known = false;
                        bool is_there = false;
                        size_t n =
                                cm_cel_find_functions(cm_sv_from_cstr(f->name), f->style,
                                                      arguments_min(f->signature), found, &known);
                        for (size_t i = 0; i < n; i++)
                                is_there |= found[i] == f;
                        if (!is_well_formed(f->signature) || !is_there)
                                cm_test_fail(__FILE__, __LINE__, "%s: %s \"%s\"",
                                             libraries[l]->name, f->name, f->signature);
                }
}

CM_TEST(every_function_is_documented)
{
        struct cm_sv docs[2] = { cm_test_read("docs/cel.md"),
                                 cm_test_read("docs/cel-kubernetes.md") };
        for (size_t l = 0; l < CM_ARRAY_LEN(libraries); l++)
                for (const struct cm_cel_function *f = libraries[l]->functions; f->name != NULL;
                     f++) {
                        const char *dot = strrchr(f->name, '.');
                        struct cm_sv name = cm_sv_from_cstr(dot == NULL ? f->name : dot + 1);
                        if (cm_sv_find(docs[0], name) < 0 && cm_sv_find(docs[1], name) < 0)
                                cm_test_fail(__FILE__, __LINE__, "%s of %s is in no document",
                                             f->name, libraries[l]->name);
                }
}
