/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All that an engine says of itself in one document (docs/formats/engine-facts.md): its objects as
 * subjects, each with what the others say about it.
 */
#include "check/document_docker.h"

static const struct cm_node_pos nowhere = { 0 };

struct facts {
        struct cm_arena *arena;
        const struct cm_document *document;
        struct cm_subject_sink *sink;
        const struct cm_node *api;
        struct cm_node *engine;
        struct cm_node *images;          /* by id and by each of their names */
        const struct cm_node *processes; /* names by id of the container, or NULL: not seen */
};

bool cm_docker_is_facts(const struct cm_node *root)
{
        return cm_sv_has_prefix(cm_node_get_string(root, "schema"), CM_SV("coaming/engine-facts/"));
}

/* Podman says it among its components, whatever name it was called by. */
static bool is_podman(const struct facts *f)
{
        const struct cm_node *list = cm_node_path(f->api, "version", "Components", NULL);
        for (size_t i = 0; i < cm_node_count(list); i++)
                if (cm_sv_has_prefix(cm_node_get_string(cm_node_at(list, i), "Name"),
                                     CM_SV("Podman")))
                        return true;
        return false;
}

static void add_to(struct facts *f, struct cm_node *lists, struct cm_sv key,
                   const struct cm_node *item)
{
        struct cm_node *list = NULL;
        const struct cm_node_member *m = cm_node_member(lists, key);
        if (m == NULL) {
                list = cm_node_new_list(f->arena, nowhere);
                cm_node_put(f->arena, lists, key, nowhere, list);
        } else {
                list = (struct cm_node *)(uintptr_t)m->value; /* made here, above */
        }
        cm_node_add(f->arena, list, item);
}

/* "/usr/sbin/sshd -D" and "sshd: root@pts/0" are both "sshd". */
static struct cm_sv program_of(struct cm_sv command)
{
        struct cm_sv word, rest;
        cm_sv_cut(cm_sv_trim(command), ' ', &word, &rest);
        word = cm_sv_base_name(word);
        return cm_sv_has_suffix(word, CM_SV(":")) ? cm_sv_slice(word, 0, word.len - 1) : word;
}

static void add_top(struct facts *f, struct cm_node *lists, const struct cm_node_member *top)
{
        const struct cm_node *titles = cm_node_get(top->value, "Titles");
        const struct cm_node *rows = cm_node_get(top->value, "Processes");
        for (size_t i = 0; i < cm_node_count(titles); i++) {
                struct cm_sv title = cm_node_string(cm_node_at(titles, i));
                if (!cm_sv_eq(title, CM_SV("CMD")) && !cm_sv_eq(title, CM_SV("COMMAND")))
                        continue;
                for (size_t j = 0; j < cm_node_count(rows); j++) {
                        const struct cm_node *cell = cm_node_at(cm_node_at(rows, j), i);
                        add_to(f, lists, top->key,
                               cm_node_new_string(f->arena, cell == NULL ? nowhere : cell->pos,
                                                  program_of(cm_node_string(cell))));
                }
        }
}

/* Seen by the one who asked in /proc, or else said by the engine. */
static const struct cm_node *processes_of(struct facts *f)
{
        struct cm_node *lists = cm_node_new_map(f->arena, nowhere);
        const struct cm_node *seen = cm_node_get(f->document->root, "processes");
        const struct cm_node *said = cm_node_get(f->api, "processes");
        for (size_t i = 0; i < cm_node_count(seen); i++) {
                const struct cm_node *p = cm_node_at(seen, i);
                const struct cm_node *name = cm_node_get(p, "name");
                if (name != NULL)
                        add_to(f, lists, cm_node_get_string(p, "container"), name);
        }
        for (size_t i = 0; i < cm_node_count(said) && said->type == CM_NODE_MAP; i++)
                add_top(f, lists, &said->map.members[i]);
        return seen != NULL || said != NULL ? lists : NULL;
}

