/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The machine: one loop over instructions, an explicit stack, frames of loops. Errors are values:
 * they travel through the stack until an operator absorbs them or the end is reached.
 */
#include "base/limits.h"
#include "cel/cel_loop.h"

enum {
        CELLS_SMALL = 32 /* a stack of this size needs no memory of the run */
};

struct machine {
        struct cm_cel_context cx;
        const struct cm_cel_value *slots;
        struct cm_cel_value *cells; /* locals, then the stack */
        struct cm_cel_frame *frames;
        size_t frame_count;
};

static struct cm_cel_value no_truth(struct cm_cel_context *cx, struct cm_cel_value v)
{
        if (v.kind == CM_CEL_ERROR)
                return v;
        return cm_cel_fail(cx, "no such overload: a bool is needed, not %.*s",
                           CM_SV_ARG(cm_cel_type_name(v)));
}

static struct cm_cel_value call(struct cm_cel_context *cx, const struct cm_cel_callee *callee,
                                const struct cm_cel_value *args, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (args[i].kind == CM_CEL_ERROR)
                        return args[i];
        for (size_t i = 0; i < callee->count; i++)
                if (cm_cel_signature_fits(callee->candidates[i]->signature, args, count))
                        return cm_cel_known(cx, callee->candidates[i]->call(cx, args, count));
        return cm_cel_no_overload(cx, callee->name, args, count);
}

/* top = top.name for the common case, a map of a document. */
static inline struct cm_cel_value select_fast(struct cm_cel_context *cx, struct cm_cel_value v,
                                              struct cm_cel_value key)
{
        if (v.kind == CM_CEL_MAP && v.is_node) {
                const struct cm_node_member *m = cm_node_member(v.node, cm_cel_sv(key));
                cm_cel_note_read(cx, m != NULL ? m->value : v.node);
                if (m != NULL)
                        return cm_cel_placed(cx, cm_cel_from_node(m->value));
        }
        return cm_cel_select(cx, v, key, false);
}

static inline struct cm_cel_value binary_fast(struct cm_cel_context *cx, enum cm_cel_token_kind op,
                                              struct cm_cel_value a, struct cm_cel_value b)
{
        if (a.kind == CM_CEL_STRING && b.kind == CM_CEL_STRING && op <= CM_CEL_T_NE &&
            op >= CM_CEL_T_EQ) {
                bool same = a.len == b.len && (a.len == 0 || memcmp(a.text, b.text, a.len) == 0);
                return cm_cel_bool(same == (op == CM_CEL_T_EQ));
        }
        return cm_cel_binary(cx, op, a, b);
}

/* Whether the top decides an && or ||; what is no bool becomes an error. */
static inline bool decides(struct cm_cel_context *cx, const struct cm_cel_ins *ins,
                           struct cm_cel_value *top)
{
        if (top->kind != CM_CEL_BOOL) {
                *top = no_truth(cx, *top);
                return false;
        }
        return top->boolean == (ins->a == CM_CEL_T_OR);
}

/* left && right, neither of which decided before: an error on the left waits for the right. */
static inline struct cm_cel_value join(struct cm_cel_context *cx, const struct cm_cel_ins *ins,
                                       struct cm_cel_value left, struct cm_cel_value right)
{
        if (decides(cx, ins, &right) || left.kind != CM_CEL_ERROR)
                return right;
        return left;
}

/* LOOP, WHERE, STEP: the address where the machine goes on; the cell at `top` is the operand and, when
 * a loop ends, the result (then *ret_pushed). */
static uint32_t loop_op(struct machine *m, const struct cm_cel_ins *ins, struct cm_cel_value *top,
                        bool *ret_pushed)
{
        const struct cm_cel_ins *code = m->cx.program->code;
        struct cm_cel_value operand = *top;
        uint32_t loop_at = ins->op == CM_CEL_OP_LOOP ? m->cx.ins : ins->c;
        *ret_pushed = false;
        if (ins->op == CM_CEL_OP_LOOP) {
                CM_ASSERT(m->frames != NULL && m->frame_count < m->cx.program->loop_depth);
                struct cm_cel_frame *f = &m->frames[m->frame_count++];
                f->locals = m->cells + (ins->b & ~CM_CEL_TWO_VARIABLES);
                if (cm_cel_loop_begin(&m->cx, f, ins, operand, top))
                        return loop_at + 1;
        } else if (ins->op == CM_CEL_OP_STEP) {
                cm_cel_charge(&m->cx, m->cx.ins - loop_at);
                if (cm_cel_loop_step(&m->cx, &m->frames[m->frame_count - 1], operand, top))
                        return loop_at + 1;
        } else {
                cm_cel_charge(&m->cx, m->cx.ins - loop_at);
                enum cm_cel_where where =
                        cm_cel_loop_where(&m->cx, &m->frames[m->frame_count - 1], operand, top);
                if (where == CM_CEL_WHERE_BODY)
                        return m->cx.ins + 1;
                if (where == CM_CEL_WHERE_NEXT)
                        return loop_at + 1;
        }
        m->frame_count--;
        *ret_pushed = true;
        return code[loop_at].c + 1;
}

