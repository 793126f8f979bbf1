/* SPDX-License-Identifier: Apache-2.0 */
/* What writing and verifying an evidence archive share. */
#pragma once

#include "base/sv.h"
#include "crypto/sha256.h"

#define CM_EVIDENCE_SCHEMA    "coaming/evidence/v1"
#define CM_EVIDENCE_MANIFEST  "manifest.json"
#define CM_EVIDENCE_SEAL_HEAD "  \"seal\": \""
#define CM_EVIDENCE_SEAL_TAIL "\"\n}\n"

/* "sha256:<hex>" of the bytes; returns `text`. */
const char *cm_evidence_sha256(struct cm_sv bytes, char text[CM_SHA256_TEXT_BYTES]);
