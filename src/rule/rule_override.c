/* SPDX-License-Identifier: Apache-2.0 */
/* `append` and `override` of items; see rule_items.h. */
#include "base/escape.h"
#include "rule/rule_items.h"

static bool is_name_key(struct cm_sv key)
{
        static const char *const names[] = { "rule", "macro", "list", "override", NULL };
        return cm_sv_is_any(key, names);
}

bool cm_rule_override_is(const struct cm_rule_override *o, const char *key, const char *what)
{
        return o->map != NULL && cm_sv_eq(cm_node_get_string(o->map, key), cm_sv_from_cstr(what));
}

bool cm_rule_override_any(const struct cm_rule_override *o, const char *what)
{
        for (size_t i = 0; o->map != NULL && i < o->map->map.count; i++)
                if (cm_sv_eq(cm_node_string(o->map->map.members[i].value), cm_sv_from_cstr(what)))
                        return true;
        return false;
}

static int check_entry(struct cm_rule_loader *l, const struct cm_node *n, struct cm_sv item,
                       const struct cm_node_member *m, const char *const *appendable,
                       const char *const *replaceable, struct cm_err *err)
{
        struct cm_rule_place place = { l->file, m->key_pos.line, m->key_pos.column };
        const char *key = cm_escape(l->arena, m->key);
        struct cm_sv what = cm_node_string(m->value);
        bool appends = cm_sv_eq(what, CM_SV("append"));
        if (!appends && !cm_sv_eq(what, CM_SV("replace")))
                return cm_rule_fail(l, "LOAD_ERR_YAML_VALIDATE", place, item, err,
                                    "override of '%s' is append or replace, not '%s'", key,
                                    cm_escape(l->arena, what));
        if (!cm_sv_is_any(m->key, appends ? appendable : replaceable))
                return cm_rule_fail(l, "LOAD_ERR_VALIDATE", place, item, err,
                                    "'%s' cannot be changed by %s", key,
                                    appends ? "append" : "replace");
        if (cm_node_member(n, m->key) == NULL)
                return cm_rule_fail(l, "LOAD_ERR_VALIDATE", place, item, err,
                                    "the override says that '%s' is changed, but the item has no "
                                    "such key",
                                    key);
        return 0;
}

int cm_rule_load_override(struct cm_rule_loader *l, const struct cm_node *n, struct cm_sv item,
                          const char *const *appendable, const char *const *replaceable,
                          struct cm_rule_override *ret, struct cm_err *err)
{
        const struct cm_node *append = cm_node_get(n, "append");
        const struct cm_node *map = cm_node_get(n, "override");
        *ret = (struct cm_rule_override){ false, NULL };
        if (append != NULL) {
                if (!cm_rule_boolean(append, &ret->is_append))
                        return cm_rule_fail(l, "LOAD_ERR_YAML_VALIDATE",
                                            cm_rule_place_of(l, append), item, err,
                                            "'append' is true or false");
                if (ret->is_append)
                        cm_rule_warn(l, "LOAD_DEPRECATED_ITEM", cm_rule_place_of(l, append), item,
                                     "'append' is deprecated; 'override' says the same");
        }
        if (map == NULL)
                return 0;
        if (map->type != CM_NODE_MAP)
                return cm_rule_fail(l, "LOAD_ERR_YAML_VALIDATE", cm_rule_place_of(l, map), item,
                                    err, "'override' is a mapping of keys to append or replace");
        if (ret->is_append)
                return cm_rule_fail(l, "LOAD_ERR_VALIDATE", cm_rule_place_of(l, map), item, err,
                                    "'append' and 'override' exclude each other");
        for (size_t i = 0; i < map->map.count; i++) {
                int r = check_entry(l, n, item, &map->map.members[i], appendable, replaceable, err);
                if (r < 0)
                        return r;
        }
        for (size_t i = 0; i < n->map.count; i++) {
                const struct cm_node_member *m = &n->map.members[i];
                if (is_name_key(m->key) || cm_sv_eq(m->key, CM_SV("append")) ||
                    cm_node_member(map, m->key) != NULL)
                        continue;
                return cm_rule_fail(
                        l, "LOAD_ERR_VALIDATE",
                        (struct cm_rule_place){ l->file, m->key_pos.line, m->key_pos.column }, item,
                        err, "the key '%s' has no entry under 'override'",
                        cm_escape(l->arena, m->key));
        }
        ret->map = map->map.count > 0 ? map : NULL;
        return 0;
}
