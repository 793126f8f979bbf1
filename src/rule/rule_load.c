/* SPDX-License-Identifier: Apache-2.0 */
/* Rule files: documents, items, versions, lists and macros; see ruleset.h. */
#include <stdarg.h>
#include <stdio.h>

#include "base/escape.h"
#include "base/limits.h"
#include "codec/node_yaml.h"
#include "rule/rule_items.h"

static const struct {
        const char *text;
        const char *shown;
} priorities[] = {
#define X(name, text, shown) { text, shown },
        CM_RULE_PRIORITIES(X)
#undef X
};

const char *cm_rule_priority_name(enum cm_rule_priority priority)
{
        return priorities[priority].shown;
}

struct cm_rule_loader *cm_rule_loader_new(struct cm_arena *arena)
{
        struct cm_rule_loader *l = CM_NEW(arena, struct cm_rule_loader);
        l->arena = arena;
        cm_map_init(&l->lists, arena);
        cm_map_init(&l->macros, arena);
        cm_map_init(&l->rules, arena);
        return l;
}

const struct cm_rule_diagnostic *cm_rule_loader_diagnostics(const struct cm_rule_loader *loader,
                                                            size_t *ret_count)
{
        *ret_count = loader->diagnostics.count;
        return loader->diagnostics.items;
}

struct cm_rule_place cm_rule_place_of(const struct cm_rule_loader *l, const struct cm_node *n)
{
        return (struct cm_rule_place){ l->file, n == NULL ? 0 : n->pos.line,
                                       n == NULL ? 0 : n->pos.column };
}

static struct cm_rule_diagnostic *add(struct cm_rule_loader *l, bool is_error, const char *kind,
                                      struct cm_rule_place place, struct cm_sv item,
                                      struct cm_sv text)
{
        static struct cm_rule_diagnostic dropped;
        l->diagnostic_count++;
        if (l->diagnostics.count >= CM_RULE_DIAGNOSTICS_MAX && !is_error)
                return &dropped;
        struct cm_rule_diagnostic *d = CM_VEC_PUSH(l->arena, &l->diagnostics);
        d->is_error = is_error;
        d->kind = kind;
        d->place = place;
        d->item = item;
        d->text = text;
        return d;
}

static struct cm_sv format_text(struct cm_arena *arena, const char *format, va_list args)
        CM_PRINTF(2, 0);
static struct cm_sv format_text(struct cm_arena *arena, const char *format, va_list args)
{
        char text[CM_ERR_TEXT_BYTES];
        int len = vsnprintf(text, sizeof(text), format, args);
        size_t kept = len < 0 ? 0 : CM_MIN((size_t)len, sizeof(text) - 1);
        return cm_sv_dup(arena, cm_sv_make(text, kept));
}

void cm_rule_warn(struct cm_rule_loader *l, const char *kind, struct cm_rule_place place,
                  struct cm_sv item, const char *format, ...)
{
        va_list args;
        va_start(args, format);
        add(l, false, kind, place, item, format_text(l->arena, format, args));
        va_end(args);
}

static int raise(struct cm_rule_loader *l, const struct cm_rule_diagnostic *d, struct cm_err *err)
{
        return CM_RAISE(err, CM_E_MALFORMED, "%s:%u:%u: %s: %s%s%.*s",
                        cm_escape(l->arena, d->place.file), d->place.line, d->place.column, d->kind,
                        d->item.len > 0 ? cm_escape(l->arena, d->item) : "",
                        d->item.len > 0 ? ": " : "", CM_SV_ARG(d->text));
}

int cm_rule_fail(struct cm_rule_loader *l, const char *kind, struct cm_rule_place place,
                 struct cm_sv item, struct cm_err *err, const char *format, ...)
{
        va_list args;
        va_start(args, format);
        const struct cm_rule_diagnostic *d =
                add(l, true, kind, place, item, format_text(l->arena, format, args));
        va_end(args);
        return raise(l, d, err);
}

