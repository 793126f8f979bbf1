/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts about a Linux host: what its files and its kernel say, as one document that checks look at
 * (docs/formats/host-facts.md). Read from a root directory, in one bounded pass, without running
 * anything; links never lead out of that root. Not for: judging; that is what checks/host is for.
 *
 * Each section (sections.def) is read by a file of its own. What could not be read is never
 * replaced by something: a section that failed holds only `error`, a value that is missing is not
 * there, so that a check that needs it is unknown. What does not exist is null.
 */
#pragma once

#include "base/buf.h"
#include "codec/node.h"

enum {
        CM_HOST_FACTS_BYTES_MAX = 64 << 20 /* of the document; a full host has 0.3 MB */
};

struct cm_host_options {
        const char *root;     /* a directory, "/" for this host */
        uint64_t walk_ms_max; /* 0: CM_HOST_WALK_MS_MAX */
};

/*
 * Returns: 0, also when nothing in it could be read.
 * Errors:  CM_E_USAGE: the root cannot be opened.
 * Owns:    *ret lives in `arena`.
 * Limits:  CM_HOST_*_MAX of base/limits.h; what is over is said in the document.
 */
CM_MUST_CHECK int cm_host_facts(struct cm_arena *arena, const struct cm_host_options *options,
                                const struct cm_node **ret, struct cm_err *err);
/* JSON with line breaks at the upper levels, so that places in it can be found. */
void cm_host_facts_write(struct cm_buf *buf, const struct cm_node *facts);
