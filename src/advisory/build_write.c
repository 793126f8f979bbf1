/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing half of build.h: sorts, encodes, and appends keys in order to a fresh LMDB file. LMDB
 * zeroes what it does not use of a page (no MDB_NOMEMINIT), so equal content gives equal files.
 */
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "advisory/build_internal.h"
#include "advisory/db_format.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "crypto/sha256.h"

#define VALUE_BYTES_MAX ((size_t)UINT32_MAX)
#define MAP_BYTES_MAX   ((size_t)16 << 30)

struct pair {
        struct cm_sv key;
        struct cm_sv value;
};

struct writer {
        struct cm_db_builder *b;
        struct cm_arena *arena;
        uint32_t *offset; /* string number -> reference */
        struct cm_sv *spaces;
        size_t space_count;
        CM_VEC(struct pair) pairs;
        struct cm_db_info info;
};

static int text_cmp(struct cm_sv a, struct cm_sv b)
{
        size_t n = CM_MIN(a.len, b.len);
        int r = n == 0 ? 0 : memcmp(a.ptr, b.ptr, n);
        return r != 0 ? r : (a.len > b.len) - (a.len < b.len);
}

static int by_text(const void *pa, const void *pb)
{
        const struct cm_map_entry *a = *(const struct cm_map_entry *const *)pa;
        const struct cm_map_entry *b = *(const struct cm_map_entry *const *)pb;
        return text_cmp(a->key, b->key);
}

static struct cm_sv keep(struct writer *w, struct cm_buf *buf)
{
        CM_ASSERT(!buf->overflow);
        return cm_sv_dup(w->arena, cm_buf_sv(buf));
}

static void put_pair(struct writer *w, struct cm_sv key, struct cm_buf *buf)
{
        *CM_VEC_PUSH(w->arena, &w->pairs) = (struct pair){ key, keep(w, buf) };
}

static struct cm_sv one_letter(struct writer *w, char letter)
{
        return cm_sv_dup(w->arena, cm_sv_make(&letter, 1));
}

static struct cm_sv key_of(struct writer *w, char letter, struct cm_sv a, const struct cm_sv *b)
{
        size_t len = 1 + a.len + (b == NULL ? 0 : 1 + b->len);
        CM_ASSERT(len <= CM_DB_KEY_BYTES_MAX);
        char *key = cm_arena_alloc(w->arena, len, 1);
        key[0] = letter;
        memcpy(key + 1, a.ptr == NULL ? "" : a.ptr, a.len);
        if (b != NULL) {
                key[1 + a.len] = '\0';
                memcpy(key + 2 + a.len, b->ptr == NULL ? "" : b->ptr, b->len);
        }
        return cm_sv_make(key, len);
}

/* The string table, sorted by bytes: references then sort as their text does. */
static int encode_strings(struct writer *w, struct cm_err *err)
{
        const struct cm_map *map = &w->b->strings;
        const struct cm_map_entry **order =
                CM_NEW_ARRAY(w->arena, const struct cm_map_entry *, map->count);
        for (size_t i = 0; i < map->count; i++)
                order[i] = &map->entries[i];
        qsort(order, map->count, sizeof(*order), by_text);
        w->offset = CM_NEW_ARRAY(w->arena, uint32_t, map->count);
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&buf, VALUE_BYTES_MAX);
        for (size_t i = 0; i < map->count; i++) {
                w->offset[order[i] - map->entries] = (uint32_t)buf.len;
                cm_buf_put_bytes(&buf, order[i]->key);
        }
        if (cm_buf_check(&buf, "string table of the advisory database", err) < 0)
                return -(int)err->code;
        put_pair(w, one_letter(w, CM_DB_KEY_STRINGS), &buf);
        return 0;
}

static int by_u32(const void *pa, const void *pb)
{
        uint32_t a = *(const uint32_t *)pa;
        uint32_t b = *(const uint32_t *)pb;
        return (a > b) - (a < b);
}

static void list_finish(struct writer *w, struct cm_build_list *list)
{
        if (list->count == 0)
                return;
        for (uint32_t i = 0; i < list->count; i++)
                list->items[i] = w->offset[list->items[i]];
        qsort(list->items, list->count, sizeof(*list->items), by_u32);
        uint32_t n = 1;
        for (uint32_t i = 1; i < list->count; i++)
                if (list->items[i] != list->items[n - 1])
                        list->items[n++] = list->items[i];
        list->count = n;
}

