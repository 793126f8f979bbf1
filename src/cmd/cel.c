/* SPDX-License-Identifier: Apache-2.0 */
/* `coaming cel eval`: an expression, tried on the command line. */
#include "cel/cel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/limits.h"
#include "cel/timestamp.h"
#include "cmd/command.h"
#include "codec/json.h"
#include "codec/yaml.h"
#include "os/file.h"
#include "os/zoneinfo.h"

enum {
        OUTPUT_BYTES_MAX = 32 << 20,
        STATUS_FAILED = 1 /* the expression has no value */
};

static const struct cm_opt options[] = {
        { .name = "var",
          .kind = CM_OPT_LIST,
          .arg = "NAME=JSON",
          .help = "a variable's value; NAME=@FILE reads a JSON or YAML (.yaml, .yml) file" },
        { .name = NULL }
};

/* Depth is that of the reader, CM_JSON_DEPTH_MAX. */
static const struct cm_node *node_of(struct cm_arena *arena, const struct cm_json *v)
{
        struct cm_node_pos nowhere = { 0 };
        struct cm_node *n;
        switch (cm_json_type(v)) {
        case CM_JSON_NULL:
                return cm_node_new_null(arena, nowhere);
        case CM_JSON_BOOL:
                return cm_node_new_bool(arena, nowhere, cm_json_bool(v, false));
        case CM_JSON_INT:
                return cm_node_new_int(arena, nowhere, cm_json_int(v, 0));
        case CM_JSON_REAL:
                return cm_node_new_real(arena, nowhere, cm_json_number(v, 0));
        case CM_JSON_STRING:
                return cm_node_new_string(arena, nowhere, cm_json_string(v));
        case CM_JSON_ARRAY:
                n = cm_node_new_list(arena, nowhere);
                for (size_t i = 0; i < cm_json_count(v); i++)
                        cm_node_add(arena, n, node_of(arena, cm_json_at(v, i)));
                return n;
        case CM_JSON_OBJECT:
                break;
        }
        n = cm_node_new_map(arena, nowhere);
        for (struct cm_json_iter it = cm_json_iter_first(v); it.value != NULL;
             cm_json_iter_next(&it))
                cm_node_put(arena, n, it.key, nowhere, node_of(arena, it.value));
        return n;
}

/* The text after "NAME=" as a document. Errors: CM_E_MALFORMED, CM_E_LIMIT, CM_E_IO. */
static int read_document(struct cm_arena *arena, struct cm_sv text, const struct cm_json **ret,
                         struct cm_err *err)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        const char *path = NULL;
        cm_buf_init(&buf, CM_NODE_BYTES_MAX);
        if (!cm_sv_has_prefix(text, CM_SV("@")))
                return cm_json_parse(arena, text, ret, err);
        int r = cm_cstr(arena, cm_sv_skip(text, 1), &path, err);
        if (r == 0)
                r = cm_file_read(AT_FDCWD, path, &buf, err);
        if (r > 0)
                return CM_RAISE(err, CM_E_MALFORMED, "there is no file '%s'",
                                cm_escape(arena, cm_sv_skip(text, 1)));
        if (r < 0)
                return r;
        struct cm_sv content = cm_sv_dup(arena, cm_buf_sv(&buf));
        bool is_yaml =
                cm_sv_has_suffix(text, CM_SV(".yaml")) || cm_sv_has_suffix(text, CM_SV(".yml"));
        return is_yaml ? cm_yaml_parse(arena, content, ret, err)
                       : cm_json_parse(arena, content, ret, err);
}

static int read_variable(struct cm_arena *arena, const char *arg, struct cm_sv *ret_name,
                         struct cm_cel_value *ret_value, struct cm_err *err)
{
        struct cm_sv text;
        const struct cm_json *document = NULL;
        struct cm_sv all = cm_sv_from_cstr(arg);
        if (!cm_sv_cut(all, '=', ret_name, &text) || ret_name->len == 0)
                return CM_RAISE(err, CM_E_USAGE, "--var takes NAME=JSON or NAME=@FILE, not '%s'",
                                cm_escape(arena, all));
        int r = read_document(arena, text, &document, err);
        if (r < 0)
                return cm_err_context(err, "variable '%s'", cm_escape(arena, *ret_name));
        *ret_value = cm_cel_from_node(node_of(arena, document));
        return 0;
}

