/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Images: what image/describe.h says of one. Three views: its configuration, each step of its
 * history that a Dockerfile would have written as an instruction, and the facts about its files.
 * docs/formats/image-document.md
 */
#include "base/escape.h"
#include "base/limits.h"
#include "check/document.h"
#include "check/image_history.h"

static const char *const config_variables[] = { "config", "image", NULL };
static const struct cm_check_view view_config = {
        .name = "image.config",
        .summary = "what an image says of the containers made of it",
        .variables = config_variables,
};
static const char *const history_variables[] = { "cmds", "ins", "image", NULL };
static const struct cm_check_view view_history = {
        .name = "image.history",
        .summary = "one step that built an image, as an instruction",
        .variables = history_variables,
};
static const struct cm_check_view view_run = {
        .name = "image.run",
        .summary = "one step that ran commands to build an image",
        .variables = history_variables,
};
static const char *const files_variables[] = { "files", "image", NULL };
static const struct cm_check_view view_files = {
        .name = "image.files",
        .summary = "the facts about the files of an image or root file system",
        .variables = files_variables,
};
static const struct cm_check_view *const views[] = { &view_config, &view_history, &view_run,
                                                     &view_files, NULL };

static bool image_is(struct cm_sv name, const struct cm_node *root)
{
        (void)name;
        return cm_sv_eq(cm_node_get_string(root, "format"), CM_SV("coaming-image"));
}

struct origins {
        const struct cm_sv *layers; /* "layer 3: RUN apt-get install...", for messages */
        size_t count;
};

/* Once for each layer: what made it may be megabytes of text. */
static struct origins origins_of(struct cm_arena *arena, const struct cm_node *layers)
{
        enum {
                STEP_BYTES_MAX = 60
        };
        size_t count = cm_node_count(layers);
        struct cm_sv *out = CM_NEW_ARRAY(arena, struct cm_sv, count);
        for (size_t i = 0; i < count; i++) {
                struct cm_sv step = cm_image_history_short(
                        arena, cm_node_get_string(cm_node_at(layers, i), "created_by"));
                size_t len = 0;
                size_t next = 1;
                for (uint32_t cp = 0; len < CM_MIN(step.len, (size_t)STEP_BYTES_MAX) && next > 0;) {
                        next = cm_utf8_next(cm_sv_skip(step, len), &cp);
                        len += next;
                }
                out[i] = cm_sv_printf(arena, "layer %zu%s%.*s%s", i, step.len > 0 ? ": " : "",
                                      CM_SV_ARG(cm_sv_slice(step, 0, len)),
                                      len < step.len ? "..." : "");
        }
        return (struct origins){ out, count };
}

static struct cm_sv origin_of(const struct origins *origins, const struct cm_node *item)
{
        const struct cm_node *number = cm_node_get(item, "layer");
        if (cm_node_type(number) != CM_NODE_INT)
                return CM_SV("the root file system");
        int64_t n = cm_node_int(number, 0);
        return n >= 0 && (size_t)n < origins->count ? origins->layers[n] : CM_SV("no known layer");
}

/* A list that was cut ends in an item that is not known: no rule passes for want of what it lacks. */
static const struct cm_node *facts_of(struct cm_arena *arena, const struct origins *origins,
                                      const struct cm_node *list, bool is_cut)
{
        struct cm_node *copy = cm_node_new_list(arena, list->pos);
        for (size_t i = 0; i < list->list.count; i++) {
                const struct cm_node *item = list->list.items[i];
                if (cm_node_get(item, "path") == NULL) { /* users have none */
                        cm_node_add(arena, copy, item);
                        continue;
                }
                struct cm_node *made = cm_node_new_map(arena, item->pos);
                for (size_t j = 0; j < item->map.count; j++)
                        cm_node_put(arena, made, item->map.members[j].key,
                                    item->map.members[j].key_pos, item->map.members[j].value);
                cm_node_put(arena, made, CM_SV("from"), item->pos,
                            cm_node_new_string(arena, item->pos, origin_of(origins, item)));
                cm_node_add(arena, copy, made);
        }
        if (is_cut)
                cm_node_add(arena, copy,
                            cm_cel_unavailable_node(arena, list->pos,
                                                    CM_SV("the list of files is cut, or a part of "
                                                          "the tree could not be read")));
        return copy;
}

static bool has_text(const struct cm_node *list, struct cm_sv text)
{
        for (size_t i = 0; i < cm_node_count(list); i++)
                if (cm_sv_eq(cm_node_string(cm_node_at(list, i)), text))
                        return true;
        return false;
}

