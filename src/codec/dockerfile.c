/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Dockerfile as a tree: stages with their bases, shells and scopes of variables around the
 * instructions. See dockerfile.h.
 */
#include "codec/dockerfile.h"

#include "base/escape.h"
#include "base/limits.h"
#include "codec/dockerfile_internal.h"

enum {
        CHAIN_MAX = 128 /* stages based on each other whose variables are known */
};

struct stage {
        struct cm_node *node;
        struct cm_node *instructions;
        struct cm_node *shell;
        struct cm_sv name; /* lower case, or "" */
        struct cm_df_scope scope;
        bool posix; /* its shell */
        size_t index;
};

struct reader {
        struct cm_df df;
        struct cm_df_view view;
        struct cm_df_scope globals;
        struct cm_map stages_by_name;
        CM_VEC(struct stage *) stages;
        struct stage *current;
        struct cm_node *args;
        struct cm_node *stage_list;
        struct cm_node *instructions;
        size_t words;
        size_t expanded;
        size_t pattern_work;
};

static int check_text(struct cm_sv text, struct cm_err *err)
{
        size_t line = 1;
        size_t start = 0;
        if (text.len > CM_DOCKERFILE_BYTES_MAX)
                return CM_RAISE(err, CM_E_LIMIT,
                                "Dockerfile of %zu bytes is over limit dockerfile_bytes_max (%zu)",
                                text.len, CM_DOCKERFILE_BYTES_MAX);
        for (size_t i = 0; i < text.len;) {
                uint32_t cp = 0;
                size_t len = cm_utf8_next(cm_sv_skip(text, i), &cp);
                if (len == 0 || cp == 0)
                        return CM_RAISE(err, CM_E_MALFORMED, "Dockerfile line %zu column %zu: %s",
                                        line, i - start + 1,
                                        len == 0 ? "text is not valid UTF-8"
                                                 : "text holds a NUL byte");
                i += len;
                if (cp == '\n') {
                        line++;
                        start = i;
                }
        }
        return 0;
}

/* A stage that FROM or COPY --from means: by name, or (for COPY) by number. */
static struct stage *find_stage(const struct reader *r, struct cm_sv name, bool by_number)
{
        struct stage *stage = cm_map_get(&r->stages_by_name, cm_sv_lower(r->df.arena, name));
        struct cm_err err = CM_ERR_INIT;
        uint64_t number = 0;
        if (stage != NULL || !by_number || cm_parse_u64(name, 0, UINT32_MAX, &number, &err) < 0)
                return stage;
        return number < r->stages.count ? r->stages.items[number] : NULL;
}

/* A part of an image's name: null when it holds a variable that is not known. */
static void put_part(struct cm_arena *arena, struct cm_node *base, const char *key,
                     struct cm_sv part)
{
        if (cm_sv_find_char(part, '$') >= 0)
                cm_df_put(arena, base, key, cm_node_new_null(arena, base->pos));
        else
                cm_df_put_text(arena, base, key, base->pos, part);
}

/* The last colon outside of "${...}" and behind the last slash, or -1. */
static ptrdiff_t tag_colon(struct cm_sv s)
{
        ptrdiff_t found = -1;
        size_t open = 0;
        for (size_t i = 0; i < s.len; i++) {
                if (s.ptr[i] == '{')
                        open++;
                else if (s.ptr[i] == '}')
                        open -= open > 0;
                else if (open == 0 && s.ptr[i] == '/')
                        found = -1;
                else if (open == 0 && s.ptr[i] == ':')
                        found = (ptrdiff_t)i;
        }
        return found;
}

/* "registry/name:tag@digest"; a variable in the text leaves the other parts readable. */
static void put_image(struct cm_arena *arena, struct cm_node *base, struct cm_sv text)
{
        struct cm_sv name;
        struct cm_sv digest;
        struct cm_sv registry;
        struct cm_sv path;
        if (cm_sv_cut(text, '@', &name, &digest))
                put_part(arena, base, "digest", digest);
        ptrdiff_t colon = tag_colon(name);
        if (colon >= 0) {
                put_part(arena, base, "tag", cm_sv_skip(name, (size_t)colon + 1));
                name = cm_sv_slice(name, 0, (size_t)colon);
        }
        put_part(arena, base, "image", name);
        if (cm_sv_cut(name, '/', &registry, &path) &&
            (cm_sv_find_char(registry, '.') >= 0 || cm_sv_find_char(registry, ':') >= 0 ||
             cm_sv_eq(registry, CM_SV("localhost"))))
                put_part(arena, base, "registry", registry);
}

