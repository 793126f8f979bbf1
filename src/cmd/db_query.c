/* SPDX-License-Identifier: Apache-2.0 */
/* `coaming db status|search|show`: what is in the databases that scans would use. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "advisory/db.h"
#include "advisory/default.h"
#include "base/buf.h"
#include "base/escape.h"
#include "base/limits.h"
#include "base/time.h"
#include "base/vec.h"
#include "cmd/db.h"

struct query {
        struct cm_arena *arena;
        CM_VEC(const char *) paths;
        CM_VEC(struct cm_db *) dbs;
        struct cm_sv ecosystem;
        struct cm_sv operand;
        bool json;
        struct cm_buf out;
};

static void read_options(struct query *q, const struct cm_args *args)
{
        const char *const *paths = NULL;
        size_t count = cm_args_list(args, "db", &paths);
        for (size_t i = 0; i < count; i++)
                *CM_VEC_PUSH(q->arena, &q->paths) = paths[i];
        q->json = cm_args_flag(args, "json");
        if (args->cmd == &cm_cmd_db_search)
                q->ecosystem = cm_sv_from_cstr(cm_args_get(args, "ecosystem"));
        if (args->positional_count > 0)
                q->operand = cm_sv_from_cstr(args->positional[0]);
}

static int open_all(struct query *q, struct cm_err *err)
{
        const char *const *paths = q->paths.items;
        size_t n = q->paths.count;
        int r = 0;
        if (n == 0) {
                struct cm_db_places places;
                cm_db_places_load(q->arena, &places);
                r = cm_db_default_find(q->arena, &places, &paths, &n, err);
        }
        for (size_t i = 0; r == 0 && i < n; i++) {
                struct cm_db *db = NULL;
                r = cm_db_open(paths[i], &db, err);
                if (r == 0)
                        *CM_VEC_PUSH(q->arena, &q->dbs) = db;
        }
        return r;
}

/* Key and value of an object member; `first` begins the list. */
static void json_key(struct query *q, bool first, const char *key)
{
        cm_buf_printf(&q->out, "%s", first ? "" : ",");
        cm_buf_put_json(&q->out, cm_sv_from_cstr(key));
        cm_buf_put_char(&q->out, ':');
}

static void json_text(struct query *q, bool first, const char *key, struct cm_sv value)
{
        json_key(q, first, key);
        cm_buf_put_json(&q->out, value);
}

static void json_number(struct query *q, const char *key, uint64_t value)
{
        json_key(q, false, key);
        cm_buf_printf(&q->out, "%llu", (unsigned long long)value);
}

static void json_date(struct query *q, const char *key, int64_t unix_s)
{
        char date[CM_TIME_TEXT_BYTES];
        if (unix_s > 0)
                json_text(q, false, key, cm_sv_from_cstr(cm_time_format(unix_s, date)));
}

static const char *date_or_dash(int64_t unix_s, char text[CM_TIME_TEXT_BYTES])
{
        return unix_s > 0 ? cm_date_format(unix_s, text) : "-";
}

/* Text of a cell: escaped, cut to its width. */
static void cell(struct query *q, struct cm_sv text, int width)
{
        const char *s = cm_escape(q->arena, text);
        cm_buf_printf(&q->out, "%-*.*s ", width, width, s);
}

static void status_text(struct query *q, const struct cm_db *db,
                        const struct cm_adv_source *sources, size_t source_count,
                        const struct cm_db_space *spaces, size_t space_count)
{
        const struct cm_db_info *info = cm_db_info(db);
        char date[CM_TIME_TEXT_BYTES];
        int64_t age_days = ((int64_t)time(NULL) - info->newest_s) / 86400;
        cm_buf_printf(&q->out, "Database    %s\n", cm_escape(q->arena, info->name));
        cm_buf_printf(&q->out, "Newest      %s (%lld days old)\n",
                      date_or_dash(info->newest_s, date), (long long)CM_MAX(age_days, 0));
        cm_buf_printf(&q->out, "Content     %llu advisories, %llu statements, %llu rejected\n",
                      (unsigned long long)info->advisory_count,
                      (unsigned long long)info->statement_count,
                      (unsigned long long)info->rejected_count);
        cm_buf_printf(&q->out, "Digest      %s\n\n", cm_escape(q->arena, info->content_digest));
        cm_buf_printf(&q->out, "%-26s %-14s %9s %-10s %s\n", "SOURCE", "KIND", "RECORDS", "NEWEST",
                      "LICENCE");
        for (size_t i = 0; i < source_count; i++) {
                cell(q, sources[i].name, 26);
                cell(q, sources[i].kind, 14);
                cm_buf_printf(&q->out, "%9llu %-10s %.16s\n",
                              (unsigned long long)sources[i].record_count,
                              date_or_dash(sources[i].newest_s, date),
                              cm_escape(q->arena, sources[i].licence));
        }
        cm_buf_printf(&q->out, "\n%-34s %10s %12s %-10s\n", "COVERS", "PACKAGES", "STATEMENTS",
                      "NEWEST");
        for (size_t i = 0; i < space_count; i++) {
                cell(q, spaces[i].space, 34);
                cm_buf_printf(&q->out, "%10llu %12llu %-10s\n",
                              (unsigned long long)spaces[i].package_count,
                              (unsigned long long)spaces[i].statement_count,
                              date_or_dash(spaces[i].newest_s, date));
        }
}

