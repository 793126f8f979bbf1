/* SPDX-License-Identifier: Apache-2.0 */
/* Requests of engine.h. */
#include "fetch/engine.h"

#include "base/escape.h"
#include "base/limits.h"
#include "codec/json.h"
#include "fetch/answer.h"
#include "fetch/engine_internal.h"

enum {
        /* An engine may write an image to its own disk before the first byte comes. */
        EXPORT_SILENCE_S = 900
};

static const char *engine_name(const struct cm_engine *engine)
{
        return engine->setup->is_podman ? "podman" : "docker";
}

int cm_engine_ask(struct cm_engine *engine, struct cm_arena *arena, struct cm_sv path,
                  struct cm_transfer *transfer, int silence_s, struct cm_http_response *ret,
                  struct cm_err *err)
{
        struct cm_http_request request = {
                .url = cm_sv_printf(arena, "%.*s%.*s%c", CM_SV_ARG(engine->setup->base),
                                    CM_SV_ARG(path), '\0')
                               .ptr,
                .unix_socket = engine->socket,
                .tls = &engine->setup->tls,
                .silence_s = silence_s,
                .sink = cm_transfer_write,
                .ctx = transfer,
        };
        enum cm_http_failure failure;
        cm_transfer_begin(transfer);
        int r = cm_http_exchange(engine->http, arena, &request, ret, &failure, err);
        if (r < 0 && transfer->is_over_limit) {
                cm_err_clear(err);
                return CM_RAISE(err, CM_E_LIMIT, "%s's answer is larger than %llu bytes",
                                engine_name(engine), (unsigned long long)transfer->bytes_max);
        }
        return r < 0 ? cm_err_context(err, "%s does not answer", engine_name(engine)) : r;
}

int cm_engine_raise_status(struct cm_engine *engine, struct cm_arena *arena,
                           const struct cm_http_response *response, struct cm_err *err)
{
        return CM_RAISE(err, response->status == 404 ? CM_E_NOT_FOUND : CM_E_ENV,
                        "%s answered HTTP %ld: %s", engine_name(engine), response->status,
                        cm_answer_message(arena, response));
}

static bool version_is_valid(struct cm_sv s)
{
        for (size_t i = 0; i < s.len; i++)
                if (!cm_is_alnum(s.ptr[i]) && s.ptr[i] != '.' && s.ptr[i] != '-')
                        return false;
        return s.len > 0 && s.len < 40;
}

/* libpod's paths carry a version; the engine says which one it has. */
static int find_prefix(struct cm_engine *engine, struct cm_arena *arena, struct cm_err *err)
{
        if (!engine->setup->is_podman)
                return 0;
        struct cm_buf body CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&body, CM_KIB(64));
        struct cm_transfer transfer = { .fd = -1, .buffer = &body, .bytes_max = CM_KIB(64) };
        struct cm_http_response response;
        int r = cm_engine_ask(engine, arena, CM_SV("/_ping"), &transfer, CM_ENGINE_SILENCE_S,
                              &response, err);
        if (r < 0)
                return r;
        if (!version_is_valid(response.api_version))
                return CM_RAISE(err, CM_E_ENV, "what listens on the podman socket is not podman");
        /* "5.0.0-dev" is served under its release number. */
        struct cm_sv number, suffix;
        cm_sv_cut(response.api_version, '-', &number, &suffix);
        engine->prefix = cm_sv_printf(arena, "/v%.*s/libpod", CM_SV_ARG(number));
        return 0;
}

static int take_image(struct cm_arena *arena, struct cm_sv body, struct cm_fetch_image *ret,
                      struct cm_err *err)
{
        const struct cm_json *doc = NULL;
        int r = cm_json_parse(arena, body, &doc, err);
        if (r < 0)
                return r;
        struct cm_fetch_image image = { .image_id = cm_json_get_string(doc, "Id") };
        /* podman gives the bare number. */
        if (cm_sv_find_char(image.image_id, ':') < 0)
                image.image_id = cm_sv_join(arena, CM_SV("sha256:"), image.image_id);
        const struct cm_json *layers = cm_json_path(doc, "RootFS", "Layers", NULL);
        if (!cm_digest_is(image.image_id) || cm_json_count(layers) > CM_IMAGE_LAYERS_MAX)
                return CM_RAISE(err, CM_E_MALFORMED, "there is no image id or too many layers");
        image.diff_id_count = cm_json_count(layers);
        image.diff_ids = CM_NEW_ARRAY(arena, struct cm_sv, image.diff_id_count);
        for (size_t i = 0; i < image.diff_id_count; i++) {
                image.diff_ids[i] = cm_json_string(cm_json_at(layers, i));
                if (!cm_digest_is(image.diff_ids[i]))
                        return CM_RAISE(err, CM_E_MALFORMED, "layer %zu has no diff id", i);
        }
        struct cm_sv os = cm_json_get_string(doc, "Os");
        struct cm_sv arch = cm_json_get_string(doc, "Architecture");
        struct cm_sv variant = cm_json_get_string(doc, "Variant");
        if (os.len > 0 && arch.len > 0)
                image.platform =
                        cm_sv_printf(arena, "%.*s/%.*s%s%.*s", CM_SV_ARG(os), CM_SV_ARG(arch),
                                     variant.len > 0 ? "/" : "", CM_SV_ARG(variant));
        *ret = image;
        return 0;
}

int cm_engine_inspect(struct cm_engine *engine, struct cm_arena *arena, struct cm_fetch_image *ret,
                      struct cm_err *err)
{
        int r = find_prefix(engine, arena, err);
        if (r < 0)
                return r;
        struct cm_buf body CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&body, CM_FETCH_ANSWER_BYTES_MAX);
        struct cm_transfer transfer = { .fd = -1,
                                        .buffer = &body,
                                        .bytes_max = CM_FETCH_ANSWER_BYTES_MAX };
        struct cm_http_response response;
        struct cm_sv name = cm_http_escape(arena, engine->setup->name, "/:@");
        r = cm_engine_ask(engine, arena,
                          cm_sv_printf(arena, "%.*s/images/%.*s/json", CM_SV_ARG(engine->prefix),
                                       CM_SV_ARG(name)),
                          &transfer, CM_ENGINE_SILENCE_S, &response, err);
        if (r < 0)
                return r;
        if (response.status != 200)
                return cm_engine_raise_status(engine, arena, &response, err);
        r = take_image(arena, cm_buf_sv(&body), ret, err);
        if (r < 0)
                return cm_err_context(err, "%s's description of '%s'", engine_name(engine),
                                      cm_escape(arena, engine->setup->name));
        engine->image_id = ret->image_id;
        return 0;
}

int cm_engine_export(struct cm_engine *engine, struct cm_arena *arena, struct cm_transfer *transfer,
                     struct cm_err *err)
{
        CM_ASSERT(engine->image_id.len > 0);
        /* By id, not by name: a name without a tag would bring all its tags. */
        struct cm_sv id =
                engine->setup->is_podman ? cm_digest_hex(engine->image_id) : engine->image_id;
        struct cm_http_response response;
        int r = cm_engine_ask(
                engine, arena,
                cm_sv_printf(arena, "%.*s/images/%.*s/get%s", CM_SV_ARG(engine->prefix),
                             CM_SV_ARG(id),
                             engine->setup->is_podman ? "?format=docker-archive" : ""),
                transfer, EXPORT_SILENCE_S, &response, err);
        if (r < 0)
                return r;
        return response.status == 200 ? 0 : cm_engine_raise_status(engine, arena, &response, err);
}