static struct cm_node *default_shell(struct cm_arena *arena)
{
        const struct cm_node_pos nowhere = { 0 };
        struct cm_node *shell = cm_node_new_list(arena, nowhere);
        cm_node_add(arena, shell, cm_node_new_string(arena, nowhere, CM_SV("/bin/sh")));
        cm_node_add(arena, shell, cm_node_new_string(arena, nowhere, CM_SV("-c")));
        return shell;
}

static struct stage *new_stage(struct reader *r, struct cm_node_pos pos, uint32_t line)
{
        struct cm_arena *arena = r->df.arena;
        struct stage *stage = CM_NEW(arena, struct stage);
        stage->node = cm_node_new_map(arena, pos);
        stage->instructions = cm_node_new_list(arena, pos);
        stage->shell = default_shell(arena);
        stage->posix = true;
        stage->index = r->stages.count;
        cm_df_scope_init(&stage->scope, arena);
        stage->scope.globals = &r->globals;
        cm_df_put(arena, stage->node, "index", cm_node_new_int(arena, pos, (int64_t)stage->index));
        cm_df_put(arena, stage->node, "line", cm_node_new_int(arena, pos, line));
        *CM_VEC_PUSH(arena, &r->stages) = stage;
        cm_node_add(arena, r->stage_list, stage->node);
        r->current = stage;
        return stage;
}

static bool is_windows(struct cm_sv text)
{
        static const char *const words[] = { "windows", "nanoserver", "servercore" };
        for (size_t i = 0; i < CM_ARRAY_LEN(words); i++)
                if (cm_sv_find(text, cm_sv_from_cstr(words[i])) >= 0)
                        return true;
        return false;
}

/* What a stage takes over from the one it is based on. */
static void inherit(struct stage *stage, const struct stage *from)
{
        stage->shell = from->shell;
        stage->posix = from->posix;
        stage->scope.chain = from->scope.chain + 1;
        if (stage->scope.chain < CHAIN_MAX)
                stage->scope.parent = &from->scope;
}

static void put_base(struct reader *r, struct stage *stage, const struct cm_node *from)
{
        struct cm_arena *arena = r->df.arena;
        const struct cm_node *raw = cm_node_at(cm_node_get(from, "args"), 0);
        const struct cm_node *value = cm_node_at(cm_node_get(from, "values"), 0);
        const struct cm_node *platform = cm_node_path(from, "flags", "platform", NULL);
        if (raw == NULL)
                return;
        bool known = cm_node_type(value) == CM_NODE_STRING;
        struct cm_sv text = known ? value->text : raw->text;
        struct cm_node *base = cm_node_new_map(arena, raw->pos);
        cm_df_put(arena, base, "raw", raw);
        cm_df_put(arena, base, "text", value == NULL ? raw : value);
        if (platform != NULL)
                cm_df_put(arena, base, "platform", platform);
        const struct stage *other = known ? find_stage(r, text, false) : NULL;
        if (other != NULL) {
                inherit(stage, other);
                cm_df_put(arena, base, "stage",
                          cm_node_new_int(arena, base->pos, (int64_t)other->index));
        } else {
                put_image(arena, base, text);
                stage->scope.closed = known && cm_sv_eq(text, CM_SV("scratch"));
                stage->posix = !is_windows(text) && !is_windows(cm_node_string(platform));
        }
        cm_df_put(arena, base, "scratch",
                  cm_node_new_bool(arena, base->pos, stage->scope.closed && other == NULL));
        cm_df_put(arena, stage->node, "base", base);
}

static bool is_stage_name(struct cm_sv name)
{
        for (size_t i = 0; i < name.len; i++)
                if (!cm_is_lower(name.ptr[i]) &&
                    (i == 0 ||
                     (!cm_is_digit(name.ptr[i]) && cm_sv_find_char(CM_SV("-_."), name.ptr[i]) < 0)))
                        return false;
        return name.len > 0;
}