static struct cm_cel_value make(struct cm_cel_context *cx, const struct cm_cel_ins *ins,
                                const struct cm_cel_value *cells, const char *flags)
{
        return ins->op == CM_CEL_OP_LIST ? cm_cel_make_list(cx, cells, ins->c, flags)
                                         : cm_cel_make_map(cx, cells, ins->c, flags);
}

static void need_optional(struct cm_cel_context *cx, struct cm_cel_value *top)
{
        if (top->kind != CM_CEL_OPTIONAL && top->kind != CM_CEL_ERROR)
                *top = cm_cel_fail(cx, "no such overload: an optional is needed, not %.*s",
                                   CM_SV_ARG(cm_cel_type_name(*top)));
}

/* OPT_OR: the right side is not evaluated when the left one has a value or failed. */
static bool opt_or_ends(struct cm_cel_context *cx, const struct cm_cel_ins *ins,
                        struct cm_cel_value *top)
{
        need_optional(cx, top);
        if (top->kind == CM_CEL_OPTIONAL && top->boxed != NULL && ins->a == 0)
                *top = *top->boxed;
        else if (top->kind == CM_CEL_OPTIONAL && top->boxed == NULL)
                return false;
        return true;
}

/* OPT_MAP: none and errors stay and skip the body; else the content becomes the local. */
static bool opt_map_enters(struct machine *m, const struct cm_cel_ins *ins,
                           struct cm_cel_value *top)
{
        need_optional(&m->cx, top);
        if (top->kind == CM_CEL_ERROR || top->boxed == NULL)
                return false;
        m->cells[ins->b] = *top->boxed;
        return true;
}

static struct cm_cel_value wrap(struct cm_cel_context *cx, bool flat, struct cm_cel_value v)
{
        if (v.kind == CM_CEL_ERROR)
                return v;
        if (!flat)
                return cm_cel_some(cx, v);
        return v.kind == CM_CEL_OPTIONAL ? v
                                         : cm_cel_fail(cx, "an optional is needed, not %.*s",
                                                       CM_SV_ARG(cm_cel_type_name(v)));
}

/* NOLINTNEXTLINE(readability-function-size,readability-function-cognitive-complexity): one case per
 * instruction, a state machine */