static int by_cvss(const void *pa, const void *pb)
{
        const struct cm_build_cvss *a = pa;
        const struct cm_build_cvss *b = pb;
        if (a->source != b->source)
                return a->source < b->source ? -1 : 1;
        return (a->vector > b->vector) - (a->vector < b->vector);
}

static void cvss_finish(struct writer *w, struct cm_build_advisory *a)
{
        if (a->cvss_count == 0)
                return;
        for (uint32_t i = 0; i < a->cvss_count; i++) {
                a->cvss[i].source = w->offset[a->cvss[i].source];
                a->cvss[i].vector = w->offset[a->cvss[i].vector];
        }
        qsort(a->cvss, a->cvss_count, sizeof(*a->cvss), by_cvss);
        uint32_t n = 1;
        for (uint32_t i = 1; i < a->cvss_count; i++)
                if (by_cvss(&a->cvss[i], &a->cvss[n - 1]) != 0)
                        a->cvss[n++] = a->cvss[i];
        a->cvss_count = n;
}

static int by_source(const void *pa, const void *pb)
{
        const struct cm_build_source *a = *(struct cm_build_source *const *)pa;
        const struct cm_build_source *b = *(struct cm_build_source *const *)pb;
        int r = text_cmp(a->meta.name, b->meta.name);
        if (r == 0)
                r = text_cmp(a->meta.kind, b->meta.kind);
        if (r == 0)
                r = text_cmp(a->meta.url, b->meta.url);
        return r;
}

static void encode_sources(struct writer *w)
{
        size_t n = w->b->sources.count;
        struct cm_build_source **order = CM_NEW_ARRAY(w->arena, struct cm_build_source *, n + 1);
        if (n > 0)
                memcpy(order, w->b->sources.items, n * sizeof(*order));
        qsort(order, n, sizeof(*order), by_source);
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&buf, VALUE_BYTES_MAX);
        cm_buf_put_varint(&buf, n);
        for (size_t i = 0; i < n; i++) {
                const struct cm_adv_source *s = &order[i]->meta;
                order[i]->rank = (uint32_t)i;
                cm_buf_put_bytes(&buf, s->name);
                cm_buf_put_bytes(&buf, s->kind);
                cm_buf_put_bytes(&buf, s->url);
                cm_buf_put_bytes(&buf, s->revision);
                cm_buf_put_bytes(&buf, s->licence);
                cm_buf_put_bytes(&buf, s->attribution);
                cm_buf_put_varint(&buf, (uint64_t)s->newest_s);
                cm_buf_put_varint(&buf, s->record_count);
                cm_buf_put_varint(&buf, s->rejected_count);
                w->info.rejected_count += s->rejected_count;
                w->info.newest_s = CM_MAX(w->info.newest_s, s->newest_s);
        }
        put_pair(w, one_letter(w, CM_DB_KEY_SOURCES), &buf);
}

static int by_advisory(const void *pa, const void *pb)
{
        const struct cm_build_advisory *a = *(struct cm_build_advisory *const *)pa;
        const struct cm_build_advisory *b = *(struct cm_build_advisory *const *)pb;
        if (a->id != b->id)
                return a->id < b->id ? -1 : 1;
        return (a->source > b->source) - (a->source < b->source);
}

static void sort_advisories(struct writer *w)
{
        for (size_t i = 0; i < w->b->advisories.count; i++) {
                struct cm_build_advisory *a = w->b->advisories.items[i];
                a->id = w->offset[a->id];
                a->source = w->b->sources.items[a->source]->rank;
                list_finish(w, &a->aliases);
                list_finish(w, &a->related);
                cvss_finish(w, a);
        }
        if (w->b->advisories.count > 0)
                qsort(w->b->advisories.items, w->b->advisories.count,
                      sizeof(*w->b->advisories.items), by_advisory);
        for (size_t i = 0; i < w->b->advisories.count; i++)
                w->b->advisories.items[i]->index = (uint32_t)i;
        w->info.advisory_count = w->b->advisories.count;
}

