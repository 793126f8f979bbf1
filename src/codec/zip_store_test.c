/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of codec/zip_store.h: what it writes is read again, and is always the same. */
#include "codec/zip.h"
#include "codec/zip_store.h"
#include "tests/harness.h"

static void store(struct cm_buf *out, const char *const *names, size_t count)
{
        struct cm_zip_store zip;
        struct cm_err err = CM_ERR_INIT;
        cm_buf_init(out, CM_MIB(1));
        cm_zip_store_init(&zip, out);
        for (size_t i = 0; i < count; i++)
                cm_zip_store_add(&zip, cm_sv_from_cstr(names[i]), cm_sv_from_cstr(names[i]));
        CM_CHECK_OK(cm_zip_store_end(&zip, &err), &err);
        cm_zip_store_fini(&zip);
}

CM_TEST(stored_members_are_read_again)
{
        static const char *const names[] = { "a", "documents/0001-b.json", "manifest.json" };
        struct cm_arena *arena = cm_arena_new(CM_MIB(8));
        for (size_t count = 0; count <= CM_ARRAY_LEN(names); count++) {
                struct cm_buf first;
                struct cm_buf second;
                struct cm_err err = CM_ERR_INIT;
                struct cm_zip zip;
                struct cm_zip_entry e;
                store(&first, names, count);
                store(&second, names, count);
                CM_CHECK(cm_sv_eq(cm_buf_sv(&first), cm_buf_sv(&second)));
                CM_CHECK_OK(cm_zip_open(arena, cm_buf_sv(&first), CM_MIB(1), &zip, &err), &err);
                for (size_t i = 0; i < count; i++) {
                        struct cm_sv content = CM_SV("");
                        CM_CHECK_INT(cm_zip_next(&zip, &e, &err), 0);
                        CM_CHECK_SV(e.name, names[i]);
                        CM_CHECK_OK(cm_zip_read(&zip, arena, &e, CM_MIB(1), &content, &err), &err);
                        CM_CHECK_SV(content, names[i]);
                }
                CM_CHECK_INT(cm_zip_next(&zip, &e, &err), 1);
                cm_buf_fini(&first);
                cm_buf_fini(&second);
        }
        cm_arena_free(arena);
}

CM_TEST(an_archive_over_its_limit_is_refused)
{
        struct cm_buf out;
        struct cm_zip_store zip;
        struct cm_err err = CM_ERR_INIT;
        cm_buf_init(&out, 64);
        cm_zip_store_init(&zip, &out);
        cm_zip_store_add(&zip, CM_SV("a"), CM_SV("0123456789012345678901234567890123456789"));
        CM_CHECK_INT(cm_zip_store_end(&zip, &err), -(int)CM_E_LIMIT);
        cm_zip_store_fini(&zip);
        cm_buf_fini(&out);
}
