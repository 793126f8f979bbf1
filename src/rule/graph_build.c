/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making of the graph: everything is looked up by its text before it is made, constants are folded,
 * and every part learns on which types of events it can hold. See graph.h.
 */
#include <inttypes.h>

#include "base/limits.h"
#include "rule/field_cases.h"
#include "rule/graph.h"

enum {
        REPEATS_LOOKED_AT =
                64 /* of longer lists of conditions repeats stay: finding them is quadratic */
};

static const struct cm_event_set no_events;

size_t cm_event_set_count(const struct cm_event_set *set)
{
        size_t count = 0;
        for (size_t i = 0; i < CM_ARRAY_LEN(set->bits); i++)
                count += (size_t)__builtin_popcountll(set->bits[i]);
        return count;
}

static struct cm_event_set set_and(struct cm_event_set a, const struct cm_event_set *b)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(a.bits); i++)
                a.bits[i] &= b->bits[i];
        return a;
}

static struct cm_event_set set_or(struct cm_event_set a, const struct cm_event_set *b)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(a.bits); i++)
                a.bits[i] |= b->bits[i];
        return a;
}

void cm_graph_build_init(struct cm_graph_build *b, struct cm_arena *arena)
{
        *b = (struct cm_graph_build){ .arena = arena };
        cm_map_init(&b->by_text, arena);
        cm_buf_init(&b->work, CM_RULE_CONDITION_BYTES_MAX * 2);
        for (const struct cm_event_info *i = cm_event_info_next(NULL); i != NULL;
             i = cm_event_info_next(i))
                if (i->kind != CM_EVENT_HIDDEN)
                        cm_event_set_add(&b->all, i->number);
        *CM_VEC_PUSH(arena, &b->nodes) =
                (struct cm_graph_node){ .kind = CM_GRAPH_FALSE, .may_fail = b->all };
        *CM_VEC_PUSH(arena, &b->nodes) =
                (struct cm_graph_node){ .kind = CM_GRAPH_TRUE, .may_hold = b->all };
}

void cm_graph_build_fini(struct cm_graph_build *b)
{
        cm_buf_fini(&b->work);
}

/* The number that was kept for a text, or UINT32_MAX. */
static uint32_t find(const struct cm_graph_build *b, struct cm_sv text)
{
        void *value = cm_map_get(&b->by_text, text);
        return value == NULL ? UINT32_MAX : (uint32_t)((uintptr_t)value - 1);
}

static void keep(struct cm_graph_build *b, struct cm_sv text, size_t number)
{
        cm_map_put(&b->by_text, text, (void *)((uintptr_t)number + 1)); /* NOLINT: a number */
}

static int check_work(const struct cm_graph_build *b, struct cm_err *err)
{
        return cm_buf_check(&b->work, "text of a condition", err);
}

static void put_quoted(struct cm_buf *out, struct cm_sv text)
{
        bool plain = text.len > 0;
        for (size_t i = 0; i < text.len && plain; i++)
                plain = !cm_is_blank(text.ptr[i]) && text.ptr[i] > ' ' &&
                        cm_sv_find_char(CM_SV("()\"'=,\\"), text.ptr[i]) < 0;
        if (plain) {
                cm_buf_put_sv(out, text);
                return;
        }
        cm_buf_put_char(out, '"');
        for (size_t i = 0; i < text.len; i++) {
                unsigned char c = (unsigned char)text.ptr[i];
                if (c == '"' || c == '\\')
                        cm_buf_put_char(out, '\\');
                if (c < ' ')
                        cm_buf_printf(out, "\\x%02x", c);
                else
                        cm_buf_put_char(out, (char)c);
        }
        cm_buf_put_char(out, '"');
}

