/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Go programs: the build information that the linker puts into every one of them since Go 1.13.
 * Since 1.18 its strings follow the mark inline; before, pointers to them do. Modules keep their
 * "v1.2.3"; the standard library is the package "stdlib" with the release's plain number, as the
 * Go vulnerability database names it.
 * Spec: Go's debug/buildinfo and cmd/link ("\xff Go buildinf:").
 */
#include <stdlib.h>

#include "base/cursor.h"
#include "codec/elf.h"
#include "inventory/cataloger.h"

enum {
        ALIGN = 16,
        INLINE_AT = 32,
        TEXT_BYTES_MAX = 16 << 20,
        BYTES_MAX = 64 << 20, /* of the parts that are read: the largest programs have half */
        HEAD_BYTES = 4096
};

static const char mark[14] = { '\xff', ' ', 'G', 'o', ' ', 'b', 'u',
                               'i',    'l', 'd', 'i', 'n', 'f', ':' };

static bool go_binary_probe(struct cm_sv head)
{
        return cm_elf_is(head);
}

static void drop_code(struct cm_elf *elf)
{
        bool has_data_apart = false;
        for (size_t i = 0; i < elf->segment_count; i++)
                has_data_apart = has_data_apart ||
                                 (!elf->segments[i].is_code && !elf->segments[i].is_writable);
        size_t kept = 0;
        for (size_t i = 0; i < elf->segment_count; i++)
                if (!has_data_apart || !elf->segments[i].is_code)
                        elf->segments[kept++] = elf->segments[i];
        elf->segment_count = kept;
}

static int by_offset(const void *a, const void *b)
{
        uint64_t x = ((const struct cm_file_range *)a)->offset;
        uint64_t y = ((const struct cm_file_range *)b)->offset;
        return (x > y) - (x < y);
}

/*
 * What the build information can be in: writable segments hold the mark, and since 1.18 all of it;
 * before, it pointed into read-only data. Code is left out where read-only data is apart from it
 * (old linkers put both in one segment). The limit is given to writable segments first.
 */
static size_t go_binary_ranges(struct cm_sv head, struct cm_file_range *ret)
{
        struct cm_elf elf;
        struct cm_err ignored = CM_ERR_INIT;
        if (cm_elf_parse(head, &elf, &ignored) < 0)
                return 0;
        drop_code(&elf);
        size_t count = 0;
        uint64_t left = BYTES_MAX;
        ret[count++] = (struct cm_file_range){ 0, HEAD_BYTES };
        left -= HEAD_BYTES;
        for (int writable = 1; writable >= 0; writable--) {
                for (size_t i = 0; i < elf.segment_count; i++) {
                        const struct cm_elf_segment *s = &elf.segments[i];
                        uint64_t len = CM_MIN(s->file_bytes, left);
                        if (s->is_writable != (writable == 1) || len == 0 || s->offset > INT64_MAX)
                                continue;
                        if (count == CM_FILE_RANGES_MAX)
                                return 0; /* no linker writes so many */
                        ret[count++] = (struct cm_file_range){ s->offset, len };
                        left -= len;
                }
        }
        qsort(ret, count, sizeof(*ret), by_offset);
        size_t kept = 1;
        for (size_t i = 1; i < count; i++) {
                struct cm_file_range *last = &ret[kept - 1];
                uint64_t end = ret[i].offset + ret[i].len;
                if (ret[i].offset > last->offset + last->len)
                        ret[kept++] = ret[i];
                else if (end > last->offset + last->len)
                        last->len = end - last->offset;
        }
        return kept;
}

