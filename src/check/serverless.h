/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the serverless document kind: AWS SAM and CloudFormation templates and serverless.yml, in
 * one form (docs/formats/serverless-view.md). What the template itself decides is put in: parameters
 * with a default, mappings, joined texts, variables of serverless.yml. A reference to something
 * that only the cloud knows (a resource, its attributes, the account) is the text "${Name.Attribute}",
 * which is somebody's name and no wildcard. Everything else that cannot be known is an unknown node
 * (cm_cel_unavailable_node), so that a rule which needs it has no answer.
 * Nodes that are made stand where the text stands that they were made from.
 * Spec: AWS CloudFormation user guide, "Template reference"; AWS SAM specification 2016-10-31;
 * Serverless Framework reference, "Variables" and "serverless.yml".
 */
#pragma once

#include "base/err.h"
#include "check/document.h"

enum cm_serverless_form {
        CM_SERVERLESS_CLOUDFORMATION,
        CM_SERVERLESS_SAM,
        CM_SERVERLESS_FRAMEWORK
};

struct cm_serverless {
        struct cm_arena *arena;
        enum cm_serverless_form form;
        const struct cm_node *root;       /* serverless.yml: its variables are put in */
        const struct cm_node *parameters; /* of the template */
        const struct cm_node *mappings;
        const struct cm_node *globals;   /* of SAM, resolved */
        const struct cm_node *resources; /* name -> {Type, Properties}; Properties are resolved */
        bool is_partial;                 /* other files or macros may add resources */
        struct cm_node *attached;        /* policies that are in a role, by their names */
        size_t left;                     /* nodes and bytes that may still be made */
};

/* serverless_value.c: building. All count towards serverless_made_max. */
struct cm_node *cm_serverless_map(struct cm_serverless *cx, struct cm_node_pos pos);
struct cm_node *cm_serverless_list(struct cm_serverless *cx, struct cm_node_pos pos);
const struct cm_node *cm_serverless_text(struct cm_serverless *cx, struct cm_node_pos pos,
                                         struct cm_sv text);
const struct cm_node *cm_serverless_word(struct cm_serverless *cx, struct cm_node_pos pos,
                                         const char *text);
const struct cm_node *cm_serverless_int(struct cm_serverless *cx, struct cm_node_pos pos,
                                        int64_t value);
const struct cm_node *cm_serverless_bool(struct cm_serverless *cx, struct cm_node_pos pos,
                                         bool value);
const struct cm_node *cm_serverless_null(struct cm_serverless *cx, struct cm_node_pos pos);
/* `value` NULL: nothing is put. */
void cm_serverless_put(struct cm_serverless *cx, struct cm_node *map, const char *key,
                       const struct cm_node *value);
void cm_serverless_add(struct cm_serverless *cx, struct cm_node *list, const struct cm_node *item);
const struct cm_node *cm_serverless_unknown(struct cm_serverless *cx, struct cm_node_pos pos,
                                            const char *format, ...) CM_PRINTF(3, 4);
bool cm_serverless_is_unknown(const struct cm_node *n);
/* Of an unknown node: who deploys gives the value, so that it is not in the file. */
#define CM_SERVERLESS_GIVEN "is given by who deploys: "
bool cm_serverless_is_given(const struct cm_node *n);
/* Of an unknown node: it is some text of another stack. */
#define CM_SERVERLESS_IMPORTED "is imported from another stack"
bool cm_serverless_is_imported(const struct cm_node *n);
/* The first item of a list that is not known, or the list itself; NULL: all is known. */
const struct cm_node *cm_serverless_first_unknown(const struct cm_node *list);
/* What stands for a resource that was not found: unknown where it may be in another file, else NULL. */
const struct cm_node *cm_serverless_outside(struct cm_serverless *cx, struct cm_node_pos pos);
/* A list or map with what `replace` makes of each value; NULL leaves it out. Nothing new: `n` itself. */
typedef const struct cm_node *cm_serverless_replace(struct cm_serverless *cx,
                                                    const struct cm_node *value, int depth);
const struct cm_node *cm_serverless_each(struct cm_serverless *cx, const struct cm_node *n,
                                         cm_serverless_replace *replace, int depth);
/* What holds for all and what one says itself: maps merged, lists joined, anything else its own. */
const struct cm_node *cm_serverless_merge(struct cm_serverless *cx, const struct cm_node *all,
                                          const struct cm_node *own);
