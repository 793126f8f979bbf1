/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Implementation of merge.h. Layers are indexed once (which record belongs to which file), then
 * visited from the top: a file is visible unless a layer above, or a later entry of its own layer,
 * hides it. The hiding sets hold only paths that layers recorded, so they stay small.
 */
#include "image/merge.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/map.h"
#include "base/vec.h"
#include "model/purl.h"

/* One recorded path of a layer with the byte range of the records about it. */
struct file {
        struct cm_sv path;
        size_t from;
        size_t to;
        enum cm_record_type type; /* FILE, HASH, LINK or FACT */
        bool hidden;
        size_t previous; /* number + 1 of the record before of the same path, 0 = none */
};

struct layer_index {
        CM_VEC(struct file) files;
        struct cm_map last;               /* path -> number + 1 of its last file, for REPLACED */
        CM_VEC(struct cm_sv) whiteouts;   /* and shadows: hide the path and what is below */
        CM_VEC(struct cm_sv) directories; /* hide the path */
        CM_VEC(struct cm_sv) opaques;     /* hide what is below */
};

struct merge {
        struct cm_arena *arena;
        const struct cm_merge_layer *layers;
        size_t count;
        struct layer_index *index;
        size_t replace_work;
        struct cm_target *target;
        CM_VEC(struct cm_target_pkg) pkgs;
        CM_VEC(struct cm_target_unreadable) unreadable;
        CM_VEC(struct cm_merge_file) files;
        CM_VEC(struct cm_merge_fact) facts;
        CM_VEC(struct cm_merge_fact) removed;
        CM_VEC(struct cm_merge_account) accounts;
        CM_VEC(struct cm_merge_cut) cuts;
        CM_VEC(struct file) links; /* visible ones */
        CM_VEC(int) link_layers;
        struct cm_map visible; /* paths of visible FILE records */
};

/*
 * A path written again in its layer: what was recorded of it is void. When something recorded lies
 * below it, that too: the walk over all files is paid only then, and limited, because a tar could
 * ask for it at every entry.
 */
enum {
        REPLACE_WORK_MAX = 200000000
};

static void hide_replaced(struct layer_index *index, struct cm_sv path)
{
        const size_t *last = cm_map_get(&index->last, path);
        if (last == NULL)
                return;
        for (size_t i = *last + 1; i > 0; i = index->files.items[i - 1].previous)
                index->files.items[i - 1].hidden = true;
}

static int hide_tree(struct merge *m, struct layer_index *index, struct cm_sv path,
                     struct cm_err *err)
{
        hide_replaced(index, path);
        m->replace_work += index->files.count;
        if (m->replace_work > REPLACE_WORK_MAX)
                return CM_RAISE(err, CM_E_LIMIT,
                                "layer replaces directories with recorded files too "
                                "often");
        for (size_t i = 0; i < index->files.count; i++) {
                struct file *f = &index->files.items[i];
                if (f->path.len > path.len && f->path.ptr[path.len] == '/' &&
                    cm_sv_has_prefix(f->path, path))
                        f->hidden = true;
        }
        return 0;
}

static void remember_last(struct merge *m, struct layer_index *index, struct cm_sv path)
{
        size_t *number = CM_NEW(m->arena, size_t);
        *number = index->files.count - 1;
        const size_t *before = cm_map_get(&index->last, path);
        index->files.items[*number].previous = before == NULL ? 0 : *before + 1;
        cm_map_put(&index->last, path, number);
}

