/* SPDX-License-Identifier: Apache-2.0 */
/* The why-chain and the fingerprint of a finding. */
#include "base/time.h"
#include "crypto/fingerprint.h"
#include "match/match_internal.h"

enum {
        WHY_MAX = 8
};

struct chain {
        struct cm_why *steps;
        size_t count;
};

static void step(struct chain *chain, struct cm_sv what, struct cm_sv text)
{
        if (text.len > 0 && chain->count < WHY_MAX)
                chain->steps[chain->count++] = (struct cm_why){ what, text };
}

static void explain_package(struct cm_match *m, struct chain *chain, const struct cm_target_pkg *p)
{
        struct cm_arena *a = m->arena;
        struct cm_sv source = cm_pkg_source_name(&p->pkg);
        struct cm_sv text =
                cm_sv_printf(a, "%.*s %.*s (%s)", CM_SV_ARG(p->pkg.name), CM_SV_ARG(p->pkg.version),
                             cm_pkg_type_to_string(p->pkg.type));
        if (!cm_sv_eq(source, p->pkg.name))
                text = cm_sv_printf(a, "%.*s, built from %.*s %.*s", CM_SV_ARG(text),
                                    CM_SV_ARG(source), CM_SV_ARG(cm_pkg_source_version(&p->pkg)));
        step(chain, CM_SV("package"), text);
        struct cm_sv path = p->pkg.path;
        if (p->pkg.inner_path.len > 0)
                path = cm_sv_printf(a, "%.*s!%.*s", CM_SV_ARG(path), CM_SV_ARG(p->pkg.inner_path));
        step(chain, CM_SV("file"), path);
        if (p->layer == CM_NO_LAYER || (size_t)p->layer >= m->target->layer_count)
                return;
        const struct cm_target_layer *layer = &m->target->layers[p->layer];
        step(chain, CM_SV("layer"),
             cm_sv_printf(a, "%d %.*s", p->layer, CM_SV_ARG(layer->diff_id)));
        step(chain, CM_SV("instruction"), layer->created_by);
}

static struct cm_sv bound_text(struct cm_match *m, const struct cm_candidate *c)
{
        struct cm_sv version = cm_match_lookup_version(&c->pkg->pkg);
        if (c->range == NULL)
                return cm_sv_printf(m->arena, "%.*s is listed as affected", CM_SV_ARG(version));
        struct cm_sv from = CM_SV("");
        if (c->range->introduced.len > 0 && !cm_sv_eq(c->range->introduced, CM_SV("0")))
                from = cm_sv_printf(m->arena, "%.*s <= ", CM_SV_ARG(c->range->introduced));
        if (c->range->fixed.len > 0)
                return cm_sv_printf(m->arena, "%.*s%.*s < %.*s (fixed)", CM_SV_ARG(from),
                                    CM_SV_ARG(version), CM_SV_ARG(c->range->fixed));
        if (c->range->last_affected.len > 0)
                return cm_sv_printf(m->arena, "%.*s%.*s <= %.*s (last affected)", CM_SV_ARG(from),
                                    CM_SV_ARG(version), CM_SV_ARG(c->range->last_affected));
        return cm_sv_printf(m->arena, "%.*s%.*s, no fixed version is known", CM_SV_ARG(from),
                            CM_SV_ARG(version));
}

void cm_match_explain(struct cm_match *m, struct cm_finding *f, const struct cm_candidate *c)
{
        struct chain chain = { .steps = CM_NEW_ARRAY(m->arena, struct cm_why, WHY_MAX) };
        if (c->pkg != NULL) {
                explain_package(m, &chain, c->pkg);
                step(&chain, CM_SV("advisory"),
                     cm_sv_printf(m->arena, "%.*s for %.*s in %.*s", CM_SV_ARG(c->advisory->id),
                                  CM_SV_ARG(cm_match_lookup_name(m->arena, &c->pkg->pkg)),
                                  CM_SV_ARG(c->space)));
                step(&chain, CM_SV("bound"), bound_text(m, c));
        }
        step(&chain, CM_SV("source"), f->advisory_source);
        f->why = chain.steps;
        f->why_count = chain.count;
}

struct cm_sv cm_match_fingerprint(struct cm_arena *arena, const struct cm_finding *f)
{
        const struct cm_pkg none = { .type = CM_PKG_UNKNOWN };
        const struct cm_pkg *pkg = f->pkg == NULL ? &none : &f->pkg->pkg;
        const struct cm_sv parts[] = {
                cm_sv_from_cstr(cm_finding_kind_to_string(f->kind)),
                f->id,
                cm_sv_from_cstr(cm_pkg_type_to_string(pkg->type)),
                pkg->name,
                pkg->path,
                pkg->inner_path,
        };
        return cm_fingerprint(arena, parts, CM_ARRAY_LEN(parts));
}
