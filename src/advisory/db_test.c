/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of the database: written and read back, the same bytes, damage, packing, the cache. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "advisory/build.h"
#include "advisory/db.h"
#include "advisory/default.h"
#include "advisory/pack.h"
#include "tests/harness.h"

static const char *in_dir(const char *name)
{
        static char path[4][256];
        static size_t next;
        char *p = path[next++ % 4];
        snprintf(p, 256, "%s/%s", cm_test_dir(), name);
        return p;
}

static void write_file(const char *path, struct cm_sv content)
{
        FILE *f = fopen(path, "wb");
        CM_CHECK(f != NULL && fwrite(content.ptr, 1, content.len, f) == content.len);
        fclose(f);
}

#define RECORD_A                                                                            \
        "{\"id\":\"GO-1\",\"aliases\":[\"CVE-2024-0001\"],\"summary\":\"first\","           \
        "\"published\":\"2024-01-01T00:00:00Z\",\"modified\":\"2024-02-01T00:00:00Z\","     \
        "\"affected\":[{\"package\":{\"ecosystem\":\"Go\",\"name\":\"stdlib\"},\"ranges\":" \
        "[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"1.17.10\"}," \
        "{\"introduced\":\"1.18.0-0\"},{\"fixed\":\"1.18.2\"}]}]},"                         \
        "{\"package\":{\"ecosystem\":\"Go\",\"name\":\"golang.org/x/sys\"},\"versions\":"   \
        "[\"0.2\",\"0.1\"]}]}"
#define RECORD_B                                                                                   \
        "{\"id\":\"GHSA-x\",\"aliases\":[\"CVE-2024-0001\"],\"modified\":"                         \
        "\"2027-07-09T00:00:00Z\",\"severity\":[{\"type\":\"CVSS_V3\",\"score\":\"CVSS:3.1/x\"}]," \
        "\"affected\":[{\"package\":{\"ecosystem\":\"PyPI\",\"name\":\"A_b\"},\"ranges\":"         \
        "[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"1\"},"                             \
        "{\"last_affected\":\"2\"}]}]}]}"

static int import(struct cm_db_builder *b, const char *kind, const char *path, struct cm_err *err)
{
        const struct cm_adv_source meta = { .name = CM_SV("test"),
                                            .kind = cm_sv_from_cstr(kind),
                                            .licence = CM_SV("CC0-1.0") };
        const struct cm_db_import imp = { .feed = cm_feed_find(cm_sv_from_cstr(kind)),
                                          .path = path,
                                          .meta = &meta };
        CM_CHECK(imp.feed != NULL);
        return cm_db_builder_import(b, &imp, err);
}

/* 2024-11-24: the future date of record B is a slip. */
static const struct cm_db_build_options options = { .name = { "test", 4 }, .as_of_s = 1732406400 };

static void build_from(const char *feed_path, const char *out)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_db_info info;
        struct cm_db_builder *b CM_CLEANUP(cm_db_builder_freep)
        = cm_db_builder_new(&options);
        const char *epss = in_dir("e.csv");
        write_file(epss, CM_SV("#score_date:2024-10-25\ncve,epss,percentile\n"
                               "CVE-2024-0001,0.00383,0.73075\nCVE-1999-0001,0.1,0.2\n"));
        CM_CHECK_OK(import(b, "osv", feed_path, &err), &err);
        CM_CHECK_OK(import(b, "epss", epss, &err), &err);
        CM_CHECK_OK(cm_db_builder_write(b, out, &info, &err), &err);
        CM_CHECK_INT(info.advisory_count, 2);
}

static const char *small_db(void)
{
        const char *lines = in_dir("a.jsonl");
        const char *out = in_dir("a.db");
        write_file(lines, CM_SV(RECORD_A "\n" RECORD_B "\n"));
        build_from(lines, out);
        return out;
}