static void begin_stage(struct reader *r, const struct cm_df_instruction *in,
                        const struct cm_node *node)
{
        struct cm_arena *arena = r->df.arena;
        struct stage *stage = new_stage(r, node->pos, in->start_line);
        put_base(r, stage, node);
        if (in->words.count < 3)
                return;
        const struct cm_df_word *word = &in->words.items[2];
        struct cm_node_pos pos = cm_text_map_pos(&in->map, word->offset);
        stage->name = cm_sv_lower(arena, word->text);
        cm_df_put_text(arena, stage->node, "name", pos, word->text);
        if (!is_stage_name(stage->name))
                cm_df_error(&r->df, pos, "'%s' cannot name a stage", cm_escape(arena, word->text));
        cm_map_put(&r->stages_by_name, stage->name, stage);
}

/* Instructions without a FROM before them are kept in a stage that has no base. */
static struct stage *stage_of(struct reader *r, const struct cm_df_instruction *in)
{
        struct cm_node_pos pos = cm_text_map_pos(&in->map, 0);
        if (r->current != NULL)
                return r->current;
        cm_df_error(&r->df, pos, "no FROM stands before this instruction");
        struct stage *stage = new_stage(r, pos, in->start_line);
        cm_df_put(r->df.arena, stage->node, "implicit", cm_node_new_bool(r->df.arena, pos, true));
        return stage;
}

static void set_shell(struct reader *r, struct stage *stage, const struct cm_df_instruction *in)
{
        if (!in->json || in->words.count == 0)
                return;
        stage->shell = cm_node_new_list(r->df.arena, cm_text_map_pos(&in->map, 0));
        for (size_t i = 0; i < in->words.count; i++)
                cm_node_add(r->df.arena, stage->shell,
                            cm_node_new_string(r->df.arena,
                                               cm_text_map_pos(&in->map, in->words.items[i].offset),
                                               in->words.items[i].text));
        stage->posix = cm_df_is_posix_shell(in->words.items[0].text);
}

/* "from_stage" of COPY --from. */
static void put_from_stage(struct reader *r, struct cm_node *node)
{
        const struct cm_node *from = cm_node_path(node, "flags", "from", NULL);
        if (cm_node_type(from) != CM_NODE_STRING)
                return;
        const struct stage *stage = find_stage(r, from->text, true);
        if (stage != NULL)
                cm_df_put(r->df.arena, node, "from_stage",
                          cm_node_new_int(r->df.arena, from->pos, (int64_t)stage->index));
}

static int add_instruction(struct reader *r, const struct cm_df_instruction *in)
{
        struct cm_arena *arena = r->df.arena;
        bool from = cm_sv_eq(in->cmd, CM_SV("from"));
        bool global = from || (r->current == NULL && cm_sv_eq(in->cmd, CM_SV("arg")));
        struct stage *stage = global ? NULL : stage_of(r, in);
        struct cm_node *node = NULL;
        for (size_t i = 0; stage != NULL && i < in->comments.count; i++) {
                struct cm_sv pragma = cm_df_shell_pragma(&in->comments.items[i]);
                if (pragma.len > 0)
                        stage->posix = cm_df_is_posix_shell(pragma);
        }
        cm_df_check(&r->df, in);
        r->view.scope = stage == NULL ? &r->globals : &stage->scope;
        r->view.posix = stage != NULL && stage->posix;
        int status = cm_df_instruction_node(&r->view, in, &node);
        if (status < 0)
                return status;
        cm_node_add(arena, r->instructions, node);
        if (from) {
                begin_stage(r, in, node);
                stage = r->current;
        } else if (stage == NULL) {
                cm_node_add(arena, r->args, node);
                return 0;
        }
        if (cm_sv_eq(in->cmd, CM_SV("copy")))
                put_from_stage(r, node);
        if (cm_sv_eq(in->cmd, CM_SV("shell")))
                set_shell(r, stage, in);
        cm_df_put(arena, node, "stage", cm_node_new_int(arena, node->pos, (int64_t)stage->index));
        cm_df_put(arena, node, "shell_command", stage->shell);
        if (!from)
                cm_node_add(arena, stage->instructions, node);
        cm_df_put(arena, stage->node, "end_line", cm_node_new_int(arena, node->pos, in->end_line));
        return 0;
}

