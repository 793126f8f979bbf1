/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields of events that are JSON documents: jevt.* json.*, and ka.* for the audit log of Kubernetes
 * (audit.k8s.io/v1 Event). What a document does not have gives no value.
 */
#include <fnmatch.h>

#include "base/escape.h"
#include "codec/node_json.h"
#include "rule/field_cases.h"

static const struct cm_node *document(const struct cm_extract *x)
{
        return x->c->document;
}

/* RFC 6901: "/a/b~1c/0". NULL when it points at nothing. */
static const struct cm_node *follow(const struct cm_node *n, struct cm_sv pointer)
{
        struct cm_sv rest =
                pointer.len > 0 && pointer.ptr[0] == '/' ? cm_sv_skip(pointer, 1) : pointer;
        struct cm_sv part;
        while (n != NULL && cm_sv_next_field(&rest, '/', &part)) {
                char key[256];
                size_t len = 0;
                struct cm_err ignored = CM_ERR_INIT;
                uint64_t index = 0;
                for (size_t i = 0; i < part.len && len < sizeof(key); i++, len++) {
                        key[len] = part.ptr[i];
                        if (part.ptr[i] == '~' && i + 1 < part.len)
                                key[len] = part.ptr[++i] == '1' ? '/' : '~';
                }
                if (cm_node_type(n) == CM_NODE_LIST)
                        n = cm_parse_u64(part, 0, UINT32_MAX, &index, &ignored) < 0
                                    ? NULL
                                    : cm_node_at(n, index);
                else
                        n = cm_node_get_sv(n, cm_sv_make(key, len));
        }
        return n;
}

static const struct cm_node *at(const struct cm_extract *x, const char *pointer)
{
        return follow(document(x), cm_sv_from_cstr(pointer));
}

/* A scalar as it is written, anything else as JSON. */
static void put_node(struct cm_extract *x, const struct cm_node *n)
{
        if (n == NULL || n->type == CM_NODE_NULL)
                return;
        if (n->type == CM_NODE_STRING) {
                cm_extract_put_text(x, n->text);
                return;
        }
        cm_node_write_json(cm_extract_begin(x), n);
        cm_extract_put_work(x);
}

/* All of a list, or the one with the index of the field's argument. */
static void put_list(struct cm_extract *x, const struct cm_node *list)
{
        for (size_t i = 0; i < cm_node_count(list) && cm_node_type(list) == CM_NODE_LIST; i++)
                if (x->index < 0 || (size_t)x->index == i)
                        put_node(x, cm_node_at(list, i));
}

/* Of every item of a list (or the one that was asked for) what a pointer into it gives; of lists all. */
static void put_each(struct cm_extract *x, const struct cm_node *list, const char *pointer)
{
        for (size_t i = 0; i < cm_node_count(list) && cm_node_type(list) == CM_NODE_LIST; i++) {
                const struct cm_node *n = follow(cm_node_at(list, i), cm_sv_from_cstr(pointer));
                if (x->index >= 0 && (size_t)x->index != i)
                        continue;
                if (cm_node_type(n) != CM_NODE_LIST)
                        put_node(x, n);
                for (size_t j = 0; cm_node_type(n) == CM_NODE_LIST && j < cm_node_count(n); j++)
                        put_node(x, cm_node_at(n, j));
        }
}

static const struct cm_node *containers(const struct cm_extract *x)
{
        return at(x, "/requestObject/spec/containers");
}

/* "registry:5000/name:tag@sha256:..." without tag and digest. */
static struct cm_sv repository(struct cm_sv image)
{
        struct cm_sv head, tail;
        if (cm_sv_cut(image, '@', &head, &tail))
                image = head;
        ptrdiff_t colon = cm_sv_rfind_char(image, ':');
        ptrdiff_t slash = cm_sv_rfind_char(image, '/');
        return colon > slash ? cm_sv_slice(image, 0, (size_t)colon) : image;
}

static void put_images(struct cm_extract *x, bool first_only, bool repository_only)
{
        const struct cm_node *list = containers(x);
        size_t count = cm_node_type(list) == CM_NODE_LIST ? cm_node_count(list) : 0;
        for (size_t i = 0; i < count; i++) {
                struct cm_sv image = cm_node_get_string(cm_node_at(list, i), "image");
                if (image.len == 0 || (first_only && i > 0) ||
                    (x->index >= 0 && (size_t)x->index != i))
                        continue;
                cm_extract_put_text(x, repository_only ? repository(image) : image);
        }
}

