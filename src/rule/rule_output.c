/* SPDX-License-Identifier: Apache-2.0 */
/* Outputs of rules: "%proc.name opened %fd.name", as text and as JSON; see evaluate.h. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/limits.h"
#include "base/time.h"
#include "rule/evaluate_internal.h"

/* What Falco puts behind the output of every rule about containers. */
#define CONTAINER_FIELDS " container_id=%container.id container_name=%container.name"
/* A name of old that stands for nothing now. */
#define CONTAINER_INFO "container.info"

typedef CM_VEC(struct cm_rule_template_part) part_vec;

static void add_literal(struct cm_arena *arena, part_vec *parts, struct cm_sv text)
{
        if (text.len > 0)
                *CM_VEC_PUSH(arena, parts) =
                        (struct cm_rule_template_part){ .literal = text, .slot = CM_SLOT_NONE };
}

static size_t name_len(struct cm_sv text)
{
        size_t len = 0;
        while (len < text.len &&
               (cm_is_alnum(text.ptr[len]) || text.ptr[len] == '_' || text.ptr[len] == '.'))
                len++;
        return len;
}

/* The longest beginning of the text that is a field: "%proc.name." ends before its last dot. */
static int longest_field(struct cm_graph_build *b, struct cm_sv text, uint32_t *ret_slot,
                         size_t *ret_len, struct cm_err *err)
{
        size_t most = name_len(text);
        struct cm_err first = CM_ERR_INIT;
        for (size_t len = most; len > 0; len--) {
                struct cm_filter_term term;
                struct cm_err problem = CM_ERR_INIT;
                size_t used = 0;
                size_t ignored = 0;
                struct cm_sv part = len == most ? text : cm_sv_slice(text, 0, len);
                if (cm_filter_parse_term(b->arena, part, &term, &used, &problem) == 0 &&
                    cm_graph_slot(b, &term, ret_slot, &ignored, &problem) == 0) {
                        *ret_len = used;
                        return 0;
                }
                if (first.code == CM_E_OK)
                        first = problem;
        }
        b->met_unknown = true;
        if (first.code != CM_E_OK)
                return cm_err_copy(err, &first);
        return CM_RAISE(err, CM_E_MALFORMED, "there is no field behind '%%'");
}

static int check_source(const struct cm_graph_build *b, uint32_t slot, enum cm_rule_source source,
                        struct cm_err *err)
{
        unsigned foreign =
                source == CM_RULE_SYSCALL ? CM_GRAPH_NEEDS_AUDIT : CM_GRAPH_NEEDS_SYSCALL;
        if ((cm_graph_slot_needs(b, slot) & foreign) != 0)
                return CM_RAISE(err, CM_E_MALFORMED, "events of this source have no such field");
        return 0;
}

static int compile_part(struct cm_graph_build *b, struct cm_sv text, enum cm_rule_source source,
                        part_vec *parts, size_t *ret_len, struct cm_err *err)
{
        struct cm_rule_template_part part = { .slot = CM_SLOT_NONE };
        size_t at = 0;
        while (at < text.len && cm_is_digit(text.ptr[at]) && at < 4)
                part.width = part.width * 10 + (size_t)(text.ptr[at++] - '0');
        struct cm_sv rest = cm_sv_skip(text, at);
        size_t len = 0;
        if (rest.len == 0)
                return CM_RAISE(err, CM_E_MALFORMED, "the output ends with '%%'");
        if (cm_sv_has_prefix(rest, CM_SV(CONTAINER_INFO)) &&
            name_len(cm_sv_skip(rest, sizeof(CONTAINER_INFO) - 1)) == 0) {
                *ret_len = at + sizeof(CONTAINER_INFO) - 1;
                return 0;
        }
        int r = longest_field(b, rest, &part.slot, &len, err);
        if (r == 0)
                r = check_source(b, part.slot, source, err);
        if (r < 0)
                return r;
        *CM_VEC_PUSH(b->arena, parts) = part;
        *ret_len = at + len;
        return 0;
}

