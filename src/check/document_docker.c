/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an engine says of itself, as JSON that was saved: `docker inspect` of containers, images,
 * networks and volumes (also several in one list), `docker info` and `docker version` with
 * "--format '{{json .}}'", the daemon's configuration file, and all of it in one document as
 * `coaming check --save` keeps it. The objects stand as they are; each of them is one subject.
 * Spec: Docker Engine API 1.43, "inspect" answers; dockerd configuration file.
 */
#include "check/document_docker.h"

static const char *const engine_only[] = { "engine", NULL };
static const char *const container_variables[] = { "engine", "image", "named", "processes", NULL };
static const char *const daemon_variables[] = { "engine", "effective", "origin", "file", NULL };
static const struct cm_check_view kinds[CM_DOCKER_NONE] = {
        { "docker.container", "one container, as docker inspect gives it", container_variables },
        { "docker.image", "one image, as docker image inspect gives it", engine_only },
        { "docker.network", "one network, as docker network inspect gives it", engine_only },
        { "docker.volume", "one volume, as docker volume inspect gives it", engine_only },
        { "docker.info", "the engine, as docker info gives it", engine_only },
        { "docker.version", "versions, as docker version gives them", engine_only },
        { "docker.daemon", "the daemon's configuration: its command line and daemon.json",
          daemon_variables },
        { "docker.service", "one service of a swarm", engine_only },
        { "docker.execution", "what runs in a container by docker exec", engine_only },
};
static const struct cm_check_view *const views[] = { &kinds[0], &kinds[1], &kinds[2], &kinds[3],
                                                     &kinds[4], &kinds[5], &kinds[6], &kinds[7],
                                                     &kinds[8], NULL };

static bool has(const struct cm_node *n, const char *key, enum cm_node_type type)
{
        const struct cm_node *v = cm_node_get(n, key);
        return v != NULL && v->type == type;
}

enum cm_docker_kind cm_docker_kind_of(const struct cm_node *n)
{
        if (has(n, "HostConfig", CM_NODE_MAP) && has(n, "Config", CM_NODE_MAP))
                return CM_DOCKER_CONTAINER;
        if (has(n, "RootFS", CM_NODE_MAP) && has(n, "Id", CM_NODE_STRING))
                return CM_DOCKER_IMAGE;
        if (has(n, "IPAM", CM_NODE_MAP) && has(n, "Driver", CM_NODE_STRING))
                return CM_DOCKER_NETWORK;
        if (has(n, "Mountpoint", CM_NODE_STRING) && has(n, "Driver", CM_NODE_STRING))
                return CM_DOCKER_VOLUME;
        if (has(n, "DockerRootDir", CM_NODE_STRING) && has(n, "ServerVersion", CM_NODE_STRING))
                return CM_DOCKER_INFO;
        if (has(n, "Client", CM_NODE_MAP) && has(n, "Server", CM_NODE_MAP))
                return CM_DOCKER_VERSION;
        if (has(n, "Spec", CM_NODE_MAP) && cm_node_path(n, "Spec", "TaskTemplate", NULL) != NULL)
                return CM_DOCKER_SERVICE;
        return CM_DOCKER_NONE;
}

static bool is_daemon_file(struct cm_sv name)
{
        return cm_sv_eq(cm_sv_base_name(name), CM_SV("daemon.json"));
}

/* What an engine says of itself is no file that anybody writes. */
static bool docker_is_source(struct cm_sv name)
{
        return cm_sv_eq(cm_sv_base_name(name), CM_SV("daemon.json"));
}

static bool docker_is(struct cm_sv name, const struct cm_node *root)
{
        if (cm_node_type(root) == CM_NODE_LIST)
                return cm_node_count(root) > 0 &&
                       cm_docker_kind_of(cm_node_at(root, 0)) != CM_DOCKER_NONE;
        return cm_docker_is_facts(root) || cm_docker_kind_of(root) != CM_DOCKER_NONE ||
               (cm_node_type(root) == CM_NODE_MAP && is_daemon_file(name));
}

/* "/web" of a container, the first tag of an image, else the id. */
static struct cm_sv name_of(const struct cm_node *n)
{
        struct cm_sv name = cm_node_get_string(n, "Name");
        if (name.len == 0)
                name = cm_node_get_string(cm_node_get(n, "Spec"), "Name");
        if (name.len == 0)
                name = cm_node_string(cm_node_at(cm_node_get(n, "RepoTags"), 0));
        if (name.len == 0)
                name = cm_sv_slice(cm_node_get_string(n, "Id"), 0, 19);
        return cm_sv_has_prefix(name, CM_SV("/")) ? cm_sv_skip(name, 1) : name;
}

