/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of feeds: each parses its inputs in tests/golden/feed and prints what the sink got. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "advisory/feed.h"
#include "advisory/space.h"
#include "base/buf.h"
#include "base/time.h"
#include "tests/harness.h"

struct record {
        struct cm_buf out;
        size_t skips[CM_FEED_SKIP_COUNT];
};

static void put_texts(struct cm_buf *out, const char *label, const struct cm_sv *list, size_t n)
{
        for (size_t i = 0; i < n; i++)
                cm_buf_printf(out, " %s=%.*s", label, CM_SV_ARG(list[i]));
}

static int on_advisory(void *ctx, const struct cm_advisory *a, const struct cm_db_package *p,
                       size_t n, struct cm_err *err)
{
        struct cm_buf *out = &((struct record *)ctx)->out;
        char date[CM_TIME_TEXT_BYTES];
        (void)err;
        cm_buf_printf(out, "advisory %.*s %s flags=%u", CM_SV_ARG(a->id),
                      cm_severity_to_string(a->severity), a->flags);
        if (a->published_s != 0)
                cm_buf_printf(out, " published=%s", cm_date_format(a->published_s, date));
        if (a->modified_s != 0)
                cm_buf_printf(out, " modified=%s", cm_date_format(a->modified_s, date));
        put_texts(out, "alias", a->aliases, a->alias_count);
        put_texts(out, "related", a->related, a->related_count);
        for (size_t i = 0; i < a->cvss_count; i++)
                cm_buf_printf(out, " cvss=%.*s:%.*s", CM_SV_ARG(a->cvss[i].source),
                              CM_SV_ARG(a->cvss[i].vector));
        cm_buf_printf(out, "\n  title %.*s\n  url %.*s\n", CM_SV_ARG(cm_sv_slice(a->title, 0, 60)),
                      CM_SV_ARG(a->url));
        for (size_t i = 0; i < n; i++) {
                const struct cm_affected *s = &p[i].affected;
                cm_buf_printf(out, "  %.*s %.*s %s", CM_SV_ARG(p[i].space), CM_SV_ARG(p[i].name),
                              cm_fix_state_to_string(s->state));
                if (s->severity != CM_SEVERITY_UNKNOWN)
                        cm_buf_printf(out, " %s", cm_severity_to_string(s->severity));
                for (size_t k = 0; k < s->range_count; k++)
                        cm_buf_printf(out, " [%.*s|%.*s|%.*s]", CM_SV_ARG(s->ranges[k].introduced),
                                      CM_SV_ARG(s->ranges[k].fixed),
                                      CM_SV_ARG(s->ranges[k].last_affected));
                put_texts(out, "version", s->versions, s->version_count);
                if (s->module.len > 0)
                        cm_buf_printf(out, " module=%.*s", CM_SV_ARG(s->module));
                if (s->note.len > 0)
                        cm_buf_printf(out, " note=%.*s", CM_SV_ARG(s->note));
                cm_buf_put_char(out, '\n');
        }
        return 0;
}

static int on_cve(void *ctx, struct cm_sv cve, const struct cm_cve_facts *f, struct cm_err *err)
{
        struct cm_buf *out = &((struct record *)ctx)->out;
        char a[CM_TIME_TEXT_BYTES];
        char b[CM_TIME_TEXT_BYTES];
        (void)err;
        cm_buf_printf(out, "cve %.*s", CM_SV_ARG(cve));
        if (f->cvss.len > 0)
                cm_buf_printf(out, " cvss=%.*s", CM_SV_ARG(f->cvss));
        if (f->has_epss)
                cm_buf_printf(out, " epss=%.9f percentile=%.9f", f->epss, f->epss_percentile);
        if (f->kev)
                cm_buf_printf(out, " kev added=%s due=%s%s", cm_date_format(f->kev_added_s, a),
                              cm_date_format(f->kev_due_s, b),
                              f->kev_ransomware ? " ransomware" : "");
        cm_buf_put_char(out, '\n');
        return 0;
}

static int on_eol(void *ctx, const struct cm_eol *e, struct cm_err *err)
{
        struct cm_buf *out = &((struct record *)ctx)->out;
        char a[CM_TIME_TEXT_BYTES];
        char b[CM_TIME_TEXT_BYTES];
        char c[CM_TIME_TEXT_BYTES];
        (void)err;
        cm_buf_printf(out, "eol %.*s %.*s released=%s eol=%s lts=%s%s\n", CM_SV_ARG(e->product),
                      CM_SV_ARG(e->cycle), cm_date_format(e->released_s, a),
                      cm_date_format(e->eol_s, b), cm_date_format(e->eol_lts_s, c),
                      e->eol_now ? " ended" : "");
        return 0;
}

static void on_reject(void *ctx, struct cm_sv where, const char *reason)
{
        cm_buf_printf(&((struct record *)ctx)->out, "reject %.*s: %s\n", CM_SV_ARG(where), reason);
}

static void on_skip(void *ctx, enum cm_feed_skip skip)
{
        ((struct record *)ctx)->skips[skip]++;
}

static void on_newest(void *ctx, int64_t unix_s)
{
        char a[CM_TIME_TEXT_BYTES];
        cm_buf_printf(&((struct record *)ctx)->out, "newest %s\n", cm_date_format(unix_s, a));
}

