/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replays corpora of fuzz targets in an ordinary build: `coaming-replay TARGET FILE...`. A crash or
 * a sanitizer report fails; anything else passes. `--list` names the targets.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"

#define CM_REPLAY(name) int cm_replay_##name##_fuzz(const uint8_t *data, size_t size);
#include "replay_table.h"
#undef CM_REPLAY

static const struct {
        const char *name;
        int (*fn)(const uint8_t *data, size_t size);
} targets[] = {
#define CM_REPLAY(name) { #name, cm_replay_##name##_fuzz },
#include "replay_table.h"
#undef CM_REPLAY
        { NULL, NULL },
};

static int replay(size_t target, const char *path)
{
        FILE *f = fopen(path, "rb");
        if (f == NULL) {
                perror(path);
                return 1;
        }
        fseek(f, 0, SEEK_END);
        long size = ftell(f);
        rewind(f);
        /* Exact size, so that a sanitizer sees a read one byte past the end. */
        uint8_t *bytes = malloc(size > 0 ? (size_t)size : 1);
        CM_ASSERT(bytes != NULL);
        size_t n = fread(bytes, 1, (size_t)size, f);
        fclose(f);
        targets[target].fn(bytes, n);
        free(bytes);
        return 0;
}

int main(int argc, char **argv)
{
        if (argc == 2 && strcmp(argv[1], "--list") == 0) {
                for (size_t i = 0; targets[i].name != NULL; i++)
                        puts(targets[i].name);
                return 0;
        }
        for (size_t i = 0; argc >= 2 && targets[i].name != NULL; i++) {
                if (strcmp(argv[1], targets[i].name) != 0)
                        continue;
                int bad = 0;
                for (int a = 2; a < argc; a++)
                        bad |= replay(i, argv[a]);
                return bad;
        }
        fprintf(stderr, "usage: coaming-replay --list | TARGET FILE...\n");
        return 2;
}