static void status_json(struct query *q, const struct cm_db *db,
                        const struct cm_adv_source *sources, size_t source_count,
                        const struct cm_db_space *spaces, size_t space_count)
{
        const struct cm_db_info *info = cm_db_info(db);
        cm_buf_put_char(&q->out, '{');
        json_text(q, true, "name", info->name);
        json_number(q, "format", info->format);
        json_date(q, "newest", info->newest_s);
        json_number(q, "advisories", info->advisory_count);
        json_number(q, "statements", info->statement_count);
        json_number(q, "rejected", info->rejected_count);
        json_text(q, false, "digest", info->content_digest);
        json_key(q, false, "sources");
        for (size_t i = 0; i < source_count; i++) {
                cm_buf_put_str(&q->out, i == 0 ? "[{" : ",{");
                json_text(q, true, "name", sources[i].name);
                json_text(q, false, "kind", sources[i].kind);
                json_text(q, false, "url", sources[i].url);
                json_text(q, false, "revision", sources[i].revision);
                json_text(q, false, "licence", sources[i].licence);
                json_text(q, false, "attribution", sources[i].attribution);
                json_date(q, "newest", sources[i].newest_s);
                json_number(q, "records", sources[i].record_count);
                json_number(q, "rejected", sources[i].rejected_count);
                cm_buf_put_char(&q->out, '}');
        }
        cm_buf_put_str(&q->out, source_count == 0 ? "[]" : "]");
        json_key(q, false, "spaces");
        for (size_t i = 0; i < space_count; i++) {
                cm_buf_put_str(&q->out, i == 0 ? "[{" : ",{");
                json_text(q, true, "space", spaces[i].space);
                json_number(q, "packages", spaces[i].package_count);
                json_number(q, "statements", spaces[i].statement_count);
                json_date(q, "newest", spaces[i].newest_s);
                cm_buf_put_char(&q->out, '}');
        }
        cm_buf_put_str(&q->out, space_count == 0 ? "[]}" : "]}");
}

static int status(struct query *q, struct cm_err *err)
{
        for (size_t i = 0; i < q->dbs.count; i++) {
                const struct cm_adv_source *sources = NULL;
                const struct cm_db_space *spaces = NULL;
                size_t ns = 0;
                size_t np = 0;
                int r = cm_db_sources(q->dbs.items[i], q->arena, &sources, &ns, err);
                if (r == 0)
                        r = cm_db_spaces(q->dbs.items[i], q->arena, &spaces, &np, err);
                if (r < 0)
                        return r;
                cm_buf_put_str(&q->out, i == 0 ? "" : q->json ? "," : "\n");
                (q->json ? status_json : status_text)(q, q->dbs.items[i], sources, ns, spaces, np);
        }
        return 0;
}

/* ">=1.0 <1.2 || <=2" */
static struct cm_sv range_text(struct cm_arena *arena, const struct cm_affected *a)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&buf, CM_MIB(1));
        if (a->state == CM_FIX_STATE_NOT_AFFECTED)
                return CM_SV("none");
        for (size_t i = 0; i < a->range_count; i++) {
                const struct cm_range *r = &a->ranges[i];
                const char *gap = "";
                cm_buf_put_str(&buf, i == 0 ? "" : " || ");
                if (r->introduced.len > 0) {
                        cm_buf_printf(&buf, ">=%.*s", CM_SV_ARG(r->introduced));
                        gap = " ";
                }
                if (r->fixed.len > 0)
                        cm_buf_printf(&buf, "%s<%.*s", gap, CM_SV_ARG(r->fixed));
                else if (r->last_affected.len > 0)
                        cm_buf_printf(&buf, "%s<=%.*s", gap, CM_SV_ARG(r->last_affected));
                else if (r->introduced.len == 0)
                        cm_buf_put_str(&buf, "all");
        }
        if (a->version_count > 0)
                cm_buf_printf(&buf, "%s%zu listed", a->range_count > 0 ? " || " : "",
                              a->version_count);
        return cm_sv_dup(arena, cm_buf_sv(&buf));
}

