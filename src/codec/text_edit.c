/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See text_edit.h. An edit is first brought to one of four forms: a value takes another's place, a
 * member or item is put behind the last one, or one is taken out; each in flow or block style.
 */
#include "codec/text_edit.h"

#include "base/limits.h"
#include "codec/node_json.h"
#include "codec/node_patch.h"
#include "codec/pointer.h"
#include "codec/text_scan.h"
#include "codec/text_write.h"

/* A node on the way from the root, and how its text is written. */
struct step {
        const struct cm_node *node;
        size_t offset;
        size_t number; /* in its parent */
        bool is_flow;
};

struct editor {
        struct cm_arena *arena;
        struct cm_text_scan scan;
        const struct cm_node_doc *docs;
        size_t doc_count;
        bool is_json;
        struct cm_sv eol;
        struct step steps[CM_NODE_DEPTH_MAX + 1];
        size_t depth; /* of the last step */
        struct cm_buf out;
        struct cm_err *err;
};

static int refuse(struct editor *e, struct cm_node_pos pos, const char *why)
{
        return CM_RAISE(e->err, CM_E_UNSUPPORTED, "line %u: %s: change it by hand", pos.line, why);
}

/* How often a node hangs in the tree, up to twice. The depth is bounded by its reader. */
static size_t count_of(const struct cm_node *tree, const struct cm_node *wanted)
{
        size_t count = tree == wanted ? 1 : 0;
        for (size_t i = 0; i < cm_node_count(tree) && count < 2; i++)
                count += count_of(tree->type == CM_NODE_MAP ? tree->map.members[i].value
                                                            : tree->list.items[i],
                                  wanted);
        return count;
}

/* The part of the text from `from` to `to` becomes `middle`. */
static void splice(struct editor *e, size_t from, size_t to, struct cm_sv middle)
{
        struct cm_sv text = e->scan.text;
        cm_buf_clear(&e->out);
        cm_buf_put_sv(&e->out, cm_sv_slice(text, 0, from));
        cm_buf_put_sv(&e->out, middle);
        cm_buf_put_sv(&e->out, cm_sv_skip(text, to));
}

static const struct cm_node *child_of(const struct cm_node *n, size_t number)
{
        return n->type == CM_NODE_MAP ? n->map.members[number].value : n->list.items[number];
}

/* Where a member's key, or an item, begins. */
static size_t child_start(const struct editor *e, const struct cm_node *n, size_t number)
{
        return cm_text_scan_offset(&e->scan, n->type == CM_NODE_MAP ? n->map.members[number].key_pos
                                                                    : n->list.items[number]->pos);
}

static size_t child_end(const struct editor *e, const struct cm_node *n, size_t number)
{
        size_t at = cm_text_scan_offset(&e->scan, child_of(n, number)->pos);
        return at == SIZE_MAX ? at : cm_text_scan_value_end(&e->scan, at, true);
}

static struct cm_sv value_text(struct editor *e, const struct cm_node *value, size_t old)
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
static size_t colon_of(const struct editor *e)
{
        if (e->depth == 0)
                return SIZE_MAX;
        const struct step *parent = &e->steps[e->depth - 1];
        if (parent->node->type != CM_NODE_MAP)
                return SIZE_MAX;
        size_t at = child_start(e, parent->node, e->steps[e->depth].number);
        return at == SIZE_MAX ? at : cm_text_scan_colon(&e->scan, at, parent->is_flow);
}

/* "key:" with nothing behind it gets a value. */
static int fill(struct editor *e, const struct cm_node *value)
{
        const struct step *step = &e->steps[e->depth];
        const struct step *parent = &e->steps[e->depth - 1];
        size_t colon = colon_of(e);
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        if (colon == SIZE_MAX || !cm_text_scan_is_rest_blank(&e->scan, colon) || parent->is_flow)
                return refuse(e, step->node->pos, "this value has no place of its own");
        cm_buf_init(&buf, CM_MIB(1));
        cm_text_write_value(&buf, value, parent->node->map.members[step->number].key_pos.column + 1,
                            e->eol);
        struct cm_sv text = cm_sv_dup(e->arena, cm_buf_sv(&buf));
        /* A comment behind "key:" stays there when the value comes on lines of its own. */
        size_t line = cm_text_scan_line_of(&e->scan, colon);
        size_t at = text.ptr[0] == ' ' ? colon : cm_text_scan_line_end(&e->scan, line);
        splice(e, at, at, text);
        return 0;
}

