/* SPDX-License-Identifier: Apache-2.0 */
/* Decoders of db_decode.h: every byte through base/cursor.h, every count against what is left. */
#include "advisory/db_decode.h"

#include "advisory/db_format.h"

static int damaged(struct cm_err *err, const char *what)
{
        return CM_RAISE(err, CM_E_MALFORMED, "advisory database is damaged: %s", what);
}

static struct cm_sv string_at(const struct cm_db_tables *t, struct cm_cursor *c, uint64_t offset)
{
        if (offset == 0)
                return CM_SV("");
        if (offset >= t->strings.len) {
                c->failed = true;
                return CM_SV("");
        }
        struct cm_cursor s = cm_cursor_make(cm_sv_skip(t->strings, (size_t)offset));
        struct cm_sv text = cm_cursor_bytes(&s);
        c->failed |= s.failed;
        return s.failed ? CM_SV("") : text;
}

static struct cm_sv string_ref(const struct cm_db_tables *t, struct cm_cursor *c)
{
        return string_at(t, c, cm_cursor_varint(c));
}

/* A count of elements that take at least `bytes_min` bytes each. */
static size_t count_of(struct cm_cursor *c, size_t bytes_min)
{
        uint64_t n = cm_cursor_varint(c);
        if (n > c->len / bytes_min) {
                c->failed = true;
                return 0;
        }
        return (size_t)n;
}

/* A sorted list of references: each is stored as the distance from the one before. */
static const struct cm_sv *string_list(const struct cm_db_tables *t, struct cm_arena *arena,
                                       struct cm_cursor *c, size_t *ret_count)
{
        size_t n = count_of(c, 1);
        struct cm_sv *list = n == 0 ? NULL : CM_NEW_ARRAY(arena, struct cm_sv, n);
        uint64_t offset = 0;
        for (size_t i = 0; i < n && !c->failed; i++) {
                offset += cm_cursor_varint(c);
                list[i] = string_at(t, c, offset);
        }
        *ret_count = n;
        return list;
}

static int64_t seconds(struct cm_cursor *c)
{
        uint64_t v = cm_cursor_varint(c);
        if (v > INT64_MAX / 2)
                c->failed = true;
        return c->failed ? 0 : (int64_t)v;
}

int cm_db_decode_info(struct cm_sv value, struct cm_db_info *ret, struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(value);
        struct cm_sv magic = cm_cursor_take(&c, sizeof(CM_DB_MAGIC) - 1);
        if (c.failed || !cm_sv_eq(magic, CM_SV(CM_DB_MAGIC)))
                return CM_RAISE(err, CM_E_MALFORMED, "file is not an advisory database of coaming");
        struct cm_db_info info = { .format = cm_cursor_le32(&c) };
        if (!c.failed && info.format != CM_DB_FORMAT)
                return CM_RAISE(err, CM_E_UNSUPPORTED,
                                "advisory database has format %u, this program reads format %d",
                                info.format, CM_DB_FORMAT);
        info.name = cm_cursor_bytes(&c);
        info.newest_s = seconds(&c);
        info.advisory_count = cm_cursor_varint(&c);
        info.statement_count = cm_cursor_varint(&c);
        info.rejected_count = cm_cursor_varint(&c);
        info.content_digest = cm_cursor_bytes(&c);
        if (c.failed)
                return damaged(err, "information record");
        *ret = info;
        return 0;
}

static struct cm_sv url_of(const struct cm_db_tables *t, struct cm_arena *arena,
                           struct cm_cursor *c, struct cm_sv id)
{
        switch (cm_cursor_u8(c)) {
        case CM_DB_URL_NONE:
                return CM_SV("");
        case CM_DB_URL_WHOLE:
                return string_ref(t, c);
        case CM_DB_URL_PREFIX:
                return cm_sv_join(arena, string_ref(t, c), id);
        default:
                c->failed = true;
                return CM_SV("");
        }
}

static void cvss_list(const struct cm_db_tables *t, struct cm_arena *arena, struct cm_cursor *c,
                      struct cm_advisory *a)
{
        a->cvss_count = count_of(c, 2);
        struct cm_cvss_vector *list =
                a->cvss_count == 0 ? NULL
                                   : CM_NEW_ARRAY(arena, struct cm_cvss_vector, a->cvss_count);
        for (size_t i = 0; i < a->cvss_count && !c->failed; i++) {
                list[i].source = string_ref(t, c);
                list[i].vector = string_ref(t, c);
        }
        a->cvss = list;
}