int cm_rule_template_compile(struct cm_graph_build *b, struct cm_sv text,
                             enum cm_rule_source source, const struct cm_rule_template **ret,
                             size_t *ret_offset, struct cm_err *err)
{
        part_vec parts = { 0 };
        size_t at = 0;
        text = cm_sv_trim(text);
        if (source == CM_RULE_SYSCALL)
                text = cm_sv_join(b->arena, text, CM_SV(CONTAINER_FIELDS));
        while (at < text.len) {
                ptrdiff_t sign = cm_sv_find_char(cm_sv_skip(text, at), '%');
                size_t end = sign < 0 ? text.len : at + (size_t)sign;
                size_t len = 0;
                add_literal(b->arena, &parts, cm_sv_slice(text, at, end));
                if (end == text.len)
                        break;
                *ret_offset = end;
                int r = compile_part(b, cm_sv_skip(text, end + 1), source, &parts, &len, err);
                if (r < 0)
                        return r;
                at = end + 1 + len;
        }
        struct cm_rule_template *t = CM_NEW(b->arena, struct cm_rule_template);
        t->parts = parts.items;
        t->count = parts.count;
        *ret = t;
        return 0;
}

static void put_control(struct cm_buf *out, uint32_t cp)
{
        if (cp == '\n')
                cm_buf_put_str(out, "\\n");
        else if (cp == '\t')
                cm_buf_put_str(out, "\\t");
        else if (cp == '\r')
                cm_buf_put_str(out, "\\r");
        else
                cm_buf_printf(out, "\\x%02x", (unsigned)cp);
}

/* Texts as people see them: what is no UTF-8 and no character that prints is replaced. */
static void put_clean(struct cm_buf *out, struct cm_sv text)
{
        while (text.len > 0) {
                uint32_t cp = 0;
                size_t len = cm_utf8_next(text, &cp);
                if (len == 0)
                        cm_buf_put_str(out, "\xef\xbf\xbd");
                else if (cp < ' ' || cp == 0x7f)
                        put_control(out, cp);
                else
                        cm_buf_put_sv(out, cm_sv_slice(text, 0, len));
                text = cm_sv_skip(text, len == 0 ? 1 : len);
        }
}

/* One value as it is; several in brackets. */
static void put_values(struct cm_rule_state *s, uint32_t number, struct cm_buf *out)
{
        const struct cm_slot *slot = &s->rules->graph->slots[number];
        struct cm_values values = cm_rule_slot_values(s, number);
        bool is_list = (slot->flags & CM_FIELD_IS_LIST) != 0;
        struct cm_buf *work = &s->work;
        if (values.count == 0) {
                cm_buf_put_str(out, "<NA>");
                return;
        }
        cm_buf_put_str(out, is_list ? "(" : "");
        for (size_t i = 0; i < (is_list ? values.count : 1); i++) {
                cm_buf_put_str(out, i == 0 ? "" : ",");
                cm_buf_clear(work);
                cm_value_put(work, slot->type, &values.items[i]);
                put_clean(out, cm_buf_sv(work));
        }
        cm_buf_put_str(out, is_list ? ")" : "");
}

void cm_rule_put_message(struct cm_rule_state *s, const struct cm_rule *rule, struct cm_buf *out)
{
        const struct cm_rule_template *t = rule->template;
        for (size_t i = 0; i < t->count; i++) {
                const struct cm_rule_template_part *part = &t->parts[i];
                size_t start = out->len;
                if (part->slot == CM_SLOT_NONE) {
                        cm_buf_put_sv(out, part->literal);
                        continue;
                }
                put_values(s, part->slot, out);
                if (part->width == 0 || out->overflow)
                        continue;
                if (out->len - start > part->width)
                        out->len = start + part->width;
                while (out->len - start < part->width && !out->overflow)
                        cm_buf_put_char(out, ' ');
        }
}

static void put_time_of_day(struct cm_buf *out, uint64_t ns)
{
        uint64_t s = ns / 1000000000;
        cm_buf_printf(out, "%02" PRIu64 ":%02" PRIu64 ":%02" PRIu64 ".%09" PRIu64, s / 3600 % 24,
                      s / 60 % 60, s % 60, ns % 1000000000);
}

void cm_rule_put_text(struct cm_rule_state *s, const struct cm_rule *rule, struct cm_buf *out)
{
        put_time_of_day(out, s->c->event->time_ns);
        cm_buf_printf(out, ": %s ", cm_rule_priority_name(rule->priority));
        cm_rule_put_message(s, rule, out);
}