/* The lines of a block container go; what takes its place stands behind "key:". */
static int replace_block(struct editor *e, const struct cm_node *value)
{
        const struct step *step = &e->steps[e->depth];
        size_t colon = colon_of(e);
        struct cm_node_pos pos = step->node->pos;
        if (colon == SIZE_MAX || cm_text_scan_line_of(&e->scan, colon) >= pos.line)
                return refuse(e, pos, "this block has no line of its own");
        size_t first = cm_text_scan_line_start(&e->scan, pos.line);
        size_t behind = cm_text_scan_block_end(&e->scan, pos.line, pos.column,
                                               step->node->type == CM_NODE_MAP ? CM_TEXT_SAME_ANY
                                                                               : CM_TEXT_SAME_DASH);
        struct cm_sv kept = cm_sv_slice(e->scan.text, colon, first);
        struct cm_sv text = value_text(e, value, SIZE_MAX);
        splice(e, colon, cm_text_scan_line_start(&e->scan, behind),
               cm_sv_printf(e->arena, " %.*s%.*s", CM_SV_ARG(text), CM_SV_ARG(kept)));
        return 0;
}

static int replace(struct editor *e, const struct cm_node *value)
{
        const struct step *step = &e->steps[e->depth];
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
                return refuse(e, step->node->pos, "this value is not written on one line");
        splice(e, step->offset, end, value_text(e, value, step->offset));
        return 0;
}

/* One more member (`key`) or item in brackets. */
static int add_flow(struct editor *e, struct cm_sv key, const struct cm_node *value)
{
        const struct step *step = &e->steps[e->depth];
        const struct cm_node *n = step->node;
        size_t count = cm_node_count(n);
        size_t end = cm_text_scan_value_end(&e->scan, step->offset, true);
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&buf, CM_MIB(1));
        if (n->type == CM_NODE_MAP) {
                struct cm_node *map = cm_node_new_map(e->arena, n->pos);
                cm_node_put(e->arena, map, key, n->pos, value);
                cm_text_write_flow(&buf, map, e->is_json);
        } else {
                cm_text_write_flow(&buf, value, e->is_json);
        }
        struct cm_sv entry = cm_sv_dup(e->arena, cm_buf_sv(&buf));
        if (n->type == CM_NODE_MAP)
                entry = cm_sv_slice(entry, 1, entry.len - 1);
        if (end == SIZE_MAX)
                return refuse(e, n->pos, "these brackets have no end");
        if (count == 0) {
                splice(e, step->offset + 1, end - 1, entry);
                return 0;
        }
        size_t first = child_start(e, n, 0);
        size_t last = child_end(e, n, count - 1);
        if (first == SIZE_MAX || last == SIZE_MAX || first < step->offset || last >= end)
                return refuse(e, n->pos, "what stands in these brackets is not simple");
        size_t line = cm_text_scan_line_of(&e->scan, first);
        if (line == cm_text_scan_line_of(&e->scan, step->offset)) {
                splice(e, last, last, cm_sv_printf(e->arena, ", %.*s", CM_SV_ARG(entry)));
                return 0;
        }
        size_t start = cm_text_scan_line_start(&e->scan, line);
        struct cm_sv indent =
                cm_sv_slice(e->scan.text, start, cm_text_scan_blanks(&e->scan, start));
        /* A comment behind the last one stays on its line. */
        size_t to = cm_text_scan_is_rest_blank(&e->scan, last)
                            ? cm_text_scan_line_end(&e->scan, cm_text_scan_line_of(&e->scan, last))
                            : last;
        struct cm_sv comment = cm_sv_slice(e->scan.text, last, to);
        splice(e, last, to,
               cm_sv_printf(e->arena, ",%.*s%.*s%.*s%.*s", CM_SV_ARG(comment), CM_SV_ARG(e->eol),
                            CM_SV_ARG(indent), CM_SV_ARG(entry)));
        return 0;
}

