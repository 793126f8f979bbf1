/* SPDX-License-Identifier: Apache-2.0 */
/* Loops of macros: see cel_loop.h. Each kind is an accumulator. */
#include "cel/cel_loop.h"

static struct cm_cel_value not_bool(struct cm_cel_context *cx, struct cm_cel_value v)
{
        return cm_cel_fail(cx, "a condition must be bool, not %.*s",
                           CM_SV_ARG(cm_cel_type_name(v)));
}

static void set_variables(struct cm_cel_context *cx, struct cm_cel_frame *f)
{
        struct cm_cel_value value;
        if (f->range.is_node) {
                const struct cm_node *n = f->range.node;
                cm_cel_note_read(cx, f->range.kind == CM_CEL_LIST ? n->list.items[f->index]
                                                                  : n->map.members[f->index].value);
        }
        if (f->range.kind == CM_CEL_LIST) {
                value = cm_cel_list_at(f->range, f->index);
                f->locals[0] = f->two ? cm_cel_int((int64_t)f->index) : value;
        } else {
                cm_cel_map_at(f->range, f->index, &f->locals[0], &value);
        }
        if (f->two)
                f->locals[1] = value;
}

/* The result when no turn is left. */
static struct cm_cel_value finish(struct cm_cel_context *cx, struct cm_cel_frame *f)
{
        switch (f->kind) {
        case CM_CEL_LOOP_ALL:
                return f->error.reason != NULL ? f->error : cm_cel_bool(true);
        case CM_CEL_LOOP_EXISTS:
                return f->error.reason != NULL ? f->error : cm_cel_bool(false);
        case CM_CEL_LOOP_ONE:
                return cm_cel_bool(f->matches == 1);
        case CM_CEL_LOOP_FILTER:
        case CM_CEL_LOOP_LIST:
                return cm_cel_list(f->items, f->item_count);
        case CM_CEL_LOOP_MAP:
        case CM_CEL_LOOP_ENTRY:
                return cm_cel_map(f->map);
        case CM_CEL_LOOP_SORT:
                break;
        }
        struct cm_cel_value r = cm_cel_null();
        if (f->item_count > 0)
                r = cm_cel_sort(cx, f->items, f->keys, f->item_count);
        return r.kind == CM_CEL_ERROR ? r : cm_cel_list(f->items, f->item_count);
}

static bool next_turn(struct cm_cel_context *cx, struct cm_cel_frame *f, struct cm_cel_value *ret)
{
        if (++f->index >= f->count) {
                *ret = finish(cx, f);
                return false;
        }
        set_variables(cx, f);
        return true;
}

bool cm_cel_loop_begin(struct cm_cel_context *cx, struct cm_cel_frame *f,
                       const struct cm_cel_ins *ins, struct cm_cel_value range,
                       struct cm_cel_value *ret)
{
        *ret = range;
        if (range.kind == CM_CEL_ERROR)
                return false;
        if (range.kind != CM_CEL_LIST && range.kind != CM_CEL_MAP) {
                *ret = cm_cel_fail(cx, "a %.*s cannot be looped over",
                                   CM_SV_ARG(cm_cel_type_name(range)));
                return false;
        }
        struct cm_cel_value *locals = f->locals;
        *f = (struct cm_cel_frame){
                .range = range,
                .count = range.kind == CM_CEL_LIST ? cm_cel_list_count(range)
                                                   : cm_cel_map_count(range),
                .loop_at = cx->ins,
                .kind = (enum cm_cel_loop)ins->a,
                .locals = locals,
                .two = (ins->b & CM_CEL_TWO_VARIABLES) != 0,
        };
        if (f->kind == CM_CEL_LOOP_MAP || f->kind == CM_CEL_LOOP_ENTRY) {
                f->map = cm_cel_map_new(cx, 4);
                if (f->map == NULL) {
                        *ret = cm_cel_no_memory(cx);
                        return false;
                }
        }
        if (f->count == 0) {
                *ret = finish(cx, f);
                return false;
        }
        set_variables(cx, f);
        return true;
}

static bool grow(struct cm_cel_context *cx, struct cm_cel_value **items, size_t count,
                 size_t capacity)
{
        struct cm_cel_value *more = cm_cel_alloc_values(cx, capacity);
        if (more == NULL)
                return false;
        if (count > 0)
                memcpy(more, *items, count * sizeof(*more));
        *items = more;
        return true;
}

