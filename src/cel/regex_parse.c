/* SPDX-License-Identifier: Apache-2.0 */
/* Parser of regular expressions: pattern to tree; see regex_internal.h. */
#include <string.h>

#include "base/limits.h"
#include "base/map.h"
#include "cel/regex_internal.h"

enum {
        FLAG_FOLD = 1,      /* i */
        FLAG_MULTILINE = 2, /* m */
        FLAG_DOT_ALL = 4,   /* s */
        FLAG_UNGREEDY = 8,  /* U */
        REPEAT_MAX = 1000,
        /* Ranges of all classes together: a class of Unicode has up to 800. */
        RANGES_MAX = 100000
};

struct parser {
        struct cm_arena *arena;
        struct cm_sv pattern;
        size_t at;
        unsigned flags;
        struct cm_re_tree *tree;
        struct cm_map sets; /* ranges -> the first node with them */
        uint32_t ascii_sets
                [128]; /* of single characters: index + 1; most patterns are made of them */
        size_t range_count;
        struct cm_err *err;
};

static int fail(struct parser *p, size_t at, const char *what)
{
        return CM_RAISE(p->err, CM_E_MALFORMED, "regular expression has %s at byte %zu", what, at);
}

static int fail_unsupported(struct parser *p, size_t at, const char *what)
{
        return CM_RAISE(p->err, CM_E_UNSUPPORTED,
                        "regular expression has %s at byte %zu, which matching in linear time "
                        "cannot have",
                        what, at);
}

static bool more(const struct parser *p)
{
        return p->at < p->pattern.len;
}

static char peek(const struct parser *p, size_t ahead)
{
        return p->at + ahead < p->pattern.len ? p->pattern.ptr[p->at + ahead] : '\0';
}

static bool looking_at(const struct parser *p, struct cm_sv text)
{
        return cm_sv_has_prefix(cm_sv_skip(p->pattern, p->at), text);
}

static bool take(struct parser *p, char c)
{
        if (!more(p) || p->pattern.ptr[p->at] != c)
                return false;
        p->at++;
        return true;
}

/* The pattern is UTF-8 throughout: checked once at the start. */
static uint32_t take_rune(struct parser *p)
{
        uint32_t rune = 0;
        CM_ASSERT(more(p));
        p->at += cm_rune_decode((const unsigned char *)p->pattern.ptr + p->at,
                                p->pattern.len - p->at, &rune);
        return rune;
}

static struct cm_re_node *new_node(struct parser *p, enum cm_re_kind kind)
{
        struct cm_re_node *node = CM_NEW(p->arena, struct cm_re_node);
        node->kind = kind;
        return node;
}

static void add_child(struct parser *p, struct cm_re_node *node, struct cm_re_node *child)
{
        *CM_VEC_PUSH(p->arena, &node->children) = child;
        node->height = CM_MAX(node->height, child->height + 1);
}

/* Later steps recurse on the tree. Repeats can nest without groups: "a*(?i)*(?i)*". */
static int check_height(struct parser *p, const struct cm_re_node *node)
{
        if (node->height <= CM_REGEX_HEIGHT_MAX)
                return 0;
        return CM_RAISE(p->err, CM_E_LIMIT,
                        "regular expression nests more than %d expressions (regex_height_max)",
                        CM_REGEX_HEIGHT_MAX);
}

/* A node for a clean set; equal sets share an index, which keeps the alphabet small. */
static int set_node(struct parser *p, struct cm_runes set, struct cm_re_node **ret)
{
        struct cm_sv key = cm_sv_make(set.items, set.count * sizeof(set.items[0]));
        struct cm_re_node *node = new_node(p, CM_RE_SET);
        const struct cm_re_node *known = cm_map_get(&p->sets, key);
        p->range_count += set.count;
        if (p->range_count > RANGES_MAX)
                return CM_RAISE(p->err, CM_E_LIMIT,
                                "regular expression has classes of more than %d ranges",
                                RANGES_MAX);
        node->set = known != NULL ? known->set : (uint32_t)p->tree->sets.count;
        if (known == NULL) {
                *CM_VEC_PUSH(p->arena, &p->tree->sets) = set;
                cm_map_put(&p->sets, key, node);
        }
        *ret = node;
        return 0;
}

