/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Python requirement files. Only exact pins ("name==1.2.3", "===") name a version; everything else
 * (ranges, URLs, options) says nothing certain and is passed over.
 * Spec: pip "Requirements File Format", PEP 508.
 */
#include "inventory/cataloger.h"

/* UTF-16 with a byte order mark (written by PowerShell) to its ASCII part; others as they are. */
static struct cm_sv to_ascii(struct cm_arena *arena, struct cm_sv text)
{
        if (cm_sv_has_prefix(text, CM_SV("\xef\xbb\xbf")))
                return cm_sv_skip(text, 3);
        bool little = cm_sv_has_prefix(text, CM_SV("\xff\xfe"));
        bool big = cm_sv_has_prefix(text, CM_SV("\xfe\xff"));
        if (!little && !big)
                return text;
        char *out = cm_arena_alloc(arena, text.len, 1);
        size_t len = 0;
        for (size_t i = 2; i + 1 < text.len; i += 2) {
                char low = little ? text.ptr[i] : text.ptr[i + 1];
                char high = little ? text.ptr[i + 1] : text.ptr[i];
                out[len++] = high == '\0' && (unsigned char)low < 0x80 ? low : '?';
        }
        return cm_sv_make(out, len);
}

/* A comment line is never continued, whatever it ends with: pip joins lines that way. */
static bool is_continued(struct cm_sv line)
{
        return cm_sv_has_suffix(line, CM_SV("\\")) &&
               !cm_sv_has_prefix(cm_sv_trim(line), CM_SV("#"));
}

/* Joins lines that end with a backslash; false at the end. */
static bool next_logical(struct cm_arena *arena, struct cm_sv *rest, struct cm_sv *ret)
{
        struct cm_sv line;
        if (!cm_sv_next_line(rest, &line))
                return false;
        *ret = line;
        if (!is_continued(line))
                return true;
        /* Measured first, copied once: lines may be many and short. */
        struct cm_sv ahead = *rest;
        struct cm_sv more = line;
        size_t total = line.len;
        while (is_continued(more) && cm_sv_next_line(&ahead, &more))
                total += more.len;
        char *joined = cm_arena_alloc(arena, total, 1);
        size_t len = 0;
        bool again = true;
        while (again) {
                again = is_continued(line);
                /* A comment ends the line that was continued into it. */
                if (cm_sv_has_prefix(cm_sv_trim(line), CM_SV("#")))
                        break;
                size_t n = line.len - (again ? 1 : 0);
                if (n > 0)
                        memcpy(joined + len, line.ptr, n);
                len += n;
                again = again && cm_sv_next_line(rest, &line);
        }
        *ret = cm_sv_make(joined, len);
        return true;
}

static bool is_name_char(char c)
{
        return cm_is_alnum(c) || c == '-' || c == '_' || c == '.';
}

static struct cm_sv cut_comment(struct cm_sv line)
{
        for (size_t i = 0; i < line.len; i++)
                if (line.ptr[i] == '#' && (i == 0 || cm_is_blank(line.ptr[i - 1])))
                        return cm_sv_slice(line, 0, i);
        return line;
}

/* Also what older releases of pip took: "2011k". */
static bool is_version(struct cm_sv s)
{
        if (cm_sv_has_prefix(s, CM_SV("v")))
                s = cm_sv_skip(s, 1);
        if (s.len == 0 || !cm_is_digit(s.ptr[0]))
                return false;
        for (size_t i = 0; i < s.len; i++)
                if (!cm_is_alnum(s.ptr[i]) && cm_sv_find_char(CM_SV(".-_+!"), s.ptr[i]) < 0)
                        return false;
        return true;
}

/* "name [extras] == version ; marker --hash=...", also "name (==version)". */
static bool parse_pin(struct cm_sv line, struct cm_sv *name, struct cm_sv *version)
{
        size_t n = 0;
        while (n < line.len && is_name_char(line.ptr[n]))
                n++;
        *name = cm_sv_slice(line, 0, n);
        struct cm_sv rest = cm_sv_trim(cm_sv_skip(line, n));
        struct cm_sv extras;
        if (cm_sv_has_prefix(rest, CM_SV("[")) && !cm_sv_cut(rest, ']', &extras, &rest))
                return false;
        rest = cm_sv_trim(rest);
        struct cm_sv inside, behind;
        if (cm_sv_has_prefix(rest, CM_SV("(")) &&
            cm_sv_cut(cm_sv_skip(rest, 1), ')', &inside, &behind))
                rest = cm_sv_trim(inside);
        if (n == 0 || !cm_sv_has_prefix(rest, CM_SV("==")))
                return false;
        rest = cm_sv_skip(rest, cm_sv_has_prefix(rest, CM_SV("===")) ? 3 : 2);
        struct cm_sv tail;
        cm_sv_cut(rest, ';', &rest, &tail);
        rest = cm_sv_trim(rest);
        n = 0;
        while (n < rest.len && !cm_is_blank(rest.ptr[n]) && rest.ptr[n] != ',')
                n++;
        *version = cm_sv_slice(rest, 0, n);
        /* ", <2" after a pin narrows nothing. "== 1.*" is a range, "==${V}" a template. */
        return is_version(*version);
}

static int python_requirements_parse(struct cm_arena *arena, const struct cm_cat_file *file,
                                     struct cm_sink *sink, struct cm_err *err)
{
        struct cm_sv rest = to_ascii(arena, file->content);
        struct cm_sv line;
        while (next_logical(arena, &rest, &line)) {
                line = cm_sv_trim(cut_comment(line));
                struct cm_pkg pkg = { .type = CM_PKG_PYPI, .path = file->path };
                if (line.len == 0 || line.ptr[0] == '-' ||
                    !parse_pin(line, &pkg.name, &pkg.version))
                        continue;
                int r = sink->pkg(sink, &pkg, err);
                if (r < 0)
                        return r;
        }
        return 0;
}

const struct cm_cataloger cm_cataloger_python_requirements = {
        .name = "python_requirements",
        .summary = "pinned Python packages of requirement files",
        .doc = "catalogers.md#python_requirements",
        .contexts = CM_CONTEXT_SOURCE,
        .globs = (const char *const[]){ "**/requirements*.txt", "**/*-requirements.txt",
                                        "**/*_requirements.txt", "**/*.requirements.txt", NULL },
        .file_bytes_max = CM_MIB(8),
        .parse = python_requirements_parse,
};
