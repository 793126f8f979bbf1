/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of store/history.h: what was added is read again; a writer that dies leaves whole runs. */
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/history.h"
#include "tests/harness.h"

static const struct cm_check_item items[] = {
        { .fingerprint = { "fp:1", 4 },
          .check = { "A-1", 3 },
          .document = { "d", 1 },
          .kind = { "Pod", 3 },
          .name = { "p'\"\0x", 5 },
          .message = { "is \xc3\xa4", 5 },
          .state = CM_CHECK_FAIL,
          .severity = CM_SEVERITY_HIGH },
        { .fingerprint = { "fp:2", 4 },
          .check = { "A-2", 3 },
          .state = CM_CHECK_UNKNOWN,
          .severity = CM_SEVERITY_LOW },
};
static const struct cm_sv looked[] = { { "A-1", 3 }, { "A-2", 3 } };

static struct cm_check_record record(void)
{
        return (struct cm_check_record){ .at_s = 1795000000,
                                         .tool = CM_SV("0"),
                                         .framework = CM_SV("pss"),
                                         .check_set = CM_SV("sha256:0"),
                                         .looked = looked,
                                         .looked_count = 2,
                                         .items = items,
                                         .item_count = 2,
                                         .totals = { 1, 2, 3, 4, 5, 6 } };
}

static const char *path(char text[256])
{
        snprintf(text, 256, "%s/h.db", cm_test_dir());
        return text;
}

static void add(const char *file, uint64_t want)
{
        struct cm_history *h CM_CLEANUP(cm_history_closep)
        = NULL;
        struct cm_err err = CM_ERR_INIT;
        const struct cm_check_record r = record();
        uint64_t number = 0;
        CM_CHECK_OK(cm_history_open(file, true, &h, &err), &err);
        CM_CHECK_OK(cm_history_add(h, &r, &number, &err), &err);
        CM_CHECK(want == 0 || number == want);
}

static void verify(const char *file, uint64_t number)
{
        struct cm_history *h CM_CLEANUP(cm_history_closep)
        = NULL;
        struct cm_arena *arena = cm_arena_new(CM_MIB(64));
        struct cm_err err = CM_ERR_INIT;
        struct cm_check_record got;
        CM_CHECK_OK(cm_history_open(file, false, &h, &err), &err);
        CM_CHECK_INT(cm_history_read(h, arena, number, &got, &err), 0);
        CM_CHECK_INT(got.item_count, 2);
        CM_CHECK_INT(got.looked_count, 2);
        CM_CHECK(got.number == number && got.at_s == 1795000000);
        CM_CHECK(memcmp(got.totals, record().totals, sizeof(got.totals)) == 0);
        CM_CHECK_SV(got.framework, "pss");
        CM_CHECK(cm_sv_eq(got.items[0].name, items[0].name));
        CM_CHECK(cm_sv_eq(got.items[0].message, items[0].message));
        CM_CHECK(got.items[1].state == CM_CHECK_UNKNOWN);
        CM_CHECK_INT(cm_history_read(h, arena, number + 1000000, &got, &err), 1);
        cm_arena_free(arena);
}

CM_TEST(runs_are_read_again)
{
        char file[256];
        add(path(file), 1);
        add(file, 2);
        verify(file, 1);
        verify(file, 2);
}

CM_TEST(what_is_no_history_is_refused)
{
        char file[256];
        struct cm_history *h = NULL;
        struct cm_err err = CM_ERR_INIT;
        sqlite3 *db = NULL;
        CM_CHECK_INT(cm_history_open(path(file), false, &h, &err), -(int)CM_E_USAGE);
        CM_CHECK_INT(sqlite3_open(file, &db), SQLITE_OK);
        CM_CHECK_INT(sqlite3_exec(db, "CREATE TABLE a (b)", NULL, NULL, NULL), SQLITE_OK);
        cm_err_clear(&err);
        CM_CHECK_INT(cm_history_open(file, true, &h, &err), -(int)CM_E_MALFORMED);
        sqlite3_exec(db, "PRAGMA application_id = 1129138281; PRAGMA user_version = 2", NULL, NULL,
                     NULL);
        sqlite3_close(db);
        cm_err_clear(&err);
        CM_CHECK_INT(cm_history_open(file, true, &h, &err), -(int)CM_E_MALFORMED);
        CM_CHECK(strstr(err.text, "version 2") != NULL);
        FILE *f = fopen(file, "wb");
        CM_CHECK(f != NULL && fputs("this is text, and long enough to be none", f) > 0);
        CM_CHECK(fclose(f) == 0);
        cm_err_clear(&err);
        CM_CHECK(cm_history_open(file, true, &h, &err) < 0);
        CM_CHECK(h == NULL);
}

CM_TEST(a_writer_that_is_killed_leaves_whole_runs)
{
        char file[256];
        path(file);
        for (useconds_t wait_us = 0; wait_us < 40000; wait_us += 2000) {
                pid_t pid = fork();
                CM_CHECK(pid >= 0);
                if (pid == 0)
                        for (;;)
                                add(file, 0);
                usleep(wait_us);
                kill(pid, SIGKILL);
                CM_CHECK(waitpid(pid, NULL, 0) == pid);
        }
        add(file, 0);
        struct cm_history *h CM_CLEANUP(cm_history_closep)
        = NULL;
        struct cm_arena *arena = cm_arena_new(CM_MIB(256));
        struct cm_err err = CM_ERR_INIT;
        struct cm_check_record *runs = NULL;
        size_t count = 0;
        CM_CHECK_OK(cm_history_open(file, false, &h, &err), &err);
        CM_CHECK_OK(cm_history_list(h, arena, &runs, &count, &err), &err);
        CM_CHECK(count > 0);
        for (size_t i = 0; i < count; i++)
                verify(file, runs[i].number);
        cm_arena_free(arena);
}