int cm_docker_give(const struct cm_document *document, const struct cm_docker_object *object,
                   struct cm_subject_sink *sink, struct cm_err *err)
{
        const struct cm_check_view *view = &kinds[object->kind];
        struct cm_subject s = {
                .view = view,
                .document = document,
                .kind = cm_sv_skip(cm_sv_from_cstr(view->name), 7),
                .name = object->name.len > 0 ? object->name : name_of(object->node),
                .subject = object->node,
                .pos = object->node->pos,
        };
        for (size_t i = 0; i < CM_DOCKER_VARIABLES; i++)
                s.variables[i] = object->variables[i];
        return sink->put(sink, &s, err);
}

void cm_docker_put(struct cm_arena *arena, struct cm_node *map, const char *key,
                   const struct cm_node *value)
{
        const struct cm_node_pos nowhere = { 0 };
        if (value != NULL)
                cm_node_put(arena, map, cm_sv_from_cstr(key), nowhere, value);
}

struct cm_node *cm_docker_engine_of(struct cm_arena *arena, const struct cm_node *info)
{
        const struct cm_node_pos nowhere = { 0 };
        struct cm_node *engine = cm_node_new_map(arena, nowhere);
        cm_docker_put(arena, engine, "podman", cm_node_new_bool(arena, nowhere, false));
        if (info == NULL)
                return engine;
        const struct cm_node *options = cm_node_get(info, "SecurityOptions");
        bool is_rootless = false;
        for (size_t i = 0; i < cm_node_count(options); i++)
                is_rootless =
                        is_rootless || cm_sv_has_prefix(cm_node_string(cm_node_at(options, i)),
                                                        CM_SV("name=rootless"));
        cm_docker_put(arena, engine, "info", info);
        cm_docker_put(arena, engine, "rootless", cm_node_new_bool(arena, nowhere, is_rootless));
        return engine;
}

static int give_alone(struct cm_arena *arena, const struct cm_document *document,
                      const struct cm_node *n, enum cm_docker_kind kind,
                      struct cm_subject_sink *sink, struct cm_err *err)
{
        struct cm_docker_object object = { .kind = kind, .node = n };
        object.variables[0] = cm_docker_engine_of(arena, kind == CM_DOCKER_INFO ? n : NULL);
        if (kind == CM_DOCKER_DAEMON) {
                struct cm_docker_settings settings = cm_docker_settings_of_file(arena, n);
                object.variables[1] = settings.values;
                object.variables[2] = settings.origins;
                object.variables[3] = cm_node_new_map(arena, (struct cm_node_pos){ 0 });
        }
        return cm_docker_give(document, &object, sink, err);
}

static int docker_subjects(struct cm_arena *arena, const struct cm_document *document,
                           struct cm_subject_sink *sink, struct cm_err *err)
{
        const struct cm_node *root = document->root;
        if (cm_docker_is_facts(root))
                return cm_docker_facts(arena, document, sink, err);
        if (root->type == CM_NODE_MAP) {
                enum cm_docker_kind kind = cm_docker_kind_of(root);
                return give_alone(arena, document, root,
                                  kind == CM_DOCKER_NONE ? CM_DOCKER_DAEMON : kind, sink, err);
        }
        int r = 0;
        for (size_t i = 0; i < cm_node_count(root) && r == 0; i++) {
                const struct cm_node *n = cm_node_at(root, i);
                enum cm_docker_kind kind = cm_docker_kind_of(n);
                if (kind == CM_DOCKER_NONE)
                        return CM_RAISE(err, CM_E_MALFORMED,
                                        "item %zu of the list is no container, image, network, "
                                        "volume or service",
                                        i);
                r = give_alone(arena, document, n, kind, sink, err);
        }
        return r;
}

extern const struct cm_document_kind cm_document_docker;
const struct cm_document_kind cm_document_docker = {
        .name = "docker",
        .summary = "saved answers of a Docker engine, and daemon.json",
        .views = views,
        .is_source = docker_is_source,
        .is = docker_is,
        .normalise = cm_document_without_nulls,
        .subjects = docker_subjects,
};
