/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of comply/evidence.h: every byte of an archive is verified. */
#include "codec/zip_store.h"
#include "comply/evidence.h"
#include "tests/harness.h"

static const struct cm_evidence_member members[] = {
        { { "documents/0001-a.json", 21 }, { "/tmp/a.json", 11 }, { "{\"a\": 1}\n", 9 } },
        { { "report.json", 11 }, { "", 0 }, { "{}\n", 3 } },
};

static void write_archive(struct cm_buf *out)
{
        const struct cm_evidence e = { .framework = CM_SV("f"),
                                       .framework_version = CM_SV("1"),
                                       .tool_version = CM_SV("0"),
                                       .checks_digest = CM_SV("sha256:0"),
                                       .created_s = 1795000000,
                                       .members = members,
                                       .count = CM_ARRAY_LEN(members) };
        struct cm_err err = CM_ERR_INIT;
        cm_buf_init(out, CM_MIB(1));
        CM_CHECK_OK(cm_evidence_write(&e, out, &err), &err);
}

CM_TEST(what_is_written_verifies)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(64));
        struct cm_buf archive;
        struct cm_evidence_check check;
        write_archive(&archive);
        cm_evidence_verify(arena, cm_buf_sv(&archive), &check);
        CM_CHECK_INT(check.fault_count, 0);
        CM_CHECK_INT(check.member_count, 2);
        CM_CHECK_SV(check.framework, "f");
        CM_CHECK_SV(check.created, "2026-11-18T11:06:40Z");
        cm_buf_fini(&archive);
        cm_arena_free(arena);
}

CM_TEST(every_flipped_byte_is_found)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(64));
        struct cm_buf archive;
        struct cm_evidence_check check;
        write_archive(&archive);
        for (size_t i = 0; i < archive.len; i++) {
                for (unsigned bit = 0; bit < 8; bit++) {
                        archive.ptr[i] = (char)(archive.ptr[i] ^ (1 << bit));
                        cm_evidence_verify(arena, cm_buf_sv(&archive), &check);
                        if (check.fault_count == 0)
                                cm_test_fail(__FILE__, __LINE__, "byte %zu bit %u", i, bit);
                        archive.ptr[i] = (char)(archive.ptr[i] ^ (1 << bit));
                        cm_arena_reset(arena);
                }
        }
        for (size_t len = 0; len < archive.len; len++) {
                cm_evidence_verify(arena, cm_sv_slice(cm_buf_sv(&archive), 0, len), &check);
                CM_CHECK(check.fault_count > 0);
                cm_arena_reset(arena);
        }
        cm_buf_put_char(&archive, 0);
        cm_evidence_verify(arena, cm_buf_sv(&archive), &check);
        CM_CHECK(check.fault_count > 0);
        cm_buf_fini(&archive);
        cm_arena_free(arena);
}

/* An archive made anew with the manifest that was there before. */
static void rebuilt(struct cm_arena *arena, const struct cm_evidence_member *with, size_t count,
                    const char *member, const char *text)
{
        struct cm_buf archive;
        struct cm_buf changed;
        struct cm_zip_store zip;
        struct cm_err err = CM_ERR_INIT;
        struct cm_evidence_check check;
        write_archive(&archive);
        struct cm_sv all = cm_buf_sv(&archive);
        ptrdiff_t from = cm_sv_find(all, CM_SV("{\n  \"schema\""));
        ptrdiff_t to = cm_sv_find(all, CM_SV("\"\n}\nPK"));
        CM_CHECK(from > 0 && to > from);
        struct cm_sv manifest = cm_sv_slice(all, (size_t)from, (size_t)to + 4);
        cm_buf_init(&changed, CM_MIB(1));
        cm_zip_store_init(&zip, &changed);
        for (size_t i = 0; i < count; i++)
                cm_zip_store_add(&zip, with[i].name, with[i].bytes);
        cm_zip_store_add(&zip, CM_SV("manifest.json"), manifest);
        CM_CHECK_OK(cm_zip_store_end(&zip, &err), &err);
        cm_zip_store_fini(&zip);
        cm_evidence_verify(arena, cm_buf_sv(&changed), &check);
        CM_CHECK_INT(check.fault_count, text != NULL);
        if (text != NULL) {
                CM_CHECK_SV(check.faults[0].member, member);
                CM_CHECK_SV(check.faults[0].text, text);
        }
        cm_buf_fini(&changed);
        cm_buf_fini(&archive);
}

CM_TEST(members_that_changed_are_named)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(64));
        struct cm_evidence_member with[3] = { members[0],
                                              members[1],
                                              { CM_SV("x"), CM_SV(""), CM_SV("y") } };
        rebuilt(arena, with, 2, "", NULL);
        rebuilt(arena, with, 1, "report.json", "was removed");
        rebuilt(arena, with, 3, "x", "was added");
        with[1].bytes = CM_SV("{ }");
        rebuilt(arena, with, 2, "report.json", "was changed");
        with[1] = members[0];
        rebuilt(arena, with, 1, "report.json", "was removed");
        cm_arena_free(arena);
}

CM_TEST(names_of_documents_are_harmless)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(1));
        CM_CHECK_SV(cm_evidence_document_name(arena, 1, CM_SV("/a/b c\x1b.json")),
                    "documents/0001-b_c_.json");
        CM_CHECK_SV(cm_evidence_document_name(arena, 12, CM_SV("-")), "documents/0012--");
        CM_CHECK_SV(cm_evidence_document_name(arena, 3, CM_SV("a/..")), "documents/0003-..");
        cm_arena_free(arena);
}
