/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events of libfyaml to node trees, see node_yaml.h. Beside the stack of open containers of
 * node_build.h stands one of shapes: how many nodes and levels each would have when all aliases were
 * written out, which is what those who walk the tree will meet.
 */
#include "codec/node_yaml.h"

#include <string.h>

#include "base/escape.h"
#include "base/map.h"
#include "base/vec.h"
#include "codec/node_build.h"
#include "codec/node_json.h"
#include "codec/node_yaml_scalar.h"
#include "codec/yaml_stream.h"

enum {
        SCRATCH_BYTES_MAX = 64 << 20
};

struct shape {
        size_t expanded; /* nodes, itself included */
        size_t height;   /* levels below it */
};

struct anchor {
        const struct cm_node *node;
        struct shape shape;
        bool open; /* its end was not read yet */
};

struct level {
        struct shape shape;
        struct anchor *anchor;
        bool wraps;  /* the map around the value of a CloudFormation tag: ends with that value */
        bool merges; /* a "<<" was read */
};

struct build {
        struct cm_node_build tree;
        struct level levels[CM_NODE_DEPTH_MAX];
        const struct cm_node_yaml_options *options;
        struct cm_sv text;
        struct cm_map anchors;
        size_t expanded;        /* the root's */
        size_t expanded_before; /* those of earlier documents */
        struct cm_node_pos doc_pos;
        bool root_is_empty;
        size_t at; /* offset that `line` and `line_start` are known for */
        size_t line_start;
        uint32_t line;
        CM_VEC(struct cm_node_doc) docs;
        int (*each)(void *ctx, const struct cm_node_doc *doc, struct cm_err *err); /* or NULL */
        void *each_ctx;
        struct cm_err *err;
};

/* Its address tells the merge key from a quoted "<<". */
static const char merge_key[] = "<<";

static int fail_at(struct build *b, struct cm_node_pos pos, enum cm_err_code code, const char *what)
{
        return CM_RAISE(b->err, code, "YAML line %u column %u: %s", pos.line, pos.column, what);
}

static int over_count(struct build *b, struct cm_node_pos pos)
{
        return fail_at(b, pos, CM_E_LIMIT,
                       "more nodes, aliases counted as what they repeat, than "
                       "limit node_count_max");
}

static int over_depth(struct build *b, struct cm_node_pos pos)
{
        return fail_at(b, pos, CM_E_LIMIT, "nesting is over limit node_depth_max");
}

/* Marks come in the order of the text; one that would lie on an earlier line is not looked for. */
static struct cm_node_pos pos_of(struct build *b, const struct fy_mark *mark)
{
        size_t to = mark == NULL ? b->at : CM_MIN(mark->input_pos, b->text.len);
        const char *p = b->text.ptr;
        to = CM_MAX(to, b->line_start);
        for (; b->at < to; b->at++) {
                size_t i = b->at;
                if (p[i] == '\n' || (p[i] == '\r' && (i + 1 >= b->text.len || p[i + 1] != '\n'))) {
                        b->line++;
                        b->line_start = i + 1;
                }
        }
        return (struct cm_node_pos){ b->line, (uint32_t)(to - b->line_start + 1) };
}

/* The text of a token: a part of the document where it stands there as it is, else a copy. */
static int token_text(struct build *b, struct fy_token *token, struct cm_node_pos pos,
                      struct cm_sv *ret)
{
        size_t len = 0;
        const char *p = token == NULL ? NULL : fy_token_get_text(token, &len);
        *ret = cm_sv_make(p == NULL ? "" : p, p == NULL ? 0 : len);
        if (ret->len == 0 || (p >= b->text.ptr && p + len <= b->text.ptr + b->text.len))
                return 0;
        for (struct cm_sv rest = *ret; rest.len > 0;) {
                uint32_t cp = 0;
                size_t n = (unsigned char)rest.ptr[0] < 0x80 ? 1 : cm_utf8_next(rest, &cp);
                if (n == 0)
                        return fail_at(b, pos, CM_E_MALFORMED,
                                       "an escape gives text that is not valid UTF-8");
                rest = cm_sv_skip(rest, n);
        }
        *ret = cm_sv_dup(b->tree.arena, *ret);
        return 0;
}