static int add_slot(struct cm_graph_build *b, struct cm_slot slot, char class, uint32_t *ret,
                    struct cm_err *err)
{
        /* The class keeps a field apart from a constant of the same text. */
        struct cm_sv key = cm_sv_printf(b->arena, "%c%.*s", class, CM_SV_ARG(slot.text));
        *ret = find(b, key);
        if (*ret != UINT32_MAX)
                return 0;
        if (b->slots.count >= CM_RULE_NODES_MAX)
                return CM_RAISE(err, CM_E_LIMIT, "too many fields (limit rule_nodes_max)");
        *ret = (uint32_t)b->slots.count;
        *CM_VEC_PUSH(b->arena, &b->slots) = slot;
        keep(b, key, *ret);
        return 0;
}

static int field_slot(struct cm_graph_build *b, const struct cm_filter_term *term, uint32_t *ret,
                      struct cm_err *err)
{
        struct cm_slot slot = { .kind = CM_SLOT_FIELD };
        int r = cm_field_find(term->text, term->argument, term->has_argument, &slot.use, err);
        if (r < 0) {
                b->met_unknown = true;
                return r;
        }
        slot.type = slot.use.type;
        slot.flags = slot.use.field->flags;
        if (slot.use.has_argument)
                slot.flags &= ~(unsigned)CM_FIELD_IS_ANY;
        cm_buf_clear(&b->work);
        cm_buf_put_str(&b->work, slot.use.field->name);
        if (slot.use.has_argument) {
                cm_buf_put_char(&b->work, '[');
                cm_buf_put_sv(&b->work, slot.use.argument);
                cm_buf_put_char(&b->work, ']');
        }
        slot.text = cm_sv_dup(b->arena, cm_buf_sv(&b->work));
        r = check_work(b, err);
        return r < 0 ? r : add_slot(b, slot, 'f', ret, err);
}

static int constant_slot(struct cm_graph_build *b, const struct cm_filter_term *term, uint32_t *ret,
                         struct cm_err *err)
{
        bool is_list = term->kind == CM_FILTER_TERM_LIST;
        size_t count = is_list ? term->count : 1;
        struct cm_value *values = CM_NEW_ARRAY(b->arena, struct cm_value, count);
        cm_buf_clear(&b->work);
        cm_buf_put_str(&b->work, is_list ? "(" : "");
        for (size_t i = 0; i < count; i++) {
                const struct cm_filter_term *t = is_list ? &term->terms[i] : term;
                if (t->kind != CM_FILTER_TERM_TEXT)
                        return CM_RAISE(err, CM_E_UNSUPPORTED,
                                        "a list within a transformer holds constants only");
                values[i].text = t->text;
                cm_buf_put_str(&b->work, i == 0 ? "" : ", ");
                put_quoted(&b->work, t->text);
        }
        cm_buf_put_str(&b->work, is_list ? ")" : "");
        struct cm_slot slot = { .kind = CM_SLOT_CONSTANT,
                                .type = CM_FIELD_STRING,
                                .flags = is_list ? CM_FIELD_IS_LIST : 0,
                                .constant = { values, count },
                                .text = cm_sv_dup(b->arena, cm_buf_sv(&b->work)) };
        int r = check_work(b, err);
        return r < 0 ? r : add_slot(b, slot, 'c', ret, err);
}

