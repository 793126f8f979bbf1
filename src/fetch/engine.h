/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client of a local engine's API: inspect and export of one image. Runs in the fetch role.
 * docker is asked through its own API, podman through libpod's, which resolves short names as
 * podman's command line does.
 *
 * Spec: Docker Engine API v1.24 and later "Inspect an image", "Export an image"; podman 4 libpod API.
 */
#pragma once

#include "fetch/message.h"

struct cm_engine {
        struct cm_http *http;
        const struct cm_fetch_setup *setup;
        const char *socket;    /* or NULL */
        struct cm_sv prefix;   /* "" or "/v4.3.1/libpod" */
        struct cm_sv image_id; /* after inspect */
};

/* Errors: CM_E_NOT_FOUND (no such image), CM_E_ENV (engine does not answer), CM_E_MALFORMED. */
CM_MUST_CHECK int cm_engine_inspect(struct cm_engine *engine, struct cm_arena *arena,
                                    struct cm_fetch_image *ret, struct cm_err *err);
/* The docker-save stream of the inspected image. Errors: CM_E_NETWORK: it broke off. */
CM_MUST_CHECK int cm_engine_export(struct cm_engine *engine, struct cm_arena *arena,
                                   struct cm_transfer *transfer, struct cm_err *err);