int cm_rule_fail_at(struct cm_rule_loader *l, const char *kind, struct cm_rule_place place,
                    struct cm_sv item, struct cm_sv condition, size_t offset, const char *what,
                    struct cm_err *err)
{
        enum {
                BEFORE = 40,
                AFTER = 30
        };
        size_t from = offset > BEFORE ? offset - BEFORE : 0;
        size_t to = CM_MIN(condition.len, offset + AFTER);
        struct cm_sv text =
                cm_sv_printf(l->arena, "at character %zu of the condition: %s", offset + 1, what);
        struct cm_rule_diagnostic *d = add(l, true, kind, place, item, text);
        struct cm_sv shown = cm_sv_dup(l->arena, cm_sv_slice(condition, from, to));
        char *bytes = (char *)(uintptr_t)shown.ptr;
        for (size_t i = 0; i < shown.len; i++)
                if ((unsigned char)bytes[i] < ' ')
                        bytes[i] = ' ';
        d->excerpt = shown;
        d->caret = offset - from;
        return raise(l, d, err);
}

bool cm_rule_scalar(const struct cm_node *n, struct cm_sv *ret)
{
        if (cm_node_type(n) != CM_NODE_STRING)
                return false;
        *ret = n->text;
        return true;
}

bool cm_rule_boolean(const struct cm_node *n, bool *ret)
{
        static const char *const yes[] = { "true", "yes", "on", "y", NULL };
        static const char *const no[] = { "false", "no", "off", "n", NULL };
        struct cm_sv text = cm_node_string(n);
        for (size_t i = 0; yes[i] != NULL; i++) {
                if (cm_sv_eq_nocase(text, cm_sv_from_cstr(yes[i]))) {
                        *ret = true;
                        return true;
                }
                if (cm_sv_eq_nocase(text, cm_sv_from_cstr(no[i]))) {
                        *ret = false;
                        return true;
                }
        }
        return false;
}

void cm_rule_check_keys(struct cm_rule_loader *l, const struct cm_node *n, struct cm_sv item,
                        const char *const *known)
{
        for (size_t i = 0; i < n->map.count; i++) {
                const struct cm_node_member *m = &n->map.members[i];
                if (!cm_sv_is_any(m->key, known))
                        cm_rule_warn(l, "LOAD_UNKNOWN_KEY",
                                     (struct cm_rule_place){ l->file, m->key_pos.line,
                                                             m->key_pos.column },
                                     item, "the key '%s' is not known and is ignored",
                                     cm_escape(l->arena, m->key));
        }
}

static struct cm_sv item_text(struct cm_rule_loader *l, const char *kind, struct cm_sv name)
{
        return cm_sv_printf(l->arena, "%s '%.*s'", kind, (int)CM_MIN(name.len, (size_t)200),
                            name.ptr == NULL ? "" : name.ptr);
}

/* The name of an item: a text that is not empty. */
static int load_name(struct cm_rule_loader *l, const struct cm_node *n, const char *kind,
                     struct cm_sv *ret, struct cm_err *err)
{
        const struct cm_node *name = cm_node_get(n, kind);
        if (!cm_rule_scalar(name, ret) || ret->len == 0)
                return cm_rule_fail(l, "LOAD_ERR_YAML_VALIDATE", cm_rule_place_of(l, n), CM_SV(""),
                                    err, "the name of a %s is missing or is no text", kind);
        return 0;
}

static bool is_list_name(struct cm_sv name)
{
        for (size_t i = 0; i < name.len; i++)
                if (cm_is_blank(name.ptr[i]) || cm_sv_find_char(CM_SV("()\"'=,"), name.ptr[i]) >= 0)
                        return false;
        return true;
}

static bool is_macro_name(struct cm_sv name)
{
        for (size_t i = 0; i < name.len; i++)
                if (!cm_is_alnum(name.ptr[i]) && name.ptr[i] != '_')
                        return false;
        return cm_is_alpha(name.ptr[0]);
}

