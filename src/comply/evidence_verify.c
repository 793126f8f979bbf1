/* SPDX-License-Identifier: Apache-2.0 */
/* Verifies evidence archives (evidence.h). Every byte of the input may be hostile. */
#include "base/escape.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/vec.h"
#include "codec/node_json.h"
#include "codec/zip.h"
#include "codec/zip_store.h"
#include "comply/evidence.h"
#include "comply/evidence_internal.h"

struct member {
        struct cm_sv name;
        struct cm_sv bytes;
        bool is_listed; /* the manifest names it */
};

struct verifier {
        struct cm_arena *arena;
        struct cm_sv archive;
        struct cm_evidence_check *check;
        CM_VEC(struct cm_evidence_fault) faults;
        CM_VEC(struct member *) members;
        struct cm_map by_name; /* of the same */
        bool all_read;         /* each member's bytes are known */
};

static void fault(struct verifier *v, struct cm_sv member, struct cm_sv text)
{
        *CM_VEC_PUSH(v->arena, &v->faults) =
                (struct cm_evidence_fault){ cm_sv_dup(v->arena, member), text };
}

static void fault_of(struct verifier *v, struct cm_sv member, const struct cm_err *err)
{
        fault(v, member, cm_sv_dup(v->arena, cm_sv_from_cstr(err->text)));
}

static void read_member(struct verifier *v, struct cm_zip *zip, const struct cm_zip_entry *e)
{
        struct cm_err err = CM_ERR_INIT;
        struct member *m = CM_NEW(v->arena, struct member);
        m->name = e->name;
        if (e->method != 0) {
                fault(v, e->name, CM_SV("is compressed: no member is written so"));
                v->all_read = false;
                return;
        }
        if (cm_zip_read(zip, v->arena, e, CM_EVIDENCE_BYTES_MAX, &m->bytes, &err) < 0) {
                fault_of(v, e->name, &err);
                v->all_read = false;
                m->bytes = CM_SV_NULL;
        }
        if (e->name.len == 0)
                v->all_read = false; /* cannot be written so */
        *CM_VEC_PUSH(v->arena, &v->members) = m;
        if (!cm_map_put(&v->by_name, m->name, m))
                fault(v, m->name, CM_SV("is there twice"));
}

static bool read_members(struct verifier *v)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_zip zip;
        struct cm_zip_entry e;
        int r = cm_zip_open(v->arena, v->archive, CM_EVIDENCE_BYTES_MAX, &zip, &err);
        while (r == 0) {
                r = cm_zip_next(&zip, &e, &err);
                if (r == 0)
                        read_member(v, &zip, &e);
        }
        if (r < 0)
                fault_of(v, CM_SV(""), &err);
        return r > 0;
}

static struct member *find(struct verifier *v, struct cm_sv name)
{
        return cm_map_get(&v->by_name, name);
}

static void compare(struct verifier *v, const struct cm_node *listed)
{
        struct cm_sv name = cm_node_get_string(listed, "name");
        struct member *m = find(v, name);
        char digest[CM_SHA256_TEXT_BYTES];
        if (m == NULL) {
                fault(v, name, CM_SV("was removed"));
                return;
        }
        m->is_listed = true;
        if (m->bytes.ptr == NULL && !v->all_read)
                return; /* said when it was read */
        if (!cm_sv_eq(cm_node_get_string(listed, "digest"),
                      cm_sv_from_cstr(cm_evidence_sha256(m->bytes, digest))) ||
            cm_node_int(cm_node_get(listed, "bytes"), -1) != (int64_t)m->bytes.len)
                fault(v, name, CM_SV("was changed"));
        else
                v->check->member_count++;
}

