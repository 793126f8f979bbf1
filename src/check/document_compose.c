/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Docker Compose files: the file as a whole, each service in one form whatever spelling it has
 * (compose.h), and the networks and volumes that the file declares.
 * Spec: the Compose specification, compose-spec.io.
 */
#include "base/escape.h"
#include "check/compose.h"
#include "check/document.h"

static const char *const file_variables[] = { "file", NULL };
static const struct cm_check_view view_file = {
        .name = "compose.file",
        .summary = "a Compose file as a whole",
        .variables = file_variables,
};
static const char *const service_variables[] = { "service", "raw", "file", NULL };
static const struct cm_check_view view_service = {
        .name = "compose.service",
        .summary = "one service, in one form; \"raw\" is how it is written",
        .variables = service_variables,
};
static const char *const network_variables[] = { "network", "file", NULL };
static const struct cm_check_view view_network = {
        .name = "compose.network",
        .summary = "one network that the file declares",
        .variables = network_variables,
};
static const char *const volume_variables[] = { "volume", "file", NULL };
static const struct cm_check_view view_volume = {
        .name = "compose.volume",
        .summary = "one named volume that the file declares",
        .variables = volume_variables,
};
static const struct cm_check_view *const views[] = { &view_file, &view_service, &view_network,
                                                     &view_volume, NULL };

/* compose.yaml, docker-compose.prod.yml */
static bool is_named_like_one(struct cm_sv name)
{
        struct cm_sv base = cm_sv_base_name(name);
        return (cm_sv_has_suffix(base, CM_SV(".yaml")) || cm_sv_has_suffix(base, CM_SV(".yml"))) &&
               (cm_sv_has_prefix(base, CM_SV("compose.")) ||
                cm_sv_has_prefix(base, CM_SV("compose-")) ||
                cm_sv_has_prefix(base, CM_SV("docker-compose")) ||
                cm_sv_has_prefix(base, CM_SV("podman-compose")));
}

/* Other files have "services", too; theirs are not made of images. */
static bool compose_is_source(struct cm_sv name)
{
        (void)name;
        return true;
}

static bool compose_is(struct cm_sv name, const struct cm_node *root)
{
        const struct cm_node *services = cm_node_get(root, "services");
        if (cm_node_get(root, "apiVersion") != NULL)
                return false;
        if (is_named_like_one(name))
                return true;
        for (size_t i = 0; cm_node_type(services) == CM_NODE_MAP && i < services->map.count; i++) {
                const struct cm_node *service = services->map.members[i].value;
                if (cm_node_get(service, "image") != NULL ||
                    cm_node_get(service, "build") != NULL ||
                    cm_node_get(service, "extends") != NULL)
                        return true;
        }
        return false;
}

/* A section of the file: a mapping, or an empty one when it is not there. */
static int section(struct cm_compose *cx, const char *key, const struct cm_node **ret,
                   struct cm_err *err)
{
        const struct cm_node *n = cm_node_get(cx->root, key);
        *ret = n;
        if (cm_node_type(n) == CM_NODE_NULL)
                *ret = cm_compose_map(cx, cx->root->pos);
        else if (n->type != CM_NODE_MAP)
                return CM_RAISE(err, CM_E_MALFORMED, "%u:%u: '%s' must be a mapping", n->pos.line,
                                n->pos.column, key);
        return 0;
}

/* A network, volume, secret or config, with its name and what all have. */
static struct cm_node *declared(struct cm_compose *cx, const struct cm_node_member *m,
                                const struct cm_node *value)
{
        struct cm_node *map = cm_compose_map(cx, value->pos);
        const struct cm_node *no = cm_compose_bool(cx, value->pos, false);
        for (size_t i = 0; i < value->map.count; i++) {
                const struct cm_node_member *own = &value->map.members[i];
                if (cm_node_type(own->value) == CM_NODE_NULL && !cm_compose_is_unknown(own->value))
                        continue;
                cx->node_count++;
                cm_node_put(cx->arena, map, own->key, own->key_pos, own->value);
        }
        const struct cm_node *external = cm_node_get(map, "external");
        cm_compose_put(cx, map, "external",
                       cm_node_type(external) == CM_NODE_MAP
                               ? cm_compose_bool(cx, external->pos, true) /* {name: ...} of old */
                               : cm_compose_member(cx, map, "external", cm_compose_as_bool, no));
        cm_compose_put(cx, map, "key", cm_compose_text(cx, value->pos, m->key));
        cm_compose_put(cx, map, "labels",
                       cm_compose_member(cx, map, "labels", cm_compose_as_pairs,
                                         cm_compose_map(cx, value->pos)));
        return map;
}