int cm_rule_load_list(struct cm_rule_loader *l, const struct cm_node *n, struct cm_err *err)
{
        static const char *const known[] = { "list", "items", "append", "override", NULL };
        static const char *const changeable[] = { "items", NULL };
        struct cm_sv name;
        struct cm_rule_override o;
        int r = load_name(l, n, "list", &name, err);
        if (r < 0)
                return r;
        struct cm_sv item = item_text(l, "list", name);
        cm_rule_check_keys(l, n, item, known);
        if (!is_list_name(name))
                cm_rule_warn(l, "LOAD_INVALID_LIST_NAME", cm_rule_place_of(l, n), item,
                             "no condition can name a list with blanks, quotes, brackets, '=' or "
                             "',' in its name");
        r = cm_rule_load_override(l, n, item, changeable, changeable, &o, err);
        if (r < 0)
                return r;
        const struct cm_node *items = cm_node_get(n, "items");
        if (cm_node_type(items) != CM_NODE_LIST)
                return cm_rule_fail(l, "LOAD_ERR_YAML_VALIDATE", cm_rule_place_of(l, n), item, err,
                                    "'items' is missing or is no sequence");
        struct cm_rule_list *list = cm_map_get(&l->lists, name);
        bool appends = o.is_append || cm_rule_override_is(&o, "items", "append");
        if (list == NULL && (appends || o.map != NULL))
                return cm_rule_fail(l, "LOAD_ERR_VALIDATE", cm_rule_place_of(l, n), item, err,
                                    "it changes a list of that name, and there is none before it");
        if (list == NULL) {
                list = CM_NEW(l->arena, struct cm_rule_list);
                list->name = name;
                list->index = l->next_index;
                cm_map_put(&l->lists, name, list);
        }
        list->place = cm_rule_place_of(l, n);
        list->visibility = l->next_index++;
        if (!appends)
                list->items.count = 0;
        for (size_t i = 0; i < cm_node_count(items); i++) {
                const struct cm_node *v = cm_node_at(items, i);
                if (v->type == CM_NODE_NULL)
                        continue;
                struct cm_sv text;
                if (!cm_rule_scalar(v, &text))
                        return cm_rule_fail(l, "LOAD_ERR_YAML_VALIDATE", cm_rule_place_of(l, v),
                                            item, err, "item %zu is no text", i + 1);
                *CM_VEC_PUSH(l->arena, &list->items) = text;
        }
        return 0;
}

int cm_rule_load_macro(struct cm_rule_loader *l, const struct cm_node *n, struct cm_err *err)
{
        static const char *const known[] = { "macro", "condition", "append", "override", NULL };
        static const char *const changeable[] = { "condition", NULL };
        struct cm_sv name, condition;
        struct cm_rule_override o;
        int r = load_name(l, n, "macro", &name, err);
        if (r < 0)
                return r;
        struct cm_sv item = item_text(l, "macro", name);
        cm_rule_check_keys(l, n, item, known);
        if (!is_macro_name(name))
                cm_rule_warn(l, "LOAD_INVALID_MACRO_NAME", cm_rule_place_of(l, n), item,
                             "no condition can name a macro that is not letters, digits and '_'");
        r = cm_rule_load_override(l, n, item, changeable, changeable, &o, err);
        if (r < 0)
                return r;
        if (!cm_rule_scalar(cm_node_get(n, "condition"), &condition))
                return cm_rule_fail(l, "LOAD_ERR_YAML_VALIDATE", cm_rule_place_of(l, n), item, err,
                                    "'condition' is missing or is no text");
        struct cm_rule_macro *macro = cm_map_get(&l->macros, name);
        bool appends = o.is_append || cm_rule_override_is(&o, "condition", "append");
        if (macro == NULL && (appends || o.map != NULL))
                return cm_rule_fail(l, "LOAD_ERR_VALIDATE", cm_rule_place_of(l, n), item, err,
                                    "it changes a macro of that name, and there is none before it");
        if (macro == NULL) {
                macro = CM_NEW(l->arena, struct cm_rule_macro);
                macro->name = name;
                macro->index = l->next_index;
                cm_map_put(&l->macros, name, macro);
        }
        macro->place = cm_rule_place_of(l, cm_node_get(n, "condition"));
        macro->visibility = l->next_index++;
        if (appends)
                condition = cm_sv_printf(l->arena, "%.*s %.*s", CM_SV_ARG(macro->condition),
                                         CM_SV_ARG(condition));
        macro->condition = condition;
        return 0;
}

