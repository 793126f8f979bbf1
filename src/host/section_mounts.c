/* SPDX-License-Identifier: Apache-2.0 */
/* `mounts` (what is mounted, or of a root at rest what would be) and `fstab`. */
#include "host/host_text.h"

static void collect(struct cm_host *h, struct cm_node *facts)
{
        struct cm_node *mounts = cm_host_map(h->arena);
        struct cm_node *current = cm_host_new_list(h->arena);
        struct cm_node *planned = cm_host_new_list(h->arena);
        struct cm_host_text now = cm_host_read_proc(h, "mountinfo");
        struct cm_host_text table = cm_host_read(h, "etc/fstab");
        cm_host_text_fstab(h->arena, table.text, planned);
        if (now.state == CM_HOST_READ) {
                cm_host_text_mountinfo(h->arena, now.text, current);
                cm_host_put_text(h->arena, mounts, "source",
                                 h->is_own ? CM_SV("/proc/self/mountinfo")
                                           : CM_SV("/proc/1/mountinfo"));
                cm_host_put(h->arena, mounts, "list", current);
                /* Units mount what fstab does not name: of a root at rest the list may be short. */
                cm_host_put_bool(h->arena, mounts, "running", true);
        } else if (now.state == CM_HOST_ABSENT && table.state == CM_HOST_READ) {
                cm_host_put_text(h->arena, mounts, "source", CM_SV("/etc/fstab"));
                cm_host_put(h->arena, mounts, "list", planned);
        } else {
                cm_host_put_text(h->arena, mounts, "error", now.reason);
        }
        cm_host_put(h->arena, facts, "mounts", mounts);
        if (table.state == CM_HOST_ABSENT) {
                cm_host_put_null(h->arena, facts, "fstab");
                return;
        }
        struct cm_node *fstab = table.state == CM_HOST_READ ? cm_host_map(h->arena)
                                                            : cm_host_error(h->arena, table.reason);
        if (table.state == CM_HOST_READ)
                cm_host_put(h->arena, fstab, "list", planned);
        cm_host_put(h->arena, facts, "fstab", fstab);
}

extern const struct cm_host_section cm_host_section_mounts;
const struct cm_host_section cm_host_section_mounts = { collect };