static int transform_slot(struct cm_graph_build *b, const struct cm_filter_term *term,
                          uint32_t *ret, size_t *ret_offset, struct cm_err *err)
{
        struct cm_slot slot = { .kind = CM_SLOT_TRANSFORM,
                                .type = CM_FIELD_STRING,
                                .transformer = term->transformer,
                                .argument = term->argument,
                                .arg_count = term->count };
        uint32_t *args = CM_NEW_ARRAY(b->arena, uint32_t, term->count);
        bool takes_any = term->transformer == CM_FILTER_JOIN ||
                         term->transformer == CM_FILTER_CONCAT ||
                         term->transformer == CM_FILTER_LEN;
        const char *name = cm_filter_transformer_text(term->transformer);
        if (term->count == 0 || term->count > 64)
                return CM_RAISE(err, CM_E_MALFORMED, "%s() takes 1 to 64 arguments", name);
        if (term->has_argument && term->transformer != CM_FILTER_GETOPT)
                return CM_RAISE(err, CM_E_MALFORMED, "%s() takes no [...] behind it", name);
        for (size_t i = 0; i < term->count; i++) {
                int r = cm_graph_slot(b, &term->terms[i], &args[i], ret_offset, err);
                if (r < 0)
                        return r;
                enum cm_field_type type = b->slots.items[args[i]].type;
                *ret_offset = term->terms[i].offset;
                if (type != CM_FIELD_STRING && type != CM_FIELD_BYTES && !takes_any)
                        return CM_RAISE(err, CM_E_MALFORMED, "%s() takes texts, and this is a %s",
                                        name, cm_field_type_name(type));
        }
        slot.args = args;
        if (term->transformer == CM_FILTER_LEN)
                slot.type = CM_FIELD_UINT;
        const struct cm_slot *first = &b->slots.items[args[0]];
        bool maps = term->transformer != CM_FILTER_LEN && term->transformer != CM_FILTER_JOIN &&
                    term->transformer != CM_FILTER_CONCAT;
        slot.flags = maps ? first->flags : first->flags & (CM_FIELD_OF_SYSCALL | CM_FIELD_OF_AUDIT);
        if (term->transformer == CM_FILTER_GETOPT && !term->has_argument)
                slot.flags |= CM_FIELD_IS_LIST;
        cm_buf_clear(&b->work);
        cm_buf_printf(&b->work, "%s(", name);
        for (size_t i = 0; i < term->count; i++) {
                slot.flags |=
                        b->slots.items[args[i]].flags & (CM_FIELD_OF_SYSCALL | CM_FIELD_OF_AUDIT);
                cm_buf_put_str(&b->work, i == 0 ? "" : ", ");
                cm_buf_put_sv(&b->work, b->slots.items[args[i]].text);
        }
        cm_buf_put_char(&b->work, ')');
        if (term->has_argument) {
                cm_buf_put_char(&b->work, '[');
                cm_buf_put_sv(&b->work, term->argument);
                cm_buf_put_char(&b->work, ']');
        }
        slot.text = cm_sv_dup(b->arena, cm_buf_sv(&b->work));
        int r = check_work(b, err);
        return r < 0 ? r : add_slot(b, slot, 't', ret, err);
}

int cm_graph_slot(struct cm_graph_build *b, const struct cm_filter_term *term, uint32_t *ret,
                  size_t *ret_offset, struct cm_err *err)
{
        *ret_offset = term->offset;
        if (term->kind == CM_FILTER_TERM_FIELD)
                return field_slot(b, term, ret, err);
        if (term->kind == CM_FILTER_TERM_TRANSFORM)
                return transform_slot(b, term, ret, ret_offset, err);
        return constant_slot(b, term, ret, err);
}

unsigned cm_graph_slot_needs(const struct cm_graph_build *b, uint32_t slot)
{
        unsigned flags = b->slots.items[slot].flags;
        return ((flags & CM_FIELD_OF_SYSCALL) != 0 ? CM_GRAPH_NEEDS_SYSCALL : 0U) |
               ((flags & CM_FIELD_OF_AUDIT) != 0 ? CM_GRAPH_NEEDS_AUDIT : 0U);
}

static bool is_event_field(const struct cm_slot *slot, int which)
{
        return slot->kind == CM_SLOT_FIELD && slot->use.field->extract == cm_extract_event &&
               slot->use.field->which == which;
}

/* evt.num counts from 1: a comparison that all such numbers answer alike is a constant. */
static bool fold_number(const struct cm_check_def *check, bool *ret)
{
        int64_t v = check->count == 1 ? check->values[0].number : INT64_MAX;
        if (check->right != CM_SLOT_NONE || check->modifier != CM_FILTER_PLAIN || v > 0)
                return false;
        switch ((int)check->op) {
        case CM_FILTER_EQ:
        case CM_FILTER_IN:
        case CM_FILTER_INTERSECTS:
        case CM_FILTER_LT:
        case CM_FILTER_LE:
                *ret = false;
                return true;
        case CM_FILTER_NE:
        case CM_FILTER_GT:
        case CM_FILTER_GE:
                *ret = true;
                return true;
        default:
                return false;
        }
}

