/* SPDX-License-Identifier: Apache-2.0 */
/* Writes evidence archives (evidence.h). */
#include "comply/evidence.h"

#include "base/escape.h"
#include "base/time.h"
#include "codec/zip_store.h"
#include "comply/evidence_internal.h"
#include "crypto/sha256.h"

const char *cm_evidence_sha256(struct cm_sv bytes, char text[CM_SHA256_TEXT_BYTES])
{
        struct cm_sha256 *sha CM_CLEANUP(cm_sha256_freep)
        = cm_sha256_new();
        cm_sha256_update(sha, bytes);
        return cm_sha256_text(sha, text);
}

static void put_text(struct cm_buf *out, const char *key, struct cm_sv value)
{
        cm_buf_printf(out, "  \"%s\": ", key);
        cm_buf_put_json(out, value);
        cm_buf_put_str(out, ",\n");
}

/* One member a line, so that a person can compare two of them. */
static void put_members(struct cm_buf *out, const struct cm_evidence *e)
{
        char digest[CM_SHA256_TEXT_BYTES];
        cm_buf_put_str(out, "  \"members\": [\n");
        for (size_t i = 0; i < e->count; i++) {
                const struct cm_evidence_member *m = &e->members[i];
                cm_buf_put_str(out, "    {\"name\": ");
                cm_buf_put_json(out, m->name);
                if (m->source.len > 0) {
                        cm_buf_put_str(out, ", \"source\": ");
                        cm_buf_put_json(out, m->source);
                }
                cm_buf_printf(out, ", \"bytes\": %zu, \"digest\": \"%s\"}%s\n", m->bytes.len,
                              cm_evidence_sha256(m->bytes, digest), i + 1 < e->count ? "," : "");
        }
        cm_buf_put_str(out, "  ],\n");
}

static void put_manifest(struct cm_buf *out, const struct cm_evidence *e)
{
        char text[CM_TIME_TEXT_BYTES];
        char seal[CM_SHA256_TEXT_BYTES];
        cm_buf_put_str(out, "{\n");
        put_text(out, "schema", CM_SV(CM_EVIDENCE_SCHEMA));
        put_text(out, "created", cm_sv_from_cstr(cm_time_format(e->created_s, text)));
        put_text(out, "framework", e->framework);
        put_text(out, "framework_version", e->framework_version);
        put_text(out, "tool_version", e->tool_version);
        put_text(out, "checks_digest", e->checks_digest);
        put_members(out, e);
        cm_evidence_sha256(cm_buf_sv(out), seal);
        cm_buf_printf(out, CM_EVIDENCE_SEAL_HEAD "%s" CM_EVIDENCE_SEAL_TAIL, seal);
}

int cm_evidence_write(const struct cm_evidence *e, struct cm_buf *out, struct cm_err *err)
{
        struct cm_buf manifest CM_CLEANUP(cm_buf_fini);
        struct cm_zip_store zip;
        cm_buf_init(&manifest, CM_MIB(64));
        put_manifest(&manifest, e);
        int r = cm_buf_check(&manifest, "manifest", err);
        if (r < 0)
                return r;
        cm_zip_store_init(&zip, out);
        for (size_t i = 0; i < e->count; i++)
                cm_zip_store_add(&zip, e->members[i].name, e->members[i].bytes);
        cm_zip_store_add(&zip, CM_SV(CM_EVIDENCE_MANIFEST), cm_buf_sv(&manifest));
        r = cm_zip_store_end(&zip, err);
        cm_zip_store_fini(&zip);
        return r;
}

struct cm_sv cm_evidence_document_name(struct cm_arena *arena, size_t number, struct cm_sv source)
{
        enum {
                NAME_BYTES_MAX = 60
        };
        char name[NAME_BYTES_MAX];
        struct cm_sv base = cm_sv_slice(cm_sv_base_name(source), 0, NAME_BYTES_MAX);
        for (size_t i = 0; i < base.len; i++) {
                char c = base.ptr[i];
                name[i] = cm_is_alnum(c) || c == '.' || c == '-' ? c : '_';
        }
        return cm_sv_printf(arena, "documents/%04zu-%.*s", number, (int)base.len, name);
}