static int literal(struct parser *p, uint32_t rune, struct cm_re_node **ret)
{
        struct cm_runes set = { 0 };
        bool is_plain = rune < CM_ARRAY_LEN(p->ascii_sets) && (p->flags & FLAG_FOLD) == 0;
        if (is_plain && p->ascii_sets[rune] != 0 && p->range_count < RANGES_MAX) {
                p->range_count++;
                *ret = new_node(p, CM_RE_SET);
                (*ret)->set = p->ascii_sets[rune] - 1;
                return 0;
        }
        cm_runes_add(p->arena, &set, rune, rune);
        if ((p->flags & FLAG_FOLD) != 0)
                cm_runes_fold(p->arena, &set);
        int r = set_node(p, set, ret);
        if (r == 0 && is_plain)
                p->ascii_sets[rune] = (*ret)->set + 1;
        return r;
}

static int any(struct parser *p, struct cm_re_node **ret)
{
        struct cm_runes set = { 0 };
        if ((p->flags & FLAG_DOT_ALL) == 0) {
                cm_runes_add(p->arena, &set, '\n', '\n');
                cm_runes_negate(p->arena, &set);
        } else {
                cm_runes_add(p->arena, &set, 0, CM_RUNE_MAX);
        }
        return set_node(p, set, ret);
}

/* "x7F", "x{10FFFF}" after the backslash. */
static int hex_escape(struct parser *p, size_t start, uint32_t *ret)
{
        uint32_t rune = 0;
        size_t digits = 0;
        p->at++;
        bool braces = take(p, '{');
        while (more(p) && cm_hex_value(peek(p, 0)) >= 0 && (braces || digits < 2)) {
                rune = rune * 16 + (uint32_t)cm_hex_value(peek(p, 0));
                if (rune > CM_RUNE_MAX)
                        return fail(p, start, "a code point past U+10FFFF");
                digits++;
                p->at++;
        }
        if (braces ? digits == 0 || !take(p, '}') : digits != 2)
                return fail(p, start, "an escape \\x without its hexadecimal digits");
        *ret = rune;
        return 0;
}

/* Octal: "\0", "\012", and "\12" but not "\1", which would be a backreference. */
static int octal_escape(struct parser *p, size_t start, uint32_t *ret)
{
        uint32_t rune = 0;
        char second = peek(p, 1);
        if (peek(p, 0) != '0' && (peek(p, 0) > '7' || second < '0' || second > '7'))
                return fail_unsupported(p, start, "a backreference");
        for (size_t i = 0; i < 3 && peek(p, 0) >= '0' && peek(p, 0) <= '7'; i++) {
                rune = rune * 8 + (uint32_t)(peek(p, 0) - '0');
                p->at++;
        }
        *ret = rune;
        return 0;
}

/* An escape that stands for one code point; the backslash is next. */
static int rune_escape(struct parser *p, uint32_t *ret)
{
        static const char letters[] = "afnrtv";
        static const char values[] = "\a\f\n\r\t\v";
        size_t start = p->at++;
        if (!more(p))
                return fail(p, start, "a backslash at its end");
        char c = peek(p, 0);
        if (cm_is_digit(c))
                return octal_escape(p, start, ret);
        if (c == 'x')
                return hex_escape(p, start, ret);
        const char *found = memchr(letters, c, sizeof(letters) - 1);
        if (found != NULL) {
                p->at++;
                *ret = (uint32_t)values[found - letters];
                return 0;
        }
        if ((unsigned char)c >= 0x80 || cm_is_alnum(c))
                return fail(p, start, "an escape that has no meaning");
        p->at++;
        *ret = (uint32_t)c;
        return 0;
}

/* Adds a class that has a name, folded and negated as asked. */
static void add_class(struct parser *p, struct cm_runes *out, struct cm_runes named, bool negated)
{
        cm_runes_clean(&named);
        if ((p->flags & FLAG_FOLD) != 0)
                cm_runes_fold(p->arena, &named);
        if (negated)
                cm_runes_negate(p->arena, &named);
        cm_runes_add_all(p->arena, out, &named);
        p->range_count += named.count;
}