/* Numbers of "1.2.3" (or of "1", which stands for 0.1.0). */
static bool parse_version(struct cm_sv text, uint64_t ret[3])
{
        struct cm_err ignored = CM_ERR_INIT;
        struct cm_sv head, part;
        size_t count = 0;
        ret[0] = ret[1] = ret[2] = 0;
        if (!cm_sv_cut(text, '-', &head, &part))
                cm_sv_cut(text, '+', &head, &part);
        while (cm_sv_next_field(&head, '.', &part)) {
                if (count == 3 || cm_parse_u64(part, 0, UINT32_MAX, &ret[count], &ignored) < 0)
                        return false;
                count++;
        }
        if (count == 1) {
                ret[1] = ret[0];
                ret[0] = 0;
        }
        return count > 0;
}

static int load_engine_version(struct cm_rule_loader *l, const struct cm_node *n,
                               struct cm_err *err)
{
        const struct cm_node *v = cm_node_get(n, "required_engine_version");
        struct cm_sv text;
        uint64_t version[3];
        if (!cm_rule_scalar(v, &text) || !parse_version(text, version))
                return cm_rule_fail(l, "LOAD_ERR_YAML_VALIDATE", cm_rule_place_of(l, n), CM_SV(""),
                                    err, "'required_engine_version' is no version");
        if (version[0] > 0 || version[1] > CM_RULE_ENGINE_MINOR)
                return cm_rule_fail(l, "LOAD_ERR_VALIDATE", cm_rule_place_of(l, v), CM_SV(""), err,
                                    "the file needs version %.*s of the rule language, and this "
                                    "is 0.%d.0",
                                    CM_SV_ARG(text), CM_RULE_ENGINE_MINOR);
        return 0;
}

/* Plugins whose fields are built in, and the version that they have them of. */
static const struct {
        const char *name;
        uint64_t version[3];
} plugins[] = { { "container", { 0, 7, 0 } },     { "k8saudit", { 0, 17, 0 } },
                { "k8saudit-eks", { 0, 17, 0 } }, { "k8saudit-gke", { 0, 17, 0 } },
                { "k8saudit-aks", { 0, 17, 0 } }, { "json", { 0, 8, 0 } } };

static bool has_plugin(const struct cm_node *n)
{
        uint64_t want[3];
        struct cm_sv name = cm_node_get_string(n, "name");
        if (!parse_version(cm_node_get_string(n, "version"), want))
                return false;
        for (size_t i = 0; i < CM_ARRAY_LEN(plugins); i++) {
                const uint64_t *have = plugins[i].version;
                if (cm_sv_eq(name, cm_sv_from_cstr(plugins[i].name)) && want[0] == have[0] &&
                    (want[1] < have[1] || (want[1] == have[1] && want[2] <= have[2])))
                        return true;
        }
        return false;
}