static void put_host_ports(struct cm_extract *x)
{
        const struct cm_node *list = containers(x);
        for (size_t i = 0; cm_node_type(list) == CM_NODE_LIST && i < cm_node_count(list); i++) {
                const struct cm_node *ports = cm_node_get(cm_node_at(list, i), "ports");
                if (x->index >= 0 && (size_t)x->index != i)
                        continue;
                for (size_t j = 0; cm_node_type(ports) == CM_NODE_LIST && j < cm_node_count(ports);
                     j++)
                        put_node(x, cm_node_get(cm_node_at(ports, j), "hostPort"));
        }
}

/* What each container runs as: its own, or else the pod's, or else root. */
static void put_effective(struct cm_extract *x, const char *of_container, const char *of_pod)
{
        const struct cm_node *list = containers(x);
        for (size_t i = 0; cm_node_type(list) == CM_NODE_LIST && i < cm_node_count(list); i++) {
                const struct cm_node *n =
                        follow(cm_node_at(list, i), cm_sv_from_cstr(of_container));
                if (x->index >= 0 && (size_t)x->index != i)
                        continue;
                if (n == NULL)
                        n = at(x, of_pod);
                if (n == NULL)
                        cm_extract_put_text(x, CM_SV("0"));
                else
                        put_node(x, n);
        }
}

static void put_volume_types(struct cm_extract *x)
{
        const struct cm_node *list = at(x, "/requestObject/spec/volumes");
        for (size_t i = 0; cm_node_type(list) == CM_NODE_LIST && i < cm_node_count(list); i++) {
                const struct cm_node *n = cm_node_at(list, i);
                if (x->index >= 0 && (size_t)x->index != i)
                        continue;
                for (size_t j = 0; cm_node_type(n) == CM_NODE_MAP && j < n->map.count; j++)
                        if (!cm_sv_eq(n->map.members[j].key, CM_SV("name")))
                                cm_extract_put_text(x, n->map.members[j].key);
        }
}

static void put_flag(struct cm_extract *x, bool value)
{
        cm_extract_put_text(x, value ? CM_SV("true") : CM_SV("false"));
}

/* Does a pod mount this path of the host? The argument may be a pattern. */
static void put_has_hostpath(struct cm_extract *x)
{
        const struct cm_node *list = at(x, "/requestObject/spec/volumes");
        bool found = false;
        for (size_t i = 0; cm_node_type(list) == CM_NODE_LIST && i < cm_node_count(list); i++) {
                struct cm_sv path =
                        cm_node_string(follow(cm_node_at(list, i), CM_SV("/hostPath/path")));
                struct cm_buf *work = cm_extract_begin(x);
                cm_buf_put_sv(work, x->argument);
                cm_buf_put_char(work, '\0');
                size_t text = work->len;
                cm_buf_put_sv(work, path);
                cm_buf_put_char(work, '\0');
                if (path.len > 0 && !work->overflow && fnmatch(work->ptr, work->ptr + text, 0) == 0)
                        found = true;
        }
        put_flag(x, found);
}

static void put_has_subject(struct cm_extract *x)
{
        const struct cm_node *list = at(x, "/requestObject/subjects");
        bool found = false;
        for (size_t i = 0; cm_node_type(list) == CM_NODE_LIST && i < cm_node_count(list); i++)
                found |= cm_sv_eq(cm_node_get_string(cm_node_at(list, i), "name"), x->argument);
        put_flag(x, found);
}

