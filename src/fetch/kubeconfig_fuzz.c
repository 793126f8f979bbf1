/* SPDX-License-Identifier: Apache-2.0 */
/* The same bytes as a kubeconfig and as what a credential plugin printed. */
#include "base/limits.h"
#include "fetch/kubeconfig.h"
#include "tests/lsan_fyaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        if (size > CM_KIB(256))
                return 0;
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(512));
        struct cm_err err = CM_ERR_INIT;
        struct cm_kubeconfig config = { 0 };
        struct cm_exec_credential credential = { 0 };
        struct cm_sv text = cm_sv_make(data, size);
        if (cm_kubeconfig_parse(arena, text, &config, &err) == 0)
                for (size_t i = 0; i < config.user_count; i++)
                        CM_ASSERT(cm_kubeconfig_user_find(&config, config.users[i].name) ==
                                  &config.users[i]);
        cm_err_clear(&err);
        if (cm_exec_credential_parse(arena, text, &credential, &err) == 0)
                CM_ASSERT(credential.token.len > 0 || credential.key_pem.len > 0);
        return 0;
}