/* The mark of a quoted scalar stands behind the quote, that of an alias behind the "*". */
static struct cm_node_pos sigil_pos(struct build *b, const struct fy_mark *mark, char sigil)
{
        struct cm_node_pos pos = pos_of(b, mark);
        if (mark != NULL && pos.column > 1 && mark->input_pos <= b->text.len &&
            b->text.ptr[mark->input_pos - 1] == sigil)
                pos.column--;
        return pos;
}

static struct cm_node_pos scalar_pos(struct build *b, struct fy_event *e)
{
        struct fy_token *value = e->scalar.value;
        enum fy_scalar_style style = value == NULL ? FYSS_PLAIN : fy_token_scalar_style(value);
        const struct fy_mark *mark = fy_event_start_mark(e);
        if (style == FYSS_DOUBLE_QUOTED || style == FYSS_SINGLE_QUOTED)
                return sigil_pos(b, mark, style == FYSS_DOUBLE_QUOTED ? '"' : '\'');
        return pos_of(b, mark);
}

static struct level *top_level(struct build *b)
{
        return b->tree.depth == 0 ? NULL : &b->levels[b->tree.depth - 1];
}

static int check_merge(struct build *b, const struct cm_node_member *m)
{
        bool good = m->value->type == CM_NODE_MAP || m->value->type == CM_NODE_LIST;
        for (size_t i = 0; good && m->value->type == CM_NODE_LIST && i < cm_node_count(m->value);
             i++)
                good = cm_node_type(cm_node_at(m->value, i)) == CM_NODE_MAP;
        return good ? 0
                    : fail_at(b, m->key_pos, CM_E_MALFORMED,
                              "the value of a merge key is neither a map nor a list of maps");
}

/*
 * Adds the members of `from` to the map. go-yaml v2 lets a merge key overwrite what stands before it;
 * otherwise the map's own members win.
 */
static void merge_map(struct build *b, struct cm_node *into, const struct cm_node *from,
                      bool overwrite)
{
        for (size_t i = 0; i < cm_node_count(from); i++) {
                const struct cm_node_member *m = &from->map.members[i];
                if (overwrite || cm_node_member(into, m->key) == NULL)
                        cm_node_put(b->tree.arena, into, m->key, m->key_pos, m->value);
        }
}

/* The first map of a list wins: it comes first where nothing is overwritten, else last. */
static void merge_value(struct build *b, struct cm_node *into, const struct cm_node *value,
                        bool overwrite)
{
        size_t count = cm_node_count(value);
        if (value->type == CM_NODE_MAP)
                merge_map(b, into, value, overwrite);
        for (size_t i = 0; value->type == CM_NODE_LIST && i < count; i++)
                merge_map(b, into, cm_node_at(value, overwrite ? count - 1 - i : i), overwrite);
}

struct merges {
        const struct cm_node_member *items;
        size_t count;
};

/*
 * Takes the merge keys off the members that wait, so that the map's own can be checked for
 * duplicates alone. `all` keeps every member in its order.
 */
static int take_merges(struct build *b, struct merges *all)
{
        struct cm_node_build *t = &b->tree;
        size_t base = cm_node_build_top(t)->base;
        size_t kept = base;
        struct cm_node_member *copy =
                CM_NEW_ARRAY(t->arena, struct cm_node_member, t->count - base);
        memcpy(copy, t->entries + base, (t->count - base) * sizeof(*copy));
        *all = (struct merges){ .items = copy, .count = t->count - base };
        for (size_t i = 0; i < all->count; i++) {
                if (copy[i].key.ptr != merge_key) {
                        t->entries[kept++] = copy[i];
                        continue;
                }
                int r = check_merge(b, &copy[i]);
                if (r < 0)
                        return r;
        }
        t->count = kept;
        return 0;
}

