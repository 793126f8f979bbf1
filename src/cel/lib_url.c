/* SPDX-License-Identifier: Apache-2.0 */
/* Kubernetes' url library over url.h. */
#include "base/map.h"
#include "cel/library.h"
#include "cel/url.h"

enum {
        /* Go's net/url stops there too. */
        PARAMS_MAX = 10000
};

struct object {
        struct cm_cel_object object;
        struct cm_sv text;
        struct cm_url url;
};

static const struct cm_url *url_of(const struct cm_cel_object *o)
{
        return &((const struct object *)o)->url;
}

static bool equal(const struct cm_cel_object *a, const struct cm_cel_object *b)
{
        return cm_url_eq(url_of(a), url_of(b));
}

static void put_text(struct cm_buf *out, const struct cm_cel_object *o)
{
        cm_buf_put_sv(out, ((const struct object *)o)->text);
}

static const struct cm_cel_object_type type = { .name = "kubernetes.URL",
                                                .equal = equal,
                                                .put_text = put_text };

/* What parsing decodes: the parts once or twice, the path three times as long. */
static bool reserve(struct cm_cel_context *cx, struct cm_sv text)
{
        return cm_cel_charge(cx, 10 + text.len / 4) && cm_cel_reserve(cx, 256 + text.len * 16);
}

CM_CEL_FN(from_string)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_url url;
        struct cm_sv text = cm_cel_sv(args[0]);
        if (!reserve(cx, text))
                return cm_cel_no_memory(cx);
        if (cm_url_parse(cm_cel_arena(cx), text, &url, &err) < 0)
                return cm_cel_fail_err(cx, &err);
        struct object *o = cm_cel_alloc(cx, sizeof(*o));
        if (o == NULL)
                return cm_cel_no_memory(cx);
        *o = (struct object){ { &type }, text, url };
        return cm_cel_object(&o->object);
}

CM_CEL_FN(is_url)
{
        struct cm_sv text = cm_cel_sv(args[0]);
        if (!reserve(cx, text))
                return cm_cel_no_memory(cx);
        return cm_cel_bool(cm_url_is_valid(cm_cel_arena(cx), text));
}

/* The getters that give a text: method, part. */
#define PARTS(X)                 \
        X(getScheme, scheme)     \
        X(getHost, host)         \
        X(getHostname, hostname) \
        X(getPort, port)         \
        X(getEscapedPath, escaped_path)

#define X(method, part)                                                      \
        CM_CEL_FN(method)                                                    \
        {                                                                    \
                if (!cm_cel_is_object(args[0], &type))                       \
                        return cm_cel_no_overload(cx, #method, args, count); \
                return cm_cel_string(url_of(args[0].object)->part);          \
        }
PARTS(X)
#undef X

struct param {
        struct cm_sv key;
        struct cm_cel_value value;
        size_t group; /* index of the first one with the same key */
        size_t count; /* of the first one: how many have the key */
};

/* The parameters in order, grouped; false when the budget is used up. */
static bool read_params(struct cm_cel_context *cx, struct cm_sv query, size_t *ret_count,
                        struct param **ret)
{
        struct cm_map groups;
        struct cm_sv key;
        struct cm_sv value;
        size_t fields = 1;
        size_t n = 0;
        for (size_t i = 0; i < query.len; i++)
                fields += query.ptr[i] == '&';
        *ret_count = 0;
        if (fields > PARAMS_MAX)
                return true;
        /* The map's entries and slots double as they grow: 128 bytes a key at most. */
        struct param *params = cm_cel_alloc_array(cx, fields, sizeof(*params));
        if (params == NULL || !cm_cel_charge(cx, query.len / 4 + fields * 4) ||
            !cm_cel_reserve(cx, query.len * 2 + fields * 160 + 1024))
                return false;
        cm_map_init(&groups, cm_cel_arena(cx));
        while (cm_url_next_param(cm_cel_arena(cx), &query, &key, &value)) {
                const struct param *first = cm_map_get(&groups, key);
                params[n] = (struct param){ key, cm_cel_string(value), n, 1 };
                if (first == NULL) {
                        cm_map_put(&groups, key, &params[n]);
                } else {
                        params[n].group = (size_t)(first - params);
                        params[params[n].group].count++;
                }
                n++;
        }
        *ret_count = n;
        *ret = params;
        return true;
}

/* A map of the names to lists of their values. */
CM_CEL_FN(get_query)
{
        struct param *params = NULL;
        size_t n = 0;
        if (!cm_cel_is_object(args[0], &type))
                return cm_cel_no_overload(cx, "getQuery", args, count);
        if (!read_params(cx, url_of(args[0].object)->query, &n, &params))
                return cm_cel_no_memory(cx);
        struct cm_cel_map *map = cm_cel_map_new(cx, n);
        struct cm_cel_value *values = cm_cel_alloc_values(cx, n);
        if (map == NULL || values == NULL)
                return cm_cel_no_memory(cx);
        /* Room for the values of each name in a row; then each value goes to its name's next place. */
        size_t used = 0;
        for (size_t i = 0; i < n; i++) {
                if (params[i].group != i)
                        continue;
                struct cm_cel_value list = cm_cel_list(values + used, params[i].count);
                if (cm_cel_map_add(cx, map, cm_cel_string(params[i].key), list) < 0)
                        return cm_cel_no_memory(cx);
                size_t start = used;
                used += params[i].count;
                params[i].count = start; /* from here on the next free place */
        }
        for (size_t i = 0; i < n; i++)
                values[params[params[i].group].count++] = params[i].value;
        return cm_cel_map(map);
}

static const struct cm_cel_function functions[] = {
        { "url", CM_CEL_GLOBAL, "s:x", from_string },
        { "isURL", CM_CEL_GLOBAL, "s:b", is_url },
#define X(method, part) { #method, CM_CEL_METHOD, "x:s", method },
        PARTS(X)
#undef X
                { "getQuery", CM_CEL_METHOD, "x:m", get_query },
        { NULL },
};
static const char *const types[] = { "kubernetes.URL", NULL };

extern const struct cm_cel_library cm_cel_lib_url;
const struct cm_cel_library cm_cel_lib_url = { "url", functions, types };
