/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A scanned target as one document for checks (check/document_image.c): its config, manifest,
 * layers and the facts about its files. docs/formats/image-document.md
 */
#pragma once

#include "base/buf.h"
#include "image/merge.h"
#include "model/target.h"

/* JSON; the same target gives the same bytes. Whether it fitted: cm_buf_check(). */
void cm_image_describe(struct cm_arena *arena, const struct cm_target *target,
                       const struct cm_merge_result *merged, struct cm_buf *out);