static void put_directives(struct reader *r, struct cm_node *root)
{
        struct cm_arena *arena = r->df.arena;
        for (size_t i = 0; i < r->df.directives.count; i++) {
                const struct cm_df_pair *d = &r->df.directives.items[i];
                const struct cm_node_pos pos = { (uint32_t)d->name.offset,
                                                 (uint32_t)d->value.offset };
                cm_node_put(arena, root, d->name.text, pos,
                            cm_node_new_string(arena, pos, d->value.text));
        }
        if (cm_node_get(root, "escape") == NULL)
                cm_df_put_text(arena, root, "escape", root->pos, CM_SV("\\"));
}

static void put_comments(struct reader *r, struct cm_node *root)
{
        struct cm_arena *arena = r->df.arena;
        struct cm_node *comments = cm_node_new_list(arena, root->pos);
        struct cm_node *suppress = cm_node_new_list(arena, root->pos);
        for (size_t i = 0; i < r->df.comments.count; i++) {
                const struct cm_df_comment *c = &r->df.comments.items[i];
                cm_node_add(arena, comments, cm_node_new_string(arena, c->pos, c->text));
                cm_df_add_suppress(&r->df, c, true, suppress);
        }
        cm_df_put(arena, root, "comments", comments);
        cm_df_put(arena, root, "suppress", suppress);
}

static void put_errors(struct reader *r, struct cm_node *root)
{
        struct cm_arena *arena = r->df.arena;
        struct cm_node *errors = cm_node_new_list(arena, root->pos);
        for (size_t i = 0; i < r->df.errors.count; i++) {
                const struct cm_df_error *e = &r->df.errors.items[i];
                struct cm_node *n = cm_node_new_map(arena, e->pos);
                cm_df_put_text(arena, n, "message", e->pos, e->text);
                cm_df_put(arena, n, "line", cm_node_new_int(arena, e->pos, e->pos.line));
                cm_df_put(arena, n, "column", cm_node_new_int(arena, e->pos, e->pos.column));
                cm_node_add(arena, errors, n);
        }
        cm_df_put(arena, root, "errors", errors);
}

static struct cm_node *finish(struct reader *r)
{
        struct cm_arena *arena = r->df.arena;
        const struct cm_node_pos top = { 1, 1 };
        struct cm_node *root = cm_node_new_map(arena, top);
        put_directives(r, root);
        cm_df_put(arena, root, "args", r->args);
        for (size_t i = 0; i < r->stages.count; i++) {
                cm_df_put(arena, r->stages.items[i]->node, "instructions",
                          r->stages.items[i]->instructions);
                cm_df_put(arena, r->stages.items[i]->node, "shell", r->stages.items[i]->shell);
        }
        cm_df_put(arena, root, "stages", r->stage_list);
        cm_df_put(arena, root, "instructions", r->instructions);
        put_comments(r, root);
        if (r->df.instructions.count == 0)
                cm_df_error(&r->df, top, "the file has no instructions");
        put_errors(r, root);
        return root;
}

int cm_dockerfile_parse(struct cm_arena *arena, struct cm_sv text, const struct cm_node **ret,
                        struct cm_err *err)
{
        const struct cm_node_pos top = { 1, 1 };
        int status = check_text(text, err);
        if (status < 0)
                return status;
        struct reader *r = CM_NEW(arena, struct reader);
        r->df.arena = arena;
        r->df.text = text;
        r->df.escape = '\\';
        r->pattern_work = CM_DOCKERFILE_PATTERN_WORK_MAX;
        r->view = (struct cm_df_view){
                .df = &r->df,
                .words = &r->words,
                .expanded = &r->expanded,
                .pattern_work = &r->pattern_work,
                .err = err,
        };
        cm_df_scope_init(&r->globals, arena);
        cm_map_init(&r->stages_by_name, arena);
        r->args = cm_node_new_list(arena, top);
        r->stage_list = cm_node_new_list(arena, top);
        r->instructions = cm_node_new_list(arena, top);
        status = cm_df_read_lines(&r->df, err);
        for (size_t i = 0; status == 0 && i < r->df.instructions.count; i++)
                status = add_instruction(r, r->df.instructions.items[i]);
        if (status < 0)
                return status;
        *ret = finish(r);
        return 0;
}
