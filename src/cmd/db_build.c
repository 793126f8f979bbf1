/* SPDX-License-Identifier: Apache-2.0 */
/* `coaming db build`: feeds into a database file, with what was left out and why. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "advisory/build.h"
#include "advisory/pack.h"
#include "advisory/sources.h"
#include "base/escape.h"
#include "base/time.h"
#include "base/vec.h"
#include "cmd/db.h"

struct feed_arg {
        const struct cm_feed *feed;
        const char *path;
        struct cm_sv include;
        struct cm_adv_source meta;
};

struct options {
        CM_VEC(struct feed_arg) feeds;
        const char *output;
        struct cm_sv name;
        int64_t as_of_s;
        bool all_cves;
        bool verbose;
};

/* "dir/pypa.tar.zst" -> "pypa" */
static struct cm_sv stem_of(struct cm_sv path)
{
        static const char *const suffixes[] = { ".gz",  ".zst",  ".bz2",   ".xz",  ".tar",  ".tgz",
                                                ".zip", ".json", ".jsonl", ".csv", ".yaml", ".db" };
        struct cm_sv base = path;
        while (base.len > 1 && base.ptr[base.len - 1] == '/')
                base.len--;
        base = cm_sv_base_name(base);
        for (size_t i = 0; i < CM_ARRAY_LEN(suffixes); i++) {
                struct cm_sv s = cm_sv_from_cstr(suffixes[i]);
                if (base.len > s.len && cm_sv_has_suffix(base, s))
                        base.len -= s.len;
        }
        return base;
}

static bool set_field(struct feed_arg *arg, struct cm_sv key, struct cm_sv value)
{
        struct {
                const char *key;
                struct cm_sv *field;
        } fields[] = {
                { "name", &arg->meta.name },
                { "url", &arg->meta.url },
                { "revision", &arg->meta.revision },
                { "licence", &arg->meta.licence },
                { "attribution", &arg->meta.attribution },
                { "include", &arg->include },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(fields); i++) {
                if (cm_sv_eq(key, cm_sv_from_cstr(fields[i].key))) {
                        *fields[i].field = value;
                        return true;
                }
        }
        return false;
}

static int feed_option(struct cm_arena *arena, struct cm_sv text, struct feed_arg *ret,
                       struct cm_err *err)
{
        struct cm_sv rest;
        struct cm_sv kind;
        struct cm_sv path;
        if (!cm_sv_cut(text, ':', &kind, &rest))
                return CM_RAISE(err, CM_E_USAGE, "--feed takes KIND:PATH, not '%s'",
                                cm_escape(arena, text));
        struct feed_arg arg = { .feed = cm_feed_find(kind) };
        if (arg.feed == NULL)
                return CM_RAISE(err, CM_E_USAGE, "there is no feed kind '%s'",
                                cm_escape(arena, kind));
        CM_IGNORE(cm_sv_cut(rest, ',', &path, &rest));
        if (path.len == text.len - kind.len - 1)
                rest = CM_SV_NULL;
        if (path.len == 0)
                return CM_RAISE(err, CM_E_USAGE, "--feed takes KIND:PATH, not '%s'",
                                cm_escape(arena, text));
        int r = cm_cstr(arena, path, &arg.path, err);
        if (r < 0)
                return r;
        arg.meta.name = stem_of(path);
        struct cm_sv field;
        struct cm_sv fields = rest;
        while (cm_sv_next_field(&fields, ',', &field)) {
                struct cm_sv key;
                struct cm_sv value;
                bool is_pair = cm_sv_cut(field, '=', &key, &value);
                if (is_pair && cm_sv_eq(key, CM_SV("newest"))) {
                        if (cm_time_parse(value, &arg.meta.newest_s, err) < 0)
                                return cm_err_context(err, "newest");
                        continue;
                }
                if (!is_pair || !set_field(&arg, key, value))
                        return CM_RAISE(err, CM_E_USAGE, "'%s' is no attribute of a feed",
                                        cm_escape(arena, field));
        }
        struct cm_adv_source known = { 0 };
        if (cm_source_known(arg.meta.name, &known)) {
                if (arg.meta.url.len == 0)
                        arg.meta.url = known.url;
                if (arg.meta.licence.len == 0)
                        arg.meta.licence = known.licence;
                if (arg.meta.attribution.len == 0)
                        arg.meta.attribution = known.attribution;
        }
        arg.meta.kind = cm_sv_from_cstr(arg.feed->name);
        *ret = arg;
        return 0;
}