/* Takes `size` off what may be made; false when it is used up. */
bool cm_serverless_spend(struct cm_serverless *cx, size_t size);
/* CM_E_LIMIT when it was used up. */
CM_MUST_CHECK int cm_serverless_check(const struct cm_serverless *cx, struct cm_err *err);

/* Reading. An unknown node gives itself, so does one of a wrong type as unknown; NULL or null gives
 * `otherwise`. */
const struct cm_node *cm_serverless_as_text(struct cm_serverless *cx, const struct cm_node *n,
                                            const struct cm_node *otherwise);
const struct cm_node *cm_serverless_as_int(struct cm_serverless *cx, const struct cm_node *n,
                                           const struct cm_node *otherwise);
const struct cm_node *cm_serverless_as_bool(struct cm_serverless *cx, const struct cm_node *n,
                                            const struct cm_node *otherwise);
/* A text or a list of texts, as a list; never NULL. `pos`: of the empty list. */
const struct cm_node *cm_serverless_as_texts(struct cm_serverless *cx, const struct cm_node *n,
                                             struct cm_node_pos pos);
/* A member; that of an unknown map is unknown. NULL: not there. */
const struct cm_node *cm_serverless_get(const struct cm_node *n, const char *key);
/* The same along two keys. */
const struct cm_node *cm_serverless_get2(const struct cm_node *n, const char *key,
                                         const char *key2);
/* Text, number or boolean as text; false for others. */
bool cm_serverless_scalar(struct cm_serverless *cx, const struct cm_node *n, struct cm_sv *ret);

/* serverless_refer.c: which resource a text means. */
/* The name in a symbol "${Name.Attribute}", else the text itself. */
struct cm_sv cm_serverless_symbol(struct cm_sv text);

/* The names that a resource has. */
struct cm_serverless_named {
        struct cm_sv logical;            /* of the template */
        struct cm_sv made;               /* that serverless.yml gives its function, or "" */
        const struct cm_node *physical;  /* what it is called in the cloud, or NULL: a made name */
        const struct cm_node *condition; /* under which it exists, or NULL */
};
struct cm_serverless_named cm_serverless_named_of(const struct cm_node_member *resource);

enum cm_serverless_refers {
        CM_SERVERLESS_OTHER,
        CM_SERVERLESS_SAME,
        CM_SERVERLESS_MAYBE
};
/* Is this the resource: by symbol, name or ARN, also through an alias or a version of a function? */
enum cm_serverless_refers cm_serverless_refers(struct cm_serverless *cx, const struct cm_node *n,
                                               const struct cm_serverless_named *named);
/* The same for a text or a list of texts. */
enum cm_serverless_refers cm_serverless_any_refers(struct cm_serverless *cx,
                                                   const struct cm_node *n,
                                                   const struct cm_serverless_named *named);
/* Properties of the resource of a type whose member `key` means this one. Unknown: it may be one, or
 * exists under a condition only. NULL: there is none. */
const struct cm_node *cm_serverless_find_for(struct cm_serverless *cx, const char *type,
                                             const char *key,
                                             const struct cm_serverless_named *named);

/* serverless_resolve.c: intrinsic functions of CloudFormation. NULL: AWS::NoValue. */
const struct cm_node *cm_serverless_resolve(struct cm_serverless *cx, const struct cm_node *n);

/* serverless_variables.c: ${self:...} and its like, in all texts of the tree. */
const struct cm_node *cm_serverless_expand(struct cm_serverless *cx, const struct cm_node *n);

/* serverless_policy.c: statements of a policy document, or of a list of them, onto `list`. */
struct cm_serverless_policy {
        struct cm_sv owner;
        struct cm_sv name;
        const char *kind;   /* "role", "managed policy", "bucket" ... */
        const char *source; /* "identity", "resource", "trust" */
};
void cm_serverless_statements(struct cm_serverless *cx, const struct cm_serverless_policy *policy,
                              const struct cm_node *document, struct cm_node *list);
/* One statement; never NULL. */
const struct cm_node *cm_serverless_statement(struct cm_serverless *cx,
                                              const struct cm_serverless_policy *policy,
                                              const struct cm_node *statement);
/* Which sensitive actions (a table) a statement with these patterns names; `not_actions` or NULL. */
const struct cm_node *cm_serverless_sensitive(struct cm_serverless *cx,
                                              const struct cm_node *actions,
                                              const struct cm_node *not_actions);