/* Growing by doubling would leave twice the memory behind; thousands of maps may merge one. */
static void reserve(struct build *b, struct cm_node *map, const struct merges *all)
{
        size_t need = all->count;
        for (size_t i = 0; i < all->count; i++) {
                const struct cm_node *v = all->items[i].value;
                if (all->items[i].key.ptr != merge_key)
                        continue;
                need += v->type == CM_NODE_MAP ? cm_node_count(v) : 0;
                for (size_t k = 0; v->type == CM_NODE_LIST && k < cm_node_count(v); k++)
                        need += cm_node_count(cm_node_at(v, k));
        }
        struct cm_node_member *members = cm_arena_alloc_array(b->tree.arena, need, sizeof(*members),
                                                              _Alignof(struct cm_node_member));
        if (map->map.count > 0)
                memcpy(members, map->map.members, map->map.count * sizeof(*members));
        map->map.members = members;
        map->map.capacity = need;
}

static void merge_all(struct build *b, struct cm_node *node, const struct merges *all)
{
        bool overwrite = b->options->schema == CM_NODE_YAML_GO2;
        if (all->count > 0)
                reserve(b, node, all);
        for (size_t i = 0; i < all->count; i++) {
                const struct cm_node_member *m = &all->items[i];
                if (m->key.ptr == merge_key)
                        merge_value(b, node, m->value, overwrite);
                else if (overwrite)
                        cm_node_put(b->tree.arena, node, m->key, m->key_pos, m->value);
        }
}

static int twice(struct build *b, const struct cm_node_member *first,
                 const struct cm_node_member *again)
{
        return CM_RAISE(
                b->err, CM_E_MALFORMED,
                "YAML line %u column %u: key '%s' appears twice, first on line %u column %u",
                again->key_pos.line, again->key_pos.column, cm_escape(b->tree.arena, again->key),
                first->key_pos.line, first->key_pos.column);
}

/* A finished value of this shape hangs in the open container, or is the root. */
static int account(struct build *b, struct cm_node_pos pos, struct shape shape)
{
        struct level *top = top_level(b);
        size_t total = shape.expanded + b->expanded_before;
        if (top != NULL) {
                top->shape.expanded += shape.expanded;
                top->shape.height = CM_MAX(top->shape.height, shape.height + 1);
                total = top->shape.expanded + b->expanded_before;
        } else {
                b->expanded = shape.expanded;
        }
        if (total > CM_NODE_COUNT_MAX)
                return over_count(b, pos);
        return b->tree.depth + shape.height > CM_NODE_DEPTH_MAX ? over_depth(b, pos) : 0;
}

static int close_one(struct build *b)
{
        struct cm_node *node = cm_node_build_top(&b->tree)->node;
        const struct level level = *top_level(b);
        struct merges merges = { 0 };
        int r = level.merges ? take_merges(b, &merges) : 0;
        if (r < 0)
                return r;
        struct cm_node_member first;
        struct cm_node_member again;
        if (cm_node_build_close(&b->tree, &first, &again) > 0 && !b->options->last_key_wins)
                return twice(b, &first, &again);
        merge_all(b, node, &merges);
        if (level.anchor != NULL) {
                level.anchor->shape = level.shape;
                level.anchor->open = false;
        }
        return account(b, node->pos, level.shape);
}

/* After a value: the maps that stand for its tags end with it. */
static int close_wraps(struct build *b)
{
        int r = 0;
        while (r == 0 && b->tree.depth > 0 && top_level(b)->wraps)
                r = close_one(b);
        return r;
}

static int close_container(struct build *b)
{
        CM_ASSERT(b->tree.depth > 0);
        int r = close_one(b);
        return r < 0 ? r : close_wraps(b);
}