/* "\pL", "\p{Greek}", "\P{^Lu}"; the backslash is next. */
static int unicode_class(struct parser *p, struct cm_runes *out)
{
        size_t start = p->at;
        bool negated = peek(p, 1) == 'P';
        struct cm_runes named = { 0 };
        struct cm_sv name;
        p->at += 2;
        if (!more(p))
                return fail(p, start, "a Unicode class without a name");
        if (take(p, '{')) {
                struct cm_sv rest = cm_sv_skip(p->pattern, p->at);
                ptrdiff_t end = cm_sv_find_char(rest, '}');
                if (end < 0)
                        return fail(p, start, "a Unicode class without its end");
                name = cm_sv_slice(rest, 0, (size_t)end);
                p->at += (size_t)end + 1;
        } else {
                size_t from = p->at;
                take_rune(p);
                name = cm_sv_slice(p->pattern, from, p->at);
        }
        if (name.len > 0 && name.ptr[0] == '^') {
                negated = !negated;
                name = cm_sv_skip(name, 1);
        }
        if (!cm_runes_add_unicode(p->arena, &named, name))
                return fail(p, start, "a Unicode class that has no such name");
        add_class(p, out, named, negated);
        return 0;
}

/*
 * A class escape ("\d", "\pL") when one is next.
 * Returns: 0; 1 when something else is next.
 */
static int class_escape(struct parser *p, struct cm_runes *out)
{
        struct cm_runes named = { 0 };
        char c = peek(p, 1);
        if (peek(p, 0) != '\\')
                return 1;
        if (c == 'p' || c == 'P')
                return unicode_class(p, out);
        if (!cm_runes_add_perl(p->arena, &named, cm_to_lower(c)))
                return 1;
        p->at += 2;
        add_class(p, out, named, cm_is_upper(c));
        return 0;
}

/* "[:alpha:]" or "[:^alpha:]" within a class. Returns: 0; 1 when something else is next. */
static int posix_class(struct parser *p, struct cm_runes *out)
{
        struct cm_runes named = { 0 };
        struct cm_sv rest = cm_sv_skip(p->pattern, p->at + 2);
        ptrdiff_t end = cm_sv_find(rest, CM_SV(":]"));
        if (!looking_at(p, CM_SV("[:")) || end < 0)
                return 1;
        struct cm_sv name = cm_sv_slice(rest, 0, (size_t)end);
        bool negated = name.len > 0 && name.ptr[0] == '^';
        if (!cm_runes_add_posix(p->arena, &named, negated ? cm_sv_skip(name, 1) : name))
                return fail(p, p->at, "a class [:...:] that has no such name");
        p->at += (size_t)end + 4;
        add_class(p, out, named, negated);
        return 0;
}

static int class_rune(struct parser *p, size_t start, uint32_t *ret)
{
        if (!more(p))
                return fail(p, start, "a class [...] without its end");
        if (peek(p, 0) == '\\')
                return rune_escape(p, ret);
        *ret = take_rune(p);
        return 0;
}

static int class_range(struct parser *p, size_t start, struct cm_runes *out)
{
        uint32_t low = 0;
        size_t at = p->at;
        int r = class_rune(p, start, &low);
        uint32_t high = low;
        if (r == 0 && peek(p, 0) == '-' && p->at + 1 < p->pattern.len && peek(p, 1) != ']') {
                p->at++;
                r = class_rune(p, start, &high);
        }
        if (r < 0)
                return r;
        if (high < low)
                return fail(p, at, "a range whose end is before its start");
        struct cm_runes one = { 0 };
        cm_runes_add(p->arena, &one, low, high);
        add_class(p, out, one, false);
        return 0;
}

/* "[...]"; the bracket is next. */
static int class(struct parser *p, struct cm_re_node **ret)
{
        struct cm_runes set = { 0 };
        size_t start = p->at++;
        bool negated = take(p, '^');
        bool first = true;
        while (!more(p) || peek(p, 0) != ']' || first) {
                first = false;
                int r = posix_class(p, &set);
                if (r > 0)
                        r = class_escape(p, &set);
                if (r > 0)
                        r = class_range(p, start, &set);
                if (r < 0)
                        return r;
                if (p->range_count > RANGES_MAX)
                        break; /* set_node() refuses */
        }
        p->at++;
        cm_runes_clean(&set);
        if (negated)
                cm_runes_negate(p->arena, &set);
        return set_node(p, set, ret);
}

