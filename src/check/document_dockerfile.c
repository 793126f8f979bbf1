/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dockerfiles. Four views, from the whole to the part: the file, each stage, each instruction (that
 * of an ONBUILD as well), and each RUN with the commands of its shell text taken apart.
 * The tree is docs/formats/dockerfile-view.md.
 */
#include "check/document.h"
#include "codec/dockerfile.h"
#include "codec/dockerfile_edit.h"

static const char *const file_variables[] = { "file", NULL };
static const struct cm_check_view view_file = {
        .name = "dockerfile.file",
        .summary = "a Dockerfile as a whole",
        .variables = file_variables,
};
static const char *const stage_variables[] = { "stage", "bases", "file", NULL };
static const struct cm_check_view view_stage = {
        .name = "dockerfile.stage",
        .summary = "one stage: from FROM to the next FROM",
        .variables = stage_variables,
};
static const char *const instruction_variables[] = { "ins", "stage", "bases", "file", NULL };
static const struct cm_check_view view_instruction = {
        .name = "dockerfile.instruction",
        .summary = "one instruction, also one behind ONBUILD",
        .variables = instruction_variables,
};
static const char *const run_variables[] = { "cmds", "ins", "stage", "bases", "file", NULL };
static const struct cm_check_view view_run = {
        .name = "dockerfile.run",
        .summary = "one RUN with the commands of its shell text",
        .variables = run_variables,
};
static const struct cm_check_view *const views[] = { &view_file, &view_stage, &view_instruction,
                                                     &view_run, NULL };

/* The first word that is no comment: a Dockerfile begins with FROM or ARG. */
static bool begins_like_one(struct cm_sv head)
{
        struct cm_sv line;
        while (cm_sv_next_line(&head, &line)) {
                line = cm_sv_trim(line);
                if (line.len == 0 || line.ptr[0] == '#')
                        continue;
                size_t n = 0;
                while (n < line.len && !cm_is_blank(line.ptr[n]))
                        n++;
                struct cm_sv word = cm_sv_slice(line, 0, n);
                return n < line.len && (cm_sv_eq_nocase(word, CM_SV("FROM")) ||
                                        cm_sv_eq_nocase(word, CM_SV("ARG")));
        }
        return false;
}

static bool dockerfile_is_text(struct cm_sv name, struct cm_sv head)
{
        struct cm_sv base = cm_sv_base_name(name);
        return cm_sv_eq(base, CM_SV("Dockerfile")) || cm_sv_eq(base, CM_SV("Containerfile")) ||
               cm_sv_has_prefix(base, CM_SV("Dockerfile.")) ||
               cm_sv_has_prefix(base, CM_SV("Containerfile.")) ||
               cm_sv_has_suffix(base, CM_SV(".dockerfile")) ||
               cm_sv_has_suffix(base, CM_SV(".Dockerfile")) || begins_like_one(head);
}

static bool dockerfile_is_source(struct cm_sv name)
{
        (void)name;
        return true;
}

enum {
        VARIABLES = 5,
        /* Of stages that are based on each other; a list for each stage must not grow squared. */
        BASES_MAX = 64
};

struct giving {
        const struct cm_document *document;
        struct cm_subject_sink *sink;
        const struct cm_node *stage;
        const struct cm_node *bases;
};

/* The stages that a stage is built on, the nearest first. */
static const struct cm_node *bases_of(struct cm_arena *arena, const struct cm_node *stages,
                                      const struct cm_node *stage)
{
        struct cm_node *list = cm_node_new_list(arena, (struct cm_node_pos){ 0 });
        for (size_t i = 0; i < BASES_MAX; i++) {
                const struct cm_node *base = cm_node_path(stage, "base", "stage", NULL);
                if (base == NULL)
                        break;
                stage = cm_node_at(stages, (size_t)cm_node_int(base, 0));
                cm_node_add(arena, list, stage);
        }
        return list;
}

