/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a service gets from outside its image: volumes, devices, secrets, configs.
 * Spec: the Compose specification, "volumes", "devices", "secrets", "configs".
 */
#include "base/buf.h"
#include "base/escape.h"
#include "base/vec.h"
#include "check/compose.h"

enum {
        FIELDS_MAX = 3
};

static bool is_windows_path(struct cm_sv s)
{
        bool has_drive = s.len > 2 && cm_is_alpha(s.ptr[0]) && s.ptr[1] == ':' &&
                         (s.ptr[2] == '\\' || s.ptr[2] == '/');
        return has_drive || cm_sv_has_prefix(s, CM_SV("\\\\"));
}

/* A source that is a path, not the name of a volume. */
static bool is_path(struct cm_sv s)
{
        return s.len > 0 &&
               (s.ptr[0] == '.' || s.ptr[0] == '/' || s.ptr[0] == '~' || is_windows_path(s));
}

/* "/a//b/../c/." is /a/c: what the path means does not depend on its spelling. */
static struct cm_sv clean(struct cm_arena *arena, struct cm_sv path)
{
        CM_VEC(struct cm_sv) parts = { 0 };
        struct cm_sv part;
        struct cm_sv rest = path;
        if (path.len == 0 || path.ptr[0] != '/')
                return path;
        while (cm_sv_next_field(&rest, '/', &part)) {
                if (part.len == 0 || cm_sv_eq(part, CM_SV(".")))
                        continue;
                if (!cm_sv_eq(part, CM_SV("..")))
                        *CM_VEC_PUSH(arena, &parts) = part;
                else if (parts.count > 0)
                        parts.count--;
        }
        if (parts.count == 0)
                return CM_SV("/");
        char *out = cm_arena_alloc(arena, path.len + 1, 1);
        size_t len = 0;
        for (size_t i = 0; i < parts.count; i++) {
                out[len++] = '/';
                memcpy(out + len, parts.items[i].ptr, parts.items[i].len);
                len += parts.items[i].len;
        }
        return cm_sv_make(out, len);
}

static const struct cm_node *as_path(struct cm_compose *cx, const struct cm_node *n)
{
        n = cm_compose_as_text(cx, n);
        if (cm_compose_is_unknown(n))
                return n;
        struct cm_sv path = clean(cx->arena, n->text);
        return cm_sv_eq(path, n->text) ? n : cm_compose_text(cx, n->pos, path);
}

/* The fields between colons; the colon behind the letter of a drive is none. 0: too many. */
static size_t cut_fields(struct cm_sv s, struct cm_sv fields[FIELDS_MAX])
{
        size_t count = 0;
        size_t from = 0;
        for (size_t i = 0; i <= s.len; i++) {
                bool is_end = i == s.len;
                if (!is_end && s.ptr[i] != ':')
                        continue;
                bool is_drive = i - from == 1 && cm_is_alpha(s.ptr[from]) &&
                                is_windows_path(cm_sv_skip(s, from));
                if (is_drive && !is_end)
                        continue;
                if (count == FIELDS_MAX)
                        return 0;
                fields[count++] = cm_sv_slice(s, from, i);
                from = i + 1;
        }
        return count;
}

struct mount {
        struct cm_sv source;
        struct cm_sv target;
        struct cm_sv propagation;
        struct cm_sv selinux;
        bool read_only;
};

static void take_options(struct mount *m, struct cm_sv options)
{
        static const char *const propagations[] = { "shared",  "rshared",  "slave", "rslave",
                                                    "private", "rprivate", NULL };
        struct cm_sv option;
        while (cm_sv_next_field(&options, ',', &option)) {
                option = cm_sv_trim(option);
                if (cm_sv_is_any(option, propagations))
                        m->propagation = option;
                else if (cm_sv_eq(option, CM_SV("ro")))
                        m->read_only = true;
                else if (cm_sv_eq(option, CM_SV("rw")))
                        m->read_only = false;
                else if (cm_sv_eq_nocase(option, CM_SV("z")))
                        m->selinux = option;
        }
}

