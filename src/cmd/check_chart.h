/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Helm charts. Their templates are no documents but a program that prints some: read as YAML they
 * would be broken, or, worse, half of them would look fine. With --helm, `helm template` renders the
 * chart, outside of any sandbox, with the user's rights; what it prints is checked, each template
 * under its own name ("CHART:templates/x.yaml"). Without, the chart is reported as not read.
 */
#pragma once

#include "cmd/check_source.h"

/* Whether the directory is one: it has a Chart.yaml. */
bool cm_check_chart_is(struct cm_arena *arena, const char *path);
/*
 * Gives out what the chart becomes, or why it was not read.
 * Errors: those of the sink.
 */
CM_MUST_CHECK int cm_check_chart_give(const struct cm_args *args, const char *path,
                                      struct cm_check_document_sink *sink, struct cm_err *err);