static int open_container(struct build *b, struct cm_node *n, struct anchor *anchor)
{
        if (n == NULL)
                return over_count(b, (struct cm_node_pos){ b->line, 1 });
        if (!cm_node_build_open(&b->tree, n))
                return over_depth(b, n->pos);
        *top_level(b) = (struct level){ .shape = { .expanded = 1 }, .anchor = anchor };
        if (anchor != NULL)
                anchor->node = n;
        return 0;
}

static int place_scalar(struct build *b, struct cm_node *n, struct anchor *anchor)
{
        const struct shape shape = { .expanded = 1 };
        cm_node_build_place(&b->tree, n);
        if (anchor != NULL)
                *anchor = (struct anchor){ .node = n, .shape = shape };
        return account(b, n->pos, shape);
}

static int define_anchor(struct build *b, struct fy_token *token, struct cm_node_pos pos,
                         struct anchor **ret)
{
        struct cm_sv name;
        *ret = NULL;
        if (token == NULL)
                return 0;
        int r = token_text(b, token, pos, &name);
        if (r < 0)
                return r;
        if (b->anchors.arena == NULL)
                cm_map_init(&b->anchors, b->tree.arena);
        *ret = CM_NEW(b->tree.arena, struct anchor);
        (*ret)->open = true;
        cm_map_put(&b->anchors, name, *ret);
        return 0;
}

static int find_anchor(struct build *b, struct fy_event *e, struct cm_node_pos pos,
                       const struct anchor **ret)
{
        struct cm_sv name;
        int r = token_text(b, e->alias.anchor, pos, &name);
        if (r < 0)
                return r;
        *ret = b->anchors.arena == NULL ? NULL : cm_map_get(&b->anchors, name);
        if (*ret == NULL)
                return fail_at(b, pos, CM_E_MALFORMED, "alias of an anchor that does not exist");
        if ((*ret)->open)
                return fail_at(b, pos, CM_E_MALFORMED, "alias of a value that contains it");
        return 0;
}

static int set_key(struct build *b, struct cm_sv key, struct cm_node_pos pos, bool plain)
{
        struct cm_node_level *top = cm_node_build_top(&b->tree);
        top->key = key;
        if (plain && cm_sv_eq(key, CM_SV("<<"))) {
                top->key.ptr = merge_key;
                top_level(b)->merges = true;
        }
        top->key_pos = pos;
        top->has_key = true;
        return 0;
}

static int on_alias(struct build *b, struct fy_event *e, struct cm_node_pos pos)
{
        const struct anchor *anchor = NULL;
        int r = find_anchor(b, e, pos, &anchor);
        if (r < 0)
                return r;
        if (cm_node_build_wants_key(&b->tree))
                return anchor->node->type == CM_NODE_STRING
                               ? set_key(b, anchor->node->text, pos, false)
                               : fail_at(b, pos, CM_E_MALFORMED, "key is not text");
        cm_node_build_place(&b->tree, anchor->node);
        r = account(b, pos, anchor->shape);
        return r < 0 ? r : close_wraps(b);
}

/* Opens {"Fn::X": ...} for "!X"; *anchor goes to the outer map. */
static int open_wrap(struct build *b, struct cm_sv tag, struct cm_node_pos pos,
                     struct anchor **anchor)
{
        if (!b->options->cloudformation || tag.len < 2 || tag.ptr[0] != '!')
                return 0;
        struct cm_sv name = cm_sv_skip(tag, 1);
        bool bare = cm_sv_eq(name, CM_SV("Ref")) || cm_sv_eq(name, CM_SV("Condition"));
        int r = open_container(b, cm_node_build_new(&b->tree, CM_NODE_MAP, pos), *anchor);
        if (r < 0)
                return r;
        *anchor = NULL;
        top_level(b)->wraps = true;
        struct cm_sv key = bare ? cm_sv_dup(b->tree.arena, name)
                                : cm_sv_join(b->tree.arena, CM_SV("Fn::"), name);
        return set_key(b, key, pos, false);
}

