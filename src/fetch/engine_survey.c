/* SPDX-License-Identifier: Apache-2.0 */
/* Questions of engine_survey.h, one after another over one connection. */
#include "fetch/engine_survey.h"

#include <time.h>

#include "base/escape.h"
#include "base/vec.h"
#include "codec/json.h"
#include "fetch/engine_internal.h"

enum {
        ANSWER_BYTES_MAX = 32 << 20,
        SCRATCH_BYTES_MAX = 1 << 30,
        CALLS_BESIDE_DESCRIPTION_MAX = 2,
        NEVER_SILENT = -1,
        ABSENT = 1 /* outcome: the engine answered 404 */
};

struct survey {
        struct cm_engine *engine;
        struct cm_arena *arena;   /* of all */
        struct cm_arena *scratch; /* of one answer */
        struct cm_transfer *out;
        bool with_processes;
        struct cm_buf body;        /* the answer as text ... */
        const struct cm_json *doc; /* ... and as a tree, until the next question */
        struct cm_buf executions;
        struct cm_buf processes;
};

static void put(struct survey *s, struct cm_sv text)
{
        const struct cm_http_response head = { .status = 200 };
        /* The transfer remembers what went wrong; it is asked once, at the end. */
        CM_IGNORE(!cm_transfer_write(s->out, &head, text));
}

/* Every answer is read before it is passed on: one text must stay one value in the whole. */
static int ask(struct survey *s, struct cm_sv path, struct cm_err *err)
{
        struct cm_transfer transfer = { .fd = -1,
                                        .buffer = &s->body,
                                        .bytes_max = ANSWER_BYTES_MAX };
        struct cm_http_response response;
        cm_buf_clear(&s->body);
        cm_arena_reset(s->scratch);
        int r = cm_engine_ask(s->engine, s->scratch, path, &transfer, CM_ENGINE_SILENCE_S,
                              &response, err);
        if (r == 0 && response.status == 404)
                return ABSENT;
        if (r == 0 && response.status != 200)
                r = cm_engine_raise_status(s->engine, s->scratch, &response, err);
        else if (r == 0)
                r = cm_json_parse(s->scratch, cm_buf_sv(&s->body), &s->doc, err);
        return r < 0 ? cm_err_context(err, "asking for %s", cm_escape(s->arena, path)) : 0;
}

/* One member of the whole: the answer as it is. */
static int give(struct survey *s, const char *member, const char *path, struct cm_err *err)
{
        int r = ask(s, cm_sv_from_cstr(path), err);
        if (r == ABSENT)
                return CM_RAISE(err, CM_E_ENV, "the engine does not know %s", path);
        if (r == 0) {
                put(s, cm_sv_printf(s->arena, ",\n\"%s\":", member));
                put(s, cm_buf_sv(&s->body));
        }
        return r;
}

struct ids {
        CM_VEC(struct cm_sv) list;
};

/* The ids of a list, each once and in its order. */
static int ask_ids(struct survey *s, const char *path, const char *key, struct ids *ret,
                   struct cm_err *err)
{
        int r = ask(s, cm_sv_from_cstr(path), err);
        if (r == 0 && !cm_json_is_array(s->doc))
                r = CM_RAISE(err, CM_E_MALFORMED, "the answer to %s is no list", path);
        if (r != 0)
                return r < 0 ? r : CM_RAISE(err, CM_E_ENV, "the engine does not know %s", path);
        for (size_t i = 0; i < cm_json_count(s->doc); i++) {
                struct cm_sv id = cm_json_get_string(cm_json_at(s->doc, i), key);
                bool is_again =
                        ret->list.count > 0 && cm_sv_eq(ret->list.items[ret->list.count - 1], id);
                if (id.len > 0 && !is_again) /* an image stands in the list once for each name */
                        *CM_VEC_PUSH(s->arena, &ret->list) = cm_sv_dup(s->arena, id);
        }
        return 0;
}

static struct cm_sv path_of(struct survey *s, const char *kind, struct cm_sv id, const char *what)
{
        return cm_sv_printf(s->arena, "/%s/%.*s/%s", kind,
                            CM_SV_ARG(cm_http_escape(s->arena, id, ":")), what);
}