static struct cm_re_node *assertion(struct parser *p, enum cm_re_assert what, size_t len)
{
        struct cm_re_node *node = new_node(p, CM_RE_ASSERT);
        node->assertion = what;
        p->at += len;
        return node;
}

static int escape(struct parser *p, struct cm_re_node **ret)
{
        struct cm_runes set = { 0 };
        uint32_t rune = 0;
        switch (peek(p, 1)) {
        case 'A':
                *ret = assertion(p, CM_RE_TEXT_BEGIN, 2);
                return 0;
        case 'z':
                *ret = assertion(p, CM_RE_TEXT_END, 2);
                return 0;
        case 'b':
                *ret = assertion(p, CM_RE_WORD, 2);
                return 0;
        case 'B':
                *ret = assertion(p, CM_RE_NO_WORD, 2);
                return 0;
        default:
                break;
        }
        int r = class_escape(p, &set);
        if (r == 0)
                return set_node(p, set, ret);
        if (r > 0)
                r = rune_escape(p, &rune);
        return r < 0 ? r : literal(p, rune, ret);
}

static bool is_group_name(struct cm_sv name)
{
        for (size_t i = 0; i < name.len; i++)
                if (!cm_is_alnum(name.ptr[i]) && name.ptr[i] != '_')
                        return false;
        return name.len > 0;
}

/* "?P<name>" or "?<name>" behind the parenthesis. */
static int group_name(struct parser *p, size_t start, struct cm_sv *ret)
{
        struct cm_sv rest = cm_sv_skip(p->pattern, p->at + (peek(p, 1) == 'P' ? 3 : 2));
        struct cm_sv name;
        struct cm_sv tail;
        if (!cm_sv_cut(rest, '>', &name, &tail) || !is_group_name(name))
                return fail(p, start, "a group whose name is not of letters, digits and \"_\"");
        p->at = p->pattern.len - tail.len;
        *ret = cm_sv_dup(p->arena, name);
        return 0;
}

/* "?flags)" or "?flags:"; the question mark is next. *ret_group: whether a group begins. */
static int flag_group(struct parser *p, size_t start, bool *ret_group)
{
        static const char letters[] = "imsU";
        bool clear = false;
        bool any_flag = false;
        unsigned flags = p->flags;
        for (p->at++; more(p); p->at++) {
                char c = peek(p, 0);
                const char *found = memchr(letters, c, sizeof(letters) - 1);
                if (found != NULL) {
                        unsigned flag = 1U << (found - letters);
                        flags = clear ? flags & ~flag : flags | flag;
                        any_flag = true;
                } else if (c == '-' && !clear) {
                        clear = true;
                        any_flag = false;
                } else if ((c == ':' || c == ')') && (!clear || any_flag)) {
                        p->at++;
                        p->flags = flags;
                        *ret_group = c == ':';
                        return 0;
                } else {
                        break;
                }
        }
        return fail(p, start, "a group (?...) of no known kind");
}

static int alternation(struct parser *p, size_t depth, struct cm_re_node **ret);

/* What is between parentheses; the opening one was at `start`. */
static int group_body(struct parser *p, size_t depth, size_t start, struct cm_re_node **ret)
{
        if (depth + 1 > CM_REGEX_DEPTH_MAX)
                return CM_RAISE(p->err, CM_E_LIMIT,
                                "regular expression has more than %zu nested groups "
                                "(regex_depth_max)",
                                CM_REGEX_DEPTH_MAX);
        int r = alternation(p, depth + 1, ret);
        if (r == 0 && !take(p, ')'))
                return fail(p, start, "a group without its end");
        return r;
}

