/* SPDX-License-Identifier: Apache-2.0 */
/* The index over all tables of functions (made once, then read only) and signatures. */
#include <pthread.h>

#include "base/hash.h"
#include "cel/cel_program.h"

#define CM_CEL_LIBRARY(name) extern const struct cm_cel_library cm_cel_lib_##name;
#include "cel/libraries.def"
#undef CM_CEL_LIBRARY

static const struct cm_cel_library *const libraries[] = {
#define CM_CEL_LIBRARY(name) &cm_cel_lib_##name,
#include "cel/libraries.def"
#undef CM_CEL_LIBRARY
};

enum {
        SLOTS = 1024, /* at least twice the rows: index() asserts it */
        ARGS_ANY = 255
};

struct row {
        const struct cm_cel_function *function;
        struct cm_sv name;
        uint8_t count_min;
        uint8_t count_max;
        uint16_t next; /* number + 1 of the next row of the same name */
};

static struct row rows[SLOTS / 2];
static size_t row_count;
static uint16_t slots[SLOTS]; /* number + 1 of the first row of a name */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void count_arguments(const char *signature, struct row *row)
{
        uint8_t count = 0;
        bool optional = false;
        bool repeats = false;
        for (const char *s = signature; *s != '\0' && *s != ':'; s++) {
                repeats = *s == '+';
                if (*s == '?') {
                        row->count_min = count;
                        optional = true;
                } else if (*s != '+') {
                        count++;
                }
        }
        row->count_max = repeats ? ARGS_ANY : count;
        if (!optional)
                row->count_min = count;
}

static size_t slot_of(struct cm_sv name)
{
        size_t at = (size_t)cm_hash64(name, 0) & (SLOTS - 1);
        while (slots[at] != 0 && !cm_sv_eq(rows[slots[at] - 1].name, name))
                at = (at + 1) & (SLOTS - 1);
        return at;
}

static void index_function(const struct cm_cel_function *f)
{
        CM_ASSERT(row_count < CM_ARRAY_LEN(rows));
        struct row *row = &rows[row_count++];
        *row = (struct row){ .function = f, .name = cm_sv_from_cstr(f->name) };
        count_arguments(f->signature, row);
        uint16_t *link = &slots[slot_of(row->name)];
        while (*link != 0)
                link = &rows[*link - 1].next;
        *link = (uint16_t)row_count;
}

static void index_all(void)
{
        for (size_t l = 0; l < CM_ARRAY_LEN(libraries); l++)
                for (const struct cm_cel_function *f = libraries[l]->functions; f->name != NULL;
                     f++)
                        index_function(f);
}

size_t cm_cel_find_functions(struct cm_sv name, enum cm_cel_style style, size_t count,
                             const struct cm_cel_function *ret[CM_CEL_OVERLOADS_MAX],
                             bool *ret_known)
{
        size_t found = 0;
        pthread_once(&once, index_all);
        for (uint16_t number = slots[slot_of(name)]; number != 0; number = rows[number - 1].next) {
                const struct row *row = &rows[number - 1];
                if (row->function->style != style)
                        continue;
                *ret_known = true;
                if (count < row->count_min ||
                    (count > row->count_max && row->count_max != ARGS_ANY))
                        continue;
                CM_ASSERT(found < CM_CEL_OVERLOADS_MAX);
                ret[found++] = row->function;
        }
        return found;
}

bool cm_cel_find_type(struct cm_sv name, struct cm_cel_value *ret)
{
        for (size_t l = 0; l < CM_ARRAY_LEN(libraries); l++) {
                const char *const *types = libraries[l]->types;
                for (; types != NULL && *types != NULL; types++) {
                        struct cm_sv type = cm_sv_from_cstr(*types);
                        if (!cm_sv_eq(type, name))
                                continue;
                        *ret = cm_cel_type(type);
                        return true;
                }
        }
        return false;
}

bool cm_cel_letter_fits(char letter, enum cm_cel_kind kind)
{
#define BIT(k) (1U << (k))
        static const uint32_t kinds[128] = {
                ['s'] = BIT(CM_CEL_STRING),
                ['y'] = BIT(CM_CEL_BYTES),
                ['i'] = BIT(CM_CEL_INT),
                ['u'] = BIT(CM_CEL_UINT),
                ['d'] = BIT(CM_CEL_DOUBLE),
                ['n'] = BIT(CM_CEL_INT) | BIT(CM_CEL_UINT) | BIT(CM_CEL_DOUBLE),
                ['b'] = BIT(CM_CEL_BOOL),
                ['l'] = BIT(CM_CEL_LIST),
                ['m'] = BIT(CM_CEL_MAP),
                ['t'] = BIT(CM_CEL_TIMESTAMP),
                ['r'] = BIT(CM_CEL_DURATION),
                ['o'] = BIT(CM_CEL_OPTIONAL),
                ['T'] = BIT(CM_CEL_TYPE),
                ['x'] = BIT(CM_CEL_OBJECT),
                ['z'] = BIT(CM_CEL_NULL),
                ['*'] = ~0U,
        };
#undef BIT
        return (kinds[letter & 127] >> kind & 1) != 0;
}

bool cm_cel_signature_fits(const char *signature, const struct cm_cel_value *args, size_t count)
{
        const char *s = signature;
        for (size_t i = 0; i < count; i++) {
                if (*s == '?')
                        s++;
                if (!cm_cel_letter_fits(*s, args[i].kind))
                        return false;
                if (s[1] != '+')
                        s++;
        }
        return true;
}
