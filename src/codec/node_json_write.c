/* SPDX-License-Identifier: Apache-2.0 */
/* Document trees as compact JSON, see node_json.h. */
#include <inttypes.h>
#include <math.h>

#include "base/escape.h"
#include "base/limits.h"
#include "base/real.h"
#include "codec/node_json.h"

/* Short (15 to 17 digits), reads back as the same number, and cannot be taken for an integer. */
static void put_real(struct cm_buf *buf, double v)
{
        if (!isfinite(v)) {
                cm_buf_put_str(buf, "null");
                return;
        }
        struct cm_buf text CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&text, 64);
        for (int precision = 15; precision <= 17; precision++) {
                double back = 0;
                cm_buf_clear(&text);
                cm_buf_printf(&text, "%.*g", precision, v);
                if (cm_real_parse(cm_buf_sv(&text), &back) && back == v)
                        break;
        }
        struct cm_sv s = cm_buf_sv(&text);
        cm_buf_put_sv(buf, s);
        if (cm_sv_find_char(s, '.') < 0 && cm_sv_find_char(s, 'e') < 0)
                cm_buf_put_str(buf, ".0");
}

static void write_node(struct cm_buf *buf, const struct cm_node *n, size_t depth);

static void write_list(struct cm_buf *buf, const struct cm_node *n, size_t depth)
{
        cm_buf_put_char(buf, '[');
        for (size_t i = 0; i < n->list.count; i++) {
                if (i > 0)
                        cm_buf_put_char(buf, ',');
                write_node(buf, n->list.items[i], depth + 1);
        }
        cm_buf_put_char(buf, ']');
}

static void write_map(struct cm_buf *buf, const struct cm_node *n, size_t depth)
{
        cm_buf_put_char(buf, '{');
        for (size_t i = 0; i < n->map.count; i++) {
                if (i > 0)
                        cm_buf_put_char(buf, ',');
                cm_buf_put_json(buf, n->map.members[i].key);
                cm_buf_put_char(buf, ':');
                write_node(buf, n->map.members[i].value, depth + 1);
        }
        cm_buf_put_char(buf, '}');
}

static void write_node(struct cm_buf *buf, const struct cm_node *n, size_t depth)
{
        if (depth > 2 * CM_NODE_DEPTH_MAX)
                n = NULL;
        switch (cm_node_type(n)) {
        case CM_NODE_NULL:
                cm_buf_put_str(buf, "null");
                return;
        case CM_NODE_BOOL:
                cm_buf_put_str(buf, n->boolean ? "true" : "false");
                return;
        case CM_NODE_INT:
                cm_buf_printf(buf, "%" PRId64, n->integer);
                return;
        case CM_NODE_REAL:
                put_real(buf, n->real);
                return;
        case CM_NODE_STRING:
                cm_buf_put_json(buf, n->text);
                return;
        case CM_NODE_LIST:
                write_list(buf, n, depth);
                return;
        case CM_NODE_MAP:
                write_map(buf, n, depth);
                return;
        }
}

void cm_node_write_json(struct cm_buf *buf, const struct cm_node *n)
{
        write_node(buf, n, 0);
}
