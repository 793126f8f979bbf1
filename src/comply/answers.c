/* SPDX-License-Identifier: Apache-2.0 */
/* See answers.h. */
#include "comply/answers.h"

#include "base/escape.h"
#include "base/time.h"
#include "codec/node_expect.h"
#include "codec/node_yaml.h"

static bool state_of(struct cm_sv word, enum cm_check_state *ret)
{
        return cm_check_state_from_string(word, ret) &&
               (*ret == CM_CHECK_PASS || *ret == CM_CHECK_FAIL || *ret == CM_CHECK_NOT_APPLICABLE);
}

static int read_files(struct cm_arena *arena, struct cm_sv source, const struct cm_node *n,
                      struct cm_comply_answer *a, struct cm_err *err)
{
        const struct cm_node *files = NULL;
        int r = cm_node_texts(source, n, "files", &files, err);
        if (r < 0 || files == NULL)
                return r;
        a->file_count = cm_node_count(files);
        a->files = CM_NEW_ARRAY(arena, struct cm_comply_evidence, a->file_count);
        for (size_t i = 0; i < a->file_count; i++)
                a->files[i].name = cm_node_string(cm_node_at(files, i));
        return 0;
}

static int verify_one(struct cm_sv source, const struct cm_node *n, struct cm_sv status,
                      int64_t now_s, struct cm_comply_answer *a, struct cm_err *err)
{
        int64_t date_s = 0;
        int64_t expires_s = 0;
        struct cm_err problem = CM_ERR_INIT;
        if ((a->row.len > 0) == (a->check.len > 0))
                return cm_node_wrong(source, n->pos, err, "an answer names a row or a check");
        if (!state_of(status, &a->state))
                return cm_node_wrong(source, n->pos, err, "status is pass, fail or not-applicable");
        if (cm_time_parse(a->date, &date_s, &problem) < 0 ||
            cm_time_parse(a->expires, &expires_s, &problem) < 0)
                return cm_node_wrong(source, n->pos, err,
                                     "date and expires are written 2026-11-24");
        if (expires_s <= date_s)
                return cm_node_wrong(source, n->pos, err, "it expires before its date");
        /* One from the future was not given yet: a slip, or an attempt to last longer. */
        if (date_s > now_s)
                return cm_node_wrong(source, n->pos, err, "its date is in the future");
        a->is_expired = expires_s <= now_s;
        return 0;
}

static int read_one(struct cm_arena *arena, struct cm_sv source, const struct cm_node *n,
                    int64_t now_s, struct cm_comply_answer *ret, struct cm_err *err)
{
        static const char *const known[] = { "row",     "check",    "status", "by", "date",
                                             "expires", "evidence", "files",  NULL };
        struct cm_comply_answer a = { .row = CM_SV("") };
        struct cm_sv status = CM_SV("");
        const struct {
                const char *key;
                struct cm_sv *to;
                bool required;
        } fields[] = {
                { "row", &a.row, false },          { "check", &a.check, false },
                { "status", &status, true },       { "by", &a.by, true },
                { "date", &a.date, true },         { "expires", &a.expires, true },
                { "evidence", &a.evidence, true },
        };
        int r = cm_node_only(arena, source, n, known, err);
        for (size_t i = 0; i < CM_ARRAY_LEN(fields) && r == 0; i++)
                r = cm_node_text(source, n, fields[i].key, fields[i].required, fields[i].to, err);
        if (r == 0)
                r = read_files(arena, source, n, &a, err);
        if (r == 0)
                r = verify_one(source, n, status, now_s, &a, err);
        if (r == 0)
                *ret = a;
        return r;
}

int cm_comply_answers_parse(struct cm_arena *arena, struct cm_sv text, int64_t now_s,
                            struct cm_comply_answer **ret, size_t *ret_count, struct cm_err *err)
{
        const struct cm_node_yaml_options options = { .schema = CM_NODE_YAML_CORE };
        const struct cm_sv source = CM_SV("answers");
        const struct cm_node_doc *docs = NULL;
        size_t doc_count = 0;
        struct cm_comply_answer *answers = NULL;
        size_t count = 0;
        int r = cm_node_parse_yaml(arena, text, &options, &docs, &doc_count, err);
        if (r == 0 && (doc_count != 1 || cm_node_type(docs[0].root) != CM_NODE_LIST))
                r = CM_RAISE(err, CM_E_USAGE, "file of answers is not one list");
        if (r == 0) {
                count = cm_node_count(docs[0].root);
                answers = CM_NEW_ARRAY(arena, struct cm_comply_answer, count);
        }
        for (size_t i = 0; i < count && r == 0; i++)
                r = read_one(arena, source, cm_node_at(docs[0].root, i), now_s, &answers[i], err);
        if (r < 0) {
                err->code = CM_E_USAGE;
                return -(int)CM_E_USAGE;
        }
        *ret = answers;
        *ret_count = count;
        return 0;
}

int cm_comply_answers_verify(struct cm_arena *arena, const struct cm_comply_answer *answers,
                             size_t count, const struct cm_framework *framework,
                             const struct cm_check *const *checks, size_t check_count,
                             struct cm_err *err)
{
        for (size_t i = 0; i < count; i++) {
                const struct cm_comply_answer *a = &answers[i];
                bool found = a->row.len > 0 && cm_framework_row_find(framework, a->row) != NULL;
                for (size_t j = 0; a->check.len > 0 && j < check_count && !found; j++)
                        found = cm_sv_eq(checks[j]->id, a->check);
                if (!found)
                        return CM_RAISE(err, CM_E_USAGE, "answer %zu: %s has no %s '%s'", i + 1,
                                        cm_escape(arena, framework->name),
                                        a->row.len > 0 ? "row" : "check",
                                        cm_escape(arena, a->row.len > 0 ? a->row : a->check));
        }
        return 0;
}
