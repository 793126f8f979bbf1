/* SPDX-License-Identifier: Apache-2.0 */
/* See check_watch.h. */
#include "cmd/check_watch.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "base/map.h"
#include "base/time.h"
#include "base/vec.h"
#include "cmd/check_trigger.h"
#include "comply/diff.h"
#include "comply/record.h"
#include "os/stop.h"
#include "report/json_writer.h"
#include "report/terminal.h"

enum {
        ARENA_BYTES_MAX = 2000 << 20,
        CHANGES_BYTES_MAX = 1 << 30
};

/* What was found at one time. */
struct look {
        struct cm_arena *arena;
        struct cm_check_outcome outcome;
        struct cm_check_record record;
};

struct watching {
        const struct cm_args *args;
        const struct cm_check_watch *watch;
        struct look *before; /* or NULL */
        int stop_fd;
        int status;
};

static struct look *look_free(struct look *look)
{
        if (look != NULL)
                cm_arena_free(look->arena); /* it lies in it */
        return NULL;
}

static struct look *look_new(void)
{
        struct cm_arena *arena = cm_arena_new(ARENA_BYTES_MAX);
        struct look *look = CM_NEW(arena, struct look);
        look->arena = arena;
        return look;
}

/* ---- what is said ---- */

/* One change, as text or JSON. `document` alone when it is about a whole document. */
struct change {
        const char *kind;
        const struct cm_check_item *item; /* or NULL */
        struct cm_sv document;
        struct cm_sv message;
};

static void put_change_json(struct cm_buf *out, const char *at, const struct change *c)
{
        struct cm_json_writer w;
        cm_jw_init(&w, out);
        w.compact = true;
        cm_jw_open(&w, NULL, '{');
        cm_jw_cstr(&w, "schema", "coaming/check-change/v1");
        cm_jw_cstr(&w, "time", at);
        cm_jw_cstr(&w, "change", c->kind);
        cm_jw_string(&w, "document", c->document);
        if (c->item != NULL) {
                cm_jw_string(&w, "check", c->item->check);
                cm_jw_cstr(&w, "severity", cm_severity_to_string(c->item->severity));
                cm_jw_cstr(&w, "state", cm_check_state_to_string(c->item->state));
                cm_jw_string_if(&w, "kind", c->item->kind);
                cm_jw_string_if(&w, "group", c->item->group);
                cm_jw_string_if(&w, "name", c->item->name);
                cm_jw_string(&w, "fingerprint", c->item->fingerprint);
        }
        cm_jw_string(&w, "message", c->message);
        cm_jw_close(&w, '}');
}

static void put_change_text(struct cm_buf *out, const char *at, bool wide, const struct change *c)
{
        const size_t width = wide ? CM_TERM_WIDTH_WIDE : CM_TERM_WIDTH;
        struct cm_buf text CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&text, CM_MIB(1));
        cm_buf_printf(out, "%s %-14s ", at, c->kind);
        if (c->item != NULL) {
                cm_buf_printf(out, "%-10s ", cm_severity_to_string(c->item->severity));
                cm_term_put_cell(out, c->item->check, 9, true);
                cm_buf_put_char(out, ' ');
                cm_term_put_cell(out, c->item->name.len > 0 ? c->item->name : c->item->kind,
                                 width - 58, false);
        } else {
                cm_term_put_cell(out, c->document, width - 37, false);
        }
        cm_buf_put_str(out, "\n    ");
        if (c->item != NULL) {
                cm_buf_put_sv(&text, c->document);
                cm_buf_put_str(&text, ": ");
        }
        cm_buf_put_sv(&text, c->message);
        cm_term_put_cell(out, cm_buf_sv(&text), width - 4, false);
        cm_buf_put_char(out, '\n');
}

/* A failure of a file that was removed is not fixed: it is gone, as one that was repaired is. */
static const char *word_of(enum cm_diff_kind kind)
{
        return kind == CM_DIFF_FIXED ? "gone" : cm_diff_kind_to_string(kind);
}

static void put_change(const struct watching *w, struct cm_buf *out, const struct change *c)
{
        char at[CM_TIME_TEXT_BYTES];
        cm_time_format((int64_t)time(NULL), at);
        if (w->watch->json)
                put_change_json(out, at, c);
        else
                put_change_text(out, at, cm_args_flag(w->args, "wide"), c);
}

/* ---- what differs ---- */

/* Documents that were to be read and could not be, with the reason. */
static void find_unread(struct look *look, struct cm_map *ret)
{
        cm_map_init(ret, look->arena);
        for (size_t i = 0; i < look->outcome.unread_count; i++) {
                const struct cm_check_unread *u = &look->outcome.unread[i];
                if (u->code != CM_E_OK)
                        cm_map_put(ret, u->document, (void *)(uintptr_t)u);
        }
}

/*
 * A file that is half written when it is read has no results: what it had before still counts, or
 * all its failures would be called fixed.
 */