static int range_cmp(const void *pa, const void *pb)
{
        const struct cm_build_range *a = pa;
        const struct cm_build_range *b = pb;
        if (a->introduced != b->introduced)
                return a->introduced < b->introduced ? -1 : 1;
        if (a->fixed != b->fixed)
                return a->fixed < b->fixed ? -1 : 1;
        return (a->last_affected > b->last_affected) - (a->last_affected < b->last_affected);
}

/* Statements about one package by one advisory that may be merged into one. */
static int head_cmp(const struct cm_build_statement *a, const struct cm_build_statement *b)
{
        const uint32_t left[] = { a->space,  a->name, a->advisory->index, a->state, a->severity,
                                  a->module, a->arch, a->npm_range,       a->note };
        const uint32_t right[] = { b->space,  b->name, b->advisory->index, b->state, b->severity,
                                   b->module, b->arch, b->npm_range,       b->note };
        for (size_t i = 0; i < CM_ARRAY_LEN(left); i++)
                if (left[i] != right[i])
                        return left[i] < right[i] ? -1 : 1;
        return 0;
}

static int by_head(const void *pa, const void *pb)
{
        return head_cmp(pa, pb);
}

static void sort_statements(struct writer *w)
{
        for (size_t i = 0; i < w->b->statements.count; i++) {
                struct cm_build_statement *s = &w->b->statements.items[i];
                s->space = w->offset[s->space];
                s->name = w->offset[s->name];
                s->module = w->offset[s->module];
                s->arch = w->offset[s->arch];
                s->npm_range = w->offset[s->npm_range];
                s->note = w->offset[s->note];
                for (uint32_t k = 0; k < s->range_count; k++) {
                        s->ranges[k].introduced = w->offset[s->ranges[k].introduced];
                        s->ranges[k].fixed = w->offset[s->ranges[k].fixed];
                        s->ranges[k].last_affected = w->offset[s->ranges[k].last_affected];
                }
                list_finish(w, &s->versions);
        }
        if (w->b->statements.count > 0)
                qsort(w->b->statements.items, w->b->statements.count,
                      sizeof(*w->b->statements.items), by_head);
}

static void merge_into(struct writer *w, struct cm_build_statement *to,
                       const struct cm_build_statement *from)
{
        if (from->range_count > 0) {
                struct cm_build_range *ranges = CM_NEW_ARRAY(w->arena, struct cm_build_range,
                                                             to->range_count + from->range_count);
                if (to->range_count > 0)
                        memcpy(ranges, to->ranges, to->range_count * sizeof(*ranges));
                memcpy(ranges + to->range_count, from->ranges, from->range_count * sizeof(*ranges));
                to->ranges = ranges;
                to->range_count += from->range_count;
        }
        if (from->versions.count > 0) {
                uint32_t n = to->versions.count + from->versions.count;
                uint32_t *items = CM_NEW_ARRAY(w->arena, uint32_t, n);
                if (to->versions.count > 0)
                        memcpy(items, to->versions.items, to->versions.count * sizeof(*items));
                memcpy(items + to->versions.count, from->versions.items,
                       from->versions.count * sizeof(*items));
                to->versions = (struct cm_build_list){ items, n };
        }
}

static void finish_statement(struct cm_build_statement *s)
{
        if (s->range_count > 1) {
                qsort(s->ranges, s->range_count, sizeof(*s->ranges), range_cmp);
                uint32_t n = 1;
                for (uint32_t i = 1; i < s->range_count; i++)
                        if (range_cmp(&s->ranges[i], &s->ranges[n - 1]) != 0)
                                s->ranges[n++] = s->ranges[i];
                s->range_count = n;
        }
        if (s->versions.count > 1) {
                qsort(s->versions.items, s->versions.count, sizeof(uint32_t), by_u32);
                uint32_t n = 1;
                for (uint32_t i = 1; i < s->versions.count; i++)
                        if (s->versions.items[i] != s->versions.items[n - 1])
                                s->versions.items[n++] = s->versions.items[i];
                s->versions.count = n;
        }
}

