/* SPDX-License-Identifier: Apache-2.0 */
/* `coaming explain ID`: what an id means, in words, with what to do; from the local databases. */
#include <stdio.h>

#include "base/escape.h"
#include "base/time.h"
#include "cmd/check_show.h"
#include "cmd/open_dbs.h"
#include "model/cvss.h"

static const struct cm_opt options[] = { CM_OPT_DB, { .name = NULL } };

enum {
        PACKAGES_SHOWN = 12
};

static void print_facts(const struct cm_args *args, const struct cm_open_dbs *dbs, struct cm_sv id)
{
        for (size_t d = 0; d < dbs->count; d++) {
                struct cm_cve_facts facts = { 0 };
                struct cm_err ignored = CM_ERR_INIT;
                char date[CM_TIME_TEXT_BYTES];
                if (cm_db_cve(dbs->dbs[d], id, &facts, &ignored) != 1)
                        continue;
                if (facts.kev)
                        printf("  exploited  yes, in CISA's catalogue since %s%s\n",
                               cm_date_format(facts.kev_added_s, date),
                               facts.kev_ransomware ? ", by ransomware too" : "");
                if (facts.has_epss)
                        printf("  EPSS       %.2f %% within 30 days (above %.0f %% of all CVEs)\n",
                               facts.epss * 100.0, facts.epss_percentile * 100.0);
                return;
        }
        (void)args;
}

static void print_ranges(const struct cm_args *args, const struct cm_affected *a)
{
        if (a->state == CM_FIX_STATE_NOT_AFFECTED) {
                fputs("not affected", stdout);
                return;
        }
        for (size_t i = 0; i < a->range_count && i < 4; i++) {
                const struct cm_range *r = &a->ranges[i];
                printf("%s", i == 0 ? "" : "; ");
                if (r->introduced.len > 0 && !cm_sv_eq(r->introduced, CM_SV("0")))
                        printf("from %s ", cm_escape(args->arena, r->introduced));
                if (r->fixed.len > 0)
                        printf("fixed in %s", cm_escape(args->arena, r->fixed));
                else if (r->last_affected.len > 0)
                        printf("last affected %s", cm_escape(args->arena, r->last_affected));
                else
                        fputs("no fix known", stdout);
        }
        if (a->range_count == 0)
                printf("%zu listed version%s", a->version_count, a->version_count == 1 ? "" : "s");
}

static int print_packages(const struct cm_args *args, const struct cm_db *db, uint32_t index,
                          struct cm_err *err)
{
        const struct cm_db_package *packages = NULL;
        size_t count = 0;
        int r = cm_db_packages_of(db, args->arena, index, &packages, &count, err);
        if (r < 0)
                return r;
        for (size_t i = 0; i < count && i < PACKAGES_SHOWN; i++) {
                printf("  %-14s %s: ", cm_escape(args->arena, packages[i].space),
                       cm_escape(args->arena, packages[i].name));
                print_ranges(args, &packages[i].affected);
                putchar('\n');
        }
        if (count > PACKAGES_SHOWN)
                printf("  and %zu more packages (coaming db show lists them)\n",
                       count - PACKAGES_SHOWN);
        return 0;
}

static int print_advisory(const struct cm_args *args, const struct cm_db *db, uint32_t index,
                          struct cm_err *err)
{
        struct cm_advisory a;
        int r = cm_db_advisory(db, args->arena, index, &a, err);
        if (r < 0)
                return r;
        printf("\n%s", cm_escape(args->arena, a.id));
        for (size_t i = 0; i < a.alias_count; i++)
                printf(" = %s", cm_escape(args->arena, a.aliases[i]));
        putchar('\n');
        if (a.title.len > 0)
                printf("  %s\n", cm_escape(args->arena, a.title));
        for (size_t i = 0; i < a.cvss_count; i++) {
                enum cm_cvss_version version;
                double score = 0;
                struct cm_err ignored = CM_ERR_INIT;
                if (cm_cvss_score(a.cvss[i].vector, &version, &score, &ignored) == 0)
                        printf("  CVSS %s   %.1f (%s)\n", cm_cvss_version_to_string(version), score,
                               cm_severity_to_string(cm_severity_from_score(score)));
        }
        if (a.url.len > 0)
                printf("  %s\n", cm_escape(args->arena, a.url));
        return print_packages(args, db, index, err);
}

static int run(const struct cm_args *args)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_open_dbs dbs;
        struct cm_sv id = cm_sv_from_cstr(args->positional[0]);
        if (cm_sv_has_prefix(id, CM_SV("EOL-"))) {
                printf("%s: the release gets no more security fixes from its makers. Advisories\n"
                       "stop too, so a scan of it finds less with time, not because it is safe.\n"
                       "Move to a supported release: change the base image and build again.\n",
                       cm_escape(args->arena, id));
                return 0;
        }
        int r = cm_check_show(args, args->positional[0], &err);
        if (r == 0)
                return 0;
        if (r > 0)
                r = cm_open_dbs(args, &dbs, &err);
        if (r < 0)
                return cm_command_fail(&err);
        printf("%s\n", cm_escape(args->arena, id));
        print_facts(args, &dbs, id);
        size_t found = 0;
        for (size_t d = 0; d < dbs.count && r == 0; d++) {
                const uint32_t *indexes = NULL;
                size_t count = 0;
                r = cm_db_find_id(dbs.dbs[d], args->arena, id, &indexes, &count, &err);
                for (size_t i = 0; i < count && r == 0; i++, found++)
                        r = print_advisory(args, dbs.dbs[d], indexes[i], &err);
        }
        cm_close_dbs(&dbs);
        if (r < 0)
                return cm_command_fail(&err);
        if (found == 0) {
                fprintf(stderr, "coaming: no database knows '%s'\n", cm_escape(args->arena, id));
                return cm_err_exit_status(CM_E_NOT_FOUND);
        }
        puts("\nWhat to do: update to a fixed version and rebuild the image; where there is none,\n"
             "remove the package, or accept it for a time with --ignore-file (owner, reason, date).");
        return 0;
}

extern const struct cm_cmd cm_cmd_explain;
const struct cm_cmd cm_cmd_explain = {
        .name = "explain",
        .summary = "what a finding's id means and what to do about it",
        .synopsis = "ID",
        .examples =
                (const char *const[]){ "coaming explain CVE-2021-44228", "by CVE, GHSA or any id",
                                       "coaming explain K8S-0101", "a check", NULL },
        .options = options,
        .positional_min = 1,
        .positional_max = 1,
        .run = run,
};