/* evt.dir is always "<": rules see only ends of calls. */
static bool fold_direction(const struct cm_check_def *check, bool *ret)
{
        if (check->right != CM_SLOT_NONE || check->modifier != CM_FILTER_PLAIN || check->count != 1)
                return false;
        bool is_exit = cm_sv_eq(check->values[0].text, CM_SV("<"));
        if (check->op == CM_FILTER_EQ || check->op == CM_FILTER_IN)
                *ret = is_exit;
        else if (check->op == CM_FILTER_NE)
                *ret = !is_exit;
        else
                return false;
        return true;
}

/* Types of events that have this name; *ret_exact is false when one of them has other names, too. */
static struct cm_event_set events_named(const struct cm_graph_build *b, struct cm_sv name,
                                        bool *ret_exact)
{
        enum {
                GENERIC = 1
        };
        struct cm_event_set set = no_events;
        bool any = false;
        for (const struct cm_event_info *i = cm_event_info_next(NULL); i != NULL;
             i = cm_event_info_next(i))
                if (cm_event_set_has(&b->all, i->number) &&
                    cm_sv_eq(name, cm_sv_from_cstr(i->name))) {
                        cm_event_set_add(&set, i->number);
                        any |= i->number != GENERIC;
                }
        if (!any) {
                cm_event_set_add(&set, GENERIC);
                *ret_exact = false;
        }
        return set;
}

static int event_type_sets(struct cm_graph_build *b, const struct cm_check_def *check,
                           struct cm_graph_node *node, struct cm_err *err)
{
        struct cm_event_set named = no_events;
        bool is_exact = true;
        bool negate = check->op == CM_FILTER_NE;
        if ((check->op != CM_FILTER_EQ && check->op != CM_FILTER_IN && !negate &&
             check->op != CM_FILTER_INTERSECTS) ||
            check->right != CM_SLOT_NONE || check->modifier != CM_FILTER_PLAIN)
                return 0;
        for (size_t i = 0; i < check->count; i++) {
                struct cm_sv name = check->values[i].text;
                if (!cm_event_is_name(name)) {
                        b->met_unknown = true;
                        return CM_RAISE(err, CM_E_MALFORMED, "there is no event '%.*s'",
                                        (int)CM_MIN(name.len, (size_t)100), name.ptr);
                }
                struct cm_event_set one = events_named(b, name, &is_exact);
                named = set_or(named, &one);
        }
        struct cm_event_set others = b->all;
        for (size_t i = 0; i < CM_ARRAY_LEN(others.bits); i++)
                others.bits[i] &= ~named.bits[i];
        if (!is_exact)
                cm_event_set_add(&others, 1);
        node->may_hold = negate ? others : named;
        node->may_fail = negate ? named : others;
        return 0;
}

static int add_node(struct cm_graph_build *b, struct cm_graph_node node, struct cm_sv key,
                    uint32_t *ret, struct cm_err *err)
{
        if (b->nodes.count >= CM_RULE_NODES_MAX)
                return CM_RAISE(err, CM_E_LIMIT, "too many conditions (limit rule_nodes_max)");
        if (node.depth > CM_RULE_DEPTH_MAX)
                return CM_RAISE(
                        err, CM_E_LIMIT,
                        "with its macros it is nested deeper than %d (limit rule_depth_max)",
                        CM_RULE_DEPTH_MAX);
        *ret = (uint32_t)b->nodes.count;
        *CM_VEC_PUSH(b->arena, &b->nodes) = node;
        keep(b, key, *ret);
        return 0;
}

