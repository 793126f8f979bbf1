/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of container.h: the same members from every form, damage, links. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "advisory/container.h"
#include "base/buf.h"
#include "tests/harness.h"

static bool wants_txt(void *ctx, struct cm_sv member)
{
        (void)ctx;
        return cm_sv_has_suffix(member, CM_SV(".txt"));
}

static int collect(void *ctx, struct cm_sv member, struct cm_sv content, struct cm_err *err)
{
        (void)err;
        struct cm_sv head;
        struct cm_sv base;
        if (!cm_sv_cut_last(member, '/', &head, &base))
                base = member;
        cm_buf_printf(ctx, "%.*s=%.*s;", CM_SV_ARG(base), CM_SV_ARG(content));
        return 0;
}

static int walk(const char *path, struct cm_buf *out, struct cm_err *err)
{
        const struct cm_container c = { out, wants_txt, collect };
        cm_buf_clear(out);
        return cm_container_walk(path, &c, err);
}

static void write_file(const char *path, const char *text)
{
        FILE *f = fopen(path, "w");
        CM_CHECK(f != NULL && fputs(text, f) >= 0);
        fclose(f);
}

static void in_test_dir(void)
{
        CM_CHECK(chdir(cm_test_dir()) == 0);
        CM_CHECK(mkdir("d", 0700) == 0 && mkdir("d/sub", 0700) == 0);
        write_file("d/b.txt", "two");
        write_file("d/a.txt", "one");
        write_file("d/readme.md", "no");
        write_file("d/sub/c.txt", "three");
        CM_CHECK(symlink("/etc/passwd", "d/evil.txt") == 0);
}

CM_TEST(every_form_gives_the_members)
{
        static const char *const make[] = {
                "tar -cf x.tar --sort=name d",
                "tar -czf x.tar.gz --sort=name d",
                "tar -I zstd -cf x.tar.zst --sort=name d",
                "tar -cjf x.tar.bz2 --sort=name d",
                "tar -cJf x.tar.xz --sort=name d",
        };
        static const char *const path[] = { "x.tar", "x.tar.gz", "x.tar.zst", "x.tar.bz2",
                                            "x.tar.xz" };
        struct cm_buf out;
        struct cm_err err = CM_ERR_INIT;
        cm_buf_init(&out, 4096);
        in_test_dir();
        CM_CHECK_OK(walk("d", &out, &err), &err);
        CM_CHECK_SV(cm_buf_sv(&out), "a.txt=one;b.txt=two;c.txt=three;");
        size_t done = 0;
        for (size_t i = 0; i < CM_ARRAY_LEN(path); i++) {
                if (system(make[i]) != 0)
                        continue; /* no such compressor here */
                CM_CHECK_OK(walk(path[i], &out, &err), &err);
                CM_CHECK_SV(cm_buf_sv(&out), "a.txt=one;b.txt=two;c.txt=three;");
                done++;
        }
        CM_CHECK(done >= 2);
}

CM_TEST(one_file_plain_and_compressed)
{
        struct cm_buf out;
        struct cm_err err = CM_ERR_INIT;
        cm_buf_init(&out, 4096);
        in_test_dir();
        CM_CHECK_OK(walk("d/b.txt", &out, &err), &err);
        CM_CHECK_SV(cm_buf_sv(&out), "b.txt=two;");
        CM_CHECK_INT(system("gzip -k d/b.txt"), 0);
        CM_CHECK_OK(walk("d/b.txt.gz", &out, &err), &err);
        CM_CHECK_SV(cm_buf_sv(&out), "b.txt=two;");
}

CM_TEST(damage_is_an_error)
{
        struct cm_buf out;
        struct cm_err err = CM_ERR_INIT;
        cm_buf_init(&out, 1 << 20);
        in_test_dir();
        CM_CHECK_INT(system("head -c 200000 /dev/urandom | base64 >d/big.txt &&"
                            "tar -czf x.tar.gz d && head -c 90000 x.tar.gz >cut.tar.gz"),
                     0);
        CM_CHECK(walk("cut.tar.gz", &out, &err) < 0);
        CM_CHECK_INT(err.code, CM_E_MALFORMED);
        cm_err_clear(&err);
        CM_CHECK(walk("absent", &out, &err) < 0);
        CM_CHECK_INT(err.code, CM_E_NOT_FOUND);
}