static void index_images(struct facts *f)
{
        const struct cm_node *images = cm_node_get(f->api, "images");
        f->images = cm_node_new_map(f->arena, nowhere);
        for (size_t i = 0; i < cm_node_count(images); i++) {
                const struct cm_node *image = cm_node_at(images, i);
                const struct cm_node *tags = cm_node_get(image, "RepoTags");
                struct cm_sv id = cm_node_get_string(image, "Id");
                struct cm_sv sha256 = CM_SV("sha256:");
                cm_node_put(f->arena, f->images,
                            cm_sv_has_prefix(id, sha256) ? id : cm_sv_join(f->arena, sha256, id),
                            nowhere, image);
                for (size_t j = 0; j < cm_node_count(tags); j++)
                        cm_node_put(f->arena, f->images, cm_node_string(cm_node_at(tags, j)),
                                    nowhere, image);
        }
}

/* The image that the container was made of. Podman gives the bare number. */
static const struct cm_node *image_of(const struct facts *f, const struct cm_node *container)
{
        struct cm_sv id = cm_node_get_string(container, "Image");
        if (cm_sv_find_char(id, ':') < 0)
                id = cm_sv_join(f->arena, CM_SV("sha256:"), id);
        return cm_node_get_sv(f->images, id);
}

/* The image that the name now means with which the container was started. */
static const struct cm_node *named_of(const struct facts *f, const struct cm_node *container)
{
        struct cm_sv name = cm_node_get_string(cm_node_get(container, "Config"), "Image");
        if (cm_sv_find_char(cm_sv_base_name(name), ':') < 0)
                name = cm_sv_join(f->arena, name, CM_SV(":latest"));
        return cm_node_get_sv(f->images, name);
}

static int give(const struct facts *f, enum cm_docker_kind kind, const struct cm_node *node,
                struct cm_sv name, struct cm_err *err)
{
        struct cm_docker_object object = { .kind = kind, .node = node, .name = name };
        if (node == NULL)
                return 0;
        object.variables[0] = f->engine;
        if (kind == CM_DOCKER_CONTAINER) {
                object.variables[1] = image_of(f, node);
                object.variables[2] = named_of(f, node);
                object.variables[3] = cm_node_get_sv(f->processes, cm_node_get_string(node, "Id"));
        }
        return cm_docker_give(f->document, &object, f->sink, err);
}

static int give_list(const struct facts *f, const char *member, enum cm_docker_kind kind,
                     struct cm_err *err)
{
        const struct cm_node *list = cm_node_get(f->api, member);
        if (kind == CM_DOCKER_VOLUME && cm_node_type(list) == CM_NODE_MAP)
                list = cm_node_get(list, "Volumes"); /* {"Volumes": [...], "Warnings": ...} */
        int r = 0;
        for (size_t i = 0; i < cm_node_count(list) && r == 0; i++) {
                const struct cm_node *n = cm_node_at(list, i);
                if (cm_node_type(n) != CM_NODE_MAP)
                        return CM_RAISE(err, CM_E_MALFORMED, "item %zu of '%s' is no object", i,
                                        member);
                struct cm_sv name = CM_SV("");
                if (kind == CM_DOCKER_EXECUTION)
                        name = cm_sv_slice(cm_node_get_string(n, "ContainerID"), 0, 12);
                r = give(f, kind, n, name, err);
        }
        return r;
}

/*
 * The process that was found is this engine's when it listens on the socket, or when both are of one
 * host. The socket of an engine elsewhere may be forwarded to where another one runs.
 */
static const struct cm_node *daemon_of(const struct facts *f)
{
        const struct cm_node *daemon = cm_node_get(f->document->root, "daemon");
        const struct cm_node *host = cm_node_get(daemon, "host");
        const struct cm_node *info = cm_node_get(f->api, "info");
        bool is_here =
                cm_sv_eq(cm_node_get_string(host, "name"), cm_node_get_string(info, "Name")) &&
                cm_sv_eq(cm_node_get_string(host, "kernel"),
                         cm_node_get_string(info, "KernelVersion"));
        return cm_node_bool(cm_node_get(daemon, "is_certain"), true) || is_here ? daemon : NULL;
}