static void put_check(struct cm_graph_build *b, const struct cm_check_def *check,
                      const struct cm_filter *f)
{
        static const char *const modifiers[] = { "", "oneof ", "anyof ", "allof " };
        struct cm_buf *out = &b->work;
        cm_buf_clear(out);
        cm_buf_put_sv(out, b->slots.items[check->left].text);
        cm_buf_put_char(out, ' ');
        cm_buf_put_sv(out, cm_filter_op_text(check->op));
        if (check->op == CM_FILTER_EXISTS)
                return;
        cm_buf_printf(out, " %s", modifiers[check->modifier]);
        if (check->right != CM_SLOT_NONE) {
                bool is_field = b->slots.items[check->right].kind == CM_SLOT_FIELD;
                cm_buf_put_str(out, is_field ? "val(" : "");
                cm_buf_put_sv(out, b->slots.items[check->right].text);
                cm_buf_put_str(out, is_field ? ")" : "");
        } else if (f->right.kind == CM_FILTER_TERM_LIST) {
                cm_buf_put_char(out, '(');
                for (size_t i = 0; i < f->right.count; i++) {
                        cm_buf_put_str(out, i == 0 ? "" : ", ");
                        put_quoted(out, f->right.terms[i].text);
                }
                cm_buf_put_char(out, ')');
        } else {
                put_quoted(out, f->right.text);
        }
}

/* A name of a host is compared by addresses: the check looks at the address instead. */
static int use_address(struct cm_graph_build *b, struct cm_check_def *check, struct cm_err *err)
{
        const struct cm_slot *slot = &b->slots.items[check->left];
        if ((slot->flags & CM_FIELD_IS_HOST) == 0 || slot->kind != CM_SLOT_FIELD ||
            check->right != CM_SLOT_NONE ||
            (check->op != CM_FILTER_EQ && check->op != CM_FILTER_NE && check->op != CM_FILTER_IN &&
             check->op != CM_FILTER_INTERSECTS))
                return 0;
        struct cm_sv name = cm_sv_from_cstr(slot->use.field->name);
        const struct cm_filter_term term = { .kind = CM_FILTER_TERM_FIELD,
                                             .text = cm_sv_slice(name, 0,
                                                                 name.len - sizeof(".name") + 1) };
        check->compares_hosts = true;
        check->type = CM_FIELD_ADDRESS;
        return field_slot(b, &term, &check->left, err);
}

static int right_side(struct cm_graph_build *b, const struct cm_filter *f,
                      struct cm_check_def *check, size_t *ret_offset, struct cm_err *err)
{
        check->right = CM_SLOT_NONE;
        if (f->right.kind != CM_FILTER_TERM_FIELD && f->right.kind != CM_FILTER_TERM_TRANSFORM)
                return 0;
        int r = cm_graph_slot(b, &f->right, &check->right, ret_offset, err);
        if (r < 0)
                return r;
        enum cm_field_type type = b->slots.items[check->right].type;
        if (check->op == CM_FILTER_REGEX)
                return CM_RAISE(err, CM_E_MALFORMED,
                                "a regular expression is a constant, not a field");
        if (type != check->type)
                return CM_RAISE(err, CM_E_MALFORMED, "a %s is compared with a %s",
                                cm_field_type_name(check->type), cm_field_type_name(type));
        return 0;
}

static bool compares_na(const struct cm_check_def *check)
{
        for (size_t i = 0; i < check->count && check->type == CM_FIELD_STRING; i++)
                if (cm_sv_eq(check->values[i].text, CM_SV("<NA>")))
                        return true;
        return false;
}

