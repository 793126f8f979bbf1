/* SPDX-License-Identifier: Apache-2.0 */
/*
 * go.mod: what a Go module requires, after its replacements. Versions are minimums that Go's
 * selection may raise; since Go 1.17 the file lists the whole graph that builds need.
 * Spec: go.dev/ref/mod "go.mod files".
 */
#include "base/map.h"
#include "base/vec.h"
#include "inventory/cataloger.h"

struct requirement {
        struct cm_sv path;
        struct cm_sv version;
        bool indirect;
        bool dropped;
};

struct mod {
        struct cm_arena *arena;
        CM_VEC(struct requirement) requirements;
        struct cm_sv go;
        struct cm_sv toolchain;
};

static struct cm_sv next_word(struct cm_sv *rest)
{
        *rest = cm_sv_trim(*rest);
        size_t n = 0;
        while (n < rest->len && !cm_is_blank(rest->ptr[n]))
                n++;
        struct cm_sv word = cm_sv_slice(*rest, 0, n);
        *rest = cm_sv_skip(*rest, n);
        if (word.len > 1 && (word.ptr[0] == '"' || word.ptr[0] == '`'))
                word = cm_sv_slice(word, 1, word.len - 1);
        return word;
}

static void replace(struct mod *m, struct cm_sv text)
{
        ptrdiff_t arrow = cm_sv_find(text, CM_SV("=>"));
        if (arrow < 0)
                return;
        struct cm_sv from = cm_sv_slice(text, 0, (size_t)arrow);
        struct cm_sv to = cm_sv_skip(text, (size_t)arrow + 2);
        struct cm_sv old_path = next_word(&from);
        struct cm_sv old_version = next_word(&from);
        struct cm_sv new_path = next_word(&to);
        struct cm_sv new_version = next_word(&to);
        for (size_t i = 0; i < m->requirements.count; i++) {
                struct requirement *r = &m->requirements.items[i];
                if (!cm_sv_eq(r->path, old_path) ||
                    (old_version.len > 0 && !cm_sv_eq(r->version, old_version)))
                        continue;
                if (new_version.len == 0) {
                        r->dropped = true; /* a folder: no version is known */
                        continue;
                }
                r->path = new_path;
                r->version = new_version;
        }
}

static void directive(struct mod *m, struct cm_sv verb, struct cm_sv text, bool replacing)
{
        struct cm_sv comment = CM_SV("");
        ptrdiff_t at = cm_sv_find(text, CM_SV("//"));
        if (at >= 0) {
                comment = cm_sv_skip(text, (size_t)at);
                text = cm_sv_slice(text, 0, (size_t)at);
        }
        text = cm_sv_trim(text);
        if (text.len == 0)
                return;
        if (replacing) {
                if (cm_sv_eq(verb, CM_SV("replace")))
                        replace(m, text);
        } else if (cm_sv_eq(verb, CM_SV("require"))) {
                struct requirement r = { .path = next_word(&text) };
                r.version = next_word(&text);
                r.indirect = cm_sv_find(comment, CM_SV("indirect")) >= 0;
                if (r.path.len > 0 && r.version.len > 0)
                        *CM_VEC_PUSH(m->arena, &m->requirements) = r;
        } else if (cm_sv_eq(verb, CM_SV("go"))) {
                m->go = next_word(&text);
        } else if (cm_sv_eq(verb, CM_SV("toolchain"))) {
                m->toolchain = next_word(&text);
        }
}

/* One pass; `replacing` selects the directives that work on what the first pass found. */
static int pass(struct mod *m, struct cm_sv text, bool replacing, struct cm_err *err)
{
        struct cm_sv line;
        struct cm_sv block = CM_SV("");
        size_t number = 0;
        while (cm_sv_next_line(&text, &line)) {
                number++;
                line = cm_sv_trim(line);
                if (line.len == 0 || cm_sv_has_prefix(line, CM_SV("//")))
                        continue;
                if (block.len > 0) {
                        if (line.ptr[0] == ')')
                                block = CM_SV("");
                        else
                                directive(m, block, line, replacing);
                        continue;
                }
                struct cm_sv rest = line;
                struct cm_sv verb = next_word(&rest);
                rest = cm_sv_trim(rest);
                if (cm_sv_has_prefix(rest, CM_SV("(")))
                        block = verb;
                else
                        directive(m, verb, rest, replacing);
        }
        if (block.len > 0)
                return CM_RAISE(err, CM_E_MALFORMED, "go.mod line %zu: block is not closed",
                                number);
        return 0;
}

static int emit(struct mod *m, const struct cm_cat_file *file, struct cm_sink *sink,
                struct cm_err *err)
{
        for (size_t i = 0; i < m->requirements.count; i++) {
                const struct requirement *q = &m->requirements.items[i];
                if (q->dropped)
                        continue;
                const struct cm_pkg pkg = { .type = CM_PKG_GOLANG,
                                            .name = q->path,
                                            .version = q->version,
                                            .path = file->path,
                                            .flags = q->indirect ? CM_PKG_INDIRECT : 0 };
                int r = sink->pkg(sink, &pkg, err);
                if (r < 0)
                        return r;
        }
        /* The standard library that builds it: only a toolchain line names one exactly. */
        if (!cm_sv_has_prefix(m->toolchain, CM_SV("go")))
                return 0;
        const struct cm_pkg stdlib = { .type = CM_PKG_GOLANG,
                                       .name = CM_SV("stdlib"),
                                       .version = cm_sv_skip(m->toolchain, 2),
                                       .path = file->path };
        return sink->pkg(sink, &stdlib, err);
}

static int go_mod_parse(struct cm_arena *arena, const struct cm_cat_file *file,
                        struct cm_sink *sink, struct cm_err *err)
{
        struct mod m = { .arena = arena };
        int r = pass(&m, file->content, false, err);
        if (r == 0)
                r = pass(&m, file->content, true, err);
        return r < 0 ? r : emit(&m, file, sink, err);
}

const struct cm_cataloger cm_cataloger_go_mod = {
        .name = "go_mod",
        .summary = "requirements of a Go module",
        .doc = "catalogers.md#go_mod",
        .contexts = CM_CONTEXT_SOURCE,
        .globs = (const char *const[]){ "**/go.mod", NULL },
        .file_bytes_max = CM_MIB(16),
        .parse = go_mod_parse,
};