static int give_daemon(const struct facts *f, struct cm_err *err)
{
        const struct cm_node *daemon = daemon_of(f);
        const struct cm_node *file = cm_node_get(daemon, "file");
        struct cm_docker_settings s = cm_docker_settings_of_daemon(f->arena, daemon);
        cm_docker_put(f->arena, f->engine, "daemon", s.values);
        cm_docker_put(f->arena, f->engine, "listeners", cm_node_get(daemon, "listeners"));
        const struct cm_docker_object object = {
                .kind = CM_DOCKER_DAEMON,
                .node = s.values,
                .name = CM_SV("daemon"),
                .variables = { f->engine, s.values, s.origins,
                               file != NULL ? file : cm_node_new_map(f->arena, nowhere) },
        };
        return cm_docker_give(f->document, &object, f->sink, err);
}

static void make_engine(struct facts *f)
{
        static const char *const lists[] = { "containers", "images",  "networks",
                                             "nodes",      "secrets", "services" };
        const struct cm_node *volumes = cm_node_get(f->api, "volumes");
        f->engine = cm_docker_engine_of(f->arena, cm_node_get(f->api, "info"));
        cm_docker_put(f->arena, f->engine, "podman",
                      cm_node_new_bool(f->arena, nowhere, is_podman(f)));
        cm_docker_put(f->arena, f->engine, "version", cm_node_get(f->api, "version"));
        cm_docker_put(f->arena, f->engine, "volumes", cm_node_get(volumes, "Volumes"));
        for (size_t i = 0; i < CM_ARRAY_LEN(lists); i++)
                cm_docker_put(f->arena, f->engine, lists[i], cm_node_get(f->api, lists[i]));
}

/* `docker version` has the engine's answer under "Server"; here there is no client. */
static const struct cm_node *version_of(const struct facts *f)
{
        const struct cm_node *server = cm_node_get(f->api, "version");
        if (server == NULL)
                return NULL;
        struct cm_node *version = cm_node_new_map(f->arena, server->pos);
        cm_docker_put(f->arena, version, "Server", server);
        return version;
}

int cm_docker_facts(struct cm_arena *arena, const struct cm_document *document,
                    struct cm_subject_sink *sink, struct cm_err *err)
{
        static const struct {
                const char *member;
                enum cm_docker_kind kind;
        } lists[] = {
                { "containers", CM_DOCKER_CONTAINER }, { "executions", CM_DOCKER_EXECUTION },
                { "images", CM_DOCKER_IMAGE },         { "networks", CM_DOCKER_NETWORK },
                { "volumes", CM_DOCKER_VOLUME },       { "services", CM_DOCKER_SERVICE },
        };
        struct facts f = { .arena = arena, .document = document, .sink = sink };
        if (!cm_sv_eq(cm_node_get_string(document->root, "schema"),
                      CM_SV("coaming/engine-facts/v1")))
                return CM_RAISE(err, CM_E_MALFORMED,
                                "these engine facts are not of version 1: save them with this "
                                "release");
        f.api = cm_node_get(document->root, "api");
        make_engine(&f);
        index_images(&f);
        f.processes = processes_of(&f);
        int r = give_daemon(&f, err);
        if (r == 0)
                r = give(&f, CM_DOCKER_INFO, cm_node_get(f.api, "info"), CM_SV(""), err);
        if (r == 0)
                r = give(&f, CM_DOCKER_VERSION, version_of(&f), CM_SV("version"), err);
        for (size_t i = 0; i < CM_ARRAY_LEN(lists) && r == 0; i++)
                r = give_list(&f, lists[i].member, lists[i].kind, err);
        return r;
}
