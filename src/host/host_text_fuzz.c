/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: the text formats of a host's files; the first byte chooses which. */
#include "codec/node_json.h"
#include "host/host_text.h"

static void parse(struct cm_arena *arena, unsigned which, struct cm_sv text, struct cm_node *map,
                  struct cm_node *list)
{
        const struct cm_sv source = CM_SV("/f");
        struct cm_host_sshd sshd = { .arena = arena, .values = map, .matches = list };
        struct cm_host_sudo sudo = { .arena = arena, .defaults = list, .rules = list };
        if (which <= CM_HOST_SYNTAX_APT)
                cm_host_text_settings(arena, (enum cm_host_syntax)which, source, text, map);
        else if (which == 5)
                cm_host_text_mountinfo(arena, text, list);
        else if (which == 6)
                cm_host_text_fstab(arena, text, list);
        else if (which == 7)
                cm_host_text_passwd(arena, text, list);
        else if (which == 8)
                cm_host_text_group(arena, text, list);
        else if (which == 9)
                cm_host_text_shadow(arena, text, list);
        else if (which == 10)
                cm_host_text_modprobe(arena, source, text, map);
        else if (which == 11)
                cm_host_text_pam(arena, source, text, list);
        else if (which == 12)
                cm_host_text_sshd(&sshd, source, text);
        else if (which == 13)
                cm_host_text_sudo(&sudo, source, text);
        else if (which == 14)
                cm_host_text_audit(arena, source, text, list);
        else
                cm_host_text_sockets(arena, "tcp", text, list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(1024));
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        struct cm_node *map = cm_host_map(arena);
        struct cm_node *list = cm_host_new_list(arena);
        cm_buf_init(&buf, CM_MIB(64));
        if (size > 0)
                parse(arena, (data[0] - 'a') & 15U, cm_sv_make(data + 1, size - 1), map, list);
        cm_node_write_json(&buf, map);
        cm_node_write_json(&buf, list);
        cm_arena_free(arena);
        return 0;
}
