/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence archives of `coaming comply`: what goes into one, and `coaming comply verify`. */
#include <fcntl.h>
#include <stdio.h>

#include "base/escape.h"
#include "base/limits.h"
#include "base/map.h"
#include "check/library.h"
#include "cmd/comply.h"
#include "codec/node_json.h"
#include "comply/evidence.h"
#include "os/file.h"
#include "report/comply_format.h"

struct collection {
        const struct cm_comply_audit *audit;
        CM_VEC(struct cm_evidence_member) members;
};

static void add(struct collection *c, struct cm_sv name, struct cm_sv source, struct cm_sv bytes)
{
        *CM_VEC_PUSH(c->audit->arena, &c->members) =
                (struct cm_evidence_member){ name, source, bytes };
}

static int add_report(struct collection *c, const char *format, struct cm_sv name,
                      struct cm_err *err)
{
        const struct cm_comply_report report = { .outcome = &c->audit->outcome };
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, CM_EVIDENCE_BYTES_MAX);
        cm_comply_format_find(format)->write(&out, &report);
        int r = cm_buf_check(&out, "report", err);
        if (r == 0)
                add(c, name, CM_SV(""), cm_sv_dup(c->audit->arena, cm_buf_sv(&out)));
        return r;
}

/* What decided: the framework, and each check that answers one of its rows. */
static int add_definitions(struct collection *c, struct cm_err *err)
{
        const struct cm_comply_outcome *o = &c->audit->outcome;
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        struct cm_map seen;
        const char *separator = "\n";
        cm_buf_init(&out, CM_MIB(64));
        cm_node_write_json(&out, c->audit->framework->root);
        cm_buf_put_char(&out, '\n');
        add(c, CM_SV("framework.json"), c->audit->framework->source,
            cm_sv_dup(c->audit->arena, cm_buf_sv(&out)));
        cm_buf_clear(&out);
        cm_map_init(&seen, c->audit->arena);
        cm_buf_put_char(&out, '[');
        for (size_t i = 0; i < o->row_count; i++) {
                for (size_t j = 0; j < o->rows[i].check_count; j++) {
                        struct cm_sv id = o->rows[i].checks[j].id;
                        struct cm_sv text =
                                cm_check_library_definition(c->audit->context.library, id);
                        if (text.len == 0 || !cm_map_put(&seen, id, c))
                                continue;
                        cm_buf_put_str(&out, separator);
                        cm_buf_put_sv(&out, text);
                        separator = ",\n";
                }
        }
        cm_buf_put_str(&out, "\n]\n");
        add(c, CM_SV("checks.json"), CM_SV(""), cm_sv_dup(c->audit->arena, cm_buf_sv(&out)));
        return cm_buf_check(&out, "definitions", err);
}

static int add_own_checks(struct collection *c, struct cm_err *err)
{
        const char *const *files = NULL;
        size_t count = cm_args_list(c->audit->args, "checks", &files);
        for (size_t i = 0; i < count; i++) {
                struct cm_buf buf CM_CLEANUP(cm_buf_fini);
                cm_buf_init(&buf, CM_MIB(16));
                int r = cm_file_read(AT_FDCWD, files[i], &buf, err);
                if (r > 0)
                        return CM_RAISE(err, CM_E_IO, "'%.200s' is gone", files[i]);
                if (r < 0)
                        return r;
                add(c, cm_sv_printf(c->audit->arena, "checks/%04zu.yaml", i + 1),
                    cm_sv_from_cstr(files[i]), cm_sv_dup(c->audit->arena, cm_buf_sv(&buf)));
        }
        return 0;
}

