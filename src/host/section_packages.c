/* SPDX-License-Identifier: Apache-2.0 */
/* `packages`: what dpkg says is installed: {installed: {name: version}}. */
#include "codec/deb822.h"
#include "host/host_internal.h"

static void collect(struct cm_host *h, struct cm_node *facts)
{
        struct cm_host_text t = cm_host_read(h, "var/lib/dpkg/status");
        if (t.state != CM_HOST_READ) {
                cm_host_put(
                        h->arena, facts, "packages",
                        cm_host_error(h->arena, cm_sv_printf(h->arena, "/var/lib/dpkg/status: %.*s",
                                                             CM_SV_ARG(t.reason))));
                return;
        }
        struct cm_node *installed = cm_host_map(h->arena);
        struct cm_sv stanza;
        while (cm_deb822_next_stanza(&t.text, &stanza)) {
                struct cm_sv status = CM_SV("");
                struct cm_sv name = CM_SV("");
                struct cm_sv version = CM_SV("");
                struct cm_deb822_field field;
                while (cm_deb822_next_field(&stanza, &field)) {
                        if (cm_sv_eq(field.name, CM_SV("Status")))
                                status = field.value;
                        else if (cm_sv_eq(field.name, CM_SV("Package")))
                                name = field.value;
                        else if (cm_sv_eq(field.name, CM_SV("Version")))
                                version = field.value;
                }
                if (cm_sv_has_suffix(status, CM_SV(" installed")))
                        cm_node_put(
                                h->arena, installed, name, (struct cm_node_pos){ 0 },
                                cm_node_new_string(h->arena, (struct cm_node_pos){ 0 }, version));
        }
        struct cm_node *packages = cm_host_map(h->arena);
        cm_host_put(h->arena, packages, "installed", installed);
        cm_host_put(h->arena, facts, "packages", packages);
}

extern const struct cm_host_section cm_host_section_packages;
const struct cm_host_section cm_host_section_packages = { collect };
