/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See text_edit.h. An edit is first brought to one of four forms: a value takes another's place, a
 * member or item is put behind the last one, or one is taken out; each in flow or block style.
 */
#include "base/limits.h"
#include "codec/node_json.h"
#include "codec/node_patch.h"
#include "codec/pointer.h"
#include "codec/text_edit_internal.h"
#include "codec/text_write.h"

int cm_te_refuse(struct cm_te_editor *e, struct cm_node_pos pos, const char *why)
{
        return CM_RAISE(e->err, CM_E_UNSUPPORTED, "line %u: %s: change it by hand", pos.line, why);
}

/* The part of the text from `from` to `to` becomes `middle`. */
void cm_te_splice(struct cm_te_editor *e, size_t from, size_t to, struct cm_sv middle)
{
        struct cm_sv text = e->scan.text;
        cm_buf_clear(&e->out);
        cm_buf_put_sv(&e->out, cm_sv_slice(text, 0, from));
        cm_buf_put_sv(&e->out, middle);
        cm_buf_put_sv(&e->out, cm_sv_skip(text, to));
}

/* Where a member's key, or an item, begins. */
size_t cm_te_child_start(const struct cm_te_editor *e, const struct cm_node *n, size_t number)
{
        return cm_text_scan_offset(&e->scan, n->type == CM_NODE_MAP ? n->map.members[number].key_pos
                                                                    : n->list.items[number]->pos);
}

size_t cm_te_child_end(const struct cm_te_editor *e, const struct cm_node *n, size_t number)
{
        size_t at = cm_text_scan_offset(&e->scan, cm_node_child(n, number)->pos);
        return at == SIZE_MAX ? at : cm_text_scan_value_end(&e->scan, at, true);
}

/* How often a node hangs in the tree, up to twice. The depth is bounded by its reader. */
static size_t count_of(const struct cm_node *tree, const struct cm_node *wanted)
{
        size_t count = tree == wanted ? 1 : 0;
        for (size_t i = 0; i < cm_node_count(tree) && count < 2; i++)
                count += count_of(cm_node_child(tree, i), wanted);
        return count;
}

static struct cm_sv value_text(struct cm_te_editor *e, const struct cm_node *value, size_t old)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&buf, CM_MIB(1));
        char quote = cm_text_scan_at(&e->scan, old);
        struct cm_sv text = cm_node_string(value);
        bool is_simple = cm_sv_find_char(text, '\'') < 0;
        for (size_t i = 0; i < text.len; i++)
                is_simple = is_simple && (unsigned char)text.ptr[i] >= ' ';
        if (value->type == CM_NODE_STRING && quote == '"') {
                cm_node_write_json(&buf, value);
        } else if (value->type == CM_NODE_STRING && quote == '\'' && is_simple) {
                cm_buf_put_char(&buf, '\'');
                cm_buf_put_sv(&buf, text);
                cm_buf_put_char(&buf, '\'');
        } else {
                cm_text_write_flow(&buf, value, e->is_json);
        }
        return cm_sv_dup(e->arena, cm_buf_sv(&buf));
}

/* Behind "key:" of the last step, or SIZE_MAX: an item, or the root. */
static size_t colon_of(const struct cm_te_editor *e)
{
        if (e->depth == 0)
                return SIZE_MAX;
        const struct cm_te_step *parent = &e->steps[e->depth - 1];
        if (parent->node->type != CM_NODE_MAP)
                return SIZE_MAX;
        size_t at = cm_te_child_start(e, parent->node, e->steps[e->depth].number);
        return at == SIZE_MAX ? at : cm_text_scan_colon(&e->scan, at, parent->is_flow);
}

/* "key:" with nothing behind it gets a value. */
static int fill(struct cm_te_editor *e, const struct cm_node *value)
{
        const struct cm_te_step *step = &e->steps[e->depth];
        const struct cm_te_step *parent = &e->steps[e->depth - 1];
        size_t colon = colon_of(e);
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        if (colon == SIZE_MAX || !cm_text_scan_is_rest_blank(&e->scan, colon) || parent->is_flow)
                return cm_te_refuse(e, step->node->pos, "this value has no place of its own");
        cm_buf_init(&buf, CM_MIB(1));
        cm_text_write_value(&buf, value, parent->node->map.members[step->number].key_pos.column + 1,
                            e->eol);
        struct cm_sv text = cm_sv_dup(e->arena, cm_buf_sv(&buf));
        /* A comment behind "key:" stays there when the value comes on lines of its own. */
        size_t line = cm_text_scan_line_of(&e->scan, colon);
        size_t at = text.ptr[0] == ' ' ? colon : cm_text_scan_line_end(&e->scan, line);
        cm_te_splice(e, at, at, text);
        return 0;
}

