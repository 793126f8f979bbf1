/* SPDX-License-Identifier: Apache-2.0 */
/* See text_write.h. Depth is that of values of check files, which their reader bounds. */
#include "codec/text_write.h"

#include "codec/node_json.h"
#include "codec/node_yaml_scalar.h"

enum {
        INDENT_STEP = 2
};

/* Is it text, not a number or boolean, for every reader, and free of signs? */
static bool is_plain(struct cm_sv s)
{
        if (s.len == 0 || !(cm_is_alpha(s.ptr[0]) || s.ptr[0] == '/' || s.ptr[0] == '_'))
                return false;
        for (size_t i = 0; i < s.len; i++) {
                char c = s.ptr[i];
                bool inner_colon = c == ':' && i + 1 < s.len && cm_is_alnum(s.ptr[i + 1]);
                if (!cm_is_alnum(c) && c != '_' && c != '-' && c != '.' && c != '/' && !inner_colon)
                        return false;
        }
        for (unsigned schema = 0; schema < CM_NODE_YAML_SCHEMA_COUNT; schema++) {
                struct cm_node n = { .type = CM_NODE_STRING, .text = s };
                cm_node_yaml_resolve(&n, s, (enum cm_node_yaml_schema)schema);
                if (n.type != CM_NODE_STRING)
                        return false;
        }
        return true;
}

void cm_text_write_scalar(struct cm_buf *out, const struct cm_node *n)
{
        if (cm_node_type(n) == CM_NODE_STRING && is_plain(n->text))
                cm_buf_put_sv(out, n->text);
        else
                cm_node_write_json(out, n);
}

static void write_key(struct cm_buf *out, struct cm_sv key, bool is_json)
{
        const struct cm_node n = { .type = CM_NODE_STRING, .text = key };
        if (is_json)
                cm_node_write_json(out, &n);
        else
                cm_text_write_scalar(out, &n);
        cm_buf_put_char(out, ':');
}

void cm_text_write_flow(struct cm_buf *out, const struct cm_node *n, bool is_json)
{
        bool is_map = cm_node_type(n) == CM_NODE_MAP;
        if (!is_map && cm_node_type(n) != CM_NODE_LIST) {
                if (is_json)
                        cm_node_write_json(out, n);
                else
                        cm_text_write_scalar(out, n);
                return;
        }
        cm_buf_put_char(out, is_map ? '{' : '[');
        for (size_t i = 0; i < cm_node_count(n); i++) {
                cm_buf_put_str(out, i > 0 ? ", " : "");
                if (is_map) {
                        write_key(out, n->map.members[i].key, is_json);
                        cm_buf_put_char(out, ' ');
                }
                cm_text_write_flow(out, is_map ? n->map.members[i].value : n->list.items[i],
                                   is_json);
        }
        cm_buf_put_char(out, is_map ? '}' : ']');
}

static void begin_line(struct cm_buf *out, size_t indent, struct cm_sv eol)
{
        cm_buf_put_sv(out, eol);
        for (size_t i = 0; i < indent; i++)
                cm_buf_put_char(out, ' ');
}

static void write_members(struct cm_buf *out, const struct cm_node *n, size_t indent,
                          struct cm_sv eol)
{
        for (size_t i = 0; i < n->map.count; i++) {
                if (i > 0)
                        begin_line(out, indent, eol);
                write_key(out, n->map.members[i].key, false);
                cm_text_write_value(out, n->map.members[i].value, indent + INDENT_STEP, eol);
        }
}

void cm_text_write_value(struct cm_buf *out, const struct cm_node *n, size_t indent,
                         struct cm_sv eol)
{
        size_t count = cm_node_count(n);
        if (count == 0) {
                cm_buf_put_char(out, ' ');
                cm_text_write_flow(out, n, false);
        } else if (n->type == CM_NODE_MAP) {
                begin_line(out, indent, eol);
                write_members(out, n, indent, eol);
        } else {
                for (size_t i = 0; i < count; i++) {
                        begin_line(out, indent, eol);
                        cm_buf_put_char(out, '-');
                        cm_text_write_item(out, n->list.items[i], indent, eol);
                }
        }
}

void cm_text_write_item(struct cm_buf *out, const struct cm_node *n, size_t indent,
                        struct cm_sv eol)
{
        cm_buf_put_char(out, ' ');
        if (cm_node_type(n) == CM_NODE_MAP && n->map.count > 0)
                write_members(out, n, indent + INDENT_STEP, eol);
        else
                cm_text_write_flow(out, n, false);
}
