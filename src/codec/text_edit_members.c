/* SPDX-License-Identifier: Apache-2.0 */
/* Members and items that come or go, for codec/text_edit.h. */
#include "codec/text_edit_internal.h"
#include "codec/text_write.h"

/* One more member (`key`) or item in brackets. */
int cm_te_add_flow(struct cm_te_editor *e, struct cm_sv key, const struct cm_node *value)
{
        const struct cm_te_step *step = &e->steps[e->depth];
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
                return cm_te_refuse(e, n->pos, "these brackets have no end");
        if (count == 0) {
                cm_te_splice(e, step->offset + 1, end - 1, entry);
                return 0;
        }
        size_t first = cm_te_child_start(e, n, 0);
        size_t last = cm_te_child_end(e, n, count - 1);
        if (first == SIZE_MAX || last == SIZE_MAX || first < step->offset || last >= end)
                return cm_te_refuse(e, n->pos, "what stands in these brackets is not simple");
        size_t line = cm_text_scan_line_of(&e->scan, first);
        if (line == cm_text_scan_line_of(&e->scan, step->offset)) {
                cm_te_splice(e, last, last, cm_sv_printf(e->arena, ", %.*s", CM_SV_ARG(entry)));
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
        cm_te_splice(e, last, to,
                     cm_sv_printf(e->arena, ",%.*s%.*s%.*s%.*s", CM_SV_ARG(comment),
                                  CM_SV_ARG(e->eol), CM_SV_ARG(indent), CM_SV_ARG(entry)));
        return 0;
}

/* One more member or item, on lines of its own behind the last one. */
int cm_te_add_block(struct cm_te_editor *e, struct cm_sv key, const struct cm_node *value)
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
        cm_te_splice(e, at, at, cm_sv_dup(e->arena, cm_buf_sv(&buf)));
        return 0;
}

int cm_te_remove_flow(struct cm_te_editor *e, const struct cm_te_step *parent, size_t number)
{
        const struct cm_node *n = parent->node;
        size_t count = cm_node_count(n);
        size_t start = cm_te_child_start(e, n, number);
        size_t end = cm_te_child_end(e, n, number);
        if (count == 1) {
                start = parent->offset + 1;
                end = cm_text_scan_value_end(&e->scan, parent->offset, true);
                end = end == SIZE_MAX ? end : end - 1;
        } else if (number + 1 < count) {
                end = cm_te_child_start(e, n, number + 1);
        } else {
                start = cm_te_child_end(e, n, number - 1);
        }
        if (start == SIZE_MAX || end == SIZE_MAX || start < parent->offset || end < start ||
            cm_sv_find_char(cm_sv_slice(e->scan.text, start, end), '#') >= 0)
                return cm_te_refuse(e, n->pos, "what stands in these brackets is not simple");
        cm_te_splice(e, start, end, CM_SV(""));
        return 0;
}

/* The lines of one member or item. When it is the first in the line of a dash, the next moves up. */
int cm_te_remove_block(struct cm_te_editor *e, const struct cm_te_step *parent, size_t number)
{
        const struct cm_node *n = parent->node;
        size_t start = cm_te_child_start(e, n, number);
        if (start == SIZE_MAX)
                return cm_te_refuse(e, n->pos, "this value has no place of its own");
        size_t line = cm_text_scan_line_of(&e->scan, start);
        size_t line_start = cm_text_scan_line_start(&e->scan, line);
        size_t begin = cm_text_scan_blanks(&e->scan, line_start);
        bool is_map = n->type == CM_NODE_MAP;
        bool has_line = is_map ? begin == start
                               : begin - line_start + 1 == n->pos.column &&
                                         cm_text_scan_at(&e->scan, begin) == '-' &&
                                         cm_text_scan_blanks(&e->scan, begin + 1) == start;
        bool is_list_value = is_map && cm_node_child(n, number)->type == CM_NODE_LIST;
        if (has_line) {
                size_t behind = cm_text_scan_block_end(&e->scan, line, n->pos.column,
                                                       is_list_value ? CM_TEXT_SAME_DASH
                                                                     : CM_TEXT_SAME_NONE);
                size_t end = cm_text_scan_line_start(&e->scan, behind);
                cm_te_splice(e, line_start, end, CM_SV(""));
                return 0;
        }
        size_t next = is_map && number + 1 < cm_node_count(n) ? cm_te_child_start(e, n, number + 1)
                                                              : SIZE_MAX;
        if (next == SIZE_MAX || next < start ||
            cm_sv_find(cm_sv_slice(e->scan.text, start, next), CM_SV("#")) >= 0)
                return cm_te_refuse(e, n->pos, "this value has no line of its own");
        cm_te_splice(e, start, next, CM_SV(""));
        return 0;
}
