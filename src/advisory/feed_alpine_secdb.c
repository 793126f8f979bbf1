/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alpine's secdb, JSON or YAML: origin package -> fixed version -> identifiers. Also what Wolfi and
 * Chainguard publish in the same form, without a release.
 */
#include "advisory/feed.h"
#include "advisory/space.h"
#include "base/vec.h"
#include "codec/json.h"
#include "codec/yaml.h"

static bool alpine_secdb_wants(struct cm_sv member)
{
        return cm_sv_has_suffix(member, CM_SV(".json")) ||
               cm_sv_has_suffix(member, CM_SV(".yaml")) || cm_sv_has_suffix(member, CM_SV(".yml"));
}

/* The space of a document; "" when it does not say which release it is about. */
static struct cm_sv space_of(struct cm_arena *arena, const struct cm_json *doc)
{
        struct cm_sv release = cm_sv_trim(cm_json_get_string(doc, "distroversion"));
        struct cm_sv urlprefix = cm_json_get_string(doc, "urlprefix");
        if (release.len == 0 && cm_sv_find(urlprefix, CM_SV("wolfi")) >= 0)
                return CM_SV("Wolfi");
        if (release.len == 0 && cm_sv_find(urlprefix, CM_SV("chainguard")) >= 0)
                return CM_SV("Chainguard");
        if (release.len == 0 || cm_sv_find_char(release, ':') >= 0)
                return CM_SV("");
        if (cm_is_digit(release.ptr[0]))
                return cm_sv_printf(arena, "Alpine:v%.*s", CM_SV_ARG(release));
        return cm_sv_join(arena, CM_SV("Alpine:"), release);
}

static bool is_id(struct cm_sv s)
{
        static const char *const prefixes[] = { "CVE-", "GHSA-",  "ALPINE-",  "XSA-",  "CGA-",
                                                "GO-",  "PYSEC-", "RUSTSEC-", "TEMP-", "ZBX-" };
        for (size_t i = 0; i < CM_ARRAY_LEN(prefixes); i++) {
                struct cm_sv prefix = cm_sv_from_cstr(prefixes[i]);
                if (cm_sv_has_prefix(s, prefix) && s.len > prefix.len)
                        return true;
        }
        return false;
}

static struct cm_sv strip(struct cm_sv s)
{
        while (s.len > 0 && !cm_is_alnum(s.ptr[0]))
                s = cm_sv_skip(s, 1);
        while (s.len > 0 && !cm_is_alnum(s.ptr[s.len - 1]))
                s.len--;
        return s;
}

static int add_fix(struct cm_arena *arena, const struct cm_feed_sink *sink, struct cm_db_package *p,
                   struct cm_sv id, struct cm_err *err)
{
        bool is_cve = cm_sv_has_prefix(id, CM_SV("CVE-"));
        struct cm_advisory a = {
                .id = id,
                .url = is_cve ? cm_sv_join(arena, CM_SV("https://security.alpinelinux.org/vuln/"),
                                           id)
                              : CM_SV(""),
        };
        return sink->advisory(sink->ctx, &a, p, 1, err);
}

/* One value may hold several ids: "CVE-2017-1 (+ regression) XSA-206", "CVE-2019-1 CVE-2019-2". */
static int add_entry(struct cm_arena *arena, const struct cm_feed_sink *sink,
                     struct cm_db_package *p, struct cm_sv text, struct cm_err *err)
{
        struct cm_sv rest = text;
        struct cm_sv field;
        size_t found = 0;
        int r = 0;
        while (r == 0 && cm_sv_next_field(&rest, ' ', &field)) {
                struct cm_sv id = strip(field);
                if (cm_sv_has_prefix(id, CM_SV("CVE_"))) /* a slip of old files */
                        id = cm_sv_join(arena, CM_SV("CVE-"), cm_sv_skip(id, 4));
                if (!is_id(id))
                        continue;
                found++;
                r = add_fix(arena, sink, p, id, err);
        }
        if (r == 0 && found == 0)
                sink->reject(sink->ctx, p->name, "names no identifier");
        return r;
}

static int add_version(struct cm_arena *arena, const struct cm_feed_sink *sink,
                       struct cm_db_package *p, struct cm_sv version, const struct cm_json *ids,
                       struct cm_err *err)
{
        bool never = cm_sv_eq(version, CM_SV("0")) || cm_sv_eq(version, CM_SV("0-r0"));
        const struct cm_range range = { .fixed = never ? CM_SV("0") : version };
        p->affected = (struct cm_affected){
                .state = never ? CM_FIX_STATE_NOT_AFFECTED : CM_FIX_STATE_FIXED,
                .ranges = &range,
                .range_count = 1,
        };
        if (cm_json_type(ids) == CM_JSON_NULL)
                return 0; /* a version with nothing under it */
        if (!cm_json_is_array(ids)) {
                sink->reject(sink->ctx, p->name, "identifiers of a version are not a list");
                return 0;
        }
        int r = 0;
        for (size_t i = 0; r == 0 && i < cm_json_count(ids); i++)
                r = add_entry(arena, sink, p, cm_json_string(cm_json_at(ids, i)), err);
        return r;
}

static int alpine_secdb_parse(struct cm_arena *arena, struct cm_sv member, struct cm_sv content,
                              const struct cm_feed_sink *sink, struct cm_err *err)
{
        const struct cm_json *doc = NULL;
        bool is_json = cm_sv_has_suffix(member, CM_SV(".json"));
        int r = is_json ? cm_json_parse(arena, content, &doc, err)
                        : cm_yaml_parse(arena, content, &doc, err);
        if (r < 0)
                return r;
        struct cm_db_package p = { .space = space_of(arena, doc) };
        const struct cm_json *packages = cm_json_get(doc, "packages");
        if (p.space.len == 0)
                return CM_RAISE(err, CM_E_MALFORMED, "document names no release (distroversion)");
        if (packages != NULL && !cm_json_is_array(packages) &&
            cm_json_type(packages) != CM_JSON_NULL)
                return CM_RAISE(err, CM_E_MALFORMED, "\"packages\" is not a list");
        for (size_t i = 0; r == 0 && i < cm_json_count(packages); i++) {
                const struct cm_json *pkg = cm_json_get(cm_json_at(packages, i), "pkg");
                p.name = cm_json_get_string(pkg, "name");
                const struct cm_json *fixes = cm_json_get(pkg, "secfixes");
                if (p.name.len == 0) {
                        sink->reject(sink->ctx, cm_sv_printf(arena, "package %zu", i + 1),
                                     "package has no name");
                        continue;
                }
                for (struct cm_json_iter it = cm_json_iter_first(fixes); r == 0 && it.value != NULL;
                     cm_json_iter_next(&it))
                        r = add_version(arena, sink, &p, cm_sv_trim(it.key), it.value, err);
        }
        return r;
}

const struct cm_feed cm_feed_alpine_secdb = {
        .name = "alpine-secdb",
        .summary = "Alpine's (and Wolfi's) list of fixed versions, JSON or YAML",
        .doc = "feeds.md#alpine-secdb",
        .wants = alpine_secdb_wants,
        .parse = alpine_secdb_parse,
};
