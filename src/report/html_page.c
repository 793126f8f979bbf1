/* SPDX-License-Identifier: Apache-2.0 */
/* Style, script and frame of html_page.h. */
#include "report/html_page.h"

#include "codec/base64.h"
#include "crypto/sha256.h"
#include "report/markup.h"

static const char style[] =
        ":root{color-scheme:light dark;--fg:#1b1f24;--bg:#fff;--line:#d0d7de;--soft:#f6f8fa}\n"
        "@media (prefers-color-scheme:dark){:root{--fg:#e6edf3;--bg:#0d1117;--line:#30363d;"
        "--soft:#161b22}}\n"
        "body{font:15px/1.45 system-ui,sans-serif;color:var(--fg);background:var(--bg);"
        "max-width:72rem;margin:1.5rem auto;padding:0 1rem}\n"
        "h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2rem}h3{font-size:1rem;margin:0 0 .4rem}\n"
        "table{border-collapse:collapse;margin:.5rem 0}\n"
        "th,td{border:1px solid var(--line);padding:.25rem .6rem;text-align:left}\n"
        "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}\n"
        "h3,td,th,p,code{overflow-wrap:anywhere}\n"
        ".critical{--c:164 14 38}.high{--c:207 70 16}.medium{--c:191 135 0}.low{--c:31 111 235}\n"
        ".negligible{--c:110 119 129}.unknown{--c:130 80 223}.manual{--c:130 80 223}\n"
        ".waived{--c:110 119 129}.not-applicable{--c:110 119 129}.pass{--c:26 127 55}\n"
        ".h1{background:rgb(var(--c)/.2)}.h2{background:rgb(var(--c)/.4)}\n"
        ".h3{background:rgb(var(--c)/.65)}.h4{background:rgb(var(--c)/.9);color:#fff}\n"
        ".word{display:inline-block;min-width:5.5rem;text-align:center;border-radius:.3rem;"
        "padding:0 .4rem;background:rgb(var(--c));color:#fff;font-size:.85rem}\n"
        ".group{border:1px solid var(--line);border-radius:.4rem;padding:.7rem 1rem;margin:.8rem 0}\n"
        ".item{border-top:1px solid var(--line);padding:.5rem 0}.item p{margin:.25rem 0}\n"
        ".evidence{background:var(--soft);border-left:3px solid rgb(var(--c,128 128 128));"
        "padding:.3rem .6rem;white-space:pre-line}\n"
        ".todo{white-space:pre-line}.small{font-size:.85rem;opacity:.8}\n"
        "form label{margin-right:1rem}[hidden]{display:none!important}\n"
        "@media print{body{max-width:none;margin:0;font-size:11px}form{display:none}\n"
        "*{print-color-adjust:exact;-webkit-print-color-adjust:exact}\n"
        ".item,tr{break-inside:avoid}a{color:inherit;text-decoration:none}}\n";

static const char script[] =
        "(function(){\"use strict\";\n"
        "var form=document.getElementById(\"filter\"),keys=[\"severity\",\"state\",\"frameworks\"];\n"
        "var items=Array.from(document.querySelectorAll(\"[data-state]\"));\n"
        "var groups=Array.from(document.querySelectorAll(\".group\"));\n"
        "function words(item,key){return item.dataset[key].split(\" \").filter(Boolean);}\n"
        "function apply(){var shown=0;items.forEach(function(item){\n"
        "var ok=keys.every(function(key){var v=form.elements[key].value;\n"
        "return v===\"\"||words(item,key).indexOf(v)>=0;});\n"
        "item.hidden=!ok;if(ok)shown++;});\n"
        "groups.forEach(function(g){g.hidden=!g.querySelector(\"[data-state]:not([hidden])\");});\n"
        "document.getElementById(\"shown\").textContent=shown+\" of \"+items.length;}\n"
        "if(!form)return;\n"
        "keys.forEach(function(key){var seen=new Set(),select=form.elements[key];\n"
        "items.forEach(function(item){words(item,key).forEach(function(w){seen.add(w);});});\n"
        "Array.from(seen).sort().forEach(function(w){select.add(new Option(w,w));});\n"
        "select.addEventListener(\"change\",apply);});\n"
        "form.hidden=false;apply();})();\n";

