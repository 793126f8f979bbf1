/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The `json` format, schema/scan-v1.json. Holds no time and no host name: the same input gives the
 * same bytes. Text is guest text made valid UTF-8 by the escaper.
 */
#include "base/time.h"
#include "report/format.h"
#include "report/json_writer.h"
#include "report/totals.h"

static void date_if(struct cm_json_writer *w, const char *key, int64_t unix_s)
{
        char text[CM_TIME_TEXT_BYTES];
        if (unix_s > 0)
                cm_jw_cstr(w, key, cm_date_format(unix_s, text));
}

static void write_database(struct cm_json_writer *w, const struct cm_report *r)
{
        cm_jw_open(w, "database", '[');
        for (size_t i = 0; i < r->db_count; i++) {
                cm_jw_open(w, NULL, '{');
                cm_jw_string(w, "name", r->dbs[i].name);
                cm_jw_string_if(w, "digest", r->dbs[i].content_digest);
                date_if(w, "newest_record", r->dbs[i].newest_s);
                cm_jw_int(w, "advisories", (int64_t)r->dbs[i].advisory_count);
                cm_jw_bool(w, "default", r->dbs[i].is_default);
                cm_jw_close(w, '}');
        }
        cm_jw_close(w, ']');
}

static void write_target(struct cm_json_writer *w, const struct cm_target *t)
{
        static const char *const kinds[] = { "image", "rootfs", "dir" };
        cm_jw_open(w, "target", '{');
        cm_jw_string(w, "name", t->name);
        cm_jw_cstr(w, "kind", kinds[t->kind]);
        cm_jw_string(w, "source", t->source);
        cm_jw_string_if(w, "image_id", t->image_id);
        cm_jw_string_if(w, "digest", t->digest);
        cm_jw_string_if(w, "platform", t->platform);
        cm_jw_string_if(w, "created", t->created);
        if (t->has_os) {
                cm_jw_open(w, "os", '{');
                cm_jw_string(w, "id", t->os.id);
                cm_jw_string(w, "version", t->os.version_id);
                cm_jw_string_if(w, "codename", t->os.codename);
                cm_jw_string_if(w, "name", t->os.pretty);
                cm_jw_string(w, "path", t->os.path);
                cm_jw_close(w, '}');
        }
        cm_jw_open(w, "layers", '[');
        for (size_t i = 0; i < t->layer_count; i++) {
                cm_jw_open(w, NULL, '{');
                cm_jw_int(w, "index", (int64_t)i);
                cm_jw_string_if(w, "digest", t->layers[i].digest);
                cm_jw_string(w, "diff_id", t->layers[i].diff_id);
                cm_jw_string_if(w, "created_by", t->layers[i].created_by);
                cm_jw_close(w, '}');
        }
        cm_jw_close(w, ']');
        cm_jw_close(w, '}');
}

static void write_coverage(struct cm_json_writer *w, const struct cm_scan_result *s)
{
        cm_jw_open(w, "coverage", '[');
        for (size_t i = 0; i < s->coverage_count; i++) {
                const struct cm_coverage *c = &s->coverage[i];
                cm_jw_open(w, NULL, '{');
                cm_jw_string(w, "subject", c->subject);
                cm_jw_string_if(w, "space", c->space);
                cm_jw_cstr(w, "state", cm_coverage_state_to_string(c->state));
                cm_jw_int(w, "packages", (int64_t)c->package_count);
                date_if(w, "newest_record", c->newest_s);
                cm_jw_string_if(w, "detail", c->detail);
                cm_jw_close(w, '}');
        }
        cm_jw_close(w, ']');
        const struct cm_target *t = s->target;
        cm_jw_open(w, "unreadable", '[');
        for (size_t i = 0; i < t->unreadable_count; i++) {
                cm_jw_open(w, NULL, '{');
                cm_jw_string(w, "path", t->unreadable[i].path);
                if (t->unreadable[i].layer != CM_NO_LAYER)
                        cm_jw_int(w, "layer", t->unreadable[i].layer);
                cm_jw_string_if(w, "cataloger", t->unreadable[i].cataloger);
                cm_jw_string(w, "reason", t->unreadable[i].reason);
                cm_jw_close(w, '}');
        }
        cm_jw_close(w, ']');
}

