/* SPDX-License-Identifier: Apache-2.0 */
/* See text_scan.h. */
#include "codec/text_scan.h"

#include "base/limits.h"
#include "base/vec.h"

void cm_text_scan_init(struct cm_text_scan *s, struct cm_arena *arena, struct cm_sv text)
{
        CM_VEC(size_t) starts = { 0 };
        size_t crlf_count = 0;
        *s = (struct cm_text_scan){ .text = text };
        *CM_VEC_PUSH(arena, &starts) = 0;
        for (size_t i = 0; i < text.len; i++) {
                bool is_pair = text.ptr[i] == '\r' && i + 1 < text.len && text.ptr[i + 1] == '\n';
                s->has_lone_cr = s->has_lone_cr || (text.ptr[i] == '\r' && !is_pair);
                crlf_count += is_pair ? 1 : 0;
                if (text.ptr[i] == '\n')
                        *CM_VEC_PUSH(arena, &starts) = i + 1;
        }
        s->line_count = starts.count;
        *CM_VEC_PUSH(arena, &starts) = text.len;
        s->line_starts = starts.items;
        s->is_crlf = crlf_count > 0 && crlf_count * 2 >= s->line_count - 1;
}

size_t cm_text_scan_line_start(const struct cm_text_scan *s, size_t line)
{
        CM_ASSERT(line > 0);
        return line > s->line_count ? s->text.len : s->line_starts[line - 1];
}

size_t cm_text_scan_line_end(const struct cm_text_scan *s, size_t line)
{
        size_t end = cm_text_scan_line_start(s, line + 1);
        if (line >= s->line_count)
                return s->text.len;
        end--; /* "\n" */
        return end > 0 && s->text.ptr[end - 1] == '\r' ? end - 1 : end;
}

size_t cm_text_scan_line_of(const struct cm_text_scan *s, size_t offset)
{
        size_t low = 0;
        size_t high = s->line_count;
        while (high - low > 1) {
                size_t middle = low + (high - low) / 2;
                if (s->line_starts[middle] <= offset)
                        low = middle;
                else
                        high = middle;
        }
        return low + 1;
}

size_t cm_text_scan_offset(const struct cm_text_scan *s, struct cm_node_pos pos)
{
        if (pos.line == 0 || pos.line > s->line_count || pos.column == 0)
                return SIZE_MAX;
        size_t offset = s->line_starts[pos.line - 1] + pos.column - 1;
        return offset <= s->text.len ? offset : SIZE_MAX;
}

char cm_text_scan_at(const struct cm_text_scan *s, size_t offset)
{
        return offset < s->text.len ? s->text.ptr[offset] : '\0';
}

size_t cm_text_scan_blanks(const struct cm_text_scan *s, size_t offset)
{
        while (cm_text_scan_at(s, offset) == ' ' || cm_text_scan_at(s, offset) == '\t')
                offset++;
        return offset;
}

bool cm_text_scan_is_rest_blank(const struct cm_text_scan *s, size_t offset)
{
        size_t at = cm_text_scan_blanks(s, offset);
        char c = cm_text_scan_at(s, at);
        return at >= s->text.len || c == '\n' || c == '\r' || (c == '#' && at > offset);
}

static size_t quoted_end(const struct cm_text_scan *s, size_t offset)
{
        char quote = s->text.ptr[offset];
        for (size_t i = offset + 1; i < s->text.len; i++) {
                char c = s->text.ptr[i];
                if (c == '\\' && quote == '"')
                        i++;
                else if (c == quote && quote == '\'' && cm_text_scan_at(s, i + 1) == quote)
                        i++;
                else if (c == quote)
                        return i + 1;
        }
        return SIZE_MAX;
}

static bool is_flow_sign(char c)
{
        return c == ',' || c == '[' || c == ']' || c == '{' || c == '}';
}