CM_TEST(what_was_written_is_read)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(16));
        struct cm_err err = CM_ERR_INIT;
        struct cm_db *db CM_CLEANUP(cm_db_closep)
        = NULL;
        CM_CHECK_OK(cm_db_open(small_db(), &db, &err), &err);
        CM_CHECK_SV(cm_db_info(db)->name, "test");
        CM_CHECK_INT(cm_db_info(db)->newest_s, 1729814400); /* EPSS date; 2027 is not believed */
        const struct cm_affected *list = NULL;
        size_t n = 0;
        CM_CHECK_OK(cm_db_lookup(db, arena, CM_SV("Go"), CM_SV("stdlib"), &list, &n, &err), &err);
        CM_CHECK_INT(n, 1);
        CM_CHECK_INT(list[0].range_count, 2);
        CM_CHECK_SV(list[0].ranges[0].introduced, "");
        CM_CHECK_SV(list[0].ranges[0].fixed, "1.17.10");
        CM_CHECK_SV(list[0].ranges[1].introduced, "1.18.0-0");
        struct cm_advisory a;
        CM_CHECK_OK(cm_db_advisory(db, arena, list[0].advisory_index, &a, &err), &err);
        CM_CHECK_SV(a.id, "GO-1");
        CM_CHECK_SV(a.title, "first");
        CM_CHECK_SV(a.url, "https://pkg.go.dev/vuln/GO-1");
        CM_CHECK_SV(a.aliases[0], "CVE-2024-0001");
        CM_CHECK_OK(cm_db_lookup(db, arena, CM_SV("PyPI"), CM_SV("a-b"), &list, &n, &err), &err);
        CM_CHECK_INT(n, 1);
        CM_CHECK_SV(list[0].ranges[0].last_affected, "2");
        CM_CHECK_INT(list[0].state, CM_FIX_STATE_UNKNOWN);
        const uint32_t *ids = NULL;
        CM_CHECK_OK(cm_db_find_id(db, arena, CM_SV("CVE-2024-0001"), &ids, &n, &err), &err);
        CM_CHECK_INT(n, 2);
        const struct cm_db_package *packages = NULL;
        CM_CHECK_OK(cm_db_packages_of(db, arena, ids[1], &packages, &n, &err), &err);
        CM_CHECK_INT(n, 2);
        CM_CHECK_SV(packages[0].name, "golang.org/x/sys");
        CM_CHECK_INT(packages[0].affected.version_count, 2);
        CM_CHECK_SV(packages[0].affected.versions[0], "0.1");
}

CM_TEST(facts_spaces_and_absence)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(16));
        struct cm_err err = CM_ERR_INIT;
        struct cm_db *db CM_CLEANUP(cm_db_closep)
        = NULL;
        CM_CHECK_OK(cm_db_open(small_db(), &db, &err), &err);
        struct cm_cve_facts facts;
        CM_CHECK_INT(cm_db_cve(db, CM_SV("CVE-2024-0001"), &facts, &err), 1);
        CM_CHECK(facts.epss > 0.003829 && facts.epss < 0.003831);
        CM_CHECK_INT(cm_db_cve(db, CM_SV("CVE-1999-0001"), &facts, &err), 0); /* nobody names it */
        struct cm_db_space space;
        CM_CHECK_INT(cm_db_space(db, CM_SV("Go"), &space, &err), 1);
        CM_CHECK_INT(space.package_count, 2);
        CM_CHECK_INT(cm_db_space(db, CM_SV("npm"), &space, &err), 0);
        const struct cm_affected *list = NULL;
        size_t n = 9;
        CM_CHECK_OK(cm_db_lookup(db, arena, CM_SV("Go"), CM_SV("std"), &list, &n, &err), &err);
        CM_CHECK_INT(n, 0);
        char huge[2000];
        memset(huge, 'x', sizeof(huge));
        CM_CHECK_OK(cm_db_lookup(db, arena, CM_SV("Go"), cm_sv_make(huge, sizeof(huge)), &list, &n,
                                 &err),
                    &err);
        CM_CHECK_INT(n, 0);
        struct cm_eol eol;
        CM_CHECK_INT(cm_db_eol(db, arena, CM_SV("debian"), CM_SV("12"), &eol, &err), 0);
}