/* "!GetAtt a.b.c": the resource ends at the first point. */
static int place_get_att(struct build *b, struct cm_sv text, struct cm_node_pos pos)
{
        struct cm_sv parts[2];
        CM_IGNORE(cm_sv_cut(text, '.', &parts[0], &parts[1]));
        int r = open_container(b, cm_node_build_new(&b->tree, CM_NODE_LIST, pos), NULL);
        for (size_t i = 0; r == 0 && i < CM_ARRAY_LEN(parts); i++) {
                struct cm_node *n = cm_node_build_new(&b->tree, CM_NODE_STRING, pos);
                if (n == NULL)
                        return over_count(b, pos);
                n->text = parts[i];
                n->pos.column += (uint32_t)(i == 0 ? 0 : parts[0].len + 1);
                r = place_scalar(b, n, NULL);
        }
        return r < 0 ? r : close_container(b);
}

static int mismatch(struct build *b, const struct cm_node *n, const char *what)
{
        return CM_RAISE(b->err, CM_E_MALFORMED, "YAML line %u column %u: value is not %s",
                        n->pos.line, n->pos.column, what);
}

/* "!!int" and the like, whatever the quotes say. */
static int obey_tag(struct build *b, struct cm_node *n, struct cm_sv tag, struct cm_sv text)
{
        struct cm_sv name = cm_sv_skip(tag, sizeof("tag:yaml.org,2002:") - 1);
        bool known = cm_sv_has_prefix(tag, CM_SV("tag:yaml.org,2002:"));
        bool text_tag = cm_sv_eq(tag, CM_SV("!")) && b->options->schema != CM_NODE_YAML_GO3;
        if (text_tag || (known && cm_sv_eq(name, CM_SV("str")))) {
                n->type = CM_NODE_STRING;
                n->text = text;
                return 0;
        }
        if (!known)
                return 0;
        struct cm_node typed = *n;
        cm_node_yaml_resolve(&typed, text, b->options->schema);
        if (cm_sv_eq(name, CM_SV("int"))) {
                if (typed.type != CM_NODE_INT)
                        return mismatch(b, n, "an integer");
        } else if (cm_sv_eq(name, CM_SV("float"))) {
                if (typed.type == CM_NODE_INT) {
                        typed.type = CM_NODE_REAL;
                        typed.real = (double)typed.integer;
                } else if (typed.type != CM_NODE_REAL) {
                        return mismatch(b, n, "a number");
                }
        } else if (cm_sv_eq(name, CM_SV("bool"))) {
                if (typed.type != CM_NODE_BOOL)
                        return mismatch(b, n, "a boolean");
        } else if (cm_sv_eq(name, CM_SV("null"))) {
                if (typed.type != CM_NODE_NULL)
                        return mismatch(b, n, "null");
        } else {
                return 0;
        }
        *n = typed;
        return 0;
}

static int on_key(struct build *b, struct fy_event *e, struct cm_node_pos pos)
{
        struct cm_sv text;
        struct anchor *anchor = NULL;
        int r = token_text(b, e->scalar.value, pos, &text);
        if (r == 0)
                r = define_anchor(b, e->scalar.anchor, pos, &anchor);
        if (r < 0)
                return r;
        if (anchor != NULL) {
                struct cm_node *n = cm_node_build_new(&b->tree, CM_NODE_STRING, pos);
                if (n == NULL)
                        return over_count(b, pos);
                n->text = text;
                *anchor = (struct anchor){ .node = n, .shape = { .expanded = 1 } };
        }
        return set_key(b, text, pos,
                       e->scalar.value != NULL &&
                               fy_token_scalar_style(e->scalar.value) == FYSS_PLAIN);
}

