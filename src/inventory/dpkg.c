/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Debian and Ubuntu packages: dpkg's status database, distroless images' status.d, and the file
 * lists that say which file belongs to which package.
 */
#include "base/escape.h"
#include "codec/deb822.h"
#include "inventory/cataloger.h"

static const char *const host_prefixes[] = { "linux-headers-", "linux-image-",    "linux-modules-",
                                             "linux-kbuild-",  "linux-compiler-", "linux-source-",
                                             "linux-tools-" };

/* Kernel headers and images: in a container the host's kernel runs, not this one. */
static bool is_host_only(struct cm_sv name)
{
        if (cm_sv_eq(name, CM_SV("linux-libc-dev")) ||
            cm_sv_has_prefix(name, CM_SV("linux-libc-dev-")))
                return true;
        for (size_t i = 0; i < CM_ARRAY_LEN(host_prefixes); i++)
                if (cm_sv_has_prefix(name, cm_sv_from_cstr(host_prefixes[i])))
                        return true;
        return false;
}

/*
 * "want flag status": the files are on disk in every state but not-installed and config-files
 * (removed packages keep their stanza). status.d has no Status at all.
 */
static bool is_on_disk(struct cm_sv status)
{
        if (status.len == 0)
                return true;
        struct cm_sv head, state;
        cm_sv_cut_last(status, ' ', &head, &state);
        return !cm_sv_eq(state, CM_SV("not-installed")) && !cm_sv_eq(state, CM_SV("config-files"));
}

/* "Source: busybox (1:1.30.1-6)": the version stands there when it differs (binNMUs). */
static void set_source(struct cm_pkg *pkg, struct cm_sv source)
{
        struct cm_sv name, version;
        if (cm_sv_cut(source, '(', &name, &version)) {
                struct cm_sv rest;
                cm_sv_cut(version, ')', &version, &rest);
                pkg->source_version = cm_sv_trim(version);
        }
        pkg->source_name = cm_sv_trim(name);
}

static int stanza_to_pkg(struct cm_sv stanza, const struct cm_cat_file *file, struct cm_sink *sink,
                         struct cm_err *err)
{
        struct cm_pkg pkg = { .type = CM_PKG_DEB, .path = file->path };
        struct cm_sv status = CM_SV("");
        struct cm_deb822_field field;
        while (cm_deb822_next_field(&stanza, &field)) {
                if (cm_sv_eq_nocase(field.name, CM_SV("Package")))
                        pkg.name = field.value;
                else if (cm_sv_eq_nocase(field.name, CM_SV("Version")))
                        pkg.version = field.value;
                else if (cm_sv_eq_nocase(field.name, CM_SV("Architecture")))
                        pkg.arch = field.value;
                else if (cm_sv_eq_nocase(field.name, CM_SV("Source")))
                        set_source(&pkg, field.value);
                else if (cm_sv_eq_nocase(field.name, CM_SV("Status")))
                        status = field.value;
                else if (cm_sv_eq_nocase(field.name, CM_SV("Maintainer")))
                        pkg.vendor = field.value;
        }
        if (!is_on_disk(status))
                return 0;
        if (pkg.name.len == 0 || pkg.version.len == 0)
                return sink->unreadable(sink, file->path, "package stanza without name or version",
                                        err);
        if (is_host_only(pkg.name))
                pkg.flags |= CM_PKG_HOST_ONLY;
        return sink->pkg(sink, &pkg, err);
}

static int dpkg_parse(struct cm_arena *arena, const struct cm_cat_file *file, struct cm_sink *sink,
                      struct cm_err *err)
{
        (void)arena;
        if (cm_sv_has_suffix(file->path, CM_SV(".md5sums")))
                return 0; /* file lists of status.d: dpkg_files reads them */
        struct cm_sv rest = file->content;
        struct cm_sv stanza;
        size_t count = 0;
        while (cm_deb822_next_stanza(&rest, &stanza)) {
                int r = stanza_to_pkg(stanza, file, sink, err);
                if (r < 0)
                        return r;
                count++;
        }
        if (count == 0 && cm_sv_trim(file->content).len > 0)
                return CM_RAISE(err, CM_E_MALFORMED, "file holds no package stanza");
        return 0;
}

const struct cm_cataloger cm_cataloger_dpkg = {
        .name = "dpkg",
        .summary = "Debian and Ubuntu packages from dpkg's status and status.d",
        .doc = "catalogers.md#dpkg",
        .contexts = CM_CONTEXT_INSTALLED,
        .globs = (const char *const[]){ "var/lib/dpkg/status", "var/lib/dpkg/status.d/*", NULL },
        .file_bytes_max = CM_MIB(128),
        .parse = dpkg_parse,
};
