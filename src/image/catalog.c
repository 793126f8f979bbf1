/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The consumer that feeds catalogers: a file that some cataloger wants is parsed straight from the
 * piece it came in when it fits one, and is captured in memory otherwise. What cannot be read (too
 * large, malformed, capture budget used up) becomes an UNREADABLE record: never silence.
 */
#include <pthread.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/limits.h"
#include "image/consumer.h"
#include "inventory/cataloger.h"

enum {
        SCRATCH_KEEP_BYTES = 1 << 20, /* of arena blocks, between files: most need a few KiB */
        LARGE_BYTES = 4 << 20
};

struct catalog {
        struct cm_sink sink; /* first: the sink functions get it back */
        const struct cm_stream_env *env;
        struct cm_arena *scratch;
        const struct cm_cataloger *wanted[CM_PATH_MATCHES_MAX];
        size_t wanted_count;
        const struct cm_cataloger *current; /* whose parse() runs */
        const struct cm_cataloger *const *probes;
        size_t probe_count;
        /* the current file */
        char path_bytes[CM_TAR_PATH_BYTES_MAX];
        struct cm_sv path;
        uint32_t mode;
        uint64_t size_bytes;
        uint64_t seen_bytes;
        struct cm_file_range ranges[CM_FILE_RANGES_MAX]; /* to capture, ascending */
        size_t range_count;
        size_t keep_bytes; /* of all ranges */
        char *capture;
        size_t capture_len;
        uint64_t reserved_bytes; /* taken from the budget */
        bool is_large;           /* holds `large_captures` */
        struct cm_sv whole;      /* the file when it came in one piece */
        const char *refused;     /* why nothing is captured */
        bool has_parts;          /* ranges() chose */
        bool has_file_record;
};

static void need_file_record(struct catalog *c)
{
        if (!c->has_file_record)
                cm_records_put_file(c->env->records, c->path, c->mode);
        c->has_file_record = true;
}

static int over_limit(struct cm_err *err)
{
        return CM_RAISE(err, CM_E_LIMIT, "records of one layer are over their limit");
}

static int sink_pkg(struct cm_sink *sink, const struct cm_pkg *pkg, struct cm_err *err)
{
        struct catalog *c = (struct catalog *)(void *)sink;
        if (pkg->name.len == 0 || pkg->name.len > CM_NAME_BYTES_MAX ||
            pkg->version.len > CM_VERSION_BYTES_MAX)
                return sink->unreadable(sink, c->path,
                                        "package name or version has no valid length", err);
        need_file_record(c);
        cm_records_put_pkg(c->env->records, pkg);
        return c->env->records->buf.overflow ? over_limit(err) : 0;
}

static int sink_os(struct cm_sink *sink, const struct cm_os_release *os, struct cm_err *err)
{
        struct catalog *c = (struct catalog *)(void *)sink;
        need_file_record(c);
        cm_records_put_os(c->env->records, os);
        return c->env->records->buf.overflow ? over_limit(err) : 0;
}

static int sink_owned(struct cm_sink *sink, const struct cm_owned_file *file, struct cm_err *err)
{
        struct catalog *c = (struct catalog *)(void *)sink;
        need_file_record(c);
        cm_records_put_owned(c->env->records, file);
        return c->env->records->buf.overflow ? over_limit(err) : 0;
}

static int sink_unreadable(struct cm_sink *sink, struct cm_sv path, const char *what,
                           struct cm_err *err)
{
        struct catalog *c = (struct catalog *)(void *)sink;
        need_file_record(c);
        cm_records_put_unreadable(c->env->records, path, cm_sv_from_cstr(c->current->name),
                                  cm_sv_from_cstr(what));
        return c->env->records->buf.overflow ? over_limit(err) : 0;
}

static void *catalog_open(const struct cm_stream_env *env)
{
        struct catalog *c = calloc(1, sizeof(*c));
        CM_ASSERT(c != NULL);
        c->sink = (struct cm_sink){ sink_pkg, sink_os, sink_owned, sink_unreadable };
        c->env = env;
        c->scratch = cm_arena_new(CM_CATALOGER_ARENA_BYTES_MAX);
        c->probe_count = cm_path_table_probes(env->paths, &c->probes);
        return c;
}

/*
 * Layers are read side by side; of large files one is held at a time, so that the peak of memory does
 * not hang on which of them meet. The holder waits for nobody but its own stream.
 */
static pthread_mutex_t large_captures = PTHREAD_MUTEX_INITIALIZER;

