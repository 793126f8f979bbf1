/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the Compose document kind: from what a service says, in any of the spellings that Compose
 * takes, to one form of it (docs/formats/check-file.md, "Compose"). Nodes that are made stand where
 * the text stands that they were made from. What cannot be known, because a variable of the
 * environment or another file decides, or because it has a wrong type, becomes an unknown node
 * (cm_cel_unavailable_node): a rule that needs it has no answer.
 * Spec: the Compose specification, compose-spec.io.
 */
#pragma once

#include "base/err.h"
#include "codec/node.h"

struct cm_compose {
        struct cm_arena *arena;
        struct cm_sv file_name;     /* "extends" may name the file itself */
        const struct cm_node *root; /* as written */
        size_t shell_words;         /* of all commands, see codec/shell_words.h */
        size_t node_count;          /* made so far */
        const struct cm_node *
                *states; /* by number of the service: its members, converted and merged */
        bool *is_open;   /* by number: being resolved, a cycle when met again */
};

/* One member, expanded, to its one form. Never NULL; takes nodes of any type. */
typedef const struct cm_node *cm_compose_form(struct cm_compose *cx, const struct cm_node *n);

/* Building. All count towards compose_nodes_max, see cm_compose_check(). */
struct cm_node *cm_compose_map(struct cm_compose *cx, struct cm_node_pos pos);
struct cm_node *cm_compose_list(struct cm_compose *cx, struct cm_node_pos pos);
const struct cm_node *cm_compose_text(struct cm_compose *cx, struct cm_node_pos pos,
                                      struct cm_sv text);
const struct cm_node *cm_compose_null(struct cm_compose *cx, struct cm_node_pos pos);
const struct cm_node *cm_compose_bool(struct cm_compose *cx, struct cm_node_pos pos, bool value);
const struct cm_node *cm_compose_int(struct cm_compose *cx, struct cm_node_pos pos, int64_t value);
void cm_compose_put(struct cm_compose *cx, struct cm_node *map, const char *key,
                    const struct cm_node *value);
void cm_compose_add(struct cm_compose *cx, struct cm_node *list, const struct cm_node *item);
/* `text` says why it is not known: "depends on ...", "must be ...". */
const struct cm_node *cm_compose_unknown(struct cm_compose *cx, struct cm_node_pos pos,
                                         const char *format, ...) CM_PRINTF(3, 4);
bool cm_compose_is_unknown(const struct cm_node *n);
/* CM_E_LIMIT when more was made than compose_nodes_max. */
CM_MUST_CHECK int cm_compose_check(const struct cm_compose *cx, struct cm_err *err);
/* Whether so much was made that loops should end; cm_compose_check() then fails. */
bool cm_compose_is_full(const struct cm_compose *cx);

/* Text, or a number as text; false for others. */
bool cm_compose_scalar(struct cm_compose *cx, const struct cm_node *n, struct cm_sv *ret);

/* A member of `map` in its form, or what stands for it when it is not there. */
const struct cm_node *cm_compose_member(struct cm_compose *cx, const struct cm_node *map,
                                        const char *key, cm_compose_form *form,
                                        const struct cm_node *otherwise);
/* A list whose items have one form each; anything else is unknown. */
const struct cm_node *cm_compose_each(struct cm_compose *cx, const struct cm_node *n,
                                      cm_compose_form *form);

/* compose_expand.c: ${...} in all texts of a tree; trees without any are shared. */
const struct cm_node *cm_compose_expand(struct cm_compose *cx, const struct cm_node *n);
/* One text; *ret_source is "literal", "default" (of an unset variable) or "variable" (unknown). */
const struct cm_node *cm_compose_expand_text(struct cm_compose *cx, struct cm_node_pos pos,
                                             struct cm_sv text, const char **ret_source);

/* compose_forms.c */
cm_compose_form cm_compose_as_any;
cm_compose_form cm_compose_as_bool;
cm_compose_form cm_compose_as_text;
cm_compose_form cm_compose_as_int;
cm_compose_form cm_compose_as_texts;   /* a text or a list of texts */
cm_compose_form cm_compose_as_pairs;   /* a map or a list of KEY=VALUE */
cm_compose_form cm_compose_as_names;   /* a map or a list of its keys; values are maps */
cm_compose_form cm_compose_as_mapping; /* a map of anything */
cm_compose_form cm_compose_as_command;
cm_compose_form cm_compose_as_image;
cm_compose_form cm_compose_as_build;
cm_compose_form cm_compose_as_capabilities;
cm_compose_form cm_compose_as_env_files;
/* Takes the member as written: where a value comes from is part of the form. */
cm_compose_form cm_compose_as_environment;

/* compose_ports.c */
cm_compose_form cm_compose_as_ports;

/* compose_mounts.c */
cm_compose_form cm_compose_as_volumes;
cm_compose_form cm_compose_as_devices;
cm_compose_form cm_compose_as_secrets;
cm_compose_form cm_compose_as_configs;

/* compose_limits.c */
cm_compose_form cm_compose_as_ulimits;
cm_compose_form cm_compose_as_healthcheck;
cm_compose_form cm_compose_as_logging;
/* What holds after all members are merged; `service` is what has been converted. */
const struct cm_node *cm_compose_limits(struct cm_compose *cx, const struct cm_node *service);
const struct cm_node *cm_compose_restart(struct cm_compose *cx, const struct cm_node *service);
const struct cm_node *cm_compose_security(struct cm_compose *cx, const struct cm_node *service);
const struct cm_node *cm_compose_health(struct cm_compose *cx, const struct cm_node *service);

/*
 * compose_service.c: service `index` of the file, with what it extends.
 * Errors: CM_E_MALFORMED with the place: no mapping, a cycle, a base that is not there. CM_E_LIMIT.
 */
CM_MUST_CHECK int cm_compose_service(struct cm_compose *cx, size_t index,
                                     const struct cm_node **ret, struct cm_err *err);
