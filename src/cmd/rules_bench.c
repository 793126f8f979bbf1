/* SPDX-License-Identifier: Apache-2.0 */
/* `coaming rules bench`: how fast rules are on this machine. */
#include <stdio.h>
#include <time.h>

#include "base/limits.h"
#include "cmd/rules.h"
#include "codec/node_yaml.h"
#include "os/file.h"
#include "rule/rule_cases.h"

/* Ordinary work that matches nothing: what rules look at most of the time. */
static const char workload[] =
        "cases:\n"
        "- name: open\n"
        "  event: {type: openat, args: {fd: 3, dirfd: AT_FDCWD, name: /usr/lib/libc.so.6, "
        "flags: O_RDONLY|O_CLOEXEC, mode: 0}}\n"
        "  process: {pid: 10, name: nginx, exe: nginx, exepath: /usr/sbin/nginx, args: [-g, "
        "daemon off;], cwd: /, user: {id: 101, name: nginx}, container: {id: 0123456789ab, name: web, "
        "repository: docker.io/library/nginx, tag: '1.27'}, parent: {pid: 9, name: containerd-shim, "
        "exe: containerd-shim}}\n"
        "  fd: {number: 3, type: file, name: /usr/lib/libc.so.6}\n"
        "- name: write\n"
        "  event: {type: openat, args: {fd: 4, dirfd: AT_FDCWD, name: /tmp/upload.1, "
        "flags: O_WRONLY|O_CREAT, mode: 0600}}\n"
        "  process: {pid: 10, name: nginx, exe: nginx, exepath: /usr/sbin/nginx, cwd: /, user: {id: "
        "101, name: nginx}, container: {id: 0123456789ab, name: web, repository: "
        "docker.io/library/nginx}, parent: {pid: 9, name: containerd-shim}}\n"
        "  fd: {number: 4, type: file, name: /tmp/upload.1}\n"
        "- name: exec\n"
        "  event: {type: execve, args: {res: 0, exe: /usr/bin/date, tid: 12, pid: 12, ptid: 11, "
        "comm: date}}\n"
        "  process: {pid: 12, name: date, exe: /usr/bin/date, exepath: /usr/bin/date, args: [-u], "
        "cwd: /, user: {id: 0, name: root}, container: {id: 0123456789ab, name: web, repository: "
        "docker.io/library/nginx}, parent: {pid: 11, name: python3, exe: python3, args: [app.py], "
        "parent: {pid: 9, name: containerd-shim}}}\n"
        "- name: connect\n"
        "  event: {type: connect, args: {res: 0, fd: 5}}\n"
        "  process: {pid: 10, name: nginx, exe: nginx, user: {id: 101, name: nginx}, container: {id: "
        "0123456789ab, name: web, repository: docker.io/library/nginx}}\n"
        "  fd: {number: 5, type: ipv4, protocol: tcp, role: client, client: '10.0.0.2:50000', server: "
        "'10.0.0.3:5432', connected: true}\n";

static int load(const struct cm_args *args, const struct cm_rule_case **ret, size_t *ret_count,
                struct cm_err *err)
{
        const struct cm_node_yaml_options options = { .schema = CM_NODE_YAML_TEXT };
        const struct cm_node_doc *docs = NULL;
        const char *file = cm_args_get(args, "cases");
        struct cm_sv text = CM_SV("");
        size_t count = 0;
        int r = 0;
        if (file == NULL)
                text = cm_sv_from_cstr(workload);
        else
                r = cm_rules_read(args->arena, file, CM_RULE_FILE_BYTES_MAX, &text, err);
        if (r == 0)
                r = cm_node_parse_yaml(args->arena, text, &options, &docs, &count, err);
        if (r == 0 && count == 0)
                r = CM_RAISE(err, CM_E_USAGE, "there are no cases");
        if (r == 0)
                r = cm_rule_cases_load(args->arena,
                                       cm_sv_from_cstr(file == NULL ? "built-in cases" : file),
                                       docs[0].root, ret, ret_count, err);
        if (r == 0 && *ret_count == 0)
                r = CM_RAISE(err, CM_E_USAGE, "there are no cases");
        return r;
}

static int bench_run(const struct cm_args *args)
{
        enum {
                BATCH = 1000
        };
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_RULE_ARENA_BYTES_MAX);
        struct cm_err err = CM_ERR_INIT;
        const struct cm_rule_case *cases = NULL;
        struct cm_rule_loader *loader = NULL;
        const struct cm_ruleset *set = NULL;
        const struct cm_rule *found[1];
        size_t count = 0;
        uint64_t ms = 1000;
        int r = cm_args_number(args, "ms", 1, 600000, &ms, &err);
        if (r == 0)
                r = load(args, &cases, &count, &err);
        if (r == 0)
                r = cm_rules_open(arena, args->positional, args->positional_count, false, &loader,
                                  &set, &err);
        if (r < 0)
                return cm_command_fail(&err);
        struct cm_rule_state *state CM_CLEANUP(cm_rule_state_freep)
        = cm_rule_state_new(set);
        uint64_t events = 0;
        uint64_t tried = 0;
        uint64_t matched = 0;
        int64_t start = cm_clock_monotonic_ms();
        clock_t start_clock = clock();
        int64_t passed = 0;
        do {
                for (size_t i = 0; i < BATCH; i++, events++) {
                        const struct cm_event_context *c = &cases[events % count].context;
                        tried += set->by_event_count[c->event->info->number];
                        matched += cm_rules_match(state, c, found, 1);
                }
                passed = cm_clock_monotonic_ms() - start;
        } while (passed < (int64_t)ms);
        /* Of the processor's time, which other work on the machine does not change. */
        uint64_t used_us =
                CM_MAX((uint64_t)(clock() - start_clock) * 1000000 / CLOCKS_PER_SEC, (uint64_t)1);
        printf("events per second        %llu\n", (unsigned long long)(events * 1000000 / used_us));
        printf("rules tried per second   %llu\n", (unsigned long long)(tried * 1000000 / used_us));
        printf("checks per event         %llu.%llu\n",
               (unsigned long long)(cm_rule_state_checks(state) / events),
               (unsigned long long)(cm_rule_state_checks(state) * 10 / events % 10));
        printf("alerts                   %llu\n", (unsigned long long)matched);
        printf("checks in all conditions %zu\n", set->check_count);
        return 0;
}

static const struct cm_opt options[] = {
        { .name = "cases",
          .kind = CM_OPT_VALUE,
          .arg = "FILE",
          .help = "events to look at, as rules test has them (else a small ordinary mix)" },
        { .name = "ms", .kind = CM_OPT_VALUE, .arg = "N", .help = "how long", .otherwise = "1000" },
        { .name = NULL },
};
const struct cm_cmd cm_rules_bench_command = {
        .name = "bench",
        .summary = "how many events a second of one processor rules can look at here",
        .synopsis = "FILE...",
        .options = options,
        .positional_min = 1,
        .positional_max = SIZE_MAX,
        .run = bench_run,
};
