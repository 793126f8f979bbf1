/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of the JSON of check results that other reports have, too; schema/check-v1.json names them. */
#pragma once

#include "report/check_format.h"
#include "report/json_writer.h"

/* One item of "results". */
void cm_check_json_result(struct cm_json_writer *w, const struct cm_check_result *result);
/* The members "check_set" and, against a baseline, "baseline". */
void cm_check_json_runs(struct cm_json_writer *w, const struct cm_check_outcome *outcome);
/* The members "unread" and "waivers_idle". */
void cm_check_json_unread(struct cm_json_writer *w, const struct cm_check_outcome *outcome);
void cm_check_json_idle_waivers(struct cm_json_writer *w, const struct cm_check_outcome *outcome);