/* The mark is aligned: one comparison per 16 bytes. */
static bool find_mark(struct cm_sv bytes, size_t *at)
{
        for (size_t i = *at; i + INLINE_AT <= bytes.len; i += ALIGN) {
                if (bytes.ptr[i] == mark[0] && memcmp(bytes.ptr + i, mark, sizeof(mark)) == 0) {
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

/* A Go string header (address, length), at the address that `at` begins with. */
static bool go_string(const struct cm_elf *elf, struct cm_sv at, size_t pointer_bytes, bool big,
                      struct cm_sv *ret)
{
        struct cm_sv slot = cm_sv_slice(at, 0, pointer_bytes);
        struct cm_sv header;
        if (slot.len != pointer_bytes ||
            !cm_elf_at(elf, pointer(slot, big), 2 * pointer_bytes, &header))
                return false;
        uint64_t address = pointer(cm_sv_slice(header, 0, pointer_bytes), big);
        uint64_t len = pointer(cm_sv_skip(header, pointer_bytes), big);
        return len <= TEXT_BYTES_MAX && cm_elf_at(elf, address, len, ret);
}

static bool read_inline(struct cm_sv info, struct cm_sv *version, struct cm_sv *modules)
{
        struct cm_cursor c = cm_cursor_make(cm_sv_skip(info, INLINE_AT));
        *version = cm_cursor_bytes(&c);
        *modules = cm_cursor_bytes(&c);
        return !c.failed && modules->len <= TEXT_BYTES_MAX;
}

/* `info` begins with the mark. */
static bool read_info(const struct cm_elf *elf, struct cm_sv info, struct cm_sv *version,
                      struct cm_sv *modules)
{
        size_t pointer_bytes = (unsigned char)info.ptr[14];
        unsigned char flags = (unsigned char)info.ptr[15];
        bool ok = false;
        if ((flags & 2) != 0) {
                ok = read_inline(info, version, modules);
        } else if (pointer_bytes == 4 || pointer_bytes == 8) {
                bool big = (flags & 1) != 0;
                ok = go_string(elf, cm_sv_skip(info, 16), pointer_bytes, big, version);
                if (ok && !go_string(elf, cm_sv_skip(info, 16 + pointer_bytes), pointer_bytes, big,
                                     modules))
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
        struct cm_err damage = CM_ERR_INIT;
        size_t at = 0;
        if (cm_elf_parse(file->content, &elf, &damage) < 0)
                return find_mark(file->content, &at) ? cm_err_copy(err, &damage) : 0;
        drop_code(&elf);
        bool is_cut = false;
        for (size_t i = 0; i < elf.segment_count; i++) {
                struct cm_elf_segment *s = &elf.segments[i];
                s->bytes = cm_cat_file_at(file, s->offset, s->file_bytes);
                is_cut = is_cut || s->bytes.len < s->file_bytes;
        }
        bool has_mark = false;
        for (size_t i = 0; i < elf.segment_count; i++) {
                struct cm_sv bytes = elf.segments[i].bytes;
                /* Aligned in memory and so in the file; a segment may begin anywhere. */
                at = (size_t)(-elf.segments[i].offset & (ALIGN - 1));
                for (; find_mark(bytes, &at); at += ALIGN) {
                        struct cm_sv version, modules;
                        has_mark = true;
                        if (!read_info(&elf, cm_sv_skip(bytes, at), &version, &modules))
                                continue; /* the mark alone, as Go's own tools hold it */
                        int r = emit_stdlib(version, file, sink, err);
                        return r < 0 ? r : emit_modules(modules, file, sink, err);
                }
        }
        if (has_mark && is_cut && file->is_cut)
                return CM_RAISE(err, CM_E_LIMIT,
                                "Go program has more than %d bytes of data, and its build "
                                "information is not in what is kept",
                                BYTES_MAX);
        return 0;
}

const struct cm_cataloger cm_cataloger_go_binary = {
        .name = "go_binary",
        .summary = "modules and standard library of Go programs",
        .doc = "catalogers.md#go_binary",
        .contexts = CM_CONTEXT_INSTALLED,
        .probe = go_binary_probe,
        .ranges = go_binary_ranges,
        .file_bytes_max = BYTES_MAX,
        .takes_cut = true,
        .parse = go_binary_parse,
};
