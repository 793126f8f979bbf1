/* SPDX-License-Identifier: Apache-2.0 */
/* One instruction as a node, with the values of its words; see docs/formats/dockerfile-view.md. */
#include "base/escape.h"
#include "base/limits.h"
#include "codec/dockerfile_internal.h"

void cm_df_put(struct cm_arena *arena, struct cm_node *map, const char *key,
               const struct cm_node *value)
{
        cm_node_put(arena, map, cm_sv_from_cstr(key), value->pos, value);
}

void cm_df_put_text(struct cm_arena *arena, struct cm_node *map, const char *key,
                    struct cm_node_pos pos, struct cm_sv text)
{
        cm_df_put(arena, map, key, cm_node_new_string(arena, pos, text));
}

static void put_int(struct cm_arena *arena, struct cm_node *map, const char *key, uint64_t v)
{
        cm_df_put(arena, map, key, cm_node_new_int(arena, map->pos, (int64_t)v));
}

static void put_bool(struct cm_arena *arena, struct cm_node *map, const char *key, bool v)
{
        cm_df_put(arena, map, key, cm_node_new_bool(arena, map->pos, v));
}

static enum cm_df_var unknown(void *ctx, struct cm_sv name, struct cm_sv *ret_value)
{
        (void)ctx;
        (void)name;
        (void)ret_value;
        return CM_DF_UNKNOWN;
}

static int expand(struct cm_df_view *v, const struct cm_df_instruction *in,
                  const struct cm_df_word *word, struct cm_df_expansion *ret)
{
        const struct cm_df_lex_options options = {
                .escape = v->df->escape,
                .get = v->scope == NULL ? unknown : cm_df_scope_get,
                .ctx = v->scope,
                .work = v->pattern_work,
        };
        *ret = (struct cm_df_expansion){ 0 };
        cm_df_expand(v->df->arena, word->text, &options, ret);
        *v->expanded += ret->text.len;
        if (*v->expanded > CM_DOCKERFILE_EXPANDED_MAX)
                return CM_RAISE(v->err, CM_E_LIMIT,
                                "Dockerfile line %u: variables give more text than limit "
                                "dockerfile_expanded_max (%zu)",
                                in->start_line, CM_DOCKERFILE_EXPANDED_MAX);
        if (ret->error != NULL) {
                cm_df_error(v->df, cm_text_map_pos(&in->map, word->offset), "'%s': %s",
                            cm_escape(v->df->arena, word->text), ret->error);
                ret->unknown = true;
        }
        return 0;
}

static struct cm_node *value_node(struct cm_arena *arena, struct cm_node_pos pos, bool known,
                                  struct cm_sv text)
{
        return known ? cm_node_new_string(arena, pos, text) : cm_node_new_null(arena, pos);
}

int cm_df_value(struct cm_df_view *v, const struct cm_df_instruction *in,
                const struct cm_df_word *word, struct cm_node **ret)
{
        struct cm_df_expansion e;
        int r = expand(v, in, word, &e);
        if (r < 0)
                return r;
        *ret = value_node(v->df->arena, cm_text_map_pos(&in->map, word->offset), !e.unknown,
                          e.text);
        return 0;
}

/* "values": what the words of the instructions that expand variables come to. */
static int add_values(struct cm_df_view *v, const struct cm_df_instruction *in,
                      struct cm_node *node)
{
        static const char *const expanding[] = { "add",  "copy",   "expose",  "from", "stopsignal",
                                                 "user", "volume", "workdir", NULL };
        struct cm_arena *arena = v->df->arena;
        bool splits = cm_sv_eq(in->cmd, CM_SV("expose"));
        if (!cm_sv_is_any(in->cmd, expanding))
                return 0;
        struct cm_node *values = cm_node_new_list(arena, node->pos);
        struct cm_node *names = cm_node_new_list(arena, node->pos);
        for (size_t i = 0; i < in->words.count; i++) {
                struct cm_df_expansion e;
                struct cm_node_pos pos = cm_text_map_pos(&in->map, in->words.items[i].offset);
                int r = expand(v, in, &in->words.items[i], &e);
                if (r < 0)
                        return r;
                for (size_t k = 0; k < e.unknown_names.count; k++)
                        cm_node_add(arena, names,
                                    cm_node_new_string(arena, pos, e.unknown_names.items[k]));
                for (size_t k = 0; splits && !e.unknown && k < e.words.count; k++)
                        cm_node_add(arena, values,
                                    cm_node_new_string(arena, pos, e.words.items[k]));
                if (!splits || e.unknown)
                        cm_node_add(arena, values, value_node(arena, pos, !e.unknown, e.text));
        }
        cm_df_put(arena, node, "values", values);
        cm_df_put(arena, node, "unknown", names);
        return 0;
}