/*
 * Of what runs at the moment: it may have ended, and not every engine knows these questions. What is
 * not told is left out, and not known.
 */
static int ask_if_told(struct survey *s, struct cm_sv path, struct cm_err *err)
{
        int r = ask(s, path, err);
        if (r == 0 || r == ABSENT || (err->code != CM_E_ENV && err->code != CM_E_MALFORMED))
                return r;
        cm_err_clear(err);
        return ABSENT;
}

/* What runs in the container beside its first process. */
static int ask_about_running(struct survey *s, struct cm_sv id, struct cm_err *err)
{
        const struct cm_json *list = cm_json_get(s->doc, "ExecIDs");
        struct cm_sv executions[CALLS_BESIDE_DESCRIPTION_MAX] = { { 0 } };
        size_t calls_max = CALLS_BESIDE_DESCRIPTION_MAX - (s->with_processes ? 1 : 0);
        size_t count = CM_MIN(cm_json_count(list), calls_max);
        for (size_t i = 0; i < count; i++)
                executions[i] = cm_sv_dup(s->arena, cm_json_string(cm_json_at(list, i)));
        int r = 0;
        for (size_t i = 0; i < count && r == 0; i++) {
                r = ask_if_told(s, path_of(s, "exec", executions[i], "json"), err);
                if (r == 0) {
                        cm_buf_put_str(&s->executions, s->executions.len > 0 ? ",\n" : "");
                        cm_buf_put_sv(&s->executions, cm_buf_sv(&s->body));
                }
                r = r == ABSENT ? 0 : r;
        }
        if (r < 0 || !s->with_processes)
                return r;
        r = ask_if_told(s, path_of(s, "containers", id, "top"), err);
        if (r == 0) {
                cm_buf_put_str(&s->processes, s->processes.len > 0 ? ",\n" : "");
                cm_buf_put_json(&s->processes, id);
                cm_buf_put_char(&s->processes, ':');
                cm_buf_put_sv(&s->processes, cm_buf_sv(&s->body));
        }
        return r == ABSENT ? 0 : r;
}

static int give_containers(struct survey *s, struct cm_err *err)
{
        struct ids ids = { 0 };
        size_t given = 0;
        int r = ask_ids(s, "/containers/json?all=1", "Id", &ids, err);
        put(s, CM_SV(",\n\"containers\":["));
        for (size_t i = 0; i < ids.list.count && r == 0; i++) {
                struct cm_sv id = ids.list.items[i];
                r = ask(s, path_of(s, "containers", id, "json"), err);
                if (r == 0) {
                        put(s, given++ > 0 ? CM_SV(",\n") : CM_SV("\n"));
                        put(s, cm_buf_sv(&s->body));
                        if (cm_json_bool(cm_json_path(s->doc, "State", "Running", NULL), false))
                                r = ask_about_running(s, id, err);
                }
                r = r == ABSENT ? 0 : r;
        }
        put(s, CM_SV("],\n\"executions\":["));
        put(s, cm_buf_sv(&s->executions));
        put(s, CM_SV("]"));
        if (s->with_processes) {
                put(s, CM_SV(",\n\"processes\":{"));
                put(s, cm_buf_sv(&s->processes));
                put(s, CM_SV("}"));
        }
        if (r == 0)
                r = cm_buf_check(&s->executions, "what runs in containers", err);
        return r == 0 ? cm_buf_check(&s->processes, "processes of containers", err) : r;
}

static int give_images(struct survey *s, struct cm_err *err)
{
        struct ids ids = { 0 };
        size_t given = 0;
        int r = ask_ids(s, "/images/json", "Id", &ids, err);
        put(s, CM_SV(",\n\"images\":["));
        for (size_t i = 0; i < ids.list.count && r == 0; i++) {
                r = ask(s, path_of(s, "images", ids.list.items[i], "json"), err);
                if (r == 0) {
                        put(s, given++ > 0 ? CM_SV(",\n") : CM_SV("\n"));
                        put(s, cm_buf_sv(&s->body));
                }
                r = r == ABSENT ? 0 : r;
        }
        put(s, CM_SV("]"));
        return r;
}

