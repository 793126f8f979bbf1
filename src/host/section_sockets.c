/* SPDX-License-Identifier: Apache-2.0 */
/* `listening`: {list: [{protocol, address, port}]} of the network namespace of that root's init. */
#include "host/host_text.h"

static void collect(struct cm_host *h, struct cm_node *facts)
{
        static const char *const tables[][2] = { { "net/tcp", "tcp" },
                                                 { "net/tcp6", "tcp" },
                                                 { "net/udp", "udp" },
                                                 { "net/udp6", "udp" } };
        struct cm_node *list = cm_host_new_list(h->arena);
        struct cm_node *n = cm_host_map(h->arena);
        for (size_t i = 0; i < CM_ARRAY_LEN(tables); i++) {
                struct cm_host_text t = cm_host_read_proc(h, tables[i][0]);
                bool has_no_ipv6 = i % 2 == 1 && t.state == CM_HOST_ABSENT;
                if (t.state != CM_HOST_READ && !has_no_ipv6) {
                        cm_host_put(h->arena, facts, "listening",
                                    cm_host_error(h->arena, t.reason));
                        return;
                }
                cm_host_text_sockets(h->arena, tables[i][1], t.text, list);
        }
        cm_host_put(h->arena, n, "list", list);
        cm_host_put(h->arena, facts, "listening", n);
}

extern const struct cm_host_section cm_host_section_sockets;
const struct cm_host_section cm_host_section_sockets = { collect };
