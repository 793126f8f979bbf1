/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of image/record.h: what is written reads back, what is cut short is refused. */
#include "image/record.h"
#include "tests/harness.h"

static struct cm_owned_file owned(const char *path)
{
        return (struct cm_owned_file){ .path = cm_sv_from_cstr(path),
                                       .type = CM_PKG_DEB,
                                       .package = CM_SV("coreutils") };
}

CM_TEST(owned_paths_read_back_as_their_hashes)
{
        struct cm_records records;
        struct cm_err err = CM_ERR_INIT;
        cm_records_init(&records, CM_MIB(1));
        const struct cm_owned_file files[] = { owned("usr/share/doc/x"), owned("bin/cat") };
        for (size_t i = 0; i < CM_ARRAY_LEN(files); i++)
                cm_records_put_owned(&records, &files[i]);
        CM_CHECK_INT(cm_records_finish(&records, &err), 0);
        struct cm_cursor c = cm_cursor_make(cm_buf_sv(&records.buf));
        struct cm_record rec;
        CM_CHECK_INT(cm_record_next(&c, &rec, &err), 0);
        CM_CHECK(rec.type == CM_RECORD_OWNED && rec.pkg.type == CM_PKG_DEB);
        CM_CHECK(cm_sv_eq(rec.by, CM_SV("coreutils")));
        /* bin/cat is found as usr/bin/cat, too. */
        static const char *const wanted[] = { "usr/share/doc/x", "bin/cat", "usr/bin/cat" };
        struct cm_sv hashes = rec.hashes;
        uint64_t hash;
        for (size_t i = 0; i < CM_ARRAY_LEN(wanted); i++) {
                CM_CHECK(cm_record_owned_hash(&hashes, &hash));
                CM_CHECK(hash == cm_record_path_hash(cm_sv_from_cstr(wanted[i])));
        }
        CM_CHECK(!cm_record_owned_hash(&hashes, &hash));
        CM_CHECK_INT(cm_record_next(&c, &rec, &err), 1);
        cm_records_fini(&records);
}

CM_TEST(half_a_hash_is_refused)
{
        /* OWNED of a package "a" with five bytes of hashes */
        static const char bytes[] = "\x04\x01\x01"
                                    "a\x05"
                                    "12345";
        struct cm_cursor c = cm_cursor_make(cm_sv_make(bytes, sizeof(bytes) - 1));
        struct cm_record rec;
        struct cm_err err = CM_ERR_INIT;
        CM_CHECK(cm_record_next(&c, &rec, &err) < 0);
        CM_CHECK_INT(err.code, CM_E_MALFORMED);
}