static void merge_statements(struct writer *w)
{
        struct cm_build_statement *s = w->b->statements.items;
        size_t n = 0;
        for (size_t i = 0; i < w->b->statements.count; i++) {
                if (n > 0 && head_cmp(&s[n - 1], &s[i]) == 0) {
                        merge_into(w, &s[n - 1], &s[i]);
                        continue;
                }
                s[n++] = s[i];
        }
        w->b->statements.count = n;
        for (size_t i = 0; i < n; i++)
                finish_statement(&s[i]);
        w->info.statement_count = n;
}

static void put_list(struct cm_buf *buf, const struct cm_build_list *list)
{
        uint32_t before = 0;
        cm_buf_put_varint(buf, list->count);
        for (uint32_t i = 0; i < list->count; i++) {
                cm_buf_put_varint(buf, list->items[i] - before);
                before = list->items[i];
        }
}

static void put_statement(struct cm_buf *buf, const struct cm_build_statement *s)
{
        unsigned has = 0;
        has |= s->versions.count > 0 ? (unsigned)CM_DB_STMT_VERSIONS : 0;
        has |= s->module != 0 ? (unsigned)CM_DB_STMT_MODULE : 0;
        has |= s->arch != 0 ? (unsigned)CM_DB_STMT_ARCH : 0;
        has |= s->npm_range != 0 ? (unsigned)CM_DB_STMT_NPM_RANGE : 0;
        has |= s->note != 0 ? (unsigned)CM_DB_STMT_NOTE : 0;
        cm_buf_put_u8(buf, (uint8_t)((unsigned)s->state | (unsigned)s->severity << 4));
        cm_buf_put_u8(buf, (uint8_t)has);
        cm_buf_put_varint(buf, s->range_count);
        for (uint32_t i = 0; i < s->range_count; i++) {
                const struct cm_build_range *r = &s->ranges[i];
                const uint32_t refs[] = { r->introduced, r->fixed, r->last_affected };
                unsigned mask = 0;
                for (unsigned k = 0; k < 3; k++)
                        mask |= refs[k] != 0 ? 1U << k : 0;
                cm_buf_put_u8(buf, (uint8_t)mask);
                for (unsigned k = 0; k < 3; k++)
                        if (refs[k] != 0)
                                cm_buf_put_varint(buf, refs[k]);
        }
        if (s->versions.count > 0)
                put_list(buf, &s->versions);
        const uint32_t texts[] = { s->module, s->arch, s->npm_range, s->note };
        for (size_t i = 0; i < CM_ARRAY_LEN(texts); i++)
                if (texts[i] != 0)
                        cm_buf_put_varint(buf, texts[i]);
}

static struct cm_sv ref_text(const struct writer *w, uint32_t ref)
{
        struct cm_cursor c = cm_cursor_make(cm_sv_skip(w->pairs.items[0].value, ref));
        return cm_cursor_bytes(&c);
}

/* Feeds that state no dates per record (secdb) are as new as their source was said to be. */
static int64_t date_of(const struct writer *w, const struct cm_build_advisory *a)
{
        int64_t at = CM_MAX(a->modified_s, a->published_s);
        if (at <= 0)
                return a->origin->newest_s;
        return w->b->options.as_of_s == 0 || at <= w->b->options.as_of_s ? at : 0;
}

