/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Java archives and what is nested in them. In order of trust: pom.properties (a shaded jar has
 * one per library), the manifest, the file name "artifact-1.2.3.jar". Names are "group:artifact";
 * without a known group the artifact alone.
 */
#include "base/escape.h"
#include "base/limits.h"
#include "base/vec.h"
#include "codec/zip.h"
#include "inventory/cataloger.h"
#include "inventory/java_manifest.h"

#define MEMBER_BYTES_MAX CM_MIB(128)
/* Inflated bytes stay in the arena: well below CM_CATALOGER_ARENA_BYTES_MAX. */
#define TOTAL_BYTES_MAX CM_MIB(384)
#define TEXT_BYTES_MAX  CM_MIB(1)

/* An archive still to be read: the file itself, or one found in another. */
struct pending {
        struct cm_sv content;
        struct cm_sv inner_path; /* "" for the file itself */
        int depth;
};

struct java {
        struct cm_arena *arena;
        const struct cm_cat_file *file;
        struct cm_sink *sink;
        CM_VEC(struct pending) queue;
        uint64_t inflate_left;
};

static bool is_archive(struct cm_sv name)
{
        static const char *const extensions[] = { ".jar", ".war", ".ear", ".par", ".jpi", ".hpi" };
        for (size_t i = 0; i < CM_ARRAY_LEN(extensions); i++)
                if (cm_sv_has_suffix(name, cm_sv_from_cstr(extensions[i])))
                        return true;
        return false;
}

static bool is_pom_properties(struct cm_sv name)
{
        return cm_sv_has_prefix(name, CM_SV("META-INF/maven/")) &&
               cm_sv_has_suffix(name, CM_SV("/pom.properties"));
}

static int add(struct java *j, const struct pending *from, struct cm_java_name n,
               struct cm_err *err)
{
        struct cm_pkg pkg = { .type = CM_PKG_MAVEN,
                              .version = n.version,
                              .path = j->file->path,
                              .inner_path = from->inner_path };
        pkg.name = n.group.len > 0 ? cm_sv_printf(j->arena, "%.*s:%.*s", CM_SV_ARG(n.group),
                                                  CM_SV_ARG(n.artifact))
                                   : n.artifact;
        return j->sink->pkg(j->sink, &pkg, err);
}

static int unreadable(struct java *j, const struct pending *from, struct cm_sv member,
                      struct cm_err *problem, struct cm_err *err)
{
        const char *what =
                cm_sv_printf(j->arena, "%s%s%s%s%s", cm_escape(j->arena, from->inner_path),
                             from->inner_path.len > 0 && member.len > 0 ? "!" : "",
                             cm_escape(j->arena, member),
                             from->inner_path.len > 0 || member.len > 0 ? ": " : "", problem->text)
                        .ptr;
        cm_err_clear(problem);
        return j->sink->unreadable(j->sink, j->file->path, what, err);
}

struct facts {
        CM_VEC(struct cm_java_name) poms;
        struct cm_java_name manifest;
};

