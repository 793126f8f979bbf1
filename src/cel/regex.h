/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Regular expressions in linear time: RE2's syntax and its leftmost-first matches, over UTF-8.
 * Patterns come from users, so neither a pattern nor a text can make a search take more than
 * program size times text length. No backreferences and no lookaround: they cannot be had so.
 *
 * Syntax: literals, . [a-z] [^a-z] [[:alpha:]] \d \D \s \S \w \W \pL \p{Greek} \P{..} \p{^..},
 * xy x|y x* x+ x? x{n} x{n,} x{n,m} (counts to 1000) and their non-greedy forms x*? ..., (re)
 * (?:re) (?P<name>re) (?<name>re) (?flags) (?flags:re) with i, m, s, U and "-", ^ $ \A \z \b \B,
 * \a \f \t \n \r \v \123 \x7F \x{10FFFF} \Q..\E, and a backslash before any ASCII punctuation.
 * Bytes that are not UTF-8 match as U+FFFD, one at a time.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/sv.h"

struct cm_regex;

struct cm_regex_span {
        size_t start; /* SIZE_MAX for a group that took no part */
        size_t end;
};

/* [0] is the whole match, [n] the n-th group. */
struct cm_regex_match {
        struct cm_regex_span *spans;
        size_t count; /* groups + 1 */
};

/*
 * Compiles a pattern.
 *
 * Input:   `pattern` borrowed during the call; hostile.
 * Errors:  CM_E_MALFORMED with the byte offset; CM_E_UNSUPPORTED for a backreference or lookaround
 *          (with the offset); CM_E_LIMIT: CM_REGEX_PATTERN_BYTES_MAX, CM_REGEX_DEPTH_MAX,
 *          CM_REGEX_PROGRAM_MAX instructions, CM_REGEX_GROUPS_MAX.
 * Owns:    *ret lives in `arena`; threads may share it (its automaton is built once, when it pays).
 * Spec:    RE2 "Syntax"; Go regexp/syntax.
 */
CM_MUST_CHECK int cm_regex_compile(struct cm_arena *arena, struct cm_sv pattern,
                                   const struct cm_regex **ret, struct cm_err *err);

size_t cm_regex_group_count(const struct cm_regex *re);
/* The name of group `index` (from 1), or the empty view. */
struct cm_sv cm_regex_group_name(const struct cm_regex *re, size_t index);

/*
 * What a search of `text_bytes` takes at most, in units of some 10 ns, for callers that keep a budget:
 * a pattern without an automaton of its own may look at the whole program at each byte.
 */
uint64_t cm_regex_cost(const struct cm_regex *re, size_t text_bytes);

/*
 * Looks for the leftmost match anywhere in `text`. Without `ret_or_null` it only tells whether
 * there is one, which is several times faster.
 * Owns:    the spans live in `scratch`, which also takes the search's working memory (none for
 *          small patterns without `ret_or_null`; at most CM_REGEX_SCRATCH_BYTES_MAX).
 * Limits:  a text of 4 GiB less one byte; longer ones do not match.
 * Thread:  any, with a scratch of its own.
 */
bool cm_regex_search(const struct cm_regex *re, struct cm_sv text, struct cm_arena *scratch,
                     struct cm_regex_match *ret_or_null);

/*
 * All matches that do not overlap, in order; an empty match right after the last one is passed
 * over (as Go's FindAll does). Memory is taken from `scratch` once.
 */
struct cm_regex_iter;
struct cm_regex_iter *cm_regex_iter_new(const struct cm_regex *re, struct cm_sv text,
                                        struct cm_arena *scratch);
/* The next match: its spans are valid until the next call. */
bool cm_regex_iter_next(struct cm_regex_iter *iter, struct cm_regex_match *ret);
/* Bytes looked at so far: with patterns like "a.*z|a" each match may read the whole rest. */
uint64_t cm_regex_iter_bytes(const struct cm_regex_iter *iter);
