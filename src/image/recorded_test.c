/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of image/recorded.h: what an entry, known by its key alone, replaces. */
#include <stdio.h>

#include "image/recorded.h"
#include "tests/harness.h"

static const struct cm_siphash_key hash_key = { { 1, 2, 3 } };

/* The SHADOW path that an entry gives, or "-". Views into `out`. */
static struct cm_sv replaced(const struct cm_recorded *recorded, struct cm_sv path, bool is_dir,
                             struct cm_records *out)
{
        cm_buf_clear(&out->buf);
        cm_recorded_shadow(recorded, cm_entry_key(cm_path_key(path, &hash_key), is_dir), out);
        struct cm_cursor c = cm_cursor_make(cm_buf_sv(&out->buf));
        struct cm_record rec;
        struct cm_err err = CM_ERR_INIT;
        int r = cm_record_next(&c, &rec, &err);
        CM_CHECK(r == 1 ||
                 (r == 0 && rec.type == (is_dir ? CM_RECORD_SHADOW_DIR : CM_RECORD_SHADOW) &&
                  c.len == 0));
        return r == 0 ? rec.path : CM_SV("-");
}

CM_TEST(entries_replace_paths_and_what_is_below)
{
        struct cm_records lower, out;
        struct cm_recorded recorded;
        struct cm_err err = CM_ERR_INIT;
        cm_records_init(&lower, CM_MIB(1));
        cm_records_init(&out, CM_MIB(1));
        cm_recorded_init(&recorded, &hash_key);
        CM_CHECK(cm_sv_eq(replaced(&recorded, CM_SV("a"), false, &out), CM_SV("-")));
        cm_records_put_file(&lower, CM_SV("a/b/file"), 0644);
        cm_records_put_link(&lower, CM_SV("link"), CM_SV("x"));
        cm_records_put_path(&lower, CM_RECORD_WHITEOUT, CM_SV("gone"));
        CM_CHECK_INT(cm_recorded_add(&recorded, cm_buf_sv(&lower.buf), &err), 0);
        static const struct {
                const char *path, *as_file, *as_dir;
        } cases[] = {
                { "a/b/file", "a/b/file", "a/b/file" },
                { "a/b", "a/b", "-" },
                { "a", "a", "-" },
                { "link", "link", "link" },
                { "a/b/file/more", "-", "-" },
                { "b", "-", "-" },
                { "gone", "-", "-" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_sv path = cm_sv_from_cstr(cases[i].path);
                CM_CHECK(cm_sv_eq(replaced(&recorded, path, false, &out),
                                  cm_sv_from_cstr(cases[i].as_file)));
                CM_CHECK(cm_sv_eq(replaced(&recorded, path, true, &out),
                                  cm_sv_from_cstr(cases[i].as_dir)));
        }
        CM_CHECK(cm_recorded_add(&recorded, CM_SV("\x7f"), &err) < 0);
        CM_CHECK_INT(err.code, CM_E_MALFORMED);
        cm_recorded_fini(&recorded);
        cm_records_fini(&lower);
        cm_records_fini(&out);
}

CM_TEST(table_grows)
{
        enum {
                COUNT = 3000
        };
        struct cm_records lower, out;
        struct cm_recorded recorded;
        struct cm_err err = CM_ERR_INIT;
        char name[32];
        cm_records_init(&lower, CM_MIB(1));
        cm_records_init(&out, CM_MIB(1));
        cm_recorded_init(&recorded, &hash_key);
        for (int i = 0; i < COUNT; i++) {
                int n = snprintf(name, sizeof(name), "d%d/f%d", i / 10, i);
                cm_records_put_file(&lower, cm_sv_make(name, (size_t)n), 0);
        }
        CM_CHECK_INT(cm_recorded_add(&recorded, cm_buf_sv(&lower.buf), &err), 0);
        CM_CHECK_INT(recorded.count, COUNT + COUNT / 10);
        for (int i = 0; i < 2 * COUNT; i++) {
                int n = snprintf(name, sizeof(name), "d%d/f%d", i / 10, i);
                struct cm_sv path = cm_sv_make(name, (size_t)n);
                CM_CHECK(cm_sv_eq(replaced(&recorded, path, false, &out),
                                  i < COUNT ? path : CM_SV("-")));
        }
        cm_recorded_fini(&recorded);
        cm_records_fini(&lower);
        cm_records_fini(&out);
}

CM_TEST(keys_of_other_secrets_differ)
{
        struct cm_siphash_key other = hash_key;
        other.bytes[15] = 1;
        uint64_t key = cm_path_key(CM_SV("usr"), &hash_key);
        CM_CHECK(key != cm_path_key(CM_SV("usr"), &other));
        CM_CHECK(key != 0 && key % 2 == 0 && cm_entry_key(key, true) == key + 1);
}
