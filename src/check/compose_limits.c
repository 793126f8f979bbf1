/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What bounds and watches a service: resources, restarts, health, logging, security options. Several
 * members say the same thing (mem_limit and deploy.resources.limits.memory); here is what holds.
 * Spec: the Compose specification, "deploy", "healthcheck", "ulimits", "security_opt".
 */
#include "base/real.h"
#include "check/compose.h"

enum {
        CPU_PERIOD_DEFAULT = 100000 /* microseconds, as the kernel has it */
};

static const double size_max = 9e18;

/* "1.5g", "512mb", "64MiB", "1024": bytes. Below zero is no limit, as 0 is. */
static const struct cm_node *as_bytes(struct cm_compose *cx, const struct cm_node *n)
{
        static const char units[] = "kmgtp";
        double value = 0;
        double factor = 1;
        if (cm_compose_is_unknown(n))
                return n;
        if (cm_node_type(n) == CM_NODE_INT)
                return cm_compose_int(cx, n->pos, n->integer < 0 ? 0 : n->integer);
        if (cm_node_type(n) != CM_NODE_STRING)
                return cm_compose_unknown(cx, n->pos, "must be a size");
        struct cm_sv text = cm_sv_trim(n->text);
        size_t digits = 0;
        while (digits < text.len && !cm_is_alpha(text.ptr[digits]))
                digits++;
        struct cm_sv unit = cm_sv_skip(text, digits);
        for (size_t i = 0; i + 1 < sizeof(units) && unit.len > 0; i++) {
                factor *= 1024;
                if (cm_to_lower(unit.ptr[0]) != units[i])
                        continue;
                value = factor;
                unit = cm_sv_skip(unit, 1);
                if (cm_sv_eq_nocase(unit, CM_SV("b")) || cm_sv_eq_nocase(unit, CM_SV("ib")))
                        unit = CM_SV("");
                break;
        }
        factor = value > 0 ? value : 1;
        if (cm_sv_eq_nocase(unit, CM_SV("b")))
                unit = CM_SV("");
        if (unit.len > 0 || !cm_real_parse(cm_sv_trim(cm_sv_slice(text, 0, digits)), &value) ||
            value * factor > size_max)
                return cm_compose_unknown(cx, n->pos, "must be a size");
        return cm_compose_int(cx, n->pos, value < 0 ? 0 : (int64_t)(value * factor));
}

static const struct cm_node *as_real(struct cm_compose *cx, const struct cm_node *n)
{
        double value = 0;
        if (cm_node_type(n) == CM_NODE_INT || cm_node_type(n) == CM_NODE_REAL ||
            cm_compose_is_unknown(n))
                return n;
        if (cm_node_type(n) == CM_NODE_STRING && cm_real_parse(cm_sv_trim(n->text), &value))
                return cm_node_new_real(cx->arena, n->pos, value);
        return cm_compose_unknown(cx, n->pos, "must be a number");
}

static bool is_positive(const struct cm_node *n)
{
        return (cm_node_type(n) == CM_NODE_INT && n->integer > 0) ||
               (cm_node_type(n) == CM_NODE_REAL && n->real > 0);
}

/* The first that bounds; else one that is not known; else 0. */
static const struct cm_node *first_bound(struct cm_compose *cx, struct cm_node_pos pos,
                                         const struct cm_node *const *values, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (is_positive(values[i]))
                        return values[i];
        for (size_t i = 0; i < count; i++)
                if (cm_compose_is_unknown(values[i]))
                        return values[i];
        for (size_t i = 0; i < count; i++)
                if (values[i]->pos.line != pos.line || values[i]->pos.column != pos.column)
                        return cm_compose_int(cx, values[i]->pos, 0); /* where 0 is written */
        return cm_compose_int(cx, pos, 0);
}

/* deploy.resources.limits; unknown when any of them is. */
static const struct cm_node *deployed_limits(struct cm_compose *cx, const struct cm_node *service)
{
        static const char *const way[] = { "deploy", "resources", "limits" };
        const struct cm_node *n = service;
        const struct cm_node *empty = cm_compose_map(cx, service->pos);
        for (size_t i = 0; i < CM_ARRAY_LEN(way); i++)
                n = cm_compose_member(cx, n, way[i], cm_compose_as_mapping, empty);
        return n;
}

