/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of store/cache.h in a directory of their own: damage, unfinished blocks, races. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/cache.h"
#include "tests/harness.h"

#define KEY "00ff"

struct place {
        char dir[256];
        struct cm_cache *cache;
};

static void place_open(struct place *p)
{
        snprintf(p->dir, sizeof(p->dir), "%s/cache", cm_test_dir());
        p->cache = cm_cache_open(p->dir, "blocks");
        CM_CHECK(p->cache != NULL);
}

static const char *file_of(const struct place *p, const char *name)
{
        static char path[512];
        snprintf(path, sizeof(path), "%s/blocks/%s", p->dir, name);
        return path;
}

static void place_close(struct place *p)
{
        cm_cache_close(p->cache);
        unlink(file_of(p, KEY));
        unlink(file_of(p, "secret"));
        /* Fails when a temporary file is left. */
        CM_CHECK(rmdir(file_of(p, "")) == 0);
        CM_CHECK(rmdir(p->dir) == 0);
}

static void write_block(struct place *p, const char *key)
{
        struct cm_cache_writer *w = cm_cache_write_open(p->cache);
        CM_CHECK(w != NULL);
        cm_cache_write(w, CM_SV("first "));
        cm_cache_write(w, CM_SV("second"));
        cm_cache_write_close(w, key);
}

static bool holds_block(struct place *p)
{
        struct cm_cache_reader *r = cm_cache_read_open(p->cache, KEY);
        if (r == NULL)
                return false;
        char text[7] = "";
        CM_CHECK_INT(cm_cache_read_size_bytes(r), 12);
        CM_CHECK(cm_cache_read(r, 6, text, 6));
        CM_CHECK(strcmp(text, "second") == 0);
        CM_CHECK(!cm_cache_read(r, 7, text, 6)); /* one byte over the end */
        cm_cache_read_close(r);
        return true;
}

CM_TEST(block_in_pieces)
{
        struct place p;
        place_open(&p);
        CM_CHECK(!holds_block(&p));
        write_block(&p, NULL);
        CM_CHECK(!holds_block(&p));
        write_block(&p, KEY);
        CM_CHECK(holds_block(&p));
        /* The whole and the piecewise functions speak of the same files. */
        struct cm_arena *arena = cm_arena_new(CM_MIB(1));
        struct cm_sv content;
        CM_CHECK(cm_cache_get(p.cache, arena, KEY, &content));
        CM_CHECK(cm_sv_eq(content, CM_SV("first second")));
        unlink(file_of(&p, KEY));
        cm_cache_put(p.cache, KEY, CM_SV("first second"));
        CM_CHECK(holds_block(&p));
        cm_arena_free(arena);
        place_close(&p);
}

CM_TEST(replaced_while_open)
{
        struct place p;
        place_open(&p);
        write_block(&p, KEY);
        struct cm_cache_reader *r = cm_cache_read_open(p.cache, KEY);
        cm_cache_put(p.cache, KEY, CM_SV("other"));
        char text[6] = "";
        CM_CHECK(r != NULL && cm_cache_read(r, 0, text, 5) && strcmp(text, "first") == 0);
        cm_cache_read_close(r);
        place_close(&p);
}

CM_TEST(damage_counts_as_absent)
{
        for (long at = 0; at < 8 + 32 + 12; at++) {
                struct place p;
                place_open(&p);
                write_block(&p, KEY);
                int fd = open(file_of(&p, KEY), O_RDWR);
                char byte = 0;
                CM_CHECK(fd >= 0 && pread(fd, &byte, 1, at) == 1);
                byte ^= 1;
                CM_CHECK(pwrite(fd, &byte, 1, at) == 1);
                CM_CHECK(!holds_block(&p));
                byte ^= 1;
                CM_CHECK(pwrite(fd, &byte, 1, at) == 1);
                CM_CHECK(holds_block(&p));
                CM_CHECK(ftruncate(fd, at) == 0);
                CM_CHECK(!holds_block(&p));
                close(fd);
                write_block(&p, KEY);
                CM_CHECK(holds_block(&p));
                place_close(&p);
        }
}

CM_TEST(secret_is_made_once)
{
        struct place p;
        struct cm_siphash_key a, b;
        place_open(&p);
        CM_CHECK(cm_cache_secret(p.cache, &a) && cm_cache_secret(p.cache, &b));
        CM_CHECK(memcmp(a.bytes, b.bytes, sizeof(a.bytes)) == 0);
        struct stat st;
        CM_CHECK(stat(file_of(&p, "secret"), &st) == 0);
        CM_CHECK_INT(st.st_mode & 0777, 0600);
        CM_CHECK(truncate(file_of(&p, "secret"), 3) == 0);
        CM_CHECK(cm_cache_secret(p.cache, &b));
        CM_CHECK(memcmp(a.bytes, b.bytes, sizeof(a.bytes)) != 0);
        CM_CHECK(cm_cache_secret(p.cache, &a));
        CM_CHECK(memcmp(a.bytes, b.bytes, sizeof(a.bytes)) == 0);
        CM_CHECK(!cm_cache_secret(NULL, &a));
        place_close(&p);
}

struct racer {
        struct place *place;
        struct cm_siphash_key secret;
        pthread_t thread;
        bool ok;
};

static void *race(void *arg)
{
        struct racer *r = arg;
        struct cm_cache *own = cm_cache_open(r->place->dir, "blocks");
        r->ok = cm_cache_secret(own, &r->secret);
        cm_cache_close(own);
        return NULL;
}

CM_TEST(racers_get_one_secret)
{
        for (int round = 0; round < 50; round++) {
                struct place p;
                struct racer racers[8];
                place_open(&p);
                for (size_t i = 0; i < CM_ARRAY_LEN(racers); i++) {
                        racers[i].place = &p;
                        CM_CHECK(pthread_create(&racers[i].thread, NULL, race, &racers[i]) == 0);
                }
                for (size_t i = 0; i < CM_ARRAY_LEN(racers); i++) {
                        pthread_join(racers[i].thread, NULL);
                        CM_CHECK(racers[i].ok);
                        CM_CHECK(memcmp(racers[i].secret.bytes, racers[0].secret.bytes,
                                        sizeof(racers[0].secret.bytes)) == 0);
                }
                place_close(&p);
        }
}