/* The lines of a block container go; what takes its place stands behind "key:". */
static int replace_block(struct cm_te_editor *e, const struct cm_node *value)
{
        const struct cm_te_step *step = &e->steps[e->depth];
        size_t colon = colon_of(e);
        struct cm_node_pos pos = step->node->pos;
        if (colon == SIZE_MAX || cm_text_scan_line_of(&e->scan, colon) >= pos.line)
                return cm_te_refuse(e, pos, "this block has no line of its own");
        size_t first = cm_text_scan_line_start(&e->scan, pos.line);
        size_t behind = cm_text_scan_block_end(&e->scan, pos.line, pos.column,
                                               step->node->type == CM_NODE_MAP ? CM_TEXT_SAME_ANY
                                                                               : CM_TEXT_SAME_DASH);
        struct cm_sv kept = cm_sv_slice(e->scan.text, colon, first);
        struct cm_sv text = value_text(e, value, SIZE_MAX);
        cm_te_splice(e, colon, cm_text_scan_line_start(&e->scan, behind),
                     cm_sv_printf(e->arena, " %.*s%.*s", CM_SV_ARG(text), CM_SV_ARG(kept)));
        return 0;
}

static int replace(struct cm_te_editor *e, const struct cm_node *value)
{
        const struct cm_te_step *step = &e->steps[e->depth];
        bool is_container = step->node->type == CM_NODE_MAP || step->node->type == CM_NODE_LIST;
        if (is_container && !step->is_flow)
                return replace_block(e, value);
        bool in_flow = e->depth > 0 ? e->steps[e->depth - 1].is_flow : false;
        size_t end = cm_text_scan_value_end(&e->scan, step->offset, in_flow);
        if (step->node->type == CM_NODE_NULL && e->depth > 0 && !in_flow) {
                size_t colon = colon_of(e);
                if (colon != SIZE_MAX && cm_text_scan_is_rest_blank(&e->scan, colon))
                        return fill(e, value);
        }
        if (end == SIZE_MAX)
                return cm_te_refuse(e, step->node->pos, "this value is not written on one line");
        cm_te_splice(e, step->offset, end, value_text(e, value, step->offset));
        return 0;
}

static int remove_child(struct cm_te_editor *e)
{
        if (e->depth == 0)
                return cm_te_refuse(e, e->steps[0].node->pos, "a whole document is not left out");
        size_t number = e->steps[e->depth].number;
        const struct cm_te_step *parent = &e->steps[e->depth - 1];
        if (parent->is_flow)
                return cm_te_remove_flow(e, parent, number);
        if (cm_node_count(parent->node) > 1)
                return cm_te_remove_block(e, parent, number);
        /* Nothing behind "key:" would be null, not an empty container. */
        const struct cm_node *empty = parent->node->type == CM_NODE_MAP
                                              ? cm_node_new_map(e->arena, parent->node->pos)
                                              : cm_node_new_list(e->arena, parent->node->pos);
        e->depth--;
        return replace(e, empty);
}

static int push(struct cm_te_editor *e, const struct cm_node *n, size_t number)
{
        bool in_flow =
                e->depth > 0 || e->steps[0].node != NULL ? e->steps[e->depth].is_flow : false;
        size_t depth = e->steps[0].node == NULL ? 0 : e->depth + 1;
        size_t count = 0;
        for (size_t i = 0; i < e->doc_count && count < 2; i++)
                count += count_of(e->docs[i].root, n);
        if (count != 1)
                return cm_te_refuse(e, n->pos, "an alias shares this value");
        if (depth > CM_NODE_DEPTH_MAX)
                return cm_te_refuse(e, n->pos, "nesting is too deep");
        size_t offset = cm_text_scan_offset(&e->scan, n->pos);
        if (offset == SIZE_MAX)
                return cm_te_refuse(e, n->pos, "this value has no place of its own");
        char c = cm_text_scan_at(&e->scan, offset);
        bool is_container = n->type == CM_NODE_MAP || n->type == CM_NODE_LIST;
        e->steps[depth] =
                (struct cm_te_step){ n, offset, number,
                                     in_flow || (is_container && (c == '{' || c == '[')) };
        e->depth = depth;
        return 0;
}