/* Quota and period in microseconds are the long way to say how many processors. */
static const struct cm_node *cpu_quota(struct cm_compose *cx, const struct cm_node *service)
{
        const struct cm_node *none = cm_compose_int(cx, service->pos, 0);
        const struct cm_node *quota =
                cm_compose_member(cx, service, "cpu_quota", cm_compose_as_int, none);
        const struct cm_node *period =
                cm_compose_member(cx, service, "cpu_period", cm_compose_as_int,
                                  cm_compose_int(cx, service->pos, CPU_PERIOD_DEFAULT));
        if (!is_positive(quota) || !is_positive(period))
                return quota;
        return cm_node_new_real(cx->arena, quota->pos,
                                (double)quota->integer / (double)period->integer);
}

const struct cm_node *cm_compose_limits(struct cm_compose *cx, const struct cm_node *service)
{
        const struct cm_node *none = cm_compose_int(cx, service->pos, 0);
        const struct cm_node *deployed = deployed_limits(cx, service);
        const struct cm_node *const memory[] = {
                cm_compose_member(cx, service, "mem_limit", as_bytes, none),
                cm_compose_member(cx, deployed, "memory", as_bytes, none),
        };
        const struct cm_node *const cpus[] = {
                cm_compose_member(cx, service, "cpus", as_real, none),
                cm_compose_member(cx, deployed, "cpus", as_real, none),
                cpu_quota(cx, service),
        };
        const struct cm_node *const pids[] = {
                cm_compose_member(cx, service, "pids_limit", cm_compose_as_int, none),
                cm_compose_member(cx, deployed, "pids", cm_compose_as_int, none),
        };
        struct cm_node *map = cm_compose_map(cx, service->pos);
        cm_compose_put(cx, map, "memory",
                       first_bound(cx, service->pos, memory, CM_ARRAY_LEN(memory)));
        cm_compose_put(cx, map, "cpus", first_bound(cx, service->pos, cpus, CM_ARRAY_LEN(cpus)));
        cm_compose_put(cx, map, "pids", first_bound(cx, service->pos, pids, CM_ARRAY_LEN(pids)));
        return map;
}

static const struct cm_node *as_ulimit(struct cm_compose *cx, const struct cm_node *n)
{
        struct cm_node *map = cm_compose_map(cx, n->pos);
        bool is_map = cm_node_type(n) == CM_NODE_MAP;
        if (!is_map) {
                const struct cm_node *value = cm_compose_as_int(cx, n);
                cm_compose_put(cx, map, "soft", value);
                cm_compose_put(cx, map, "hard", value);
                return map;
        }
        const struct cm_node *missing = cm_compose_unknown(cx, n->pos, "needs soft and hard");
        cm_compose_put(cx, map, "soft",
                       cm_compose_member(cx, n, "soft", cm_compose_as_int, missing));
        cm_compose_put(cx, map, "hard",
                       cm_compose_member(cx, n, "hard", cm_compose_as_int, missing));
        return map;
}

const struct cm_node *cm_compose_as_ulimits(struct cm_compose *cx, const struct cm_node *n)
{
        if (cm_node_type(n) != CM_NODE_MAP)
                return cm_compose_as_mapping(cx, n);
        struct cm_node *map = cm_compose_map(cx, n->pos);
        for (size_t i = 0; i < n->map.count; i++) {
                const struct cm_node_member *m = &n->map.members[i];
                cx->node_count++;
                cm_node_put(cx->arena, map, m->key, m->key_pos, as_ulimit(cx, m->value));
        }
        return map;
}

static const struct cm_node *as_test(struct cm_compose *cx, const struct cm_node *n)
{
        if (cm_node_type(n) != CM_NODE_STRING)
                return cm_compose_as_texts(cx, n);
        struct cm_node *list = cm_compose_list(cx, n->pos);
        cm_compose_add(cx, list, cm_compose_text(cx, n->pos, CM_SV("CMD-SHELL")));
        cm_compose_add(cx, list, n);
        return list;
}