static void package_list(const struct cm_db_tables *t, struct cm_arena *arena, struct cm_cursor *c,
                         struct cm_db_advisory_record *record)
{
        record->package_count = count_of(c, 2);
        struct cm_db_package_ref *list =
                record->package_count == 0
                        ? NULL
                        : CM_NEW_ARRAY(arena, struct cm_db_package_ref, record->package_count);
        for (size_t i = 0; i < record->package_count && !c->failed; i++) {
                uint64_t space = cm_cursor_varint(c);
                c->failed |= space > UINT32_MAX;
                list[i].space = (uint32_t)space;
                list[i].name = string_ref(t, c);
        }
        record->packages = list;
}

int cm_db_decode_advisory(const struct cm_db_tables *t, struct cm_arena *arena, uint32_t index,
                          struct cm_db_advisory_record *ret, struct cm_err *err)
{
        struct cm_cursor at = cm_cursor_at(t->offsets, (uint64_t)index * 4, 8);
        uint32_t from = cm_cursor_le32(&at);
        uint32_t to = cm_cursor_le32(&at);
        if (at.failed || to < from)
                return damaged(err, "advisory index");
        struct cm_cursor c = cm_cursor_at(t->advisories, from, to - from);
        struct cm_db_advisory_record record = { 0 };
        struct cm_advisory *a = &record.advisory;
        a->id = string_ref(t, &c);
        uint64_t flags = cm_cursor_varint(&c);
        uint8_t severity = cm_cursor_u8(&c);
        uint64_t source = cm_cursor_varint(&c);
        c.failed |= flags > UINT32_MAX || severity >= CM_SEVERITY_COUNT || source > UINT32_MAX;
        a->flags = (uint32_t)flags;
        a->severity = (enum cm_severity)severity;
        a->source_index = (uint32_t)source;
        a->title = string_ref(t, &c);
        a->url = url_of(t, arena, &c, a->id);
        a->published_s = seconds(&c);
        a->modified_s = seconds(&c);
        a->aliases = string_list(t, arena, &c, &a->alias_count);
        a->related = string_list(t, arena, &c, &a->related_count);
        cvss_list(t, arena, &c, a);
        package_list(t, arena, &c, &record);
        if (c.failed || c.len != 0)
                return damaged(err, "advisory record");
        *ret = record;
        return 0;
}

static void range_list(const struct cm_db_tables *t, struct cm_arena *arena, struct cm_cursor *c,
                       struct cm_affected *s)
{
        s->range_count = count_of(c, 1);
        struct cm_range *list =
                s->range_count == 0 ? NULL : CM_NEW_ARRAY(arena, struct cm_range, s->range_count);
        for (size_t i = 0; i < s->range_count && !c->failed; i++) {
                uint8_t has = cm_cursor_u8(c);
                c->failed |= has > 7;
                if (has & CM_DB_RANGE_INTRODUCED)
                        list[i].introduced = string_ref(t, c);
                if (has & CM_DB_RANGE_FIXED)
                        list[i].fixed = string_ref(t, c);
                if (has & CM_DB_RANGE_LAST_AFFECTED)
                        list[i].last_affected = string_ref(t, c);
        }
        s->ranges = list;
}

static void statement(const struct cm_db_tables *t, struct cm_arena *arena, struct cm_cursor *c,
                      struct cm_affected *s)
{
        uint8_t packed = cm_cursor_u8(c);
        uint8_t has = cm_cursor_u8(c);
        c->failed |= (packed & 15) >= CM_FIX_STATE_COUNT || packed >> 4 >= CM_SEVERITY_COUNT ||
                     has >= CM_DB_STMT_NOTE << 1;
        if (c->failed)
                return;
        s->state = (enum cm_fix_state)(packed & 15);
        s->severity = (enum cm_severity)(packed >> 4);
        range_list(t, arena, c, s);
        if (has & CM_DB_STMT_VERSIONS)
                s->versions = string_list(t, arena, c, &s->version_count);
        if (has & CM_DB_STMT_MODULE)
                s->module = string_ref(t, c);
        if (has & CM_DB_STMT_ARCH)
                s->arch = string_ref(t, c);
        if (has & CM_DB_STMT_NPM_RANGE)
                s->npm_range = string_ref(t, c);
        if (has & CM_DB_STMT_NOTE)
                s->note = string_ref(t, c);
}