static int give(const struct giving *g, const struct cm_check_view *view, struct cm_sv kind,
                struct cm_sv name, const struct cm_node *const variables[VARIABLES],
                struct cm_err *err)
{
        struct cm_subject s = {
                .view = view,
                .document = g->document,
                .kind = kind,
                .name = name,
                .subject = variables[0],
                .pos = variables[0]->pos,
        };
        for (size_t i = 0; i < VARIABLES; i++)
                s.variables[i] = variables[i];
        return g->sink->put(g->sink, &s, err);
}

static int give_instruction(const struct giving *g, const struct cm_node *ins, struct cm_err *err)
{
        const struct cm_node *file = g->document->root;
        struct cm_sv keyword = cm_node_get_string(ins, "keyword");
        const struct cm_node *const variables[VARIABLES] = { ins, g->stage, g->bases, file };
        int r = give(g, &view_instruction, keyword, CM_SV(""), variables, err);
        if (r == 0 && cm_sv_eq(cm_node_get_string(ins, "cmd"), CM_SV("run"))) {
                const struct cm_node *cmds = cm_node_get(ins, "commands");
                const struct cm_node *const run[VARIABLES] = { cmds, ins, g->stage, g->bases,
                                                               file };
                struct cm_subject s = { .view = &view_run,
                                        .document = g->document,
                                        .kind = keyword,
                                        .subject = ins,
                                        .pos = ins->pos };
                for (size_t i = 0; i < VARIABLES; i++)
                        s.variables[i] = run[i];
                r = g->sink->put(g->sink, &s, err);
        }
        const struct cm_node *nested = cm_node_get(ins, "onbuild");
        return r < 0 || cm_node_type(nested) != CM_NODE_MAP ? r : give_instruction(g, nested, err);
}

static int dockerfile_subjects(struct cm_arena *arena, const struct cm_document *document,
                               struct cm_subject_sink *sink, struct cm_err *err)
{
        struct giving g = { .document = document, .sink = sink };
        const struct cm_node *none = cm_node_new_list(arena, (struct cm_node_pos){ 0 });
        const struct cm_node *file = document->root;
        const struct cm_node *stages = cm_node_get(file, "stages");
        const struct cm_node *instructions = cm_node_get(file, "instructions");
        const struct cm_node *const whole[VARIABLES] = { file };
        int r = give(&g, &view_file, CM_SV("Dockerfile"), CM_SV(""), whole, err);
        for (size_t i = 0; i < cm_node_count(stages) && r == 0; i++) {
                g.stage = cm_node_at(stages, i);
                g.bases = bases_of(arena, stages, g.stage);
                const struct cm_node *const variables[VARIABLES] = { g.stage, g.bases, file };
                struct cm_sv name = cm_node_get_string(g.stage, "name");
                if (name.len == 0)
                        name = cm_sv_printf(arena, "%zu", i);
                r = give(&g, &view_stage, CM_SV("stage"), name, variables, err);
        }
        g.stage = NULL;
        for (size_t i = 0; i < cm_node_count(instructions) && r == 0; i++) {
                const struct cm_node *ins = cm_node_at(instructions, i);
                const struct cm_node *number = cm_node_get(ins, "stage");
                const struct cm_node *stage =
                        number == NULL ? NULL : cm_node_at(stages, (size_t)cm_node_int(number, 0));
                if (stage != g.stage || stage == NULL)
                        g.bases = stage == NULL ? none : bases_of(arena, stages, stage);
                g.stage = stage;
                r = give_instruction(&g, ins, err);
        }
        return r;
}

extern const struct cm_document_kind cm_document_dockerfile;
const struct cm_document_kind cm_document_dockerfile = {
        .name = "dockerfile",
        .summary = "Dockerfiles and Containerfiles",
        .views = views,
        .is_source = dockerfile_is_source,
        .edit = cm_dockerfile_edit,
        .is_text = dockerfile_is_text,
        .parse = cm_dockerfile_parse,
        .subjects = dockerfile_subjects,
};
