/* SPDX-License-Identifier: Apache-2.0 */
/* Questions of cluster_survey.h, one after another. */
#include "fetch/cluster_survey.h"

#include "base/escape.h"
#include "base/limits.h"
#include "codec/json.h"
#include "fetch/answer.h"
#include "sandbox/worker.h"

enum {
        PAGE_OBJECTS = 500,
        SCRATCH_BYTES_MAX = 1 << 30,
        VERSION_BYTES_MAX = 64 << 10,
        /* Begun anew so often when the list's state is gone; the last time in one answer. */
        LIST_TRIES = 3,
        /* Lists in a row without any answer: then the server is gone, and the rest is not asked. */
        SILENT_LISTS_MAX = 2,
        /* What is not of lists: the frame around them and what is said of each. */
        ROOM_BYTES = 1 << 20,
        PATH_BYTES_MAX = 64 << 10, /* with the token of a page; etcd's have 200 bytes */
        GONE = 1,                  /* outcome: 410, the list must begin anew */
        ABSENT = 2                 /* outcome: 404, for kinds that may be missing */
};

#define TABLE "application/json;as=Table;v=v1;g=meta.k8s.io"

struct kind {
        const char *kind;
        const char *group; /* "" is the core */
        const char *plural;
        bool is_young; /* servers of supported versions may not have it, or only as beta */
        bool as_table; /* only metadata and what a table shows */
};

/* A list on its way. */
struct list {
        const char *api_version;
        struct cm_buf objects;
        size_t count;
};

static const struct kind kinds[] = {
        { "Namespace", "", "namespaces", false, false },
        { "Node", "", "nodes", false, false },
        { "Pod", "", "pods", false, false },
        { "Service", "", "services", false, false },
        { "ServiceAccount", "", "serviceaccounts", false, false },
        { "ConfigMap", "", "configmaps", false, false },
        { "Secret", "", "secrets", false, true },
        { "ResourceQuota", "", "resourcequotas", false, false },
        { "LimitRange", "", "limitranges", false, false },
        { "Deployment", "apps", "deployments", false, false },
        { "DaemonSet", "apps", "daemonsets", false, false },
        { "StatefulSet", "apps", "statefulsets", false, false },
        { "ReplicaSet", "apps", "replicasets", false, false },
        { "Job", "batch", "jobs", false, false },
        { "CronJob", "batch", "cronjobs", false, false },
        { "NetworkPolicy", "networking.k8s.io", "networkpolicies", false, false },
        { "Ingress", "networking.k8s.io", "ingresses", false, false },
        { "Role", "rbac.authorization.k8s.io", "roles", false, false },
        { "RoleBinding", "rbac.authorization.k8s.io", "rolebindings", false, false },
        { "ClusterRole", "rbac.authorization.k8s.io", "clusterroles", false, false },
        { "ClusterRoleBinding", "rbac.authorization.k8s.io", "clusterrolebindings", false, false },
        { "ValidatingWebhookConfiguration", "admissionregistration.k8s.io",
          "validatingwebhookconfigurations", false, false },
        { "MutatingWebhookConfiguration", "admissionregistration.k8s.io",
          "mutatingwebhookconfigurations", false, false },
        { "ValidatingAdmissionPolicy", "admissionregistration.k8s.io",
          "validatingadmissionpolicies", true, false },
        { "ValidatingAdmissionPolicyBinding", "admissionregistration.k8s.io",
          "validatingadmissionpolicybindings", true, false },
};

struct survey {
        struct cm_cluster *cluster;
        struct cm_arena *arena;   /* of all */
        struct cm_arena *scratch; /* of one answer */
        struct cm_transfer *out;
        const char *base;       /* URL without a slash at its end */
        const char *connect_to; /* with a server name of its own: where the server really is */
        const char *host;
        struct cm_buf path;
        struct cm_buf body;
        struct cm_buf said; /* of each list, for ClusterLists */
        bool has_objects;
        size_t silent_lists;
        struct cm_err silence;
};

static void put(struct survey *s, struct cm_sv text)
{
        const struct cm_http_response head = { .status = 200 };
        /* The transfer remembers what went wrong; it is asked once, at the end. */
        CM_IGNORE(!cm_transfer_write(s->out, &head, text));
}