static int index_record(struct merge *m, struct layer_index *index, const struct cm_record *rec,
                        size_t from, size_t to, struct cm_err *err)
{
        switch (rec->type) {
        case CM_RECORD_FILE:
        case CM_RECORD_HASH:
        case CM_RECORD_LINK:
        case CM_RECORD_FACT:
                *CM_VEC_PUSH(m->arena, &index->files) =
                        (struct file){ rec->path, from, to, rec->type, false, 0 };
                remember_last(m, index, rec->path);
                break;
        case CM_RECORD_WHITEOUT:
        case CM_RECORD_SHADOW:
                *CM_VEC_PUSH(m->arena, &index->whiteouts) = rec->path;
                break;
        case CM_RECORD_SHADOW_DIR:
                *CM_VEC_PUSH(m->arena, &index->directories) = rec->path;
                break;
        case CM_RECORD_CUT:
                *CM_VEC_PUSH(m->arena, &m->cuts) =
                        (struct cm_merge_cut){ rec->fact.kinds, rec->fact.uid };
                break;
        case CM_RECORD_OPAQUE:
                *CM_VEC_PUSH(m->arena, &index->opaques) = rec->path;
                break;
        case CM_RECORD_REPLACED:
                hide_replaced(index, rec->path);
                break;
        case CM_RECORD_REPLACED_TREE:
                return hide_tree(m, index, rec->path, err);
        case CM_RECORD_ACCOUNT:
        case CM_RECORD_PKG:
        case CM_RECORD_OS:
        case CM_RECORD_OWNED:
        case CM_RECORD_UNREADABLE:
                /* Belongs to the FILE before it: widens that range. */
                for (size_t i = index->files.count; i > 0; i--) {
                        if (index->files.items[i - 1].type != CM_RECORD_FILE)
                                continue;
                        index->files.items[i - 1].to = to;
                        break;
                }
                break;
        }
        return 0;
}

static int index_records(struct merge *m, size_t at, struct cm_sv records, struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(records);
        struct cm_record rec;
        for (;;) {
                size_t from = c.offset;
                int r = cm_record_next(&c, &rec, err);
                if (r < 0)
                        return cm_err_context(err, "layer %zu", at);
                if (r > 0)
                        return 0;
                r = index_record(m, &m->index[at], &rec, from, c.offset, err);
                if (r < 0)
                        return r;
        }
}

static int index_layer(struct merge *m, size_t at, struct cm_err *err)
{
        cm_map_init(&m->index[at].last, m->arena);
        int r = index_records(m, at, m->layers[at].records, err);
        return r < 0 ? r : index_records(m, at, m->layers[at].shadows, err);
}

struct hiding {
        struct cm_map exact;
        struct cm_map below;
        bool all; /* an opaque root */
};

static bool is_hidden(const struct hiding *h, struct cm_sv path)
{
        if (h->all || cm_map_has(&h->exact, path))
                return true;
        for (struct cm_sv dir, base; cm_sv_cut_last(path, '/', &dir, &base); path = dir)
                if (cm_map_has(&h->below, dir))
                        return true;
        return false;
}

static void compute_visibility(struct merge *m)
{
        struct hiding h = { .all = false };
        cm_map_init(&h.exact, m->arena);
        cm_map_init(&h.below, m->arena);
        for (size_t at = m->count; at > 0; at--) {
                struct layer_index *index = &m->index[at - 1];
                for (size_t i = 0; i < index->files.count; i++) {
                        struct file *f = &index->files.items[i];
                        f->hidden = f->hidden || is_hidden(&h, f->path);
                }
                for (size_t i = 0; i < index->files.count; i++) {
                        cm_map_put(&h.exact, index->files.items[i].path, m);
                        if (index->files.items[i].type == CM_RECORD_LINK)
                                cm_map_put(&h.below, index->files.items[i].path, m);
                }
                for (size_t i = 0; i < index->whiteouts.count; i++) {
                        cm_map_put(&h.exact, index->whiteouts.items[i], m);
                        cm_map_put(&h.below, index->whiteouts.items[i], m);
                }
                for (size_t i = 0; i < index->directories.count; i++)
                        cm_map_put(&h.exact, index->directories.items[i], m);
                for (size_t i = 0; i < index->opaques.count; i++) {
                        h.all = h.all || index->opaques.items[i].len == 0;
                        cm_map_put(&h.below, index->opaques.items[i], m);
                }
        }
}

static void take_os(struct merge *m, const struct cm_os_release *os, struct cm_sv path)
{
        struct cm_target *t = m->target;
        if (t->has_os &&
            (os->rank < t->os.rank || (os->rank == t->os.rank && cm_sv_cmp(path, t->os.path) >= 0)))
                return;
        t->has_os = true;
        t->os = *os;
        t->os.path = path;
}