static const struct cm_node *make_network(struct cm_compose *cx, struct cm_node *map)
{
        static const char *const booleans[] = { "internal", "attachable", "enable_ipv6" };
        for (size_t i = 0; i < CM_ARRAY_LEN(booleans); i++)
                cm_compose_put(cx, map, booleans[i],
                               cm_compose_member(cx, map, booleans[i], cm_compose_as_bool,
                                                 cm_compose_bool(cx, map->pos, false)));
        return map;
}

/* Networks and volumes have drivers. */
static void put_driver(struct cm_compose *cx, struct cm_node *map)
{
        cm_compose_put(cx, map, "driver",
                       cm_compose_member(cx, map, "driver", cm_compose_as_text,
                                         cm_compose_text(cx, map->pos, CM_SV(""))));
        cm_compose_put(cx, map, "driver_opts",
                       cm_compose_member(cx, map, "driver_opts", cm_compose_as_mapping,
                                         cm_compose_map(cx, map->pos)));
}

static int make_section(struct cm_compose *cx, const char *key, struct cm_node *file,
                        struct cm_err *err)
{
        const struct cm_node *raw = NULL;
        int r = section(cx, key, &raw, err);
        if (r < 0)
                return r;
        struct cm_node *out = cm_compose_map(cx, raw->pos);
        bool is_network = cm_sv_eq(cm_sv_from_cstr(key), CM_SV("networks"));
        bool is_volume = cm_sv_eq(cm_sv_from_cstr(key), CM_SV("volumes"));
        for (size_t i = 0; i < raw->map.count && !cm_compose_is_full(cx); i++) {
                const struct cm_node_member *m = &raw->map.members[i];
                const struct cm_node *value = cm_compose_expand(cx, m->value);
                if (cm_node_type(value) == CM_NODE_NULL && !cm_compose_is_unknown(value))
                        value = cm_compose_map(cx, m->value->pos);
                value = cm_compose_as_mapping(cx, value);
                if (value->type == CM_NODE_MAP) {
                        struct cm_node *map = declared(cx, m, value);
                        if (is_network || is_volume)
                                put_driver(cx, map);
                        value = is_network ? make_network(cx, map) : map;
                }
                cm_node_put(cx->arena, out, m->key, m->key_pos, value);
        }
        cm_compose_put(cx, file, key, out);
        return 0;
}

static int make_services(struct cm_compose *cx, struct cm_node *file, struct cm_err *err)
{
        const struct cm_node *raw = NULL;
        int r = section(cx, "services", &raw, err);
        if (r < 0)
                return r;
        struct cm_node *out = cm_compose_map(cx, raw->pos);
        cx->states = CM_NEW_ARRAY(cx->arena, const struct cm_node *, raw->map.count + 1);
        cx->is_open = CM_NEW_ARRAY(cx->arena, bool, raw->map.count + 1);
        for (size_t i = 0; i < raw->map.count && r == 0; i++) {
                const struct cm_node_member *m = &raw->map.members[i];
                const struct cm_node *service = NULL;
                r = cm_compose_service(cx, i, &service, err);
                if (r == 0)
                        cm_node_put(cx->arena, out, m->key, m->key_pos, service);
        }
        cm_compose_put(cx, file, "services", out);
        return r;
}

/* A file that holds none of these is something else under the name of one, or has a slip. */
static int verify(const struct cm_node *root, struct cm_err *err)
{
        static const char *const known[] = { "services", "include", "networks",
                                             "volumes",  "secrets", "configs" };
        struct cm_node_pos pos = root == NULL ? (struct cm_node_pos){ 1, 1 } : root->pos;
        bool is_known = false;
        if (cm_node_type(root) != CM_NODE_MAP)
                return CM_RAISE(err, CM_E_MALFORMED, "%u:%u: a Compose file must be a mapping",
                                pos.line, pos.column);
        for (size_t i = 0; i < CM_ARRAY_LEN(known); i++)
                is_known = is_known || cm_node_get(root, known[i]) != NULL;
        return is_known ? 0
                        : CM_RAISE(err, CM_E_MALFORMED, "%u:%u: a Compose file needs 'services'",
                                   pos.line, pos.column);
}

