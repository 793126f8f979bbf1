/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tests and fuzz targets of catalogers share: a sink that writes one line per record,
 * "name version" and what else is known, or that checks records and forgets them.
 */
#pragma once

#include "base/buf.h"
#include "base/limits.h"
#include "inventory/cataloger.h"

struct cm_probe {
        struct cm_sink sink; /* first: the sink functions get it back */
        struct cm_buf lines;
};

/* Reads every byte of a view, so that a sanitizer sees one that leads outside its memory. */
static inline void cm_probe_touch(struct cm_sv s)
{
        volatile unsigned char sum = 0;
        for (size_t i = 0; i < s.len; i++)
                sum = (unsigned char)(sum ^ (unsigned char)s.ptr[i]);
}

static inline int cm_probe_pkg(struct cm_sink *sink, const struct cm_pkg *pkg, struct cm_err *err)
{
        struct cm_probe *p = (struct cm_probe *)(void *)sink;
        (void)err;
        CM_ASSERT(pkg->type != CM_PKG_UNKNOWN);
        const struct cm_sv views[] = { pkg->arch,   pkg->source_name, pkg->source_version,
                                       pkg->module, pkg->vendor,      pkg->path };
        for (size_t i = 0; i < CM_ARRAY_LEN(views); i++)
                cm_probe_touch(views[i]);
        cm_buf_put_sv(&p->lines, pkg->name);
        cm_buf_put_char(&p->lines, ' ');
        cm_buf_put_sv(&p->lines, pkg->version);
        if ((pkg->flags & CM_PKG_DEV) != 0)
                cm_buf_put_str(&p->lines, " dev");
        if ((pkg->flags & CM_PKG_INDIRECT) != 0)
                cm_buf_put_str(&p->lines, " indirect");
        if ((pkg->flags & CM_PKG_MAIN) != 0)
                cm_buf_put_str(&p->lines, " main");
        const struct {
                const char *label;
                struct cm_sv value;
        } more[] = { { " in ", pkg->inner_path },
                     { " as ", pkg->licence },
                     { " is ", pkg->digest } };
        for (size_t i = 0; i < CM_ARRAY_LEN(more); i++) {
                if (more[i].value.len == 0)
                        continue;
                cm_buf_put_str(&p->lines, more[i].label);
                cm_buf_put_sv(&p->lines, more[i].value);
        }
        cm_buf_put_char(&p->lines, '\n');
        return 0;
}

static inline int cm_probe_os(struct cm_sink *sink, const struct cm_os_release *os,
                              struct cm_err *err)
{
        const struct cm_sv views[] = { os->id,      os->version_id, os->codename, os->pretty,
                                       os->id_like, os->variant,    os->path };
        (void)sink, (void)err;
        CM_ASSERT(os->id.len > 0);
        for (size_t i = 0; i < CM_ARRAY_LEN(views); i++)
                cm_probe_touch(views[i]);
        return 0;
}

static inline int cm_probe_owned(struct cm_sink *sink, const struct cm_owned_file *file,
                                 struct cm_err *err)
{
        (void)sink, (void)err;
        CM_ASSERT(file->path.len > 0 && file->type != CM_PKG_UNKNOWN);
        cm_probe_touch(file->path);
        cm_probe_touch(file->package);
        cm_probe_touch(file->digest);
        return 0;
}

static inline int cm_probe_unreadable(struct cm_sink *sink, struct cm_sv path, const char *what,
                                      struct cm_err *err)
{
        struct cm_probe *p = (struct cm_probe *)(void *)sink;
        (void)path, (void)err;
        cm_buf_printf(&p->lines, "unreadable %s\n", what);
        return 0;
}

/* Runs a cataloger on one file; the lines are in probe->lines, to be freed by cm_buf_fini(). */
static inline int cm_probe_run(struct cm_probe *probe, struct cm_arena *arena,
                               const struct cm_cataloger *cataloger, const struct cm_cat_file *file,
                               struct cm_err *err)
{
        *probe = (struct cm_probe){ .sink = { cm_probe_pkg, cm_probe_os, cm_probe_owned,
                                              cm_probe_unreadable } };
        cm_buf_init(&probe->lines, CM_MIB(64));
        return cataloger->parse(arena, file, &probe->sink, err);
}

/* What a cataloger makes of a file: its lines, then "error <name>" when it gave up. */
static inline struct cm_sv cm_probe_text(struct cm_arena *arena,
                                         const struct cm_cataloger *cataloger, const char *path,
                                         struct cm_sv content)
{
        const struct cm_cat_file file = { cm_sv_from_cstr(path), content, false, 0755 };
        struct cm_err err = CM_ERR_INIT;
        struct cm_probe probe;
        if (cm_probe_run(&probe, arena, cataloger, &file, &err) < 0)
                cm_buf_printf(&probe.lines, "error %s", cm_err_name(err.code));
        struct cm_sv text = cm_sv_dup(arena, cm_buf_sv(&probe.lines));
        cm_buf_fini(&probe.lines);
        return text;
}

static inline int cm_cataloger_fuzz(const struct cm_cataloger *cataloger, const char *path,
                                    const uint8_t *data, size_t size)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_CATALOGER_ARENA_BYTES_MAX);
        const struct cm_cat_file file = { cm_sv_from_cstr(path), cm_sv_make(data, size), false,
                                          0755 };
        struct cm_err err = CM_ERR_INIT;
        struct cm_probe probe;
        int r = cm_probe_run(&probe, arena, cataloger, &file, &err);
        CM_ASSERT(r == 0 || (r < 0 && err.code != CM_E_OK));
        cm_buf_fini(&probe.lines);
        return 0;
}