static int take_record(struct merge *m, const struct cm_record *rec, const struct file *f,
                       int layer, struct cm_err *err)
{
        if (rec->type == CM_RECORD_PKG) {
                if (m->pkgs.count == CM_PACKAGES_MAX)
                        return CM_RAISE(err, CM_E_LIMIT, "target is over limit packages_max (%zu)",
                                        CM_PACKAGES_MAX);
                struct cm_target_pkg *p = CM_VEC_PUSH(m->arena, &m->pkgs);
                p->pkg = rec->pkg;
                p->pkg.path = f->path;
                p->layer = layer;
        } else if (rec->type == CM_RECORD_OS) {
                take_os(m, &rec->os, f->path);
        } else if (rec->type == CM_RECORD_UNREADABLE) {
                *CM_VEC_PUSH(m->arena, &m->unreadable) =
                        (struct cm_target_unreadable){ rec->path, layer, rec->by, rec->text };
        } else if (rec->type == CM_RECORD_HASH) {
                struct cm_merge_file *out = CM_VEC_PUSH(m->arena, &m->files);
                out->path = rec->path;
                out->layer = layer;
                out->mode = rec->mode;
                out->size_bytes = rec->size_bytes;
                out->sha256 = rec->text;
        } else if (rec->type == CM_RECORD_FACT) {
                *CM_VEC_PUSH(m->arena, &m->facts) =
                        (struct cm_merge_fact){ rec->path, layer, rec->fact };
        } else if (rec->type == CM_RECORD_ACCOUNT) {
                *CM_VEC_PUSH(m->arena, &m->accounts) =
                        (struct cm_merge_account){ f->path, rec->account };
        }
        return 0;
}

static int layer_number(const struct merge *m, size_t at)
{
        return m->target->layer_count == 0 ? CM_NO_LAYER : (int)at;
}

/* What nobody sees any more is still in the layer, for whoever takes that apart. */
static int take_removed(struct merge *m, size_t at, const struct file *f, struct cm_err *err)
{
        if (f->type != CM_RECORD_FACT)
                return 0;
        struct cm_cursor c = cm_cursor_make(cm_sv_slice(m->layers[at].records, f->from, f->to));
        struct cm_record rec;
        int r = cm_record_next(&c, &rec, err);
        if (r == 0 && (rec.fact.kinds & CM_FACT_KINDS_LASTING) != 0)
                *CM_VEC_PUSH(m->arena, &m->removed) =
                        (struct cm_merge_fact){ rec.path, layer_number(m, at), rec.fact };
        return r < 0 ? r : 0;
}

/* Calls take_record for every record of the visible files. */
static int collect(struct merge *m, struct cm_err *err)
{
        for (size_t at = 0; at < m->count; at++) {
                const struct layer_index *index = &m->index[at];
                for (size_t i = 0; i < index->files.count; i++) {
                        const struct file *f = &index->files.items[i];
                        if (f->hidden) {
                                int r = take_removed(m, at, f, err);
                                if (r < 0)
                                        return r;
                                continue;
                        }
                        if (f->type == CM_RECORD_LINK) {
                                *CM_VEC_PUSH(m->arena, &m->links) = *f;
                                *CM_VEC_PUSH(m->arena, &m->link_layers) = layer_number(m, at);
                        } else if (f->type == CM_RECORD_FILE) {
                                cm_map_put(&m->visible, f->path, m);
                        }
                        struct cm_cursor c =
                                cm_cursor_make(cm_sv_slice(m->layers[at].records, f->from, f->to));
                        struct cm_record rec;
                        int r = 0;
                        while ((r = cm_record_next(&c, &rec, err)) == 0) {
                                r = take_record(m, &rec, f, layer_number(m, at), err);
                                if (r < 0)
                                        return r;
                        }
                        if (r < 0)
                                return r;
                }
        }
        return 0;
}

