/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readers of document trees for tests that compare with other programs. Reads frames from stdin
 * ("LENGTH\n" and as many bytes) and answers each with one line: compact JSON, or "error: TEXT".
 * With "time-" before the mode the line is the seconds of parsing and the arena's megabytes.
 * Usage: node-driver json|json-lines|yaml-go2|yaml-go3|yaml-core|dockerfile
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "codec/dockerfile.h"
#include "codec/node_json.h"
#include "codec/node_yaml.h"

static int read_json(struct cm_arena *arena, struct cm_sv text, bool lines, struct cm_buf *out,
                     struct cm_err *err)
{
        const struct cm_node_json_options options = { 0 };
        struct cm_node_json_result result;
        int r = lines ? cm_node_parse_json_lines(arena, text, &options, &result, err)
                      : cm_node_parse_json(arena, text, &options, &result, err);
        if (r == 0 && out != NULL)
                cm_node_write_json(out, result.root);
        return r;
}

static int read_yaml(struct cm_arena *arena, struct cm_sv text, const char *schema,
                     struct cm_buf *out, struct cm_err *err)
{
        struct cm_node_yaml_options options = { .schema = CM_NODE_YAML_CORE };
        if (strcmp(schema, "go2") == 0)
                options.schema = CM_NODE_YAML_GO2;
        if (strcmp(schema, "go3") == 0)
                options.schema = CM_NODE_YAML_GO3;
        const struct cm_node_doc *docs = NULL;
        size_t count = 0;
        int r = cm_node_parse_yaml(arena, text, &options, &docs, &count, err);
        if (out == NULL || r < 0)
                return r;
        cm_buf_put_char(out, '[');
        for (size_t i = 0; i < count; i++) {
                if (i > 0)
                        cm_buf_put_char(out, ',');
                cm_node_write_json(out, docs[i].root);
        }
        cm_buf_put_char(out, ']');
        return r;
}

static int read_dockerfile(struct cm_arena *arena, struct cm_sv text, struct cm_buf *out,
                           struct cm_err *err)
{
        const struct cm_node *root = NULL;
        int r = cm_dockerfile_parse(arena, text, &root, err);
        if (r == 0 && out != NULL)
                cm_node_write_json(out, root);
        return r;
}

static int read_text(struct cm_arena *arena, const char *mode, struct cm_sv text,
                     struct cm_buf *out, struct cm_err *err)
{
        if (strcmp(mode, "dockerfile") == 0)
                return read_dockerfile(arena, text, out, err);
        if (strncmp(mode, "yaml-", 5) == 0)
                return read_yaml(arena, text, mode + 5, out, err);
        return read_json(arena, text, strcmp(mode, "json-lines") == 0, out, err);
}

static double now(void)
{
        struct timespec t;
        clock_gettime(CLOCK_MONOTONIC, &t);
        return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void answer(const char *mode, struct cm_sv text)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(2048));
        struct cm_buf out CM_CLEANUP(cm_buf_fini) = { 0 };
        struct cm_err err = CM_ERR_INIT;
        bool timed = strncmp(mode, "time-", 5) == 0;
        double from = now();
        cm_buf_init(&out, CM_MIB(256));
        int r = read_text(arena, timed ? mode + 5 : mode, text, timed ? NULL : &out, &err);
        if (r < 0)
                printf("error: %s\n", err.text);
        else if (timed)
                printf("%.6f %zu\n", now() - from, cm_arena_used(arena) >> 20);
        else
                printf("%.*s\n", (int)out.len, out.ptr);
        fflush(stdout);
}

int main(int argc, char **argv)
{
        char line[32];
        while (argc == 2 && fgets(line, sizeof(line), stdin) != NULL) {
                struct cm_err err = CM_ERR_INIT;
                uint64_t len = 0;
                if (cm_parse_u64(cm_sv_trim(cm_sv_from_cstr(line)), 0, CM_NODE_BYTES_MAX, &len,
                                 &err) < 0)
                        return 2;
                char *text = malloc(len + 1);
                if (text == NULL || fread(text, 1, len, stdin) != len)
                        return 2;
                answer(argv[1], cm_sv_make(text, len));
                free(text);
        }
        return argc == 2 ? 0 : 2;
}