/* Values of 'P' keys and the list of spaces, from the sorted statements. */
static void encode_packages(struct writer *w)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        struct cm_buf spaces CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&buf, VALUE_BYTES_MAX);
        cm_buf_init(&spaces, VALUE_BYTES_MAX);
        const struct cm_build_statement *s = w->b->statements.items;
        size_t n = w->b->statements.count;
        size_t space_count = 0;
        w->spaces = CM_NEW_ARRAY(w->arena, struct cm_sv, n + 1);
        for (size_t i = 0; i < n;) {
                struct cm_db_space figures = { .space = ref_text(w, s[i].space) };
                uint32_t space = s[i].space;
                while (i < n && s[i].space == space) {
                        size_t end = i;
                        while (end < n && s[end].space == space && s[end].name == s[i].name)
                                end++;
                        cm_buf_clear(&buf);
                        cm_buf_put_varint(&buf, end - i);
                        uint32_t before = 0;
                        struct cm_sv name = ref_text(w, s[i].name);
                        figures.package_count++;
                        figures.statement_count += end - i;
                        for (; i < end; i++) {
                                cm_buf_put_varint(&buf, s[i].advisory->index - before);
                                before = s[i].advisory->index;
                                put_statement(&buf, &s[i]);
                                figures.newest_s =
                                        CM_MAX(figures.newest_s, date_of(w, s[i].advisory));
                        }
                        put_pair(w, key_of(w, CM_DB_KEY_PACKAGE, figures.space, &name), &buf);
                }
                w->spaces[space_count++] = figures.space;
                cm_buf_put_bytes(&spaces, figures.space);
                cm_buf_put_varint(&spaces, figures.package_count);
                cm_buf_put_varint(&spaces, figures.statement_count);
                cm_buf_put_varint(&spaces, (uint64_t)figures.newest_s);
        }
        w->space_count = space_count;
        cm_buf_clear(&buf);
        cm_buf_put_varint(&buf, space_count);
        cm_buf_put_sv(&buf, cm_buf_sv(&spaces));
        put_pair(w, one_letter(w, CM_DB_KEY_SPACES), &buf);
}

struct reverse {
        uint32_t advisory;
        uint32_t space;
        uint32_t name;
};

static int by_reverse(const void *pa, const void *pb)
{
        const struct reverse *a = pa;
        const struct reverse *b = pb;
        if (a->advisory != b->advisory)
                return a->advisory < b->advisory ? -1 : 1;
        if (a->space != b->space)
                return a->space < b->space ? -1 : 1;
        return (a->name > b->name) - (a->name < b->name);
}

static struct reverse *reverse_index(struct writer *w, size_t *ret_count)
{
        const struct cm_build_statement *s = w->b->statements.items;
        size_t n = w->b->statements.count;
        struct reverse *list = CM_NEW_ARRAY(w->arena, struct reverse, n + 1);
        uint32_t space = 0;
        size_t count = 0;
        for (size_t i = 0; i < n; i++) {
                if (i > 0 && s[i].space != s[i - 1].space)
                        space++;
                if (i > 0 && s[i].space == s[i - 1].space && s[i].name == s[i - 1].name &&
                    s[i].advisory == s[i - 1].advisory)
                        continue;
                list[count++] = (struct reverse){ s[i].advisory->index, space, s[i].name };
        }
        qsort(list, count, sizeof(*list), by_reverse);
        *ret_count = count;
        return list;
}

static void put_url(const struct writer *w, struct cm_buf *buf, const struct cm_build_advisory *a)
{
        if (a->url == 0) {
                cm_buf_put_u8(buf, CM_DB_URL_NONE);
                return;
        }
        cm_buf_put_u8(buf, a->url_is_prefix ? CM_DB_URL_PREFIX : CM_DB_URL_WHOLE);
        cm_buf_put_varint(buf, w->offset[a->url]);
}

static void put_advisory(const struct writer *w, struct cm_buf *buf,
                         const struct cm_build_advisory *a)
{
        cm_buf_put_varint(buf, a->id);
        cm_buf_put_varint(buf, a->flags);
        cm_buf_put_u8(buf, (uint8_t)a->severity);
        cm_buf_put_varint(buf, a->source);
        cm_buf_put_varint(buf, w->offset[a->title]);
        put_url(w, buf, a);
        cm_buf_put_varint(buf, (uint64_t)CM_MAX(a->published_s, 0));
        cm_buf_put_varint(buf, (uint64_t)CM_MAX(a->modified_s, 0));
        put_list(buf, &a->aliases);
        put_list(buf, &a->related);
        cm_buf_put_varint(buf, a->cvss_count);
        for (uint32_t i = 0; i < a->cvss_count; i++) {
                cm_buf_put_varint(buf, a->cvss[i].source);
                cm_buf_put_varint(buf, a->cvss[i].vector);
        }
}

