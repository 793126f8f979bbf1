/* SPDX-License-Identifier: Apache-2.0 */
/* A sink for tests of document kinds: keeps the first subject of one view, and counts them. */
#pragma once

#include "check/document.h"

struct first {
        struct cm_subject_sink sink;
        const char *view;
        struct cm_subject subject;
        size_t count;
};

static inline int keep_first(struct cm_subject_sink *sink, const struct cm_subject *s,
                             struct cm_err *err)
{
        struct first *f = (struct first *)(void *)sink;
        (void)err;
        if (strcmp(s->view->name, f->view) == 0 && f->count++ == 0)
                f->subject = *s;
        return 0;
}
