/* SPDX-License-Identifier: Apache-2.0 */
/* See run.h. */
#include "check/run.h"

#include "base/limits.h"

enum {
        HEAD_BYTES = 4096,
        STREAM_BYTES_MIN = 4 << 20 /* smaller texts are read as a whole, once */
};

struct cm_check_joins {
        struct cm_arena *arena;          /* of its own, so that it has a limit of its own */
        struct cm_document_join **joins; /* by kind, in the order of the table; NULL: none came */
};

static void free_joins(void *ctx)
{
        cm_arena_free(((struct cm_check_joins *)ctx)->arena);
}

struct cm_check_joins *cm_check_joins_new(struct cm_arena *arena)
{
        struct cm_check_joins *j = CM_NEW(arena, struct cm_check_joins);
        /* Twice: joins stop at the limit by themselves, and one document may be past it. */
        j->arena = cm_arena_new(2 * CM_CHECK_JOIN_BYTES_MAX);
        j->joins = CM_NEW_ARRAY(arena, struct cm_document_join *, cm_document_kinds_count);
        cm_arena_on_free(arena, free_joins, j);
        return j;
}

static int gather(struct cm_check_joins *j, const struct cm_document_kind *kind,
                  const struct cm_document *document, struct cm_err *err)
{
        size_t at = 0;
        while (cm_document_kinds[at] != kind)
                at++;
        if (j->joins[at] == NULL)
                j->joins[at] = kind->join->start(j->arena);
        return kind->join->gather(j->joins[at], document, err);
}

static int get_alone(struct cm_check_provider *provider, const struct cm_document_kind *kind,
                     struct cm_check_set **ret, struct cm_err *err)
{
        (void)kind, (void)err;
        *ret = ((struct cm_check_alone *)(void *)provider)->set;
        return 0;
}

void cm_check_alone_init(struct cm_check_alone *alone, struct cm_arena *arena,
                         const struct cm_check *check, const struct cm_check_settings *settings)
{
        alone->provider =
                (struct cm_check_provider){ .joins = cm_check_joins_new(arena), .get = get_alone };
        alone->set = cm_check_set_new(arena, check, 1, settings);
}

struct evaluating_sink {
        struct cm_subject_sink sink; /* first */
        struct cm_check_set *set;
        struct cm_arena *scratch;
        struct cm_check_sink *out;
        struct cm_check_counts *counts;
};

static int put_subject(struct cm_subject_sink *sink, const struct cm_subject *subject,
                       struct cm_err *err)
{
        struct evaluating_sink *s = (struct evaluating_sink *)(void *)sink;
        s->counts->subjects++;
        int r = cm_check_subject(s->set, s->scratch, subject, s->out, err);
        cm_arena_reset(s->scratch);
        return r;
}

static bool wants_view(struct cm_subject_sink *sink, const struct cm_check_view *view)
{
        return cm_check_set_has(((struct evaluating_sink *)(void *)sink)->set, view);
}

static int evaluate_document(struct cm_check_provider *provider, struct cm_arena *arena,
                             const struct cm_document_kind *kind,
                             const struct cm_document *document, struct cm_check_sink *sink,
                             struct cm_check_counts *counts, struct cm_err *err)
{
        struct cm_arena *scratch CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_CHECK_ARENA_BYTES_MAX);
        struct evaluating_sink s = { { put_subject, wants_view }, NULL, scratch, sink, counts };
        int r = provider->get(provider, kind, &s.set, err);
        if (r < 0)
                return r;
        struct cm_document *d = CM_NEW(arena, struct cm_document);
        *d = *document;
        d->order = provider->document_order;
        if (kind->normalise != NULL)
                d->root = kind->normalise(arena, d->root);
        d->has_no_lines = kind->has_no_lines;
        d->kind = kind;
        d->locator = cm_node_locator_new(arena, d->root);
        counts->documents++;
        r = kind->subjects(arena, d, &s.sink, err);
        if (r == 0 && kind->join != NULL && provider->joins != NULL)
                r = gather(provider->joins, kind, d, err);
        return r;
}

int cm_check_joined(struct cm_check_provider *provider, struct cm_arena *arena,
                    struct cm_check_sink *sink, struct cm_check_counts *counts, struct cm_err *err)
{
        struct cm_arena *scratch CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_CHECK_ARENA_BYTES_MAX);
        struct evaluating_sink s = { { put_subject }, NULL, scratch, sink, counts };
        int r = 0;
        for (size_t i = 0; i < cm_document_kinds_count && r == 0; i++) {
                struct cm_document_join *join = provider->joins->joins[i];
                if (join == NULL)
                        continue;
                r = provider->get(provider, cm_document_kinds[i], &s.set, err);
                if (r == 0)
                        r = cm_document_kinds[i]->join->subjects(join, arena, &s.sink, err);
        }
        return r;
}

static const struct cm_document_kind *kind_of(const struct cm_document *document)
{
        for (size_t i = 0; i < cm_document_kinds_count; i++) {
                const struct cm_document_kind *kind = cm_document_kinds[i];
                if (kind->is != NULL && kind->is(document->name, document->root))
                        return kind;
        }
        return NULL;
}

int cm_check_document(struct cm_check_provider *provider, struct cm_arena *arena,
                      const struct cm_document *document, struct cm_check_sink *sink,
                      struct cm_check_counts *counts, struct cm_err *err)
{
        const struct cm_document_kind *kind = kind_of(document);
        if (kind != NULL)
                return evaluate_document(provider, arena, kind, document, sink, counts, err);
        counts->unknown++;
        return 0;
}