static void write_package_id(struct cm_json_writer *w, const struct cm_target_pkg *p)
{
        cm_jw_string(w, "name", p->pkg.name);
        cm_jw_string(w, "version", p->pkg.version);
        cm_jw_cstr(w, "type", cm_pkg_type_to_string(p->pkg.type));
        cm_jw_string_if(w, "purl", p->purl);
}

static void write_location(struct cm_json_writer *w, const struct cm_target_pkg *p)
{
        cm_jw_open(w, "location", '{');
        cm_jw_string(w, "path", p->pkg.path);
        cm_jw_string_if(w, "inner_path", p->pkg.inner_path);
        if (p->layer != CM_NO_LAYER)
                cm_jw_int(w, "layer", p->layer);
        cm_jw_close(w, '}');
}

static void write_packages(struct cm_json_writer *w, const struct cm_target *t)
{
        cm_jw_open(w, "packages", '[');
        for (size_t i = 0; i < t->pkg_count; i++) {
                const struct cm_target_pkg *p = &t->pkgs[i];
                cm_jw_open(w, NULL, '{');
                write_package_id(w, p);
                cm_jw_string_if(w, "arch", p->pkg.arch);
                cm_jw_string_if(w, "source_name", p->pkg.source_name);
                cm_jw_string_if(w, "source_version", p->pkg.source_version);
                cm_jw_string_if(w, "module", p->pkg.module);
                cm_jw_string_if(w, "licence", p->pkg.licence);
                if ((p->pkg.flags & CM_PKG_DEV) != 0)
                        cm_jw_bool(w, "dev", true);
                cm_jw_string_if(w, "owned_by", p->owned_by);
                write_location(w, p);
                cm_jw_close(w, '}');
        }
        cm_jw_close(w, ']');
}

static void write_cvss(struct cm_json_writer *w, const struct cm_finding *f)
{
        cm_jw_open(w, "cvss", '[');
        for (size_t i = 0; i < f->cvss_count; i++) {
                cm_jw_open(w, NULL, '{');
                cm_jw_string(w, "version", f->cvss[i].version);
                cm_jw_string(w, "vector", f->cvss[i].vector);
                cm_jw_decimal(w, "score", f->cvss[i].score, 1);
                cm_jw_string_if(w, "source", f->cvss[i].source);
                cm_jw_close(w, '}');
        }
        cm_jw_close(w, ']');
}

static void write_why(struct cm_json_writer *w, const struct cm_finding *f)
{
        cm_jw_open(w, "why", '[');
        for (size_t i = 0; i < f->why_count; i++) {
                cm_jw_open(w, NULL, '{');
                cm_jw_string(w, "what", f->why[i].what);
                cm_jw_string(w, "text", f->why[i].text);
                cm_jw_close(w, '}');
        }
        cm_jw_close(w, ']');
}

static void write_waiver(struct cm_json_writer *w, const char *key, const struct cm_waiver *v)
{
        cm_jw_open(w, key, '{');
        cm_jw_string(w, "id", v->id);
        cm_jw_string_if(w, "package", v->package);
        cm_jw_string_if(w, "path", v->path);
        cm_jw_string(w, "owner", v->owner);
        cm_jw_string(w, "reason", v->reason);
        date_if(w, "expires", v->expires_s);
        if (v->is_expired)
                cm_jw_bool(w, "expired", true);
        cm_jw_close(w, '}');
}