/* Up to the line's end, a comment, ": " or a sign of the flow style; without blanks behind. */
static size_t plain_end(const struct cm_text_scan *s, size_t offset, bool in_flow)
{
        size_t end = offset;
        for (size_t i = offset; i < s->text.len; i++) {
                char c = s->text.ptr[i];
                char next = cm_text_scan_at(s, i + 1);
                bool next_ends = i + 1 >= s->text.len || cm_is_blank(next) ||
                                 (in_flow && is_flow_sign(next));
                if (c == '\n' || c == '\r' || (in_flow && is_flow_sign(c)) ||
                    (c == ':' && next_ends) ||
                    (c == '#' && i > offset && cm_is_blank(s->text.ptr[i - 1])))
                        break;
                end = cm_is_blank(c) ? end : i + 1;
        }
        return end;
}

static size_t flow_end(const struct cm_text_scan *s, size_t offset)
{
        size_t depth = 0;
        bool may_begin = true; /* a quote within a plain scalar is a letter */
        for (size_t i = offset; i < s->text.len;) {
                char c = s->text.ptr[i];
                if (c == '[' || c == '{') {
                        depth++;
                } else if (c == ']' || c == '}') {
                        if (--depth == 0)
                                return i + 1;
                } else if ((c == '"' || c == '\'') && may_begin) {
                        i = quoted_end(s, i);
                        if (i == SIZE_MAX)
                                return i;
                        may_begin = false;
                        continue;
                } else if (c == '#' && cm_is_blank(s->text.ptr[i - 1])) {
                        while (i < s->text.len && s->text.ptr[i] != '\n')
                                i++;
                        continue;
                }
                may_begin = is_flow_sign(c) || c == ':' || (cm_is_blank(c) && may_begin);
                i++;
        }
        return SIZE_MAX;
}

size_t cm_text_scan_value_end(const struct cm_text_scan *s, size_t offset, bool in_flow)
{
        switch (cm_text_scan_at(s, offset)) {
        case '{':
        case '[':
                return flow_end(s, offset);
        case '"':
        case '\'':
                return quoted_end(s, offset);
        case '\0':
        case '\n':
        case '\r':
        case '|':
        case '>':
        case '&':
        case '*':
        case '!':
        case '#':
                return SIZE_MAX;
        default:
                break;
        }
        size_t end = plain_end(s, offset, in_flow);
        return end > offset ? end : SIZE_MAX;
}

size_t cm_text_scan_colon(const struct cm_text_scan *s, size_t offset, bool in_flow)
{
        size_t end = cm_text_scan_value_end(s, offset, in_flow);
        if (end == SIZE_MAX)
                return end;
        end = cm_text_scan_blanks(s, end);
        return cm_text_scan_at(s, end) == ':' ? end + 1 : SIZE_MAX;
}

static bool is_marker(const struct cm_text_scan *s, size_t start)
{
        struct cm_sv head = cm_sv_slice(s->text, start, start + 3);
        char next = cm_text_scan_at(s, start + 3);
        return (cm_sv_eq(head, CM_SV("---")) || cm_sv_eq(head, CM_SV("..."))) &&
               (next == '\0' || cm_is_blank(next));
}

size_t cm_text_scan_block_end(const struct cm_text_scan *s, size_t line, size_t column,
                              enum cm_text_same same)
{
        size_t end = line + 1;
        for (size_t i = line + 1; i <= s->line_count; i++) {
                size_t start = s->line_starts[i - 1];
                size_t at = start;
                while (cm_text_scan_at(s, at) == ' ')
                        at++;
                size_t indent = at - start + 1;
                char c = cm_text_scan_at(s, at);
                if (c == '\0' || c == '\n' || c == '\r')
                        continue;
                if (c == '#' && indent <= column)
                        continue;
                bool is_dash = c == '-' && (cm_text_scan_at(s, at + 1) == '\0' ||
                                            cm_is_blank(cm_text_scan_at(s, at + 1)));
                bool goes_on = indent > column ||
                               (indent == column && (same == CM_TEXT_SAME_ANY ||
                                                     (same == CM_TEXT_SAME_DASH && is_dash)));
                if (!goes_on || is_marker(s, start))
                        break;
                end = i + 1;
        }
        return end;
}
