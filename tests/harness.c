/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs one unit test: `coaming-tests --list`, `coaming-tests NAME`. Exit status 0 passed, 1 failed,
 * 77 skipped. tests/run counts.
 */
#include "tests/harness.h"

#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
        TESTS_MAX = 4096,
        SKIPPED = 77
};

static struct {
        const char *file;
        const char *name;
        void (*fn)(void);
} tests[TESTS_MAX];
static size_t tests_count;

void cm_test_add(const char *file, const char *name, void (*fn)(void))
{
        CM_ASSERT(tests_count < TESTS_MAX);
        tests[tests_count].file = file;
        tests[tests_count].name = name;
        tests[tests_count++].fn = fn;
}

void cm_test_fail(const char *file, int line, const char *format, ...)
{
        va_list ap;
        va_start(ap, format);
        fprintf(stderr, "%s:%d: ", file, line);
        vfprintf(stderr, format, ap);
        fputc('\n', stderr);
        va_end(ap);
        exit(1);
}

void cm_test_skip(const char *reason)
{
        printf("%s\n", reason);
        exit(SKIPPED);
}

const char *cm_test_data(void)
{
        const char *dir = getenv("COAMING_TEST_DATA");
        if (dir == NULL || *dir == '\0')
                dir = "../shared/data";
        if (access(dir, R_OK) != 0)
                cm_test_skip("COAMING_TEST_DATA is not there");
        return dir;
}

static char test_dir[128];

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
        (void)st, (void)type, (void)where;
        return remove(path);
}

static void remove_test_dir(void)
{
        nftw(test_dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *cm_test_dir(void)
{
        if (test_dir[0] == '\0') {
                const char *tmp = getenv("TMPDIR");
                snprintf(test_dir, sizeof(test_dir), "%s/coaming-test.XXXXXX",
                         tmp != NULL && *tmp == '/' ? tmp : "/tmp");
                if (mkdtemp(test_dir) == NULL)
                        cm_test_fail(test_dir, 0, "could not make a folder");
                atexit(remove_test_dir);
        }
        return test_dir;
}

struct cm_sv cm_test_read(const char *path)
{
        FILE *f = fopen(path, "rb");
        if (f == NULL)
                cm_test_fail(path, 0, "could not open");
        size_t len = 0;
        size_t capacity = 1 << 16;
        char *bytes = malloc(capacity);
        CM_ASSERT(bytes != NULL);
        for (size_t n; (n = fread(bytes + len, 1, capacity - len, f)) > 0;) {
                len += n;
                if (len == capacity) {
                        capacity *= 2;
                        bytes = realloc(bytes, capacity);
                        CM_ASSERT(bytes != NULL);
                }
        }
        fclose(f);
        return cm_sv_make(bytes, len);
}

static const char *base_name(const char *path)
{
        const char *slash = strrchr(path, '/');
        return slash == NULL ? path : slash + 1;
}

int main(int argc, char **argv)
{
        for (size_t i = 0; i < tests_count; i++) {
                char id[512];
                snprintf(id, sizeof(id), "%.*s.%s", (int)(strlen(base_name(tests[i].file)) - 2),
                         base_name(tests[i].file), tests[i].name);
                if (argc == 2 && strcmp(argv[1], "--list") == 0) {
                        puts(id);
                } else if (argc == 2 && strcmp(argv[1], id) == 0) {
                        tests[i].fn();
                        return 0;
                }
        }
        if (argc == 2 && strcmp(argv[1], "--list") == 0)
                return 0;
        fprintf(stderr, "usage: coaming-tests --list | FILE.NAME\n");
        return 2;
}
