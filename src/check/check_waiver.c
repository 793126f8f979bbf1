/* SPDX-License-Identifier: Apache-2.0 */
/* See check_waiver.h. */
#include "check/check_waiver.h"

#include "base/escape.h"
#include "base/time.h"
#include "check/profile_select.h"
#include "codec/node_yaml.h"
#include "crypto/fingerprint.h"

struct field {
        const char *key;
        struct cm_sv *to;
        bool mandatory;
};

static int read_field(struct cm_arena *arena, const struct cm_node_member *m,
                      const struct field *fields, size_t count, size_t number, struct cm_err *err)
{
        for (size_t i = 0; i < count; i++) {
                if (!cm_sv_eq(m->key, cm_sv_from_cstr(fields[i].key)))
                        continue;
                if (cm_node_type(m->value) != CM_NODE_STRING)
                        return CM_RAISE(err, CM_E_USAGE, "waiver %zu: %s must be text", number,
                                        fields[i].key);
                *fields[i].to = cm_sv_trim(m->value->text);
                return 0;
        }
        return CM_RAISE(err, CM_E_USAGE,
                        "waiver %zu has a key '%s'; known: check, kind, name, group, document, "
                        "fingerprint, owner, approver, reason, expires",
                        number, cm_escape(arena, m->key));
}

static int read_one(struct cm_arena *arena, const struct cm_node *n, size_t number, int64_t now_s,
                    struct cm_check_waiver *ret, struct cm_err *err)
{
        struct cm_check_waiver w = { .expires_s = 0 };
        struct cm_sv expires = CM_SV("");
        const struct field fields[] = {
                { "check", &w.check, true },        { "owner", &w.owner, true },
                { "approver", &w.approver, true },  { "reason", &w.reason, true },
                { "expires", &expires, true },      { "kind", &w.kind, false },
                { "name", &w.name, false },         { "group", &w.group, false },
                { "document", &w.document, false }, { "fingerprint", &w.fingerprint, false },
        };
        bool has_selector = false;
        if (cm_node_type(n) != CM_NODE_MAP)
                return CM_RAISE(err, CM_E_USAGE, "waiver %zu is not a mapping", number);
        for (size_t i = 0; i < n->map.count; i++) {
                int r = read_field(arena, &n->map.members[i], fields, CM_ARRAY_LEN(fields), number,
                                   err);
                if (r < 0)
                        return r;
        }
        for (size_t i = 0; i < CM_ARRAY_LEN(fields); i++) {
                bool is_given = fields[i].to->len > 0;
                has_selector = has_selector || (is_given && !fields[i].mandatory);
                if (fields[i].mandatory && !is_given)
                        return CM_RAISE(err, CM_E_USAGE, "waiver %zu (%s) has no %s", number,
                                        cm_escape(arena, w.check), fields[i].key);
        }
        if (!has_selector)
                return CM_RAISE(err, CM_E_USAGE,
                                "waiver %zu (%s) would waive everything: it needs kind, name, "
                                "group, document or fingerprint",
                                number, cm_escape(arena, w.check));
        int r = cm_time_parse(expires, &w.expires_s, err);
        if (r < 0) {
                err->code = CM_E_USAGE;
                return cm_err_context(err, "waiver %zu (%s): expires", number,
                                      cm_escape(arena, w.check));
        }
        w.is_expired = w.expires_s <= now_s;
        *ret = w;
        return 0;
}

int cm_check_waivers_parse(struct cm_arena *arena, struct cm_sv text, int64_t now_s,
                           struct cm_check_waiver **ret, size_t *ret_count, struct cm_err *err)
{
        const struct cm_node_yaml_options options = { .schema = CM_NODE_YAML_CORE };
        const struct cm_node_doc *docs = NULL;
        size_t doc_count = 0;
        int r = cm_node_parse_yaml(arena, text, &options, &docs, &doc_count, err);
        if (r < 0) {
                err->code = CM_E_USAGE;
                return r;
        }
        if (doc_count != 1 || cm_node_type(docs[0].root) != CM_NODE_LIST)
                return CM_RAISE(err, CM_E_USAGE, "file of waivers is not one list");
        size_t count = cm_node_count(docs[0].root);
        struct cm_check_waiver *waivers = CM_NEW_ARRAY(arena, struct cm_check_waiver, count);
        for (size_t i = 0; i < count && r == 0; i++)
                r = read_one(arena, cm_node_at(docs[0].root, i), i + 1, now_s, &waivers[i], err);
        if (r < 0)
                return r;
        *ret = waivers;
        *ret_count = count;
        return 0;
}

static bool covers(struct cm_sv pattern, struct cm_sv text)
{
        return pattern.len == 0 || cm_check_glob(pattern, text);
}

static bool applies(const struct cm_check_waiver *w, const struct cm_check_result *r)
{
        return !w->is_expired && cm_check_glob(w->check, r->check) &&
               covers(w->kind, r->subject.kind) && covers(w->name, r->subject.name) &&
               covers(w->group, r->subject.group) && covers(w->document, r->subject.document) &&
               (w->fingerprint.len == 0 || cm_sv_eq(w->fingerprint, r->fingerprint));
}

struct cm_sv cm_check_fingerprint(struct cm_arena *arena, const struct cm_check_result *r)
{
        const struct cm_sv parts[] = { r->check,         r->subject.view, r->subject.kind,
                                       r->subject.group, r->subject.name, r->place.anchor };
        return cm_fingerprint(arena, parts, CM_ARRAY_LEN(parts));
}

bool cm_check_waivers_cover(struct cm_arena *arena, const struct cm_check_waiver *waivers,
                            size_t count, const struct cm_check_result *result)
{
        struct cm_check_result r = *result;
        for (size_t i = 0; i < count; i++) {
                if (waivers[i].fingerprint.len > 0 && r.fingerprint.len == 0)
                        r.fingerprint = cm_check_fingerprint(arena, &r);
                if (applies(&waivers[i], &r))
                        return true;
        }
        return false;
}

static void move_count(struct cm_check_outcome *o, struct cm_sv check)
{
        for (size_t i = 0; i < o->tally_count; i++) {
                if (!cm_sv_eq(o->tallies[i].check, check))
                        continue;
                CM_ASSERT(o->tallies[i].counts[CM_CHECK_FAIL] > 0);
                o->tallies[i].counts[CM_CHECK_FAIL]--;
                o->tallies[i].counts[CM_CHECK_WAIVED]++;
                return;
        }
}

void cm_check_waivers_apply(struct cm_check_waiver *waivers, size_t count,
                            struct cm_check_outcome *outcome)
{
        outcome->waivers = waivers;
        outcome->waiver_count = count;
        for (size_t i = 0; i < outcome->result_count && count > 0; i++) {
                struct cm_check_result *r = &outcome->results[i];
                for (size_t j = 0; j < count && r->state == CM_CHECK_FAIL; j++) {
                        if (!applies(&waivers[j], r))
                                continue;
                        waivers[j].used++;
                        r->state = CM_CHECK_WAIVED;
                        r->waiver = &waivers[j];
                        move_count(outcome, r->check);
                }
        }
}
