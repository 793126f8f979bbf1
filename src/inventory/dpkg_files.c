/* SPDX-License-Identifier: Apache-2.0 */
/* Which file belongs to which Debian package: the .list files of info/, the .md5sums of status.d/. */
#include "inventory/cataloger.h"

/* "libc6:amd64.list" -> "libc6". */
static struct cm_sv package_of(struct cm_sv path)
{
        struct cm_sv dir, base, name, rest;
        if (!cm_sv_cut_last(path, '/', &dir, &base))
                base = path;
        cm_sv_cut_last(base, '.', &name, &rest);
        cm_sv_cut(name, ':', &name, &rest);
        return name;
}

static struct cm_sv relative(struct cm_sv path)
{
        if (cm_sv_has_prefix(path, CM_SV("./")))
                path = cm_sv_skip(path, 2);
        while (path.len > 0 && path.ptr[0] == '/')
                path = cm_sv_skip(path, 1);
        return path;
}

enum {
        MD5_DIGITS = 32
};

/* "<32 hex>  path": two blanks, as md5sum writes it. */
static bool split_sum(struct cm_sv line, struct cm_sv *hex, struct cm_sv *path)
{
        *hex = cm_sv_slice(line, 0, MD5_DIGITS);
        *path = cm_sv_skip(line, MD5_DIGITS + 2);
        for (size_t i = 0; i < hex->len; i++)
                if (!cm_is_xdigit(hex->ptr[i]))
                        return false;
        return cm_sv_has_prefix(cm_sv_skip(line, MD5_DIGITS), CM_SV("  ")) && path->len > 0;
}

static int dpkg_files_parse(struct cm_arena *arena, const struct cm_cat_file *file,
                            struct cm_sink *sink, struct cm_err *err)
{
        (void)arena;
        bool sums = cm_sv_has_suffix(file->path, CM_SV(".md5sums"));
        struct cm_owned_file owned = { .type = CM_PKG_DEB, .package = package_of(file->path) };
        char digest[4 + MD5_DIGITS] = "md5:";
        struct cm_sv rest = file->content;
        struct cm_sv line, hex;
        bool broken = false;
        while (cm_sv_next_line(&rest, &line)) {
                if (line.len == 0)
                        continue;
                if (sums && !split_sum(line, &hex, &line)) {
                        broken = true;
                        continue;
                }
                if (sums) {
                        memcpy(digest + 4, hex.ptr, MD5_DIGITS);
                        owned.digest = cm_sv_make(digest, sizeof(digest));
                }
                owned.path = relative(line);
                if (owned.path.len == 0 || cm_sv_eq(owned.path, CM_SV(".")))
                        continue;
                int r = sink->owned(sink, &owned, err);
                if (r < 0)
                        return r;
        }
        return broken ? sink->unreadable(sink, file->path, "a line is no digest and path", err) : 0;
}

const struct cm_cataloger cm_cataloger_dpkg_files = {
        .name = "dpkg_files",
        .summary = "ownership of files by Debian packages",
        .doc = "catalogers.md#dpkg_files",
        .contexts = CM_CONTEXT_INSTALLED,
        .globs = (const char *const[]){ "var/lib/dpkg/info/*.list",
                                        "var/lib/dpkg/status.d/*.md5sums", NULL },
        .file_bytes_max = CM_MIB(64),
        .parse = dpkg_files_parse,
};