/* "(...)"; *ret stays NULL for "(?i)", which is no expression. */
static int group(struct parser *p, size_t depth, struct cm_re_node **ret)
{
        size_t start = p->at++;
        unsigned flags = p->flags;
        struct cm_sv name = CM_SV("");
        struct cm_re_node *body = NULL;
        int r = 0;
        if (looking_at(p, CM_SV("?=")) || looking_at(p, CM_SV("?!")) ||
            looking_at(p, CM_SV("?<=")) || looking_at(p, CM_SV("?<!")))
                return fail_unsupported(p, start, "lookaround");
        bool named = looking_at(p, CM_SV("?P<")) || looking_at(p, CM_SV("?<"));
        if (peek(p, 0) == '?' && !named) {
                bool is_group = false;
                r = flag_group(p, start, &is_group);
                if (r < 0 || !is_group)
                        return r;
                r = group_body(p, depth, start, ret);
                p->flags = flags;
                return r;
        }
        if (named && (r = group_name(p, start, &name)) < 0)
                return r;
        struct cm_re_node *node = new_node(p, CM_RE_GROUP);
        node->group = (uint32_t)p->tree->names.count;
        if (node->group > CM_REGEX_GROUPS_MAX)
                return CM_RAISE(p->err, CM_E_LIMIT,
                                "regular expression has more than %zu groups (regex_groups_max)",
                                CM_REGEX_GROUPS_MAX);
        *CM_VEC_PUSH(p->arena, &p->tree->names) = name;
        r = group_body(p, depth, start, &body);
        if (r < 0)
                return r;
        add_child(p, node, body);
        p->flags = flags;
        *ret = node;
        return check_height(p, node);
}

/* A number without leading zeros; -1 when there is none, and no more than 10^6. */
static int32_t take_count(struct parser *p)
{
        int32_t n = 0;
        size_t from = p->at;
        while (cm_is_digit(peek(p, 0))) {
                n = CM_MIN(n * 10 + (peek(p, 0) - '0'), 1000000);
                p->at++;
        }
        if (p->at == from || (p->at > from + 1 && p->pattern.ptr[from] == '0'))
                return -1;
        return n;
}

/* "{n}", "{n,}", "{n,m}"; false (and nothing taken) when the brace is a literal. */
static bool take_braces(struct parser *p, int32_t *min, int32_t *max)
{
        size_t from = p->at++;
        *min = take_count(p);
        *max = *min;
        bool ok = *min >= 0;
        if (ok && take(p, ',')) {
                *max = -1;
                if (peek(p, 0) != '}') {
                        *max = take_count(p);
                        ok = *max >= 0;
                }
        }
        if (ok && take(p, '}'))
                return true;
        p->at = from;
        return false;
}

/* Whether counts that are nested do not multiply to more than `most`. */
static bool counts_fit(const struct cm_re_node *node, int32_t most)
{
        if (node->kind == CM_RE_REPEAT) {
                int32_t times = node->max < 0 ? node->min : node->max;
                if (node->max == 0)
                        return true;
                if (times > most)
                        return false;
                if (times > 0)
                        most /= times;
        }
        for (size_t i = 0; i < node->children.count; i++)
                if (!counts_fit(node->children.items[i], most))
                        return false;
        return true;
}

/* A repeat operator when one is next, applied to *node. Returns: 0; 1 when none is next. */
static int repeat(struct parser *p, bool after_repeat, struct cm_re_node **node)
{
        size_t start = p->at;
        char c = peek(p, 0);
        int32_t min = c == '+';
        int32_t max = c == '?' ? 1 : -1;
        bool braces = c == '{';
        if (braces) {
                if (!take_braces(p, &min, &max))
                        return 1;
        } else if (more(p) && (c == '*' || c == '+' || c == '?')) {
                p->at++;
        } else {
                return 1;
        }
        if (after_repeat)
                return fail(p, start, "a repeat of a repeat");
        if (*node == NULL)
                return fail(p, start, "a repeat of nothing");
        if (min > REPEAT_MAX || max > REPEAT_MAX || (max >= 0 && min > max))
                return fail(p, start, "a repeat count that is not within 0 to 1000 and ascending");
        struct cm_re_node *out = new_node(p, CM_RE_REPEAT);
        out->greedy = take(p, '?') == ((p->flags & FLAG_UNGREEDY) != 0);
        out->min = min;
        out->max = max;
        add_child(p, out, *node);
        if (braces && (min >= 2 || max >= 2) && !counts_fit(out, REPEAT_MAX))
                return fail(p, start, "nested repeat counts of more than 1000 in all");
        *node = out;
        return check_height(p, out);
}