/* One more member or item, on lines of its own behind the last one. */
static int add_block(struct editor *e, struct cm_sv key, const struct cm_node *value)
{
        const struct cm_node *n = e->steps[e->depth].node;
        size_t indent = n->pos.column - 1;
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&buf, CM_MIB(1));
        size_t behind = cm_text_scan_block_end(&e->scan, n->pos.line, n->pos.column,
                                               n->type == CM_NODE_MAP ? CM_TEXT_SAME_ANY
                                                                      : CM_TEXT_SAME_DASH);
        size_t at = cm_text_scan_line_start(&e->scan, behind);
        bool needs_eol = at == e->scan.text.len && at > 0 && e->scan.text.ptr[at - 1] != '\n';
        cm_buf_put_sv(&buf, needs_eol ? e->eol : CM_SV(""));
        for (size_t i = 0; i < indent; i++)
                cm_buf_put_char(&buf, ' ');
        if (n->type == CM_NODE_MAP) {
                const struct cm_node name = { .type = CM_NODE_STRING, .text = key };
                cm_text_write_scalar(&buf, &name);
                cm_buf_put_char(&buf, ':');
                cm_text_write_value(&buf, value, indent + 2, e->eol);
        } else {
                cm_buf_put_char(&buf, '-');
                cm_text_write_item(&buf, value, indent, e->eol);
        }
        cm_buf_put_sv(&buf, needs_eol ? CM_SV("") : e->eol);
        splice(e, at, at, cm_sv_dup(e->arena, cm_buf_sv(&buf)));
        return 0;
}

static int remove_flow(struct editor *e, const struct step *parent, size_t number)
{
        const struct cm_node *n = parent->node;
        size_t count = cm_node_count(n);
        size_t start = child_start(e, n, number);
        size_t end = child_end(e, n, number);
        if (count == 1) {
                start = parent->offset + 1;
                end = cm_text_scan_value_end(&e->scan, parent->offset, true);
                end = end == SIZE_MAX ? end : end - 1;
        } else if (number + 1 < count) {
                end = child_start(e, n, number + 1);
        } else {
                start = child_end(e, n, number - 1);
        }
        if (start == SIZE_MAX || end == SIZE_MAX || start < parent->offset || end < start ||
            cm_sv_find_char(cm_sv_slice(e->scan.text, start, end), '#') >= 0)
                return refuse(e, n->pos, "what stands in these brackets is not simple");
        splice(e, start, end, CM_SV(""));
        return 0;
}

/* The lines of one member or item. When it is the first in the line of a dash, the next moves up. */
static int remove_block(struct editor *e, const struct step *parent, size_t number)
{
        const struct cm_node *n = parent->node;
        size_t start = child_start(e, n, number);
        if (start == SIZE_MAX)
                return refuse(e, n->pos, "this value has no place of its own");
        size_t line = cm_text_scan_line_of(&e->scan, start);
        size_t line_start = cm_text_scan_line_start(&e->scan, line);
        size_t begin = cm_text_scan_blanks(&e->scan, line_start);
        bool is_map = n->type == CM_NODE_MAP;
        bool has_line = is_map ? begin == start
                               : begin - line_start + 1 == n->pos.column &&
                                         cm_text_scan_at(&e->scan, begin) == '-' &&
                                         cm_text_scan_blanks(&e->scan, begin + 1) == start;
        bool is_list_value = is_map && child_of(n, number)->type == CM_NODE_LIST;
        if (has_line) {
                size_t behind = cm_text_scan_block_end(&e->scan, line, n->pos.column,
                                                       is_list_value ? CM_TEXT_SAME_DASH
                                                                     : CM_TEXT_SAME_NONE);
                size_t end = cm_text_scan_line_start(&e->scan, behind);
                splice(e, line_start, end, CM_SV(""));
                return 0;
        }
        size_t next =
                is_map && number + 1 < cm_node_count(n) ? child_start(e, n, number + 1) : SIZE_MAX;
        if (next == SIZE_MAX || next < start ||
            cm_sv_find(cm_sv_slice(e->scan.text, start, next), CM_SV("#")) >= 0)
                return refuse(e, n->pos, "this value has no line of its own");
        splice(e, start, next, CM_SV(""));
        return 0;
}

