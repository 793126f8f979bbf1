/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The path table of paths.h. Every pattern is filed under one key of the path it matches: an exact
 * basename, or an extension (the basename's part from its last dot), or "the parent directory's
 * extension" for patterns like "*.dist-info/METADATA" (which are also exact basenames). A path is
 * looked up by its basename and by its extension; the few candidates are then matched exactly.
 */
#include "image/paths.h"

#include "base/escape.h"
#include "base/map.h"
#include "base/vec.h"

struct pattern {
        struct cm_sv glob;
        const struct cm_cataloger *cataloger;
        const struct pattern *next; /* same key */
};

struct cm_path_table {
        struct cm_map by_basename;
        struct cm_map by_extension;
        CM_VEC(struct pattern) other; /* basename patterns without a usable key: kept short */
        CM_VEC(const struct cm_cataloger *) probes;
};

static struct cm_sv extension_of(struct cm_sv base)
{
        ptrdiff_t dot = cm_sv_rfind_char(base, '.');
        return dot < 0 ? CM_SV("") : cm_sv_skip(base, (size_t)dot);
}

/* '*' within one component; at most one star per component is a rule of cataloger.h's forms. */
static bool component_match(struct cm_sv glob, struct cm_sv text)
{
        ptrdiff_t star = cm_sv_find_char(glob, '*');
        if (star < 0)
                return cm_sv_eq(glob, text);
        struct cm_sv prefix = cm_sv_slice(glob, 0, (size_t)star);
        struct cm_sv suffix = cm_sv_skip(glob, (size_t)star + 1);
        return text.len >= prefix.len + suffix.len && cm_sv_has_prefix(text, prefix) &&
               cm_sv_has_suffix(text, suffix);
}

bool cm_path_glob_match(struct cm_sv glob, struct cm_sv path)
{
        bool anywhere = cm_sv_has_prefix(glob, CM_SV("**/"));
        if (anywhere)
                glob = cm_sv_skip(glob, 3);
        /* From the last component backwards. */
        for (;;) {
                struct cm_sv glob_dir, glob_base, path_dir, path_base;
                bool more_glob = cm_sv_cut_last(glob, '/', &glob_dir, &glob_base);
                bool more_path = cm_sv_cut_last(path, '/', &path_dir, &path_base);
                if (!component_match(more_glob ? glob_base : glob, more_path ? path_base : path))
                        return false;
                if (!more_glob)
                        return anywhere || !more_path;
                if (!more_path)
                        return false;
                glob = glob_dir;
                path = path_dir;
        }
}

static bool star_count_ok(struct cm_sv glob)
{
        if (cm_sv_has_prefix(glob, CM_SV("**/")))
                glob = cm_sv_skip(glob, 3);
        struct cm_sv component;
        while (cm_sv_next_field(&glob, '/', &component)) {
                size_t stars = 0;
                for (size_t i = 0; i < component.len; i++)
                        stars += component.ptr[i] == '*';
                if (component.len == 0 || stars > 1)
                        return false;
        }
        return true;
}

static void file_under(struct cm_arena *arena, struct cm_map *map, struct cm_sv key,
                       struct pattern pattern)
{
        struct pattern *p = CM_NEW(arena, struct pattern);
        *p = pattern;
        p->next = cm_map_get(map, key);
        cm_map_put(map, key, p);
}

static int add_pattern(struct cm_arena *arena, struct cm_path_table *table, struct pattern pattern,
                       struct cm_err *err)
{
        if (!star_count_ok(pattern.glob))
                return CM_RAISE(err, CM_E_INTERNAL,
                                "cataloger %s: pattern '%.*s' has no known form",
                                pattern.cataloger->name, CM_SV_ARG(pattern.glob));
        struct cm_sv base = cm_sv_base_name(pattern.glob);
        struct cm_sv extension = extension_of(base);
        if (cm_sv_find_char(base, '*') < 0)
                file_under(arena, &table->by_basename, base, pattern);
        else if (extension.len > 1 && cm_sv_find_char(extension, '*') < 0)
                file_under(arena, &table->by_extension, extension, pattern);
        else
                *CM_VEC_PUSH(arena, &table->other) = pattern;
        return 0;
}

int cm_path_table_new(struct cm_arena *arena, uint32_t contexts, const struct cm_path_table **ret,
                      struct cm_err *err)
{
        struct cm_path_table *table = CM_NEW(arena, struct cm_path_table);
        cm_map_init(&table->by_basename, arena);
        cm_map_init(&table->by_extension, arena);
        for (size_t i = 0; i < cm_catalogers_count; i++) {
                const struct cm_cataloger *cataloger = cm_catalogers[i];
                if ((cataloger->contexts & contexts) == 0)
                        continue;
                if (cataloger->probe != NULL)
                        *CM_VEC_PUSH(arena, &table->probes) = cataloger;
                for (const char *const *glob = cataloger->globs; glob != NULL && *glob != NULL;
                     glob++) {
                        struct pattern pattern = { cm_sv_from_cstr(*glob), cataloger, NULL };
                        int r = add_pattern(arena, table, pattern, err);
                        if (r < 0)
                                return r;
                }
        }
        *ret = table;
        return 0;
}

static size_t add_match(const struct pattern *p, struct cm_sv path, size_t count,
                        const struct cm_cataloger *ret[CM_PATH_MATCHES_MAX])
{
        if (count == CM_PATH_MATCHES_MAX || !cm_path_glob_match(p->glob, path))
                return count;
        for (size_t i = 0; i < count; i++)
                if (ret[i] == p->cataloger)
                        return count;
        ret[count] = p->cataloger;
        return count + 1;
}

size_t cm_path_table_match(const struct cm_path_table *table, struct cm_sv path,
                           const struct cm_cataloger *ret[CM_PATH_MATCHES_MAX])
{
        size_t count = 0;
        struct cm_sv base = cm_sv_base_name(path);
        for (const struct pattern *p = cm_map_get(&table->by_basename, base); p; p = p->next)
                count = add_match(p, path, count, ret);
        struct cm_sv extension = extension_of(base);
        if (extension.len > 1)
                for (const struct pattern *p = cm_map_get(&table->by_extension, extension); p;
                     p = p->next)
                        count = add_match(p, path, count, ret);
        for (size_t i = 0; i < table->other.count; i++)
                count = add_match(&table->other.items[i], path, count, ret);
        return count;
}

size_t cm_path_table_probes(const struct cm_path_table *table,
                            const struct cm_cataloger *const **ret)
{
        *ret = (const struct cm_cataloger *const *)table->probes.items;
        return table->probes.count;
}