static int read_options(const struct cm_args *args, struct options *o, struct cm_err *err)
{
        const char *const *feeds = NULL;
        size_t count = cm_args_list(args, "feed", &feeds);
        if (count == 0)
                return CM_RAISE(err, CM_E_USAGE, "nothing to build from: give --feed KIND:PATH");
        for (size_t i = 0; i < count; i++) {
                int r = feed_option(args->arena, cm_sv_from_cstr(feeds[i]),
                                    CM_VEC_PUSH(args->arena, &o->feeds), err);
                if (r < 0)
                        return r;
        }
        o->output = cm_args_get(args, "output");
        if (o->output == NULL)
                return CM_RAISE(err, CM_E_USAGE, "where to? give --output FILE");
        o->all_cves = cm_args_flag(args, "all-cves");
        o->verbose = cm_args_flag(args, "verbose");
        o->name = cm_sv_from_cstr(cm_args_get(args, "name"));
        if (o->name.len == 0)
                o->name = stem_of(cm_sv_from_cstr(o->output));
        const char *as_of = cm_args_get(args, "as-of");
        if (as_of == NULL)
                return 0;
        int r = cm_time_parse(cm_sv_from_cstr(as_of), &o->as_of_s, err);
        if (r < 0)
                err->code = CM_E_USAGE;
        return r < 0 ? cm_err_context(err, "--as-of") : 0;
}

/* Records dated after this are taken for slips; SOURCE_DATE_EPOCH keeps builds reproducible. */
static int64_t default_as_of(void)
{
        const char *epoch = getenv("SOURCE_DATE_EPOCH");
        struct cm_err err = CM_ERR_INIT;
        int64_t at = 0;
        if (epoch != NULL && cm_parse_i64(cm_sv_from_cstr(epoch), 0, INT64_MAX / 2, &at, &err) == 0)
                return at;
        return (int64_t)time(NULL);
}

static void tell_source(struct cm_arena *arena, struct cm_db_builder *b,
                        const struct feed_arg *feed, uint64_t rejected)
{
        printf("%-28s %-14s %8llu records", cm_escape(arena, feed->meta.name), feed->feed->name,
               (unsigned long long)cm_db_builder_record_count(b));
        if (rejected > 0)
                printf(", %llu rejected", (unsigned long long)rejected);
        putchar('\n');
        for (int i = 0; i < CM_FEED_SKIP_COUNT; i++) {
                uint64_t n = cm_db_builder_skip_count(b, (enum cm_feed_skip)i);
                if (n > 0)
                        printf("    left out %8llu  %s\n", (unsigned long long)n,
                               cm_feed_skip_to_string((enum cm_feed_skip)i));
        }
}

enum {
        REJECTS_TOLD = 10
};

static void tell_rejects(struct cm_arena *arena, const struct cm_db_builder *b, size_t from,
                         bool all)
{
        size_t n = 0;
        const struct cm_db_reject *list = cm_db_builder_rejects(b, &n);
        for (size_t i = from; i < n; i++) {
                if (!all && i - from >= REJECTS_TOLD) {
                        fprintf(stderr, "    and %zu more, listed with --verbose\n", n - i);
                        return;
                }
                fprintf(stderr, "    rejected %s: %s\n", cm_escape(arena, list[i].where),
                        cm_escape(arena, list[i].reason));
        }
}

