/* SPDX-License-Identifier: Apache-2.0 */
/* `pam`: the stacks of the services that decide about logging in: {services: {name: [...]}}. */
#include "host/host_text.h"

static const char *const services[] = {
        "common-account", "common-auth", "common-password", "common-session", "login", "sshd", "su",
        "su-l",           "sudo",        "system-auth",     "password-auth"
};

static void collect(struct cm_host *h, struct cm_node *facts)
{
        struct cm_node *stacks = cm_host_map(h->arena);
        struct cm_node *pam = cm_host_map(h->arena);
        bool is_there = false;
        for (size_t i = 0; i < CM_ARRAY_LEN(services); i++) {
                struct cm_host_text t =
                        cm_host_read_at(h, CM_SV("etc/pam.d"), cm_sv_from_cstr(services[i]));
                struct cm_node *list = cm_host_new_list(h->arena);
                if (t.state == CM_HOST_UNREADABLE) {
                        cm_host_put(h->arena, facts, "pam", cm_host_error(h->arena, t.reason));
                        return;
                }
                if (t.state == CM_HOST_ABSENT)
                        continue;
                is_there = true;
                cm_host_text_pam(h->arena, cm_sv_printf(h->arena, "/etc/pam.d/%s", services[i]),
                                 t.text, list);
                cm_host_put(h->arena, stacks, services[i], list);
        }
        cm_host_put(h->arena, pam, "services", stacks);
        if (is_there)
                cm_host_put(h->arena, facts, "pam", pam);
        else
                cm_host_put_null(h->arena, facts, "pam");
}

extern const struct cm_host_section cm_host_section_pam;
const struct cm_host_section cm_host_section_pam = { collect };