static int on_scalar(struct build *b, struct fy_event *e, struct cm_node_pos pos)
{
        struct cm_sv text;
        struct cm_sv tag;
        struct anchor *anchor = NULL;
        int r = token_text(b, e->scalar.value, pos, &text);
        if (r == 0)
                r = token_text(b, e->scalar.tag, pos, &tag);
        if (r == 0)
                r = define_anchor(b, e->scalar.anchor, pos, &anchor);
        if (r == 0)
                r = open_wrap(b, tag, pos, &anchor);
        if (r < 0)
                return r;
        struct cm_node *n = cm_node_build_new(&b->tree, CM_NODE_STRING, pos);
        if (n == NULL)
                return over_count(b, pos);
        struct fy_token *value = e->scalar.value;
        n->text = text;
        if (value == NULL || fy_token_scalar_style(value) == FYSS_PLAIN)
                cm_node_yaml_resolve(n, text, b->options->schema);
        if (b->tree.depth == 0)
                b->root_is_empty = text.len == 0 && n->type == CM_NODE_NULL && tag.len == 0;
        if (b->options->cloudformation && cm_sv_eq(tag, CM_SV("!GetAtt")))
                return place_get_att(b, text, pos);
        if (tag.len > 0)
                r = obey_tag(b, n, tag, text);
        if (r == 0)
                r = place_scalar(b, n, anchor);
        return r < 0 ? r : close_wraps(b);
}

static int on_start(struct build *b, struct fy_event *e, struct cm_node_pos pos)
{
        struct cm_sv tag;
        struct anchor *anchor = NULL;
        if (cm_node_build_wants_key(&b->tree))
                return fail_at(b, pos, CM_E_MALFORMED, "key is not a scalar");
        int r = token_text(b, fy_event_get_tag_token(e), pos, &tag);
        if (r == 0)
                r = define_anchor(b, fy_event_get_anchor_token(e), pos, &anchor);
        if (r == 0)
                r = open_wrap(b, tag, pos, &anchor);
        if (r < 0)
                return r;
        enum cm_node_type type = e->type == FYET_MAPPING_START ? CM_NODE_MAP : CM_NODE_LIST;
        return open_container(b, cm_node_build_new(&b->tree, type, pos), anchor);
}

static void begin_document(struct build *b, struct cm_node_pos pos)
{
        b->tree.root = NULL;
        b->root_is_empty = false;
        b->anchors = (struct cm_map){ 0 };
        b->expanded_before += b->expanded;
        b->expanded = 0;
        b->doc_pos = pos;
}

/* Gives the document out, and uses its memory for the next one. */
static int give_document(struct build *b, const struct cm_node_doc *doc)
{
        int r = b->each(b->each_ctx, doc, b->err);
        const size_t nodes = b->tree.nodes;
        struct cm_arena *arena = b->tree.arena;
        cm_arena_reset(arena);
        b->tree = (struct cm_node_build){ .arena = arena, .nodes = nodes };
        return r;
}

static int end_document(struct build *b)
{
        if (b->tree.root == NULL || b->root_is_empty)
                return 0;
        const struct cm_node_doc doc = { .root = b->tree.root,
                                         .pos = b->doc_pos.line == 0 ? b->tree.root->pos
                                                                     : b->doc_pos };
        if (b->each != NULL)
                return give_document(b, &doc);
        *CM_VEC_PUSH(b->tree.arena, &b->docs) = doc;
        return 0;
}

static int on_event(void *ctx, struct fy_event *e)
{
        struct build *b = ctx;
        const struct fy_mark *mark = fy_event_start_mark(e);
        switch (e->type) {
        case FYET_SCALAR: {
                struct cm_node_pos pos = scalar_pos(b, e);
                return cm_node_build_wants_key(&b->tree) ? on_key(b, e, pos) : on_scalar(b, e, pos);
        }
        case FYET_SEQUENCE_START:
        case FYET_MAPPING_START:
                return on_start(b, e, pos_of(b, mark));
        case FYET_SEQUENCE_END:
        case FYET_MAPPING_END:
                return close_container(b);
        case FYET_ALIAS:
                return on_alias(b, e, sigil_pos(b, mark, '*'));
        case FYET_DOCUMENT_START:
                begin_document(b, mark == NULL ? (struct cm_node_pos){ 0 } : pos_of(b, mark));
                return 0;
        case FYET_DOCUMENT_END:
                return end_document(b);
        case FYET_NONE:
        case FYET_STREAM_START:
        case FYET_STREAM_END:
                return 0;
        }
        return 0;
}