static int encode_advisories(struct writer *w, struct cm_err *err)
{
        size_t count = 0;
        const struct reverse *rev = reverse_index(w, &count);
        size_t at = 0;
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        struct cm_buf offsets CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&buf, VALUE_BYTES_MAX);
        cm_buf_init(&offsets, VALUE_BYTES_MAX);
        for (size_t i = 0; i < w->b->advisories.count; i++) {
                cm_buf_put_le32(&offsets, (uint32_t)buf.len);
                put_advisory(w, &buf, w->b->advisories.items[i]);
                size_t end = at;
                while (end < count && rev[end].advisory == i)
                        end++;
                cm_buf_put_varint(&buf, end - at);
                for (; at < end; at++) {
                        cm_buf_put_varint(&buf, rev[at].space);
                        cm_buf_put_varint(&buf, rev[at].name);
                }
        }
        cm_buf_put_le32(&offsets, (uint32_t)buf.len);
        if (cm_buf_check(&buf, "advisory table of the advisory database", err) < 0)
                return -(int)err->code;
        put_pair(w, one_letter(w, CM_DB_KEY_ADVISORIES), &buf);
        put_pair(w, one_letter(w, CM_DB_KEY_OFFSETS), &offsets);
        return 0;
}

struct id_ref {
        uint32_t id;
        uint32_t advisory;
};

static int by_id_ref(const void *pa, const void *pb)
{
        const struct id_ref *a = pa;
        const struct id_ref *b = pb;
        if (a->id != b->id)
                return a->id < b->id ? -1 : 1;
        return (a->advisory > b->advisory) - (a->advisory < b->advisory);
}

static void encode_ids(struct writer *w)
{
        CM_VEC(struct id_ref) refs = { 0 };
        for (size_t i = 0; i < w->b->advisories.count; i++) {
                const struct cm_build_advisory *a = w->b->advisories.items[i];
                *CM_VEC_PUSH(w->arena, &refs) = (struct id_ref){ a->id, a->index };
                for (uint32_t k = 0; k < a->aliases.count; k++)
                        *CM_VEC_PUSH(w->arena, &refs) =
                                (struct id_ref){ a->aliases.items[k], a->index };
        }
        if (refs.count > 0)
                qsort(refs.items, refs.count, sizeof(*refs.items), by_id_ref);
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        struct cm_buf list CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&buf, VALUE_BYTES_MAX);
        cm_buf_init(&list, VALUE_BYTES_MAX);
        for (size_t i = 0; i < refs.count;) {
                uint32_t id = refs.items[i].id;
                uint32_t before = 0;
                size_t n = 0;
                cm_buf_clear(&list);
                for (; i < refs.count && refs.items[i].id == id; i++) {
                        if (n > 0 && refs.items[i].advisory == before)
                                continue;
                        cm_buf_put_varint(&list, refs.items[i].advisory - before);
                        before = refs.items[i].advisory;
                        n++;
                }
                struct cm_sv text = ref_text(w, id);
                if (text.len > CM_DB_KEY_BYTES_MAX - 1)
                        continue; /* an alias nobody can ask for */
                cm_buf_clear(&buf);
                cm_buf_put_varint(&buf, n);
                cm_buf_put_sv(&buf, cm_buf_sv(&list));
                put_pair(w, key_of(w, CM_DB_KEY_ID, text, NULL), &buf);
        }
}

/* Every identifier that an advisory mentions, as references. */
static void known_ids(struct writer *w, struct cm_u64set *set)
{
        for (size_t i = 0; i < w->b->advisories.count; i++) {
                const struct cm_build_advisory *a = w->b->advisories.items[i];
                cm_u64set_add(set, a->id);
                for (uint32_t k = 0; k < a->aliases.count; k++)
                        cm_u64set_add(set, a->aliases.items[k]);
                for (uint32_t k = 0; k < a->related.count; k++)
                        cm_u64set_add(set, a->related.items[k]);
        }
}

static bool is_known(const struct writer *w, const struct cm_u64set *set, struct cm_sv cve)
{
        void *string = cm_map_get(&w->b->strings, cve);
        return string != NULL && cm_u64set_has(set, w->offset[(uintptr_t)string - 1]);
}

static uint32_t scaled(double v)
{
        return (uint32_t)(CM_MIN(CM_MAX(v, 0.0), 1.0) * CM_DB_EPSS_SCALE + 0.5);
}