static void keep_unread(const struct look *before, const struct cm_map *unread, struct look *now)
{
        CM_VEC(struct cm_check_item) items = { 0 };
        for (size_t i = 0; i < now->record.item_count; i++)
                *CM_VEC_PUSH(now->arena, &items) = now->record.items[i];
        for (size_t i = 0; i < before->record.item_count; i++) {
                const struct cm_check_item *old = &before->record.items[i];
                if (!cm_map_has(unread, old->document))
                        continue;
                struct cm_check_item *item = CM_VEC_PUSH(now->arena, &items);
                *item = *old;
                struct cm_sv *texts[] = { &item->fingerprint, &item->check, &item->document,
                                          &item->kind,        &item->group, &item->name,
                                          &item->message };
                for (size_t j = 0; j < CM_ARRAY_LEN(texts); j++)
                        *texts[j] = cm_sv_dup(now->arena, *texts[j]);
        }
        now->record.items = items.items;
        now->record.item_count = items.count;
}

static void put_documents(const struct watching *w, struct look *now, const struct cm_map *unread,
                          struct cm_buf *out)
{
        struct cm_map unread_before;
        if (w->before == NULL)
                cm_map_init(&unread_before, now->arena);
        else
                find_unread(w->before, &unread_before);
        for (size_t i = 0; i < unread->count; i++) {
                const struct cm_check_unread *u = unread->entries[i].value;
                const struct cm_check_unread *old = cm_map_get(&unread_before, u->document);
                if (old == NULL || !cm_sv_eq(old->reason, u->reason))
                        put_change(w, out,
                                   &(struct change){ "unreadable", NULL, u->document, u->reason });
        }
        for (size_t i = 0; i < unread_before.count; i++) {
                const struct cm_check_unread *u = unread_before.entries[i].value;
                if (!cm_map_has(unread, u->document))
                        put_change(w, out,
                                   &(struct change){ "readable", NULL, u->document,
                                                     CM_SV("is read again, or is not there any "
                                                           "more") });
        }
}

static void put_differences(const struct watching *w, struct look *now, const struct cm_map *unread,
                            struct cm_buf *out)
{
        struct cm_check_record nothing = { .check_set = now->record.check_set };
        if (w->before != NULL)
                keep_unread(w->before, unread, now);
        struct cm_diff diff;
        cm_diff_make(now->arena, w->before == NULL ? &nothing : &w->before->record, &now->record,
                     &diff);
        for (size_t i = 0; i < diff.count; i++) {
                const enum cm_diff_kind kind = diff.items[i].kind;
                const struct cm_check_item *item = diff.items[i].item;
                if (kind != CM_DIFF_UNCHANGED)
                        put_change(w, out,
                                   &(struct change){ word_of(kind), item, item->document,
                                                     item->message });
        }
}

static int say(const struct watching *w, struct look *now, struct cm_err *err)
{
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        struct cm_map unread;
        cm_buf_init(&out, CHANGES_BYTES_MAX);
        find_unread(now, &unread);
        put_documents(w, now, &unread, &out);
        put_differences(w, now, &unread, &out);
        int r = cm_buf_check(&out, "changes", err);
        if (r == 0 && fwrite(out.ptr, 1, out.len, stdout) != out.len)
                r = CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not write to standard output");
        return r;
}

/* ---- the loop ---- */

/* Judges, and takes the place of what was known before. */
static int look_once(struct watching *w, struct look *now, const struct cm_args *args,
                     struct cm_err *err)
{
        const struct cm_check_watch *watch = w->watch;
        int r = watch->judge(watch->ctx, args, &now->outcome, err);
        if (r < 0)
                return r;
        cm_check_record_of(now->arena, &now->outcome, &now->record);
        r = w->before == NULL && watch->report != NULL
                    ? watch->report(watch->ctx, args, &now->outcome, err)
                    : say(w, now, err);
        if (r == 0 && fflush(stdout) != 0)
                r = CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not write to standard output");
        return r;
}

/* One look, and the wait after it. Returns: 0; 1 when it is time to go. */
static int round_trip(struct watching *w, struct cm_err *err)
{
        struct look *now = look_new();
        struct cm_args args = *w->args;
        struct cm_check_triggers triggers;
        struct cm_err problem = CM_ERR_INIT;
        args.arena = now->arena;
        int r = cm_check_triggers_arm(&triggers, &args, err);
        if (r < 0) {
                look_free(now);
                return r;
        }
        r = look_once(w, now, &args, &problem);
        if (r < 0 && w->before == NULL)
                cm_err_copy(err, &problem);
        if (r == 0) {
                w->status = w->watch->status(w->watch->ctx, &args, &now->outcome);
        } else if (w->before != NULL) {
                if (cm_stop_came()) /* the terminal's signal went to our helpers, too */
                        r = 1;
                else
                        cm_command_fail(&problem);
                triggers.is_broken = true;
        }
        if (r == 0 || (r < 0 && w->before != NULL))
                r = cm_check_triggers_wait(&triggers, &args, w->stop_fd, err);
        cm_check_triggers_fini(&triggers);
        if (problem.code == CM_E_OK) {
                look_free(w->before);
                w->before = now;
        } else {
                look_free(now);
        }
        return r;
}

int cm_check_watch(const struct cm_args *args, const struct cm_check_watch *watch)
{
        struct watching w = { .args = args, .watch = watch };
        struct cm_err err = CM_ERR_INIT;
        uint64_t interval_s = 0;
        int r = cm_args_number(args, "interval", 1, 86400, &interval_s, &err); /* said at once */
        if (r == 0)
                r = cm_stop_catch(&w.stop_fd, &err);
        while (r == 0)
                r = round_trip(&w, &err);
        look_free(w.before);
        return r < 0 ? cm_command_fail(&err) : w.status;
}
