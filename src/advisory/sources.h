/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of public sources by their name: where they live, under which terms. */
#pragma once

#include "model/advisory.h"

/* Fills url, licence and attribution of a known source; false when the name is not known. */
bool cm_source_known(struct cm_sv name, struct cm_adv_source *ret);