static int hex_pair(struct cm_sv s, size_t i)
{
        int high = cm_hex_value(s.ptr[i + 1]);
        int low = cm_hex_value(s.ptr[i + 2]);
        return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* "a%20b+c" as the text that it stands for. */
static void put_decoded(struct cm_buf *out, struct cm_sv s)
{
        for (size_t i = 0; i < s.len; i++) {
                int byte = s.ptr[i] == '%' && i + 2 < s.len ? hex_pair(s, i) : -1;
                if (byte >= 0)
                        i += 2;
                cm_buf_put_char(out, byte >= 0 ? (char)byte : s.ptr[i] == '+' ? ' ' : s.ptr[i]);
        }
}

static void put_uri_parameter(struct cm_extract *x)
{
        struct cm_sv uri = cm_node_string(at(x, "/requestURI"));
        struct cm_sv path, query, pair, key, value;
        if (!cm_sv_cut(uri, '?', &path, &query))
                return;
        while (cm_sv_next_field(&query, '&', &pair)) {
                cm_sv_cut(pair, '=', &key, &value);
                if (!cm_sv_eq(key, x->argument))
                        continue;
                put_decoded(cm_extract_begin(x), value);
                cm_extract_put_work(x);
                return;
        }
}

static void put_pod_name(struct cm_extract *x)
{
        if (cm_sv_eq(cm_node_string(at(x, "/objectRef/resource")), CM_SV("pods")))
                put_node(x, at(x, "/objectRef/name"));
}

void cm_extract_json(struct cm_extract *x, int which)
{
        switch (which) {
        case CM_CASE_json_TIME:
                cm_extract_event(x, CM_CASE_event_TIME);
                break;
        case CM_CASE_json_TIME_ISO:
                cm_extract_event(x, CM_CASE_event_TIME_ISO);
                break;
        case CM_CASE_json_RAWTIME:
                cm_extract_event(x, CM_CASE_event_RAWTIME);
                break;
        case CM_CASE_json_VALUE:
                put_node(x, follow(document(x), x->argument));
                break;
        default:
                put_node(x, document(x));
                break;
        }
}

/* Where a field's value stands, as far as a pointer says it. */
static const struct {
        int which;
        char how; /* v: one value, l: a list, c: of each container, V: of each volume, r: of each rule */
        const char *pointer;
} places[] = {
        { CM_CASE_audit_AUDITID, 'v', "/auditID" },
        { CM_CASE_audit_STAGE, 'v', "/stage" },
        { CM_CASE_audit_AUTH_DECISION, 'v', "/annotations/authorization.k8s.io~1decision" },
        { CM_CASE_audit_AUTH_REASON, 'v', "/annotations/authorization.k8s.io~1reason" },
        { CM_CASE_audit_AUTH_OPENSHIFT_DECISION, 'v',
          "/annotations/authentication.openshift.io~1decision" },
        { CM_CASE_audit_AUTH_OPENSHIFT_USERNAME, 'v',
          "/annotations/authentication.openshift.io~1username" },
        { CM_CASE_audit_USER_NAME, 'v', "/user/username" },
        { CM_CASE_audit_USER_GROUPS, 'l', "/user/groups" },
        { CM_CASE_audit_IMPUSER_NAME, 'v', "/impersonatedUser/username" },
        { CM_CASE_audit_VERB, 'v', "/verb" },
        { CM_CASE_audit_URI, 'v', "/requestURI" },
        { CM_CASE_audit_TARGET_NAME, 'v', "/objectRef/name" },
        { CM_CASE_audit_TARGET_NAMESPACE, 'v', "/objectRef/namespace" },
        { CM_CASE_audit_TARGET_RESOURCE, 'v', "/objectRef/resource" },
        { CM_CASE_audit_TARGET_SUBRESOURCE, 'v', "/objectRef/subresource" },
        { CM_CASE_audit_BINDING_SUBJECTS, 'l', "/requestObject/subjects" },
        { CM_CASE_audit_BINDING_ROLE, 'v', "/requestObject/roleRef/name" },
        { CM_CASE_audit_CONFIGMAP_NAME, 'v', "/objectRef/name" },
        { CM_CASE_audit_CONFIGMAP_OBJ, 'v', "/requestObject/data" },
        { CM_CASE_audit_POD_HOST_IPC, 'v', "/requestObject/spec/hostIPC" },
        { CM_CASE_audit_POD_HOST_NETWORK, 'v', "/requestObject/spec/hostNetwork" },
        { CM_CASE_audit_POD_HOST_PID, 'v', "/requestObject/spec/hostPID" },
        { CM_CASE_audit_POD_PRIVILEGED, 'c', "/securityContext/privileged" },
        { CM_CASE_audit_POD_ESCALATION, 'c', "/securityContext/allowPrivilegeEscalation" },
        { CM_CASE_audit_POD_READ_ONLY, 'c', "/securityContext/readOnlyRootFilesystem" },
        { CM_CASE_audit_POD_RUN_AS_USER, 'v', "/requestObject/spec/securityContext/runAsUser" },
        { CM_CASE_audit_CONTAINER_RUN_AS_USER, 'c', "/securityContext/runAsUser" },
        { CM_CASE_audit_POD_RUN_AS_GROUP, 'v', "/requestObject/spec/securityContext/runAsGroup" },
        { CM_CASE_audit_CONTAINER_RUN_AS_GROUP, 'c', "/securityContext/runAsGroup" },
        { CM_CASE_audit_POD_PROC_MOUNT, 'c', "/securityContext/procMount" },
        { CM_CASE_audit_POD_CAPABILITIES, 'c', "/securityContext/capabilities/add" },
        { CM_CASE_audit_ROLE_RULES, 'l', "/requestObject/rules" },
        { CM_CASE_audit_ROLE_API_GROUPS, 'r', "/apiGroups" },
        { CM_CASE_audit_ROLE_URLS, 'r', "/nonResourceURLs" },
        { CM_CASE_audit_ROLE_VERBS, 'r', "/verbs" },
        { CM_CASE_audit_ROLE_RESOURCES, 'r', "/resources" },
        { CM_CASE_audit_POD_FS_GROUP, 'v', "/requestObject/spec/securityContext/fsGroup" },
        { CM_CASE_audit_POD_GROUPS, 'l', "/requestObject/spec/securityContext/supplementalGroups" },
        { CM_CASE_audit_SERVICE_TYPE, 'v', "/requestObject/spec/type" },
        { CM_CASE_audit_SERVICE_PORTS, 'l', "/requestObject/spec/ports" },
        { CM_CASE_audit_VOLUME_HOSTPATH, 'V', "/hostPath/path" },
        { CM_CASE_audit_VOLUME_FLEX, 'V', "/flexVolume/driver" },
        { CM_CASE_audit_RESPONSE_NAME, 'v', "/responseObject/metadata/name" },
        { CM_CASE_audit_RESPONSE_CODE, 'v', "/responseStatus/code" },
        { CM_CASE_audit_RESPONSE_REASON, 'v', "/responseStatus/reason" },
        { CM_CASE_audit_USERAGENT, 'v', "/userAgent" },
        { CM_CASE_audit_SOURCE_IPS, 'l', "/sourceIPs" },
        { CM_CASE_audit_CLUSTER_NAME, 'v', "/annotations/cluster.name" },
};

static bool extract_place(struct cm_extract *x, int which)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(places); i++) {
                if (places[i].which != which)
                        continue;
                const char *pointer = places[i].pointer;
                if (places[i].how == 'v')
                        put_node(x, at(x, pointer));
                else if (places[i].how == 'l')
                        put_list(x, at(x, pointer));
                else if (places[i].how == 'c')
                        put_each(x, containers(x), pointer);
                else if (places[i].how == 'V')
                        put_each(x, at(x, "/requestObject/spec/volumes"), pointer);
                else
                        put_each(x, at(x, "/requestObject/rules"), pointer);
                return true;
        }
        return false;
}

