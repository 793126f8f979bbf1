/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of packages of functions: rows of members, and what the document says of them. */
#include "base/limits.h"
#include "check/document.h"
#include "codec/zip_test_util.h"
#include "tests/harness.h"
#include "tests/node_text.h"

enum {
        MEMBERS_MAX = 3
};

struct row {
        struct cm_zip_member members[MEMBERS_MAX];
        const char *path;
        const char *want; /* JSON, or the error */
};

extern const struct cm_document_kind cm_document_package;

static struct cm_sv show(struct cm_arena *arena, struct cm_sv zip, const char *path)
{
        struct cm_err err = CM_ERR_INIT;
        const struct cm_node *root = NULL;
        if (cm_document_package.parse(arena, zip, &root, &err) < 0)
                return cm_sv_printf(arena, "%s: %s", cm_err_name(err.code), err.text);
        return cm_test_node_show(arena, root, path);
}

#define D(text)                          \
        {                                \
                (text), sizeof(text) - 1 \
        }
#define A_FILE 0100644
#define A_LINK 0120777

CM_TEST(package_members)
{
        static const struct row rows[] = {
                { { { "a.py", D("x"), .unix_mode = A_FILE } },
                  "files",
                  "{\"a.py\":{\"size\":1,\"mode\":420}}" },
                { { { "a.py", D("x") } }, "files a.py mode", "null" },
                { { { "a.py", D("x") }, { "b", D("yz") } }, "unpacked_bytes", "3" },
                { { { ".env", D("A=b") } },
                  "credentials",
                  "[{\"path\":\".env\",\"what\":\"environment file\"}]" },
                { { { "node_modules/x/.env", D("A=b") } }, "credentials", "[]" },
                { { { ".git/HEAD", D("ref") } }, "repositories 0 what", "\"git\"" },
                { { { "t/a.key", D("-----BEGIN RSA PRIVATE KEY-----\n") } },
                  "keys 0 path",
                  "\"t/a.key\"" },
                { { { "t/a.pem", D("-----BEGIN CERTIFICATE-----\n") } }, "keys", "[]" },
                { { { "a.py", D("-----BEGIN RSA PRIVATE KEY-----\n") } }, "keys", "[]" },
                { { { "../a", D("x") } }, "outside 0 path", "\"../a\"" },
                { { { "/a", D("x") } },
                  "outside 0 what",
                  "\"name that leads out of the package\"" },
                { { { "l", D("/etc/passwd"), .unix_mode = A_LINK } },
                  "outside 0 what",
                  "\"symbolic link out of the package\"" },
                { { { "a/l", D("../b"), .unix_mode = A_LINK } }, "outside", "[]" },
                { { { "a/l", D("../../b"), .unix_mode = A_LINK } }, "outside 0 path", "\"a/l\"" },
                { { { "a/l", D("x/../../../b"), .unix_mode = A_LINK } },
                  "outside 0 path",
                  "\"a/l\"" },
                { { { "l", D("/opt/lib"), .unix_mode = A_LINK } }, "outside", "[]" },
                { { { "l", D("/var/task/a"), .unix_mode = A_LINK } }, "outside", "[]" },
                { { { "a", D("x") }, { "a", D("y") } }, "repeated 0 path", "\"a\"" },
                { { { "a", D("x"), .flags = 1 } }, "encrypted 0 path", "\"a\"" },
                { { { "a", D("x"), .unix_mode = 0100666 } }, "writable 0 what", "\"file\"" },
                { { { "a/", D(""), .unix_mode = 040777 } }, "writable 0 what", "\"directory\"" },
                { { { "a", D("x"), .unix_mode = 0100600 } }, "unreadable 0 path", "\"a\"" },
                { { { "a/", D(""), .unix_mode = 040700 } }, "unreadable 0 path", "\"a/\"" },
                { { { "a/", D(""), .unix_mode = 040755 } }, "unreadable", "[]" },
                { { { "a", D("x"), .unix_mode = 0104755 } }, "setuid 0 path", "\"a\"" },
                { { { "a", D(""), .unix_mode = 010644 } }, "special 0 path", "\"a\"" },
                { { { "a.key", D("x"), .wrong_crc = 1 } },
                  "",
                  "malformed: zip member 'a.key' at byte 0: zip member's checksum does not match" },
                { { { "a", D("x") }, { "b", D("y"), .at_first = true } },
                  "",
                  "malformed: zip members overlap at byte 0" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(rows); i++) {
                struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
                = cm_arena_new(CM_MIB(64));
                struct cm_zip_writer w CM_CLEANUP(cm_zip_writer_fini);
                cm_zip_writer_init(&w);
                for (size_t j = 0; j < MEMBERS_MAX && rows[i].members[j].name != NULL; j++)
                        cm_zip_add(&w, &rows[i].members[j]);
                struct cm_sv got =
                        show(arena, cm_zip_finish(&w, arena, "", false, ""), rows[i].path);
                if (!cm_sv_eq(got, cm_sv_from_cstr(rows[i].want)))
                        cm_test_fail(__FILE__, __LINE__, "row %zu: %s is %.*s\nwant %s", i,
                                     rows[i].path, CM_SV_ARG(got), rows[i].want);
        }
}

CM_TEST(package_that_lies)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(64));
        struct cm_zip_writer w CM_CLEANUP(cm_zip_writer_fini);
        cm_zip_writer_init(&w);
        cm_zip_add(&w, &(struct cm_zip_member){ "a.py", CM_SV("x") });
        struct cm_sv zip = cm_zip_finish(&w, arena, "#!/bin/sh\n", false, "");
        CM_CHECK_SV(show(arena, zip, "files a.py size"), "1");
        char *bytes = cm_arena_alloc(arena, zip.len, 1);
        memcpy(bytes, zip.ptr, zip.len);
        bytes[10 + 30] = 'e'; /* the name in the member's own header, behind the script */
        CM_CHECK_SV(show(arena, cm_sv_make(bytes, zip.len), ""),
                    "malformed: zip member 'a.py' has another name in its header at byte 10");
}

CM_TEST(package_lists_are_cut)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(256));
        struct cm_zip_writer w CM_CLEANUP(cm_zip_writer_fini);
        cm_zip_writer_init(&w);
        for (size_t i = 0; i < CM_PACKAGE_LIST_MAX + 5; i++) {
                struct cm_sv name = cm_sv_printf(arena, "d%zu/.netrc", i);
                cm_zip_add(&w, &(struct cm_zip_member){ name.ptr, CM_SV("x") });
        }
        struct cm_sv zip = cm_zip_finish(&w, arena, "", false, "");
        const struct cm_node *root = NULL;
        struct cm_err err = CM_ERR_INIT;
        CM_CHECK_OK(cm_document_package.parse(arena, zip, &root, &err), &err);
        const struct cm_node *list = cm_node_get(root, "credentials");
        CM_CHECK_INT(cm_node_count(list), CM_PACKAGE_LIST_MAX + 1);
        CM_CHECK(cm_cel_from_node(cm_node_at(list, CM_PACKAGE_LIST_MAX)).kind == CM_CEL_ERROR);
}