static int collect(struct collection *c, struct cm_err *err)
{
        const struct cm_comply_audit *a = c->audit;
        for (size_t i = 0; i < a->kept.count; i++)
                add(c, cm_evidence_document_name(a->arena, i + 1, a->kept.items[i].name),
                    a->kept.items[i].name, a->kept.items[i].bytes);
        int r = add_report(c, "json", CM_SV("report.json"), err);
        if (r == 0)
                r = add_report(c, "markdown", CM_SV("report.md"), err);
        if (r == 0)
                r = add_definitions(c, err);
        if (r == 0)
                r = add_own_checks(c, err);
        if (a->waivers_text.len > 0)
                add(c, CM_SV("waivers.yaml"), cm_sv_from_cstr(cm_args_get(a->args, "waivers")),
                    a->waivers_text);
        if (a->answers_text.len > 0)
                add(c, CM_SV("answers.yaml"), cm_sv_from_cstr(cm_args_get(a->args, "answers")),
                    a->answers_text);
        return r;
}

int cm_comply_evidence_write(const struct cm_comply_audit *audit, const char *path,
                             struct cm_err *err)
{
        struct collection c = { .audit = audit };
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, CM_EVIDENCE_BYTES_MAX);
        int r = collect(&c, err);
        if (r < 0)
                return r;
        const struct cm_evidence evidence = {
                .framework = audit->outcome.framework,
                .framework_version = audit->outcome.version,
                .tool_version = CM_SV(CM_VERSION),
                .checks_digest = cm_check_library_digest(),
                .created_s = cm_clock_wall_s(),
                .members = c.members.items,
                .count = c.members.count,
        };
        r = cm_evidence_write(&evidence, &out, err);
        if (r == 0)
                r = cm_file_replace(AT_FDCWD, path, cm_buf_sv(&out), true, err);
        if (r < 0)
                return cm_err_context(err, "evidence '%.200s'", path);
        struct cm_evidence_check check;
        cm_evidence_verify(audit->arena, cm_buf_sv(&out), &check);
        CM_ASSERT(check.fault_count == 0);
        fprintf(stderr, "coaming: evidence %s  %.*s\n",
                cm_escape(audit->arena, cm_sv_from_cstr(path)), CM_SV_ARG(check.digest));
        return 0;
}

static int print_check(const struct cm_args *args, const struct cm_evidence_check *check)
{
        const char *wanted = cm_args_get(args, "digest");
        bool is_other = wanted != NULL && !cm_sv_eq(check->digest, cm_sv_from_cstr(wanted));
        for (size_t i = 0; i < check->fault_count; i++) {
                const struct cm_evidence_fault *f = &check->faults[i];
                printf("%s: %s\n",
                       f->member.len > 0 ? cm_escape(args->arena, f->member) : "archive",
                       cm_escape(args->arena, f->text));
        }
        if (is_other)
                printf("archive: has another digest than --digest says\n");
        printf("%.*s\n", CM_SV_ARG(check->digest));
        if (check->fault_count > 0 || is_other)
                return 1;
        printf("%zu members are as they were written, framework %s, created %s\n",
               check->member_count, cm_escape(args->arena, check->framework),
               cm_escape(args->arena, check->created));
        if (wanted == NULL)
                printf("Who wrote it is not known: compare the digest with the one that you were "
                       "given.\n");
        return 0;
}

static int verify_run(const struct cm_args *args)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1536));
        struct cm_evidence_check check;
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_EVIDENCE_BYTES_MAX);
        int r = cm_file_read(AT_FDCWD, args->positional[0], &buf, &err);
        if (r > 0)
                r = CM_RAISE(&err, CM_E_USAGE, "there is no file '%.200s'", args->positional[0]);
        if (r < 0)
                return cm_command_fail(&err);
        cm_evidence_verify(arena, cm_buf_sv(&buf), &check);
        return print_check(args, &check);
}

static const struct cm_opt options[] = {
        { .name = "digest",
          .kind = CM_OPT_VALUE,
          .arg = "sha256:HEX",
          .help = "what the whole archive must have, as you were told" },
        { .name = NULL },
};
const struct cm_cmd cm_cmd_comply_verify = {
        .name = "verify",
        .summary = "verify an evidence archive byte by byte",
        .synopsis = "FILE.zip [flags]",
        .description = "Says which members were changed, added or removed, and whether any other "
                       "byte is not as it was written. Exit status 1: something is. Somebody who "
                       "writes a whole new archive is only found by --digest.",
        .options = options,
        .positional_min = 1,
        .positional_max = 1,
        .run = verify_run,
};
