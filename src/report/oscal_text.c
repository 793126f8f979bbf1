/* SPDX-License-Identifier: Apache-2.0 */
/* String types of oscal_text.h. Spec: NIST OSCAL 1.1.3, StringDatatype and TokenDatatype. */
#include "report/oscal_text.h"

#include <stdio.h>

#include "base/escape.h"

static const char name_space[] = "coaming://oscal/v1";

/* Blanks as regular expressions of Unicode know them, and what ends a line. */
static bool is_blank(uint32_t cp)
{
        return cp <= 0x20 || cp == 0x7f || (cp >= 0x80 && cp <= 0xa0) || cp == 0x1680 ||
               (cp >= 0x2000 && cp <= 0x200a) || cp == 0x2028 || cp == 0x2029 || cp == 0x202f ||
               cp == 0x205f || cp == 0x3000 || cp == 0xfeff;
}

void cm_oscal_line(struct cm_buf *out, struct cm_sv s)
{
        bool blank = false;
        size_t start = out->len;
        while (s.len > 0) {
                uint32_t cp = 0;
                size_t n = cm_utf8_next(s, &cp);
                if (n > 0 && is_blank(cp)) {
                        blank = true;
                } else {
                        if (blank && out->len > start)
                                cm_buf_put_char(out, ' ');
                        blank = false;
                        if (n > 0)
                                cm_buf_put(out, s.ptr, n);
                        else
                                cm_buf_put_str(out, "\xef\xbf\xbd");
                }
                s = cm_sv_skip(s, n > 0 ? n : 1);
        }
}

void cm_oscal_token(struct cm_buf *out, struct cm_sv s)
{
        for (size_t i = 0; i < s.len; i++) {
                char c = s.ptr[i];
                bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
                bool other = (c >= '0' && c <= '9') || c == '-' || c == '.';
                if (i == 0 && !letter)
                        cm_buf_put_char(out, '_');
                cm_buf_put_char(out, letter || other ? c : '_');
        }
        if (s.len == 0)
                cm_buf_put_char(out, '_');
}

void cm_oscal_place(char *text, size_t bytes, uint32_t line, uint32_t column)
{
        snprintf(text, bytes, "%u:%u", line, column);
}

void cm_oscal_put_prop(struct cm_json_writer *w, const char *name, struct cm_sv value)
{
        struct cm_buf text CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&text, CM_MIB(16));
        cm_oscal_line(&text, value);
        if (text.len == 0)
                return;
        cm_jw_open(w, NULL, '{');
        cm_jw_cstr(w, "name", name);
        cm_jw_cstr(w, "ns", name_space);
        cm_jw_string(w, "value", cm_buf_sv(&text));
        cm_jw_close(w, '}');
}

void cm_oscal_put_title(struct cm_json_writer *w, struct cm_sv value)
{
        struct cm_buf text CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&text, CM_MIB(16));
        cm_oscal_line(&text, value);
        cm_jw_string(w, "title", text.len > 0 ? cm_buf_sv(&text) : CM_SV("untitled"));
}

void cm_oscal_put_token(struct cm_json_writer *w, const char *key, struct cm_sv value)
{
        struct cm_buf text CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&text, CM_MIB(1));
        cm_oscal_token(&text, value);
        cm_jw_string(w, key, cm_buf_sv(&text));
}

const char *cm_oscal_uuid(const char *what, const char *of, char text[CM_UUID_TEXT_BYTES])
{
        const struct cm_sv parts[] = { CM_SV("urn:coaming:oscal"), cm_sv_from_cstr(what),
                                       cm_sv_from_cstr(of) };
        return cm_uuid_of(parts, CM_ARRAY_LEN(parts), text);
}

void cm_oscal_put_uuid(struct cm_json_writer *w, const char *what, const char *of)
{
        char text[CM_UUID_TEXT_BYTES];
        cm_jw_cstr(w, "uuid", cm_oscal_uuid(what, of, text));
}

void cm_oscal_put_import(struct cm_json_writer *w)
{
        char plan[CM_UUID_TEXT_BYTES + 1] = "#";
        cm_oscal_uuid("plan", "", plan + 1);
        cm_jw_open(w, "import-ap", '{');
        cm_jw_cstr(w, "href", plan);
        cm_jw_close(w, '}');
}

void cm_oscal_put_back_matter(struct cm_json_writer *w, const char *description)
{
        cm_jw_open(w, "back-matter", '{');
        cm_jw_open(w, "resources", '[');
        cm_jw_open(w, NULL, '{');
        cm_oscal_put_uuid(w, "plan", "");
        cm_jw_cstr(w, "title", "Assessment plan");
        cm_jw_cstr(w, "description", description);
        cm_jw_close(w, '}');
        cm_jw_close(w, ']');
        cm_jw_close(w, '}');
}
