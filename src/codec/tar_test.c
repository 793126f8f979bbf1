/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of codec/tar.h: pieces of every size, path cleaning. Hostile streams are in
 * tests/live/22-hostile, GNU tar as an oracle in tests/live/24-tar. */
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "codec/tar.h"
#include "tests/harness.h"

static void header(char *block, const char *name, char type, size_t size)
{
        memset(block, 0, 512);
        snprintf(block, 100, "%s", name);
        snprintf(block + 100, 8, "%07o", 0644);
        snprintf(block + 108, 8, "%07o", 0);
        snprintf(block + 116, 8, "%07o", 0);
        snprintf(block + 124, 12, "%011o", (unsigned)size);
        snprintf(block + 136, 12, "%011o", 0);
        block[156] = type;
        memcpy(block + 257,
               "ustar\0"
               "00",
               8);
        memset(block + 148, ' ', 8);
        unsigned sum = 0;
        for (size_t i = 0; i < 512; i++)
                sum += (unsigned char)block[i];
        snprintf(block + 148, 7, "%06o", sum);
}

/* Two files and the end marker: 6 blocks. */
static void small_archive(char bytes[6 * 512])
{
        memset(bytes, 0, 6 * 512);
        header(bytes, "a/one", '0', 5);
        memcpy(bytes + 512, "hello", 5);
        header(bytes + 1024, "two", '0', 0);
        header(bytes + 1536, "dir/", '5', 0);
}

static void walk_in_pieces(const char *bytes, size_t len, size_t piece_bytes)
{
        struct cm_tar *tar CM_CLEANUP(cm_tar_freep)
        = cm_tar_new();
        struct cm_err err = CM_ERR_INIT;
        char log[256] = "";
        for (size_t at = 0; at < len; at += piece_bytes) {
                struct cm_sv in = cm_sv_make(bytes + at, CM_MIN(piece_bytes, len - at));
                for (;;) {
                        enum cm_tar_event event;
                        const struct cm_tar_entry *entry = NULL;
                        struct cm_sv data;
                        CM_CHECK_OK(cm_tar_next(tar, &in, &event, &entry, &data, &err), &err);
                        if (event == CM_TAR_NEED_MORE)
                                break;
                        size_t used = strlen(log);
                        if (event == CM_TAR_ENTRY)
                                snprintf(log + used, sizeof(log) - used, "[%.*s ",
                                         CM_SV_ARG(entry->path));
                        else if (event == CM_TAR_DATA)
                                snprintf(log + used, sizeof(log) - used, "%.*s", CM_SV_ARG(data));
                        else if (event == CM_TAR_ENTRY_END)
                                snprintf(log + used, sizeof(log) - used, "]");
                        else
                                snprintf(log + used, sizeof(log) - used, "end");
                }
        }
        CM_CHECK_OK(cm_tar_finish(tar, &err), &err);
        CM_CHECK_SV(cm_sv_from_cstr(log), "[a/one hello][two ][dir/ ]end");
}

CM_TEST(pieces_of_every_size)
{
        char bytes[6 * 512];
        small_archive(bytes);
        for (size_t piece = 1; piece <= sizeof(bytes); piece += piece < 40 ? 1 : 97)
                walk_in_pieces(bytes, sizeof(bytes), piece);
}

CM_TEST(cut_streams_are_errors)
{
        char bytes[6 * 512];
        small_archive(bytes);
        static const size_t cuts[] = { 1, 511, 513, 600, 1023, 1100 };
        for (size_t i = 0; i < CM_ARRAY_LEN(cuts); i++) {
                struct cm_tar *tar CM_CLEANUP(cm_tar_freep)
                = cm_tar_new();
                struct cm_err err = CM_ERR_INIT;
                struct cm_sv in = cm_sv_make(bytes, cuts[i]);
                enum cm_tar_event event = CM_TAR_DATA;
                while (event != CM_TAR_NEED_MORE) {
                        const struct cm_tar_entry *entry = NULL;
                        struct cm_sv data;
                        CM_CHECK_OK(cm_tar_next(tar, &in, &event, &entry, &data, &err), &err);
                }
                CM_CHECK(cm_tar_finish(tar, &err) < 0);
                CM_CHECK_INT(err.code, CM_E_MALFORMED);
        }
}

CM_TEST(paths_are_cleaned_or_refused)
{
        static const struct {
                const char *in;
                const char *out; /* NULL = refused */
        } cases[] = {
                { "./a//b/./c/", "a/b/c" },
                { "/etc/passwd", "etc/passwd" },
                { ".", "" },
                { "", "" },
                { "a/..", NULL },
                { "../x", NULL },
                { "a/../../x", NULL },
                { "..a/b..", "..a/b.." },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                char out[CM_TAR_PATH_BYTES_MAX];
                struct cm_sv got = CM_SV("");
                struct cm_err err = CM_ERR_INIT;
                int r = cm_tar_clean_path(cm_sv_from_cstr(cases[i].in), out, &got, &err);
                CM_CHECK_INT(r < 0, cases[i].out == NULL);
                if (r == 0)
                        CM_CHECK_SV(got, cases[i].out);
        }
}

/* Bytes of 0x80 and more count as they are, or 256 less where a writer's char has a sign. */
CM_TEST(checksums_of_high_bytes)
{
        char block[512];
        header(block, "caf\xc3\xa9 \xff\xff\x80", '0', 0);
        CM_CHECK(cm_tar_is_header(cm_sv_make(block, 512)));
        unsigned sum = 8 * ' ';
        for (size_t i = 0; i < 512; i++)
                sum += i >= 148 && i < 156 ? 0 : (unsigned char)block[i];
        const struct {
                unsigned sum;
                bool holds;
        } cases[] = {
                { sum, true }, { sum + 1, false }, { sum - 256 * 5, true }, { sum - 256 * 4, false }
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                char text[16];
                snprintf(text, sizeof(text), "%06o", cases[i].sum);
                memcpy(block + 148, text, 7);
                CM_CHECK_INT(cm_tar_is_header(cm_sv_make(block, 512)), cases[i].holds);
        }
        /* As high as it can be. */
        memset(block, 0xff, sizeof(block));
        memset(block + 148, ' ', 8);
        snprintf(block + 148, 8, "%07o", 504 * 255 + 8 * ' ');
        CM_CHECK(cm_tar_is_header(cm_sv_make(block, 512)));
}
