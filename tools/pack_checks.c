/* SPDX-License-Identifier: Apache-2.0 */
/*
 * At build time: reads check files, refuses those that are wrong, and writes them as the pack that
 * becomes part of the program (check/library.h).
 *
 *     pack-checks PACK SOURCE.c CHECK.yaml...
 */
#include <limits.h>
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
                r = cm_check_load(arena, cm_sv_from_cstr(path), docs[i].root, false, &check, err);
                if (r == 0)
                        cm_check_pack_write(out, &check, docs[i].root);
        }
        return r;
}

static void write_file(const char *path, struct cm_sv content)
{
        FILE *f = fopen(path, "wb");
        if (f == NULL || fwrite(content.ptr, 1, content.len, f) != content.len || fclose(f) != 0) {
                fprintf(stderr, "could not write '%s'\n", path);
                exit(4);
        }
}

/* The source that makes the pack constant data of the program. It is written anew with the pack, so
 * that the build sees that it must be compiled again. */
static void write_source(const char *path, const char *pack_path)
{
        char absolute[PATH_MAX];
        struct cm_buf out;
        cm_buf_init(&out, CM_KIB(64));
        CM_ASSERT(realpath(pack_path, absolute) != NULL);
        cm_buf_printf(&out,
                      "__asm__(\".pushsection .rodata\\n\"\n"
                      "        \".global cm_checks_pack_begin\\n\"\n"
                      "        \".global cm_checks_pack_end\\n\"\n"
                      "        \"cm_checks_pack_begin:\\n\"\n"
                      "        \".incbin \\\"%s\\\"\\n\"\n"
                      "        \"cm_checks_pack_end:\\n\"\n"
                      "        \".byte 0\\n\"\n"
                      "        \".popsection\\n\");\n",
                      absolute);
        write_file(path, cm_buf_sv(&out));
        cm_buf_fini(&out);
}

int main(int argc, char **argv)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(512));
        struct cm_buf out;
        struct cm_err err = CM_ERR_INIT;
        cm_buf_init(&out, CM_MIB(64));
        if (argc < 3) {
                fprintf(stderr, "usage: pack-checks PACK SOURCE.c CHECK.yaml...\n");
                return 2;
        }
        for (int i = 3; i < argc; i++) {
                if (pack(arena, argv[i], &out, &err) < 0) {
                        fprintf(stderr, "%s\n", err.text);
                        return cm_err_exit_status(err.code);
                }
        }
        write_file(argv[1], cm_buf_sv(&out));
        write_source(argv[2], argv[1]);
        cm_buf_fini(&out);
        cm_arena_free(arena);
        return 0;
}
