/* SPDX-License-Identifier: Apache-2.0 */
/* `coaming rules run`: recorded events against rules. */
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/limits.h"
#include "base/time.h"
#include "cmd/rules.h"
#include "codec/inflate.h"
#include "codec/node_json.h"
#include "codec/scap.h"
#include "sense/track.h"

enum {
        RULES_MAX = 256,
        PLUGIN_EVENT = 322
};

struct run {
        struct cm_arena *arena;
        struct cm_rule_state *state;
        struct cm_buf out;
        bool json;
        size_t rules_max;
        uint64_t events;
        uint64_t alerts;
};

static void print(struct run *r, const struct cm_event_context *c)
{
        const struct cm_rule *found[RULES_MAX];
        size_t count = cm_rules_match(r->state, c, found, r->rules_max);
        r->events++;
        for (size_t i = 0; i < count; i++) {
                cm_buf_clear(&r->out);
                if (r->json)
                        cm_rule_put_json(r->state, found[i], &r->out);
                else
                        cm_rule_put_text(r->state, found[i], &r->out);
                cm_buf_put_char(&r->out, '\n');
                fwrite(r->out.ptr, 1, r->out.len, stdout);
                r->alerts++;
        }
}

/* "2026-11-24T08:33:26.123456Z" in nanoseconds; 0 when it is no time. */
static uint64_t time_ns(struct cm_sv text)
{
        struct cm_err ignored = CM_ERR_INIT;
        int64_t seconds = 0;
        struct cm_sv head, fraction;
        uint64_t ns = 0;
        uint64_t unit = 100000000;
        if (cm_time_parse(text, &seconds, &ignored) < 0 || seconds < 0)
                return 0;
        if (cm_sv_cut(text, '.', &head, &fraction))
                for (size_t i = 0; i < fraction.len && cm_is_digit(fraction.ptr[i]);
                     i++, unit /= 10)
                        ns += (uint64_t)(fraction.ptr[i] - '0') * unit;
        return (uint64_t)seconds * 1000000000 + ns;
}

static void audit_event(struct run *r, const struct cm_node *n)
{
        struct cm_event event = { .info = cm_event_info(PLUGIN_EVENT) };
        struct cm_sv when = cm_node_get_string(n, "stageTimestamp");
        if (when.len == 0)
                when = cm_node_get_string(n, "requestReceivedTimestamp");
        event.time_ns = time_ns(when);
        const struct cm_event_context c = { .event = &event,
                                            .number = r->events + 1,
                                            .latency_ns = -1,
                                            .source = CM_SV("k8s_audit"),
                                            .document = n };
        print(r, &c);
}

/* Events come alone, in lists, and in objects of kind EventList. */
static void audit_events(struct run *r, const struct cm_node *n, size_t depth)
{
        const struct cm_node *items = cm_node_get(n, "items");
        const struct cm_node *list = cm_node_type(n) == CM_NODE_LIST ? n : items;
        enum {
                LISTS_MAX = 4 /* within each other */
        };
        if (cm_node_type(list) != CM_NODE_LIST && cm_node_type(n) == CM_NODE_MAP)
                audit_event(r, n);
        for (size_t i = 0;
             depth < LISTS_MAX && cm_node_type(list) == CM_NODE_LIST && i < cm_node_count(list);
             i++)
                audit_events(r, cm_node_at(list, i), depth + 1);
}

/* A file of lines is taken line by line, so that its size does not matter; else it is one document. */
static int audit_file(struct run *r, const char *file, struct cm_err *err)
{
        const struct cm_node_json_options options = { .refuse_duplicate_keys = false };
        struct cm_node_json_result result;
        struct cm_err problem = CM_ERR_INIT;
        struct cm_sv text;
        int code = cm_rules_read(r->arena, file, CM_NODE_BYTES_MAX, &text, err);
        if (code < 0)
                return code;
        code = cm_node_parse_json_lines(r->arena, text, &options, &result, &problem);
        if (code < 0) {
                cm_err_clear(&problem);
                code = cm_node_parse_json(r->arena, text, &options, &result, &problem);
        }
        if (code < 0)
                return CM_RAISE(err, CM_E_MALFORMED, "%.200s: %s", file, problem.text);
        audit_events(r, result.root, 0);
        return 0;
}

/* The whole capture, inflated. */
static int inflate_capture(struct cm_sv packed, struct cm_buf *out, struct cm_err *err)
{
        enum {
                CHUNK = 1 << 16
        };
        struct cm_inflate *inflate CM_CLEANUP(cm_inflate_freep)
        = cm_inflate_new(cm_compression_detect(packed), CM_CAPTURE_EVENTS_BYTES_MAX);
        size_t written = 0;
        int r = 0;
        do {
                char *to = cm_buf_reserve(out, CHUNK);
                if (to == NULL)
                        return cm_buf_check(out, "capture", err);
                r = cm_inflate_step(inflate, &packed, to, CHUNK, &written, err);
                if (r == 0)
                        cm_buf_commit(out, written);
        } while (r == 0 && (written > 0 || packed.len > 0));
        return r < 0 ? r : cm_inflate_finish(inflate, err);
}