static bool looks_like_json(struct cm_sv text)
{
        text = cm_sv_trim(cm_sv_slice(text, 0, HEAD_BYTES));
        return text.len > 0 && (text.ptr[0] == '{' || text.ptr[0] == '[');
}

/* The ways in which kinds want a text read: a schema, with or without short tags. */
enum {
        READINGS = 2 * CM_NODE_YAML_SCHEMA_COUNT
};

static size_t reading_of(const struct cm_document_kind *kind)
{
        if (kind == NULL)
                return CM_NODE_YAML_GO2;
        return (size_t)kind->schema + (kind->has_short_tags ? CM_NODE_YAML_SCHEMA_COUNT : 0);
}

/* JSON is YAML as well, but its own reader is faster; "{" may also begin flow YAML. */
static int read_trees(struct cm_arena *arena, struct cm_sv text, size_t reading,
                      const struct cm_node_doc **docs, size_t *count, struct cm_err *err)
{
        const struct cm_node_yaml_options options = {
                .schema = (enum cm_node_yaml_schema)(reading % CM_NODE_YAML_SCHEMA_COUNT),
                .cloudformation = reading >= CM_NODE_YAML_SCHEMA_COUNT,
        };
        if (looks_like_json(text)) {
                struct cm_err not_json = CM_ERR_INIT;
                struct cm_node_doc *doc = CM_NEW(arena, struct cm_node_doc);
                if (cm_document_read_json(arena, text, &doc->root, &not_json) == 0) {
                        *docs = doc;
                        *count = 1;
                        return 0;
                }
                if (not_json.code == CM_E_LIMIT)
                        return cm_err_copy(err, &not_json);
        }
        return cm_node_parse_yaml(arena, text, &options, docs, count, err);
}

/* The documents of one text, one by one. */
struct stream {
        struct cm_check_provider *provider;
        struct cm_arena *arena; /* of the document at hand */
        struct cm_document document;
        struct cm_check_sink *sink;
        struct cm_check_counts *counts;
        bool is_uniform; /* all are read by the same schema */
};

static int look_at_kind(void *ctx, const struct cm_node_doc *doc, struct cm_err *err)
{
        (void)err;
        struct stream *s = ctx;
        s->document.root = doc->root;
        const struct cm_document_kind *kind = kind_of(&s->document);
        s->is_uniform = s->is_uniform && reading_of(kind) == CM_NODE_YAML_GO2;
        s->document.number++;
        return 0;
}

static int check_one(void *ctx, const struct cm_node_doc *doc, struct cm_err *err)
{
        struct stream *s = ctx;
        s->document.root = doc->root;
        int r = cm_check_document(s->provider, s->arena, &s->document, s->sink, s->counts, err);
        s->document.number++;
        return r;
}

/*
 * A large text of many documents is read twice, so that only one tree is there at a time: first to
 * know that all of it is well-formed, since a text that is not has no results, then to judge.
 */
static int try_stream(struct cm_check_provider *provider, const struct cm_document *whole,
                      struct cm_check_sink *sink, struct cm_check_counts *counts, bool *ret_done,
                      struct cm_err *err)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_CHECK_ARENA_BYTES_MAX);
        const struct cm_node_yaml_options options = { .schema = CM_NODE_YAML_GO2 };
        struct stream s = { provider, arena, *whole, sink, counts, true };
        int r = cm_node_walk_yaml(arena, whole->text, &options, look_at_kind, &s, err);
        if (r < 0)
                return r;
        *ret_done = s.is_uniform;
        s.document = *whole;
        return s.is_uniform ? cm_node_walk_yaml(arena, whole->text, &options, check_one, &s, err)
                            : 0;
}

int cm_check_text(struct cm_check_provider *provider, struct cm_arena *arena, struct cm_sv name,
                  struct cm_sv text, struct cm_check_sink *sink, struct cm_check_counts *counts,
                  struct cm_err *err)
{
        struct cm_document document = { .name = name, .text = text };
        for (size_t i = 0; i < cm_document_kinds_count; i++) {
                const struct cm_document_kind *kind = cm_document_kinds[i];
                if (kind->is_text == NULL || !kind->is_text(name, cm_sv_slice(text, 0, HEAD_BYTES)))
                        continue;
                int r = kind->parse(arena, text, &document.root, err);
                return r < 0 ? r
                             : evaluate_document(provider, arena, kind, &document, sink, counts,
                                                 err);
        }
        if (text.len >= STREAM_BYTES_MIN && !looks_like_json(text)) {
                bool is_stream = false;
                int r = try_stream(provider, &document, sink, counts, &is_stream, err);
                if (r < 0 || is_stream)
                        return r;
        }
        /* The kind shows in the keys, which no schema changes; scalars are then read as it wants. */
        const struct cm_node_doc *docs[READINGS] = { NULL };
        size_t counts_of[READINGS] = { 0 };
        int r = read_trees(arena, text, CM_NODE_YAML_GO2, &docs[CM_NODE_YAML_GO2],
                           &counts_of[CM_NODE_YAML_GO2], err);
        for (size_t i = 0; i < counts_of[CM_NODE_YAML_GO2] && r == 0; i++) {
                document.root = docs[CM_NODE_YAML_GO2][i].root;
                document.number = i;
                size_t reading = reading_of(kind_of(&document));
                if (docs[reading] == NULL)
                        r = read_trees(arena, text, reading, &docs[reading], &counts_of[reading],
                                       err);
                if (r < 0)
                        return r;
                if (i < counts_of[reading])
                        document.root = docs[reading][i].root;
                r = cm_check_document(provider, arena, &document, sink, counts, err);
        }
        return r;
}