/* 'sha256-<base 64>' of what stands between the tags. */
static void put_digest(struct cm_buf *out, const char *text)
{
        unsigned char digest[CM_SHA256_BYTES];
        struct cm_sha256 *sha CM_CLEANUP(cm_sha256_freep)
        = cm_sha256_new();
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_KIB(64));
        cm_sha256_update(sha, cm_sv_from_cstr(text));
        cm_sha256_final(sha, digest);
        cm_buf_put_str(out, "'sha256-");
        cm_buf_put_sv(out, cm_base64_encode(arena, cm_sv_make(digest, sizeof(digest))));
        cm_buf_put_char(out, '\'');
}

void cm_html_page_begin(struct cm_buf *out, struct cm_sv title)
{
        cm_buf_put_str(out,
                       "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                       "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
                       "'none'; base-uri 'none'; form-action 'none'; style-src ");
        put_digest(out, style);
        cm_buf_put_str(out, "; script-src ");
        put_digest(out, script);
        cm_buf_put_str(out, "\">\n<meta name=\"viewport\" content=\"width=device-width, "
                            "initial-scale=1\">\n<title>");
        cm_markup_put_visible(out, title);
        cm_buf_put_str(out, "</title>\n<style>");
        cm_buf_put_str(out, style);
        cm_buf_put_str(out, "</style>\n</head>\n<body>\n<h1>");
        cm_markup_put_visible(out, title);
        cm_buf_put_str(out, "</h1>\n");
}

void cm_html_page_end(struct cm_buf *out)
{
        cm_buf_put_str(out, "<script>");
        cm_buf_put_str(out, script);
        cm_buf_put_str(out, "</script>\n</body>\n</html>\n");
}

void cm_html_put_filter(struct cm_buf *out)
{
        static const char *const fields[][2] = { { "severity", "Severity" },
                                                 { "state", "State" },
                                                 { "frameworks", "Framework" } };
        cm_buf_put_str(out, "<form id=\"filter\" hidden>\n");
        for (size_t i = 0; i < CM_ARRAY_LEN(fields); i++)
                cm_buf_printf(out,
                              "<label>%s <select name=\"%s\"><option "
                              "value=\"\">all</option></select></label>\n",
                              fields[i][1], fields[i][0]);
        cm_buf_put_str(out, "<output id=\"shown\"></output>\n</form>\n");
}

void cm_html_put_item_attributes(struct cm_buf *out, enum cm_check_state state,
                                 enum cm_severity severity, struct cm_sv maps)
{
        cm_buf_printf(out, " data-state=\"%s\" data-severity=\"%s\" data-frameworks=\"",
                      cm_check_state_to_string(state), cm_severity_to_string(severity));
        struct cm_sv line;
        struct cm_sv last = CM_SV("");
        while (cm_sv_next_field(&maps, '\n', &line)) {
                struct cm_sv framework = line;
                struct cm_sv row;
                if (!cm_sv_cut(line, ' ', &framework, &row) || cm_sv_eq(framework, last))
                        continue;
                if (last.len > 0)
                        cm_buf_put_char(out, ' ');
                cm_markup_put_visible(out, framework);
                last = framework;
        }
        cm_buf_put_char(out, '"');
}

void cm_html_put_heat(struct cm_buf *out, const char *kind, uint64_t count)
{
        if (count == 0) {
                cm_buf_put_str(out, "<td class=\"n\"></td>");
                return;
        }
        unsigned heat = 1U + (count > 1 ? 1 : 0) + (count > 3 ? 1 : 0) + (count > 9 ? 1 : 0);
        cm_buf_printf(out, "<td class=\"n %s h%u\">%llu</td>", kind, heat,
                      (unsigned long long)count);
}
