/* SPDX-License-Identifier: Apache-2.0 */
/* See filecaps.h. */
#include "codec/filecaps.h"

#include "base/cursor.h"

/* In the order of linux/capability.h. */
static const char *const names[] = {
        "chown",
        "dac_override",
        "dac_read_search",
        "fowner",
        "fsetid",
        "kill",
        "setgid",
        "setuid",
        "setpcap",
        "linux_immutable",
        "net_bind_service",
        "net_broadcast",
        "net_admin",
        "net_raw",
        "ipc_lock",
        "ipc_owner",
        "sys_module",
        "sys_rawio",
        "sys_chroot",
        "sys_ptrace",
        "sys_pacct",
        "sys_admin",
        "sys_boot",
        "sys_nice",
        "sys_resource",
        "sys_time",
        "sys_tty_config",
        "mknod",
        "lease",
        "audit_write",
        "audit_control",
        "setfcap",
        "mac_override",
        "mac_admin",
        "syslog",
        "wake_alarm",
        "block_suspend",
        "audit_read",
        "perfmon",
        "bpf",
        "checkpoint_restore",
};

bool cm_filecaps_parse(struct cm_sv bytes, struct cm_filecaps *ret)
{
        struct cm_cursor c = cm_cursor_make(bytes);
        uint32_t magic = cm_cursor_le32(&c);
        unsigned revision = magic >> 24;
        if (c.failed || revision < 1 || revision > 3)
                return false;
        struct cm_filecaps caps = { .is_effective = (magic & 1) != 0 };
        for (unsigned half = 0; half < (revision == 1 ? 1U : 2U); half++) {
                caps.permitted |= (uint64_t)cm_cursor_le32(&c) << (32 * half);
                caps.inheritable |= (uint64_t)cm_cursor_le32(&c) << (32 * half);
        }
        if (revision == 3)
                caps.root_uid = cm_cursor_le32(&c);
        if (c.failed || c.len > 0)
                return false;
        *ret = caps;
        return true;
}

void cm_filecaps_put_name(struct cm_buf *out, unsigned number)
{
        if (number < CM_ARRAY_LEN(names))
                cm_buf_printf(out, "cap_%s", names[number]);
        else
                cm_buf_printf(out, "cap_%u", number);
}
