/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `audit`: the rules that files set, in the order in which augenrules joins them (`rules`), and of
 * this host those that its kernel has loaded (`loaded`, or `loaded_error`). Null: there are none.
 */
#include "host/audit_loaded.h"
#include "host/host_text.h"
#include "os/audit_rules.h"

static const char *const directories[] = { "etc/audit/rules.d", NULL };

struct loaded {
        struct cm_arena *arena;
        struct cm_node *list;
};

static void put_loaded(void *ctx, struct cm_sv rule)
{
        struct loaded *l = ctx;
        cm_host_audit_loaded(l->arena, rule, l->list);
}

/* Of a kernel only its own root is asked. Returns: how many rules. */
static size_t collect_loaded(struct cm_host *h, struct cm_node *audit)
{
        struct loaded l = { h->arena, cm_host_new_list(h->arena) };
        struct cm_err err = CM_ERR_INIT;
        if (!h->is_own)
                return 0;
        if (cm_audit_rules_list(put_loaded, &l, &err) < 0) {
                cm_host_put_text(h->arena, audit, "loaded_error",
                                 cm_sv_dup(h->arena, cm_sv_from_cstr(err.text)));
                return 0;
        }
        cm_host_put(h->arena, audit, "loaded", l.list);
        return cm_node_count(l.list);
}

static void collect(struct cm_host *h, struct cm_node *facts)
{
        struct cm_host_files files = cm_host_drop_ins(h, directories, ".rules");
        struct cm_node *rules = cm_host_new_list(h->arena);
        struct cm_node *audit = cm_host_map(h->arena);
        struct cm_host_names folder = cm_host_list(h, "etc/audit");
        struct cm_sv problem = files.state == CM_HOST_UNREADABLE    ? files.reason
                               : folder.state == CM_HOST_UNREADABLE ? folder.reason
                                                                    : CM_SV("");
        size_t loaded = collect_loaded(h, audit);
        if (folder.state == CM_HOST_ABSENT && loaded == 0) {
                cm_host_put_null(h->arena, facts, "audit");
                return;
        }
        /* augenrules writes audit.rules from rules.d: read it only where there is no such folder. */
        if (files.count == 0)
                *CM_VEC_PUSH(h->arena, &files) = CM_SV("etc/audit/audit.rules");
        for (size_t i = 0; i < files.count; i++) {
                struct cm_host_text t = cm_host_read(h, files.items[i].ptr);
                if (t.state == CM_HOST_UNREADABLE)
                        problem = t.reason;
                cm_host_text_audit(h->arena, cm_host_absolute(h->arena, files.items[i].ptr), t.text,
                                   rules);
        }
        if (problem.len > 0)
                audit = cm_host_error(h->arena, problem);
        else
                cm_host_put(h->arena, audit, "rules", rules);
        cm_host_put(h->arena, facts, "audit", audit);
}

extern const struct cm_host_section cm_host_section_audit;
const struct cm_host_section cm_host_section_audit = { collect };