/* A value in the maps that are missing around it. */
static const struct cm_node *wrap(struct cm_te_editor *e, struct cm_sv rest,
                                  const struct cm_node *value)
{
        struct cm_sv token;
        if (!cm_pointer_next(e->arena, &rest, &token))
                return value;
        struct cm_node *map = cm_node_new_map(e->arena, (struct cm_node_pos){ 0 });
        cm_node_put(e->arena, map, token, (struct cm_node_pos){ 0 }, wrap(e, rest, value));
        return map;
}

/* Goes down as far as there are nodes, and changes the text there. */
static int change(struct cm_te_editor *e, const struct cm_text_edit *edit)
{
        struct cm_sv rest = edit->pointer;
        struct cm_sv token = CM_SV("");
        int r = push(e, e->docs[edit->document].root, 0);
        while (r == 0) {
                const struct cm_node *n = e->steps[e->depth].node;
                struct cm_sv before = rest;
                if (n->type == CM_NODE_NULL && edit->value != NULL && rest.len > 0)
                        return replace(e, wrap(e, before, edit->value));
                if (!cm_pointer_next(e->arena, &rest, &token))
                        return edit->value == NULL ? remove_child(e) : replace(e, edit->value);
                size_t number = cm_pointer_child(n, token);
                if (number < cm_node_count(n)) {
                        r = push(e, cm_node_child(n, number), number);
                        continue;
                }
                bool is_map = n->type == CM_NODE_MAP;
                if (edit->value == NULL || (!is_map && n->type != CM_NODE_LIST))
                        return cm_te_refuse(e, n->pos, "there is no such value");
                const struct cm_node *value = wrap(e, rest, edit->value);
                return e->steps[e->depth].is_flow ? cm_te_add_flow(e, token, value)
                                                  : cm_te_add_block(e, token, value);
        }
        return r;
}

/* Did the text become what was wanted, and nothing else? */
static int prove(struct cm_te_editor *e, enum cm_node_yaml_schema schema,
                 const struct cm_text_edit *edit, const struct cm_node *wanted, struct cm_sv *ret)
{
        struct cm_err problem = CM_ERR_INIT;
        const struct cm_node_doc *docs = NULL;
        size_t count = 0;
        struct cm_sv text = cm_sv_dup(e->arena, cm_buf_sv(&e->out));
        bool is_same = !e->out.overflow &&
                       cm_text_edit_read(e->arena, text, schema, &docs, &count, &problem) == 0 &&
                       count == e->doc_count;
        for (size_t i = 0; i < count && is_same; i++)
                is_same = cm_node_is_same(docs[i].root,
                                          i == edit->document ? wanted : e->docs[i].root);
        if (!is_same)
                return cm_te_refuse(e, e->steps[e->depth].node->pos,
                                    "the way this is written does not allow the change");
        *ret = text;
        return 0;
}

int cm_text_edit(struct cm_arena *arena, struct cm_sv text, enum cm_node_yaml_schema schema,
                 const struct cm_text_edit *edit, struct cm_sv *ret, struct cm_err *err)
{
        struct cm_te_editor *e = CM_NEW(arena, struct cm_te_editor);
        const struct cm_node *wanted = NULL;
        e->arena = arena;
        e->err = err;
        cm_text_scan_init(&e->scan, arena, text);
        e->eol = e->scan.is_crlf ? CM_SV("\r\n") : CM_SV("\n");
        if (e->scan.has_lone_cr)
                return CM_RAISE(err, CM_E_UNSUPPORTED, "lines end with a lone carriage return");
        int r = cm_text_edit_read(arena, text, schema, &e->docs, &e->doc_count, err);
        if (r < 0)
                return r;
        if (edit->document >= e->doc_count)
                return CM_RAISE(err, CM_E_MALFORMED, "there is no document %zu", edit->document);
        char first = cm_text_scan_at(&e->scan, cm_text_scan_offset(&e->scan, e->docs[0].root->pos));
        e->is_json = first == '{' || first == '[';
        const struct cm_node *root = e->docs[edit->document].root;
        r = cm_node_with(arena, root, edit->pointer, edit->value, &wanted, err);
        if (r < 0)
                return r;
        if (wanted != NULL && cm_node_is_same(wanted, root)) {
                *ret = text; /* is so already */
                return 0;
        }
        cm_buf_init(&e->out, CM_NODE_BYTES_MAX);
        r = change(e, edit);
        if (r == 0)
                r = prove(e, schema, edit, wanted, ret);
        cm_buf_fini(&e->out);
        return r;
}