/* "a/b" + "../c/d" -> "a/../c/d" made clean: "c/d"; false when it leaves the root. */
static bool resolve_link(struct cm_arena *arena, struct cm_sv path, struct cm_sv target,
                         struct cm_sv *ret)
{
        char *out = CM_NEW_ARRAY(arena, char, path.len + target.len + 2);
        size_t len = 0;
        struct cm_sv dir, base;
        if (!cm_sv_has_prefix(target, CM_SV("/")) && cm_sv_cut_last(path, '/', &dir, &base)) {
                memcpy(out, dir.ptr, dir.len);
                len = dir.len;
        }
        struct cm_sv part;
        while (cm_sv_next_field(&target, '/', &part)) {
                if (part.len == 0 || cm_sv_eq(part, CM_SV(".")))
                        continue;
                if (cm_sv_eq(part, CM_SV(".."))) {
                        ptrdiff_t slash = cm_sv_rfind_char(cm_sv_make(out, len), '/');
                        len = slash < 0 ? 0 : (size_t)slash; /* ".." of the root is the root */
                        continue;
                }
                if (len > 0)
                        out[len++] = '/';
                memcpy(out + len, part.ptr, part.len);
                len += part.len;
        }
        *ret = cm_sv_make(out, len);
        return len > 0;
}

/* A package database that is a symbolic link to a place that nobody read. */
static void check_links(struct merge *m)
{
        for (size_t i = 0; i < m->links.count; i++) {
                const struct file *f = &m->links.items[i];
                struct cm_cursor c = cm_cursor_make(cm_sv_slice(
                        m->layers[m->link_layers.items[i] < 0 ? 0 : (size_t)m->link_layers.items[i]]
                                .records,
                        f->from, f->to));
                struct cm_record rec;
                struct cm_err ignored = CM_ERR_INIT;
                struct cm_sv target = CM_SV("");
                if (cm_record_next(&c, &rec, &ignored) != 0)
                        continue;
                if (resolve_link(m->arena, f->path, rec.text, &target) &&
                    cm_map_has(&m->visible, target))
                        continue;
                *CM_VEC_PUSH(m->arena, &m->unreadable) = (struct cm_target_unreadable){
                        f->path, m->link_layers.items[i], CM_SV(""),
                        CM_SV("symbolic link to a file that was not read")
                };
        }
}

/* Paths whose owner is wanted, by hash; chained through `next`. */
struct wanted {
        struct cm_sv *owned_by;
        enum cm_pkg_type *owner_type; /* or NULL */
        struct wanted *next;
};

struct owners {
        struct cm_arena *arena;
        struct cm_u64set hashes;
        struct cm_map by_hash; /* 8-byte key -> struct wanted */
};

static void want_owner(struct owners *o, struct cm_sv path, struct cm_sv *owned_by,
                       enum cm_pkg_type *owner_type)
{
        uint64_t hash = cm_record_path_hash(path);
        uint64_t *key = CM_NEW(o->arena, uint64_t);
        *key = hash;
        struct wanted *w = CM_NEW(o->arena, struct wanted);
        struct cm_sv k = cm_sv_make(key, sizeof(*key));
        *w = (struct wanted){ owned_by, owner_type, cm_map_get(&o->by_hash, k) };
        cm_map_put(&o->by_hash, k, w);
        cm_u64set_add(&o->hashes, hash);
}

static void answer_owners(struct owners *o, const struct cm_record *rec)
{
        struct cm_sv hashes = rec->hashes;
        uint64_t hash;
        while (cm_record_owned_hash(&hashes, &hash)) {
                if (!cm_u64set_has(&o->hashes, hash))
                        continue;
                for (struct wanted *w = cm_map_get(&o->by_hash, cm_sv_make(&hash, sizeof(hash)));
                     w != NULL; w = w->next) {
                        *w->owned_by = rec->by;
                        if (w->owner_type != NULL)
                                *w->owner_type = rec->pkg.type;
                }
        }
}

static int find_owners(struct merge *m, struct cm_err *err)
{
        struct owners o = { .arena = m->arena };
        cm_map_init(&o.by_hash, m->arena);
        for (size_t i = 0; i < m->pkgs.count; i++)
                if (!cm_pkg_type_is_os(m->pkgs.items[i].pkg.type))
                        want_owner(&o, m->pkgs.items[i].pkg.path, &m->pkgs.items[i].owned_by, NULL);
        for (size_t i = 0; i < m->files.count; i++)
                want_owner(&o, m->files.items[i].path, &m->files.items[i].owned_by,
                           &m->files.items[i].owner_type);
        int r = 0;
        for (size_t at = 0; at < m->count && o.hashes.count > 0 && r >= 0; at++) {
                const struct layer_index *index = &m->index[at];
                for (size_t i = 0; i < index->files.count && r >= 0; i++) {
                        const struct file *f = &index->files.items[i];
                        if (f->hidden || f->type != CM_RECORD_FILE)
                                continue;
                        struct cm_cursor c =
                                cm_cursor_make(cm_sv_slice(m->layers[at].records, f->from, f->to));
                        struct cm_record rec;
                        while ((r = cm_record_next(&c, &rec, err)) == 0)
                                if (rec.type == CM_RECORD_OWNED)
                                        answer_owners(&o, &rec);
                }
        }
        cm_u64set_fini(&o.hashes);
        return r < 0 ? r : 0;
}