static int remove_child(struct editor *e)
{
        if (e->depth == 0)
                return refuse(e, e->steps[0].node->pos, "a whole document is not left out");
        size_t number = e->steps[e->depth].number;
        const struct step *parent = &e->steps[e->depth - 1];
        if (parent->is_flow)
                return remove_flow(e, parent, number);
        if (cm_node_count(parent->node) > 1)
                return remove_block(e, parent, number);
        /* Nothing behind "key:" would be null, not an empty container. */
        const struct cm_node *empty = parent->node->type == CM_NODE_MAP
                                              ? cm_node_new_map(e->arena, parent->node->pos)
                                              : cm_node_new_list(e->arena, parent->node->pos);
        e->depth--;
        return replace(e, empty);
}

static int push(struct editor *e, const struct cm_node *n, size_t number)
{
        bool in_flow =
                e->depth > 0 || e->steps[0].node != NULL ? e->steps[e->depth].is_flow : false;
        size_t depth = e->steps[0].node == NULL ? 0 : e->depth + 1;
        size_t count = 0;
        for (size_t i = 0; i < e->doc_count && count < 2; i++)
                count += count_of(e->docs[i].root, n);
        if (count != 1)
                return refuse(e, n->pos, "an alias shares this value");
        if (depth > CM_NODE_DEPTH_MAX)
                return refuse(e, n->pos, "nesting is too deep");
        size_t offset = cm_text_scan_offset(&e->scan, n->pos);
        if (offset == SIZE_MAX)
                return refuse(e, n->pos, "this value has no place of its own");
        char c = cm_text_scan_at(&e->scan, offset);
        bool is_container = n->type == CM_NODE_MAP || n->type == CM_NODE_LIST;
        e->steps[depth] = (struct step){ n, offset, number,
                                         in_flow || (is_container && (c == '{' || c == '[')) };
        e->depth = depth;
        return 0;
}

/* A value in the maps that are missing around it. */
static const struct cm_node *wrap(struct editor *e, struct cm_sv rest, const struct cm_node *value)
{
        struct cm_sv token;
        if (!cm_pointer_next(e->arena, &rest, &token))
                return value;
        struct cm_node *map = cm_node_new_map(e->arena, (struct cm_node_pos){ 0 });
        cm_node_put(e->arena, map, token, (struct cm_node_pos){ 0 }, wrap(e, rest, value));
        return map;
}

/* Goes down as far as there are nodes, and changes the text there. */
static int change(struct editor *e, const struct cm_text_edit *edit)
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
                        r = push(e, child_of(n, number), number);
                        continue;
                }
                bool is_map = n->type == CM_NODE_MAP;
                if (edit->value == NULL || (!is_map && n->type != CM_NODE_LIST))
                        return refuse(e, n->pos, "there is no such value");
                const struct cm_node *value = wrap(e, rest, edit->value);
                return e->steps[e->depth].is_flow ? add_flow(e, token, value)
                                                  : add_block(e, token, value);
        }
        return r;
}

/* Did the text become what was wanted, and nothing else? */
static int prove(struct editor *e, enum cm_node_yaml_schema schema, const struct cm_text_edit *edit,
                 const struct cm_node *wanted, struct cm_sv *ret)
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
                return refuse(e, e->steps[e->depth].node->pos,
                              "the way this is written does not allow the change");
        *ret = text;
        return 0;
}

int cm_text_edit(struct cm_arena *arena, struct cm_sv text, enum cm_node_yaml_schema schema,
                 const struct cm_text_edit *edit, struct cm_sv *ret, struct cm_err *err)
{
        struct editor *e = CM_NEW(arena, struct editor);
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
