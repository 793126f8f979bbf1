/* SPDX-License-Identifier: Apache-2.0 */
/* Database choice of open_dbs.h. */
#include "cmd/open_dbs.h"

#include "advisory/default.h"

int cm_open_dbs(const struct cm_args *args, struct cm_open_dbs *ret, struct cm_err *err)
{
        const char *const *paths = NULL;
        size_t count = cm_args_list(args, "db", &paths);
        struct cm_open_dbs out = { .is_default = count == 0 };
        if (count == 0) {
                struct cm_db_places places;
                cm_db_places_load(args->arena, &places);
                int r = cm_db_default_find(args->arena, &places, &paths, &count, err);
                if (r < 0)
                        return r;
        }
        out.dbs = CM_NEW_ARRAY(args->arena, struct cm_db *, count);
        for (; out.count < count; out.count++) {
                int r = cm_db_open(paths[out.count], &out.dbs[out.count], err);
                if (r < 0) {
                        cm_close_dbs(&out);
                        return r;
                }
        }
        *ret = out;
        return 0;
}

void cm_close_dbs(struct cm_open_dbs *dbs)
{
        for (size_t i = 0; i < dbs->count; i++)
                dbs->dbs[i] = cm_db_close(dbs->dbs[i]);
        dbs->count = 0;
}