static void release_capture(struct catalog *c)
{
        free(c->capture);
        c->capture = NULL;
        c->capture_len = 0;
        if (c->is_large)
                pthread_mutex_unlock(&large_captures);
        c->is_large = false;
        __atomic_fetch_add(c->env->capture_left, c->reserved_bytes, __ATOMIC_RELAXED);
        c->reserved_bytes = 0;
}

static void catalog_close(void *self)
{
        struct catalog *c = self;
        release_capture(c);
        cm_arena_free(c->scratch);
        free(c);
}

static bool reserve(struct catalog *c, uint64_t bytes)
{
        uint64_t left = __atomic_load_n(c->env->capture_left, __ATOMIC_RELAXED);
        do {
                if (left < bytes)
                        return false;
        } while (!__atomic_compare_exchange_n(c->env->capture_left, &left, left - bytes, false,
                                              __ATOMIC_RELAXED, __ATOMIC_RELAXED));
        c->reserved_bytes += bytes;
        return true;
}

/* What of the file is needed, over all catalogers that want it: the beginning, or chosen parts. */
static void plan_capture(struct catalog *c, struct cm_sv head)
{
        size_t keep = 0;
        bool any_fits = false;
        for (size_t i = 0; i < c->wanted_count; i++) {
                const struct cm_cataloger *w = c->wanted[i];
                if (c->size_bytes <= w->file_bytes_max) {
                        keep = (size_t)c->size_bytes;
                        any_fits = true;
                } else if (w->takes_cut) {
                        keep = CM_MAX(keep, w->file_bytes_max);
                        any_fits = true;
                }
        }
        c->ranges[0] = (struct cm_file_range){ 0, keep };
        c->range_count = 1;
        c->has_parts = false;
        if (c->wanted_count == 1 && c->wanted[0]->ranges != NULL) {
                size_t count = c->wanted[0]->ranges(head, c->ranges);
                CM_ASSERT(count <= CM_FILE_RANGES_MAX);
                c->has_parts = count > 0;
                c->range_count = count > 0 ? count : 1;
        }
        keep = 0;
        for (size_t i = 0; i < c->range_count; i++) {
                struct cm_file_range *r = &c->ranges[i];
                uint64_t there = c->size_bytes - CM_MIN(r->offset, c->size_bytes);
                r->len = CM_MIN(r->len, there); /* a header may say anything */
                keep += (size_t)r->len;
        }
        c->keep_bytes = keep;
        c->refused = any_fits ? NULL : "file is larger than the cataloger's file_bytes_max";
        if (c->wanted_count == 0)
                c->refused = NULL;
}

/* Package databases and release files have fixed places: one that is a link there matters. */
static bool has_exact_glob(const struct catalog *c)
{
        for (size_t i = 0; i < c->wanted_count; i++)
                for (const char *const *glob = c->wanted[i]->globs; glob != NULL && *glob; glob++)
                        if (cm_sv_eq(c->path, cm_sv_from_cstr(*glob)))
                                return true;
        return false;
}

static enum cm_want catalog_begin(void *self, const struct cm_stream_file *file)
{
        struct catalog *c = self;
        c->has_file_record = false;
        c->whole = CM_SV_NULL;
        c->wanted_count = cm_path_table_match(c->env->paths, file->path, c->wanted);
        bool is_candidate = c->wanted_count == 0 && c->probe_count > 0 && file->size_bytes >= 64 &&
                            (file->mode & 0111U) != 0 && file->type == CM_TAR_FILE &&
                            !file->is_sparse;
        if (c->wanted_count == 0 && !is_candidate)
                return CM_WANT_NOTHING;
        memcpy(c->path_bytes, file->path.ptr, file->path.len);
        c->path = cm_sv_make(c->path_bytes, file->path.len);
        c->mode = file->mode;
        c->size_bytes = file->size_bytes;
        c->seen_bytes = 0;
        if (c->wanted_count > 0 && file->type != CM_TAR_FILE) {
                if ((file->type == CM_TAR_SYMLINK || file->type == CM_TAR_HARDLINK) &&
                    has_exact_glob(c))
                        cm_records_put_link(c->env->records, c->path, file->link);
                return CM_WANT_NOTHING;
        }
        if (is_candidate)
                return CM_WANT_HEAD;
        plan_capture(c, CM_SV(""));
        if (file->is_sparse)
                c->refused = "file is stored sparse";
        return CM_WANT_ALL;
}