void cm_extract_audit(struct cm_extract *x, int which)
{
        if (document(x) == NULL || extract_place(x, which))
                return;
        switch (which) {
        case CM_CASE_audit_URI_PARAM:
                put_uri_parameter(x);
                break;
        case CM_CASE_audit_TARGET_POD_NAME:
                put_pod_name(x);
                break;
        case CM_CASE_audit_BINDING_HAS_NAME:
                put_has_subject(x);
                break;
        case CM_CASE_audit_POD_IMAGE:
                put_images(x, false, false);
                break;
        case CM_CASE_audit_POD_FIRST_IMAGE:
                put_images(x, true, false);
                break;
        case CM_CASE_audit_POD_IMAGE_REPOSITORY:
                put_images(x, false, true);
                break;
        case CM_CASE_audit_POD_FIRST_REPOSITORY:
                put_images(x, true, true);
                break;
        case CM_CASE_audit_POD_HOST_PORT:
                put_host_ports(x);
                break;
        case CM_CASE_audit_POD_ANY_PRIVILEGED: {
                const struct cm_node *list = containers(x);
                bool found = false;
                for (size_t i = 0; cm_node_type(list) == CM_NODE_LIST && i < cm_node_count(list);
                     i++)
                        found |= cm_node_bool(
                                follow(cm_node_at(list, i), CM_SV("/securityContext/privileged")),
                                false);
                put_flag(x, found);
                break;
        }
        case CM_CASE_audit_EFFECTIVE_USER:
                put_effective(x, "/securityContext/runAsUser",
                              "/requestObject/spec/securityContext/runAsUser");
                break;
        case CM_CASE_audit_EFFECTIVE_GROUP:
                put_effective(x, "/securityContext/runAsGroup",
                              "/requestObject/spec/securityContext/runAsGroup");
                break;
        case CM_CASE_audit_VOLUME_HAS_HOSTPATH:
                put_has_hostpath(x);
                break;
        case CM_CASE_audit_VOLUME_TYPE:
                put_volume_types(x);
                break;
        default:
                break;
        }
}