CM_TEST(order_of_files_does_not_show)
{
        const char *one = in_dir("one");
        const char *two = in_dir("two");
        CM_CHECK(mkdir(one, 0700) == 0 && mkdir(two, 0700) == 0);
        write_file(in_dir("one/1.json"), CM_SV(RECORD_A));
        write_file(in_dir("one/2.json"), CM_SV(RECORD_B));
        write_file(in_dir("two/1.json"), CM_SV(RECORD_B));
        write_file(in_dir("two/2.json"), CM_SV(RECORD_A));
        build_from(in_dir("one"), in_dir("1.db"));
        build_from(in_dir("two"), in_dir("2.db"));
        struct cm_sv a = cm_test_read(in_dir("1.db"));
        struct cm_sv b = cm_test_read(in_dir("2.db"));
        CM_CHECK(a.len > 0 && cm_sv_eq(a, b));
}

CM_TEST(a_wrong_feed_is_an_error_and_a_bad_record_is_not)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_db_builder *b CM_CLEANUP(cm_db_builder_freep)
        = cm_db_builder_new(&options);
        const char *path = in_dir("bad.jsonl");
        write_file(path, CM_SV("{\"id\":\n" RECORD_A "\n{}\n"));
        CM_CHECK_OK(import(b, "osv", path, &err), &err);
        CM_CHECK_INT(cm_db_builder_reject_count(b), 2);
        size_t n = 0;
        const struct cm_db_reject *rejects = cm_db_builder_rejects(b, &n);
        CM_CHECK_INT(n, 2);
        CM_CHECK_SV(rejects[0].where, "bad.jsonl: line 1");
        write_file(path, CM_SV("not a record\n"));
        CM_CHECK(import(b, "osv", path, &err) < 0);
        CM_CHECK_INT(err.code, CM_E_MALFORMED);
}

/* Every cut and every changed byte of a small file: an error or an answer, never a crash. */
CM_TEST(damaged_files_are_refused)
{
        struct cm_sv good = cm_test_read(small_db());
        const char *path = in_dir("cut.db");
        for (size_t len = 0; len < good.len; len += len < 9000 ? 509 : 4096) {
                struct cm_err err = CM_ERR_INIT;
                struct cm_db *db = NULL;
                write_file(path, cm_sv_slice(good, 0, len));
                CM_CHECK(cm_db_open(path, &db, &err) < 0);
                CM_CHECK_INT(err.code, CM_E_MALFORMED);
        }
        struct cm_err err = CM_ERR_INIT;
        struct cm_db *db = NULL;
        CM_CHECK(cm_db_open(in_dir("absent.db"), &db, &err) < 0);
        CM_CHECK_INT(err.code, CM_E_NOT_FOUND);
}