static void statement_json(struct query *q, bool first, struct cm_sv space, struct cm_sv name,
                           const struct cm_affected *a)
{
        cm_buf_put_str(&q->out, first ? "{" : ",{");
        json_text(q, true, "space", space);
        json_text(q, false, "package", name);
        json_text(q, false, "state", cm_sv_from_cstr(cm_fix_state_to_string(a->state)));
        json_text(q, false, "affected", range_text(q->arena, a));
        if (a->severity != CM_SEVERITY_UNKNOWN)
                json_text(q, false, "severity",
                          cm_sv_from_cstr(cm_severity_to_string(a->severity)));
        if (a->module.len > 0)
                json_text(q, false, "module", a->module);
        if (a->note.len > 0)
                json_text(q, false, "note", a->note);
}

static int search_space(struct query *q, const struct cm_db *db, struct cm_sv space, size_t *found,
                        struct cm_err *err)
{
        const struct cm_affected *list = NULL;
        size_t n = 0;
        int r = cm_db_lookup(db, q->arena, space, q->operand, &list, &n, err);
        for (size_t i = 0; r == 0 && i < n; i++) {
                struct cm_advisory adv;
                r = cm_db_advisory(db, q->arena, list[i].advisory_index, &adv, err);
                if (r < 0)
                        return r;
                if (q->json) {
                        statement_json(q, *found == 0, space, q->operand, &list[i]);
                        json_text(q, false, "id", adv.id);
                        cm_buf_put_char(&q->out, '}');
                } else {
                        cell(q, space, 14);
                        cell(q, adv.id, 22);
                        cm_buf_printf(&q->out, "%-12.12s %.28s\n",
                                      cm_fix_state_to_string(list[i].state),
                                      cm_escape(q->arena, range_text(q->arena, &list[i])));
                }
                ++*found;
        }
        return r;
}

/* `--ecosystem Debian` takes all its releases, `Debian:12` one. */
static bool ecosystem_takes(struct cm_sv wanted, struct cm_sv space)
{
        return wanted.len == 0 || cm_sv_eq(wanted, space) ||
               (cm_sv_has_prefix(space, wanted) && space.ptr[wanted.len] == ':');
}

static int search(struct query *q, struct cm_err *err)
{
        size_t found = 0;
        if (!q->json)
                cm_buf_printf(&q->out, "%-14s %-22s %-12s %s\n", "SPACE", "ADVISORY", "STATE",
                              "AFFECTED");
        for (size_t i = 0; i < q->dbs.count; i++) {
                const struct cm_db_space *spaces = NULL;
                size_t n = 0;
                int r = cm_db_spaces(q->dbs.items[i], q->arena, &spaces, &n, err);
                for (size_t k = 0; r == 0 && k < n; k++)
                        if (ecosystem_takes(q->ecosystem, spaces[k].space))
                                r = search_space(q, q->dbs.items[i], spaces[k].space, &found, err);
                if (r < 0)
                        return r;
        }
        if (found == 0)
                return CM_RAISE(err, CM_E_NOT_FOUND, "no advisory speaks of package '%s'",
                                cm_escape(q->arena, q->operand));
        return 0;
}

static void texts_json(struct query *q, const char *key, const struct cm_sv *list, size_t n)
{
        json_key(q, false, key);
        cm_buf_put_char(&q->out, '[');
        for (size_t i = 0; i < n; i++) {
                cm_buf_put_str(&q->out, i == 0 ? "" : ",");
                cm_buf_put_json(&q->out, list[i]);
        }
        cm_buf_put_char(&q->out, ']');
}

static void texts_line(struct query *q, const char *label, const struct cm_sv *list, size_t n)
{
        size_t column = 0;
        for (size_t i = 0; i < n; i++) {
                const char *s = cm_escape(q->arena, list[i]);
                if (i == 0 || column + strlen(s) > 78) {
                        cm_buf_printf(&q->out, "%s%-11s", i == 0 ? "" : "\n", i == 0 ? label : "");
                        column = 11;
                }
                cm_buf_printf(&q->out, " %s", s);
                column += strlen(s) + 1;
        }
        if (n > 0)
                cm_buf_put_char(&q->out, '\n');
}