static int give_all(struct survey *s, struct cm_err *err)
{
        static const struct {
                const char *member;
                const char *path;
                bool of_swarm;
        } lists[] = {
                { "networks", "/networks", false }, { "volumes", "/volumes", false },
                { "nodes", "/nodes", true },        { "services", "/services", true },
                { "secrets", "/secrets", true },
        };
        int r = ask(s, CM_SV("/info"), err);
        if (r != 0)
                return r < 0 ? r
                             : CM_RAISE(err, CM_E_ENV, "what listens on the socket is no engine");
        put(s, CM_SV("{\"info\":"));
        put(s, cm_buf_sv(&s->body));
        bool is_manager =
                cm_json_bool(cm_json_path(s->doc, "Swarm", "ControlAvailable", NULL), false);
        r = give(s, "version", "/version", err);
        if (r == 0)
                r = give_containers(s, err);
        if (r == 0)
                r = give_images(s, err);
        for (size_t i = 0; i < CM_ARRAY_LEN(lists) && r == 0; i++)
                if (is_manager || !lists[i].of_swarm)
                        r = give(s, lists[i].member, lists[i].path, err);
        put(s, CM_SV("}\n"));
        return r;
}

int cm_engine_survey(struct cm_engine *engine, struct cm_arena *arena, bool with_processes,
                     struct cm_transfer *transfer, struct cm_err *err)
{
        struct cm_arena *scratch CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(SCRATCH_BYTES_MAX);
        struct survey s = { .engine = engine,
                            .arena = arena,
                            .scratch = scratch,
                            .out = transfer,
                            .with_processes = with_processes };
        cm_buf_init(&s.body, ANSWER_BYTES_MAX);
        cm_buf_init(&s.executions, ANSWER_BYTES_MAX);
        cm_buf_init(&s.processes, ANSWER_BYTES_MAX);
        cm_transfer_begin(transfer);
        int r = give_all(&s, err);
        cm_buf_fini(&s.body);
        cm_buf_fini(&s.executions);
        cm_buf_fini(&s.processes);
        if (r == 0 && transfer->is_over_limit)
                r = CM_RAISE(err, CM_E_LIMIT, "the engine says more of itself than %llu bytes",
                             (unsigned long long)transfer->bytes_max);
        return r;
}

int cm_engine_events(struct cm_engine *engine, struct cm_arena *arena, struct cm_transfer *transfer,
                     struct cm_err *err)
{
        static const char *const kinds[] = {
                "create",  "destroy", "die",    "start",  "stop",    "restart",    "pause",
                "unpause", "rename",  "update", "reload", "connect", "disconnect", "remove",
                "delete",  "import",  "load",   "pull",   "tag",     "untag",      "enable",
                "disable", "install", "prune",  "mount",  "unmount",
        };
        struct cm_buf filter CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&filter, CM_KIB(4));
        /* podman refuses filters by events that it does not have. */
        cm_buf_put_str(&filter, engine->setup->is_podman ? "{" : "{\"event\":[");
        for (size_t i = 0; i < CM_ARRAY_LEN(kinds) && !engine->setup->is_podman; i++)
                cm_buf_printf(&filter, "%s\"%s\"", i > 0 ? "," : "", kinds[i]);
        cm_buf_put_str(&filter, engine->setup->is_podman ? "}" : "]}");
        struct cm_sv escaped = cm_http_escape(arena, cm_buf_sv(&filter), "");
        struct cm_http_response response;
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        /* What happens until the engine reads this is told, too. */
        struct cm_sv path = cm_sv_printf(arena, "/events?since=%lld.%09ld&filters=%.*s",
                                         (long long)now.tv_sec, now.tv_nsec, CM_SV_ARG(escaped));
        int r = cm_engine_ask(engine, arena, path, transfer, NEVER_SILENT, &response, err);
        if (r < 0)
                return r;
        return response.status == 200 ? 0 : cm_engine_raise_status(engine, arena, &response, err);
}