/* Only what is there: a service that extends this one may say the rest. */
const struct cm_node *cm_compose_as_healthcheck(struct cm_compose *cx, const struct cm_node *n)
{
        if (cm_node_type(n) != CM_NODE_MAP)
                return cm_compose_as_mapping(cx, n);
        struct cm_node *map = cm_compose_map(cx, n->pos);
        for (size_t i = 0; i < n->map.count; i++) {
                const struct cm_node_member *m = &n->map.members[i];
                const struct cm_node *value = m->value;
                if (cm_node_type(value) == CM_NODE_NULL && !cm_compose_is_unknown(value))
                        continue;
                if (cm_sv_eq(m->key, CM_SV("test")))
                        value = as_test(cx, value);
                else if (cm_sv_eq(m->key, CM_SV("disable")))
                        value = cm_compose_as_bool(cx, value);
                cx->node_count++;
                cm_node_put(cx->arena, map, m->key, m->key_pos, value);
        }
        return map;
}

const struct cm_node *cm_compose_health(struct cm_compose *cx, const struct cm_node *service)
{
        const struct cm_node *health = cm_node_get(service, "healthcheck");
        if (cm_node_type(health) != CM_NODE_MAP)
                return health;
        struct cm_node *map = cm_compose_map(cx, health->pos);
        for (size_t i = 0; i < health->map.count; i++)
                cm_node_put(cx->arena, map, health->map.members[i].key,
                            health->map.members[i].key_pos, health->map.members[i].value);
        const struct cm_node *test = cm_node_get(health, "test");
        const struct cm_node *first = cm_node_at(test, 0);
        const struct cm_node *disable = cm_node_get(health, "disable");
        if (disable == NULL)
                disable = cm_compose_bool(cx, health->pos, false);
        if (cm_sv_eq(cm_node_string(first), CM_SV("NONE")))
                disable = cm_compose_bool(cx, first->pos, true);
        else if (!cm_node_bool(disable, false) &&
                 (cm_compose_is_unknown(test) || cm_compose_is_unknown(first)))
                disable = cm_compose_is_unknown(test) ? test : first;
        cm_compose_put(cx, map, "disable", disable);
        if (test == NULL)
                cm_compose_put(cx, map, "test", cm_compose_null(cx, health->pos));
        return map;
}

const struct cm_node *cm_compose_as_logging(struct cm_compose *cx, const struct cm_node *n)
{
        if (cm_node_type(n) != CM_NODE_MAP)
                return cm_compose_as_mapping(cx, n);
        struct cm_node *map = cm_compose_map(cx, n->pos);
        cm_compose_put(cx, map, "driver",
                       cm_compose_member(cx, n, "driver", cm_compose_as_text,
                                         cm_compose_text(cx, n->pos, CM_SV(""))));
        cm_compose_put(cx, map, "options",
                       cm_compose_member(cx, n, "options", cm_compose_as_mapping,
                                         cm_compose_map(cx, n->pos)));
        return map;
}

static const struct cm_node *restart_of(struct cm_compose *cx, struct cm_node_pos pos,
                                        const struct cm_node *policy, const struct cm_node *retries)
{
        struct cm_node *map = cm_compose_map(cx, pos);
        cm_compose_put(cx, map, "policy", policy);
        cm_compose_put(cx, map, "max_retries",
                       retries != NULL ? retries : cm_compose_null(cx, policy->pos));
        return map;
}

/* deploy.restart_policy has other words for the same policies. */
static const struct cm_node *deployed_restart(struct cm_compose *cx, const struct cm_node *policy)
{
        const struct cm_node *any = cm_compose_text(cx, policy->pos, CM_SV("any"));
        const struct cm_node *condition =
                cm_compose_member(cx, policy, "condition", cm_compose_as_text, any);
        const struct cm_node *retries =
                cm_compose_member(cx, policy, "max_attempts", cm_compose_as_int, NULL);
        if (cm_sv_eq(cm_node_string(condition), CM_SV("none")))
                condition = cm_compose_text(cx, condition->pos, CM_SV("no"));
        else if (cm_sv_eq(cm_node_string(condition), CM_SV("any")))
                condition = cm_compose_text(cx, condition->pos, CM_SV("always"));
        return restart_of(cx, policy->pos, condition, retries);
}

