/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Golden cases of all catalogers: tests/golden/cataloger/<name>/<case>/input/ holds files under their
 * guest paths, expected.json what the sink received of them, one record per line, sorted by bytes.
 * COAMING_BLESS=1 writes expected.json anew, to be reviewed as a diff.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/escape.h"
#include "base/limits.h"
#include "base/vec.h"
#include "image/paths.h"
#include "inventory/cataloger.h"
#include "tests/harness.h"

enum {
        DEPTH_MAX = 16
};

enum kind {
        KIND_OS,
        KIND_PACKAGE,
        KIND_OWNED,
        KIND_UNREADABLE,
        KIND_ERROR,
        KIND_COUNT
};

static const char *const kind_names[KIND_COUNT] = { "os", "packages", "owned", "unreadable",
                                                    "errors" };

typedef CM_VEC(struct cm_sv) lines_vec;

struct golden {
        struct cm_sink sink; /* first: the sink functions get it back */
        struct cm_arena *arena;
        lines_vec lines[KIND_COUNT];
};

struct member {
        const char *key;
        struct cm_sv value;
};

/* "<dir>/<name>" as the C library wants it. */
static const char *path_in(struct cm_arena *arena, const char *dir, struct cm_sv name)
{
        const char *ret = NULL;
        struct cm_err err = CM_ERR_INIT;
        struct cm_sv path = cm_sv_printf(arena, "%s/%.*s", dir, CM_SV_ARG(name));
        CM_CHECK_OK(cm_cstr(arena, path, &ret, &err), &err);
        return ret;
}

/* A line of JSON: members without a value are left out. */
static int add(struct golden *g, enum kind kind, const struct member *members, size_t count)
{
        struct cm_buf b CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&b, CM_MIB(1));
        cm_buf_put_char(&b, '{');
        for (size_t i = 0; i < count; i++) {
                if (members[i].value.len == 0)
                        continue;
                cm_buf_printf(&b, "%s\"%s\": ", b.len > 1 ? ", " : "", members[i].key);
                cm_buf_put_json(&b, members[i].value);
        }
        cm_buf_put_char(&b, '}');
        CM_CHECK(!b.overflow);
        *CM_VEC_PUSH(g->arena, &g->lines[kind]) = cm_sv_dup(g->arena, cm_buf_sv(&b));
        return 0;
}

static struct cm_sv flag_names(struct cm_arena *arena, uint32_t flags)
{
        return cm_sv_trim(cm_sv_printf(arena, "%s%s%s%s", (flags & CM_PKG_DEV) ? "dev " : "",
                                       (flags & CM_PKG_INDIRECT) ? "indirect " : "",
                                       (flags & CM_PKG_MAIN) ? "main " : "",
                                       (flags & CM_PKG_HOST_ONLY) ? "host-only " : ""));
}

static int golden_pkg(struct cm_sink *sink, const struct cm_pkg *p, struct cm_err *err)
{
        struct golden *g = (struct golden *)(void *)sink;
        (void)err;
        const struct member members[] = {
                { "type", cm_sv_from_cstr(cm_pkg_type_to_string(p->type)) },
                { "name", p->name },
                { "version", p->version },
                { "arch", p->arch },
                { "source_name", p->source_name },
                { "source_version", p->source_version },
                { "module", p->module },
                { "licence", p->licence },
                { "vendor", p->vendor },
                { "digest", p->digest },
                { "flags", flag_names(g->arena, p->flags) },
                { "path", p->path },
                { "inner_path", p->inner_path },
        };
        return add(g, KIND_PACKAGE, members, CM_ARRAY_LEN(members));
}

static int golden_os(struct cm_sink *sink, const struct cm_os_release *os, struct cm_err *err)
{
        struct golden *g = (struct golden *)(void *)sink;
        (void)err;
        const struct member members[] = {
                { "id", os->id },           { "version_id", os->version_id },
                { "variant", os->variant }, { "codename", os->codename },
                { "pretty", os->pretty },   { "id_like", os->id_like },
                { "path", os->path },       { "rank", cm_sv_printf(g->arena, "%u", os->rank) },
        };
        return add(g, KIND_OS, members, CM_ARRAY_LEN(members));
}

static int golden_owned(struct cm_sink *sink, const struct cm_owned_file *f, struct cm_err *err)
{
        struct golden *g = (struct golden *)(void *)sink;
        (void)err;
        const struct member members[] = {
                { "package", f->package },
                { "path", f->path },
                { "digest", f->digest },
        };
        return add(g, KIND_OWNED, members, CM_ARRAY_LEN(members));
}

static int golden_unreadable(struct cm_sink *sink, struct cm_sv path, const char *what,
                             struct cm_err *err)
{
        struct golden *g = (struct golden *)(void *)sink;
        (void)err;
        const struct member members[] = { { "path", path }, { "what", cm_sv_from_cstr(what) } };
        return add(g, KIND_UNREADABLE, members, CM_ARRAY_LEN(members));
}

/* As the file stream asks: by the pattern of the guest path, else by the first bytes. */
static bool is_wanted(const struct cm_cataloger *c, struct cm_sv guest, struct cm_sv content)
{
        for (const char *const *glob = c->globs; glob != NULL && *glob != NULL; glob++)
                if (cm_path_glob_match(cm_sv_from_cstr(*glob), guest))
                        return true;
        return c->probe != NULL && c->probe(cm_sv_slice(content, 0, 4096));
}

