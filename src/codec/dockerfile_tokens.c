/* SPDX-License-Identifier: Apache-2.0 */
/* See dockerfile_tokens.h. What is known of shell text goes before the words, which hold it whole. */
#include "codec/dockerfile_tokens.h"

#include "base/vec.h"

static void put(struct cm_arena *arena, struct cm_df_tokens *out, struct cm_df_token token)
{
        *CM_VEC_PUSH(arena, out) = token;
}

static void put_list(struct cm_arena *arena, struct cm_df_tokens *out, const struct cm_node *list,
                     const struct cm_node *command)
{
        for (size_t i = 0; i < cm_node_count(list); i++) {
                const struct cm_node *n = cm_node_at(list, i);
                put(arena, out, (struct cm_df_token){ cm_node_string(n), n, list, command });
        }
}

/* Members of maps in a list, put together: "name=value", ">file". */
static void put_maps(struct cm_arena *arena, struct cm_df_tokens *out, const struct cm_node *list,
                     const char *first, const char *between, const char *second)
{
        for (size_t i = 0; i < cm_node_count(list); i++) {
                const struct cm_node *n = cm_node_at(list, i);
                struct cm_sv a = cm_node_get_string(n, first);
                struct cm_sv b = second == NULL ? CM_SV("") : cm_node_get_string(n, second);
                bool has_second = second != NULL && cm_node_get(n, second) != NULL;
                put(arena, out,
                    (struct cm_df_token){ .text = cm_sv_printf(arena, "%.*s%s%.*s", CM_SV_ARG(a),
                                                               has_second ? between : "",
                                                               CM_SV_ARG(b)),
                                          .node = n });
        }
}

static void put_number(struct cm_arena *arena, struct cm_df_tokens *out, const char *what,
                       const struct cm_node *n)
{
        if (cm_node_int(n, 0) > 0)
                put(arena, out,
                    (struct cm_df_token){ .text = cm_sv_printf(arena, "%s %lld", what,
                                                               (long long)cm_node_int(n, 0)) });
}

static void put_command(struct cm_arena *arena, struct cm_df_tokens *out, const struct cm_node *c)
{
        const struct cm_node *name = cm_node_get(c, "name");
        const struct cm_node *args = cm_node_get(c, "args");
        const struct cm_node *redirects = cm_node_get(c, "redirects");
        put_number(arena, out, "pipe", cm_node_get(c, "pipe"));
        put_number(arena, out, "depth", cm_node_get(c, "depth"));
        put_maps(arena, out, cm_node_get(c, "assignments"), "name", "=", "value");
        put(arena, out, (struct cm_df_token){ cm_node_string(name), name, args, c });
        put_list(arena, out, args, c);
        put_maps(arena, out, redirects, "op", " ", "target");
        put_maps(arena, out, redirects, "body", "", NULL);
        struct cm_sv separator = cm_node_get_string(c, "separator");
        if (separator.len > 0)
                put(arena, out, (struct cm_df_token){ .text = separator });
}

static void put_instruction(struct cm_arena *arena, const struct cm_node *ins,
                            struct cm_df_tokens *ret)
{
        const struct cm_node *keyword = cm_node_get(ins, "keyword");
        const struct cm_node *commands = cm_node_get(ins, "commands");
        const struct cm_node *pairs = cm_node_get(ins, "pairs");
        put(arena, ret, (struct cm_df_token){ .text = cm_node_string(keyword), .node = keyword });
        put_maps(arena, ret, cm_node_get(ins, "flag_list"), "text", "", NULL);
        if (cm_node_count(commands) > 0)
                for (size_t i = 0; i < cm_node_count(commands); i++)
                        put_command(arena, ret, cm_node_at(commands, i));
        else if (cm_node_count(pairs) > 0)
                put_maps(arena, ret, pairs, "name_raw", "=", "raw");
        else
                put_list(arena, ret, cm_node_get(ins, "args"), NULL);
        /* One that is the whole script is there as commands. */
        struct cm_sv text = cm_node_get_string(ins, "text");
        bool is_script = cm_node_count(commands) > 0 && cm_sv_has_prefix(text, CM_SV("<<")) &&
                         cm_sv_find_char(text, ' ') < 0;
        put_maps(arena, ret, cm_node_get(ins, "heredocs"), "name", "",
                 is_script ? NULL : "content");
}

void cm_df_tokens(struct cm_arena *arena, const struct cm_node *ins, struct cm_df_tokens *ret)
{
        *ret = (struct cm_df_tokens){ 0 };
        const struct cm_node *triggered = cm_node_get(ins, "onbuild");
        if (cm_node_type(triggered) == CM_NODE_MAP) {
                const struct cm_node *keyword = cm_node_get(ins, "keyword");
                put(arena, ret,
                    (struct cm_df_token){ .text = cm_node_string(keyword), .node = keyword });
                ins = triggered;
        }
        put_instruction(arena, ins, ret);
}