/* Objects begin with a comma, which is one too many for the first. */
static void put_object(struct survey *s, struct cm_sv text)
{
        put(s, cm_sv_skip(text, s->has_objects ? 0 : 1));
        s->has_objects = s->has_objects || text.len > 0;
}

/* "https://host[:port][/path]": where to connect, when the certificate is for another name. */
static void take_address(struct survey *s)
{
        const struct cm_fetch_setup *setup = s->cluster->setup;
        struct cm_sv base = setup->base;
        while (cm_sv_has_suffix(base, CM_SV("/")))
                base.len--;
        s->base = cm_sv_printf(s->arena, "%.*s%c", CM_SV_ARG(base), '\0').ptr;
        if (setup->server_name.len == 0)
                return;
        struct cm_sv origin = cm_http_origin(s->arena, base);
        bool is_plain = cm_sv_has_prefix(origin, CM_SV("http://"));
        struct cm_sv host = cm_sv_skip(origin, is_plain ? 7 : 8);
        struct cm_sv authority = cm_sv_skip(base, is_plain ? 7 : 8);
        ptrdiff_t slash = cm_sv_find_char(authority, '/');
        struct cm_sv path = slash < 0 ? CM_SV("") : cm_sv_skip(authority, (size_t)slash);
        ptrdiff_t colon = cm_sv_rfind_char(host, ':');
        bool has_port = colon >= 0 && colon > cm_sv_rfind_char(host, ']');
        struct cm_sv port = has_port   ? cm_sv_skip(host, (size_t)colon + 1)
                            : is_plain ? CM_SV("80")
                                       : CM_SV("443");
        struct cm_sv name = has_port ? cm_sv_slice(host, 0, (size_t)colon) : host;
        s->host = cm_sv_printf(s->arena, "%.*s%c", CM_SV_ARG(host), '\0').ptr;
        s->connect_to =
                cm_sv_printf(s->arena, "%.*s:%.*s%c", CM_SV_ARG(name), CM_SV_ARG(port), '\0').ptr;
        s->base =
                cm_sv_printf(s->arena, "%s://%.*s:%.*s%.*s%c", is_plain ? "http" : "https",
                             CM_SV_ARG(setup->server_name), CM_SV_ARG(port), CM_SV_ARG(path), '\0')
                        .ptr;
}

/* GET with further tries; the body of a good answer is in s->body. */
static int ask(struct survey *s, struct cm_sv path, const char *accept, size_t bytes_max,
               struct cm_http_response *ret, struct cm_err *err)
{
        for (int attempt = 0;; attempt++) {
                struct cm_transfer transfer = { .fd = -1,
                                                .buffer = &s->body,
                                                .bytes_max = bytes_max };
                enum cm_http_failure failure;
                cm_buf_clear(&s->body);
                cm_arena_reset(s->scratch);
                const struct cm_http_request request = {
                        .url = cm_sv_printf(s->scratch, "%s%.*s%c", s->base, CM_SV_ARG(path), '\0')
                                       .ptr,
                        .connect_to = s->connect_to,
                        .host = s->host,
                        .accept = accept,
                        .authorization = s->cluster->setup->authorization,
                        .tls = &s->cluster->setup->tls,
                        .sink = cm_transfer_write,
                        .ctx = &transfer,
                };
                cm_transfer_begin(&transfer);
                int r = cm_http_exchange(s->cluster->http, s->scratch, &request, ret, &failure,
                                         err);
                if (r < 0 && transfer.is_over_limit) {
                        cm_err_clear(err);
                        return CM_RAISE(err, CM_E_LIMIT, "an answer is larger than %zu bytes",
                                        bytes_max);
                }
                if ((r == 0 && ret->status == 200) ||
                    !cm_answer_retry(ret, failure, r < 0, attempt))
                        return r;
                cm_err_clear(err);
        }
}

static int raise_status(struct survey *s, const struct cm_http_response *response,
                        struct cm_err *err)
{
        return CM_RAISE(err, CM_E_ENV, "the API server answered HTTP %ld: %s", response->status,
                        cm_answer_message(s->scratch, response));
}

