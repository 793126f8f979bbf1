/* SPDX-License-Identifier: Apache-2.0 */
/* The facts about files as lists, one of each kind, and the accounts. See describe.h. */
#include <stdio.h>

#include "base/limits.h"
#include "base/map.h"
#include "codec/filecaps.h"
#include "image/describe_internal.h"

struct describing {
        struct cm_arena *arena;
        const struct cm_target *target;
        const struct cm_merge_result *merged;
        struct cm_buf *out;
        struct cm_u64set uids; /* with an account; + 1, since 0 is none */
        bool has_passwd;
        uint32_t truncated;
};

static const char *const type_names[] = {
        "file", "file", "symlink", "character device", "block device", "directory", "fifo", "other"
};

static bool has_account(const struct describing *d, uint64_t uid)
{
        return cm_u64set_has(&d->uids, uid + 1);
}

static void collect_uids(struct describing *d)
{
        for (size_t i = 0; i < d->merged->account_count; i++) {
                const struct cm_merge_account *a = &d->merged->accounts[i];
                if (!cm_sv_eq(a->path, CM_SV("etc/passwd")))
                        continue;
                d->has_passwd = true;
                cm_u64set_add(&d->uids, a->account.uid + 1);
        }
}

/* Kinds of which some layer told not all, or of which a part of the tree was not read. */
static void collect_cuts(struct describing *d)
{
        for (size_t i = 0; i < d->merged->cut_count; i++) {
                const struct cm_merge_cut *c = &d->merged->cuts[i];
                bool is_harmless = c->kinds == CM_FACT_OWNER && c->uid != CM_FACT_ANY_UID &&
                                   has_account(d, c->uid);
                if (!is_harmless)
                        d->truncated |= c->kinds;
        }
        if (d->target->unreadable_count > 0)
                d->truncated = UINT32_MAX;
}

static void put_caps(struct cm_object *o, struct cm_sv bytes)
{
        struct cm_filecaps caps;
        if (!cm_filecaps_parse(bytes, &caps))
                return;
        cm_object_key(o, "capabilities");
        cm_buf_put_char(o->out, '[');
        bool has_item = false;
        for (unsigned i = 0; i < 64; i++) {
                if (((caps.permitted | caps.inheritable) >> i & 1) == 0)
                        continue;
                cm_buf_put_str(o->out, has_item ? ",\"" : "\"");
                cm_filecaps_put_name(o->out, i);
                cm_buf_put_char(o->out, '"');
                has_item = true;
        }
        cm_buf_put_char(o->out, ']');
        cm_object_key(o, "effective");
        cm_buf_put_str(o->out, caps.is_effective ? "true" : "false");
        cm_object_number(o, "root_uid", caps.root_uid);
}

static void put_item(struct describing *d, const struct cm_merge_fact *f, enum cm_fact_kind kind)
{
        struct cm_object o = cm_object_begin(d->out);
        char mode[8];
        snprintf(mode, sizeof(mode), "%04o", f->fact.mode & 07777U);
        cm_object_text(&o, "path", cm_sv_printf(d->arena, "/%.*s", CM_SV_ARG(f->path)));
        cm_object_text(&o, "what", cm_sv_from_cstr(cm_fact_word(kind, f->path)));
        cm_object_text(&o, "type", cm_sv_from_cstr(type_names[f->fact.type]));
        cm_object_text(&o, "mode", cm_sv_from_cstr(mode));
        cm_object_number(&o, "uid", f->fact.uid);
        cm_object_number(&o, "gid", f->fact.gid);
        cm_object_number(&o, "size", f->fact.size_bytes);
        if (f->layer >= 0)
                cm_object_number(&o, "layer", (uint64_t)f->layer);
        if (kind == CM_FACT_CAPABILITIES)
                put_caps(&o, f->fact.caps);
        cm_object_end(&o);
}

static bool is_of(const struct describing *d, const struct cm_merge_fact *f, enum cm_fact_kind kind)
{
        return (f->fact.kinds & (uint32_t)kind) != 0 &&
               (kind != CM_FACT_OWNER || (d->has_passwd && !has_account(d, f->fact.uid)));
}

/* Returns whether all of them are in the list. */
static bool put_list(struct describing *d, const struct cm_merge_fact *facts, size_t fact_count,
                     enum cm_fact_kind kind)
{
        size_t count = 0;
        cm_buf_put_char(d->out, '[');
        for (size_t i = 0; i < fact_count; i++) {
                if (!is_of(d, &facts[i], kind))
                        continue;
                if (count == CM_IMAGE_FACTS_MAX) {
                        cm_buf_put_char(d->out, ']');
                        return false;
                }
                if (count++ > 0)
                        cm_buf_put_char(d->out, ',');
                put_item(d, &facts[i], kind);
        }
        cm_buf_put_char(d->out, ']');
        return true;
}

