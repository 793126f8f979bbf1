/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Collecting half of build.h: interning and merging. Two records of one source with the same id
 * are one advisory; every merge rule is commutative (union, minimum, maximum, the newer and then
 * the smaller text), so that the order of files does not show in the database.
 */
#include "advisory/build.h"

#include <stdlib.h>

#include "advisory/build_internal.h"
#include "advisory/db_format.h"
#include "base/escape.h"
#include "base/limits.h"

static uint32_t intern(struct cm_db_builder *b, struct cm_sv s)
{
        void *known = cm_map_get(&b->strings, s);
        if (known != NULL)
                return (uint32_t)((uintptr_t)known - 1);
        uintptr_t number = b->strings.count;
        cm_map_put(&b->strings, cm_sv_dup(b->arena, s), (void *)(number + 1));
        return (uint32_t)number;
}

struct cm_sv cm_build_text(const struct cm_db_builder *b, uint32_t string)
{
        return b->strings.entries[string].key;
}

struct cm_db_builder *cm_db_builder_new(const struct cm_db_build_options *options)
{
        struct cm_arena *arena = cm_arena_new(CM_DB_BUILD_BYTES_MAX);
        struct cm_db_builder *b = CM_NEW(arena, struct cm_db_builder);
        b->arena = arena;
        b->options = *options;
        b->options.name = cm_sv_dup(arena, options->name);
        cm_map_init(&b->strings, arena);
        cm_map_init(&b->cves, arena);
        cm_map_init(&b->eols, arena);
        CM_ASSERT(intern(b, CM_SV("")) == 0);
        return b;
}

struct cm_db_builder *cm_db_builder_free(struct cm_db_builder *b)
{
        if (b != NULL)
                cm_arena_free(b->arena);
        return NULL;
}

void cm_db_builder_freep(struct cm_db_builder **b)
{
        *b = cm_db_builder_free(*b);
}

static struct cm_build_source *current(const struct cm_db_builder *b)
{
        CM_ASSERT(b->sources.count > 0);
        return b->sources.items[b->sources.count - 1];
}

void cm_db_builder_source(struct cm_db_builder *b, const struct cm_adv_source *meta)
{
        struct cm_build_source *s = CM_NEW(b->arena, struct cm_build_source);
        s->meta = (struct cm_adv_source){
                .name = cm_sv_dup(b->arena, meta->name),
                .kind = cm_sv_dup(b->arena, meta->kind),
                .url = cm_sv_dup(b->arena, meta->url),
                .revision = cm_sv_dup(b->arena, meta->revision),
                .licence = cm_sv_dup(b->arena, meta->licence),
                .attribution = cm_sv_dup(b->arena, meta->attribution),
                .newest_s = CM_MAX(meta->newest_s, 0),
        };
        *CM_VEC_PUSH(b->arena, &b->sources) = s;
        cm_map_init(&b->source_advisories, b->arena);
        b->document = CM_SV_NULL;
}

void cm_db_builder_document(struct cm_db_builder *b, struct cm_sv member)
{
        b->document = cm_sv_dup(b->arena, member);
}

static void take_newest(struct cm_db_builder *b, int64_t unix_s)
{
        struct cm_build_source *s = current(b);
        if (b->options.as_of_s != 0 && unix_s > b->options.as_of_s)
                return;
        s->meta.newest_s = CM_MAX(s->meta.newest_s, unix_s);
}

static void list_add(struct cm_db_builder *b, struct cm_build_list *list, const struct cm_sv *text,
                     size_t count)
{
        if (count == 0)
                return;
        uint32_t *items = CM_NEW_ARRAY(b->arena, uint32_t, list->count + count);
        if (list->count > 0)
                memcpy(items, list->items, list->count * sizeof(*items));
        uint32_t n = list->count;
        for (size_t i = 0; i < count; i++) {
                uint32_t string = intern(b, text[i]);
                if (string != 0)
                        items[n++] = string;
        }
        list->items = items;
        list->count = n;
}

