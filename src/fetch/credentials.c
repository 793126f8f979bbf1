/* SPDX-License-Identifier: Apache-2.0 */
/* The pure half of credentials.h: key matching and decoding. */
#include "fetch/credentials.h"

#include "base/escape.h"
#include "codec/base64.h"
#include "codec/json.h"

enum {
        KEYS_MAX = 40
};

struct keys {
        struct cm_sv items[KEYS_MAX];
        size_t count;
};

static void add_key(struct keys *keys, struct cm_sv key)
{
        if (keys->count < KEYS_MAX)
                keys->items[keys->count++] = key;
}

static bool is_hub(struct cm_sv host)
{
        return cm_sv_eq(host, CM_SV("docker.io")) || cm_sv_eq(host, CM_SV("index.docker.io")) ||
               cm_sv_eq(host, CM_SV("registry-1.docker.io"));
}

/* Keys in order of preference, in the form that normal_key() gives. */
static void make_keys(struct cm_arena *arena, const struct cm_credential_query *query,
                      struct keys *keys)
{
        struct cm_sv path = query->repository;
        while (path.len > 0) {
                add_key(keys, cm_sv_printf(arena, "%.*s/%.*s", CM_SV_ARG(query->registry),
                                           CM_SV_ARG(path)));
                struct cm_sv head, tail;
                if (!cm_sv_cut_last(path, '/', &head, &tail))
                        break;
                path = head;
        }
        add_key(keys, query->registry);
        if (is_hub(query->registry)) {
                add_key(keys, CM_SV("docker.io"));
                add_key(keys, CM_SV("index.docker.io"));
                add_key(keys, CM_SV("registry-1.docker.io"));
        }
}

/* docker keeps URLs ("https://index.docker.io/v1/"), containers keeps hosts and namespaces. */
static struct cm_sv normal_key(struct cm_sv key)
{
        bool is_url = false;
        const struct cm_sv schemes[] = { CM_SV("https://"), CM_SV("http://") };
        for (size_t i = 0; i < CM_ARRAY_LEN(schemes); i++) {
                if (cm_sv_has_prefix(key, schemes[i])) {
                        key = cm_sv_skip(key, schemes[i].len);
                        is_url = true;
                }
        }
        struct cm_sv host, path;
        cm_sv_cut(key, '/', &host, &path);
        if (is_url || cm_sv_eq(path, CM_SV("v1/")) || cm_sv_eq(path, CM_SV("v1")) ||
            cm_sv_eq(path, CM_SV("v2/")) || path.len == 0)
                return host;
        return cm_sv_has_suffix(key, CM_SV("/")) ? cm_sv_slice(key, 0, key.len - 1) : key;
}

/* The member of an object whose key means the registry, best key first. */
static const struct cm_json *find(const struct cm_json *object, const struct keys *keys,
                                  struct cm_sv *ret_key)
{
        for (size_t i = 0; i < keys->count; i++) {
                struct cm_json_iter it = cm_json_iter_first(object);
                for (; it.value != NULL; cm_json_iter_next(&it)) {
                        if (cm_sv_eq(normal_key(it.key), keys->items[i])) {
                                *ret_key = it.key;
                                return it.value;
                        }
                }
        }
        return NULL;
}

static int from_entry(struct cm_arena *arena, const struct cm_json *entry,
                      struct cm_credential *ret, struct cm_err *err)
{
        struct cm_credential c = { 0 };
        struct cm_sv auth = cm_json_get_string(entry, "auth");
        if (auth.len > 0) {
                struct cm_sv plain = CM_SV("");
                if (cm_base64_decode(arena, auth, &plain, err) < 0 ||
                    !cm_sv_cut(plain, ':', &c.username, &c.password)) {
                        cm_err_clear(err);
                        return CM_RAISE(err, CM_E_USAGE,
                                        "'auth' is not the base64 form of user:password");
                }
                /* Old clients padded with NUL bytes. */
                while (c.password.len > 0 && c.password.ptr[c.password.len - 1] == '\0')
                        c.password.len--;
        } else {
                c.username = cm_sv_dup(arena, cm_json_get_string(entry, "username"));
                c.password = cm_sv_dup(arena, cm_json_get_string(entry, "password"));
        }
        c.identity_token = cm_sv_dup(arena, cm_json_get_string(entry, "identitytoken"));
        if (c.username.len == 0 && c.identity_token.len == 0)
                return CM_CREDENTIAL_NONE;
        *ret = c;
        return 0;
}

/* What docker stores for Docker Hub is asked for under its old URL. */
static struct cm_sv server_of(struct cm_arena *arena, const struct cm_credential_query *query)
{
        return is_hub(query->registry) ? CM_SV("https://index.docker.io/v1/")
                                       : cm_sv_dup(arena, query->registry);
}

int cm_credentials_parse(struct cm_arena *arena, struct cm_sv text,
                         const struct cm_credential_query *query, struct cm_credential *ret,
                         struct cm_sv *ret_helper, struct cm_sv *ret_server, struct cm_err *err)
{
        const struct cm_json *doc = NULL;
        if (cm_json_parse(arena, text, &doc, err) < 0) {
                struct cm_err inner = *err;
                cm_err_clear(err);
                return CM_RAISE(err, CM_E_USAGE, "%s", inner.text);
        }
        struct keys keys = { .count = 0 };
        make_keys(arena, query, &keys);
        struct cm_sv key = CM_SV("");
        struct cm_sv helper = cm_json_string(find(cm_json_get(doc, "credHelpers"), &keys, &key));
        if (helper.len > 0) {
                *ret_helper = cm_sv_dup(arena, helper);
                *ret_server = cm_sv_dup(arena, key);
                return CM_CREDENTIAL_HELPER;
        }
        const struct cm_json *entry = find(cm_json_get(doc, "auths"), &keys, &key);
        int r = entry == NULL ? CM_CREDENTIAL_NONE : from_entry(arena, entry, ret, err);
        if (r <= 0)
                return r;
        helper = cm_json_get_string(doc, "credsStore");
        if (helper.len == 0)
                return CM_CREDENTIAL_NONE;
        *ret_helper = cm_sv_dup(arena, helper);
        *ret_server = entry != NULL ? cm_sv_dup(arena, key) : server_of(arena, query);
        return CM_CREDENTIAL_HELPER;
}

int cm_credentials_parse_helper(struct cm_arena *arena, struct cm_sv text,
                                struct cm_credential *ret, struct cm_err *err)
{
        const struct cm_json *doc = NULL;
        int r = cm_json_parse(arena, text, &doc, err);
        if (r < 0)
                return r;
        struct cm_sv user = cm_sv_dup(arena, cm_json_get_string(doc, "Username"));
        struct cm_sv secret = cm_sv_dup(arena, cm_json_get_string(doc, "Secret"));
        if (secret.len == 0)
                return CM_RAISE(err, CM_E_MALFORMED, "there is no secret in the helper's answer");
        /* The helper protocol's mark for "this is an OAuth2 token". */
        bool is_token = cm_sv_eq(user, CM_SV("<token>"));
        *ret = (struct cm_credential){ .username = is_token ? CM_SV("") : user,
                                       .password = is_token ? CM_SV("") : secret,
                                       .identity_token = is_token ? secret : CM_SV("") };
        return 0;
}
