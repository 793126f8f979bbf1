/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the regular expression engine share: sets of code points (regex_set.c), the
 * tree (regex_parse.c), the program and its alphabet (regex_compile.c), the automaton
 * (regex_dfa.c), the search (regex.c). Not for users of regex.h.
 */
#pragma once

#include <stdatomic.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/sv.h"
#include "base/vec.h"
#include "cel/regex.h"

enum {
        CM_RUNE_MAX = 0x10ffff,
        CM_RUNE_ERROR = 0xfffd
};

/* Sorted, disjoint and not adjacent once cm_runes_clean() ran. */
struct cm_rune_range {
        uint32_t low;
        uint32_t high;
};
struct cm_runes {
        struct cm_rune_range *items;
        size_t count;
        size_t capacity;
};

void cm_runes_add(struct cm_arena *arena, struct cm_runes *set, uint32_t low, uint32_t high);
void cm_runes_add_all(struct cm_arena *arena, struct cm_runes *set, const struct cm_runes *more);
void cm_runes_clean(struct cm_runes *set);
/* The complement of a clean set, clean. */
void cm_runes_negate(struct cm_arena *arena, struct cm_runes *set);
/* Adds everything that differs from a member by case alone. The set is clean before and after. */
void cm_runes_fold(struct cm_arena *arena, struct cm_runes *set);
/* Adds general category or script `name`; false when there is none. */
bool cm_runes_add_unicode(struct cm_arena *arena, struct cm_runes *set, struct cm_sv name);
/* Adds a class of "\d" and the like, or of "[:alpha:]" ("alpha"), clean; false when there is none. */
bool cm_runes_add_perl(struct cm_arena *arena, struct cm_runes *set, char letter);
bool cm_runes_add_posix(struct cm_arena *arena, struct cm_runes *set, struct cm_sv name);

/* Decodes one code point; 1 byte of U+FFFD for what is not UTF-8. `len` > 0; returns its length. */
size_t cm_rune_decode(const unsigned char *p, size_t len, uint32_t *ret_rune);
size_t cm_rune_encode(uint32_t rune, char out[4]);

enum cm_re_assert {
        CM_RE_TEXT_BEGIN,
        CM_RE_TEXT_END,
        CM_RE_LINE_BEGIN,
        CM_RE_LINE_END,
        CM_RE_WORD,
        CM_RE_NO_WORD
};

enum cm_re_kind {
        CM_RE_EMPTY,
        CM_RE_SET,    /* one code point of `set` */
        CM_RE_ASSERT, /* `assertion` */
        CM_RE_CAT,
        CM_RE_ALT,
        CM_RE_REPEAT, /* of child 0 */
        CM_RE_GROUP   /* capture `group` of child 0 */
};

struct cm_re_node {
        enum cm_re_kind kind;
        enum cm_re_assert assertion;
        bool greedy;
        uint32_t set; /* index into the tree's sets */
        uint32_t group;
        int32_t height; /* 0 without children */
        int32_t min;
        int32_t max; /* -1: no end */
        CM_VEC(struct cm_re_node *) children;
};

struct cm_re_tree {
        struct cm_re_node *root;
        CM_VEC(struct cm_runes) sets;
        CM_VEC(struct cm_sv) names; /* by group; [0] is empty */
};

CM_MUST_CHECK int cm_re_parse(struct cm_arena *arena, struct cm_sv pattern, struct cm_re_tree *ret,
                              struct cm_err *err);

enum cm_re_op {
        CM_RE_OP_MATCH,
        CM_RE_OP_SPLIT, /* out first, then arg */
        CM_RE_OP_SET,   /* one symbol of set arg */
        CM_RE_OP_ASSERT,
        CM_RE_OP_SAVE /* slot arg */
};

struct cm_re_inst {
        enum cm_re_op op;
        uint32_t out;
        uint32_t arg;
};

/* What assertions want to know of the symbol on one side of a position. */
enum {
        CM_RE_CTX_EDGE = 1, /* there is none */
        CM_RE_CTX_NEWLINE = 2,
        CM_RE_CTX_WORD = 4
};

/*
 * The alphabet: code points that no set of the program tells apart are one symbol. ASCII has a
 * table; others are looked up among the starts of ranges.
 */
struct cm_re_alphabet {
        uint16_t ascii[128];
        const uint32_t *starts; /* ascending, the first is 0 */
        const uint16_t *symbols;
        size_t count;
        uint32_t symbol_count;   /* also the number of the symbol "end of the text" */
        const uint8_t *contexts; /* by symbol, the end included */
        size_t set_words;        /* 64-bit words of one set's bits */
        const uint64_t *set_bits;
};

