/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an engine says of itself, as JSON that was saved: `docker inspect` of containers, images,
 * networks and volumes (also several in one list), `docker info` and `docker version` with
 * "--format '{{json .}}'", and the daemon's configuration file. The objects stand as they are; each
 * of them is one subject.
 * Spec: Docker Engine API 1.43, "inspect" answers; dockerd configuration file.
 */
#include "check/document.h"

enum object_kind {
        DOCKER_CONTAINER,
        DOCKER_IMAGE,
        DOCKER_NETWORK,
        DOCKER_VOLUME,
        DOCKER_INFO,
        DOCKER_VERSION,
        DOCKER_DAEMON,
        DOCKER_NONE
};

static const char *const no_variables[] = { NULL };
static const struct cm_check_view kinds[DOCKER_NONE] = {
        { "docker.container", "one container, as docker inspect gives it", no_variables },
        { "docker.image", "one image, as docker image inspect gives it", no_variables },
        { "docker.network", "one network, as docker network inspect gives it", no_variables },
        { "docker.volume", "one volume, as docker volume inspect gives it", no_variables },
        { "docker.info", "the engine, as docker info gives it", no_variables },
        { "docker.version", "versions, as docker version gives them", no_variables },
        { "docker.daemon", "the daemon's configuration file, daemon.json", no_variables },
};
static const struct cm_check_view *const views[] = { &kinds[0], &kinds[1], &kinds[2], &kinds[3],
                                                     &kinds[4], &kinds[5], &kinds[6], NULL };

static bool has(const struct cm_node *n, const char *key, enum cm_node_type type)
{
        const struct cm_node *v = cm_node_get(n, key);
        return v != NULL && v->type == type;
}

/* By the members that only this kind of object has. */
static enum object_kind kind_of(const struct cm_node *n)
{
        if (has(n, "HostConfig", CM_NODE_MAP) && has(n, "Config", CM_NODE_MAP))
                return DOCKER_CONTAINER;
        if (has(n, "RootFS", CM_NODE_MAP) && has(n, "Id", CM_NODE_STRING))
                return DOCKER_IMAGE;
        if (has(n, "IPAM", CM_NODE_MAP) && has(n, "Driver", CM_NODE_STRING))
                return DOCKER_NETWORK;
        if (has(n, "Mountpoint", CM_NODE_STRING) && has(n, "Driver", CM_NODE_STRING))
                return DOCKER_VOLUME;
        if (has(n, "DockerRootDir", CM_NODE_STRING) && has(n, "ServerVersion", CM_NODE_STRING))
                return DOCKER_INFO;
        if (has(n, "Client", CM_NODE_MAP) && has(n, "Server", CM_NODE_MAP))
                return DOCKER_VERSION;
        return DOCKER_NONE;
}

static bool is_daemon_file(struct cm_sv name)
{
        return cm_sv_eq(cm_sv_base_name(name), CM_SV("daemon.json"));
}

static bool docker_is(struct cm_sv name, const struct cm_node *root)
{
        if (cm_node_type(root) == CM_NODE_LIST)
                return cm_node_count(root) > 0 && kind_of(cm_node_at(root, 0)) != DOCKER_NONE;
        return kind_of(root) != DOCKER_NONE ||
               (cm_node_type(root) == CM_NODE_MAP && is_daemon_file(name));
}

/* "/web" of a container, the first tag of an image, else the id. */
static struct cm_sv name_of(const struct cm_node *n)
{
        struct cm_sv name = cm_node_get_string(n, "Name");
        if (name.len == 0)
                name = cm_node_string(cm_node_at(cm_node_get(n, "RepoTags"), 0));
        if (name.len == 0)
                name = cm_sv_slice(cm_node_get_string(n, "Id"), 0, 19);
        return cm_sv_has_prefix(name, CM_SV("/")) ? cm_sv_skip(name, 1) : name;
}

static int give(const struct cm_document *document, const struct cm_node *n, enum object_kind kind,
                struct cm_subject_sink *sink, struct cm_err *err)
{
        const struct cm_check_view *view = &kinds[kind];
        const struct cm_subject s = {
                .view = view,
                .document = document,
                .kind = cm_sv_skip(cm_sv_from_cstr(view->name), 7),
                .name = name_of(n),
                .subject = n,
                .pos = n->pos,
        };
        return sink->put(sink, &s, err);
}

static int docker_subjects(struct cm_arena *arena, const struct cm_document *document,
                           struct cm_subject_sink *sink, struct cm_err *err)
{
        const struct cm_node *root = document->root;
        (void)arena;
        if (root->type == CM_NODE_MAP) {
                enum object_kind kind = kind_of(root);
                return give(document, root, kind == DOCKER_NONE ? DOCKER_DAEMON : kind, sink, err);
        }
        int r = 0;
        for (size_t i = 0; i < cm_node_count(root) && r == 0; i++) {
                const struct cm_node *n = cm_node_at(root, i);
                enum object_kind kind = kind_of(n);
                if (kind == DOCKER_NONE)
                        return CM_RAISE(err, CM_E_MALFORMED,
                                        "item %zu of the list is no container, image, network or "
                                        "volume",
                                        i);
                r = give(document, n, kind, sink, err);
        }
        return r;
}

extern const struct cm_document_kind cm_document_docker;
const struct cm_document_kind cm_document_docker = {
        .name = "docker",
        .summary = "saved answers of a Docker engine, and daemon.json",
        .views = views,
        .is = docker_is,
        .normalise = cm_document_without_nulls,
        .subjects = docker_subjects,
};