static void advisory_text(struct query *q, const struct cm_advisory *a, struct cm_sv source)
{
        char date[CM_TIME_TEXT_BYTES];
        cm_buf_printf(&q->out, "%s  %s\n", cm_escape(q->arena, a->id),
                      cm_escape(q->arena, a->title));
        cm_buf_printf(&q->out, "%-11s %s\n", "Source", cm_escape(q->arena, source));
        if (a->url.len > 0)
                cm_buf_printf(&q->out, "%-11s %s\n", "Page", cm_escape(q->arena, a->url));
        if (a->severity != CM_SEVERITY_UNKNOWN)
                cm_buf_printf(&q->out, "%-11s %s\n", "Severity",
                              cm_severity_to_string(a->severity));
        for (size_t i = 0; i < a->cvss_count; i++)
                cm_buf_printf(&q->out, "%-11s %s\n", "CVSS",
                              cm_escape(q->arena, a->cvss[i].vector));
        if (a->published_s > 0)
                cm_buf_printf(&q->out, "%-11s %s\n", "Published",
                              cm_date_format(a->published_s, date));
        if (a->modified_s > 0)
                cm_buf_printf(&q->out, "%-11s %s\n", "Modified",
                              cm_date_format(a->modified_s, date));
        texts_line(q, "Aliases", a->aliases, a->alias_count);
        texts_line(q, "Related", a->related, a->related_count);
}

static void advisory_json(struct query *q, const struct cm_advisory *a, struct cm_sv source)
{
        json_text(q, true, "id", a->id);
        json_text(q, false, "title", a->title);
        json_text(q, false, "source", source);
        json_text(q, false, "url", a->url);
        json_text(q, false, "severity", cm_sv_from_cstr(cm_severity_to_string(a->severity)));
        json_date(q, "published", a->published_s);
        json_date(q, "modified", a->modified_s);
        texts_json(q, "aliases", a->aliases, a->alias_count);
        texts_json(q, "related", a->related, a->related_count);
        json_key(q, false, "cvss");
        cm_buf_put_char(&q->out, '[');
        for (size_t i = 0; i < a->cvss_count; i++) {
                cm_buf_put_str(&q->out, i == 0 ? "" : ",");
                cm_buf_put_json(&q->out, a->cvss[i].vector);
        }
        cm_buf_put_char(&q->out, ']');
}

static int show_one(struct query *q, const struct cm_db *db, uint32_t index, bool first,
                    struct cm_err *err)
{
        struct cm_advisory a;
        const struct cm_adv_source *sources = NULL;
        const struct cm_db_package *packages = NULL;
        size_t source_count = 0;
        size_t n = 0;
        int r = cm_db_advisory(db, q->arena, index, &a, err);
        if (r == 0)
                r = cm_db_sources(db, q->arena, &sources, &source_count, err);
        if (r == 0)
                r = cm_db_packages_of(db, q->arena, index, &packages, &n, err);
        if (r < 0)
                return r;
        struct cm_sv source =
                a.source_index < source_count ? sources[a.source_index].name : CM_SV("?");
        if (!q->json) {
                cm_buf_put_str(&q->out, first ? "" : "\n");
                advisory_text(q, &a, source);
                for (size_t i = 0; i < n; i++) {
                        cm_buf_put_str(&q->out, "  ");
                        cell(q, packages[i].space, 14);
                        cell(q, packages[i].name, 24);
                        cm_buf_printf(
                                &q->out, "%-12.12s %.24s\n",
                                cm_fix_state_to_string(packages[i].affected.state),
                                cm_escape(q->arena, range_text(q->arena, &packages[i].affected)));
                }
                return 0;
        }
        cm_buf_put_str(&q->out, first ? "{" : ",{");
        advisory_json(q, &a, source);
        json_key(q, false, "packages");
        cm_buf_put_char(&q->out, '[');
        for (size_t i = 0; i < n; i++) {
                statement_json(q, i == 0, packages[i].space, packages[i].name,
                               &packages[i].affected);
                cm_buf_put_char(&q->out, '}');
        }
        cm_buf_put_str(&q->out, "]}");
        return 0;
}

