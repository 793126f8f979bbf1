/* SPDX-License-Identifier: Apache-2.0 */
/* Names of ports that rules and outputs know, whatever /etc/services of a host says. */
#pragma once

#include "base/sv.h"

/* The name of a port, or NULL. */
const char *cm_service_name(uint16_t port);
bool cm_service_port(struct cm_sv name, uint16_t *ret);
