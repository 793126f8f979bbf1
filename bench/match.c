/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times opening the advisory databases and matching packages of a Debian release against them.
 * Input: lines "name<TAB>version<TAB>source<TAB>source version" on stdin, as `dpkg-query -W` gives
 * them. Prints packages, findings and both medians in microseconds; bench/scan puts them in its table.
 *
 *     coaming-bench-match VERSION_ID DB... < packages.tsv
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "advisory/db.h"
#include "base/vec.h"
#include "match/match.h"

enum {
        RUNS = 21,
        DBS_MAX = 4,
        PACKAGES_MAX = 500
};

static double now_us(void)
{
        struct timespec t;
        clock_gettime(CLOCK_MONOTONIC, &t);
        return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b)
{
        double x = *(const double *)a;
        double y = *(const double *)b;
        return (x > y) - (x < y);
}

static double median(double *values)
{
        qsort(values, RUNS, sizeof(*values), by_value);
        return values[RUNS / 2];
}

static CM_NORETURN void die(const struct cm_err *err)
{
        fprintf(stderr, "bench: %s\n", err->text);
        exit(cm_err_exit_status(err->code));
}

static size_t read_packages(struct cm_arena *arena, struct cm_target_pkg *pkgs)
{
        static char line[4096];
        size_t count = 0;
        while (count < PACKAGES_MAX && fgets(line, sizeof(line), stdin) != NULL) {
                struct cm_sv rest = cm_sv_dup(arena, cm_sv_trim(cm_sv_from_cstr(line)));
                struct cm_pkg *p = &pkgs[count++].pkg;
                p->type = CM_PKG_DEB;
                cm_sv_cut(rest, '\t', &p->name, &rest);
                cm_sv_cut(rest, '\t', &p->version, &rest);
                cm_sv_cut(rest, '\t', &p->source_name, &p->source_version);
        }
        return count;
}

int main(int argc, char **argv)
{
        struct cm_err err = CM_ERR_INIT;
        if (argc < 3 || argc - 2 > DBS_MAX) {
                fprintf(stderr, "usage: coaming-bench-match VERSION_ID DB... < packages.tsv\n");
                return 2;
        }
        size_t db_count = (size_t)argc - 2;
        struct cm_db *dbs[DBS_MAX] = { NULL };
        const struct cm_db *read_only[DBS_MAX];
        double opened[RUNS], matched[RUNS];
        for (int run = 0; run < RUNS; run++) {
                for (size_t i = 0; i < db_count; i++)
                        dbs[i] = cm_db_close(dbs[i]);
                double start = now_us();
                for (size_t i = 0; i < db_count; i++)
                        if (cm_db_open(argv[i + 2], &dbs[i], &err) < 0)
                                die(&err);
                opened[run] = now_us() - start;
        }
        for (size_t i = 0; i < db_count; i++)
                read_only[i] = dbs[i];
        struct cm_arena *arena = cm_arena_new(CM_MIB(64));
        struct cm_target_pkg *pkgs = CM_NEW_ARRAY(arena, struct cm_target_pkg, PACKAGES_MAX);
        struct cm_target target = { .kind = CM_TARGET_IMAGE, .has_os = true, .pkgs = pkgs };
        target.pkg_count = read_packages(arena, pkgs);
        target.os.id = CM_SV("debian");
        target.os.version_id = cm_sv_from_cstr(argv[1]);
        const struct cm_match_options options = { .dbs = read_only,
                                                  .db_count = db_count,
                                                  .now_s = time(NULL) };
        size_t findings = 0;
        for (int run = 0; run < RUNS; run++) {
                struct cm_arena *scratch = cm_arena_new(CM_MIB(256));
                struct cm_scan_result result;
                double start = now_us();
                if (cm_match(scratch, &target, &options, &result, &err) < 0)
                        die(&err);
                matched[run] = now_us() - start;
                findings = result.finding_count;
                cm_arena_free(scratch);
        }
        printf("%zu %zu %.0f %.0f\n", target.pkg_count, findings, median(opened), median(matched));
        for (size_t i = 0; i < db_count; i++)
                cm_db_close(dbs[i]);
        cm_arena_free(arena);
        return 0;
}
