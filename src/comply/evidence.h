/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An evidence archive: all that an audit read and said, so that somebody else can look at it later,
 * or run it again. A zip of stored members with manifest.json as the last one, which names each
 * member with its size and SHA-256 and ends with a seal: the SHA-256 of the manifest up to the seal,
 * and so of everything. Same audit, same bytes. Format: docs/formats/evidence.md.
 *
 * Verification finds any change, also of bytes that belong to no member: the archive is written anew
 * from its members and must be the same. It cannot tell who wrote the archive: for that the digest of
 * the whole, which cm_evidence_digest() gives, must be known from elsewhere, or be signed.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"

struct cm_evidence_member {
        struct cm_sv name;   /* "documents/0001-inspect.json" */
        struct cm_sv source; /* where it comes from, as given, or "" */
        struct cm_sv bytes;
};

struct cm_evidence {
        struct cm_sv framework;
        struct cm_sv framework_version;
        struct cm_sv tool_version;
        struct cm_sv checks_digest; /* of the built-in checks and frameworks */
        int64_t created_s;
        const struct cm_evidence_member *members; /* without the manifest */
        size_t count;
};

/* Errors: CM_E_LIMIT (out's maximum). */
CM_MUST_CHECK int cm_evidence_write(const struct cm_evidence *evidence, struct cm_buf *out,
                                    struct cm_err *err);
/* A name that a document can have in an archive: number and what of its own name is harmless. */
struct cm_sv cm_evidence_document_name(struct cm_arena *arena, size_t number, struct cm_sv source);

/* Something that is not as it was written. */
struct cm_evidence_fault {
        struct cm_sv member; /* or "": the archive itself */
        struct cm_sv text;
};

struct cm_evidence_check {
        const struct cm_evidence_fault *faults;
        size_t fault_count;
        size_t member_count; /* that are as the manifest says */
        struct cm_sv framework;
        struct cm_sv created;
        struct cm_sv digest; /* "sha256:<hex>" of the whole archive */
};

/*
 * Reads an archive of unknown origin; looks at our own format only.
 * Limits: evidence_bytes_max; nothing is inflated: a compressed member is a fault.
 */
void cm_evidence_verify(struct cm_arena *arena, struct cm_sv archive,
                        struct cm_evidence_check *ret);