static struct cm_sv type_of(const struct mount *m)
{
        if (cm_sv_has_prefix(m->source, CM_SV("\\\\.\\pipe")))
                return CM_SV("npipe");
        return is_path(m->source) ? CM_SV("bind") : CM_SV("volume");
}

static const struct cm_node *volume_from_text(struct cm_compose *cx, const struct cm_node *n)
{
        struct cm_sv fields[FIELDS_MAX] = { 0 };
        size_t count = cut_fields(n->text, fields);
        struct mount m = { 0 };
        m.source = count > 1 ? clean(cx->arena, fields[0]) : CM_SV("");
        m.target = count > 0 ? clean(cx->arena, fields[count > 1 ? 1 : 0]) : CM_SV("");
        if (count == 0 || m.target.len == 0 || (count > 1 && m.source.len == 0))
                return cm_compose_unknown(cx, n->pos, "'%s' is no volume",
                                          cm_escape(cx->arena, n->text));
        take_options(&m, count > 2 ? fields[2] : CM_SV(""));
        struct cm_node *map = cm_compose_map(cx, n->pos);
        struct cm_node *bind = cm_compose_map(cx, n->pos);
        cm_compose_put(cx, bind, "propagation", cm_compose_text(cx, n->pos, m.propagation));
        cm_compose_put(cx, bind, "selinux", cm_compose_text(cx, n->pos, m.selinux));
        cm_compose_put(cx, map, "type", cm_compose_text(cx, n->pos, type_of(&m)));
        cm_compose_put(cx, map, "source", cm_compose_text(cx, n->pos, m.source));
        cm_compose_put(cx, map, "target", cm_compose_text(cx, n->pos, m.target));
        cm_compose_put(cx, map, "read_only", cm_compose_bool(cx, n->pos, m.read_only));
        cm_compose_put(cx, map, "bind", bind);
        return map;
}

static const struct cm_node *volume_from_map(struct cm_compose *cx, const struct cm_node *n)
{
        static const char *const kept[] = { "volume", "tmpfs", "image", "consistency" };
        const struct cm_node *none = cm_compose_text(cx, n->pos, CM_SV(""));
        const struct cm_node *empty = cm_compose_map(cx, n->pos);
        const struct cm_node *options =
                cm_compose_member(cx, n, "bind", cm_compose_as_mapping, empty);
        struct cm_node *bind = cm_compose_map(cx, options->pos);
        struct cm_node *map = cm_compose_map(cx, n->pos);
        cm_compose_put(cx, bind, "propagation",
                       cm_compose_member(cx, options, "propagation", cm_compose_as_text, none));
        cm_compose_put(cx, bind, "selinux",
                       cm_compose_member(cx, options, "selinux", cm_compose_as_text, none));
        cm_compose_put(cx, map, "type",
                       cm_compose_member(cx, n, "type", cm_compose_as_text,
                                         cm_compose_unknown(cx, n->pos, "'type' is missing")));
        cm_compose_put(cx, map, "source", cm_compose_member(cx, n, "source", as_path, none));
        cm_compose_put(cx, map, "target",
                       cm_compose_member(cx, n, "target", as_path,
                                         cm_compose_unknown(cx, n->pos, "'target' is missing")));
        cm_compose_put(cx, map, "read_only",
                       cm_compose_member(cx, n, "read_only", cm_compose_as_bool,
                                         cm_compose_bool(cx, n->pos, false)));
        cm_compose_put(cx, map, "bind", bind);
        for (size_t i = 0; i < CM_ARRAY_LEN(kept); i++)
                if (cm_node_get(n, kept[i]) != NULL)
                        cm_compose_put(cx, map, kept[i], cm_node_get(n, kept[i]));
        return map;
}

static const struct cm_node *as_volume(struct cm_compose *cx, const struct cm_node *n)
{
        if (cm_node_type(n) == CM_NODE_MAP)
                return volume_from_map(cx, n);
        if (cm_node_type(n) == CM_NODE_STRING)
                return volume_from_text(cx, n);
        return cm_compose_is_unknown(n)
                       ? n
                       : cm_compose_unknown(cx, n->pos, "must be a volume or a mapping");
}

