/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parser of challenge.h. The grammar is awkward: a comma separates parameters and challenges
 * alike. A token followed by a blank and another token begins a challenge; a token followed by '='
 * is a parameter of the current one.
 */
#include "fetch/challenge.h"

static bool is_token_char(char c)
{
        return cm_is_alnum(c) || cm_sv_find_char(CM_SV("!#$%&'*+-.^_`|~"), c) >= 0;
}

static void skip_blanks_and_commas(struct cm_sv *s)
{
        while (s->len > 0 && (s->ptr[0] == ' ' || s->ptr[0] == '\t' || s->ptr[0] == ','))
                *s = cm_sv_skip(*s, 1);
}

static void skip_blanks(struct cm_sv *s)
{
        while (s->len > 0 && (s->ptr[0] == ' ' || s->ptr[0] == '\t'))
                *s = cm_sv_skip(*s, 1);
}

static struct cm_sv take_token(struct cm_sv *s)
{
        size_t n = 0;
        while (n < s->len && is_token_char(s->ptr[n]))
                n++;
        struct cm_sv token = cm_sv_slice(*s, 0, n);
        *s = cm_sv_skip(*s, n);
        return token;
}

static int take_quoted(struct cm_arena *arena, struct cm_sv *s, struct cm_sv *ret,
                       struct cm_err *err)
{
        char *out = cm_arena_alloc(arena, s->len, 1);
        size_t len = 0;
        for (size_t i = 1; i < s->len; i++) {
                char c = s->ptr[i];
                if (c == '"') {
                        *s = cm_sv_skip(*s, i + 1);
                        *ret = cm_sv_make(out, len);
                        return 0;
                }
                if (c == '\\' && i + 1 < s->len)
                        c = s->ptr[++i];
                if ((unsigned char)c < 0x20 || c == 0x7f)
                        break;
                out[len++] = c;
        }
        return CM_RAISE(err, CM_E_MALFORMED, "authentication challenge has an unclosed string");
}

/* "name = value" when a parameter stands here. Returns 0, or 1 when something else does. */
static int take_parameter(struct cm_arena *arena, struct cm_sv *s, struct cm_sv *ret_name,
                          struct cm_sv *ret_value, struct cm_err *err)
{
        struct cm_sv rest = *s;
        *ret_name = take_token(&rest);
        skip_blanks(&rest);
        if (ret_name->len == 0 || rest.len == 0 || rest.ptr[0] != '=')
                return 1;
        rest = cm_sv_skip(rest, 1);
        skip_blanks(&rest);
        if (rest.len == 0 || rest.ptr[0] == '=' || rest.ptr[0] == ',')
                return 1; /* the padding of a token68 */
        int r = 0;
        if (rest.len > 0 && rest.ptr[0] == '"')
                r = take_quoted(arena, &rest, ret_value, err);
        else
                *ret_value = take_token(&rest);
        if (r == 0)
                *s = rest;
        return r;
}

/* "Negotiate <base64>": a token68 that belongs to the scheme before it. */
static void skip_token68(struct cm_sv *s)
{
        struct cm_sv rest = *s;
        while (rest.len > 0 &&
               (cm_is_alnum(rest.ptr[0]) || cm_sv_find_char(CM_SV("-._~+/"), rest.ptr[0]) >= 0))
                rest = cm_sv_skip(rest, 1);
        while (rest.len > 0 && rest.ptr[0] == '=')
                rest = cm_sv_skip(rest, 1);
        skip_blanks(&rest);
        if (rest.len == 0 || rest.ptr[0] == ',')
                *s = rest;
}

static void set_parameter(struct cm_challenge *challenge, struct cm_sv name, struct cm_sv value)
{
        const struct {
                struct cm_sv name;
                struct cm_sv *field;
        } fields[] = {
                { CM_SV("realm"), &challenge->realm },
                { CM_SV("service"), &challenge->service },
                { CM_SV("scope"), &challenge->scope },
                { CM_SV("error"), &challenge->error },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(fields); i++)
                if (cm_sv_eq_nocase(name, fields[i].name))
                        *fields[i].field = value;
}

int cm_challenge_next(struct cm_arena *arena, struct cm_sv *rest, struct cm_challenge *ret,
                      struct cm_err *err)
{
        skip_blanks_and_commas(rest);
        if (rest->len == 0)
                return CM_CHALLENGE_END;
        struct cm_challenge challenge = { .scheme = take_token(rest) };
        if (challenge.scheme.len == 0)
                return CM_RAISE(err, CM_E_MALFORMED, "authentication challenge has no scheme");
        if (rest->len > 0 && rest->ptr[0] != ' ' && rest->ptr[0] != '\t' && rest->ptr[0] != ',')
                return CM_RAISE(err, CM_E_MALFORMED,
                                "authentication challenge has a foreign character");
        bool is_list_end = rest->len > 0 && rest->ptr[0] == ',';
        skip_blanks(rest);
        bool first = true;
        while (!is_list_end && rest->len > 0) {
                struct cm_sv name = CM_SV("");
                struct cm_sv value = CM_SV("");
                int r = take_parameter(arena, rest, &name, &value, err);
                if (r < 0)
                        return r;
                if (r > 0) {
                        if (first)
                                skip_token68(rest);
                        break;
                }
                set_parameter(&challenge, name, value);
                first = false;
                skip_blanks(rest);
                if (rest->len > 0 && rest->ptr[0] != ',')
                        return CM_RAISE(err, CM_E_MALFORMED,
                                        "authentication challenge has no comma between parameters");
                skip_blanks_and_commas(rest);
        }
        *ret = challenge;
        return 0;
}