static void encode_cves(struct writer *w)
{
        struct cm_u64set known = { 0 };
        known_ids(w, &known);
        bool all = w->b->options.all_cves || w->b->advisories.count == 0;
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&buf, VALUE_BYTES_MAX);
        for (size_t i = 0; i < w->b->cves.count; i++) {
                const struct cm_map_entry *e = &w->b->cves.entries[i];
                const struct cm_cve_facts *f = e->value;
                if (!all && !f->kev && !is_known(w, &known, e->key))
                        continue;
                unsigned has = (f->has_epss ? (unsigned)CM_DB_CVE_EPSS : 0) |
                               (f->kev ? (unsigned)CM_DB_CVE_KEV : 0) |
                               (f->kev_ransomware ? (unsigned)CM_DB_CVE_RANSOMWARE : 0) |
                               (f->cvss.len > 0 ? (unsigned)CM_DB_CVE_CVSS : 0);
                cm_buf_clear(&buf);
                cm_buf_put_u8(&buf, (uint8_t)has);
                if (f->has_epss) {
                        cm_buf_put_le32(&buf, scaled(f->epss));
                        cm_buf_put_le32(&buf, scaled(f->epss_percentile));
                }
                if (f->kev) {
                        cm_buf_put_varint(&buf, (uint64_t)CM_MAX(f->kev_added_s, 0));
                        cm_buf_put_varint(&buf, (uint64_t)CM_MAX(f->kev_due_s, 0));
                }
                if (f->cvss.len > 0)
                        cm_buf_put_bytes(&buf, f->cvss);
                put_pair(w, key_of(w, CM_DB_KEY_CVE, e->key, NULL), &buf);
        }
        cm_u64set_fini(&known);
}

static void encode_eols(struct writer *w)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&buf, VALUE_BYTES_MAX);
        for (size_t i = 0; i < w->b->eols.count; i++) {
                const struct cm_eol *e = w->b->eols.entries[i].value;
                cm_buf_clear(&buf);
                cm_buf_put_u8(&buf, e->eol_now);
                cm_buf_put_varint(&buf, (uint64_t)CM_MAX(e->released_s, 0));
                cm_buf_put_varint(&buf, (uint64_t)CM_MAX(e->eol_s, 0));
                cm_buf_put_varint(&buf, (uint64_t)CM_MAX(e->eol_lts_s, 0));
                put_pair(w, key_of(w, CM_DB_KEY_EOL, e->product, &e->cycle), &buf);
        }
}

static int by_key(const void *pa, const void *pb)
{
        const struct pair *a = pa;
        const struct pair *b = pb;
        return text_cmp(a->key, b->key);
}

/* Digest over all keys and values but the information record, which holds the digest. */
static void encode_info(struct writer *w)
{
        struct cm_sha256 *sha CM_CLEANUP(cm_sha256_freep)
        = cm_sha256_new();
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&buf, VALUE_BYTES_MAX);
        for (size_t i = 0; i < w->pairs.count; i++) {
                cm_buf_clear(&buf);
                cm_buf_put_varint(&buf, w->pairs.items[i].key.len);
                cm_buf_put_sv(&buf, w->pairs.items[i].key);
                cm_buf_put_varint(&buf, w->pairs.items[i].value.len);
                cm_sha256_update(sha, cm_buf_sv(&buf));
                cm_sha256_update(sha, w->pairs.items[i].value);
        }
        char text[CM_SHA256_TEXT_BYTES];
        w->info.format = CM_DB_FORMAT;
        w->info.name = w->b->options.name;
        w->info.content_digest = cm_sv_dup(w->b->arena, cm_sv_from_cstr(cm_sha256_text(sha, text)));
        cm_buf_clear(&buf);
        cm_buf_put_str(&buf, CM_DB_MAGIC);
        cm_buf_put_le32(&buf, CM_DB_FORMAT);
        cm_buf_put_bytes(&buf, w->info.name);
        cm_buf_put_varint(&buf, (uint64_t)w->info.newest_s);
        cm_buf_put_varint(&buf, w->info.advisory_count);
        cm_buf_put_varint(&buf, w->info.statement_count);
        cm_buf_put_varint(&buf, w->info.rejected_count);
        cm_buf_put_bytes(&buf, w->info.content_digest);
        put_pair(w, one_letter(w, CM_DB_KEY_INFO), &buf);
}