/* serverless_condition.c: keys that conditions ask for; those of them that leave others out, because
 * the statement does not count without the key or for any value. `pos`: of the empty list. */
const struct cm_node *cm_serverless_condition_keys(struct cm_serverless *cx,
                                                   const struct cm_node *conditions,
                                                   struct cm_node_pos pos);
const struct cm_node *cm_serverless_narrowing(struct cm_serverless *cx,
                                              const struct cm_node *conditions,
                                              struct cm_node_pos pos);
/* serverless_managed.c: sensitive actions of managed policies, by name or ARN, onto `list`. */
void cm_serverless_managed_actions(struct cm_serverless *cx, const struct cm_node *managed,
                                   struct cm_node *list);
/* serverless_sam_policy.c: policies of a SAM function: documents and templates as statements, names
 * and ARNs onto `managed`. */
void cm_serverless_sam_policies(struct cm_serverless *cx, const struct cm_serverless_policy *policy,
                                const struct cm_node *policies, struct cm_node *statements,
                                struct cm_node *managed);
/* serverless_role.c: one role each, of the template and those that SAM and serverless.yml imply. */
const struct cm_node *cm_serverless_roles(struct cm_serverless *cx,
                                          const struct cm_node *functions);
/* serverless_resource_policy.c */
/* Statements of policies that no role of the template has: of buckets, queues, users ... After
 * cm_serverless_roles(). */
const struct cm_node *cm_serverless_other_statements(struct cm_serverless *cx);
/* Statements of all policies that this bucket, queue or topic has; what may be one is unknown. */
const struct cm_node *cm_serverless_policies_of(struct cm_serverless *cx,
                                                const struct cm_node_member *resource);

/* serverless_event.c: does something call the function without waiting? A boolean, or unknown. */
const struct cm_node *cm_serverless_async(struct cm_serverless *cx,
                                          const struct cm_node *properties,
                                          const struct cm_serverless_named *named);

/* What calls it: types of events, as SAM names them, and principals of permissions. */
const struct cm_node *cm_serverless_triggers(struct cm_serverless *cx,
                                             const struct cm_node *properties,
                                             const struct cm_serverless_named *named);

/* serverless_function.c: all functions in one form. */
const struct cm_node *cm_serverless_functions(struct cm_serverless *cx);
/* The member of a resource's Properties, merged with what Globals of SAM say of its section. */
const struct cm_node *cm_serverless_with_globals(struct cm_serverless *cx, const char *section,
                                                 const struct cm_node *properties);
/* serverless_framework.c: functions of serverless.yml with members as AWS::Serverless::Function
 * has them: name -> members. An unknown node when they are in another file. */
const struct cm_node *cm_serverless_framework_functions(struct cm_serverless *cx);
/* The role that functions of serverless.yml share, as AWS::IAM::Role has it; NULL when there is none. */
const struct cm_node *cm_serverless_framework_role(struct cm_serverless *cx);

/* serverless_endpoint.c: what can be called by HTTP. */
const struct cm_node *cm_serverless_endpoints(struct cm_serverless *cx,
                                              const struct cm_node *functions);
/* One endpoint as it is written; what is NULL has the value that holds when nothing is said. */
struct cm_serverless_endpoint {
        struct cm_node_pos pos;
        const struct cm_node *name;
        const char *kind;
        const struct cm_node *method;
        const struct cm_node *path;
        const struct cm_node *auth;
        const struct cm_node *api_key;
        const struct cm_node *origins;
        const struct cm_node *credentials;
};
void cm_serverless_add_endpoint(struct cm_serverless *cx, struct cm_node *list,
                                const struct cm_serverless_endpoint *e);
/* Origins as a list; some are written in quotes of their own: "'*'". `pos`: of the empty list. */
const struct cm_node *cm_serverless_origins(struct cm_serverless *cx, const struct cm_node *n,
                                            struct cm_node_pos pos);
/* Origins and credentials of headers that responses set, each under its member `key`. */
void cm_serverless_take_headers(struct cm_serverless *cx, const struct cm_node *responses,
                                const char *key, struct cm_serverless_endpoint *e);
/* serverless_openapi.c: the routes of an API that has a definition; nothing for other resources. */
void cm_serverless_add_definition(struct cm_serverless *cx, const struct cm_node_member *resource,
                                  struct cm_node *list);
/* serverless_api.c: APIs as a whole. */
const struct cm_node *cm_serverless_apis(struct cm_serverless *cx, const struct cm_node *functions);