static CM_HOT struct cm_cel_value execute(struct machine *m)
{
        const struct cm_cel_program *program = m->cx.program;
        const struct cm_cel_value *constants = program->constants;
        struct cm_cel_value *sp = m->cells + program->local_count; /* the next free cell */
        uint32_t pc = 0;
        bool flag;

        for (;;) {
                const struct cm_cel_ins *ins = &program->code[pc];
                m->cx.ins = pc++;
                switch ((enum cm_cel_op)ins->op) {
                case CM_CEL_OP_RETURN:
                        return sp[-1];
                case CM_CEL_OP_FAIL:
                        *sp++ = cm_cel_fail(&m->cx, "%.*s",
                                            CM_SV_ARG(cm_cel_sv(constants[ins->c])));
                        break;
                case CM_CEL_OP_CONST:
                        *sp++ = constants[ins->c];
                        break;
                case CM_CEL_OP_SLOT:
                        *sp++ = cm_cel_placed(&m->cx, m->slots[ins->c]);
                        break;
                case CM_CEL_OP_LOCAL:
                        *sp++ = cm_cel_placed(&m->cx, m->cells[ins->c]);
                        break;
                case CM_CEL_OP_STORE:
                        m->cells[ins->c] = *--sp;
                        break;
                case CM_CEL_OP_SELECT:
                        sp[-1] = select_fast(&m->cx, sp[-1], constants[ins->c]);
                        break;
                case CM_CEL_OP_OPT_SELECT:
                        sp[-1] = cm_cel_select(&m->cx, sp[-1], constants[ins->c], true);
                        break;
                case CM_CEL_OP_HAS:
                        sp[-1] = cm_cel_has(&m->cx, sp[-1], constants[ins->c]);
                        break;
                case CM_CEL_OP_INDEX:
                case CM_CEL_OP_OPT_INDEX:
                        sp--;
                        sp[-1] =
                                cm_cel_index(&m->cx, sp[-1], sp[0], ins->op == CM_CEL_OP_OPT_INDEX);
                        break;
                case CM_CEL_OP_NOT:
                        sp[-1] = sp[-1].kind == CM_CEL_BOOL ? cm_cel_bool(!sp[-1].boolean)
                                                            : no_truth(&m->cx, sp[-1]);
                        break;
                case CM_CEL_OP_NEGATE:
                        sp[-1] = cm_cel_negate(&m->cx, sp[-1]);
                        break;
                case CM_CEL_OP_BINARY:
                        sp--;
                        sp[-1] = binary_fast(&m->cx, (enum cm_cel_token_kind)ins->a, sp[-1], sp[0]);
                        break;
                case CM_CEL_OP_LIST:
                case CM_CEL_OP_MAP:
                        sp -= ins->c + (ins->a ? 1U : 0U);
                        *sp = make(&m->cx, ins, sp, ins->a ? sp[ins->c].text : NULL);
                        sp++;
                        break;
                case CM_CEL_OP_CALL:
                        sp -= ins->b;
                        *sp = call(&m->cx, &program->callees[ins->c], sp, ins->b);
                        sp++;
                        break;
                case CM_CEL_OP_JUMP:
                        pc = ins->c;
                        break;
                case CM_CEL_OP_JUNCTION:
                        if (decides(&m->cx, ins, &sp[-1]))
                                pc = ins->c;
                        break;
                case CM_CEL_OP_JOIN:
                        sp--;
                        sp[-1] = join(&m->cx, ins, sp[-1], sp[0]);
                        if (sp[-1].kind == CM_CEL_BOOL && sp[-1].boolean == (ins->a == CM_CEL_T_OR))
                                pc = ins->c;
                        break;
                case CM_CEL_OP_BRANCH:
                        if (CM_UNLIKELY(sp[-1].kind != CM_CEL_BOOL)) {
                                sp[-1] = no_truth(&m->cx, sp[-1]);
                                pc = ins->c - 1;
                        } else if (!(--sp)->boolean) {
                                pc = ins->c;
                        }
                        break;
                case CM_CEL_OP_LOOP:
                case CM_CEL_OP_WHERE:
                case CM_CEL_OP_STEP:
                        sp--;
                        pc = loop_op(m, ins, sp, &flag);
                        sp += flag;
                        break;
                case CM_CEL_OP_OPT_MAP:
                        if (opt_map_enters(m, ins, &sp[-1]))
                                sp--;
                        else
                                pc = ins->c;
                        break;
                case CM_CEL_OP_OPT_OR:
                        if (opt_or_ends(&m->cx, ins, &sp[-1]))
                                pc = ins->c;
                        else
                                sp--;
                        break;
                case CM_CEL_OP_WRAP:
                        sp[-1] = wrap(&m->cx, ins->a != 0, sp[-1]);
                        break;
                }
                if (CM_UNLIKELY(m->cx.is_over))
                        return cm_cel_null();
        }
}

static int over(const struct cm_cel_context *cx, struct cm_err *err)
{
        if (cx->cost > cx->cost_max)
                return CM_RAISE(err, CM_E_LIMIT, "the expression takes more than %llu steps",
                                (unsigned long long)cx->cost_max);
        return CM_RAISE(err, CM_E_LIMIT, "the expression needs more than %zu bytes of memory",
                        cx->bytes_max);
}

int cm_cel_eval(const struct cm_cel_program *program, struct cm_cel_run *run,
                struct cm_cel_value *ret, struct cm_err *err)
{
        struct cm_cel_value small[CELLS_SMALL];
        struct machine m = {
                .cx = { .program = program,
                        .arena = run->scratch,
                        .cost = program->code_count,
                        .cost_max = run->cost_max == 0 ? CM_CEL_COST_DEFAULT : run->cost_max,
                        .bytes_max = run->bytes_max == 0 ? CM_CEL_BYTES_DEFAULT : run->bytes_max,
                        .run = run,
                        .zones = run->zones },
                .slots = run->slots,
                .cells = small,
        };
        run->read_count = 0;
        m.cx.is_over = m.cx.cost > m.cx.cost_max;
        if (program->stack_count > CELLS_SMALL)
                m.cells = cm_cel_alloc_values(&m.cx, program->stack_count);
        if (program->loop_depth > 0)
                m.frames = cm_cel_alloc_array(&m.cx, program->loop_depth, sizeof(*m.frames));
        *ret = m.cx.is_over ? cm_cel_null() : execute(&m);
        run->cost = m.cx.cost;
        if (m.cx.is_over)
                return over(&m.cx, err);
        return ret->kind == CM_CEL_ERROR ? CM_CEL_FAILED : 0;
}
