/* SPDX-License-Identifier: Apache-2.0 */
/* See audit_loaded.h. */
#include "host/audit_loaded.h"

#include <linux/audit.h>
#include <sys/syscall.h>

#include "base/cursor.h"

enum {
        FIXED_BYTES = 12 + 4 * AUDIT_BITMASK_SIZE + 3 * 4 * AUDIT_MAX_FIELDS + 4
};

/* Names that rules of checks have: number on this machine's 64-bit interface, and on i386. */
static const struct {
        const char *name;
        long native;
        long i386;
} calls[] = {
#define CM_CALL(name, i386) { #name, SYS_##name, i386 },
        CM_CALL(adjtimex, 124) CM_CALL(settimeofday, 79) CM_CALL(clock_settime, 264) CM_CALL(
                fchmod, 94) CM_CALL(fchmodat, 306) CM_CALL(fchown, 95) CM_CALL(fchownat, 298)
                CM_CALL(setxattr, 226) CM_CALL(lsetxattr, 227) CM_CALL(fsetxattr, 228) CM_CALL(
                        removexattr, 235) CM_CALL(lremovexattr, 236) CM_CALL(fremovexattr, 237)
                        CM_CALL(mount, 21) CM_CALL(renameat, 302) CM_CALL(unlinkat, 301) CM_CALL(
                                openat, 295) CM_CALL(truncate, 92) CM_CALL(ftruncate, 93)
                                CM_CALL(init_module, 128) CM_CALL(finit_module, 350)
                                        CM_CALL(delete_module, 129) CM_CALL(execve, 11) CM_CALL(
                                                sethostname, 74) CM_CALL(setdomainname, 121)
#ifdef SYS_chmod /* newer machines have only the forms with "at" */
                                                CM_CALL(chmod, 15) CM_CALL(chown,
                                                                           182) CM_CALL(lchown, 16)
                                                        CM_CALL(rename, 38) CM_CALL(unlink, 10)
                                                                CM_CALL(creat, 8) CM_CALL(open, 5)
#endif
#undef CM_CALL
};

struct rule {
        struct cm_node *node;
        struct cm_node *syscalls;
        struct cm_node *fields;
        bool is_32;
        bool is_watch;
};

static struct cm_sv name_of_call(struct cm_arena *arena, bool is_32, long number)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(calls); i++)
                if ((is_32 ? calls[i].i386 : calls[i].native) == number)
                        return cm_sv_from_cstr(calls[i].name);
        return cm_sv_printf(arena, "%ld", number);
}

static struct cm_sv perms_of(struct cm_arena *arena, uint32_t bits)
{
        return cm_sv_printf(arena, "%s%s%s%s", (bits & AUDIT_PERM_READ) != 0 ? "r" : "",
                            (bits & AUDIT_PERM_WRITE) != 0 ? "w" : "",
                            (bits & AUDIT_PERM_EXEC) != 0 ? "x" : "",
                            (bits & AUDIT_PERM_ATTR) != 0 ? "a" : "");
}

static const char *operator_of(uint32_t flags)
{
        switch (flags & AUDIT_OPERATORS) {
        case AUDIT_EQUAL:
                return "=";
        case AUDIT_NOT_EQUAL:
                return "!=";
        case AUDIT_GREATER_THAN:
                return ">";
        case AUDIT_GREATER_THAN_OR_EQUAL:
                return ">=";
        case AUDIT_LESS_THAN:
                return "<";
        case AUDIT_LESS_THAN_OR_EQUAL:
                return "<=";
        }
        return "&";
}

