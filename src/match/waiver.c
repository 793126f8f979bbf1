/* SPDX-License-Identifier: Apache-2.0 */
/* Reader of waiver.h. */
#include "match/waiver.h"

#include "base/escape.h"
#include "base/time.h"
#include "codec/yaml.h"

static int read_one(struct cm_arena *arena, const struct cm_json *v, size_t number, int64_t now_s,
                    struct cm_waiver *ret, struct cm_err *err)
{
        struct cm_waiver w = { 0 };
        struct cm_sv expires = CM_SV("");
        const struct {
                const char *key;
                struct cm_sv *to;
                bool mandatory;
        } fields[] = {
                { "id", &w.id, true },
                { "owner", &w.owner, true },
                { "reason", &w.reason, true },
                { "expires", &expires, true },
                { "package", &w.package, false },
                { "path", &w.path, false },
        };
        if (!cm_json_is_object(v))
                return CM_RAISE(err, CM_E_USAGE, "waiver %zu is not a mapping", number);
        for (struct cm_json_iter it = cm_json_iter_first(v); it.value; cm_json_iter_next(&it)) {
                bool known = false;
                for (size_t i = 0; i < CM_ARRAY_LEN(fields); i++) {
                        if (!cm_sv_eq(it.key, cm_sv_from_cstr(fields[i].key)))
                                continue;
                        known = true;
                        *fields[i].to = cm_sv_trim(cm_json_string(it.value));
                }
                if (!known)
                        return CM_RAISE(
                                err, CM_E_USAGE,
                                "waiver %zu has a key '%s'; known: id, owner, reason, expires, "
                                "package, path",
                                number, cm_escape(arena, it.key));
        }
        for (size_t i = 0; i < CM_ARRAY_LEN(fields); i++)
                if (fields[i].mandatory && fields[i].to->len == 0)
                        return CM_RAISE(err, CM_E_USAGE, "waiver %zu (%s) has no %s", number,
                                        cm_escape(arena, w.id), fields[i].key);
        int r = cm_time_parse(expires, &w.expires_s, err);
        if (r < 0) {
                err->code = CM_E_USAGE;
                return cm_err_context(err, "waiver %zu (%s): expires", number,
                                      cm_escape(arena, w.id));
        }
        w.is_expired = w.expires_s <= now_s;
        *ret = w;
        return 0;
}

int cm_waivers_parse(struct cm_arena *arena, struct cm_sv text, int64_t now_s,
                     const struct cm_waiver **ret, size_t *ret_count, struct cm_err *err)
{
        const struct cm_json *doc = NULL;
        int r = cm_yaml_parse(arena, text, &doc, err);
        if (r < 0) {
                err->code = CM_E_USAGE;
                return r;
        }
        if (!cm_json_is_array(doc))
                return CM_RAISE(err, CM_E_USAGE, "file of waivers is not a list");
        size_t count = cm_json_count(doc);
        struct cm_waiver *waivers = CM_NEW_ARRAY(arena, struct cm_waiver, count);
        for (size_t i = 0; i < count && r == 0; i++)
                r = read_one(arena, cm_json_at(doc, i), i + 1, now_s, &waivers[i], err);
        if (r < 0)
                return r;
        *ret = waivers;
        *ret_count = count;
        return 0;
}
