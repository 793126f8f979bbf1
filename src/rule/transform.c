/* SPDX-License-Identifier: Apache-2.0 */
/* Transformers: tolower(), b64(), getopt() and the rest; see graph.h. */
#include <string.h>

#include "base/limits.h"
#include "codec/base64.h"
#include "rule/graph.h"

static void put_mapped(struct cm_extract *x, struct cm_sv text, bool upper)
{
        struct cm_buf *out = cm_extract_begin(x);
        for (size_t i = 0; i < text.len; i++) {
                char c = text.ptr[i];
                cm_buf_put_char(out, upper ? (cm_is_lower(c) ? (char)(c - ('a' - 'A')) : c)
                                           : cm_to_lower(c));
        }
        cm_extract_put_work(x);
}

/* What is no base 64 has no value. */
static void put_decoded(struct cm_extract *x, struct cm_sv text)
{
        struct cm_err ignored = CM_ERR_INIT;
        struct cm_sv bytes;
        /* Decoding takes memory without asking; texts of events are far smaller than what is left. */
        if (cm_arena_used(x->scratch) + text.len + CM_KIB(8) > CM_RULE_SCRATCH_BYTES_MAX / 2)
                x->is_short = true;
        else if (cm_base64_decode(x->scratch, text, &bytes, &ignored) == 0)
                cm_extract_put_text(x, bytes);
}

static void put_joined(struct cm_extract *x, const struct cm_slot *slot,
                       const struct cm_slot *slots, const struct cm_values *args, size_t first,
                       struct cm_sv between)
{
        struct cm_buf *out = cm_extract_begin(x);
        bool is_first = true;
        for (size_t i = first; i < slot->arg_count; i++)
                for (size_t j = 0; j < args[i].count; j++) {
                        cm_buf_put_sv(out, is_first ? CM_SV("") : between);
                        cm_value_put(out, slots[slot->args[i]].type, &args[i].items[j]);
                        is_first = false;
                }
        cm_extract_put_work(x);
}

/* A short option's letter, or the name of a long one, and does it take a value? */
static bool option_takes_value(struct cm_sv options, struct cm_sv name)
{
        ptrdiff_t at = name.len == 1 ? cm_sv_find_char(options, name.ptr[0]) : -1;
        return at >= 0 && (size_t)at + 1 < options.len && options.ptr[at + 1] == ':';
}

static void push_option(struct cm_extract *x, struct cm_sv want, struct cm_sv name,
                        struct cm_sv value)
{
        if (want.len == 0 || cm_sv_eq(want, name))
                cm_extract_put_text(x, value);
}

/* The value of an option as getopt(3) would read the command's arguments; "" when it takes none. */
static void put_option(struct cm_extract *x, struct cm_values words, struct cm_sv options,
                       struct cm_sv want)
{
        for (size_t i = 0; i < words.count; i++) {
                struct cm_sv word = words.items[i].text;
                struct cm_sv name, value;
                if (cm_sv_eq(word, CM_SV("--")))
                        return;
                if (cm_sv_has_prefix(word, CM_SV("--"))) {
                        cm_sv_cut(cm_sv_skip(word, 2), '=', &name, &value);
                        push_option(x, want, name, value);
                        continue;
                }
                if (word.len < 2 || word.ptr[0] != '-')
                        continue;
                for (size_t j = 1; j < word.len; j++) {
                        name = cm_sv_slice(word, j, j + 1);
                        value = CM_SV("");
                        bool takes = option_takes_value(options, name);
                        if (takes && j + 1 < word.len)
                                value = cm_sv_skip(word, j + 1);
                        else if (takes && i + 1 < words.count)
                                value = words.items[++i].text;
                        push_option(x, want, name, value);
                        if (takes)
                                break;
                }
        }
}

/* A text that is one value is cut at blanks: proc.args is such a one. */
static struct cm_values split_words(struct cm_extract *x, struct cm_values values)
{
        if (values.count != 1)
                return values;
        struct cm_sv rest = values.items[0].text;
        struct cm_sv word;
        size_t before = x->count;
        while (cm_sv_next_field(&rest, ' ', &word))
                if (word.len > 0)
                        cm_extract_put_text(x, word);
        return (struct cm_values){ x->items + before, x->count - before };
}

static void transform(struct cm_extract *x, const struct cm_slot *slot, const struct cm_slot *slots,
                      const struct cm_values *args)
{
        struct cm_values first = args[0];
        const struct cm_slot *arg = &slots[slot->args[0]];
        bool is_list = (arg->flags & CM_FIELD_IS_LIST) != 0;
        switch (slot->transformer) {
        case CM_FILTER_TOLOWER:
        case CM_FILTER_TOUPPER:
                for (size_t i = 0; i < first.count; i++)
                        put_mapped(x, first.items[i].text, slot->transformer == CM_FILTER_TOUPPER);
                break;
        case CM_FILTER_B64:
                for (size_t i = 0; i < first.count; i++)
                        put_decoded(x, first.items[i].text);
                break;
        case CM_FILTER_BASENAME:
                for (size_t i = 0; i < first.count; i++)
                        cm_extract_put_text(x, cm_sv_base_name(first.items[i].text));
                break;
        case CM_FILTER_LEN:
                if (is_list)
                        cm_extract_put_number(x, (int64_t)first.count);
                else if (first.count > 0)
                        cm_extract_put_number(x, (int64_t)first.items[0].text.len);
                break;
        case CM_FILTER_JOIN:
                if (first.count > 0)
                        put_joined(x, slot, slots, args, 1, first.items[0].text);
                break;
        case CM_FILTER_CONCAT:
                put_joined(x, slot, slots, args, 0, CM_SV(""));
                break;
        case CM_FILTER_GETOPT: {
                struct cm_values words = split_words(x, first);
                struct cm_value *kept = NULL;
                if (words.count > 0)
                        kept = cm_arena_try_alloc(x->scratch, words.count * sizeof(*kept),
                                                  _Alignof(struct cm_value));
                x->count = 0;
                if (kept == NULL || args[1].count == 0)
                        break;
                memcpy(kept, words.items, words.count * sizeof(*kept));
                put_option(x, (struct cm_values){ kept, words.count }, args[1].items[0].text,
                           slot->argument);
                break;
        }
        }
}

struct cm_values cm_transform(struct cm_extract *x, const struct cm_slot *slot,
                              const struct cm_slot *slots, const struct cm_values *args)
{
        x->items = &x->one;
        x->count = 0;
        x->capacity = 1;
        transform(x, slot, slots, args);
        if (x->count == 0)
                return (struct cm_values){ NULL, 0 };
        struct cm_value *kept = x->items;
        if (kept == &x->one) {
                kept = cm_arena_try_alloc(x->scratch, sizeof(*kept), _Alignof(struct cm_value));
                if (kept == NULL) {
                        x->is_short = true;
                        return (struct cm_values){ NULL, 0 };
                }
                *kept = x->one;
        }
        return (struct cm_values){ kept, x->count };
}