static int pkg_order(const void *a, const void *b)
{
        const struct cm_target_pkg *x = a;
        const struct cm_target_pkg *y = b;
        return cm_pkg_cmp(&x->pkg, &y->pkg);
}

static int file_order(const void *a, const void *b)
{
        return cm_sv_cmp(((const struct cm_merge_file *)a)->path,
                         ((const struct cm_merge_file *)b)->path);
}

static int fact_order(const void *a, const void *b)
{
        const struct cm_merge_fact *x = a;
        const struct cm_merge_fact *y = b;
        int c = cm_sv_cmp(x->path, y->path);
        return c != 0 ? c : x->layer - y->layer;
}

static int unreadable_order(const void *a, const void *b)
{
        const struct cm_target_unreadable *x = a;
        const struct cm_target_unreadable *y = b;
        int c = cm_sv_cmp(x->path, y->path);
        return c != 0 ? c : cm_sv_cmp(x->reason, y->reason);
}

/* Exact repeats (one database read through two paths of a merged /usr) are one package. */
static void sort_and_unify(struct merge *m)
{
        if (m->pkgs.count > 1)
                qsort(m->pkgs.items, m->pkgs.count, sizeof(*m->pkgs.items), pkg_order);
        size_t kept = 0;
        for (size_t i = 0; i < m->pkgs.count; i++)
                if (kept == 0 || pkg_order(&m->pkgs.items[kept - 1], &m->pkgs.items[i]) != 0)
                        m->pkgs.items[kept++] = m->pkgs.items[i];
        m->pkgs.count = kept;
        if (m->files.count > 1)
                qsort(m->files.items, m->files.count, sizeof(*m->files.items), file_order);
        if (m->facts.count > 1)
                qsort(m->facts.items, m->facts.count, sizeof(*m->facts.items), fact_order);
        if (m->removed.count > 1)
                qsort(m->removed.items, m->removed.count, sizeof(*m->removed.items), fact_order);
        if (m->unreadable.count > 1)
                qsort(m->unreadable.items, m->unreadable.count, sizeof(*m->unreadable.items),
                      unreadable_order);
}

int cm_merge_layers(struct cm_arena *arena, const struct cm_merge_layer *layers, size_t count,
                    struct cm_target *target, struct cm_merge_result *ret, struct cm_err *err)
{
        struct merge m = { .arena = arena, .layers = layers, .count = count, .target = target };
        m.index = CM_NEW_ARRAY(arena, struct layer_index, count);
        cm_map_init(&m.visible, arena);
        int r = 0;
        for (size_t at = 0; at < count && r == 0; at++)
                r = index_layer(&m, at, err);
        if (r < 0)
                return r;
        compute_visibility(&m);
        r = collect(&m, err);
        if (r < 0)
                return r;
        check_links(&m);
        sort_and_unify(&m);
        r = find_owners(&m, err);
        if (r < 0)
                return r;
        for (size_t i = 0; i < m.pkgs.count; i++)
                m.pkgs.items[i].purl = cm_purl_from_pkg(arena, &m.pkgs.items[i].pkg,
                                                        target->has_os ? &target->os : NULL);
        target->pkgs = m.pkgs.items;
        target->pkg_count = m.pkgs.count;
        target->unreadable = m.unreadable.items;
        target->unreadable_count = m.unreadable.count;
        *ret = (struct cm_merge_result){
                .files = m.files.items,
                .file_count = m.files.count,
                .facts = m.facts.items,
                .fact_count = m.facts.count,
                .removed = m.removed.items,
                .removed_count = m.removed.count,
                .accounts = m.accounts.items,
                .account_count = m.accounts.count,
                .cuts = m.cuts.items,
                .cut_count = m.cuts.count,
        };
        return 0;
}