static void cve_text(struct query *q, const struct cm_cve_facts *f)
{
        char date[CM_TIME_TEXT_BYTES];
        if (f->has_epss)
                cm_buf_printf(&q->out, "%-11s %.5f (percentile %.1f)\n", "EPSS", f->epss,
                              f->epss_percentile * 100);
        if (f->kev)
                cm_buf_printf(&q->out, "%-11s known to be exploited since %s%s\n", "KEV",
                              date_or_dash(f->kev_added_s, date),
                              f->kev_ransomware ? ", by ransomware" : "");
}

static int show(struct query *q, struct cm_err *err)
{
        size_t found = 0;
        for (size_t i = 0; i < q->dbs.count; i++) {
                const uint32_t *list = NULL;
                size_t n = 0;
                struct cm_cve_facts facts;
                int r = cm_db_find_id(q->dbs.items[i], q->arena, q->operand, &list, &n, err);
                for (size_t k = 0; r == 0 && k < n; k++)
                        r = show_one(q, q->dbs.items[i], list[k], found++ == 0, err);
                if (r < 0)
                        return r;
                r = cm_db_cve(q->dbs.items[i], q->operand, &facts, err);
                if (r < 0)
                        return r;
                if (r > 0 && !q->json)
                        cve_text(q, &facts);
                found += r > 0 && !q->json;
        }
        if (found == 0)
                return CM_RAISE(err, CM_E_NOT_FOUND, "no database knows '%s'",
                                cm_escape(q->arena, q->operand));
        return 0;
}

static int run(const struct cm_args *args, int (*fn)(struct query *q, struct cm_err *err))
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(512));
        struct cm_err err = CM_ERR_INIT;
        struct query q = { .arena = arena };
        cm_buf_init(&q.out, CM_MIB(256));
        read_options(&q, args);
        int r = open_all(&q, &err);
        if (r == 0) {
                cm_buf_put_str(&q.out, q.json ? "[" : "");
                r = fn(&q, &err);
                cm_buf_put_str(&q.out, q.json ? "]\n" : "");
        }
        if (r == 0)
                r = cm_buf_check(&q.out, "answer", &err);
        if (r == 0 && (fwrite(q.out.ptr, 1, q.out.len, stdout) != q.out.len || fflush(stdout) != 0))
                r = CM_RAISE(&err, CM_E_IO, "could not write the answer");
        for (size_t i = 0; i < q.dbs.count; i++)
                cm_db_close(q.dbs.items[i]);
        cm_buf_fini(&q.out);
        return r == 0 ? 0 : cm_command_fail(&err);
}

static int status_run(const struct cm_args *args)
{
        return run(args, status);
}

static int search_run(const struct cm_args *args)
{
        return run(args, search);
}

static int show_run(const struct cm_args *args)
{
        return run(args, show);
}

#define DB_OPTIONS                                               \
        { .name = "db",                                          \
          .kind = CM_OPT_LIST,                                   \
          .arg = "FILE",                                         \
          .help = "database to ask instead of the default ones", \
          .in_config = true },                                   \
        {                                                        \
                .name = "json", .help = "machine-readable"       \
        }

static const struct cm_opt options[] = { DB_OPTIONS, { .name = NULL } };

static const struct cm_opt search_options[] = {
        DB_OPTIONS,
        { .name = "ecosystem",
          .kind = CM_OPT_VALUE,
          .arg = "SPACE",
          .help = "only this one: npm, PyPI, Go, Debian:12, ..." },
        { .name = NULL },
};

const struct cm_cmd cm_cmd_db_status = {
        .name = "status",
        .summary = "sources, age and coverage of the databases",
        .synopsis = "[--db FILE...]",
        .options = options,
        .run = status_run,
};

const struct cm_cmd cm_cmd_db_search = {
        .name = "search",
        .summary = "what is known about a package",
        .synopsis = "PACKAGE [--ecosystem SPACE]",
        .options = search_options,
        .positional_min = 1,
        .positional_max = 1,
        .examples = (const char *const[]){ "coaming db search openssl --ecosystem Debian:12",
                                           "all advisories for Debian 12's openssl", NULL },
        .run = search_run,
};

const struct cm_cmd cm_cmd_db_show = {
        .name = "show",
        .summary = "everything about one advisory or CVE",
        .synopsis = "ID",
        .options = options,
        .positional_min = 1,
        .positional_max = 1,
        .examples = (const char *const[]){ "coaming db show CVE-2023-24539", "by any of its ids",
                                           NULL },
        .run = show_run,
};