/* A field with a text has its length as value; the texts follow each other in `texts`. */
static void add_field(struct cm_arena *arena, struct rule *r, uint32_t field, uint32_t value,
                      uint32_t flags, struct cm_cursor *texts)
{
        const char *op = operator_of(flags);
        struct cm_sv text = CM_SV("");
        switch (field) {
        case AUDIT_ARCH:
                r->is_32 = (value & (uint32_t)__AUDIT_ARCH_64BIT) == 0;
                text = cm_sv_printf(arena, "arch%s%s", op, r->is_32 ? "b32" : "b64");
                break;
        case AUDIT_WATCH:
        case AUDIT_DIR:
                r->is_watch = true;
                cm_host_put_text(arena, r->node, "path",
                                 cm_sv_dup(arena, cm_cursor_take(texts, value)));
                return;
        case AUDIT_PERM:
                cm_host_put_text(arena, r->node, "perms", perms_of(arena, value));
                return;
        case AUDIT_FILTERKEY:
                cm_host_put_text(arena, r->node, "key",
                                 cm_sv_dup(arena, cm_cursor_take(texts, value)));
                return;
        case AUDIT_FIELD_COMPARE:
                text = value == AUDIT_COMPARE_UID_TO_EUID
                               ? cm_sv_printf(arena, "uid%seuid", op)
                               : cm_sv_printf(arena, "compare%u%s", value, op);
                break;
        case AUDIT_EXIT:
                text = (int32_t)value == -13  ? cm_sv_printf(arena, "exit%s-EACCES", op)
                       : (int32_t)value == -1 ? cm_sv_printf(arena, "exit%s-EPERM", op)
                                              : cm_sv_printf(arena, "exit%s%d", op, (int32_t)value);
                break;
        case AUDIT_LOGINUID:
                text = cm_sv_printf(arena, "auid%s%lld", op,
                                    value == UINT32_MAX ? -1LL : (long long)value);
                break;
        case AUDIT_SUBJ_USER:
        case AUDIT_SUBJ_ROLE:
        case AUDIT_SUBJ_TYPE:
        case AUDIT_SUBJ_SEN:
        case AUDIT_SUBJ_CLR:
        case AUDIT_OBJ_USER:
        case AUDIT_OBJ_ROLE:
        case AUDIT_OBJ_TYPE:
        case AUDIT_OBJ_LEV_LOW:
        case AUDIT_OBJ_LEV_HIGH:
        case AUDIT_EXE: {
                struct cm_sv word = cm_cursor_take(texts, value);
                text = cm_sv_printf(arena, "%u%s%.*s", field, op, CM_SV_ARG(word));
                break;
        }
        default: /* fields are numbers of a growing list, not an enum */
                text = cm_sv_printf(arena, "%u%s%u", field, op, value);
        }
        cm_host_add_text(arena, r->fields, text);
}

void cm_host_audit_loaded(struct cm_arena *arena, struct cm_sv rule, struct cm_node *list)
{
        struct cm_cursor c = cm_cursor_at(rule, 0, rule.len);
        struct rule r = { cm_host_map(arena), cm_host_new_list(arena), cm_host_new_list(arena),
                          false, false };
        uint32_t masks[AUDIT_BITMASK_SIZE];
        uint32_t fields[3][AUDIT_MAX_FIELDS]; /* field, value, flags */
        if (rule.len < FIXED_BYTES)
                return;
        uint32_t filter = cm_cursor_le32(&c);
        uint32_t action = cm_cursor_le32(&c);
        uint32_t count = cm_cursor_le32(&c);
        bool is_any = true;
        for (size_t i = 0; i < AUDIT_BITMASK_SIZE; i++) {
                masks[i] = cm_cursor_le32(&c);
                is_any = is_any && (masks[i] == UINT32_MAX || i == AUDIT_BITMASK_SIZE - 1);
        }
        for (size_t i = 0; i < 3; i++)
                for (size_t j = 0; j < AUDIT_MAX_FIELDS; j++)
                        fields[i][j] = cm_cursor_le32(&c);
        struct cm_cursor texts = cm_cursor_at(rule, FIXED_BYTES, rule.len - FIXED_BYTES);
        for (uint32_t i = 0; i < count && i < AUDIT_MAX_FIELDS; i++)
                add_field(arena, &r, fields[0][i], fields[1][i], fields[2][i], &texts);
        for (size_t i = 0; i < AUDIT_BITMASK_SIZE * 32 && !is_any; i++)
                if ((masks[i / 32] >> (i % 32) & 1) != 0)
                        cm_host_add_text(arena, r.syscalls, name_of_call(arena, r.is_32, (long)i));
        if (r.is_watch && cm_node_get(r.node, "perms") == NULL)
                cm_host_put_text(arena, r.node, "perms", CM_SV("rwxa"));
        cm_host_put_text(arena, r.node, "kind",
                         r.is_watch && cm_node_count(r.syscalls) == 0 ? CM_SV("watch")
                                                                      : CM_SV("syscall"));
        cm_host_put_text(arena, r.node, "action",
                         action == AUDIT_ALWAYS ? CM_SV("always") : CM_SV("never"));
        cm_host_put_text(arena, r.node, "list",
                         (filter & ~(uint32_t)AUDIT_FILTER_PREPEND) == AUDIT_FILTER_EXIT
                                 ? CM_SV("exit")
                                 : CM_SV("other"));
        cm_host_put(arena, r.node, "syscalls", r.syscalls);
        cm_host_put(arena, r.node, "fields", r.fields);
        cm_node_add(arena, list, r.node);
}
