/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A running engine: what it says of itself through its socket, and what the host shows of its
 * daemon, as one document (docs/formats/engine-facts.md). What comes over the socket is carried,
 * not read.
 */
#include <unistd.h>

#include "base/limits.h"
#include "cmd/check_source.h"
#include "cmd/check_trigger.h"
#include "cmd/engine_facts.h"
#include "fetch/fetch.h"
#include "os/file.h"

static int carry_survey(struct cm_fetch *fetch, const struct cm_engine_facts *facts,
                        struct cm_buf *out, struct cm_err *err)
{
        int fd = -1;
        int r = cm_fetch_survey(fetch, !facts->sees_processes, &fd, err);
        if (r < 0)
                return r;
        r = cm_file_read_fd(fd, "the engine's answers", out, err);
        close(fd);
        return r == 0 ? cm_fetch_finish(fetch, err) : r;
}

static int give_engine(const struct cm_args *args, enum cm_fetch_kind kind,
                       struct cm_check_document_sink *sink, struct cm_err *err)
{
        bool is_podman = kind == CM_FETCH_PODMAN;
        const char *name = is_podman ? "podman" : "docker";
        uint64_t budget_s = 0;
        int r = cm_args_number(args, "timeout", 1, 86400, &budget_s, err);
        const struct cm_fetch_options options = { .kind = kind,
                                                  .is_survey = true,
                                                  .budget_s = (int)budget_s };
        struct cm_fetch *fetch = NULL;
        struct cm_fetch_image none;
        struct cm_engine_facts facts = { 0 };
        if (r == 0)
                r = cm_fetch_open(args->arena, &options, &fetch, &none, err);
        if (r < 0)
                return r;
        struct cm_buf text CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&text, CM_NODE_BYTES_MAX);
        cm_engine_facts_find(args->arena, cm_fetch_socket(fetch), &facts);
        cm_buf_printf(&text, "{\"schema\": \"coaming/engine-facts/v1\", \"engine\": \"%s\",\n",
                      name);
        cm_engine_facts_write(args->arena, &facts, &text);
        cm_buf_put_str(&text, "\"api\": ");
        r = carry_survey(fetch, &facts, &text, err);
        cm_fetch_close(fetch);
        cm_buf_put_str(&text, "}\n");
        if (r == 0)
                r = cm_buf_check(&text, "what the engine says of itself", err);
        return r < 0 ? r
                     : cm_check_source_text(is_podman ? "podman:" : "docker:", cm_buf_sv(&text),
                                            sink, err);
}

static int give_docker(const struct cm_args *args, const char *rest,
                       struct cm_check_document_sink *sink, struct cm_err *err)
{
        (void)rest;
        return give_engine(args, CM_FETCH_DOCKER, sink, err);
}

static int give_podman(const struct cm_args *args, const char *rest,
                       struct cm_check_document_sink *sink, struct cm_err *err)
{
        (void)rest;
        return give_engine(args, CM_FETCH_PODMAN, sink, err);
}

static int watch_engine(enum cm_fetch_kind kind, struct cm_check_triggers *triggers)
{
        const struct cm_fetch_options options = { .kind = kind, .is_survey = true };
        cm_check_trigger_engine(triggers, &options);
        triggers->asks_again = true; /* events do not tell of the daemon's own files */
        return 0;
}

static int watch_docker(const struct cm_args *args, const char *rest,
                        struct cm_check_triggers *triggers, struct cm_err *err)
{
        (void)args, (void)rest, (void)err;
        return watch_engine(CM_FETCH_DOCKER, triggers);
}

static int watch_podman(const struct cm_args *args, const char *rest,
                        struct cm_check_triggers *triggers, struct cm_err *err)
{
        (void)args, (void)rest, (void)err;
        return watch_engine(CM_FETCH_PODMAN, triggers);
}

extern const struct cm_check_source cm_check_source_docker;
const struct cm_check_source cm_check_source_docker = {
        .prefix = "docker:",
        .is_whole = true,
        .summary = "the Docker engine of this host: daemon, containers, images, networks, swarm",
        .give = give_docker,
        .watch = watch_docker,
};

extern const struct cm_check_source cm_check_source_podman;
const struct cm_check_source cm_check_source_podman = {
        .prefix = "podman:",
        .is_whole = true,
        .summary = "the same of podman, through the socket of 'podman system service'",
        .give = give_podman,
        .watch = watch_podman,
};