static inline bool cm_re_set_has(const struct cm_re_alphabet *a, uint32_t set, uint32_t symbol)
{
        return (a->set_bits[(size_t)set * a->set_words + symbol / 64] >> (symbol % 64) & 1) != 0;
}
uint32_t cm_re_rune_symbol(const struct cm_re_alphabet *a, uint32_t rune);

/* The symbol at p and its length in bytes; `len` > 0. */
static inline uint32_t cm_re_symbol(const struct cm_re_alphabet *a, const unsigned char *p,
                                    size_t len, size_t *ret_len)
{
        uint32_t rune = 0;
        if (*p < 0x80) {
                *ret_len = 1;
                return a->ascii[*p];
        }
        *ret_len = cm_rune_decode(p, len, &rune);
        return cm_re_rune_symbol(a, rune);
}

static inline bool cm_re_assert_holds(uint32_t assertion, unsigned before, unsigned after)
{
        switch ((enum cm_re_assert)assertion) {
        case CM_RE_TEXT_BEGIN:
                return (before & CM_RE_CTX_EDGE) != 0;
        case CM_RE_TEXT_END:
                return (after & CM_RE_CTX_EDGE) != 0;
        case CM_RE_LINE_BEGIN:
                return (before & (CM_RE_CTX_EDGE | CM_RE_CTX_NEWLINE)) != 0;
        case CM_RE_LINE_END:
                return (after & (CM_RE_CTX_EDGE | CM_RE_CTX_NEWLINE)) != 0;
        case CM_RE_WORD:
                return ((before ^ after) & CM_RE_CTX_WORD) != 0;
        case CM_RE_NO_WORD:
                return ((before ^ after) & CM_RE_CTX_WORD) == 0;
        }
        return false;
}

/* A complete automaton. States are offsets of rows in `next`; the first three rows are these. */
enum {
        CM_RE_STATE_DEAD = 0,
        CM_RE_STATE_MATCH = 1,
        CM_RE_STATE_START = 2, /* nothing of a match so far; only when the pattern has a prefix */
        CM_RE_STATE_FIRST = 3
};
struct cm_re_table {
        const uint16_t *next; /* [row offset + symbol] -> row offset */
        size_t stride;
        uint16_t begin;
};

/*
 * The table of a pattern is built when it is going to pay: with the first text that is not short, or
 * after some uses. Most patterns of a run see a few short texts only. One thread builds it, in room
 * that was set aside when the pattern was compiled.
 */
struct cm_re_lazy {
        atomic_uint uses;
        atomic_bool is_decided;   /* after that `table` does not change */
        struct cm_re_table table; /* `next` NULL: it would be large */
        uint16_t room[CM_REGEX_TABLE_ENTRIES_MAX];
};

struct cm_regex {
        struct cm_re_inst *insts;
        size_t count;
        uint32_t start;
        bool has_assert;
        bool is_anchored;    /* matches begin at the begin of the text only */
        bool is_literal;     /* a match is the prefix and nothing else; no groups */
        struct cm_sv prefix; /* every match begins with it */
        struct cm_re_alphabet alphabet;
        struct cm_re_lazy *lazy;
        size_t group_count;
        const struct cm_sv *names; /* [0] to [group_count] */
};

/* Fills the program, alphabet, prefix and flags of `re`, in `arena`; `work` is forgotten. */
CM_MUST_CHECK int cm_re_compile(struct cm_arena *arena, struct cm_arena *work,
                                struct cm_re_tree *tree, struct cm_regex *re, struct cm_err *err);

/* Builds the whole automaton into `ret`, with its entries in `room`; false past
 * CM_REGEX_TABLE_ENTRIES_MAX. `work` is forgotten. */
bool cm_re_table_build(struct cm_arena *work, const struct cm_regex *re, uint16_t *room,
                       struct cm_re_table *ret);
/* Whether a match begins at or after byte `from`, which is a context like the text's begin unless
 * the program has no assertions. */
bool cm_re_table_has(const struct cm_regex *re, const struct cm_re_table *table, struct cm_sv text,
                     size_t from);
/* The same by an automaton built on the way, from the begin: 1, 0, or -1 for too many states. */
int cm_re_dfa_has(const struct cm_regex *re, struct cm_sv text, struct cm_arena *scratch);