const struct cm_node *cm_compose_as_volumes(struct cm_compose *cx, const struct cm_node *n)
{
        return cm_compose_each(cx, n, as_volume);
}

/* "SOURCE[:TARGET[:PERMISSIONS]]", or "vendor/class=name" of a CDI device. */
static const struct cm_node *as_device(struct cm_compose *cx, const struct cm_node *n)
{
        struct cm_sv source = CM_SV("");
        struct cm_sv target = CM_SV("");
        struct cm_sv permissions = CM_SV("");
        struct cm_sv rest = CM_SV("");
        struct cm_node *map = cm_compose_map(cx, n->pos);
        if (cm_node_type(n) == CM_NODE_MAP) {
                const struct cm_node *from = cm_compose_member(
                        cx, n, "source", as_path, cm_compose_unknown(cx, n->pos, "has no source"));
                cm_compose_put(cx, map, "source", from);
                cm_compose_put(cx, map, "target",
                               cm_compose_member(cx, n, "target", as_path, from));
                cm_compose_put(cx, map, "permissions",
                               cm_compose_member(cx, n, "permissions", cm_compose_as_text,
                                                 cm_compose_text(cx, n->pos, CM_SV("rwm"))));
                return map;
        }
        if (cm_node_type(n) != CM_NODE_STRING)
                return cm_compose_is_unknown(n)
                               ? n
                               : cm_compose_unknown(cx, n->pos, "must be a device or a mapping");
        cm_sv_cut(n->text, ':', &source, &rest);
        cm_sv_cut(rest, ':', &target, &permissions);
        source = clean(cx->arena, source);
        cm_compose_put(cx, map, "source", cm_compose_text(cx, n->pos, source));
        cm_compose_put(cx, map, "target",
                       cm_compose_text(cx, n->pos, target.len > 0 ? target : source));
        cm_compose_put(
                cx, map, "permissions",
                cm_compose_text(cx, n->pos, permissions.len > 0 ? permissions : CM_SV("rwm")));
        return map;
}

const struct cm_node *cm_compose_as_devices(struct cm_compose *cx, const struct cm_node *n)
{
        return cm_compose_each(cx, n, as_device);
}

/* A secret or config: its name, or a mapping; `folder` is where it is put. */
static const struct cm_node *as_grant(struct cm_compose *cx, const struct cm_node *n,
                                      const char *folder)
{
        bool is_map = cm_node_type(n) == CM_NODE_MAP;
        if (cm_compose_is_unknown(n))
                return n;
        if (!is_map && cm_node_type(n) != CM_NODE_STRING)
                return cm_compose_unknown(cx, n->pos, "must be a name or a mapping");
        const struct cm_node *source =
                is_map ? cm_compose_member(cx, n, "source", cm_compose_as_text,
                                           cm_compose_unknown(cx, n->pos, "'source' is missing"))
                       : n;
        const struct cm_node *target = cm_compose_member(
                cx, n, "target", cm_compose_as_text,
                cm_compose_is_unknown(source)
                        ? source
                        : cm_compose_text(cx, n->pos,
                                          cm_sv_printf(cx->arena, "%s%.*s", folder,
                                                       CM_SV_ARG(source->text))));
        struct cm_node *map = cm_compose_map(cx, n->pos);
        cm_compose_put(cx, map, "source", source);
        cm_compose_put(cx, map, "target", target);
        return map;
}

static const struct cm_node *as_secret(struct cm_compose *cx, const struct cm_node *n)
{
        return as_grant(cx, n, "/run/secrets/");
}

static const struct cm_node *as_config(struct cm_compose *cx, const struct cm_node *n)
{
        return as_grant(cx, n, "/");
}

const struct cm_node *cm_compose_as_secrets(struct cm_compose *cx, const struct cm_node *n)
{
        return cm_compose_each(cx, n, as_secret);
}

const struct cm_node *cm_compose_as_configs(struct cm_compose *cx, const struct cm_node *n)
{
        return cm_compose_each(cx, n, as_config);
}
