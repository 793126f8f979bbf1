/* SPDX-License-Identifier: Apache-2.0 */
/*
 * At build time: reads check files and frameworks, refuses those that are wrong or do not fit each
 * other, and writes them as the packs that become part of the program (check/library.h,
 * comply/framework_pack.h).
 *
 *     pack-checks CHECKS.pack FRAMEWORKS.pack SOURCE.c FILE.yaml...
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/vec.h"
#include "check/library.h"
#include "check/profile_select.h"
#include "codec/node_yaml.h"
#include "comply/framework_pack.h"
#include "crypto/sha256.h"

struct packs {
        struct cm_arena *arena;
        struct cm_check_pack checks;
        struct cm_buf frameworks;
        CM_VEC(const struct cm_check *) all_checks;
        CM_VEC(struct cm_framework) all_frameworks;
        CM_VEC(struct cm_example) all_examples;
};

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

static int add_framework(struct packs *p, struct cm_sv source, const struct cm_node *root,
                         struct cm_err *err)
{
        struct cm_framework framework;
        int r = cm_framework_load(p->arena, source, root, &framework, err);
        if (r < 0)
                return r;
        *CM_VEC_PUSH(p->arena, &p->all_frameworks) = framework;
        cm_frameworks_pack_write(&p->frameworks, source, root);
        return 0;
}

static int add_examples(struct packs *p, struct cm_sv source, const struct cm_node *root,
                        struct cm_err *err)
{
        struct cm_examples examples = { NULL, 0 };
        int r = cm_examples_load(p->arena, source, root, &examples, err);
        for (size_t i = 0; i < examples.count; i++)
                *CM_VEC_PUSH(p->arena, &p->all_examples) = examples.items[i];
        cm_frameworks_pack_write(&p->frameworks, source, root);
        return r;
}

static int add(struct packs *p, struct cm_sv source, const struct cm_node *root, struct cm_err *err)
{
        if (cm_framework_is(root))
                return add_framework(p, source, root, err);
        if (cm_examples_is(root))
                return add_examples(p, source, root, err);
        if (cm_check_profile_is(root)) {
                int r = cm_check_profile_verify(p->arena, source, root, err);
                if (r == 0)
                        cm_check_pack_write_profile(&p->checks, root);
                return r;
        }
        struct cm_check *check = CM_NEW(p->arena, struct cm_check);
        int r = cm_check_load(p->arena, source, root, false, check, err);
        if (r < 0)
                return r;
        cm_check_pack_write(&p->checks, check, root);
        *CM_VEC_PUSH(p->arena, &p->all_checks) = check;
        return 0;
}

static int pack(struct packs *p, const char *path, struct cm_err *err)
{
        const struct cm_node_yaml_options options = { .schema = CM_NODE_YAML_CORE };
        const struct cm_node_doc *docs = NULL;
        size_t count = 0;
        int r = cm_node_parse_yaml(p->arena, read_file(p->arena, path), &options, &docs, &count,
                                   err);
        if (r < 0)
                return cm_err_context(err, "%s", path);
        for (size_t i = 0; i < count && r == 0; i++)
                r = add(p, cm_sv_from_cstr(path), docs[i].root, err);
        return r;
}

static int verify(const struct packs *p, struct cm_err *err)
{
        const struct cm_frameworks frameworks = { p->all_frameworks.items,
                                                  p->all_frameworks.count };
        const struct cm_examples examples = { p->all_examples.items, p->all_examples.count };
        int r = cm_frameworks_verify(p->arena, &frameworks, p->all_checks.items,
                                     p->all_checks.count, err);
        return r < 0 ? r : cm_examples_verify(p->arena, &examples, &frameworks, err);
}

static void write_file(const char *path, struct cm_sv content)
{
        FILE *f = fopen(path, "wb");
        if (f == NULL || fwrite(content.ptr, 1, content.len, f) != content.len || fclose(f) != 0) {
                fprintf(stderr, "could not write '%s'\n", path);
                exit(4);
        }
}

static void put_section(struct cm_buf *out, const char *symbol, const char *path)
{
        char absolute[PATH_MAX];
        CM_ASSERT(realpath(path, absolute) != NULL);
        cm_buf_printf(out,
                      "__asm__(\".pushsection .rodata\\n\"\n"
                      "        \".global %s_begin\\n\"\n"
                      "        \".global %s_end\\n\"\n"
                      "        \"%s_begin:\\n\"\n"
                      "        \".incbin \\\"%s\\\"\\n\"\n"
                      "        \"%s_end:\\n\"\n"
                      "        \".byte 0\\n\"\n"
                      "        \".popsection\\n\");\n",
                      symbol, symbol, symbol, absolute, symbol);
}

/* The source that makes the packs constant data of the program. It is written anew with them, so that
 * the build sees that it must be compiled again. */
static void write_source(const char *path, const char *checks, const char *frameworks,
                         const char *digest)
{
        struct cm_buf out;
        cm_buf_init(&out, CM_KIB(64));
        put_section(&out, "cm_checks_pack", checks);
        put_section(&out, "cm_frameworks_pack", frameworks);
        cm_buf_printf(&out,
                      "extern const char cm_checks_digest[];\n"
                      "const char cm_checks_digest[] = \"%s\";\n",
                      digest);
        write_file(path, cm_buf_sv(&out));
        cm_buf_fini(&out);
}

int main(int argc, char **argv)
{
        struct packs packs = { .arena = cm_arena_new(CM_MIB(512)) };
        struct cm_err err = CM_ERR_INIT;
        cm_check_pack_init(&packs.checks);
        cm_buf_init(&packs.frameworks, CM_MIB(64));
        if (argc < 4) {
                fprintf(stderr, "usage: pack-checks CHECKS.pack FRAMEWORKS.pack SOURCE.c FILE...\n");
                return 2;
        }
        int r = 0;
        for (int i = 4; i < argc && r == 0; i++)
                r = pack(&packs, argv[i], &err);
        if (r == 0)
                r = verify(&packs, &err);
        if (r < 0) {
                fprintf(stderr, "%s\n", err.text);
                return cm_err_exit_status(err.code);
        }
        struct cm_buf checks;
        cm_buf_init(&checks, CM_MIB(64));
        cm_check_pack_finish(&packs.checks, &checks);
        write_file(argv[1], cm_buf_sv(&checks));
        write_file(argv[2], cm_buf_sv(&packs.frameworks));
        struct cm_sha256 *sha = cm_sha256_new();
        char digest[CM_SHA256_TEXT_BYTES];
        cm_sha256_update(sha, cm_buf_sv(&checks));
        cm_sha256_update(sha, cm_buf_sv(&packs.frameworks));
        write_source(argv[3], argv[1], argv[2], cm_sha256_text(sha, digest));
        cm_sha256_free(sha);
        cm_buf_fini(&checks);
        cm_check_pack_fini(&packs.checks);
        cm_buf_fini(&packs.frameworks);
        cm_arena_free(packs.arena);
        return 0;
}