/* JSON of one line may be larger than the limit on tokens: it has a reader that needs none. */
static int parse_as_json(struct cm_arena *arena, struct cm_sv text,
                         const struct cm_node_yaml_options *options,
                         const struct cm_node_doc **ret_docs, struct cm_err *err)
{
        const struct cm_node_json_options json = { .refuse_duplicate_keys =
                                                           !options->last_key_wins };
        const struct cm_err limit = *err;
        struct cm_node_json_result result;
        cm_err_clear(err);
        int r = cm_node_parse_json(arena, text, &json, &result, err);
        if (r == -(int)CM_E_MALFORMED) {
                *err = limit; /* it is YAML after all */
                return -(int)CM_E_LIMIT;
        }
        if (r < 0)
                return r;
        struct cm_node_doc *doc = CM_NEW(arena, struct cm_node_doc);
        doc->root = result.root;
        doc->pos = result.root->pos;
        *ret_docs = doc;
        return 0;
}

static bool looks_like_json(struct cm_sv text)
{
        text = cm_sv_trim(text);
        return cm_sv_has_prefix(text, CM_SV("{")) || cm_sv_has_prefix(text, CM_SV("["));
}

static int check_text(struct cm_sv text, struct cm_err *err)
{
        if (text.len > CM_NODE_BYTES_MAX)
                return CM_RAISE(err, CM_E_LIMIT,
                                "YAML text of %zu bytes is over limit node_bytes_max (%zu)",
                                text.len, CM_NODE_BYTES_MAX);
        return cm_yaml_check_bytes(text, true, err);
}

/* `scratch` is the parser's, the trees go where `b` says. */
static int walk(struct build *b, struct cm_arena *scratch, struct cm_sv text, struct cm_err *err)
{
        b->text = text;
        b->line = 1;
        b->err = err;
        struct cm_yaml_stream stream CM_CLEANUP(cm_yaml_stream_close) = { 0 };
        int r = cm_yaml_stream_open(&stream, scratch, text, b->options->schema == CM_NODE_YAML_TEXT,
                                    err);
        return r < 0 ? r : cm_yaml_stream_walk(&stream, on_event, b, err);
}

int cm_node_parse_yaml(struct cm_arena *arena, struct cm_sv text,
                       const struct cm_node_yaml_options *options,
                       const struct cm_node_doc **ret_docs, size_t *ret_count, struct cm_err *err)
{
        int r = check_text(text, err);
        if (r == -(int)CM_E_LIMIT && text.len <= CM_NODE_BYTES_MAX && looks_like_json(text) &&
            options->schema != CM_NODE_YAML_TEXT) {
                r = parse_as_json(arena, text, options, ret_docs, err);
                if (r == 0)
                        *ret_count = 1;
                return r;
        }
        if (r < 0)
                return r;
        struct build *b = CM_NEW(arena, struct build);
        b->tree.arena = arena;
        b->options = options;
        r = walk(b, arena, text, err);
        if (r < 0)
                return r;
        *ret_docs = b->docs.items;
        *ret_count = b->docs.count;
        return 0;
}

int cm_node_walk_yaml(struct cm_arena *arena, struct cm_sv text,
                      const struct cm_node_yaml_options *options,
                      int (*each)(void *ctx, const struct cm_node_doc *doc, struct cm_err *err),
                      void *ctx, struct cm_err *err)
{
        int r = check_text(text, err);
        if (r < 0)
                return r;
        struct cm_arena *scratch CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(SCRATCH_BYTES_MAX);
        struct build *b = CM_NEW(scratch, struct build);
        b->tree.arena = arena;
        b->options = options;
        b->each = each;
        b->each_ctx = ctx;
        return walk(b, scratch, text, err);
}
