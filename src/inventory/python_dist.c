/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Installed Python distributions: METADATA of a .dist-info directory, PKG-INFO of an .egg-info
 * directory or of an egg, or an .egg-info that is a file itself.
 * Spec: PyPA "Core metadata specifications" (an RFC 822 header).
 */
#include "codec/deb822.h"
#include "inventory/cataloger.h"

/*
 * The header: up to the first empty line, the description follows. A line of blanks only continues
 * the field above (licence texts are folded that way), so it is not the end.
 */
static struct cm_sv header_of(struct cm_sv text)
{
        struct cm_sv line;
        struct cm_sv rest = text;
        while (rest.len > 0) {
                struct cm_sv before = rest;
                cm_sv_next_line(&rest, &line);
                if (line.len == 0)
                        return cm_sv_slice(text, 0, text.len - before.len);
        }
        return text;
}

static int python_dist_parse(struct cm_arena *arena, const struct cm_cat_file *file,
                             struct cm_sink *sink, struct cm_err *err)
{
        (void)arena;
        struct cm_pkg pkg = { .type = CM_PKG_PYPI, .path = file->path };
        struct cm_sv text = file->content;
        struct cm_sv expression = CM_SV("");
        if (cm_sv_has_prefix(text, CM_SV("\xef\xbb\xbf")))
                text = cm_sv_skip(text, 3);
        struct cm_sv header = header_of(text);
        struct cm_deb822_field field;
        while (cm_deb822_next_field(&header, &field)) {
                if (cm_sv_eq_nocase(field.name, CM_SV("Name")))
                        pkg.name = field.value;
                else if (cm_sv_eq_nocase(field.name, CM_SV("Version")))
                        pkg.version = field.value;
                else if (cm_sv_eq_nocase(field.name, CM_SV("License-Expression")))
                        expression = field.value;
                else if (cm_sv_eq_nocase(field.name, CM_SV("License")) &&
                         cm_sv_find_char(field.value, '\n') < 0 &&
                         !cm_sv_eq(field.value, CM_SV("UNKNOWN")))
                        pkg.licence = field.value; /* some put the whole text there */
        }
        if (expression.len > 0)
                pkg.licence = expression;
        if (pkg.name.len == 0 || pkg.version.len == 0)
                return CM_RAISE(err, CM_E_MALFORMED, "metadata has no Name or no Version");
        return sink->pkg(sink, &pkg, err);
}

const struct cm_cataloger cm_cataloger_python_dist = {
        .name = "python_dist",
        .summary = "installed Python distributions",
        .doc = "catalogers.md#python_dist",
        .contexts = CM_CONTEXT_INSTALLED,
        .globs = (const char *const[]){ "**/*.dist-info/METADATA", "**/*.egg-info/PKG-INFO",
                                        "**/EGG-INFO/PKG-INFO", "**/*.egg-info", NULL },
        .file_bytes_max = CM_MIB(8),
        .parse = python_dist_parse,
};
