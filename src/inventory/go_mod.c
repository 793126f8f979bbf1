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
};

/* What takes the place of a module; an empty version means a folder: no version is known. */
struct replacement {
        struct cm_sv path;
        struct cm_sv version;
};

struct mod {
        struct cm_arena *arena;
        CM_VEC(struct requirement) requirements;
        struct cm_map replaced; /* "path" and "path@version" -> struct replacement */
        struct cm_map excluded; /* "path@version" */
        struct cm_sv toolchain;
};

static struct cm_sv key_of(struct mod *m, struct cm_sv path, struct cm_sv version)
{
        return cm_sv_join(m->arena, path, cm_sv_join(m->arena, CM_SV("@"), version));
}

static struct cm_sv next_word(struct cm_sv *rest)
{
        *rest = cm_sv_trim(*rest);
        size_t n = 0;
        while (n < rest->len && !cm_is_blank(rest->ptr[n]))
                n++;
        struct cm_sv word = cm_sv_slice(*rest, 0, n);
        *rest = cm_sv_skip(*rest, n);
        if (word.len > 1 && (word.ptr[0] == '"' || word.ptr[0] == '`') &&
            word.ptr[word.len - 1] == word.ptr[0])
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
        struct cm_sv path = next_word(&from);
        struct cm_sv version = next_word(&from);
        struct replacement *r = CM_NEW(m->arena, struct replacement);
        r->path = next_word(&to);
        r->version = next_word(&to);
        cm_map_put(&m->replaced, version.len > 0 ? key_of(m, path, version) : path, r);
}

static void directive(struct mod *m, struct cm_sv verb, struct cm_sv text)
{
        struct cm_sv comment = CM_SV("");
        ptrdiff_t at = cm_sv_find(text, CM_SV("//"));
        if (at >= 0) {
                comment = cm_sv_trim(cm_sv_skip(text, (size_t)at + 2));
                text = cm_sv_slice(text, 0, (size_t)at);
        }
        text = cm_sv_trim(text);
        if (cm_sv_eq(verb, CM_SV("replace"))) {
                replace(m, text);
        } else if (cm_sv_eq(verb, CM_SV("exclude"))) {
                struct cm_sv path = next_word(&text);
                cm_map_put(&m->excluded, key_of(m, path, next_word(&text)), m);
        } else if (cm_sv_eq(verb, CM_SV("require"))) {
                struct requirement r = { .path = next_word(&text) };
                r.version = next_word(&text);
                /* Exactly that word, alone or before ";": other comments may speak of it. */
                r.indirect = cm_sv_eq(comment, CM_SV("indirect")) ||
                             cm_sv_has_prefix(comment, CM_SV("indirect;"));
                if (r.path.len > 0 && r.version.len > 0)
                        *CM_VEC_PUSH(m->arena, &m->requirements) = r;
        } else if (cm_sv_eq(verb, CM_SV("toolchain"))) {
                m->toolchain = next_word(&text);
        }
}

static int read_lines(struct mod *m, struct cm_sv text, struct cm_err *err)
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
                                directive(m, block, line);
                        continue;
                }
                struct cm_sv rest = line;
                struct cm_sv verb = next_word(&rest);
                struct cm_sv paren; /* also right behind the verb: "require(" */
                rest = cm_sv_trim(rest);
                if (cm_sv_has_prefix(rest, CM_SV("(")) || cm_sv_cut(verb, '(', &verb, &paren))
                        block = verb;
                else
                        directive(m, verb, rest);
        }
        if (block.len > 0)
                return CM_RAISE(err, CM_E_MALFORMED, "go.mod line %zu: block is not closed",
                                number);
        return 0;
}

/* One of a version wins over one of all versions; replacements are not replaced again. */
static bool resolve(struct mod *m, struct requirement *q)
{
        struct cm_sv key = key_of(m, q->path, q->version);
        const struct replacement *r = cm_map_get(&m->replaced, key);
        if (r == NULL)
                r = cm_map_get(&m->replaced, q->path);
        if (r == NULL)
                return !cm_map_has(&m->excluded, key);
        q->path = r->path;
        q->version = r->version;
        return q->path.len > 0 && q->version.len > 0;
}

static int emit(struct mod *m, const struct cm_cat_file *file, struct cm_sink *sink,
                struct cm_err *err)
{
        for (size_t i = 0; i < m->requirements.count; i++) {
                struct requirement q = m->requirements.items[i];
                if (!resolve(m, &q))
                        continue;
                const struct cm_pkg pkg = { .type = CM_PKG_GOLANG,
                                            .name = q.path,
                                            .version = q.version,
                                            .path = file->path,
                                            .flags = q.indirect ? CM_PKG_INDIRECT : 0 };
                int r = sink->pkg(sink, &pkg, err);
                if (r < 0)
                        return r;
        }
        /* The standard library that builds it: only a toolchain line names one exactly. */
        if (!cm_sv_has_prefix(m->toolchain, CM_SV("go")))
                return 0;
        struct cm_sv version, suffix;
        cm_sv_cut(cm_sv_skip(m->toolchain, 2), '-', &version, &suffix); /* "go1.22.1-vendor" */
        const struct cm_pkg stdlib = { .type = CM_PKG_GOLANG,
                                       .name = CM_SV("stdlib"),
                                       .version = version,
                                       .path = file->path };
        return sink->pkg(sink, &stdlib, err);
}

static int go_mod_parse(struct cm_arena *arena, const struct cm_cat_file *file,
                        struct cm_sink *sink, struct cm_err *err)
{
        struct mod m = { .arena = arena };
        cm_map_init(&m.replaced, arena);
        cm_map_init(&m.excluded, arena);
        int r = read_lines(&m, file->content, err);
        return r < 0 ? r : emit(&m, file, sink, err);
}

const struct cm_cataloger cm_cataloger_go_mod = {
        .name = "go_mod",
        .summary = "requirements of a Go module",
        .doc = "catalogers.md#go_mod",
        .contexts = CM_CONTEXT_SOURCE,
        .globs = (const char *const[]){ "**/go.mod", NULL },
        .file_bytes_max = CM_MIB(2),
        .parse = go_mod_parse,
};