static int load_plugin_versions(struct cm_rule_loader *l, const struct cm_node *n,
                                struct cm_err *err)
{
        const struct cm_node *list = cm_node_get(n, "required_plugin_versions");
        if (cm_node_type(list) != CM_NODE_LIST)
                return cm_rule_fail(l, "LOAD_ERR_YAML_VALIDATE", cm_rule_place_of(l, n), CM_SV(""),
                                    err, "'required_plugin_versions' is no sequence");
        for (size_t i = 0; i < cm_node_count(list); i++) {
                const struct cm_node *v = cm_node_at(list, i);
                const struct cm_node *others = cm_node_get(v, "alternatives");
                struct cm_sv name;
                bool found = has_plugin(v);
                if (!cm_rule_scalar(cm_node_get(v, "name"), &name) ||
                    cm_node_get_string(v, "version").len == 0)
                        return cm_rule_fail(l, "LOAD_ERR_YAML_VALIDATE", cm_rule_place_of(l, v),
                                            CM_SV(""), err,
                                            "a required plugin has a name and a version");
                for (size_t j = 0; j < cm_node_count(others) && !found; j++)
                        found = has_plugin(cm_node_at(others, j));
                if (!found)
                        cm_rule_warn(
                                l, "LOAD_WARNING_EXTENSION", cm_rule_place_of(l, v), CM_SV(""),
                                "it asks for version %s of the plugin '%s', which is not built "
                                "in; rules of its source are left out",
                                cm_escape(l->arena, cm_node_get_string(v, "version")),
                                cm_escape(l->arena, name));
        }
        return 0;
}

static int load_item(struct cm_rule_loader *l, const struct cm_node *n, struct cm_err *err)
{
        static const struct {
                const char *key;
                int (*load)(struct cm_rule_loader *l, const struct cm_node *n, struct cm_err *err);
        } kinds[] = { { "required_engine_version", load_engine_version },
                      { "required_plugin_versions", load_plugin_versions },
                      { "list", cm_rule_load_list },
                      { "macro", cm_rule_load_macro },
                      { "rule", cm_rule_load_rule } };
        if (n->type != CM_NODE_MAP)
                return cm_rule_fail(l, "LOAD_ERR_YAML_VALIDATE", cm_rule_place_of(l, n), CM_SV(""),
                                    err, "an item of a rule file is a mapping");
        if (l->item_count++ == CM_RULE_ITEMS_MAX)
                return CM_RAISE(err, CM_E_LIMIT, "%s: more than %zu items (limit rule_items_max)",
                                cm_escape(l->arena, l->file), CM_RULE_ITEMS_MAX);
        for (size_t i = 0; i < CM_ARRAY_LEN(kinds); i++)
                if (cm_node_member(n, cm_sv_from_cstr(kinds[i].key)) != NULL)
                        return kinds[i].load(l, n, err);
        cm_rule_warn(l, "LOAD_UNKNOWN_ITEM", cm_rule_place_of(l, n), CM_SV(""),
                     "the item is no list, macro, rule or required version, and is ignored");
        return 0;
}

int cm_rule_loader_add(struct cm_rule_loader *l, struct cm_sv file, struct cm_sv text,
                       struct cm_err *err)
{
        const struct cm_node_yaml_options options = { .schema = CM_NODE_YAML_TEXT };
        const struct cm_node_doc *docs = NULL;
        struct cm_err problem = CM_ERR_INIT;
        size_t count = 0;
        l->file = cm_sv_dup(l->arena, file);
        if (text.len > CM_RULE_FILE_BYTES_MAX)
                return CM_RAISE(err, CM_E_LIMIT, "%s: %zu bytes (limit rule_file_bytes_max)",
                                cm_escape(l->arena, file), text.len);
        if (cm_node_parse_yaml(l->arena, text, &options, &docs, &count, &problem) < 0)
                return cm_rule_fail(l, "LOAD_ERR_YAML_PARSE", cm_rule_place_of(l, NULL), CM_SV(""),
                                    err, "%s", problem.text);
        for (size_t i = 0; i < count; i++) {
                const struct cm_node *root = docs[i].root;
                if (cm_node_type(root) == CM_NODE_NULL)
                        continue;
                if (root->type != CM_NODE_LIST)
                        return cm_rule_fail(l, "LOAD_ERR_YAML_VALIDATE", cm_rule_place_of(l, root),
                                            CM_SV(""), err,
                                            "a rule file is a sequence of mappings");
                for (size_t j = 0; j < cm_node_count(root); j++) {
                        const struct cm_node *n = cm_node_at(root, j);
                        int r = n->type == CM_NODE_NULL ? 0 : load_item(l, n, err);
                        if (r < 0)
                                return r;
                }
        }
        return 0;
}
