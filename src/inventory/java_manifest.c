/* SPDX-License-Identifier: Apache-2.0 */
/* Readers of java_manifest.h. */
#include "inventory/java_manifest.h"

/* A template that the build did not fill in: "${project.version}", "@VERSION@". */
static bool is_unfilled(struct cm_sv s)
{
        return cm_sv_find(s, CM_SV("${")) >= 0 || cm_sv_has_prefix(s, CM_SV("@"));
}

struct cm_java_name cm_java_pom_properties(struct cm_sv text)
{
        struct cm_java_name n = { CM_SV(""), CM_SV(""), CM_SV("") };
        struct cm_sv line;
        while (cm_sv_next_line(&text, &line)) {
                struct cm_sv key, value;
                line = cm_sv_trim(line);
                if (line.len == 0 || line.ptr[0] == '#' || !cm_sv_cut(line, '=', &key, &value))
                        continue;
                key = cm_sv_trim(key);
                value = cm_sv_trim(value);
                if (is_unfilled(value))
                        continue;
                if (cm_sv_eq(key, CM_SV("groupId")))
                        n.group = value;
                else if (cm_sv_eq(key, CM_SV("artifactId")))
                        n.artifact = value;
                else if (cm_sv_eq(key, CM_SV("version")))
                        n.version = value;
        }
        return n;
}

/* A manifest value, continued by lines that begin with one blank. */
static struct cm_sv take_value(struct cm_arena *arena, struct cm_sv value, struct cm_sv *rest)
{
        if (rest->len == 0 || rest->ptr[0] != ' ')
                return cm_sv_trim(value);
        /* Measured first, copied once: lines may be many and short. */
        struct cm_sv ahead = *rest;
        struct cm_sv more;
        size_t total = value.len;
        while (ahead.len > 0 && ahead.ptr[0] == ' ' && cm_sv_next_line(&ahead, &more))
                total += more.len;
        char *joined = cm_arena_alloc(arena, total, 1);
        size_t len = 0;
        for (more = value;; more = cm_sv_skip(more, 1)) {
                if (more.len > 0)
                        memcpy(joined + len, more.ptr, more.len);
                len += more.len;
                if (rest->len == 0 || rest->ptr[0] != ' ' || !cm_sv_next_line(rest, &more))
                        break;
        }
        return cm_sv_trim(cm_sv_make(joined, len));
}

static bool looks_like_group(struct cm_sv s)
{
        if (cm_sv_find_char(s, '.') <= 0)
                return false;
        for (size_t i = 0; i < s.len; i++)
                if (!cm_is_alnum(s.ptr[i]) && cm_sv_find_char(CM_SV(".-_"), s.ptr[i]) < 0)
                        return false;
        return true;
}

static bool looks_like_artifact(struct cm_sv s)
{
        for (size_t i = 0; i < s.len; i++)
                if (!cm_is_alnum(s.ptr[i]) && cm_sv_find_char(CM_SV(".-_"), s.ptr[i]) < 0)
                        return false;
        return s.len > 0;
}

struct cm_java_name cm_java_manifest(struct cm_arena *arena, struct cm_sv text)
{
        struct cm_sv vendor_id = CM_SV(""), title = CM_SV(""), version = CM_SV("");
        struct cm_sv symbolic = CM_SV(""), bundle_version = CM_SV(""), spec_version = CM_SV("");
        const struct {
                const char *key;
                struct cm_sv *to;
        } wanted[] = {
                { "Implementation-Vendor-Id", &vendor_id },
                { "Implementation-Title", &title },
                { "Implementation-Version", &version },
                { "Bundle-SymbolicName", &symbolic },
                { "Bundle-Version", &bundle_version },
                { "Specification-Version", &spec_version },
        };
        struct cm_sv line;
        while (cm_sv_next_line(&text, &line) && line.len > 0) {
                struct cm_sv key, value;
                if (!cm_sv_cut(line, ':', &key, &value))
                        continue;
                value = take_value(arena, value, &text);
                if (is_unfilled(value))
                        continue;
                for (size_t i = 0; i < CM_ARRAY_LEN(wanted); i++)
                        if (cm_sv_eq_nocase(key, cm_sv_from_cstr(wanted[i].key)))
                                *wanted[i].to = value;
        }
        struct cm_sv rest, head, tail;
        cm_sv_cut(symbolic, ';', &symbolic, &rest); /* directives: "x;singleton:=true" */
        struct cm_java_name n = { CM_SV(""), CM_SV(""), CM_SV("") };
        if (looks_like_group(vendor_id))
                n.group = vendor_id;
        else if (looks_like_group(symbolic) && cm_sv_cut_last(symbolic, '.', &head, &tail))
                n.group = head;
        if (looks_like_artifact(title))
                n.artifact = title;
        else if (looks_like_group(symbolic) && cm_sv_cut_last(symbolic, '.', &head, &tail))
                n.artifact = tail;
        n.version = version.len > 0          ? version
                    : bundle_version.len > 0 ? bundle_version
                                             : spec_version;
        return n;
}

/*
 * The version begins at the first "-" that a digit follows; but in "log4j-1.2-api-2.14.1" the first
 * number is part of the name: a word and another dotted number follow.
 */
static bool looks_like_version(struct cm_sv s)
{
        struct cm_sv part;
        bool word = false;
        if (s.len == 0 || !cm_is_digit(s.ptr[0]))
                return false;
        while (cm_sv_next_field(&s, '-', &part)) {
                if (part.len > 0 && cm_is_digit(part.ptr[0]) && word &&
                    cm_sv_find_char(part, '.') > 0)
                        return false;
                word = part.len > 0 && cm_is_alpha(part.ptr[0]);
        }
        return true;
}

struct cm_java_name cm_java_file_name(struct cm_sv path)
{
        struct cm_java_name n = { CM_SV(""), CM_SV(""), CM_SV("") };
        struct cm_sv dir, base, stem, extension;
        if (!cm_sv_cut_last(path, '/', &dir, &base))
                base = path;
        cm_sv_cut_last(base, '.', &stem, &extension);
        for (size_t i = 1; i + 1 < stem.len; i++) {
                if (stem.ptr[i] != '-' || !looks_like_version(cm_sv_skip(stem, i + 1)))
                        continue;
                n.artifact = cm_sv_slice(stem, 0, i);
                n.version = cm_sv_skip(stem, i + 1);
                return n;
        }
        n.artifact = stem;
        return n;
}
