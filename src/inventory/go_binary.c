/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Go programs: the build information that the linker puts into every one of them since Go 1.13.
 * Since 1.18 its strings follow the mark inline; before, pointers to them do. Modules keep their
 * "v1.2.3"; the standard library is the package "stdlib" with the release's plain number, as the
 * Go vulnerability database names it.
 * Spec: Go's debug/buildinfo and cmd/link ("\xff Go buildinf:").
 */
#include "base/cursor.h"
#include "codec/elf.h"
#include "inventory/cataloger.h"

enum {
        ALIGN = 16,
        INLINE_AT = 32,
        TEXT_BYTES_MAX = 16 << 20
};

static const char mark[14] = { '\xff', ' ', 'G', 'o', ' ', 'b', 'u',
                               'i',    'l', 'd', 'i', 'n', 'f', ':' };

static bool go_binary_probe(struct cm_sv head)
{
        return cm_elf_is(head);
}

/* The mark is aligned: one comparison per 16 bytes. */
static bool find_mark(struct cm_sv content, size_t *at)
{
        for (size_t i = *at; i + INLINE_AT <= content.len; i += ALIGN) {
                if (content.ptr[i] == mark[0] && memcmp(content.ptr + i, mark, sizeof(mark)) == 0) {
                        *at = i;
                        return true;
                }
        }
        return false;
}

static uint64_t pointer(struct cm_sv bytes, bool big)
{
        struct cm_cursor c = cm_cursor_make(bytes);
        if (bytes.len == 4)
                return big ? cm_cursor_be32(&c) : cm_cursor_le32(&c);
        return big ? cm_cursor_be64(&c) : cm_cursor_le64(&c);
}

/* A Go string header (address, length) at an address that stands at `at` in the file. */
static bool go_string(const struct cm_elf *elf, size_t at, size_t pointer_bytes, bool big,
                      struct cm_sv *ret)
{
        struct cm_sv slot = cm_sv_slice(elf->content, at, at + pointer_bytes);
        struct cm_sv header;
        if (slot.len != pointer_bytes ||
            !cm_elf_at(elf, pointer(slot, big), 2 * pointer_bytes, &header))
                return false;
        uint64_t address = pointer(cm_sv_slice(header, 0, pointer_bytes), big);
        uint64_t len = pointer(cm_sv_skip(header, pointer_bytes), big);
        return len <= TEXT_BYTES_MAX && cm_elf_at(elf, address, len, ret);
}

static bool read_inline(struct cm_sv content, size_t at, struct cm_sv *version,
                        struct cm_sv *modules)
{
        struct cm_cursor c = cm_cursor_make(cm_sv_skip(content, at + INLINE_AT));
        *version = cm_cursor_bytes(&c);
        *modules = cm_cursor_bytes(&c);
        return !c.failed && modules->len <= TEXT_BYTES_MAX;
}

static bool read_info(const struct cm_elf *elf, size_t at, struct cm_sv *version,
                      struct cm_sv *modules)
{
        size_t pointer_bytes = (unsigned char)elf->content.ptr[at + 14];
        unsigned char flags = (unsigned char)elf->content.ptr[at + 15];
        bool ok = false;
        if ((flags & 2) != 0) {
                ok = read_inline(elf->content, at, version, modules);
        } else if (pointer_bytes == 4 || pointer_bytes == 8) {
                bool big = (flags & 1) != 0;
                ok = go_string(elf, at + 16, pointer_bytes, big, version);
                if (ok && !go_string(elf, at + 16 + pointer_bytes, pointer_bytes, big, modules))
                        *modules = CM_SV("");
        }
        return ok && (cm_sv_has_prefix(*version, CM_SV("go")) ||
                      cm_sv_has_prefix(*version, CM_SV("devel")));
}

struct line {
        struct cm_sv verb;
        struct cm_sv path;
        struct cm_sv version;
};

static struct line split_line(struct cm_sv text)
{
        struct line l = { .verb = CM_SV("") };
        struct cm_sv rest = text;
        cm_sv_cut(text, '\t', &l.verb, &rest);
        cm_sv_cut(rest, '\t', &l.path, &rest);
        cm_sv_cut(rest, '\t', &l.version, &rest);
        return l;
}

