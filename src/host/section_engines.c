/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Container engines of the host: `docker` ({daemon, data_root, tls}), null when there is no trace
 * of one. Of daemon.json only what checks need: proxies may hold passwords.
 */
#include "codec/node_json.h"
#include "host/host_text.h"

static const char *const traces[] = { "/usr/bin/dockerd", "/usr/sbin/dockerd", "/etc/docker",
                                      "/usr/lib/systemd/system/docker.service",
                                      "/run/docker.sock" };
static const char *const kept[] = { "data-root",    "hosts",          "tls",
                                    "tlsverify",    "tlscacert",      "tlscert",
                                    "tlskey",       "userns-remap",   "storage-driver",
                                    "live-restore", "seccomp-profile" };

static bool has_docker(struct cm_host *h)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(traces); i++)
                if (cm_node_type(cm_host_stat(h, traces[i])) == CM_NODE_MAP)
                        return true;
        return false;
}

/* As daemon.json or the unit's command line names the files. */
static void put_tls(struct cm_host *h, struct cm_node *docker, const struct cm_node *daemon,
                    struct cm_sv command)
{
        static const char *const names[][2] = { { "ca", "tlscacert" },
                                                { "cert", "tlscert" },
                                                { "key", "tlskey" } };
        struct cm_node *tls = cm_host_map(h->arena);
        for (size_t i = 0; i < CM_ARRAY_LEN(names); i++) {
                struct cm_sv path = cm_node_get_string(daemon, names[i][1]);
                if (path.len == 0)
                        path = cm_host_flag(h->arena, command, names[i][1]);
                path = cm_sv_printf(h->arena, "%.*s", CM_SV_ARG(path));
                if (cm_sv_has_prefix(path, CM_SV("/")))
                        cm_host_put(h->arena, tls, names[i][0], cm_host_stat(h, path.ptr));
                else
                        cm_host_put_null(h->arena, tls, names[i][0]);
        }
        cm_host_put(h->arena, docker, "tls", tls);
}

static void collect(struct cm_host *h, struct cm_node *facts)
{
        const struct cm_node_json_options options = { 0 };
        struct cm_node_json_result parsed = { 0 };
        struct cm_err problem = CM_ERR_INIT;
        struct cm_node *docker = cm_host_map(h->arena);
        struct cm_node *daemon = cm_host_map(h->arena);
        struct cm_host_text t = cm_host_read(h, "etc/docker/daemon.json");
        if (!has_docker(h)) {
                cm_host_put_null(h->arena, facts, "docker");
                return;
        }
        cm_host_put(h->arena, facts, "docker", docker);
        if (t.state == CM_HOST_UNREADABLE ||
            (t.state == CM_HOST_READ &&
             cm_node_parse_json(h->arena, t.text, &options, &parsed, &problem) < 0)) {
                cm_host_put_text(h->arena, docker, "error",
                                 cm_sv_dup(h->arena, t.state == CM_HOST_READ
                                                             ? cm_sv_from_cstr(problem.text)
                                                             : t.reason));
                return;
        }
        for (size_t i = 0; i < CM_ARRAY_LEN(kept); i++) {
                const struct cm_node *v = cm_node_get(parsed.root, kept[i]);
                if (v != NULL)
                        cm_host_put(h->arena, daemon, kept[i], v);
        }
        struct cm_sv data_root = cm_node_get_string(daemon, "data-root");
        cm_host_put(h->arena, docker, "daemon", daemon);
        cm_host_put_text(h->arena, docker, "data_root",
                         data_root.len > 0 ? data_root : CM_SV("/var/lib/docker"));
        put_tls(h, docker, daemon,
                cm_node_string(cm_node_path(facts, "docker_unit", "values", "Service.ExecStart",
                                            "value", NULL)));
}

extern const struct cm_host_section cm_host_section_engines;
const struct cm_host_section cm_host_section_engines = { collect };