static enum cm_want catalog_head(void *self, struct cm_sv head)
{
        struct catalog *c = self;
        for (size_t i = 0; i < c->probe_count; i++)
                if (c->probes[i]->probe(head) && c->wanted_count < CM_PATH_MATCHES_MAX)
                        c->wanted[c->wanted_count++] = c->probes[i];
        if (c->wanted_count == 0)
                return CM_WANT_NOTHING;
        plan_capture(c, head);
        return CM_WANT_ALL;
}

/* Appends what of the piece lies in a range; pieces come in order and ranges ascend. */
static void keep_piece(struct catalog *c, struct cm_sv piece)
{
        uint64_t from = c->seen_bytes;
        uint64_t to = from + piece.len;
        for (size_t i = 0; i < c->range_count; i++) {
                uint64_t a = CM_MAX(from, c->ranges[i].offset);
                uint64_t b = CM_MIN(to, c->ranges[i].offset + c->ranges[i].len);
                if (a >= b)
                        continue;
                memcpy(c->capture + c->capture_len, piece.ptr + (a - from), (size_t)(b - a));
                c->capture_len += (size_t)(b - a);
        }
}

static int catalog_data(void *self, struct cm_sv piece, struct cm_err *err)
{
        struct catalog *c = self;
        (void)err;
        if (c->refused != NULL)
                return 0;
        if (c->seen_bytes == 0 && piece.len == c->size_bytes) {
                c->has_parts = false;
                c->whole = cm_sv_slice(piece, 0, c->keep_bytes); /* lives until end() */
                return 0;
        }
        if (c->capture == NULL) {
                if (!reserve(c, c->keep_bytes)) {
                        c->refused = "captured files together are over limit "
                                     "capture_total_bytes_max";
                        *c->env->is_crowded = true;
                        return 0;
                }
                c->is_large = c->keep_bytes >= LARGE_BYTES;
                if (c->is_large)
                        pthread_mutex_lock(&large_captures);
                c->capture = malloc(c->keep_bytes);
                CM_ASSERT(c->capture != NULL);
        }
        keep_piece(c, piece);
        c->seen_bytes += piece.len;
        return 0;
}

static int parse_with(struct catalog *c, const struct cm_cataloger *cataloger, struct cm_sv content,
                      struct cm_err *err)
{
        struct cm_err problem = CM_ERR_INIT;
        const struct cm_cat_file file = { .path = c->path,
                                          .content = content,
                                          .is_cut = content.len < c->size_bytes,
                                          .mode = c->mode,
                                          .range_count = c->has_parts ? c->range_count : 0,
                                          .ranges = c->ranges };
        c->current = cataloger;
        int r = 0;
        if (content.len < c->size_bytes && !cataloger->takes_cut)
                r = CM_RAISE(&problem, CM_E_LIMIT, "file is larger than %zu bytes",
                             cataloger->file_bytes_max);
        else
                r = cataloger->parse(c->scratch, &file, &c->sink, &problem);
        if (cm_arena_used(c->scratch) > SCRATCH_KEEP_BYTES) {
                cm_arena_free(c->scratch);
                c->scratch = cm_arena_new(CM_CATALOGER_ARENA_BYTES_MAX);
        } else {
                cm_arena_reset(c->scratch);
        }
        if (c->env->records->buf.overflow)
                return over_limit(err);
        if (r < 0) {
                need_file_record(c);
                cm_records_put_unreadable(c->env->records, c->path,
                                          cm_sv_from_cstr(cataloger->name),
                                          cm_sv_from_cstr(problem.text));
        }
        return 0;
}

static int catalog_end(void *self, struct cm_err *err)
{
        struct catalog *c = self;
        int r = 0;
        if (c->refused != NULL) {
                need_file_record(c);
                cm_records_put_unreadable(c->env->records, c->path,
                                          cm_sv_from_cstr(c->wanted[0]->name),
                                          cm_sv_from_cstr(c->refused));
        } else {
                struct cm_sv content =
                        c->capture != NULL ? cm_sv_make(c->capture, c->capture_len) : c->whole;
                for (size_t i = 0; i < c->wanted_count && r == 0; i++)
                        r = parse_with(c, c->wanted[i], content, err);
                /* A file that held nothing still hides the same file of a lower layer. */
        }
        release_capture(c);
        c->whole = CM_SV_NULL;
        c->refused = NULL;
        return r;
}

const struct cm_consumer cm_consumer_catalog = {
        .name = "catalog",
        .open = catalog_open,
        .begin = catalog_begin,
        .head = catalog_head,
        .data = catalog_data,
        .end = catalog_end,
        .close = catalog_close,
};