static struct cm_node *pair_node(struct cm_arena *arena, const struct cm_df_instruction *in,
                                 const struct cm_df_pair *pair)
{
        struct cm_node *n = cm_node_new_map(arena, cm_text_map_pos(&in->map, pair->name.offset));
        put_bool(arena, n, "legacy", pair->legacy);
        if (pair->has_value)
                cm_df_put_text(arena, n, "raw", cm_text_map_pos(&in->map, pair->value.offset),
                               pair->value.text);
        return n;
}

struct definition {
        struct cm_sv name;
        enum cm_df_var state;
        struct cm_sv value;
};

static int add_pair(struct cm_df_view *v, const struct cm_df_instruction *in,
                    const struct cm_df_pair *pair, struct cm_node *list, struct definition *ret)
{
        struct cm_arena *arena = v->df->arena;
        struct cm_node *n = pair_node(arena, in, pair);
        struct cm_df_expansion name;
        struct cm_df_expansion value = { .unknown = true };
        int r = expand(v, in, &pair->name, &name);
        if (r == 0 && pair->has_value)
                r = expand(v, in, &pair->value, &value);
        if (r < 0)
                return r;
        struct cm_sv known = name.unknown ? pair->name.text : name.text;
        cm_df_put_text(arena, n, "name", n->pos, known);
        cm_df_put_text(arena, n, "name_raw", n->pos, pair->name.text);
        cm_df_put(
                arena, n, "value",
                value_node(arena,
                           pair->has_value ? cm_text_map_pos(&in->map, pair->value.offset) : n->pos,
                           !value.unknown, value.text));
        cm_node_add(arena, list, n);
        *ret = (struct definition){ known, value.unknown ? CM_DF_UNKNOWN : CM_DF_SET, value.text };
        return 0;
}

/* "pairs" of ENV, LABEL and ARG. One ENV sees the variables as they were before it, ARG does not. */
static int add_pairs(struct cm_df_view *v, const struct cm_df_instruction *in, struct cm_node *node)
{
        struct cm_arena *arena = v->df->arena;
        bool env = cm_sv_eq(in->cmd, CM_SV("env"));
        bool arg = cm_sv_eq(in->cmd, CM_SV("arg"));
        if (!env && !arg && !cm_sv_eq(in->cmd, CM_SV("label")))
                return 0;
        struct cm_node *pairs = cm_node_new_list(arena, node->pos);
        CM_VEC(struct definition) later = { 0 };
        for (size_t i = 0; i < in->pairs.count; i++) {
                const struct cm_df_pair *pair = &in->pairs.items[i];
                struct definition d;
                int r = add_pair(v, in, pair, pairs, &d);
                if (r < 0)
                        return r;
                if (arg && v->scope != NULL && !pair->has_value)
                        cm_df_scope_declare(v->scope, d.name);
                else if (arg && v->scope != NULL)
                        cm_df_scope_set(v->scope, d.name, d.state, d.value);
                else if (env)
                        *CM_VEC_PUSH(arena, &later) = d;
        }
        for (size_t i = 0; v->scope != NULL && i < later.count; i++)
                cm_df_scope_set(v->scope, later.items[i].name, later.items[i].state,
                                later.items[i].value);
        cm_df_put(arena, node, "pairs", pairs);
        return 0;
}