/* The path with its query, for a page or for all at once. The token may lie in `scratch`. */
static int set_path(struct survey *s, const struct kind *kind, struct cm_sv path,
                    struct cm_sv token, bool in_pages, struct cm_err *err)
{
        cm_buf_clear(&s->path);
        cm_buf_put_sv(&s->path, path);
        cm_buf_printf(&s->path, "?%slimit=%d", kind->as_table ? "includeObject=Metadata&" : "",
                      in_pages ? PAGE_OBJECTS : 0);
        if (token.len > 0) {
                cm_buf_put_str(&s->path, "&continue=");
                cm_buf_put_sv(&s->path, cm_http_escape(s->scratch, token, ""));
        }
        return cm_buf_check(&s->path, "the token of the next page", err);
}

/* What s->path says. Returns 0 with the page in s->body, GONE, or ABSENT. */
static int ask_page(struct survey *s, const struct kind *kind, struct cm_err *err)
{
        struct cm_http_response response;
        int r = ask(s, cm_buf_sv(&s->path), kind->as_table ? TABLE : "application/json",
                    CM_CLUSTER_PAGE_BYTES_MAX, &response, err);
        if (r < 0)
                return r;
        if (response.status == 410)
                return GONE;
        if (response.status == 404 && kind->is_young)
                return ABSENT;
        return response.status == 200 ? 0 : raise_status(s, &response, err);
}

/* One list from its first page to its last. What came before a failure stays in `out`. */
static int read_pages(struct survey *s, const struct kind *kind, struct cm_sv path, bool in_pages,
                      struct list *list, struct cm_err *err)
{
        int r = set_path(s, kind, path, CM_SV(""), in_pages, err);
        for (size_t i = 0; i < CM_CLUSTER_PAGES_MAX && r == 0; i++) {
                struct cm_cluster_page page;
                r = ask_page(s, kind, err);
                if (r != 0)
                        return r;
                size_t before = list->objects.len;
                r = cm_cluster_page_read(s->scratch, kind->kind, list->api_version,
                                         cm_buf_sv(&s->body), &list->objects, &page, err);
                if (r < 0) { /* half a page is no JSON */
                        list->objects.len = before;
                        list->objects.overflow = false;
                        return r;
                }
                list->count += page.count;
                if (page.next.len == 0)
                        return 0;
                r = set_path(s, kind, path, page.next, in_pages, err);
        }
        if (r < 0)
                return r;
        return CM_RAISE(err, CM_E_LIMIT, "the list has more pages than cluster_pages_max (%d)",
                        CM_CLUSTER_PAGES_MAX);
}

/* A list whose state is gone before its last page begins anew, in the end as one answer. */
static int read_list(struct survey *s, const struct kind *kind, const char *version,
                     struct list *list, struct cm_err *err)
{
        list->api_version = kind->group[0] == '\0'
                                    ? "v1"
                                    : cm_sv_printf(s->arena, "%s/%s", kind->group, version).ptr;
        struct cm_sv path =
                cm_sv_printf(s->arena, "%s%s/%s", kind->group[0] == '\0' ? "/api/" : "/apis/",
                             list->api_version, kind->plural);
        for (int i = 1; i <= LIST_TRIES; i++) {
                cm_buf_clear(&list->objects);
                list->count = 0;
                int r = read_pages(s, kind, path, i < LIST_TRIES, list, err);
                if (r != GONE)
                        return r;
        }
        return CM_RAISE(err, CM_E_ENV,
                        "it changed faster than it could be read (HTTP 410 %d times)", LIST_TRIES);
}

static void say(struct survey *s, const struct kind *kind, const struct list *list,
                const struct cm_err *problem)
{
        cm_buf_printf(&s->said, "%s\n{\"kind\":\"%s\",\"complete\":%s,\"count\":%zu",
                      s->said.len > 0 ? "," : "", kind->kind,
                      problem->code == CM_E_OK ? "true" : "false", list->count);
        if (problem->code != CM_E_OK) {
                cm_buf_put_str(&s->said, ",\"problem\":");
                cm_buf_put_json(&s->said, cm_sv_from_cstr(problem->text));
        }
        cm_buf_put_char(&s->said, '}');
}