/* The node of a check that was not met before. */
static int new_check(struct cm_graph_build *b, const struct cm_filter *f,
                     struct cm_check_def *check, struct cm_sv key, uint32_t *ret,
                     size_t *ret_offset, struct cm_err *err)
{
        const struct cm_slot *left = &b->slots.items[check->left];
        struct cm_graph_node node = { .kind = CM_GRAPH_CHECK,
                                      .depth = 1,
                                      .check_count = 1,
                                      .may_hold = b->all,
                                      .may_fail = b->all };
        bool constant = false;
        bool is_list = f->right.kind == CM_FILTER_TERM_LIST;
        int r = 0;
        *ret_offset = f->right.offset;
        node.needs = cm_graph_slot_needs(b, check->left);
        if (check->right != CM_SLOT_NONE)
                node.needs |= cm_graph_slot_needs(b, check->right);
        else if (check->op != CM_FILTER_EXISTS)
                r = cm_check_set_values(b->arena, check, is_list ? f->right.terms : &f->right,
                                        is_list ? f->right.count : 1, err);
        if (r == 0 && is_event_field(left, CM_CASE_event_TYPE))
                r = event_type_sets(b, check, &node, err);
        if (r < 0)
                return r;
        bool folds = (is_event_field(left, CM_CASE_event_NUM) && fold_number(check, &constant)) ||
                     (is_event_field(left, CM_CASE_event_DIR) && fold_direction(check, &constant));
        if (folds) {
                *ret = constant ? CM_GRAPH_NODE_TRUE : CM_GRAPH_NODE_FALSE;
                keep(b, key, *ret);
                return 0;
        }
        if (compares_na(check))
                node.needs |= CM_GRAPH_COMPARES_NA;
        node.first = (uint32_t)b->checks.count;
        *CM_VEC_PUSH(b->arena, &b->checks) = *check;
        return add_node(b, node, key, ret, err);
}

int cm_graph_check(struct cm_graph_build *b, const struct cm_filter *f, uint32_t *ret,
                   size_t *ret_offset, struct cm_err *err)
{
        struct cm_check_def check = { .op = f->op, .modifier = f->modifier };
        b->met_unknown = false;
        int r = cm_graph_slot(b, &f->left, &check.left, ret_offset, err);
        if (r < 0)
                return r;
        check.type = b->slots.items[check.left].type;
        check.flags = b->slots.items[check.left].flags;
        bool is_list = (check.flags & CM_FIELD_IS_LIST) != 0;
        if (!cm_check_is_allowed(check.type, is_list, check.op))
                return CM_RAISE(err, CM_E_MALFORMED, "'%.*s' is a %s%s and has no operator '%.*s'",
                                (int)CM_MIN(b->slots.items[check.left].text.len, (size_t)100),
                                b->slots.items[check.left].text.ptr, is_list ? "list of " : "",
                                cm_field_type_name(check.type),
                                CM_SV_ARG(cm_filter_op_text(check.op)));
        r = right_side(b, f, &check, ret_offset, err);
        if (r < 0)
                return r;
        put_check(b, &check, f);
        check.text = cm_sv_dup(b->arena, cm_buf_sv(&b->work));
        r = check_work(b, err);
        struct cm_sv key = cm_sv_join(b->arena, CM_SV("?"), check.text);
        *ret = find(b, key);
        if (r < 0 || *ret != UINT32_MAX)
                return r;
        *ret_offset = f->offset;
        r = use_address(b, &check, err);
        return r < 0 ? r : new_check(b, f, &check, key, ret, ret_offset, err);
}

int cm_graph_not(struct cm_graph_build *b, uint32_t node, uint32_t *ret, struct cm_err *err)
{
        struct cm_graph_node n = b->nodes.items[node];
        if (n.kind == CM_GRAPH_FALSE || n.kind == CM_GRAPH_TRUE) {
                *ret = node == CM_GRAPH_NODE_FALSE ? CM_GRAPH_NODE_TRUE : CM_GRAPH_NODE_FALSE;
                return 0;
        }
        if (n.kind == CM_GRAPH_NOT) {
                *ret = b->children.items[n.first];
                return 0;
        }
        struct cm_sv key = cm_sv_printf(b->arena, "!%" PRIu32, node);
        *ret = find(b, key);
        if (*ret != UINT32_MAX)
                return 0;
        struct cm_graph_node made = { .kind = CM_GRAPH_NOT,
                                      .depth = n.depth + 1,
                                      .first = (uint32_t)b->children.count,
                                      .count = 1,
                                      .needs = n.needs,
                                      .check_count = n.check_count,
                                      .may_hold = n.may_fail,
                                      .may_fail = n.may_hold };
        *CM_VEC_PUSH(b->arena, &b->children) = node;
        return add_node(b, made, key, ret, err);
}