/* One atom that is no group and no quote. */
static int atom(struct parser *p, struct cm_re_node **ret)
{
        bool multiline = (p->flags & FLAG_MULTILINE) != 0;
        switch (peek(p, 0)) {
        case '.':
                p->at++;
                return any(p, ret);
        case '^':
                *ret = assertion(p, multiline ? CM_RE_LINE_BEGIN : CM_RE_TEXT_BEGIN, 1);
                return 0;
        case '$':
                *ret = assertion(p, multiline ? CM_RE_LINE_END : CM_RE_TEXT_END, 1);
                return 0;
        case '[':
                return class(p, ret);
        case '\\':
                return escape(p, ret);
        default:
                return literal(p, take_rune(p), ret);
        }
}

/* "\Q...\E", or to the end. */
static int quote(struct parser *p, struct cm_re_node *out)
{
        struct cm_sv rest = cm_sv_skip(p->pattern, p->at + 2);
        ptrdiff_t end = cm_sv_find(rest, CM_SV("\\E"));
        size_t to = end < 0 ? p->pattern.len : p->at + 2 + (size_t)end;
        p->at += 2;
        while (p->at < to) {
                struct cm_re_node *node = NULL;
                int r = literal(p, take_rune(p), &node);
                if (r < 0)
                        return r;
                add_child(p, out, node);
        }
        p->at = end < 0 ? to : to + 2;
        return 0;
}

static int sequence(struct parser *p, size_t depth, struct cm_re_node **ret)
{
        struct cm_re_node *out = new_node(p, CM_RE_CAT);
        struct cm_re_node *none = NULL;
        bool after_repeat = false;
        *ret = out;
        while (more(p) && peek(p, 0) != '|' && peek(p, 0) != ')') {
                struct cm_re_node *node = NULL;
                bool empty = out->children.count == 0;
                struct cm_re_node **last =
                        empty ? &none : &out->children.items[out->children.count - 1];
                int r = repeat(p, after_repeat, last);
                if (r < 0)
                        return r;
                after_repeat = r == 0;
                if (r == 0)
                        continue;
                if (looking_at(p, CM_SV("\\Q")))
                        r = quote(p, out);
                else
                        r = peek(p, 0) == '(' ? group(p, depth, &node) : atom(p, &node);
                if (r < 0)
                        return r;
                if (node != NULL)
                        add_child(p, out, node);
        }
        return 0;
}

static int alternation(struct parser *p, size_t depth, struct cm_re_node **ret)
{
        struct cm_re_node *out = new_node(p, CM_RE_ALT);
        *ret = out;
        do {
                struct cm_re_node *branch = NULL;
                int r = sequence(p, depth, &branch);
                if (r < 0)
                        return r;
                add_child(p, out, branch);
        } while (take(p, '|'));
        if (out->children.count == 1)
                *ret = out->children.items[0];
        return 0;
}

static int check_utf8(struct parser *p)
{
        const unsigned char *bytes = (const unsigned char *)p->pattern.ptr;
        uint32_t rune = 0;
        for (size_t i = 0; i < p->pattern.len;) {
                size_t n = cm_rune_decode(bytes + i, p->pattern.len - i, &rune);
                if (rune == CM_RUNE_ERROR && n == 1)
                        return fail(p, i, "bytes that are not UTF-8");
                i += n;
        }
        return 0;
}

int cm_re_parse(struct cm_arena *arena, struct cm_sv pattern, struct cm_re_tree *ret,
                struct cm_err *err)
{
        struct parser p = { .arena = arena, .pattern = pattern, .tree = ret, .err = err };
        *ret = (struct cm_re_tree){ 0 };
        cm_map_init(&p.sets, arena);
        *CM_VEC_PUSH(arena, &ret->names) = CM_SV("");
        if (pattern.len > CM_REGEX_PATTERN_BYTES_MAX)
                return CM_RAISE(err, CM_E_LIMIT,
                                "regular expression is longer than %zu bytes "
                                "(regex_pattern_bytes_max)",
                                CM_REGEX_PATTERN_BYTES_MAX);
        int r = check_utf8(&p);
        if (r == 0)
                r = alternation(&p, 0, &ret->root);
        if (r == 0 && more(&p))
                return fail(&p, p.at, "a \")\" without its \"(\"");
        return r;
}
