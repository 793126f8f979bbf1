/* SPDX-License-Identifier: Apache-2.0 */
/* See record.h. */
#include "comply/record.h"

#include "base/escape.h"
#include "base/map.h"
#include "base/vec.h"
#include "codec/node_json.h"

void cm_check_record_of(struct cm_arena *arena, const struct cm_check_outcome *o,
                        struct cm_check_record *ret)
{
        CM_VEC(struct cm_check_item) items = { 0 };
        struct cm_sv *looked = CM_NEW_ARRAY(arena, struct cm_sv, o->tally_count);
        *ret = (struct cm_check_record){ .tool = CM_SV(CM_VERSION), .check_set = o->check_set };
        for (size_t i = 0; i < o->tally_count; i++) {
                looked[i] = o->tallies[i].check;
                for (size_t j = 0; j < CM_CHECK_STATE_COUNT; j++)
                        ret->totals[j] += o->tallies[i].counts[j];
        }
        for (size_t i = 0; i < o->result_count; i++) {
                const struct cm_check_result *r = &o->results[i];
                if (r->fingerprint.len == 0)
                        continue;
                *CM_VEC_PUSH(arena, &items) = (struct cm_check_item){
                        .fingerprint = r->fingerprint,
                        .check = r->check,
                        .document = r->subject.document,
                        .kind = r->subject.kind,
                        .group = r->subject.group,
                        .name = r->subject.name,
                        .message = r->message.len > 0 ? r->message : r->title,
                        .state = r->state,
                        .severity = r->severity,
                };
        }
        ret->looked = looked;
        ret->looked_count = o->tally_count;
        ret->items = items.items;
        ret->item_count = items.count;
}

static int parse_item(const struct cm_node *n, struct cm_check_item *ret, struct cm_err *err)
{
        const struct cm_node *subject = cm_node_get(n, "subject");
        *ret = (struct cm_check_item){
                .fingerprint = cm_node_get_string(n, "fingerprint"),
                .check = cm_node_get_string(n, "check"),
                .document = cm_node_get_string(cm_node_get(n, "location"), "document"),
                .kind = cm_node_get_string(subject, "kind"),
                .group = cm_node_get_string(subject, "group"),
                .name = cm_node_get_string(subject, "name"),
                .message = cm_node_get_string(n, "message"),
        };
        if (!cm_check_state_from_string(cm_node_get_string(n, "state"), &ret->state) ||
            !cm_severity_from_string(cm_node_get_string(n, "severity"), &ret->severity) ||
            ret->check.len == 0)
                return CM_RAISE(err, CM_E_MALFORMED,
                                "line %u: a result needs 'check', 'state' and 'severity'",
                                n != NULL ? n->pos.line : 0);
        if (ret->message.len == 0)
                ret->message = cm_node_get_string(n, "title");
        return 0;
}

static int parse_results(struct cm_arena *arena, const struct cm_node *results,
                         struct cm_check_record *ret, struct cm_err *err)
{
        size_t count = cm_node_count(results);
        struct cm_check_item *items = CM_NEW_ARRAY(arena, struct cm_check_item, count);
        for (size_t i = 0; i < count; i++) {
                int r = parse_item(cm_node_at(results, i), &items[ret->item_count], err);
                if (r < 0)
                        return r;
                ret->item_count += items[ret->item_count].fingerprint.len > 0;
        }
        ret->items = items;
        return 0;
}

