/* SPDX-License-Identifier: Apache-2.0 */
/* The document: one section after the other. See host.h. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/host.h"
#include "host/host_internal.h"

#define CM_HOST_SECTION(name) extern const struct cm_host_section cm_host_section_##name;
#include "host/sections.def"
#undef CM_HOST_SECTION

static const struct cm_host_section *const sections[] = {
#define CM_HOST_SECTION(name) &cm_host_section_##name,
#include "host/sections.def"
#undef CM_HOST_SECTION
};

/* Does this process itself live in that root? */
static bool is_own_root(int root_fd)
{
        struct stat given;
        struct stat own;
        return fstat(root_fd, &given) == 0 && stat("/", &own) == 0 && given.st_dev == own.st_dev &&
               given.st_ino == own.st_ino;
}

int cm_host_facts(struct cm_arena *arena, const struct cm_host_options *options,
                  const struct cm_node **ret, struct cm_err *err)
{
        const char *root = options->root;
        int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return CM_RAISE_ERRNO(err, CM_E_USAGE, errno, "could not open directory '%.200s'",
                                      root);
        struct cm_host h = {
                .arena = arena,
                .root_fd = fd,
                .is_own = is_own_root(fd),
                .bytes_left = CM_HOST_TOTAL_BYTES_MAX,
                .walk_ms_max =
                        options->walk_ms_max > 0 ? options->walk_ms_max : CM_HOST_WALK_MS_MAX,
        };
        struct cm_node *facts = cm_host_map(arena);
        cm_host_put_text(arena, facts, "schema", CM_SV("coaming/host-facts/v1"));
        cm_host_put_text(arena, facts, "root", cm_sv_from_cstr(root));
        for (size_t i = 0; i < CM_ARRAY_LEN(sections); i++)
                sections[i]->collect(&h, facts);
        close(fd);
        *ret = facts;
        return 0;
}