static void add_cvss(struct cm_db_builder *b, struct cm_build_advisory *to,
                     const struct cm_advisory *from)
{
        if (from->cvss_count == 0)
                return;
        struct cm_build_cvss *list =
                CM_NEW_ARRAY(b->arena, struct cm_build_cvss, to->cvss_count + from->cvss_count);
        if (to->cvss_count > 0)
                memcpy(list, to->cvss, to->cvss_count * sizeof(*list));
        for (size_t i = 0; i < from->cvss_count; i++)
                list[to->cvss_count++] = (struct cm_build_cvss){ intern(b, from->cvss[i].source),
                                                                 intern(b, from->cvss[i].vector) };
        to->cvss = list;
}

static struct cm_sv title_of(struct cm_sv text)
{
        struct cm_sv line = cm_sv_trim(text);
        ptrdiff_t end = cm_sv_find_char(line, '\n');
        if (end >= 0)
                line = cm_sv_trim(cm_sv_slice(line, 0, (size_t)end));
        if (line.len <= CM_ADVISORY_TITLE_BYTES_MAX)
                return line;
        size_t cut = CM_ADVISORY_TITLE_BYTES_MAX;
        while (cut > 0 && ((unsigned char)line.ptr[cut] & 0xC0) == 0x80)
                cut--; /* not inside of a UTF-8 sequence */
        return cm_sv_slice(line, 0, cut);
}

/* Most pages are a common prefix and the id: only the prefix is kept then. */
static void take_text(struct cm_db_builder *b, struct cm_build_advisory *to,
                      const struct cm_advisory *from, bool is_new)
{
        struct cm_sv title = title_of(from->title);
        struct cm_sv url = from->url;
        bool is_prefix = url.len > from->id.len && cm_sv_has_suffix(url, from->id);
        if (is_prefix)
                url = cm_sv_slice(url, 0, url.len - from->id.len);
        bool better = is_new || from->modified_s > to->titled_s;
        if (!better && from->modified_s == to->titled_s) {
                int order = cm_sv_cmp(title, cm_build_text(b, to->title));
                if (order == 0)
                        order = cm_sv_cmp(url, cm_build_text(b, to->url));
                if (order == 0)
                        order = (int)is_prefix - (int)to->url_is_prefix;
                better = order < 0;
        }
        if (!better)
                return;
        to->title = intern(b, title);
        to->url = intern(b, url);
        to->url_is_prefix = is_prefix;
        to->titled_s = from->modified_s;
}

static struct cm_build_advisory *merge_advisory(struct cm_db_builder *b,
                                                const struct cm_advisory *from)
{
        uint32_t id = intern(b, from->id);
        struct cm_build_advisory *to = cm_map_get(&b->source_advisories, from->id);
        bool is_new = to == NULL;
        if (is_new) {
                to = CM_NEW(b->arena, struct cm_build_advisory);
                to->id = id;
                to->source = (uint32_t)b->sources.count - 1;
                to->origin = &current(b)->meta;
                cm_map_put(&b->source_advisories, cm_build_text(b, id), to);
                *CM_VEC_PUSH(b->arena, &b->advisories) = to;
                current(b)->meta.record_count++;
        }
        take_text(b, to, from, is_new);
        to->flags |= from->flags;
        to->severity = CM_MAX(to->severity, from->severity);
        if (from->published_s > 0 && (to->published_s == 0 || from->published_s < to->published_s))
                to->published_s = from->published_s;
        to->modified_s = CM_MAX(to->modified_s, from->modified_s);
        list_add(b, &to->aliases, from->aliases, from->alias_count);
        list_add(b, &to->related, from->related, from->related_count);
        add_cvss(b, to, from);
        take_newest(b, from->modified_s);
        take_newest(b, from->published_s);
        return to;
}