/* The manifest without seal and what follows; false: it does not end as it was written. */
static bool seal_holds(struct cm_sv manifest)
{
        enum {
                SEAL_BYTES = CM_SHA256_TEXT_BYTES - 1
        };
        const struct cm_sv head = CM_SV(CM_EVIDENCE_SEAL_HEAD);
        const struct cm_sv tail = CM_SV(CM_EVIDENCE_SEAL_TAIL);
        size_t end = head.len + SEAL_BYTES + tail.len;
        char digest[CM_SHA256_TEXT_BYTES];
        if (manifest.len < end)
                return false;
        struct cm_sv sealed = cm_sv_slice(manifest, 0, manifest.len - end);
        struct cm_sv rest = cm_sv_skip(manifest, sealed.len);
        return cm_sv_has_prefix(rest, head) && cm_sv_has_suffix(rest, tail) &&
               cm_sv_eq(cm_sv_slice(rest, head.len, head.len + SEAL_BYTES),
                        cm_sv_from_cstr(cm_evidence_sha256(sealed, digest)));
}

static void verify_manifest(struct verifier *v)
{
        const struct cm_sv name = CM_SV(CM_EVIDENCE_MANIFEST);
        const struct cm_node_json_options options = { .refuse_duplicate_keys = true };
        struct cm_node_json_result parsed;
        struct cm_err err = CM_ERR_INIT;
        struct member *manifest = find(v, name);
        if (manifest == NULL) {
                fault(v, name, CM_SV("was removed"));
                return;
        }
        if (manifest->bytes.ptr == NULL)
                return;
        manifest->is_listed = true;
        if (cm_node_parse_json(v->arena, manifest->bytes, &options, &parsed, &err) < 0) {
                fault_of(v, name, &err);
                return;
        }
        if (!cm_sv_eq(cm_node_get_string(parsed.root, "schema"), CM_SV(CM_EVIDENCE_SCHEMA))) {
                fault(v, name, CM_SV("is not of a schema that is known: " CM_EVIDENCE_SCHEMA));
                return;
        }
        if (!seal_holds(manifest->bytes))
                fault(v, name, CM_SV("was changed: its seal does not hold"));
        v->check->framework = cm_node_get_string(parsed.root, "framework");
        v->check->created = cm_node_get_string(parsed.root, "created");
        const struct cm_node *listed = cm_node_get(parsed.root, "members");
        for (size_t i = 0; i < cm_node_count(listed); i++)
                compare(v, cm_node_at(listed, i));
        for (size_t i = 0; i < v->members.count; i++)
                if (!v->members.items[i]->is_listed)
                        fault(v, v->members.items[i]->name, CM_SV("was added"));
}

/* What belongs to no member (headers, gaps, a comment) must be as it is written, too. */
static void verify_whole(struct verifier *v)
{
        struct cm_buf again CM_CLEANUP(cm_buf_fini);
        struct cm_zip_store zip;
        struct cm_err err = CM_ERR_INIT;
        cm_buf_init(&again, CM_EVIDENCE_BYTES_MAX);
        cm_zip_store_init(&zip, &again);
        for (size_t i = 0; i < v->members.count; i++)
                cm_zip_store_add(&zip, v->members.items[i]->name, v->members.items[i]->bytes);
        int r = cm_zip_store_end(&zip, &err);
        cm_zip_store_fini(&zip);
        if (r < 0) {
                fault_of(v, CM_SV(""), &err);
                return;
        }
        size_t at = 0;
        while (at < again.len && at < v->archive.len && again.ptr[at] == v->archive.ptr[at])
                at++;
        if (at < again.len || at < v->archive.len)
                fault(v, CM_SV(""),
                      cm_sv_printf(v->arena, "byte %zu is not as it was written", at));
}

void cm_evidence_verify(struct cm_arena *arena, struct cm_sv archive, struct cm_evidence_check *ret)
{
        char digest[CM_SHA256_TEXT_BYTES];
        struct verifier v = { .arena = arena, .archive = archive, .check = ret, .all_read = true };
        *ret = (struct cm_evidence_check){ .member_count = 0 };
        cm_map_init(&v.by_name, arena);
        ret->digest = cm_sv_dup(arena, cm_sv_from_cstr(cm_evidence_sha256(archive, digest)));
        if (read_members(&v)) {
                verify_manifest(&v);
                if (v.all_read)
                        verify_whole(&v);
        }
        ret->faults = v.faults.items;
        ret->fault_count = v.faults.count;
}