int cm_db_decode_statements(const struct cm_db_tables *t, struct cm_arena *arena,
                            struct cm_sv value, const struct cm_affected **ret, size_t *ret_count,
                            struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(value);
        size_t n = count_of(&c, 4);
        struct cm_affected *list = n == 0 ? NULL : CM_NEW_ARRAY(arena, struct cm_affected, n);
        uint64_t index = 0;
        for (size_t i = 0; i < n && !c.failed; i++) {
                index += cm_cursor_varint(&c);
                c.failed |= index >= t->offsets.len / 4;
                list[i].advisory_index = (uint32_t)index;
                statement(t, arena, &c, &list[i]);
        }
        if (c.failed || c.len != 0)
                return damaged(err, "statements of a package");
        *ret = list;
        *ret_count = n;
        return 0;
}

int cm_db_decode_ids(struct cm_arena *arena, struct cm_sv value, const uint32_t **ret,
                     size_t *ret_count, struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(value);
        size_t n = count_of(&c, 1);
        uint32_t *list = n == 0 ? NULL : CM_NEW_ARRAY(arena, uint32_t, n);
        uint64_t index = 0;
        for (size_t i = 0; i < n && !c.failed; i++) {
                index += cm_cursor_varint(&c);
                c.failed |= index > UINT32_MAX;
                list[i] = (uint32_t)index;
        }
        if (c.failed || c.len != 0)
                return damaged(err, "index of identifiers");
        *ret = list;
        *ret_count = n;
        return 0;
}

int cm_db_decode_cve(struct cm_sv value, struct cm_cve_facts *ret, struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(value);
        struct cm_cve_facts facts = { 0 };
        uint8_t has = cm_cursor_u8(&c);
        if (has & CM_DB_CVE_EPSS) {
                uint32_t epss = cm_cursor_le32(&c);
                uint32_t percentile = cm_cursor_le32(&c);
                c.failed |= epss > CM_DB_EPSS_SCALE || percentile > CM_DB_EPSS_SCALE;
                facts.has_epss = true;
                facts.epss = (double)epss / CM_DB_EPSS_SCALE;
                facts.epss_percentile = (double)percentile / CM_DB_EPSS_SCALE;
        }
        if (has & CM_DB_CVE_KEV) {
                facts.kev = true;
                facts.kev_ransomware = (has & CM_DB_CVE_RANSOMWARE) != 0;
                facts.kev_added_s = seconds(&c);
                facts.kev_due_s = seconds(&c);
        }
        if (has & CM_DB_CVE_CVSS)
                facts.cvss = cm_cursor_bytes(&c);
        if (c.failed || c.len != 0)
                return damaged(err, "facts of a CVE");
        *ret = facts;
        return 0;
}

int cm_db_decode_eol(struct cm_sv value, struct cm_eol *ret, struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(value);
        struct cm_eol eol = { .eol_now = cm_cursor_u8(&c) != 0 };
        eol.released_s = seconds(&c);
        eol.eol_s = seconds(&c);
        eol.eol_lts_s = seconds(&c);
        if (c.failed || c.len != 0)
                return damaged(err, "life of a release");
        *ret = eol;
        return 0;
}

int cm_db_decode_spaces(struct cm_arena *arena, struct cm_sv value, const struct cm_db_space **ret,
                        size_t *ret_count, struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(value);
        size_t n = count_of(&c, 4);
        struct cm_db_space *list = n == 0 ? NULL : CM_NEW_ARRAY(arena, struct cm_db_space, n);
        for (size_t i = 0; i < n && !c.failed; i++) {
                list[i].space = cm_cursor_bytes(&c);
                list[i].package_count = cm_cursor_varint(&c);
                list[i].statement_count = cm_cursor_varint(&c);
                list[i].newest_s = seconds(&c);
        }
        if (c.failed || c.len != 0)
                return damaged(err, "list of spaces");
        *ret = list;
        *ret_count = n;
        return 0;
}

int cm_db_decode_sources(struct cm_arena *arena, struct cm_sv value,
                         const struct cm_adv_source **ret, size_t *ret_count, struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(value);
        size_t n = count_of(&c, 9);
        struct cm_adv_source *list = n == 0 ? NULL : CM_NEW_ARRAY(arena, struct cm_adv_source, n);
        for (size_t i = 0; i < n && !c.failed; i++) {
                list[i].name = cm_cursor_bytes(&c);
                list[i].kind = cm_cursor_bytes(&c);
                list[i].url = cm_cursor_bytes(&c);
                list[i].revision = cm_cursor_bytes(&c);
                list[i].licence = cm_cursor_bytes(&c);
                list[i].attribution = cm_cursor_bytes(&c);
                list[i].newest_s = seconds(&c);
                list[i].record_count = cm_cursor_varint(&c);
                list[i].rejected_count = cm_cursor_varint(&c);
        }
        if (c.failed || c.len != 0)
                return damaged(err, "list of sources");
        *ret = list;
        *ret_count = n;
        return 0;
}