static int flush(struct cm_sink *sink, struct cm_pkg *pkg, struct cm_err *err)
{
        int r = pkg->name.len > 0 ? sink->pkg(sink, pkg, err) : 0;
        pkg->name = CM_SV("");
        return r;
}

/* "mod", "dep" and "=>" lines; a replacement takes the place of the line before it. */
static int emit_modules(struct cm_sv modules, const struct cm_cat_file *file, struct cm_sink *sink,
                        struct cm_err *err)
{
        /* The text stands between two marks of 16 bytes. */
        if (modules.len >= 33 && modules.ptr[modules.len - 17] == '\n')
                modules = cm_sv_slice(modules, 16, modules.len - 16);
        struct cm_pkg pkg = { .type = CM_PKG_GOLANG, .path = file->path };
        struct cm_sv text;
        while (cm_sv_next_line(&modules, &text)) {
                struct line l = split_line(text);
                bool is_main = cm_sv_eq(l.verb, CM_SV("mod"));
                bool is_replacement = cm_sv_eq(l.verb, CM_SV("=>"));
                if (!is_main && !is_replacement && !cm_sv_eq(l.verb, CM_SV("dep")))
                        continue;
                int r = is_replacement ? 0 : flush(sink, &pkg, err);
                if (r < 0)
                        return r;
                bool is_devel = cm_sv_eq(l.version, CM_SV("(devel)"));
                /* Replaced by a folder: still that module, of a version that nobody knows. */
                if (!is_replacement || (!is_devel && l.version.len > 0))
                        pkg.name = l.path;
                pkg.version = is_devel ? CM_SV("") : l.version;
                if (!is_replacement)
                        pkg.flags = is_main ? CM_PKG_MAIN : 0;
        }
        return flush(sink, &pkg, err);
}

static int emit_stdlib(struct cm_sv version, const struct cm_cat_file *file, struct cm_sink *sink,
                       struct cm_err *err)
{
        struct cm_sv rest;
        /* "go1.19.8", also "go1.22.1 X:boringcrypto" and "go1.21.6-fips". */
        cm_sv_cut(version, ' ', &version, &rest);
        if (!cm_sv_has_prefix(version, CM_SV("go")))
                return 0; /* "devel ...": between releases */
        cm_sv_cut(cm_sv_skip(version, 2), '-', &version, &rest);
        const struct cm_pkg pkg = { .type = CM_PKG_GOLANG,
                                    .name = CM_SV("stdlib"),
                                    .version = version,
                                    .path = file->path };
        return sink->pkg(sink, &pkg, err);
}

static int go_binary_parse(struct cm_arena *arena, const struct cm_cat_file *file,
                           struct cm_sink *sink, struct cm_err *err)
{
        (void)arena;
        struct cm_elf elf;
        size_t at = 0;
        /* Most programs are not Go's: they leave here. */
        if (!find_mark(file->content, &at))
                return 0;
        int r = cm_elf_parse(file->content, &elf, err);
        if (r < 0)
                return r;
        do {
                struct cm_sv version, modules;
                if (read_info(&elf, at, &version, &modules)) {
                        r = emit_stdlib(version, file, sink, err);
                        return r < 0 ? r : emit_modules(modules, file, sink, err);
                }
                at += ALIGN;
        } while (find_mark(file->content, &at));
        if (file->is_cut)
                return CM_RAISE(err, CM_E_LIMIT,
                                "Go program is larger than what is kept of it, and its build "
                                "information is elsewhere");
        return 0; /* the mark alone, as Go's own tools hold it */
}

const struct cm_cataloger cm_cataloger_go_binary = {
        .name = "go_binary",
        .summary = "modules and standard library of Go programs",
        .doc = "catalogers.md#go_binary",
        .contexts = CM_CONTEXT_INSTALLED,
        .probe = go_binary_probe,
        .file_bytes_max = CM_MIB(64),
        .takes_cut = true,
        .parse = go_binary_parse,
};