static void run_file(struct golden *g, const struct cm_cataloger *c, const char *host,
                     struct cm_sv guest)
{
        struct cm_sv content = cm_test_read(host);
        struct cm_err err = CM_ERR_INIT;
        struct cm_arena *scratch CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_CATALOGER_ARENA_BYTES_MAX);
        const struct cm_cat_file file = { .path = guest, .content = content, .mode = 0644 };
        struct cm_sv code = CM_SV("not-wanted");
        if (is_wanted(c, guest, content)) {
                if (c->parse(scratch, &file, &g->sink, &err) == 0)
                        return;
                code = cm_sv_from_cstr(cm_err_name(err.code));
        }
        const struct member members[] = { { "path", guest },
                                          { "code", code },
                                          { "text", cm_sv_from_cstr(err.text) } };
        add(g, KIND_ERROR, members, CM_ARRAY_LEN(members));
}

static int line_cmp(const void *a, const void *b)
{
        return cm_sv_cmp(*(const struct cm_sv *)a, *(const struct cm_sv *)b);
}

/* Names in a folder, sorted; none when it is absent. */
static lines_vec names_of(struct cm_arena *arena, const char *path)
{
        lines_vec names = { 0 };
        DIR *d = opendir(path);
        if (d == NULL)
                return names;
        for (struct dirent *e = readdir(d); e != NULL; e = readdir(d))
                if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
                        *CM_VEC_PUSH(arena, &names) = cm_sv_dup(arena, cm_sv_from_cstr(e->d_name));
        closedir(d);
        if (names.count > 0)
                qsort(names.items, names.count, sizeof(*names.items), line_cmp);
        return names;
}

/* Runs the cataloger on every file below `host`; returns how many there were. */
static size_t run_tree(struct golden *g, const struct cm_cataloger *c, const char *host,
                       size_t input_len, int depth)
{
        struct stat st;
        if (stat(host, &st) != 0)
                cm_test_fail(host, 0, "not there");
        if (S_ISREG(st.st_mode)) {
                run_file(g, c, host, cm_sv_from_cstr(host + input_len + 1));
                return 1;
        }
        CM_CHECK(depth < DEPTH_MAX);
        size_t count = 0;
        lines_vec names = names_of(g->arena, host);
        for (size_t i = 0; i < names.count; i++) {
                const char *path = path_in(g->arena, host, names.items[i]);
                count += run_tree(g, c, path, input_len, depth + 1);
        }
        return count;
}

static struct cm_sv print(struct golden *g)
{
        struct cm_buf b CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&b, CM_MIB(64));
        cm_buf_put_str(&b, "{");
        const char *comma = "";
        for (int kind = 0; kind < KIND_COUNT; kind++) {
                lines_vec *lines = &g->lines[kind];
                if (lines->count == 0)
                        continue;
                qsort(lines->items, lines->count, sizeof(*lines->items), line_cmp);
                cm_buf_printf(&b, "%s\n\"%s\": [\n", comma, kind_names[kind]);
                for (size_t i = 0; i < lines->count; i++) {
                        cm_buf_put_sv(&b, lines->items[i]);
                        cm_buf_put_str(&b, i + 1 < lines->count ? ",\n" : "\n");
                }
                cm_buf_put_str(&b, "]");
                comma = ",";
        }
        cm_buf_put_str(&b, "\n}\n");
        CM_CHECK(!b.overflow);
        return cm_sv_dup(g->arena, cm_buf_sv(&b));
}

static void golden_case(struct cm_arena *arena, const struct cm_cataloger *c, const char *dir)
{
        struct golden g = { .sink = { golden_pkg, golden_os, golden_owned, golden_unreadable },
                            .arena = arena };
        const char *input = path_in(arena, dir, CM_SV("input"));
        if (run_tree(&g, c, input, strlen(input), 0) == 0)
                cm_test_fail(dir, 0, "case has no input file");
        struct cm_sv got = print(&g);
        const char *path = path_in(arena, dir, CM_SV("expected.json"));
        if (getenv("COAMING_BLESS") != NULL) {
                FILE *f = fopen(path, "w");
                CM_CHECK(f != NULL && fwrite(got.ptr, 1, got.len, f) == got.len);
                CM_CHECK(fclose(f) == 0);
                return;
        }
        if (!cm_sv_eq(got, cm_test_read(path)))
                cm_test_fail(dir, 0, "cataloger %s gives other records than expected.json:\n%.*s",
                             c->name, CM_SV_ARG(cm_sv_slice(got, 0, 3000)));
}

/* A row without a case is a failure: nothing says then what the cataloger is to find. */
CM_TEST(golden_cases_of_every_cataloger)
{
        for (size_t i = 0; i < cm_catalogers_count; i++) {
                const struct cm_cataloger *c = cm_catalogers[i];
                struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
                = cm_arena_new(CM_MIB(256));
                const char *dir =
                        path_in(arena, "tests/golden/cataloger", cm_sv_from_cstr(c->name));
                lines_vec cases = names_of(arena, dir);
                if (cases.count < 2)
                        cm_test_fail(dir, 0, "cataloger %s has fewer than two golden cases",
                                     c->name);
                for (size_t k = 0; k < cases.count; k++)
                        golden_case(arena, c, path_in(arena, dir, cases.items[k]));
        }
}

/* Folders of catalogers that are gone, or misspelled, would never run. */
CM_TEST(golden_folders_name_catalogers)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        lines_vec names = names_of(arena, "tests/golden/cataloger");
        for (size_t i = 0; i < names.count; i++) {
                bool known = false;
                for (size_t k = 0; k < cm_catalogers_count && !known; k++)
                        known = cm_sv_eq(names.items[i], cm_sv_from_cstr(cm_catalogers[k]->name));
                if (!known)
                        cm_test_fail(__FILE__, __LINE__, "no cataloger is named '%.*s'",
                                     CM_SV_ARG(names.items[i]));
        }
}