static void give_list(struct survey *s, const struct kind *kind)
{
        struct list list = { .count = 0 };
        struct cm_err problem = CM_ERR_INIT;
        uint64_t used = s->out->received + s->said.len + ROOM_BYTES;
        cm_buf_init(&list.objects, CM_NODE_BYTES_MAX - (size_t)CM_MIN(used, CM_NODE_BYTES_MAX));
        cm_note_set(s->cluster->notes, s->cluster->note_slot, CM_SV("list of"),
                    cm_sv_from_cstr(kind->plural));
        if (s->silent_lists >= SILENT_LISTS_MAX) {
                CM_IGNORE(cm_err_copy(&problem, &s->silence));
        } else {
                int r = read_list(s, kind, "v1", &list, &problem);
                if (r == ABSENT)
                        r = read_list(s, kind, "v1beta1", &list, &problem);
                if (problem.code == CM_E_NETWORK) {
                        s->silent_lists++;
                        s->silence = problem;
                } else {
                        s->silent_lists = 0;
                }
        }
        say(s, kind, &list, &problem);
        put_object(s, cm_buf_sv(&list.objects));
        cm_buf_fini(&list.objects);
}

/* Who is on the other side must be known before a list that is not there is taken for an empty one. */
static int ask_version(struct survey *s, struct cm_sv *ret, struct cm_err *err)
{
        struct cm_http_response response;
        const struct cm_json *doc = NULL;
        int r = ask(s, CM_SV("/version"), "application/json", VERSION_BYTES_MAX, &response, err);
        if (r < 0)
                return r;
        if (response.status == 401)
                return CM_RAISE(err, CM_E_ENV,
                                "the API server does not accept the credentials (HTTP 401: %s): "
                                "are they expired, or of another cluster?",
                                cm_answer_message(s->scratch, &response));
        *ret = CM_SV("");
        if (response.status == 403)
                return 0; /* some clusters tell it only to those who are in a group */
        if (response.status != 200)
                return raise_status(s, &response, err);
        r = cm_json_parse(s->scratch, cm_buf_sv(&s->body), &doc, err);
        *ret = cm_sv_dup(s->arena, cm_json_get_string(doc, "gitVersion"));
        if (r == 0 && ret->len == 0)
                r = CM_RAISE(err, CM_E_MALFORMED, "there is no version in the answer");
        return r < 0 ? cm_err_context(err, "what answers is no API server") : 0;
}

static void give_all(struct survey *s, struct cm_sv version)
{
        put(s, CM_SV("{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":["));
        for (size_t i = 0; i < CM_ARRAY_LEN(kinds); i++)
                give_list(s, &kinds[i]);
        struct cm_buf server CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&server, CM_KIB(64));
        cm_buf_put_json(&server, version);
        put_object(s, CM_SV(",\n{\"apiVersion\":\"coaming/v1\",\"kind\":\"ClusterLists\","
                            "\"server\":{\"version\":"));
        put(s, cm_buf_sv(&server));
        put(s, CM_SV("},\"lists\":["));
        put(s, cm_buf_sv(&s->said));
        put(s, CM_SV("]}\n]}\n"));
}

int cm_cluster_survey(struct cm_cluster *cluster, struct cm_arena *arena,
                      struct cm_transfer *transfer, struct cm_err *err)
{
        struct cm_arena *scratch CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(SCRATCH_BYTES_MAX);
        struct survey s = {
                .cluster = cluster, .arena = arena, .scratch = scratch, .out = transfer
        };
        cm_buf_init(&s.body, CM_CLUSTER_PAGE_BYTES_MAX);
        cm_buf_init(&s.said, ROOM_BYTES / 2);
        cm_buf_init(&s.path, PATH_BYTES_MAX);
        cm_transfer_begin(transfer);
        take_address(&s);
        struct cm_sv version = CM_SV("");
        int r = ask_version(&s, &version, err);
        if (r == 0)
                give_all(&s, version);
        if (r == 0)
                r = cm_buf_check(&s.said, "what is said of lists", err);
        cm_buf_fini(&s.body);
        cm_buf_fini(&s.said);
        cm_buf_fini(&s.path);
        if (r == 0 && transfer->is_over_limit)
                r = CM_RAISE(err, CM_E_LIMIT, "the cluster says more of itself than %llu bytes",
                             (unsigned long long)transfer->bytes_max);
        return r;
}