/* The state that counts: what etc/passwd leaves to etc/shadow and is not there fits no password. */
static const char *password_of(const struct cm_map *shadow, const struct cm_account *account)
{
        static const char *const words[] = {
#define X(name, word) word,
                CM_PASSWORDS(X)
#undef X
        };
        if (account->password != CM_PASSWORD_SHADOW)
                return words[account->password];
        const struct cm_account *other = cm_map_get(shadow, account->name);
        return words[other != NULL ? other->password : CM_PASSWORD_LOCKED];
}

static void put_user(struct describing *d, const struct cm_map *shadow, const struct cm_account *a)
{
        struct cm_object o = cm_object_begin(d->out);
        cm_object_key(&o, "name");
        cm_buf_put_json(d->out, a->name);
        cm_object_number(&o, "uid", a->uid);
        cm_object_number(&o, "gid", a->gid);
        cm_object_key(&o, "home");
        cm_buf_put_json(d->out, a->home);
        cm_object_key(&o, "shell");
        cm_buf_put_json(d->out, a->shell);
        cm_object_text(&o, "password", cm_sv_from_cstr(password_of(shadow, a)));
        cm_object_end(&o);
}

static void put_users(struct describing *d)
{
        const struct cm_merge_result *m = d->merged;
        struct cm_map shadow;
        cm_map_init(&shadow, d->arena);
        for (size_t i = 0; i < m->account_count; i++) {
                if (!cm_sv_eq(m->accounts[i].path, CM_SV("etc/shadow")))
                        continue;
                struct cm_account *copy = CM_NEW(d->arena, struct cm_account);
                *copy = m->accounts[i].account;
                cm_map_put(&shadow, copy->name, copy);
        }
        bool has_item = false;
        cm_buf_put_char(d->out, '[');
        for (size_t i = 0; i < m->account_count; i++) {
                if (!cm_sv_eq(m->accounts[i].path, CM_SV("etc/passwd")))
                        continue;
                if (has_item)
                        cm_buf_put_char(d->out, ',');
                has_item = true;
                put_user(d, &shadow, &m->accounts[i].account);
        }
        cm_buf_put_char(d->out, ']');
}

static void put_truncated(struct cm_buf *out, uint32_t truncated, bool is_removed_truncated)
{
        static const char *const lists[] = {
#define X(name, bit, list) list,
                CM_FACT_KINDS(X)
#undef X
        };
        bool has_item = false;
        cm_buf_put_char(out, '[');
        for (size_t i = 0; i < CM_ARRAY_LEN(lists); i++) {
                if ((truncated >> i & 1) == 0)
                        continue;
                cm_buf_printf(out, "%s\"%s\"", has_item ? "," : "", lists[i]);
                has_item = true;
        }
        if (is_removed_truncated)
                cm_buf_printf(out, "%s\"removed\"", has_item ? "," : "");
        cm_buf_put_char(out, ']');
}

void cm_image_describe_files(struct cm_arena *arena, const struct cm_target *target,
                             const struct cm_merge_result *merged, struct cm_buf *out)
{
        struct describing d = { .arena = arena, .target = target, .merged = merged, .out = out };
        collect_uids(&d);
        collect_cuts(&d);
        struct cm_object o = cm_object_begin(out);
        cm_object_number(&o, "limit", CM_IMAGE_FACTS_MAX);
        cm_object_key(&o, "has_accounts");
        cm_buf_put_str(out,
                       d.has_passwd || (d.truncated & CM_FACT_ACCOUNT) != 0 ? "true" : "false");
#define X(name, bit, list)                                                            \
        if (CM_FACT_##name != CM_FACT_ACCOUNT) {                                      \
                cm_object_key(&o, list);                                              \
                if (!put_list(&d, merged->facts, merged->fact_count, CM_FACT_##name)) \
                        d.truncated |= CM_FACT_##name;                                \
        }
        CM_FACT_KINDS(X)
#undef X
        cm_object_key(&o, "removed");
        bool is_whole = put_list(&d, merged->removed, merged->removed_count, CM_FACT_CREDENTIAL);
        cm_object_key(&o, "users");
        put_users(&d);
        cm_object_key(&o, "truncated");
        put_truncated(out, d.truncated, !is_whole || (d.truncated & CM_FACT_CREDENTIAL) != 0);
        cm_object_end(&o);
        cm_u64set_fini(&d.uids);
}
