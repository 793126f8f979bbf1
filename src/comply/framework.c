/* SPDX-License-Identifier: Apache-2.0 */
/* Which checks answer a row, and whether frameworks and checks fit (framework.h). */
#include "comply/framework.h"

#include "base/escape.h"
#include "base/vec.h"
#include "check/profile_select.h"
#include "codec/node_expect.h"

const struct cm_framework_row *cm_framework_row_find(const struct cm_framework *f, struct cm_sv id)
{
        for (size_t i = 0; i < f->row_count; i++)
                if (cm_sv_eq(f->rows[i].id, id))
                        return &f->rows[i];
        return NULL;
}

const struct cm_framework *cm_frameworks_find(const struct cm_frameworks *all, struct cm_sv name)
{
        for (size_t i = 0; i < all->count; i++)
                if (cm_sv_eq(all->items[i].name, name))
                        return &all->items[i];
        return NULL;
}

static bool maps_row(const struct cm_check *check, struct cm_sv framework, struct cm_sv row_pattern)
{
        for (size_t i = 0; i < check->map_count; i++) {
                if (!cm_sv_eq(check->maps[i].framework, framework))
                        continue;
                for (size_t j = 0; j < check->maps[i].row_count; j++)
                        if (cm_check_glob(row_pattern, check->maps[i].rows[j]))
                                return true;
        }
        return false;
}

static bool named_by(const struct cm_node *patterns, const struct cm_check *check)
{
        for (size_t i = 0; i < cm_node_count(patterns); i++)
                if (cm_check_glob(cm_node_string(cm_node_at(patterns, i)), check->id))
                        return true;
        return false;
}

/* Only frameworks that maps answer can be gone through: a chain of rows would hide who answers. */
static bool reached_through(const struct cm_node *through, const struct cm_check *check)
{
        for (size_t i = 0; i < cm_node_count(through); i++) {
                struct cm_sv framework;
                struct cm_sv row;
                if (cm_sv_cut(cm_node_string(cm_node_at(through, i)), '/', &framework, &row) &&
                    maps_row(check, framework, row))
                        return true;
        }
        return false;
}

void cm_framework_checks(struct cm_arena *arena, const struct cm_framework *framework,
                         const struct cm_framework_row *row, const struct cm_check *const *checks,
                         size_t check_count, const struct cm_check *const **ret, size_t *ret_count)
{
        CM_VEC(const struct cm_check *) found = { 0 };
        for (size_t i = 0; i < check_count; i++) {
                const struct cm_check *c = checks[i];
                bool answers = framework->by_maps ? maps_row(c, framework->name, row->id)
                                                  : named_by(row->checks, c) ||
                                                            reached_through(row->through, c);
                if (answers)
                        *CM_VEC_PUSH(arena, &found) = c;
        }
        *ret = found.items;
        *ret_count = found.count;
}

static int verify_patterns(struct cm_arena *arena, const struct cm_framework *f,
                           const struct cm_framework_row *row, const struct cm_check *const *checks,
                           size_t check_count, struct cm_err *err)
{
        for (size_t i = 0; i < cm_node_count(row->checks); i++) {
                const struct cm_node *pattern = cm_node_at(row->checks, i);
                bool found = false;
                for (size_t j = 0; j < check_count && !found; j++)
                        found = cm_check_glob(pattern->text, checks[j]->id);
                if (!found)
                        return cm_node_wrong(f->source, pattern->pos, err, "there is no check '%s'",
                                             cm_escape(arena, pattern->text));
        }
        return 0;
}

static int verify_through(struct cm_arena *arena, const struct cm_frameworks *all,
                          const struct cm_framework *f, const struct cm_framework_row *row,
                          struct cm_err *err)
{
        for (size_t i = 0; i < cm_node_count(row->through); i++) {
                const struct cm_node *n = cm_node_at(row->through, i);
                struct cm_sv name;
                struct cm_sv pattern;
                bool found = false;
                CM_IGNORE(cm_sv_cut(n->text, '/', &name, &pattern));
                const struct cm_framework *other = cm_frameworks_find(all, name);
                for (size_t j = 0; other != NULL && j < other->row_count && !found; j++)
                        found = other->by_maps && cm_check_glob(pattern, other->rows[j].id);
                if (!found)
                        return cm_node_wrong(f->source, n->pos, err,
                                             "'%s' is no row of a framework that maps answer",
                                             cm_escape(arena, n->text));
        }
        return 0;
}

/* A map that names a row which is not there would be evidence for nothing, in silence. */
static int verify_maps(struct cm_arena *arena, const struct cm_frameworks *all,
                       const struct cm_check *check, struct cm_err *err)
{
        for (size_t i = 0; i < check->map_count; i++) {
                const struct cm_check_map *map = &check->maps[i];
                const struct cm_framework *f = cm_frameworks_find(all, map->framework);
                for (size_t j = 0; f != NULL && j < map->row_count; j++) {
                        const struct cm_framework_row *row = cm_framework_row_find(f, map->rows[j]);
                        if (!f->by_maps)
                                return CM_RAISE(err, CM_E_MALFORMED,
                                                "%.*s: '%s' is answered by its rows, not by maps",
                                                CM_SV_ARG(check->source),
                                                cm_escape(arena, f->name));
                        if (row == NULL || row->kind == CM_COMPLY_ORGANISATIONAL)
                                return CM_RAISE(err, CM_E_MALFORMED,
                                                "%.*s: %s has no row '%s' that a check can answer",
                                                CM_SV_ARG(check->source), cm_escape(arena, f->name),
                                                cm_escape(arena, map->rows[j]));
                }
        }
        return 0;
}

int cm_frameworks_verify(struct cm_arena *arena, const struct cm_frameworks *all,
                         const struct cm_check *const *checks, size_t check_count,
                         struct cm_err *err)
{
        int r = 0;
        for (size_t i = 0; i < all->count && r == 0; i++) {
                const struct cm_framework *f = &all->items[i];
                for (size_t j = 0; j < i; j++)
                        if (cm_sv_eq(all->items[j].name, f->name))
                                return cm_node_wrong(f->source, f->root->pos, err,
                                                     "framework '%s' is there twice",
                                                     cm_escape(arena, f->name));
                for (size_t j = 0; j < f->row_count && r == 0; j++) {
                        r = verify_patterns(arena, f, &f->rows[j], checks, check_count, err);
                        if (r == 0)
                                r = verify_through(arena, all, f, &f->rows[j], err);
                }
        }
        for (size_t i = 0; i < check_count && r == 0; i++)
                r = verify_maps(arena, all, checks[i], err);
        return r;
}
