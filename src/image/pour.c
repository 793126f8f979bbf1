/* SPDX-License-Identifier: Apache-2.0 */
/* One-pass reader of pour.h. */
#include "image/pour.h"

#include "base/escape.h"
#include "base/limits.h"
#include "base/map.h"
#include "codec/inflate.h"
#include "image/archive.h"
#include "image/resolve.h"

/* JSON documents of one archive together. */
#define DOCS_BYTES_MAX CM_MIB(64)
enum {
        CHUNK = 256 << 10,
        LINKS_MAX = 8,
        MEMBERS_MAX = 100000
};

enum member_use {
        MEMBER_SKIP,
        MEMBER_UNDECIDED,
        MEMBER_DOC,
        MEMBER_LAYER
};

struct member {
        struct cm_sv doc;
        struct cm_layer *layer;
        struct cm_layer_result result;
        struct cm_sv link;
};

struct pour {
        struct cm_arena *arena;
        const struct cm_layer_options *options;
        struct cm_map members;
        size_t docs_bytes;
        /* the current member */
        enum member_use use;
        struct cm_sv name;
        struct member *member;
        uint64_t size_bytes;
        struct cm_buf doc;
        char head[512];
        size_t head_len;
};

static void free_layer(void *ctx)
{
        cm_layer_free(ctx);
}

static int member_begin(struct pour *p, const struct cm_tar_entry *entry, struct cm_err *err)
{
        char clean[CM_TAR_PATH_BYTES_MAX];
        struct cm_sv name;
        int r = cm_tar_clean_path(entry->path, clean, &name, err);
        if (r < 0)
                return cm_err_context(err, "archive member '%s'", cm_escape(p->arena, entry->path));
        p->use = MEMBER_SKIP;
        bool is_link = entry->type == CM_TAR_SYMLINK || entry->type == CM_TAR_HARDLINK;
        if (entry->type != CM_TAR_FILE && !is_link)
                return 0;
        if (p->members.count >= MEMBERS_MAX)
                return CM_RAISE(err, CM_E_LIMIT, "archive has more than %d members", MEMBERS_MAX);
        p->name = cm_sv_dup(p->arena, name);
        p->member = CM_NEW(p->arena, struct member);
        if (is_link)
                p->member->link = cm_archive_link_target(p->arena, p->name, entry->link,
                                                         entry->type == CM_TAR_HARDLINK);
        if (!cm_map_put(&p->members, p->name, p->member))
                return CM_RAISE(err, CM_E_MALFORMED, "archive has two members '%s'",
                                cm_escape(p->arena, name));
        p->size_bytes = entry->size_bytes;
        p->head_len = 0;
        p->use = is_link ? MEMBER_SKIP : MEMBER_UNDECIDED;
        return 0;
}

/* By content: a layer may be named anything. */
static enum member_use decide(struct cm_sv head)
{
        if (cm_compression_detect(head) != CM_COMPRESSION_NONE || cm_tar_is_header(head))
                return MEMBER_LAYER;
        bool all_zero = head.len > 0;
        for (size_t i = 0; i < head.len; i++)
                all_zero = all_zero && head.ptr[i] == '\0';
        if (all_zero)
                return MEMBER_LAYER; /* an empty layer is an empty tar */
        struct cm_sv text = cm_sv_trim(head);
        return text.len > 0 && (text.ptr[0] == '{' || text.ptr[0] == '[') ? MEMBER_DOC
                                                                          : MEMBER_SKIP;
}

static int member_use(struct pour *p, struct cm_sv piece, struct cm_err *err)
{
        if (p->use == MEMBER_LAYER)
                return cm_layer_push(p->member->layer, piece, err);
        if (p->use == MEMBER_DOC)
                cm_buf_put_sv(&p->doc, piece);
        return 0;
}

static int member_decided(struct pour *p, struct cm_err *err)
{
        struct cm_sv head = cm_sv_make(p->head, p->head_len);
        p->use = decide(head);
        if (p->use == MEMBER_LAYER) {
                struct cm_layer_options options = *p->options;
                options.name =
                        cm_sv_printf(p->arena, "layer '%s'", cm_escape(p->arena, p->name)).ptr;
                p->member->layer = cm_layer_new(&options);
                cm_arena_on_free(p->arena, free_layer, p->member->layer);
        } else if (p->use == MEMBER_DOC) {
                if (p->size_bytes > CM_IMAGE_JSON_BYTES_MAX ||
                    p->docs_bytes + p->size_bytes > DOCS_BYTES_MAX)
                        p->use = MEMBER_SKIP; /* missed later, if a manifest needs it */
                p->docs_bytes += p->use == MEMBER_DOC ? (size_t)p->size_bytes : 0;
                cm_buf_clear(&p->doc);
        }
        return member_use(p, head, err);
}

static int member_data(struct pour *p, struct cm_sv piece, struct cm_err *err)
{
        if (p->use == MEMBER_UNDECIDED) {
                size_t n = CM_MIN(piece.len, sizeof(p->head) - p->head_len);
                memcpy(p->head + p->head_len, piece.ptr, n);
                p->head_len += n;
                piece = cm_sv_skip(piece, n);
                if (p->head_len < sizeof(p->head) && p->head_len < p->size_bytes)
                        return 0;
                int r = member_decided(p, err);
                if (r < 0)
                        return r;
        }
        return piece.len == 0 ? 0 : member_use(p, piece, err);
}

static int member_end(struct pour *p, struct cm_err *err)
{
        if (p->use == MEMBER_DOC)
                p->member->doc = cm_sv_dup(p->arena, cm_buf_sv(&p->doc));
        if (p->use == MEMBER_LAYER)
                return cm_layer_finish(p->member->layer, &p->member->result, err);
        return 0;
}