static void sort_pairs(struct writer *w)
{
        qsort(w->pairs.items, w->pairs.count, sizeof(*w->pairs.items), by_key);
}

static int append_all(struct writer *w, MDB_env *env)
{
        MDB_txn *txn = NULL;
        MDB_dbi dbi;
        int rc = mdb_txn_begin(env, NULL, 0, &txn);
        if (rc == 0)
                rc = mdb_dbi_open(txn, NULL, 0, &dbi);
        for (size_t i = 0; rc == 0 && i < w->pairs.count; i++) {
                const struct pair *p = &w->pairs.items[i];
                MDB_val k = { p->key.len, (void *)(uintptr_t)p->key.ptr };
                MDB_val v = { p->value.len, (void *)(uintptr_t)p->value.ptr };
                rc = mdb_put(txn, dbi, &k, &v, MDB_APPEND);
        }
        if (txn == NULL)
                return rc;
        if (rc != 0) {
                mdb_txn_abort(txn);
                return rc;
        }
        return mdb_txn_commit(txn);
}

static int write_lmdb(struct writer *w, const char *path, struct cm_err *err)
{
        MDB_env *env = NULL;
        int rc = mdb_env_create(&env);
        if (rc == 0)
                rc = mdb_env_set_mapsize(env, MAP_BYTES_MAX);
        if (rc == 0)
                rc = mdb_env_open(env, path, MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOSYNC, 0644);
        if (rc == 0)
                rc = append_all(w, env);
        if (env != NULL)
                mdb_env_close(env);
        if (rc > 0)
                return CM_RAISE_ERRNO(err, CM_E_IO, rc, "could not write '%s'", path);
        if (rc < 0)
                return CM_RAISE(err, CM_E_INTERNAL, "could not write '%s': %s", path,
                                mdb_strerror(rc));
        return 0;
}

static int sync_path(const char *path, int flags, struct cm_err *err)
{
        int fd = open(path, flags | O_CLOEXEC);
        if (fd < 0)
                return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not open '%s'", path);
        int failed = fsync(fd) < 0 ? errno : 0;
        close(fd);
        if (failed != 0 && failed != EINVAL && failed != EROFS)
                return CM_RAISE_ERRNO(err, CM_E_IO, failed, "could not sync '%s'", path);
        return 0;
}

static int replace(struct writer *w, const char *path, struct cm_err *err)
{
        struct cm_sv dir = CM_SV(".");
        struct cm_sv base;
        if (cm_sv_find_char(cm_sv_from_cstr(path), '/') >= 0) {
                CM_IGNORE(cm_sv_cut_last(cm_sv_from_cstr(path), '/', &dir, &base));
                dir = dir.len == 0 ? CM_SV("/") : dir;
        }
        const char *dir_path = NULL;
        int r = cm_cstr(w->arena, dir, &dir_path, err);
        if (r < 0)
                return r;
        struct cm_sv temp = cm_sv_printf(w->arena, "%s.new.%d%c", path, (int)getpid(), '\0');
        CM_IGNORE(unlink(temp.ptr));
        r = write_lmdb(w, temp.ptr, err);
        if (r == 0)
                r = sync_path(temp.ptr, O_RDWR, err);
        if (r == 0 && rename(temp.ptr, path) < 0)
                r = CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not rename '%s'", temp.ptr);
        if (r < 0) {
                CM_IGNORE(unlink(temp.ptr));
                return r;
        }
        return sync_path(dir_path, O_RDONLY | O_DIRECTORY, err);
}

int cm_db_builder_write(struct cm_db_builder *b, const char *path, struct cm_db_info *ret_info,
                        struct cm_err *err)
{
        struct writer w = { .b = b, .arena = b->arena };
        int r = encode_strings(&w, err);
        if (r < 0)
                return r;
        encode_sources(&w);
        sort_advisories(&w);
        sort_statements(&w);
        merge_statements(&w);
        encode_packages(&w);
        r = encode_advisories(&w, err);
        if (r < 0)
                return r;
        encode_ids(&w);
        encode_cves(&w);
        encode_eols(&w);
        sort_pairs(&w);
        encode_info(&w);
        sort_pairs(&w);
        r = replace(&w, path, err);
        if (r == 0)
                *ret_info = w.info;
        return r;
}
