/* SPDX-License-Identifier: Apache-2.0 */
/* See library.h. */
#include "check/library.h"

#include <stdlib.h>

#include "base/cursor.h"
#include "base/escape.h"
#include "check/policy_load.h"
#include "check/profile_select.h"
#include "codec/node_yaml.h"

/* Put here by the source that tools/pack_checks.c writes. */
extern const char cm_checks_pack_begin[];
extern const char cm_checks_pack_end[];
extern const char cm_checks_digest[];

enum {
        ENTRIES_MORE = 16
};

/* Where a check is, read or not. */
struct entry {
        struct cm_sv id;
        struct cm_sv views; /* " k8s.pod k8s.object " */
        struct cm_sv body;  /* JSON, of packed ones */
        struct cm_sv tests;
        const struct cm_check *check;  /* when read */
        const struct cm_node *profile; /* a profile, no check */
        bool is_profile;
        bool is_policy;
        bool is_optional;
};

struct kind_set {
        const struct cm_document_kind *kind;
        struct cm_check_set *set;
};

struct cm_check_library {
        struct cm_check_provider provider; /* first */
        struct cm_arena *arena;
        const struct cm_check_library_options *options;
        CM_VEC(struct entry) entries;
        CM_VEC(struct kind_set) sets;
        CM_VEC(struct cm_policy_object) policy_objects; /* until the library is closed */
        struct cm_check_settings settings;              /* with what the profile says */
        const struct cm_node *profile;                  /* the chosen one */
};

struct cm_sv cm_check_library_digest(void)
{
        return cm_sv_from_cstr(cm_checks_digest);
}

struct cm_sv cm_check_library_definition(const struct cm_check_library *l, struct cm_sv id)
{
        for (size_t i = 0; i < l->entries.count; i++)
                if (!l->entries.items[i].is_profile && cm_sv_eq(l->entries.items[i].id, id))
                        return l->entries.items[i].body;
        return CM_SV("");
}

static int open_pack(struct cm_check_library *l, struct cm_err *err)
{
        struct cm_cursor pack = cm_cursor_make(cm_sv_make(
                cm_checks_pack_begin, (size_t)(cm_checks_pack_end - cm_checks_pack_begin)));
        struct cm_cursor index = cm_cursor_make(cm_cursor_bytes(&pack));
        struct cm_cursor bodies = cm_cursor_make(cm_cursor_bytes(&pack));
        struct cm_cursor tests = cm_cursor_make(cm_cursor_bytes(&pack));
        const size_t count = (size_t)cm_cursor_varint(&index);
        if (count > index.len)
                index.failed = true;
        /* At once, with room for checks of files: growing would copy. */
        l->entries.capacity = index.failed ? 0 : count + ENTRIES_MORE;
        l->entries.items = CM_NEW_ARRAY(l->arena, struct entry, l->entries.capacity);
        while (index.len > 0 && !index.failed) {
                struct entry *e = CM_VEC_PUSH(l->arena, &l->entries);
                e->id = cm_cursor_bytes(&index);
                e->views = cm_cursor_bytes(&index);
                e->is_optional = cm_cursor_varint(&index) != 0;
                e->body = cm_cursor_take(&bodies, (size_t)cm_cursor_varint(&index));
                e->tests = cm_cursor_take(&tests, (size_t)cm_cursor_varint(&index));
                e->is_profile = cm_sv_eq(e->views, CM_SV("profile"));
        }
        return pack.failed || index.failed || bodies.failed || tests.failed
                       ? CM_RAISE(err, CM_E_INTERNAL, "the pack of checks is damaged")
                       : 0;
}

static int read_entry(struct cm_check_library *l, struct entry *e, struct cm_err *err)
{
        if (e->check != NULL)
                return 0;
        const struct cm_node *root = NULL;
        struct cm_check *check = CM_NEW(l->arena, struct cm_check);
        int r = cm_document_read_json(l->arena, e->body, &root, err);
        if (r == 0)
                r = cm_check_load(l->arena, e->id, root, true, check, err);
        if (r == 0)
                e->check = check;
        return r;
}

/* Finds and reads the profile that was asked for, once. */
static int choose_profile(struct cm_check_library *l, struct cm_err *err)
{
        struct cm_sv name = l->options->profile;
        if (name.len == 0 || l->profile != NULL)
                return 0;
        struct cm_buf known CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&known, CM_KIB(4));
        for (size_t i = 0; i < l->entries.count; i++) {
                struct entry *e = &l->entries.items[i];
                if (!e->is_profile)
                        continue;
                cm_buf_printf(&known, "%s%.*s", known.len > 0 ? ", " : "", CM_SV_ARG(e->id));
                if (!cm_sv_eq(e->id, name))
                        continue;
                if (e->profile == NULL) {
                        int r = cm_document_read_json(l->arena, e->body, &e->profile, err);
                        if (r < 0)
                                return r;
                }
                l->profile = e->profile;
                l->settings.params = cm_node_get(e->profile, "params");
                l->settings.profile = e->profile;
                return 0;
        }
        return CM_RAISE(err, CM_E_USAGE, "there is no profile '%s'; there are %.*s",
                        cm_escape(l->arena, name), CM_SV_ARG(cm_buf_sv(&known)));
}