/* Which services mount each of the named volumes; written into the volumes as "used_by". */
static void put_users(struct cm_compose *cx, struct cm_node *file)
{
        const struct cm_node *services = cm_node_get(file, "services");
        const struct cm_node *volumes = cm_node_get(file, "volumes");
        struct cm_node **users = CM_NEW_ARRAY(cx->arena, struct cm_node *, volumes->map.count + 1);
        for (size_t i = 0; i < volumes->map.count; i++)
                users[i] = cm_compose_list(cx, volumes->map.members[i].value->pos);
        for (size_t i = 0; i < services->map.count; i++) {
                const struct cm_node *service = services->map.members[i].value;
                const struct cm_node *name = cm_node_get(service, "name");
                const struct cm_node *mounts = cm_node_get(service, "volumes");
                for (size_t j = 0; j < cm_node_count(mounts); j++) {
                        const struct cm_node *mount = cm_node_at(mounts, j);
                        const struct cm_node_member *m =
                                cm_node_member(volumes, cm_node_get_string(mount, "source"));
                        bool is_named =
                                cm_sv_eq(cm_node_get_string(mount, "type"), CM_SV("volume"));
                        if (m == NULL || !is_named)
                                continue;
                        struct cm_node *list = users[m - volumes->map.members];
                        size_t count = list->list.count;
                        if (count == 0 || list->list.items[count - 1] != name)
                                cm_compose_add(cx, list, name); /* not twice for one service */
                }
        }
        struct cm_node *out = cm_compose_map(cx, volumes->pos);
        for (size_t i = 0; i < volumes->map.count; i++) {
                const struct cm_node_member *m = &volumes->map.members[i];
                struct cm_node *copy = cm_compose_map(cx, m->value->pos);
                for (size_t j = 0; j < cm_node_count(m->value); j++)
                        cm_node_put(cx->arena, copy, m->value->map.members[j].key,
                                    m->value->map.members[j].key_pos,
                                    m->value->map.members[j].value);
                cm_compose_put(cx, copy, "used_by", users[i]);
                cm_node_put(cx->arena, out, m->key, m->key_pos,
                            m->value->type == CM_NODE_MAP ? copy : m->value);
        }
        cm_compose_put(cx, file, "volumes", out);
}

static int make_file(struct cm_compose *cx, const struct cm_node **ret, struct cm_err *err)
{
        static const char *const sections[] = { "networks", "volumes", "secrets", "configs" };
        int r = verify(cx->root, err);
        if (r < 0)
                return r;
        struct cm_node *file = cm_compose_map(cx, cx->root->pos);
        const struct cm_node *name = cm_compose_text(cx, cx->root->pos, CM_SV(""));
        const struct cm_node *include = cm_node_get(cx->root, "include");
        r = make_services(cx, file, err);
        for (size_t i = 0; i < CM_ARRAY_LEN(sections) && r == 0; i++)
                r = make_section(cx, sections[i], file, err);
        if (r < 0)
                return r;
        put_users(cx, file);
        cm_compose_put(cx, file, "name",
                       cm_compose_member(cx, cx->root, "name", cm_compose_as_text, name));
        cm_compose_put(cx, file, "include",
                       cm_node_type(include) == CM_NODE_LIST ? cm_compose_expand(cx, include)
                                                             : cm_compose_list(cx, cx->root->pos));
        *ret = file;
        return cm_compose_check(cx, err);
}

struct giving {
        const struct cm_document *document;
        struct cm_subject_sink *sink;
        const struct cm_node *file;
};

/* All objects of one section; `raw` stands between the object and the file when the view has it. */
static int give(const struct giving *g, const struct cm_check_view *view, struct cm_sv kind,
                const char *key, struct cm_err *err)
{
        const struct cm_node *objects = cm_node_get(g->file, key);
        const struct cm_node *raw = cm_node_get(g->document->root, key);
        int r = 0;
        for (size_t i = 0; i < cm_node_count(objects) && r == 0; i++) {
                const struct cm_node_member *m = &objects->map.members[i];
                struct cm_subject s = {
                        .view = view,
                        .document = g->document,
                        .kind = kind,
                        .name = m->key,
                        .subject = cm_node_get_sv(raw, m->key),
                        .variables = { m->value, g->file },
                        .pos = m->key_pos,
                };
                if (view == &view_service) {
                        s.variables[1] = s.subject;
                        s.variables[2] = g->file;
                }
                r = g->sink->put(g->sink, &s, err);
        }
        return r;
}

static int compose_subjects(struct cm_arena *arena, const struct cm_document *document,
                            struct cm_subject_sink *sink, struct cm_err *err)
{
        struct cm_compose cx = { .arena = arena,
                                 .file_name = document->name,
                                 .root = document->root };
        struct giving g = { document, sink, NULL };
        int r = make_file(&cx, &g.file, err);
        if (r < 0)
                return r;
        struct cm_subject s = {
                .view = &view_file,
                .document = document,
                .kind = CM_SV("Compose file"),
                .name = cm_node_string(cm_node_get(g.file, "name")),
                .subject = document->root,
                .variables = { g.file },
                .pos = document->root->pos,
        };
        r = sink->put(sink, &s, err);
        r = r < 0 ? r : give(&g, &view_service, CM_SV("service"), "services", err);
        r = r < 0 ? r : give(&g, &view_network, CM_SV("network"), "networks", err);
        return r < 0 ? r : give(&g, &view_volume, CM_SV("volume"), "volumes", err);
}

extern const struct cm_document_kind cm_document_compose;
const struct cm_document_kind cm_document_compose = {
        .name = "compose",
        .summary = "Docker Compose files",
        .views = views,
        .schema = CM_NODE_YAML_GO3,
        .is_source = compose_is_source,
        .is = compose_is,
        .subjects = compose_subjects,
};