CM_TEST(packed_and_unpacked)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(16));
        struct cm_err err = CM_ERR_INIT;
        const char *db = small_db();
        const char *packed = in_dir("a.db.zst");
        CM_CHECK_OK(cm_db_pack(db, packed, &err), &err);
        int in = open(packed, O_RDONLY | O_CLOEXEC);
        int out = open(in_dir("u.db"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        struct cm_db_pack_head head;
        CM_CHECK_OK(cm_db_pack_read_head(arena, in, &head, &err), &err);
        CM_CHECK_SV(head.name, "test");
        CM_CHECK_OK(cm_db_unpack(in, &head, out, &err), &err);
        CM_CHECK(cm_sv_eq(cm_test_read(db), cm_test_read(in_dir("u.db"))));
        struct cm_sv bytes = cm_test_read(packed);
        write_file(in_dir("cut.zst"), cm_sv_slice(bytes, 0, bytes.len - 20));
        int cut = open(in_dir("cut.zst"), O_RDONLY | O_CLOEXEC);
        CM_CHECK(cm_db_unpack(cut, &head, out, &err) < 0);
}

static struct cm_db_places places_for_test(void)
{
        CM_CHECK(mkdir(in_dir("share"), 0700) == 0);
        struct cm_err err = CM_ERR_INIT;
        const char *db = small_db();
        CM_CHECK_OK(cm_db_pack(db, in_dir("share/coaming-default.db.zst"), &err), &err);
        return (struct cm_db_places){
                .db_dir = CM_SV("/nonexistent"),
                .share_dir = cm_sv_from_cstr(strdup(in_dir("share"))),
                .cache_dir = cm_sv_from_cstr(strdup(in_dir("cache/coaming"))),
        };
}

static void find_and_open(const struct cm_db_places *places, char path[256])
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(16));
        struct cm_err err = CM_ERR_INIT;
        const char *const *paths = NULL;
        size_t n = 0;
        CM_CHECK_OK(cm_db_default_find(arena, places, &paths, &n, &err), &err);
        CM_CHECK_INT(n, 1);
        struct cm_db *db CM_CLEANUP(cm_db_closep)
        = NULL;
        CM_CHECK_OK(cm_db_open(paths[0], &db, &err), &err);
        CM_CHECK_SV(cm_db_info(db)->name, "test");
        snprintf(path, 256, "%s", paths[0]);
}

CM_TEST(twenty_processes_start_together)
{
        const struct cm_db_places places = places_for_test();
        char path[256];
        for (int i = 0; i < 20; i++) {
                pid_t pid = fork();
                CM_CHECK(pid >= 0);
                if (pid == 0) {
                        find_and_open(&places, path);
                        _exit(0);
                }
        }
        for (int i = 0; i < 20; i++) {
                int status = -1;
                CM_CHECK(wait(&status) > 0);
                CM_CHECK_INT(status, 0);
        }
        struct stat first;
        struct stat second;
        find_and_open(&places, path);
        CM_CHECK(stat(path, &first) == 0);
        find_and_open(&places, path);
        CM_CHECK(stat(path, &second) == 0);
        CM_CHECK_INT(first.st_ino, second.st_ino); /* it is not unpacked again */
}

CM_TEST(a_damaged_copy_is_made_again)
{
        const struct cm_db_places places = places_for_test();
        char path[256];
        find_and_open(&places, path);
        struct cm_sv good = cm_test_read(path);
        write_file(path, cm_sv_slice(good, 0, good.len / 2));
        find_and_open(&places, path);
        CM_CHECK(cm_sv_eq(good, cm_test_read(path)));
        char *bad = malloc(good.len);
        memcpy(bad, good.ptr, good.len);
        bad[good.len - 5000] ^= 1;
        write_file(path, cm_sv_make(bad, good.len));
        find_and_open(&places, path);
        CM_CHECK(cm_sv_eq(good, cm_test_read(path)));
        free(bad);
}

CM_TEST(without_a_cache_there_is_a_memory_file)
{
        struct cm_db_places places = places_for_test();
        char path[256];
        write_file(in_dir("file"), CM_SV("x"));
        places.cache_dir = cm_sv_from_cstr(in_dir("file/cache"));
        find_and_open(&places, path);
        CM_CHECK(strncmp(path, "/proc/self/fd/", 14) == 0);
}

CM_TEST(the_newer_of_two_with_one_name_is_used)
{
        struct cm_db_places places = places_for_test();
        char path[256];
        CM_CHECK(mkdir(in_dir("installed"), 0700) == 0);
        write_file(in_dir("installed/test.db"), cm_test_read(in_dir("a.db")));
        places.db_dir = cm_sv_from_cstr(strdup(in_dir("installed")));
        find_and_open(&places, path);
        CM_CHECK(strstr(path, "installed/test.db") != NULL);
}