static void write_finding(struct cm_json_writer *w, const struct cm_finding *f)
{
        cm_jw_open(w, NULL, '{');
        cm_jw_string(w, "id", f->id);
        cm_jw_cstr(w, "kind", cm_finding_kind_to_string(f->kind));
        cm_jw_cstr(w, "severity", cm_severity_to_string(f->severity));
        cm_jw_string_if(w, "severity_source", f->severity_source);
        if (f->pkg != NULL) {
                cm_jw_open(w, "package", '{');
                write_package_id(w, f->pkg);
                cm_jw_close(w, '}');
                write_location(w, f->pkg);
        }
        cm_jw_string_if(w, "fixed_version", f->fixed_version);
        cm_jw_cstr(w, "state", cm_fix_state_to_string(f->state));
        cm_jw_open(w, "advisory", '{');
        cm_jw_string(w, "id", f->advisory_id);
        cm_jw_string(w, "source", f->advisory_source);
        cm_jw_string_if(w, "url", f->url);
        cm_jw_close(w, '}');
        cm_jw_open(w, "aliases", '[');
        for (size_t i = 0; i < f->alias_count; i++)
                cm_jw_string(w, NULL, f->aliases[i]);
        cm_jw_close(w, ']');
        write_cvss(w, f);
        if (f->facts.has_epss) {
                cm_jw_open(w, "epss", '{');
                cm_jw_decimal(w, "probability", f->facts.epss, 5);
                cm_jw_decimal(w, "percentile", f->facts.epss_percentile, 5);
                cm_jw_close(w, '}');
        }
        cm_jw_bool(w, "kev", f->facts.kev);
        cm_jw_decimal(w, "risk", f->risk, 1);
        cm_jw_string_if(w, "title", f->title);
        write_why(w, f);
        if (f->waiver != NULL)
                write_waiver(w, "waiver", f->waiver);
        cm_jw_string(w, "fingerprint", f->fingerprint);
        cm_jw_close(w, '}');
}

static void write_summary(struct cm_json_writer *w, const struct cm_report *r)
{
        const struct cm_scan_result *s = r->result;
        const struct cm_totals t = cm_totals_of(s);
        cm_jw_open(w, "summary", '{');
        cm_jw_int(w, "packages", (int64_t)s->target->pkg_count);
        cm_jw_int(w, "findings", (int64_t)t.findings);
        for (size_t i = CM_SEVERITY_COUNT; i > 0; i--)
                cm_jw_int(w, cm_severity_to_string((enum cm_severity)(i - 1)),
                          (int64_t)t.by_severity[i - 1]);
        cm_jw_int(w, "fixable", (int64_t)t.fixable);
        cm_jw_int(w, "waived", (int64_t)t.waived);
        cm_jw_bool(w, "complete", s->is_complete);
        cm_jw_close(w, '}');
}

static void write_json(struct cm_buf *out, const struct cm_report *r)
{
        struct cm_json_writer w;
        cm_jw_init(&w, out);
        cm_jw_open(&w, NULL, '{');
        cm_jw_cstr(&w, "schema", "coaming/scan/v1");
        cm_jw_open(&w, "tool", '{');
        cm_jw_cstr(&w, "name", "coaming");
        cm_jw_cstr(&w, "version", CM_VERSION);
        cm_jw_close(&w, '}');
        write_database(&w, r);
        write_target(&w, r->result->target);
        write_coverage(&w, r->result);
        write_packages(&w, r->result->target);
        cm_jw_open(&w, "findings", '[');
        for (size_t i = 0; i < r->result->finding_count; i++)
                write_finding(&w, &r->result->findings[i]);
        cm_jw_close(&w, ']');
        cm_jw_open(&w, "waivers_expired", '[');
        for (size_t i = 0; i < r->result->waiver_count; i++)
                if (r->result->waivers[i].is_expired)
                        write_waiver(&w, NULL, &r->result->waivers[i]);
        cm_jw_close(&w, ']');
        write_summary(&w, r);
        cm_jw_close(&w, '}');
}

const struct cm_format cm_format_json = {
        .name = "json",
        .summary = "everything, schema/scan-v1.json",
        .is_machine = true,
        .write = write_json,
};