/* Text of one run: records in order, then the counts of what was left out, then the error. */
static struct cm_sv run(struct cm_arena *arena, const struct cm_feed *feed, struct cm_sv member,
                        struct cm_sv content)
{
        struct record rec = { 0 };
        struct cm_err err = CM_ERR_INIT;
        cm_buf_init(&rec.out, CM_MIB(16));
        const struct cm_feed_sink sink = { .ctx = &rec,
                                           .advisory = on_advisory,
                                           .cve = on_cve,
                                           .eol = on_eol,
                                           .reject = on_reject,
                                           .skip = on_skip,
                                           .newest = on_newest };
        int r = feed->parse(arena, member, content, &sink, &err);
        for (int i = 0; i < CM_FEED_SKIP_COUNT; i++)
                if (rec.skips[i] > 0)
                        cm_buf_printf(&rec.out, "left out %zu: %s\n", rec.skips[i],
                                      cm_feed_skip_to_string((enum cm_feed_skip)i));
        if (r < 0)
                cm_buf_printf(&rec.out, "error %s: %s\n", cm_err_name(err.code), err.text);
        struct cm_sv text = cm_sv_dup(arena, cm_buf_sv(&rec.out));
        cm_buf_fini(&rec.out);
        return text;
}

static int by_name(const void *pa, const void *pb)
{
        return strcmp(*(char *const *)pa, *(char *const *)pb);
}

static size_t list(const char *path, char **names, size_t max)
{
        DIR *d = opendir(path);
        size_t n = 0;
        if (d == NULL)
                return 0;
        for (struct dirent *e = readdir(d); e != NULL && n < max; e = readdir(d))
                if (e->d_name[0] != '.')
                        names[n++] = strdup(e->d_name);
        closedir(d);
        qsort(names, n, sizeof(*names), by_name);
        return n;
}

/* A case is a folder with one file input.* and the text expected; BLESS=1 writes the latter. */
static void golden_case(struct cm_arena *arena, const struct cm_feed *feed, const char *dir)
{
        char *names[16];
        char path[512];
        struct cm_sv input = CM_SV_NULL;
        const char *member = NULL;
        size_t n = list(dir, names, 16);
        for (size_t i = 0; i < n; i++) {
                if (strcmp(names[i], "expected") == 0)
                        continue;
                snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
                input = cm_test_read(path);
                member = names[i];
        }
        CM_CHECK(member != NULL);
        struct cm_sv got = run(arena, feed, cm_sv_from_cstr(member), input);
        snprintf(path, sizeof(path), "%s/expected", dir);
        if (getenv("BLESS") != NULL) {
                FILE *f = fopen(path, "w");
                CM_CHECK(f != NULL && fwrite(got.ptr, 1, got.len, f) == got.len);
                fclose(f);
                return;
        }
        struct cm_sv want = cm_test_read(path);
        if (!cm_sv_eq(got, want))
                cm_test_fail(dir, 0, "feed %s gives:\n%.*s", feed->name, CM_SV_ARG(got));
}

CM_TEST(golden_cases_of_every_feed)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(256));
        for (size_t i = 0; cm_feed_at(i) != NULL; i++) {
                const struct cm_feed *feed = cm_feed_at(i);
                char dir[256];
                char *cases[64];
                snprintf(dir, sizeof(dir), "tests/golden/feed/%s", feed->name);
                size_t n = list(dir, cases, 64);
                if (n < 2)
                        cm_test_fail(dir, 0, "feed %s has fewer than two golden cases", feed->name);
                for (size_t k = 0; k < n; k++) {
                        char path[400];
                        snprintf(path, sizeof(path), "%s/%s", dir, cases[k]);
                        golden_case(arena, feed, path);
                }
        }
}

CM_TEST(every_feed_is_documented_and_fuzzed)
{
        struct cm_sv docs = cm_test_read("docs/feeds.md");
        for (size_t i = 0; cm_feed_at(i) != NULL; i++) {
                const struct cm_feed *feed = cm_feed_at(i);
                char heading[64];
                char corpus[128];
                char *names[4];
                snprintf(heading, sizeof(heading), "\n## %s\n", feed->name);
                CM_CHECK(cm_sv_find(docs, cm_sv_from_cstr(heading)) >= 0);
                snprintf(corpus, sizeof(corpus), "tests/corpus/feed_%s", feed->name);
                for (char *p = corpus; *p != '\0'; p++)
                        if (*p == '-')
                                *p = '_';
                CM_CHECK(list(corpus, names, 4) > 0);
        }
}

CM_TEST(spaces_are_canonical)
{
        static const struct {
                const char *osv;
                const char *space; /* NULL = refused */
        } cases[] = {
                { "Ubuntu:22.04:LTS", "Ubuntu:22.04" },
                { "Ubuntu:24.10", "Ubuntu:24.10" },
                { "Ubuntu:Pro:18.04:LTS", "Ubuntu:Pro:18.04" },
                { "Alpine:3.20", "Alpine:v3.20" },
                { "Alpine:v3.20", "Alpine:v3.20" },
                { "AlmaLinux:9.2", "AlmaLinux:9" },
                { "Packagist:https://packages.drupal.org/8", "Packagist" },
                { "Debian:12", "Debian:12" },
                { "Go", "Go" },
                { "Alpine", NULL },
                { "Debian", NULL },
                { "Ubuntu", NULL },
                { "Ubuntu:Pro", NULL },
                { "Debian:", NULL },
                { "", NULL },
        };
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_sv got = CM_SV_NULL;
                int r = cm_space_from_osv(arena, cm_sv_from_cstr(cases[i].osv), &got);
                CM_CHECK_INT(r, cases[i].space != NULL);
                if (cases[i].space != NULL)
                        CM_CHECK_SV(got, cases[i].space);
        }
        CM_CHECK_SV(cm_space_package_name(arena, CM_SV("PyPI"), CM_SV("Zope._-Interface")),
                    "zope-interface");
        CM_CHECK_SV(cm_space_package_name(arena, CM_SV("npm"), CM_SV("JSONStream")), "JSONStream");
}