/* Gathers an item; false when memory is used up. */
static bool gather(struct cm_cel_context *cx, struct cm_cel_frame *f, struct cm_cel_value item,
                   struct cm_cel_value key)
{
        if (f->item_count == f->item_capacity) {
                size_t capacity =
                        f->item_capacity == 0 ? CM_MIN(f->count, (size_t)8) : f->item_capacity * 2;
                if (!grow(cx, &f->items, f->item_count, capacity) ||
                    (f->kind == CM_CEL_LOOP_SORT && !grow(cx, &f->keys, f->item_count, capacity)))
                        return false;
                f->item_capacity = capacity;
        }
        if (f->kind == CM_CEL_LOOP_SORT)
                f->keys[f->item_count] = key;
        f->items[f->item_count++] = item;
        return true;
}

static bool add_entry(struct cm_cel_context *cx, struct cm_cel_frame *f, struct cm_cel_value key,
                      struct cm_cel_value value, struct cm_cel_value *ret)
{
        int r = cm_cel_map_add(cx, f->map, key, value);
        if (r != 0)
                *ret = r > 0 ? cm_cel_fail(cx, "the map has a key twice") : cm_cel_no_memory(cx);
        return r == 0;
}

/* transformMapEntry: the body gives a map whose entries are added. */
static bool add_entries(struct cm_cel_context *cx, struct cm_cel_frame *f, struct cm_cel_value body,
                        struct cm_cel_value *ret)
{
        if (body.kind != CM_CEL_MAP) {
                *ret = cm_cel_fail(cx, "transformMapEntry() takes a map of one entry, not %.*s",
                                   CM_SV_ARG(cm_cel_type_name(body)));
                return false;
        }
        for (size_t i = 0; i < cm_cel_map_count(body); i++) {
                struct cm_cel_value key;
                struct cm_cel_value value;
                cm_cel_map_at(body, i, &key, &value);
                if (!add_entry(cx, f, key, value, ret))
                        return false;
        }
        return true;
}

/* all and exists: `decides` ends the loop, errors wait for what may decide. */
static bool step_quantifier(struct cm_cel_context *cx, struct cm_cel_frame *f, bool decides,
                            struct cm_cel_value body, struct cm_cel_value *ret)
{
        if (body.kind == CM_CEL_BOOL) {
                if (body.boolean == decides) {
                        *ret = body;
                        return false;
                }
        } else if (f->error.reason == NULL) {
                f->error = body.kind == CM_CEL_ERROR ? body : not_bool(cx, body);
        }
        return true;
}

bool cm_cel_loop_step(struct cm_cel_context *cx, struct cm_cel_frame *f, struct cm_cel_value body,
                      struct cm_cel_value *ret)
{
        bool go_on = true;
        *ret = body;
        bool is_condition = f->kind == CM_CEL_LOOP_FILTER || f->kind == CM_CEL_LOOP_ONE;
        bool is_quantifier = f->kind == CM_CEL_LOOP_ALL || f->kind == CM_CEL_LOOP_EXISTS;
        if (body.kind == CM_CEL_ERROR && !is_quantifier)
                return false;
        if (is_condition && body.kind != CM_CEL_BOOL) {
                *ret = not_bool(cx, body);
                return false;
        }
        switch (f->kind) {
        case CM_CEL_LOOP_ALL:
        case CM_CEL_LOOP_EXISTS:
                go_on = step_quantifier(cx, f, f->kind == CM_CEL_LOOP_EXISTS, body, ret);
                break;
        case CM_CEL_LOOP_ONE:
                f->matches += body.boolean;
                break;
        case CM_CEL_LOOP_FILTER:
                go_on = !body.boolean || gather(cx, f, f->locals[0], body);
                break;
        case CM_CEL_LOOP_LIST:
                go_on = gather(cx, f, body, body);
                break;
        case CM_CEL_LOOP_SORT:
                go_on = gather(cx, f, f->locals[0], body);
                break;
        case CM_CEL_LOOP_MAP:
                go_on = add_entry(cx, f, f->locals[0], body, ret);
                break;
        case CM_CEL_LOOP_ENTRY:
                go_on = add_entries(cx, f, body, ret);
                break;
        }
        return go_on && next_turn(cx, f, ret);
}

enum cm_cel_where cm_cel_loop_where(struct cm_cel_context *cx, struct cm_cel_frame *f,
                                    struct cm_cel_value condition, struct cm_cel_value *ret)
{
        if (condition.kind != CM_CEL_BOOL) {
                *ret = condition.kind == CM_CEL_ERROR ? condition : not_bool(cx, condition);
                return CM_CEL_WHERE_DONE;
        }
        if (condition.boolean)
                return CM_CEL_WHERE_BODY;
        return next_turn(cx, f, ret) ? CM_CEL_WHERE_NEXT : CM_CEL_WHERE_DONE;
}