static void put_json_value(struct cm_rule_state *s, uint32_t number, struct cm_buf *out)
{
        const struct cm_slot *slot = &s->rules->graph->slots[number];
        struct cm_values values = cm_rule_slot_values(s, number);
        bool is_list = (slot->flags & CM_FIELD_IS_LIST) != 0;
        bool is_text = slot->type == CM_FIELD_STRING || slot->type == CM_FIELD_ARGUMENT ||
                       slot->type == CM_FIELD_BYTES || slot->type == CM_FIELD_ADDRESS ||
                       slot->type == CM_FIELD_NET;
        if (values.count == 0) {
                cm_buf_put_str(out, "null");
                return;
        }
        cm_buf_put_str(out, is_list ? "[" : "");
        for (size_t i = 0; i < (is_list ? values.count : 1); i++) {
                cm_buf_put_str(out, i == 0 ? "" : ",");
                cm_buf_clear(&s->work);
                cm_value_put(&s->work, slot->type, &values.items[i]);
                if (is_text)
                        cm_buf_put_json(out, cm_buf_sv(&s->work));
                else
                        cm_buf_put_sv(out, cm_buf_sv(&s->work));
        }
        cm_buf_put_str(out, is_list ? "]" : "");
}

enum {
        OUTPUT_FIELDS_MAX = 128
};

struct output_field {
        struct cm_sv name;
        uint32_t slot;
};

static int compare_names(const void *a, const void *b)
{
        return cm_sv_cmp(((const struct output_field *)a)->name,
                         ((const struct output_field *)b)->name);
}

/* The fields of the output by name, each once, and the time of the event. */
static void put_output_fields(struct cm_rule_state *s, const struct cm_rule *rule,
                              struct cm_buf *out)
{
        struct output_field fields[OUTPUT_FIELDS_MAX];
        size_t count = 0;
        fields[count++] = (struct output_field){ CM_SV("evt.time"), CM_SLOT_NONE };
        for (size_t i = 0; i < rule->template->count && count < OUTPUT_FIELDS_MAX; i++) {
                uint32_t slot = rule->template->parts[i].slot;
                if (slot != CM_SLOT_NONE)
                        fields[count++] =
                                (struct output_field){ s->rules->graph->slots[slot].text, slot };
        }
        qsort(fields, count, sizeof(*fields), compare_names);
        bool is_first = true;
        for (size_t i = 0; i < count; i++) {
                if (i > 0 && cm_sv_eq(fields[i].name, fields[i - 1].name))
                        continue;
                cm_buf_put_str(out, is_first ? "" : ",");
                is_first = false;
                cm_buf_put_json(out, fields[i].name);
                cm_buf_put_char(out, ':');
                if (cm_sv_eq(fields[i].name, CM_SV("evt.time")))
                        cm_buf_printf(out, "%" PRIu64, s->c->event->time_ns);
                else
                        put_json_value(s, fields[i].slot, out);
        }
}

void cm_rule_put_json(struct cm_rule_state *s, const struct cm_rule *rule, struct cm_buf *out)
{
        struct cm_buf text CM_CLEANUP(cm_buf_fini) = { 0 };
        char date[CM_TIME_TEXT_BYTES];
        uint64_t ns = s->c->event->time_ns;
        cm_buf_init(&text, CM_RULE_OUTPUT_BYTES_MAX);
        cm_rule_put_text(s, rule, &text);
        cm_buf_put_str(out, "{\"hostname\":");
        cm_buf_put_json(out, s->c->hostname);
        cm_buf_put_str(out, ",\"output\":");
        cm_buf_put_json(out, cm_buf_sv(&text));
        cm_buf_put_str(out, ",\"output_fields\":{");
        put_output_fields(s, rule, out);
        cm_buf_printf(out,
                      "},\"priority\":\"%s\",\"rule\":", cm_rule_priority_name(rule->priority));
        cm_buf_put_json(out, rule->name);
        cm_buf_printf(out, ",\"source\":\"%s\",\"tags\":[",
                      rule->source == CM_RULE_SYSCALL ? "syscall" : "k8s_audit");
        for (size_t i = 0; i < rule->tag_count; i++) {
                cm_buf_put_str(out, i == 0 ? "" : ",");
                cm_buf_put_json(out, rule->tags[i]);
        }
        cm_buf_printf(out, "],\"time\":\"%sT", cm_date_format((int64_t)(ns / 1000000000), date));
        put_time_of_day(out, ns);
        cm_buf_put_str(out, "Z\"}");
}