static const struct cm_node *files_of(struct cm_arena *arena, const struct cm_node *root,
                                      const struct cm_node *files)
{
        const struct origins origins = origins_of(arena, cm_node_get(root, "layers"));
        const struct cm_node *truncated = cm_node_get(files, "truncated");
        struct cm_node *copy = cm_node_new_map(arena, files->pos);
        for (size_t i = 0; i < files->map.count; i++) {
                const struct cm_node_member *m = &files->map.members[i];
                const struct cm_node *value = m->value;
                if (cm_node_type(value) == CM_NODE_LIST && value != truncated)
                        value = facts_of(arena, &origins, value, has_text(truncated, m->key));
                cm_node_put(arena, copy, m->key, m->key_pos, value);
        }
        return copy;
}

static const struct cm_node *image_normalise(struct cm_arena *arena, const struct cm_node *root)
{
        const struct cm_node *files = cm_node_get(root, "files");
        if (cm_node_type(files) != CM_NODE_MAP)
                return root;
        struct cm_node *copy = cm_node_new_map(arena, root->pos);
        for (size_t i = 0; i < root->map.count; i++) {
                const struct cm_node_member *m = &root->map.members[i];
                cm_node_put(arena, copy, m->key, m->key_pos,
                            m->value == files ? files_of(arena, root, files) : m->value);
        }
        return copy;
}

static struct cm_subject subject_of(const struct cm_document *document,
                                    const struct cm_check_view *view, const char *kind,
                                    const struct cm_node *subject)
{
        return (struct cm_subject){ .view = view,
                                    .document = document,
                                    .kind = cm_sv_from_cstr(kind),
                                    .subject = subject,
                                    .pos = subject->pos };
}

static int give_history(struct cm_arena *arena, const struct cm_document *document,
                        struct cm_subject_sink *sink, struct cm_err *err)
{
        const struct cm_node *history = cm_node_path(document->root, "config", "history", NULL);
        size_t words = 0;
        if (cm_node_count(history) > CM_DOCKERFILE_INSTRUCTIONS_MAX)
                return CM_RAISE(err, CM_E_LIMIT,
                                "history has more steps than dockerfile_instructions_max (%zu)",
                                CM_DOCKERFILE_INSTRUCTIONS_MAX);
        for (size_t i = 0; i < cm_node_count(history); i++) {
                const struct cm_node *created_by =
                        cm_node_get(cm_node_at(history, i), "created_by");
                if (cm_node_type(created_by) != CM_NODE_STRING)
                        continue;
                const struct cm_node *ins = NULL;
                int r = cm_image_history_instruction(arena, created_by, &words, &ins, err);
                if (r < 0)
                        return r;
                if (r > 0)
                        continue;
                struct cm_subject s = subject_of(document, &view_history, "", created_by);
                s.kind = cm_node_get_string(ins, "keyword");
                s.name = cm_sv_printf(arena, "%zu", i);
                s.variables[0] = cm_node_get(ins, "commands");
                s.variables[1] = ins;
                s.variables[2] = document->root;
                r = sink->put(sink, &s, err);
                s.view = &view_run;
                if (r == 0 && cm_sv_eq(s.kind, CM_SV("RUN")))
                        r = sink->put(sink, &s, err);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int image_subjects(struct cm_arena *arena, const struct cm_document *document,
                          struct cm_subject_sink *sink, struct cm_err *err)
{
        const struct cm_node *root = document->root;
        const struct cm_node *config = cm_node_get(root, "config");
        const struct cm_node *files = cm_node_get(root, "files");
        int r = 0;
        if (config != NULL) {
                if (config->type != CM_NODE_MAP)
                        return CM_RAISE(err, CM_E_MALFORMED,
                                        "the image config is not JSON as RFC 8259 has it, or over "
                                        "limit image_config_bytes_max");
                struct cm_subject s = subject_of(document, &view_config, "config", config);
                /* "Config" of old images may be null: then nothing is set. */
                s.variables[0] = cm_node_get(config, "config");
                if (cm_node_type(s.variables[0]) != CM_NODE_MAP)
                        s.variables[0] = cm_node_new_map(arena, config->pos);
                s.variables[0] = cm_document_without_nulls(arena, s.variables[0]);
                s.variables[1] = root;
                r = sink->put(sink, &s, err);
                if (r == 0)
                        r = give_history(arena, document, sink, err);
        }
        if (files != NULL && r == 0) {
                struct cm_subject s = subject_of(document, &view_files, "files", files);
                s.variables[0] = files;
                s.variables[1] = root;
                r = sink->put(sink, &s, err);
        }
        return r;
}

extern const struct cm_document_kind cm_document_image;
const struct cm_document_kind cm_document_image = {
        .name = "image",
        .summary = "images: configuration, history and files",
        .views = views,
        .has_no_lines = true,
        .is = image_is,
        .normalise = image_normalise,
        .subjects = image_subjects,
};