static void add_heredocs(struct cm_arena *arena, const struct cm_df_instruction *in,
                         struct cm_node *node)
{
        struct cm_node *list = cm_node_new_list(arena, node->pos);
        for (size_t i = 0; i < in->heredocs.count; i++) {
                const struct cm_df_heredoc *doc = &in->heredocs.items[i];
                struct cm_node *n = cm_node_new_map(arena, (struct cm_node_pos){ doc->line, 1 });
                cm_df_put_text(arena, n, "name", n->pos, doc->name);
                cm_df_put_text(arena, n, "content", n->pos, doc->content);
                put_int(arena, n, "fd", doc->fd);
                put_bool(arena, n, "expand", doc->expand);
                put_bool(arena, n, "chomp", doc->chomp);
                put_int(arena, n, "line", doc->line);
                put_int(arena, n, "end_line", doc->end_line);
                cm_node_add(arena, list, n);
        }
        cm_df_put(arena, node, "heredocs", list);
}

static void add_comments(struct cm_df_view *v, const struct cm_df_instruction *in,
                         struct cm_node *node)
{
        struct cm_arena *arena = v->df->arena;
        struct cm_node *comments = cm_node_new_list(arena, node->pos);
        struct cm_node *suppress = cm_node_new_list(arena, node->pos);
        for (size_t i = 0; i < in->comments.count; i++) {
                const struct cm_df_comment *c = &in->comments.items[i];
                cm_node_add(arena, comments, cm_node_new_string(arena, c->pos, c->text));
                cm_df_add_suppress(v->df, c, false, suppress);
        }
        cm_df_put(arena, node, "comments", comments);
        cm_df_put(arena, node, "suppress", suppress);
}

static void add_words(struct cm_arena *arena, const struct cm_df_instruction *in,
                      struct cm_node *node)
{
        struct cm_node *args = cm_node_new_list(arena, node->pos);
        for (size_t i = 0; i < in->words.count; i++)
                cm_node_add(arena, args,
                            cm_node_new_string(arena,
                                               cm_text_map_pos(&in->map, in->words.items[i].offset),
                                               in->words.items[i].text));
        cm_df_put(arena, node, "args", args);
}

static int add_nested(struct cm_df_view *v, const struct cm_df_instruction *in,
                      struct cm_node *node)
{
        struct cm_df_view inner = *v;
        struct cm_df_instruction nested = *in->nested;
        struct cm_node *n = NULL;
        inner.scope = NULL;
        nested.end_line = in->end_line;
        nested.raw = in->raw;
        memcpy(&nested.heredocs, &in->heredocs, sizeof(nested.heredocs));
        int r = cm_df_instruction_node(&inner, &nested, &n);
        if (r == 0)
                cm_df_put(v->df->arena, node, "onbuild", n);
        return r;
}

int cm_df_instruction_node(struct cm_df_view *v, const struct cm_df_instruction *in,
                           struct cm_node **ret)
{
        static const char *const running[] = { "run", "cmd", "entrypoint", "healthcheck", NULL };
        struct cm_arena *arena = v->df->arena;
        struct cm_node *n = cm_node_new_map(arena, cm_text_map_pos(&in->map, 0));
        cm_df_put_text(arena, n, "cmd", n->pos, in->cmd);
        cm_df_put_text(arena, n, "keyword", n->pos, in->keyword);
        put_bool(arena, n, "known", in->known);
        add_words(arena, in, n);
        put_bool(arena, n, "json", in->json);
        cm_df_put_text(arena, n, "text", cm_text_map_pos(&in->map, in->rest.offset), in->rest.text);
        cm_df_put_text(arena, n, "raw", n->pos, in->raw);
        put_int(arena, n, "line", in->start_line);
        put_int(arena, n, "end_line", in->end_line);
        put_bool(arena, n, "empty_continuation", in->empty_continuation);
        add_heredocs(arena, in, n);
        add_comments(v, in, n);
        int r = cm_df_add_flags(v, in, n);
        if (r == 0)
                r = add_values(v, in, n);
        if (r == 0)
                r = add_pairs(v, in, n);
        if (r == 0 && cm_sv_is_any(in->cmd, running))
                r = cm_df_add_commands(v, in, n);
        if (r == 0 && in->nested != NULL)
                r = add_nested(v, in, n);
        if (r == 0)
                *ret = n;
        return r;
}