/* The three lines of a fault on stderr. */
static void print_fault(const struct cm_args *args, const struct cm_cel_fault *fault)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_KIB(16));
        cm_buf_put_str(&buf, "coaming: ");
        cm_cel_put_caret(&buf, cm_sv_from_cstr(args->positional[0]), fault);
        fwrite(buf.ptr, 1, buf.len, stderr);
}

static int print_value(const struct cm_args *args, struct cm_cel_value v)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, OUTPUT_BYTES_MAX);
        cm_cel_put_json(&buf, args->arena, v);
        cm_buf_put_char(&buf, '\n');
        if (cm_buf_check(&buf, "the value", &err) < 0)
                return cm_command_fail(&err);
        fwrite(buf.ptr, 1, buf.len, stdout);
        return 0;
}

static int evaluate(const struct cm_args *args, const struct cm_cel_program *program,
                    const struct cm_cel_value *slots)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_cel_value v;
        struct cm_zone_source zones = { cm_zoneinfo_load, cm_zoneinfo_new(args->arena, NULL) };
        struct cm_arena *scratch = cm_arena_new(CM_CEL_BYTES_DEFAULT * 2);
        struct cm_cel_run run = { .slots = slots, .scratch = scratch, .zones = &zones };
        int r = cm_cel_eval(program, &run, &v, &err);
        int status = 0;
        if (r < 0) {
                status = cm_command_fail(&err);
        } else if (r == CM_CEL_FAILED) {
                struct cm_cel_fault fault = cm_cel_fault_of(program, v);
                print_fault(args, &fault);
                status = STATUS_FAILED;
        } else {
                status = print_value(args, v);
        }
        cm_arena_free(scratch);
        return status;
}

static int run(const struct cm_args *args)
{
        struct cm_err err = CM_ERR_INIT;
        const char *const *vars = NULL;
        size_t count = cm_args_list(args, "var", &vars);
        struct cm_sv *names = CM_NEW_ARRAY(args->arena, struct cm_sv, count + 1);
        struct cm_cel_value *slots = CM_NEW_ARRAY(args->arena, struct cm_cel_value, count + 1);
        for (size_t i = 0; i < count; i++) {
                int r = read_variable(args->arena, vars[i], &names[i], &slots[i], &err);
                for (size_t j = 0; j < i && r == 0; j++)
                        if (cm_sv_eq(names[i], names[j]))
                                r = CM_RAISE(&err, CM_E_USAGE, "--var '%s' is given twice",
                                             cm_escape(args->arena, names[i]));
                if (r < 0)
                        return cm_command_fail(&err);
        }
        struct cm_cel_options cel = { .variables = names, .variable_count = count };
        const struct cm_cel_program *program = NULL;
        struct cm_cel_fault fault;
        int r = cm_cel_parse_fault(args->arena, cm_sv_from_cstr(args->positional[0]), &cel,
                                   &program, &fault, &err);
        if (r == 0)
                return evaluate(args, program, slots);
        if (err.code != CM_E_MALFORMED)
                return cm_command_fail(&err);
        print_fault(args, &fault);
        return cm_err_exit_status(CM_E_USAGE);
}

static const struct cm_cmd cm_cmd_cel_eval = {
        .name = "eval",
        .summary = "evaluate an expression and print its value as JSON",
        .synopsis = "EXPR [--var NAME=JSON]...",
        .description =
                "Evaluates one expression of the Common Expression Language, the language of "
                "checks; docs/cel.md describes it.\n\n"
                "Exit status: 0 the value is printed; 1 the expression has no value (a missing key, "
                "a wrong type, an overflow); 2 it is malformed or names something unknown; 5 a "
                "variable could not be read, or a limit was met.",
        .examples =
                (const char *const[]){
                        "coaming cel eval '[1, 2, 3].filter(x, x > 1)'", "prints [2,3]",
                        "coaming cel eval 'pod.spec.containers.all(c, has(c.securityContext))' --var pod=@pod.yaml",
                        "a condition on a document", NULL },
        .options = options,
        .positional_min = 1,
        .positional_max = 1,
        .run = run,
};

extern const struct cm_cmd cm_cmd_cel;
const struct cm_cmd cm_cmd_cel = {
        .name = "cel",
        .summary = "try expressions of the Common Expression Language",
        .synopsis = "COMMAND",
        .subcommands = (const struct cm_cmd *const[]){ &cm_cmd_cel_eval, NULL },
};