static int read_member(struct java *j, struct cm_zip *zip, const struct pending *from,
                       const struct cm_zip_entry *e, struct facts *facts, struct cm_err *err)
{
        bool nested = is_archive(e->name);
        bool pom = is_pom_properties(e->name);
        if (!nested && !pom && !cm_sv_eq(e->name, CM_SV("META-INF/MANIFEST.MF")))
                return 0;
        struct cm_err problem = CM_ERR_INIT;
        struct cm_sv data = CM_SV("");
        if (nested && from->depth + 1 >= CM_ARCHIVE_DEPTH_MAX) {
                CM_IGNORE(CM_RAISE(&problem, CM_E_LIMIT,
                                   "nested deeper than archive_depth_max (%d)",
                                   CM_ARCHIVE_DEPTH_MAX));
                return unreadable(j, from, e->name, &problem, err);
        }
        if (cm_zip_read(zip, j->arena, e, nested ? MEMBER_BYTES_MAX : TEXT_BYTES_MAX, &data,
                        &problem) < 0)
                return unreadable(j, from, e->name, &problem, err);
        if (nested) {
                struct pending *p = CM_VEC_PUSH(j->arena, &j->queue);
                p->content = data;
                p->depth = from->depth + 1;
                p->inner_path =
                        from->inner_path.len == 0
                                ? cm_sv_dup(j->arena, e->name)
                                : cm_sv_printf(j->arena, "%.*s!%.*s", CM_SV_ARG(from->inner_path),
                                               CM_SV_ARG(e->name));
        } else if (pom) {
                struct cm_java_name n = cm_java_pom_properties(data);
                if (n.artifact.len > 0 && n.version.len > 0)
                        *CM_VEC_PUSH(j->arena, &facts->poms) = n;
        } else {
                facts->manifest = cm_java_manifest(j->arena, data);
        }
        return 0;
}

static int emit(struct java *j, const struct pending *from, const struct facts *facts,
                struct cm_err *err)
{
        struct cm_sv path = from->inner_path.len > 0 ? from->inner_path : j->file->path;
        struct cm_java_name by_file = cm_java_file_name(path);
        for (size_t i = 0; i < facts->poms.count; i++) {
                int r = add(j, from, facts->poms.items[i], err);
                if (r < 0)
                        return r;
        }
        if (facts->poms.count > 0)
                return 0;
        struct cm_java_name n = facts->manifest;
        /* Manifests name products; files are named by the artifact. */
        if (by_file.artifact.len > 0)
                n.artifact = by_file.artifact;
        if (n.version.len == 0 || by_file.version.len > 0)
                n.version = by_file.version.len > 0 ? by_file.version : n.version;
        if (n.artifact.len == 0 || n.version.len == 0)
                return 0;
        return add(j, from, n, err);
}

static int read_archive(struct java *j, const struct pending *from, struct cm_err *err)
{
        struct cm_zip zip = { .inflate_left = j->inflate_left };
        struct cm_err problem = CM_ERR_INIT;
        struct facts facts = { .poms = { 0 } };
        int r = cm_zip_open(j->arena, from->content, j->inflate_left, &zip, &problem);
        struct cm_zip_entry e;
        while (r == 0 && (r = cm_zip_next(&zip, &e, &problem)) == 0) {
                r = read_member(j, &zip, from, &e, &facts, err);
                if (r < 0)
                        return r;
        }
        /* Also after damage: a bomb must not get the budget again and again. */
        j->inflate_left = zip.inflate_left;
        r = r < 0 ? unreadable(j, from, CM_SV(""), &problem, err) : 0;
        return r < 0 ? r : emit(j, from, &facts, err);
}

static int java_parse(struct cm_arena *arena, const struct cm_cat_file *file, struct cm_sink *sink,
                      struct cm_err *err)
{
        struct java j = {
                .arena = arena, .file = file, .sink = sink, .inflate_left = TOTAL_BYTES_MAX
        };
        *CM_VEC_PUSH(arena, &j.queue) = (struct pending){ .content = file->content };
        for (size_t i = 0; i < j.queue.count; i++) {
                struct pending now = j.queue.items[i]; /* the vector moves while it grows */
                int r = read_archive(&j, &now, err);
                if (r < 0)
                        return r;
        }
        return 0;
}

const struct cm_cataloger cm_cataloger_java = {
        .name = "java",
        .summary = "Java libraries in jar, war and ear files, also nested",
        .doc = "catalogers.md#java",
        .contexts = CM_CONTEXT_INSTALLED | CM_CONTEXT_SOURCE,
        .globs = (const char *const[]){ "**/*.jar", "**/*.war", "**/*.ear", "**/*.par", "**/*.jpi",
                                        "**/*.hpi", NULL },
        .file_bytes_max = CM_CAPTURE_BYTES_MAX,
        .parse = java_parse,
};