/* FILE.zst is packed as share/ has it; others are databases as they are read. */
static int write_output(struct cm_arena *arena, struct cm_db_builder *b, const char *output,
                        struct cm_db_info *ret_info, struct cm_err *err)
{
        if (!cm_sv_has_suffix(cm_sv_from_cstr(output), CM_SV(".zst")))
                return cm_db_builder_write(b, output, ret_info, err);
        struct cm_sv temp = cm_sv_printf(arena, "%s.unpacked.%d%c", output, (int)getpid(), '\0');
        int r = cm_db_builder_write(b, temp.ptr, ret_info, err);
        if (r == 0)
                r = cm_db_pack(temp.ptr, output, err);
        CM_IGNORE(unlink(temp.ptr));
        return r;
}

static int build(struct cm_arena *arena, const struct options *o, struct cm_err *err)
{
        const struct cm_db_build_options bo = { o->name, o->as_of_s, o->all_cves };
        struct cm_db_builder *b CM_CLEANUP(cm_db_builder_freep)
        = cm_db_builder_new(&bo);
        for (size_t i = 0; i < o->feeds.count; i++) {
                const struct feed_arg *f = &o->feeds.items[i];
                const struct cm_db_import import = { f->feed, f->path, f->include, &f->meta };
                size_t before = 0;
                size_t after = 0;
                CM_IGNORE(cm_db_builder_rejects(b, &before) == NULL);
                int r = cm_db_builder_import(b, &import, err);
                CM_IGNORE(cm_db_builder_rejects(b, &after) == NULL);
                if (r == 0)
                        tell_source(arena, b, f, cm_db_builder_reject_count(b));
                tell_rejects(arena, b, before, o->verbose);
                if (r < 0)
                        return r;
        }
        struct cm_db_info info;
        int r = write_output(arena, b, o->output, &info, err);
        if (r < 0)
                return r;
        char date[CM_TIME_TEXT_BYTES];
        printf("%s: %llu advisories, %llu statements, newest %s, %.*s\n", o->output,
               (unsigned long long)info.advisory_count, (unsigned long long)info.statement_count,
               cm_date_format(info.newest_s, date), CM_SV_ARG(info.content_digest));
        return 0;
}

static int run(const struct cm_args *args)
{
        struct cm_err err = CM_ERR_INIT;
        struct options o = { .as_of_s = default_as_of() };
        int r = read_options(args, &o, &err);
        if (r == 0)
                r = build(args->arena, &o, &err);
        return r == 0 ? 0 : cm_command_fail(&err);
}

static const struct cm_opt options[] = {
        { .name = "feed",
          .kind = CM_OPT_LIST,
          .arg = "KIND:PATH",
          .help = "a feed; attributes may follow: ,name=..,url=..,revision=..,licence=..,"
                  "attribution=..,newest=DATE,include=TEXT" },
        { .name = "output",
          .letter = 'o',
          .kind = CM_OPT_VALUE,
          .arg = "FILE",
          .help = "the database; FILE.zst is packed" },
        { .name = "name", .kind = CM_OPT_VALUE, .arg = "NAME", .help = "name that reports show" },
        { .name = "as-of",
          .kind = CM_OPT_VALUE,
          .arg = "DATE",
          .help = "records dated later are taken for slips" },
        { .name = "all-cves", .help = "keep EPSS of CVEs that no advisory names" },
        { .name = NULL },
};

const struct cm_cmd cm_cmd_db_build = {
        .name = "build",
        .summary = "make a database from advisory feeds",
        .synopsis = "--feed KIND:PATH... -o FILE [flags]",
        .description = "Kinds: osv, debian-tracker, debian-dsa, debian-fixed, alpine-secdb, kev, "
                       "epss, endoflife, distro-info. PATH is a directory, an archive (zip, tar, "
                       "also compressed) or one file. A record that cannot be used is counted and "
                       "listed; a feed without one usable record stops the build. The same feeds "
                       "give the same bytes.",
        .examples =
                (const char *const[]){
                        "coaming db build --feed osv:all.zip -o my.db", "one OSV archive",
                        "coaming db build --feed osv:GHSA/ --feed kev:kev.json -o my.db",
                        "a directory of records, and what is exploited", NULL },
        .options = options,
        .run = run,
};
