/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alpine's order: number{.number}[letter]{_suffix[number]}[~hash][-rN], compared token by token.
 * The first number is a plain value; later ones that begin with 0 are decimals and compare as text.
 * Suffixes alpha, beta, pre, rc are older than none; cvs, svn, git, hg, p newer. Text that stops
 * following the grammar is older from there on, as for apk.
 * Spec: apk-package(5) "pkgver"; apk-tools 3 version.c. apk-tools 2 differs on valid versions only
 * where a component begins with 0: "8.0.0056" was older than "8.0.0" to it, which would take an
 * unpatched 8.0.0 for fixed.
 */
#include "model/version_internal.h"

/* When all before is equal, the side whose next token is smaller here is newer. */
enum token {
        T_INITIAL_DIGIT,
        T_DIGIT,
        T_LETTER,
        T_SUFFIX,
        T_SUFFIX_NUMBER,
        T_COMMIT,
        T_REVISION,
        T_END,
        T_INVALID
};

struct lexer {
        struct cm_sv rest;
        enum token token;
        struct cm_sv text; /* of the token */
        int suffix;        /* of T_SUFFIX: negative = pre-release */
        struct cm_sv stop; /* from where the text does not follow the grammar */
};

static const char *const suffixes[] = {
        "alpha", "beta", "pre", "rc", "cvs", "svn", "git", "hg", "p"
};
enum {
        PRE_SUFFIXES = 4
};

static void take_digits(struct lexer *l, enum token token)
{
        l->text = cm_version_take_digits(&l->rest);
        l->token = l->text.len > 0 ? token : T_INVALID;
}

static void take_suffix(struct lexer *l)
{
        size_t n = 0;
        while (n < l->rest.len && cm_is_lower(l->rest.ptr[n]))
                n++;
        l->text = cm_sv_slice(l->rest, 0, n);
        l->token = T_INVALID;
        for (size_t i = 0; i < CM_ARRAY_LEN(suffixes); i++) {
                if (!cm_sv_eq(l->text, cm_sv_from_cstr(suffixes[i])))
                        continue;
                l->token = T_SUFFIX;
                l->suffix = (int)i - PRE_SUFFIXES;
                l->rest = cm_sv_skip(l->rest, n);
        }
}

static void take_commit(struct lexer *l)
{
        size_t n = 0;
        while (n < l->rest.len && cm_is_xdigit(l->rest.ptr[n]))
                n++;
        l->text = cm_sv_slice(l->rest, 0, n);
        l->rest = cm_sv_skip(l->rest, n);
        l->token = n > 0 ? T_COMMIT : T_INVALID;
}

static void next(struct lexer *l)
{
        enum token before = l->token;
        if (before == T_INVALID)
                return;
        if (l->rest.len == 0) {
                l->token = T_END;
                return;
        }
        l->stop = l->rest;
        char c = l->rest.ptr[0];
        struct cm_sv after = cm_sv_skip(l->rest, 1);
        l->token = T_INVALID;
        if (cm_is_lower(c) && before <= T_DIGIT) {
                l->token = T_LETTER;
                l->text = cm_sv_slice(l->rest, 0, 1);
                l->rest = after;
        } else if (c == '.' && before <= T_DIGIT) {
                l->rest = after;
                take_digits(l, T_DIGIT);
        } else if (cm_is_digit(c) && before == T_SUFFIX) {
                take_digits(l, T_SUFFIX_NUMBER);
        } else if (c == '_' && before <= T_SUFFIX_NUMBER) {
                l->rest = after;
                take_suffix(l);
        } else if (c == '~' && before < T_COMMIT) {
                l->rest = after;
                take_commit(l);
        } else if (before < T_REVISION && cm_sv_has_prefix(l->rest, CM_SV("-r"))) {
                l->rest = cm_sv_skip(l->rest, 2);
                take_digits(l, T_REVISION);
                if (l->text.len == 0 && l->rest.len == 0)
                        l->token = T_REVISION; /* "1-r" is "1-r0" */
        }
}

static int token_cmp(const struct lexer *a, const struct lexer *b)
{
        switch (a->token) {
        case T_DIGIT:
                if (a->text.ptr[0] == '0' || b->text.ptr[0] == '0')
                        return cm_sv_cmp(a->text, b->text);
                return cm_version_digits_cmp(a->text, b->text);
        case T_INITIAL_DIGIT:
        case T_SUFFIX_NUMBER:
        case T_REVISION:
                return cm_version_digits_cmp(a->text, b->text);
        case T_SUFFIX:
                return cm_version_sign(a->suffix - b->suffix);
        case T_LETTER:
        case T_COMMIT:
                return cm_sv_cmp(a->text, b->text);
        case T_END:
        case T_INVALID:
                return 0;
        }
        return 0;
}

/* Two texts that stop following the grammar at the same place: bytewise, so that the order stays
 * total; what follows a '-' there is no revision and does not count. */
static int invalid_cmp(const struct lexer *a, const struct lexer *b)
{
        struct cm_sv dash = CM_SV("-");
        return cm_sv_cmp(cm_sv_has_prefix(a->stop, dash) ? dash : a->stop,
                         cm_sv_has_prefix(b->stop, dash) ? dash : b->stop);
}

int cm_version_cmp_apk(struct cm_sv a, struct cm_sv b)
{
        struct lexer x = { .rest = a, .stop = a };
        struct lexer y = { .rest = b, .stop = b };
        take_digits(&x, T_INITIAL_DIGIT);
        take_digits(&y, T_INITIAL_DIGIT);
        while (x.token == y.token && x.token < T_END) {
                int c = token_cmp(&x, &y);
                if (c != 0)
                        return c;
                next(&x);
                next(&y);
        }
        if (x.token == y.token)
                return x.token == T_INVALID ? invalid_cmp(&x, &y) : 0;
        if (x.token == T_SUFFIX && x.suffix < 0)
                return -1;
        if (y.token == T_SUFFIX && y.suffix < 0)
                return 1;
        return x.token > y.token ? -1 : 1;
}

bool cm_version_valid_apk(struct cm_sv v)
{
        struct lexer l = { .rest = v };
        take_digits(&l, T_INITIAL_DIGIT);
        while (l.token < T_END)
                next(&l);
        return l.token == T_END;
}