const struct cm_node *cm_compose_restart(struct cm_compose *cx, const struct cm_node *service)
{
        const struct cm_node *restart = cm_node_get(service, "restart");
        const struct cm_node *empty = cm_compose_map(cx, service->pos);
        if (cm_node_type(restart) == CM_NODE_BOOL && !restart->boolean)
                restart = cm_compose_text(cx, restart->pos, CM_SV("no"));
        else if (restart != NULL)
                restart = cm_compose_as_text(cx, restart);
        if (restart == NULL) {
                const struct cm_node *deploy =
                        cm_compose_member(cx, service, "deploy", cm_compose_as_mapping, empty);
                const struct cm_node *policy = cm_compose_member(cx, deploy, "restart_policy",
                                                                 cm_compose_as_mapping, NULL);
                return policy != NULL
                               ? deployed_restart(cx, policy)
                               : restart_of(cx, service->pos,
                                            cm_compose_text(cx, service->pos, CM_SV("no")), NULL);
        }
        struct cm_sv policy, retries;
        if (cm_compose_is_unknown(restart) || !cm_sv_cut(restart->text, ':', &policy, &retries))
                return restart_of(cx, restart->pos, restart, NULL);
        return restart_of(cx, restart->pos, cm_compose_text(cx, restart->pos, policy),
                          cm_compose_as_int(cx, cm_compose_text(cx, restart->pos, retries)));
}

/* "label=type:a", "seccomp:unconfined", "no-new-privileges": cut at the first of "=" and ":". */
static void take_security_option(struct cm_compose *cx, struct cm_node *map, struct cm_node *labels,
                                 const struct cm_node *n)
{
        size_t at = 0;
        while (at < n->text.len && n->text.ptr[at] != '=' && n->text.ptr[at] != ':')
                at++;
        struct cm_sv name = cm_sv_slice(n->text, 0, at);
        const struct cm_node *value = cm_compose_text(cx, n->pos, cm_sv_skip(n->text, at + 1));
        if (cm_sv_eq(name, CM_SV("label")))
                cm_compose_add(cx, labels, value);
        else if (cm_sv_eq(name, CM_SV("no-new-privileges")))
                cm_compose_put(cx, map, "no_new_privileges",
                               at == n->text.len ? cm_compose_bool(cx, n->pos, true)
                                                 : cm_compose_as_bool(cx, value));
        else if (cm_sv_eq(name, CM_SV("seccomp")) || cm_sv_eq(name, CM_SV("apparmor")) ||
                 cm_sv_eq(name, CM_SV("systempaths")))
                cm_node_put(cx->arena, map, name, n->pos, value);
}

const struct cm_node *cm_compose_security(struct cm_compose *cx, const struct cm_node *service)
{
        static const char *const texts[] = { "seccomp", "apparmor", "systempaths" };
        const struct cm_node *options = cm_node_get(service, "security_opt");
        const struct cm_node *unknown = cm_compose_is_unknown(options) ? options : NULL;
        struct cm_node_pos pos = options != NULL ? options->pos : service->pos;
        struct cm_node *map = cm_compose_map(cx, pos);
        struct cm_node *labels = cm_compose_list(cx, pos);
        for (size_t i = 0; i < cm_node_count(options); i++) {
                const struct cm_node *item = cm_node_at(options, i);
                if (cm_node_type(item) == CM_NODE_STRING)
                        take_security_option(cx, map, labels, item);
                else
                        unknown = item;
        }
        if (unknown != NULL)
                cm_compose_add(cx, labels, unknown);
        cm_compose_put(cx, map, "labels", labels);
        for (size_t i = 0; i < CM_ARRAY_LEN(texts); i++)
                if (cm_node_get(map, texts[i]) == NULL)
                        cm_compose_put(cx, map, texts[i],
                                       unknown != NULL ? unknown
                                                       : cm_compose_text(cx, pos, CM_SV("")));
        if (cm_node_get(map, "no_new_privileges") == NULL)
                cm_compose_put(cx, map, "no_new_privileges",
                               unknown != NULL ? unknown : cm_compose_bool(cx, pos, false));
        return map;
}