static int pour_piece(struct pour *p, struct cm_tar *tar, struct cm_sv in, struct cm_err *err)
{
        enum cm_tar_event event = CM_TAR_DATA;
        while (event != CM_TAR_NEED_MORE) {
                const struct cm_tar_entry *entry = NULL;
                struct cm_sv piece;
                int r = cm_tar_next(tar, &in, &event, &entry, &piece, err);
                if (r == 0 && event == CM_TAR_ENTRY)
                        r = member_begin(p, entry, err);
                else if (r == 0 && event == CM_TAR_DATA)
                        r = member_data(p, piece, err);
                else if (r == 0 && event == CM_TAR_ENTRY_END)
                        r = member_end(p, err);
                if (r < 0)
                        return r;
                if (event == CM_TAR_END && in.len == 0)
                        return 0;
        }
        return 0;
}

static int pour_all(struct pour *p, const struct cm_byte_source *source, struct cm_err *err)
{
        struct cm_tar *tar CM_CLEANUP(cm_tar_freep)
        = cm_tar_new();
        struct cm_inflate *inflate CM_CLEANUP(cm_inflate_freep)
        = NULL;
        char *out = cm_arena_alloc(p->arena, CHUNK, 64);
        for (;;) {
                struct cm_sv in = CM_SV("");
                int r = source->next(source->ctx, &in, err);
                if (r < 0)
                        return r;
                if (in.len == 0)
                        break;
                if (inflate == NULL)
                        inflate = cm_inflate_new(cm_compression_detect(in), CM_IMAGE_BYTES_MAX);
                for (;;) {
                        size_t before = in.len;
                        size_t written = 0;
                        r = cm_inflate_step(inflate, &in, out, CHUNK, &written, err);
                        if (r == 0 && written > 0)
                                r = pour_piece(p, tar, cm_sv_make(out, written), err);
                        if (r < 0)
                                return r;
                        if (written == 0 && (in.len == 0 || in.len == before))
                                break;
                }
        }
        if (inflate == NULL)
                return CM_RAISE(err, CM_E_MALFORMED, "archive is empty");
        int r = cm_inflate_finish(inflate, err);
        return r < 0 ? r : cm_tar_finish(tar, err);
}

static struct member *find(const struct pour *p, struct cm_sv name)
{
        char clean[CM_TAR_PATH_BYTES_MAX];
        struct cm_err ignored = CM_ERR_INIT;
        if (name.len >= sizeof(clean) || cm_tar_clean_path(name, clean, &name, &ignored) < 0)
                return NULL;
        struct member *m = cm_map_get(&p->members, name);
        for (int hops = 0; m != NULL && m->link.len > 0 && hops < LINKS_MAX; hops++)
                m = cm_map_get(&p->members, m->link);
        return m;
}

static int read_doc(void *ctx, struct cm_arena *arena, struct cm_sv name, struct cm_sv *ret,
                    struct cm_err *err)
{
        (void)arena;
        (void)err;
        const struct member *m = find(ctx, name);
        if (m == NULL || m->doc.len == 0)
                return 1;
        *ret = m->doc;
        return 0;
}

/* Gives each layer its place: one blob may have several. */
static int take_layer(struct pour *p, struct cm_recorded *lower, struct cm_sv name,
                      struct cm_pour_layer *ret, struct cm_err *err)
{
        const struct member *m = find(p, name);
        if (m == NULL || m->layer == NULL)
                return CM_RAISE(err, CM_E_MALFORMED, "layer '%s' is not in the archive",
                                cm_escape(p->arena, name));
        *ret = (struct cm_pour_layer){ name, m->layer, m->result };
        struct cm_records shadows;
        cm_records_init(&shadows, CM_LAYER_RECORDS_BYTES_MAX);
        cm_layer_resolve(m->layer, lower, &shadows);
        int r = cm_records_finish(&shadows, err);
        if (r == 0)
                ret->result.shadows = cm_sv_dup(p->arena, cm_buf_sv(&shadows.buf));
        cm_records_fini(&shadows);
        return r < 0 ? r : cm_recorded_add(lower, m->result.records, err);
}

static int take_layers(struct pour *p, struct cm_pour *out, struct cm_err *err)
{
        size_t count = out->image.layer_count;
        struct cm_recorded lower;
        cm_recorded_init(&lower, &p->options->shadow.hash_key);
        out->layers = CM_NEW_ARRAY(p->arena, struct cm_pour_layer, count);
        int r = 0;
        for (size_t i = 0; i < count && r == 0; i++) {
                r = take_layer(p, &lower, out->image.layers[i].name, &out->layers[i], err);
                if (r < 0)
                        cm_err_context(err, "layer %zu", i);
        }
        cm_recorded_fini(&lower);
        return r;
}

int cm_pour_read(struct cm_arena *arena, const struct cm_byte_source *source,
                 const struct cm_layer_options *options, const struct cm_image_choice *choice,
                 struct cm_pour *ret, struct cm_err *err)
{
        CM_ASSERT(options->shadow.order == NULL);
        struct pour p = { .arena = arena, .options = options };
        cm_map_init(&p.members, arena);
        cm_buf_init(&p.doc, CM_IMAGE_JSON_BYTES_MAX);
        int r = pour_all(&p, source, err);
        cm_buf_fini(&p.doc);
        if (r < 0)
                return r;
        const struct cm_docs docs = { read_doc, &p };
        struct cm_pour out = { 0 };
        r = cm_image_resolve(arena, &docs, choice, &out.image, err);
        if (r == 0)
                r = take_layers(&p, &out, err);
        if (r < 0)
                return r;
        *ret = out;
        return 0;
}