int cm_check_record_parse(struct cm_arena *arena, struct cm_sv text, struct cm_check_record *ret,
                          struct cm_err *err)
{
        const struct cm_node_json_options options = { .refuse_duplicate_keys = true };
        struct cm_node_json_result parsed;
        struct cm_check_record record = { .number = 0 };
        int r = cm_node_parse_json(arena, text, &options, &parsed, err);
        if (r < 0)
                return r;
        struct cm_sv schema = cm_node_get_string(parsed.root, "schema");
        if (!cm_sv_eq(schema, CM_SV("coaming/check/v1")) &&
            !cm_sv_eq(schema, CM_SV("coaming/comply/v1")))
                return CM_RAISE(err, CM_E_MALFORMED,
                                "this is no report of coaming check or comply (--format json)");
        record.tool = cm_node_get_string(cm_node_get(parsed.root, "tool"), "version");
        record.framework = cm_node_get_string(cm_node_get(parsed.root, "framework"), "name");
        const struct cm_node *set = cm_node_get(parsed.root, "check_set");
        const struct cm_node *looked = cm_node_get(set, "looked");
        record.check_set = cm_node_get_string(set, "digest");
        record.looked_count = cm_node_count(looked);
        struct cm_sv *ids = CM_NEW_ARRAY(arena, struct cm_sv, record.looked_count);
        for (size_t i = 0; i < record.looked_count; i++)
                ids[i] = cm_node_string(cm_node_at(looked, i));
        record.looked = ids;
        const struct cm_node *states = cm_node_path(parsed.root, "summary", "states", NULL);
        for (size_t i = 0; i < CM_CHECK_STATE_COUNT; i++) {
                const char *word = cm_check_state_to_string((enum cm_check_state)i);
                int64_t n = cm_node_int(cm_node_get(states, word), 0);
                record.totals[i] = n < 0 ? 0 : (uint64_t)n;
        }
        r = parse_results(arena, cm_node_get(parsed.root, "results"), &record, err);
        if (r == 0)
                *ret = record;
        return r;
}

/* How often each failure of the baseline is there, less those that were met again. */
struct seen {
        const struct cm_check_item *item;
        size_t left;
};

static void count_failures(struct cm_arena *arena, const struct cm_check_record *baseline,
                           struct cm_map *map)
{
        for (size_t i = 0; i < baseline->item_count; i++) {
                const struct cm_check_item *item = &baseline->items[i];
                if (item->state != CM_CHECK_FAIL)
                        continue;
                struct seen *s = cm_map_get(map, item->fingerprint);
                if (s == NULL) {
                        s = CM_NEW(arena, struct seen);
                        s->item = item;
                        cm_map_put(map, item->fingerprint, s);
                }
                s->left++;
        }
}

void cm_check_baseline_apply(struct cm_arena *arena, const struct cm_check_record *baseline,
                             struct cm_check_outcome *o)
{
        struct cm_map failures;
        struct cm_map looked;
        CM_VEC(struct cm_check_gone) gone = { 0 };
        cm_map_init(&failures, arena);
        cm_map_init(&looked, arena);
        count_failures(arena, baseline, &failures);
        for (size_t i = 0; i < baseline->looked_count; i++)
                cm_map_put(&looked, baseline->looked[i], &failures);
        bool same_set = cm_sv_eq(baseline->check_set, o->check_set);
        for (size_t i = 0; i < o->result_count; i++) {
                struct cm_check_result *r = &o->results[i];
                if (r->state != CM_CHECK_FAIL)
                        continue;
                struct seen *s = cm_map_get(&failures, r->fingerprint);
                if (s != NULL && s->left > 0) {
                        s->left--;
                        r->change = CM_CHECK_CHANGE_KNOWN;
                } else {
                        r->change = same_set || cm_map_has(&looked, r->check)
                                            ? CM_CHECK_CHANGE_NEW
                                            : CM_CHECK_CHANGE_NEW_CHECK;
                }
        }
        for (size_t i = 0; i < failures.count; i++) {
                const struct seen *s = failures.entries[i].value;
                for (size_t j = 0; j < s->left; j++)
                        *CM_VEC_PUSH(arena, &gone) =
                                (struct cm_check_gone){ s->item->fingerprint, s->item->check,
                                                        s->item->document, s->item->message };
        }
        o->has_baseline = true;
        o->gone = gone.items;
        o->gone_count = gone.count;
}