static void add_statement(struct cm_db_builder *b, struct cm_build_advisory *advisory,
                          const struct cm_db_package *p)
{
        struct cm_build_statement *s = CM_VEC_PUSH(b->arena, &b->statements);
        const struct cm_affected *a = &p->affected;
        s->space = intern(b, p->space);
        s->name = intern(b, p->name);
        s->advisory = advisory;
        s->state = a->state;
        s->severity = a->severity;
        s->module = intern(b, a->module);
        s->arch = intern(b, a->arch);
        s->npm_range = intern(b, a->npm_range);
        s->note = intern(b, a->note);
        s->range_count = (uint32_t)a->range_count;
        s->ranges = a->range_count == 0
                            ? NULL
                            : CM_NEW_ARRAY(b->arena, struct cm_build_range, a->range_count);
        for (size_t i = 0; i < a->range_count; i++)
                s->ranges[i] = (struct cm_build_range){ intern(b, a->ranges[i].introduced),
                                                        intern(b, a->ranges[i].fixed),
                                                        intern(b, a->ranges[i].last_affected) };
        list_add(b, &s->versions, a->versions, a->version_count);
}

static void sink_reject(void *ctx, struct cm_sv where, const char *reason)
{
        struct cm_db_builder *b = ctx;
        struct cm_build_source *s = current(b);
        s->meta.rejected_count++;
        if (s->listed_rejects++ >= CM_DB_REJECTS_LISTED_MAX)
                return;
        struct cm_sv place = b->document;
        if (where.len > 0)
                place = place.len == 0 ? cm_sv_dup(b->arena, where)
                                       : cm_sv_printf(b->arena, "%.*s: %.*s", CM_SV_ARG(place),
                                                      CM_SV_ARG(where));
        *CM_VEC_PUSH(b->arena, &b->rejects) =
                (struct cm_db_reject){ s->meta.name, place,
                                       cm_sv_dup(b->arena, cm_sv_from_cstr(reason)) };
}

/* Lengths that a database key or a version may have; what is longer is hostile or a mistake. */
static const char *too_long(const struct cm_advisory *a, const struct cm_db_package *packages,
                            size_t count)
{
        if (a->id.len == 0 || a->id.len > CM_DB_KEY_BYTES_MAX - 1)
                return "identifier is empty or too long";
        for (size_t i = 0; i < count; i++) {
                const struct cm_db_package *p = &packages[i];
                if (p->name.len == 0 || p->space.len + p->name.len + 2 > CM_DB_KEY_BYTES_MAX)
                        return "name of a package is empty or too long";
                if (cm_sv_find_char(p->name, '\0') >= 0)
                        return "name of a package holds a NUL byte";
                for (size_t k = 0; k < p->affected.range_count; k++)
                        if (p->affected.ranges[k].fixed.len > CM_VERSION_BYTES_MAX ||
                            p->affected.ranges[k].introduced.len > CM_VERSION_BYTES_MAX ||
                            p->affected.ranges[k].last_affected.len > CM_VERSION_BYTES_MAX)
                                return "version is over limit version_bytes_max";
        }
        return NULL;
}

static int sink_advisory(void *ctx, const struct cm_advisory *advisory,
                         const struct cm_db_package *packages, size_t package_count,
                         struct cm_err *err)
{
        (void)err;
        struct cm_db_builder *b = ctx;
        const char *bad = too_long(advisory, packages, package_count);
        if (bad != NULL) {
                sink_reject(b, cm_sv_slice(advisory->id, 0, 64), bad);
                return 0;
        }
        struct cm_build_advisory *to = merge_advisory(b, advisory);
        for (size_t i = 0; i < package_count; i++)
                add_statement(b, to, &packages[i]);
        return 0;
}

