/* SPDX-License-Identifier: Apache-2.0 */
/*
 * At build time: reads check files, refuses those that are wrong, and writes them as the pack that
 * becomes part of the program (check/library.h).
 *
 *     pack-checks OUTPUT CHECK.yaml...
 */
#include <stdio.h>
#include <stdlib.h>

#include "check/library.h"
#include "check/profile_select.h"
#include "codec/node_yaml.h"

static struct cm_sv read_file(struct cm_arena *arena, const char *path)
{
        FILE *f = fopen(path, "rb");
        if (f == NULL || fseek(f, 0, SEEK_END) != 0) {
                fprintf(stderr, "could not open '%s'\n", path);
                exit(4);
        }
        size_t len = (size_t)ftell(f);
        rewind(f);
        char *bytes = cm_arena_alloc(arena, len + 1, 1);
        if (fread(bytes, 1, len, f) != len) {
                fprintf(stderr, "could not read '%s'\n", path);
                exit(4);
        }
        fclose(f);
        return cm_sv_make(bytes, len);
}

static int pack(struct cm_arena *arena, const char *path, struct cm_buf *out, struct cm_err *err)
{
        const struct cm_node_yaml_options options = { .schema = CM_NODE_YAML_CORE };
        const struct cm_node_doc *docs = NULL;
        size_t count = 0;
        int r = cm_node_parse_yaml(arena, read_file(arena, path), &options, &docs, &count, err);
        if (r < 0)
                return cm_err_context(err, "%s", path);
        for (size_t i = 0; i < count && r == 0; i++) {
                struct cm_check check;
                if (cm_check_profile_is(docs[i].root)) {
                        r = cm_check_profile_verify(arena, cm_sv_from_cstr(path), docs[i].root,
                                                    err);
                        if (r == 0)
                                cm_check_pack_write_profile(out, docs[i].root);
                        continue;
                }
                r = cm_check_load(arena, cm_sv_from_cstr(path), docs[i].root, &check, err);
                if (r == 0)
                        cm_check_pack_write(out, &check, docs[i].root);
        }
        return r;
}

int main(int argc, char **argv)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(512));
        struct cm_buf out;
        struct cm_err err = CM_ERR_INIT;
        cm_buf_init(&out, CM_MIB(64));
        if (argc < 2) {
                fprintf(stderr, "usage: pack-checks OUTPUT CHECK.yaml...\n");
                return 2;
        }
        for (int i = 2; i < argc; i++) {
                if (pack(arena, argv[i], &out, &err) < 0) {
                        fprintf(stderr, "%s\n", err.text);
                        return cm_err_exit_status(err.code);
                }
        }
        FILE *f = fopen(argv[1], "wb");
        if (f == NULL || fwrite(out.ptr, 1, out.len, f) != out.len || fclose(f) != 0) {
                fprintf(stderr, "could not write '%s'\n", argv[1]);
                return 4;
        }
        cm_buf_fini(&out);
        cm_arena_free(arena);
        return 0;
}