/* Every check that was asked for by id must be there: a misspelt one would pass in silence. */
static int verify_wanted(const struct cm_check_library *l, struct cm_err *err)
{
        for (size_t i = 0; i < l->options->wanted_count; i++) {
                bool found = false;
                for (size_t j = 0; j < l->entries.count; j++)
                        found = found || (!l->entries.items[j].is_profile &&
                                          cm_sv_eq(l->entries.items[j].id, l->options->wanted[i]));
                if (!found)
                        return CM_RAISE(err, CM_E_USAGE,
                                        "there is no check '%s'; coaming checks list",
                                        cm_escape(l->arena, l->options->wanted[i]));
        }
        return 0;
}

static bool is_wanted(const struct cm_check_library *l, const struct entry *e)
{
        if (l->options->only_policies)
                return e->is_policy;
        for (size_t i = 0; i < l->options->wanted_count; i++)
                if (cm_sv_eq(l->options->wanted[i], e->id))
                        return true;
        return l->options->wanted_count == 0;
}

static bool has_view_of(const struct entry *e, const struct cm_document_kind *kind)
{
        struct cm_sv rest = e->views;
        struct cm_sv word;
        while (cm_sv_next_field(&rest, ' ', &word))
                for (const struct cm_check_view *const *v = kind->views; *v != NULL; v++)
                        if (cm_sv_eq(word, cm_sv_from_cstr((*v)->name)))
                                return true;
        return false;
}

/* What was asked for, made sure of before the first check is looked at. */
static int choose(struct cm_check_library *l, struct cm_err *err)
{
        int r = choose_profile(l, err);
        return r < 0 ? r : verify_wanted(l, err);
}

static bool is_selected(const struct cm_check_library *l, const struct entry *e)
{
        return l->profile == NULL || e->is_policy || cm_check_profile_selects(l->profile, e->check);
}

static int get_set(struct cm_check_provider *provider, const struct cm_document_kind *kind,
                   struct cm_check_set **ret, struct cm_err *err)
{
        struct cm_check_library *l = (struct cm_check_library *)(void *)provider;
        for (size_t i = 0; i < l->sets.count; i++) {
                if (l->sets.items[i].kind == kind) {
                        *ret = l->sets.items[i].set;
                        return 0;
                }
        }
        int r = choose(l, err);
        if (r < 0)
                return r;
        CM_VEC(struct cm_check) checks = { 0 };
        for (size_t i = 0; i < l->entries.count; i++) {
                struct entry *e = &l->entries.items[i];
                bool by_default = !e->is_optional || l->options->all ||
                                  l->options->wanted_count > 0 || l->profile != NULL;
                if (e->is_profile || !by_default || !is_wanted(l, e) || !has_view_of(e, kind))
                        continue;
                r = read_entry(l, e, err);
                if (r < 0)
                        return r;
                if (is_selected(l, e))
                        *CM_VEC_PUSH(l->arena, &checks) = *e->check;
        }
        struct kind_set *set = CM_VEC_PUSH(l->arena, &l->sets);
        set->kind = kind;
        set->set = cm_check_set_new(l->arena, checks.items, checks.count, &l->settings);
        *ret = set->set;
        return 0;
}

int cm_check_library_new(struct cm_arena *arena, const struct cm_check_library_options *options,
                         struct cm_check_library **ret, struct cm_err *err)
{
        struct cm_check_library *l = CM_NEW(arena, struct cm_check_library);
        l->provider.get = get_set;
        l->arena = arena;
        l->options = options;
        l->settings = options->settings;
        int r = open_pack(l, err);
        if (r == 0)
                *ret = l;
        return r;
}

static struct entry *entry_for(struct cm_check_library *l, struct cm_sv id)
{
        for (size_t i = 0; i < l->entries.count; i++)
                if (cm_sv_eq(l->entries.items[i].id, id))
                        return &l->entries.items[i];
        return CM_VEC_PUSH(l->arena, &l->entries);
}

static int add_profile(struct cm_check_library *l, struct cm_sv source, const struct cm_node *root,
                       struct cm_err *err)
{
        int r = cm_check_profile_verify(l->arena, source, root, err);
        if (r < 0)
                return r;
        struct cm_sv name = cm_node_get_string(root, "profile");
        *entry_for(l, name) = (struct entry){ .id = name, .profile = root, .is_profile = true };
        return 0;
}