static int sink_cve(void *ctx, struct cm_sv cve, const struct cm_cve_facts *facts,
                    struct cm_err *err)
{
        (void)err;
        struct cm_db_builder *b = ctx;
        if (cve.len > CM_DB_KEY_BYTES_MAX - 1) {
                sink_reject(b, cm_sv_slice(cve, 0, 64), "identifier is too long");
                return 0;
        }
        struct cm_cve_facts *to = cm_map_get(&b->cves, cve);
        if (to == NULL) {
                to = CM_NEW(b->arena, struct cm_cve_facts);
                cm_map_put(&b->cves, cm_sv_dup(b->arena, cve), to);
        }
        current(b)->meta.record_count++;
        if (facts->has_epss &&
            (!to->has_epss || facts->epss > to->epss ||
             (!(facts->epss < to->epss) && facts->epss_percentile > to->epss_percentile))) {
                to->has_epss = true;
                to->epss = facts->epss;
                to->epss_percentile = facts->epss_percentile;
        }
        if (facts->kev) {
                bool first = !to->kev;
                to->kev = true;
                to->kev_ransomware |= facts->kev_ransomware;
                to->kev_added_s =
                        first ? facts->kev_added_s : CM_MIN(to->kev_added_s, facts->kev_added_s);
                to->kev_due_s = CM_MAX(to->kev_due_s, facts->kev_due_s);
                take_newest(b, facts->kev_added_s);
        }
        /* Several records of one CVE: the same choice in any order. */
        if (facts->cvss.len > 0 && (to->cvss.len == 0 || cm_sv_cmp(facts->cvss, to->cvss) > 0))
                to->cvss = cm_sv_dup(b->arena, facts->cvss);
        return 0;
}

static int sink_eol(void *ctx, const struct cm_eol *eol, struct cm_err *err)
{
        (void)err;
        struct cm_db_builder *b = ctx;
        struct cm_sv key = cm_sv_printf(b->arena, "%.*s%c%.*s", CM_SV_ARG(eol->product), '\0',
                                        CM_SV_ARG(eol->cycle));
        if (key.len > CM_DB_KEY_BYTES_MAX - 1 || eol->product.len == 0 || eol->cycle.len == 0) {
                sink_reject(b, cm_sv_slice(eol->product, 0, 64), "name is empty or too long");
                return 0;
        }
        current(b)->meta.record_count++;
        struct cm_eol *to = cm_map_get(&b->eols, key);
        if (to == NULL) {
                to = CM_NEW(b->arena, struct cm_eol);
                *to = *eol;
                to->product = cm_sv_dup(b->arena, eol->product);
                to->cycle = cm_sv_dup(b->arena, eol->cycle);
                cm_map_put(&b->eols, key, to);
                return 0;
        }
        /* Two sources about one release: the longer life counts, as both speak of free support. */
        to->released_s = to->released_s == 0 ? eol->released_s : to->released_s;
        to->eol_s = CM_MAX(to->eol_s, eol->eol_s);
        to->eol_lts_s = CM_MAX(to->eol_lts_s, eol->eol_lts_s);
        to->eol_now &= eol->eol_now;
        return 0;
}

static void sink_skip(void *ctx, enum cm_feed_skip skip)
{
        struct cm_db_builder *b = ctx;
        current(b)->skips[skip]++;
}

static void sink_newest(void *ctx, int64_t unix_s)
{
        take_newest(ctx, unix_s);
}

struct cm_feed_sink cm_db_builder_sink(struct cm_db_builder *b)
{
        return (struct cm_feed_sink){
                .ctx = b,
                .advisory = sink_advisory,
                .cve = sink_cve,
                .eol = sink_eol,
                .reject = sink_reject,
                .skip = sink_skip,
                .newest = sink_newest,
        };
}

uint64_t cm_db_builder_record_count(const struct cm_db_builder *b)
{
        return current(b)->meta.record_count;
}

uint64_t cm_db_builder_reject_count(const struct cm_db_builder *b)
{
        return current(b)->meta.rejected_count;
}

uint64_t cm_db_builder_skip_count(const struct cm_db_builder *b, enum cm_feed_skip skip)
{
        return current(b)->skips[skip];
}

const struct cm_db_reject *cm_db_builder_rejects(const struct cm_db_builder *b, size_t *ret_count)
{
        *ret_count = b->rejects.count;
        return b->rejects.items;
}
