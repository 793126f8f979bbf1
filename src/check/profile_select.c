/* SPDX-License-Identifier: Apache-2.0 */
/* See profile_select.h. */
#include "check/profile_select.h"

#include "base/escape.h"

bool cm_check_glob(struct cm_sv pattern, struct cm_sv text)
{
        return cm_sv_is_like(text, pattern, '\0');
}

bool cm_check_profile_is(const struct cm_node *root)
{
        return cm_node_get(root, "profile") != NULL;
}

int cm_check_profile_verify(struct cm_arena *arena, struct cm_sv source, const struct cm_node *root,
                            struct cm_err *err)
{
        static const char *const members[] = { "profile", "title",  "summary", "tags",
                                               "select",  "params", NULL };
        static const char *const rows[] = { "framework", "rows", "checks", NULL };
        const struct cm_node *select = cm_node_get(root, "select");
        struct cm_node_pos pos = root->pos;
        for (size_t i = 0; i < cm_node_count(root); i++) {
                const struct cm_node_member *m = &root->map.members[i];
                if (!cm_sv_is_any(m->key, members))
                        return CM_RAISE(err, CM_E_MALFORMED,
                                        "%.*s:%u:%u: no member '%s' is known here",
                                        CM_SV_ARG(source), m->key_pos.line, m->key_pos.column,
                                        cm_escape(arena, m->key));
        }
        bool ok = cm_node_get_string(root, "profile").len > 0 &&
                  cm_node_get_string(root, "title").len > 0 && cm_node_count(select) > 0;
        for (size_t i = 0; i < cm_node_count(select) && ok; i++) {
                const struct cm_node *s = cm_node_at(select, i);
                pos = s != NULL ? s->pos : pos;
                ok = cm_node_type(s) == CM_NODE_MAP;
                for (size_t j = 0; j < cm_node_count(s) && ok; j++)
                        ok = cm_sv_is_any(s->map.members[j].key, rows);
        }
        return ok ? 0
                  : CM_RAISE(err, CM_E_MALFORMED,
                             "%.*s:%u:%u: a profile needs 'title' and 'select': a list of "
                             "{framework, rows} or {checks}",
                             CM_SV_ARG(source), pos.line, pos.column);
}

static bool any_glob(const struct cm_node *patterns, struct cm_sv text)
{
        for (size_t i = 0; i < cm_node_count(patterns); i++)
                if (cm_check_glob(cm_node_string(cm_node_at(patterns, i)), text))
                        return true;
        return false;
}

static bool any_row(const struct cm_node *rows, const struct cm_check_map *map)
{
        if (rows == NULL)
                return true;
        for (size_t i = 0; i < map->row_count; i++)
                if (any_glob(rows, map->rows[i]))
                        return true;
        return false;
}

bool cm_check_profile_selects(const struct cm_node *root, const struct cm_check *check)
{
        const struct cm_node *select = cm_node_get(root, "select");
        for (size_t i = 0; i < cm_node_count(select); i++) {
                const struct cm_node *s = cm_node_at(select, i);
                if (any_glob(cm_node_get(s, "checks"), check->id))
                        return true;
                struct cm_sv framework = cm_node_get_string(s, "framework");
                for (size_t j = 0; j < check->map_count; j++)
                        if (framework.len > 0 && cm_sv_eq(framework, check->maps[j].framework) &&
                            any_row(cm_node_get(s, "rows"), &check->maps[j]))
                                return true;
        }
        return false;
}