static struct entry entry_of(struct cm_check_library *l, const struct cm_check *check)
{
        struct cm_buf views CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&views, CM_KIB(64));
        cm_buf_put_char(&views, ' ');
        for (size_t i = 0; i < check->rule_count; i++)
                cm_buf_printf(&views, "%s ", check->rules[i].view->name);
        return (struct entry){ .id = check->id,
                               .views = cm_sv_dup(l->arena, cm_buf_sv(&views)),
                               .check = check,
                               .is_optional = check->is_optional };
}

static int add_one(struct cm_check_library *l, struct cm_sv source, const struct cm_node *root,
                   struct cm_err *err)
{
        if (cm_check_profile_is(root))
                return add_profile(l, source, root, err);
        if (cm_policy_object_is(root)) {
                *CM_VEC_PUSH(l->arena, &l->policy_objects) =
                        (struct cm_policy_object){ source, root };
                return 0;
        }
        struct cm_check *check = CM_NEW(l->arena, struct cm_check);
        int r = cm_check_load(l->arena, source, root, false, check, err);
        if (r < 0)
                return r;
        *entry_for(l, check->id) = entry_of(l, check);
        return 0;
}

int cm_check_library_close(struct cm_check_library *l, struct cm_err *err)
{
        const struct cm_check *checks = NULL;
        size_t count = 0;
        int r = cm_policy_load(l->arena, l->policy_objects.items, l->policy_objects.count, &checks,
                               &count, err);
        for (size_t i = 0; i < count && r == 0; i++) {
                struct entry *e = CM_VEC_PUSH(l->arena, &l->entries);
                *e = entry_of(l, &checks[i]);
                e->is_policy = true;
        }
        l->policy_objects.count = 0;
        return r;
}

int cm_check_library_add(struct cm_check_library *l, struct cm_sv source, struct cm_sv text,
                         struct cm_err *err)
{
        CM_ASSERT(l->sets.count == 0);
        const struct cm_node_yaml_options options = { .schema = CM_NODE_YAML_CORE };
        const struct cm_node_doc *docs = NULL;
        size_t count = 0;
        int r = cm_node_parse_yaml(l->arena, text, &options, &docs, &count, err);
        for (size_t i = 0; i < count && r == 0; i++)
                r = add_one(l, source, docs[i].root, err);
        return r;
}

int cm_check_library_ask(struct cm_check_library *l, struct cm_check_sink *sink, struct cm_err *err)
{
        if (l->options->profile.len == 0 && l->options->wanted_count == 0)
                return 0;
        int r = choose(l, err);
        for (size_t i = 0; i < l->entries.count && r == 0; i++) {
                struct entry *e = &l->entries.items[i];
                if (e->is_profile || cm_sv_trim(e->views).len > 0 || !is_wanted(l, e))
                        continue;
                r = read_entry(l, e, err);
                if (r == 0 && is_selected(l, e))
                        r = cm_check_ask(e->check, sink, err);
        }
        return r;
}

struct cm_check_provider *cm_check_library_provider(struct cm_check_library *l)
{
        return &l->provider;
}

static int by_id(const void *a, const void *b)
{
        return cm_sv_cmp((*(const struct cm_check *const *)a)->id,
                         (*(const struct cm_check *const *)b)->id);
}

int cm_check_library_all(struct cm_check_library *l, const struct cm_check *const **ret,
                         size_t *ret_count, struct cm_err *err)
{
        const struct cm_check **all =
                CM_NEW_ARRAY(l->arena, const struct cm_check *, l->entries.count);
        size_t count = 0;
        for (size_t i = 0; i < l->entries.count; i++) {
                struct entry *e = &l->entries.items[i];
                if (e->is_profile)
                        continue;
                int r = read_entry(l, e, err);
                if (r < 0)
                        return r;
                if (e->tests.len > 0 && e->check->tests == NULL) {
                        struct cm_check *with_tests = CM_NEW(l->arena, struct cm_check);
                        *with_tests = *e->check;
                        r = cm_document_read_json(l->arena, e->tests, &with_tests->tests, err);
                        if (r < 0)
                                return r;
                        e->check = with_tests;
                }
                all[count++] = e->check;
        }
        if (count > 1)
                qsort(all, count, sizeof(*all), by_id);
        *ret = all;
        *ret_count = count;
        return 0;
}

int cm_check_library_profiles(struct cm_check_library *l, const struct cm_node *const **ret,
                              size_t *ret_count, struct cm_err *err)
{
        const struct cm_node **all =
                CM_NEW_ARRAY(l->arena, const struct cm_node *, l->entries.count);
        size_t count = 0;
        for (size_t i = 0; i < l->entries.count; i++) {
                struct entry *e = &l->entries.items[i];
                if (!e->is_profile)
                        continue;
                if (e->profile == NULL) {
                        int r = cm_document_read_json(l->arena, e->body, &e->profile, err);
                        if (r < 0)
                                return r;
                }
                all[count++] = e->profile;
        }
        *ret = all;
        *ret_count = count;
        return 0;
}