static int capture_blocks(struct run *r, struct cm_sv bytes, struct cm_err *err)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_CAPTURE_STATE_BYTES_MAX);
        struct cm_track *track = cm_track_new(arena);
        struct cm_scap scap;
        struct cm_scap_block block;
        struct cm_scap_event event;
        struct cm_event_context c;
        int code = cm_scap_open(bytes, &scap, err);
        while (code == 0 && (code = cm_scap_next(&scap, &block, err)) == 0) {
                if (block.kind != CM_SCAP_EVENT) {
                        code = cm_track_load(track, &block, err);
                        continue;
                }
                code = cm_scap_event(&block, &event, err);
                if (code == 0)
                        code = cm_track_event(track, &event, &c, err);
                if (code == 0)
                        print(r, &c);
                if (code == CM_TRACK_NO_EVENT)
                        code = 0;
        }
        return code < 0 ? code : 0;
}

static int capture_file(struct run *r, const char *file, struct cm_err *err)
{
        struct cm_buf bytes CM_CLEANUP(cm_buf_fini) = { 0 };
        struct cm_sv packed;
        int code = cm_rules_read(r->arena, file, CM_CAPTURE_EVENTS_BYTES_MAX, &packed, err);
        if (code < 0)
                return code;
        cm_buf_init(&bytes, CM_CAPTURE_EVENTS_BYTES_MAX);
        code = inflate_capture(packed, &bytes, err);
        if (code == 0)
                code = capture_blocks(r, cm_buf_sv(&bytes), err);
        return code < 0 ? cm_err_context(err, "%.200s", file) : 0;
}

static int run_run(const struct cm_args *args)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_RULE_ARENA_BYTES_MAX);
        struct cm_err err = CM_ERR_INIT;
        const char *const *files = NULL;
        size_t count = cm_args_list(args, "rules", &files);
        struct cm_rule_loader *loader = NULL;
        const struct cm_ruleset *set = NULL;
        const char *source = cm_args_get(args, "source");
        bool is_capture = source != NULL && strcmp(source, "scap") == 0;
        int code = 0;
        if (count == 0)
                code = CM_RAISE(&err, CM_E_USAGE, "which rules? --rules FILE says so");
        if (code == 0)
                code = cm_rules_open(arena, files, count, false, &loader, &set, &err);
        if (code < 0)
                return cm_command_fail(&err);
        struct cm_rule_state *state CM_CLEANUP(cm_rule_state_freep)
        = cm_rule_state_new(set);
        struct run r = { .arena = arena,
                         .state = state,
                         .json = cm_args_flag(args, "json"),
                         .rules_max = cm_args_flag(args, "all") ? RULES_MAX : 1 };
        cm_buf_init(&r.out, CM_RULE_OUTPUT_BYTES_MAX * 4);
        for (size_t i = 0; i < args->positional_count && code == 0; i++)
                code = is_capture ? capture_file(&r, args->positional[i], &err)
                                  : audit_file(&r, args->positional[i], &err);
        cm_buf_fini(&r.out);
        fflush(stdout);
        if (code < 0)
                return cm_command_fail(&err);
        fprintf(stderr, "%llu events, %llu alerts\n", (unsigned long long)r.events,
                (unsigned long long)r.alerts);
        return r.alerts > 0 ? 1 : 0;
}

static const char *const sources[] = { "k8s_audit", "scap", NULL };
static const struct cm_opt options[] = {
        { .name = "rules", .kind = CM_OPT_LIST, .arg = "FILE", .help = "rule file or directory" },
        { .name = "source",
          .kind = CM_OPT_VALUE,
          .arg = "SOURCE",
          .help = "what the events are",
          .otherwise = "k8s_audit",
          .choices = sources },
        { .name = "all", .help = "all rules that match an event, not only the first" },
        { .name = "json", .help = "alerts as JSON, one a line" },
        { .name = NULL },
};
const struct cm_cmd cm_rules_run_command = {
        .name = "run",
        .summary = "look for alerts in recorded events",
        .synopsis = "--rules FILE EVENTS...",
        .description =
                "Events of the source k8s_audit are the audit log of Kubernetes: JSON, one "
                "event a line, a list of them, or an EventList; those of the source scap are a "
                "capture, plain or packed. The exit status is 1 when "
                "there are alerts.",
        .options = options,
        .positional_min = 1,
        .positional_max = SIZE_MAX,
        .run = run_run,
};
