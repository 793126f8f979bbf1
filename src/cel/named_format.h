/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The formats that Kubernetes names: whether a text is a DNS label, a label value, a UUID, ... and
 * what is wrong with it otherwise. Not for: turning texts into values.
 */
#pragma once

#include "base/arena.h"
#include "base/sv.h"

struct cm_named_format;

/* "dns1123Label", "dns1123LabelPrefix", "uri", ...; NULL when there is none of that name. */
const struct cm_named_format *cm_named_format_get(struct cm_sv name);
/* By index, for tables; NULL past the last one. */
const struct cm_named_format *cm_named_format_at(size_t index);
const char *cm_named_format_name(const struct cm_named_format *format);

enum {
        CM_NAMED_FORMAT_ERRORS_MAX = 4
};
/*
 * What is wrong with `text`: fills `ret` with texts that live forever, and returns how many.
 * `arena` is scratch for the formats that decode.
 * Spec: Kubernetes CEL library "format"; apimachinery util/validation.
 */
size_t cm_named_format_check(const struct cm_named_format *format, struct cm_arena *arena,
                             struct cm_sv text, struct cm_sv ret[CM_NAMED_FORMAT_ERRORS_MAX]);