/* Children without constants and repeats; false when one of them decides alone. */
static bool collect(enum cm_graph_kind kind, const uint32_t *nodes, size_t count, uint32_t *kept,
                    size_t *ret_count)
{
        uint32_t ends = kind == CM_GRAPH_AND ? CM_GRAPH_NODE_FALSE : CM_GRAPH_NODE_TRUE;
        uint32_t nothing = kind == CM_GRAPH_AND ? CM_GRAPH_NODE_TRUE : CM_GRAPH_NODE_FALSE;
        size_t n = 0;
        for (size_t i = 0; i < count; i++) {
                bool again = nodes[i] == nothing;
                if (nodes[i] == ends)
                        return false;
                for (size_t j = 0; j < CM_MIN(n, (size_t)REPEATS_LOOKED_AT) && !again; j++)
                        again = kept[j] == nodes[i];
                if (!again)
                        kept[n++] = nodes[i];
        }
        *ret_count = n;
        return true;
}

int cm_graph_many(struct cm_graph_build *b, enum cm_graph_kind kind, const uint32_t *nodes,
                  size_t count, uint32_t *ret, struct cm_err *err)
{
        uint32_t *kept = CM_NEW_ARRAY(b->arena, uint32_t, count);
        size_t n = 0;
        bool is_and = kind == CM_GRAPH_AND;
        if (!collect(kind, nodes, count, kept, &n)) {
                *ret = is_and ? CM_GRAPH_NODE_FALSE : CM_GRAPH_NODE_TRUE;
                return 0;
        }
        if (n <= 1) {
                *ret = n == 1 ? kept[0] : is_and ? CM_GRAPH_NODE_TRUE : CM_GRAPH_NODE_FALSE;
                return 0;
        }
        struct cm_graph_node made = { .kind = kind,
                                      .first = (uint32_t)b->children.count,
                                      .count = (uint32_t)n,
                                      .may_hold = is_and ? b->all : no_events,
                                      .may_fail = is_and ? no_events : b->all };
        cm_buf_clear(&b->work);
        for (size_t i = 0; i < n; i++) {
                const struct cm_graph_node *child = &b->nodes.items[kept[i]];
                cm_buf_printf(&b->work, "%c%" PRIu32, is_and ? '&' : '|', kept[i]);
                made.depth = CM_MAX(made.depth, child->depth + 1);
                made.needs |= child->needs;
                if (__builtin_add_overflow(made.check_count, child->check_count, &made.check_count))
                        made.check_count = UINT64_MAX;
                made.may_hold = is_and ? set_and(made.may_hold, &child->may_hold)
                                       : set_or(made.may_hold, &child->may_hold);
                made.may_fail = is_and ? set_or(made.may_fail, &child->may_fail)
                                       : set_and(made.may_fail, &child->may_fail);
        }
        int r = check_work(b, err);
        struct cm_sv key = cm_sv_dup(b->arena, cm_buf_sv(&b->work));
        *ret = find(b, key);
        if (r < 0 || *ret != UINT32_MAX)
                return r;
        if (b->children.count + n > CM_RULE_NODES_MAX * 4)
                return CM_RAISE(err, CM_E_LIMIT, "too many conditions (limit rule_nodes_max)");
        for (size_t i = 0; i < n; i++)
                *CM_VEC_PUSH(b->arena, &b->children) = kept[i];
        return add_node(b, made, key, ret, err);
}
