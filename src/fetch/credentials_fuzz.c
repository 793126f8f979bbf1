/* SPDX-License-Identifier: Apache-2.0 */
/* The same bytes as a configuration file and as a helper's answer. */
#include "fetch/credentials.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        if (size > CM_KIB(256))
                return 0;
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(256));
        const struct cm_credential_query query = { CM_SV("docker.io"), CM_SV("library/alpine") };
        struct cm_err err = CM_ERR_INIT;
        struct cm_credential credential = { 0 };
        struct cm_sv helper = CM_SV("");
        struct cm_sv server = CM_SV("");
        struct cm_sv text = cm_sv_make(data, size);
        if (cm_credentials_parse(arena, text, &query, &credential, &helper, &server, &err) ==
            CM_CREDENTIAL_HELPER)
                CM_ASSERT(helper.len > 0 && server.len > 0);
        cm_err_clear(&err);
        CM_IGNORE(cm_credentials_parse_helper(arena, text, &credential, &err));
        return 0;
}
