/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parts of Kubernetes that run as containers (static pods, kube-proxy): a view with their flags as
 * a map, read as the programs themselves read them. Which program it is, the command says: its name
 * may be written in `command`, in `args` (hyperkube), or be left to the image.
 * Spec: github.com/spf13/pflag (a flag is --name=value, --name value, or --name for true; one dash
 * is enough for etcd), Kubernetes component reference.
 */
#include "check/document_kubernetes.h"
#include "model/kubernetes_parts.h"

static const char *const component_variables[] = { "component", "object", NULL };
const struct cm_check_view cm_view_k8s_component = {
        .name = "k8s.component",
        .summary = "a container that runs a part of Kubernetes, with its flags",
        .variables = component_variables,
};

/* Programs that start another one, whose name follows their own flags. */
static const char *const wrappers[] = { "kube-log-runner", "go-runner", "tini", "dumb-init", NULL };

/* Given several times, these are one list; of others the last counts. */
static const char *const lists[] = { "admission-control",
                                     "authorization-mode",
                                     "disable-admission-plugins",
                                     "enable-admission-plugins",
                                     "feature-gates",
                                     "tls-cipher-suites",
                                     "cipher-suites",
                                     "runtime-config",
                                     NULL };

/* "registry/kube-apiserver:v1.30@sha256:..." is kube-apiserver, "kube-apiserver-amd64" as well. */
static struct cm_sv program_of_image(struct cm_sv image)
{
        struct cm_sv name = image, rest;
        (void)cm_sv_cut(name, '@', &name, &rest);
        name = cm_sv_base_name(name);
        (void)cm_sv_cut(name, ':', &name, &rest);
        for (size_t i = 0; cm_kubernetes_parts[i] != NULL; i++) {
                struct cm_sv p = cm_sv_from_cstr(cm_kubernetes_parts[i]);
                if (cm_sv_has_prefix(name, p) && (name.len == p.len || name.ptr[p.len] == '-'))
                        return p;
        }
        return CM_SV("");
}

/* Command and args as the kernel gets them, each with its place. */
static const struct cm_node *command_line(struct cm_arena *arena, const struct cm_node *container)
{
        const struct cm_node *command = cm_node_get(container, "command");
        const struct cm_node *args = cm_node_get(container, "args");
        struct cm_node *line = cm_node_new_list(arena, container->pos);
        const struct cm_node *const parts[] = { command, args };
        for (size_t p = 0; p < CM_ARRAY_LEN(parts); p++) {
                if (cm_node_type(parts[p]) != CM_NODE_LIST)
                        continue;
                for (size_t i = 0; i < cm_node_count(parts[p]); i++)
                        if (cm_node_type(cm_node_at(parts[p], i)) == CM_NODE_STRING)
                                cm_node_add(arena, line, cm_node_at(parts[p], i));
        }
        return line;
}

static bool is_flag(struct cm_sv word)
{
        return word.len > 1 && word.ptr[0] == '-';
}

/* The program, and where its flags begin; "" when it is none of Kubernetes. */
static struct cm_sv program_of(const struct cm_node *container, const struct cm_node *line,
                               size_t *first)
{
        size_t count = cm_node_count(line);
        bool is_wrapped =
                cm_sv_is_any(cm_sv_base_name(cm_node_string(cm_node_at(line, 0))), wrappers);
        for (*first = 0; *first < count; ++*first) {
                struct cm_sv word = cm_node_string(cm_node_at(line, *first));
                if (is_flag(word) && is_wrapped)
                        continue;
                if (is_flag(word))
                        break;
                if (cm_sv_is_any(cm_sv_base_name(word), cm_kubernetes_parts)) {
                        ++*first;
                        return cm_sv_base_name(word);
                }
        }
        /* Words that name another program: a shell, a test tool. */
        if (*first > 0 && cm_node_count(cm_node_get(container, "command")) > 0)
                return CM_SV("");
        return program_of_image(cm_node_get_string(container, "image"));
}

static void put_flag(struct cm_arena *arena, struct cm_node *flags, struct cm_sv name,
                     struct cm_sv value, struct cm_node_pos pos)
{
        const struct cm_node *old = cm_node_get_sv(flags, name);
        if (old != NULL && cm_sv_is_any(name, lists))
                value = cm_sv_printf(arena, "%.*s,%.*s", (int)old->text.len, old->text.ptr,
                                     (int)value.len, value.ptr);
        cm_node_put(arena, flags, name, pos, cm_node_new_string(arena, pos, value));
}

/* At the place of the container: that is where a flag is missing. */
static const struct cm_node *flags_of(struct cm_arena *arena, const struct cm_node *container,
                                      const struct cm_node *line, size_t first)
{
        struct cm_node *flags = cm_node_new_map(arena, container->pos);
        size_t count = cm_node_count(line);
        for (size_t i = first; i < count; i++) {
                const struct cm_node *n = cm_node_at(line, i);
                struct cm_sv word = cm_node_string(n);
                if (!is_flag(word))
                        continue;
                struct cm_sv name = cm_sv_skip(word, 1), value = CM_SV("true");
                if (name.ptr[0] == '-')
                        name = cm_sv_skip(name, 1);
                if (name.len == 0)
                        break; /* "--": what follows are no flags */
                ptrdiff_t sign = cm_sv_find_char(name, '=');
                if (sign >= 0) {
                        value = cm_sv_skip(name, (size_t)sign + 1);
                        name = cm_sv_slice(name, 0, (size_t)sign);
                } else if (i + 1 < count && !is_flag(cm_node_string(cm_node_at(line, i + 1)))) {
                        value = cm_node_string(cm_node_at(line, ++i));
                }
                put_flag(arena, flags, name, value, n->pos);
        }
        return flags;
}

int cm_kubernetes_components(struct cm_arena *arena, const struct cm_subject *object,
                             const struct cm_node *pod_spec, struct cm_subject_sink *sink,
                             struct cm_err *err)
{
        const struct cm_node *containers = cm_node_get(pod_spec, "containers");
        for (size_t i = 0; i < cm_node_count(containers); i++) {
                const struct cm_node *c = cm_node_at(containers, i);
                if (cm_node_type(c) != CM_NODE_MAP)
                        continue;
                size_t first;
                const struct cm_node *line = command_line(arena, c);
                struct cm_sv program = program_of(c, line, &first);
                if (program.len == 0)
                        continue;
                struct cm_node *view = cm_node_new_map(arena, c->pos);
                cm_kubernetes_put_text(arena, view, "name", program, c->pos);
                cm_kubernetes_copy_text(arena, view, "image", c);
                cm_kubernetes_put(arena, view, "flags", flags_of(arena, c, line, first));
                cm_kubernetes_put(arena, view, "spec", c);
                struct cm_subject s = *object;
                s.view = &cm_view_k8s_component;
                s.variables[0] = view;
                s.variables[1] = object->subject;
                int r = sink->put(sink, &s, err);
                if (r < 0)
                        return r;
        }
        return 0;
}
