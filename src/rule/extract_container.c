/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields of the container and its pod: container.* k8s.* What runs outside of containers has the id,
 * name and type "host" and nothing else.
 */
#include <fnmatch.h>

#include "rule/field_cases.h"

static void put_mount(struct cm_buf *out, const struct cm_container_mount *m)
{
        cm_buf_put_sv(out, m->source);
        cm_buf_put_char(out, ':');
        cm_buf_put_sv(out, m->dest);
        cm_buf_put_char(out, ':');
        cm_buf_put_sv(out, m->mode);
        cm_buf_put_str(out, m->is_writable ? ":true:" : ":false:");
        cm_buf_put_sv(out, m->propagation);
}

static void put_mounts(struct cm_extract *x, const struct cm_container *k)
{
        struct cm_buf *out = cm_extract_begin(x);
        for (size_t i = 0; i < k->mount_count; i++) {
                cm_buf_put_str(out, i == 0 ? "" : ",");
                put_mount(out, &k->mounts[i]);
        }
        cm_extract_put_work(x);
}

/* A mount by its number, or the first whose source (or destination) matches a pattern. */
static const struct cm_container_mount *find_mount(struct cm_extract *x,
                                                   const struct cm_container *k, bool by_dest)
{
        if (x->index >= 0)
                return (size_t)x->index < k->mount_count ? &k->mounts[x->index] : NULL;
        struct cm_buf *work = cm_extract_begin(x);
        cm_buf_put_sv(work, x->argument);
        cm_buf_put_char(work, '\0');
        size_t text = work->len;
        for (size_t i = 0; i < k->mount_count; i++) {
                work->len = text;
                cm_buf_put_sv(work, by_dest ? k->mounts[i].dest : k->mounts[i].source);
                cm_buf_put_char(work, '\0');
                if (!work->overflow && fnmatch(work->ptr, work->ptr + text, 0) == 0)
                        return &k->mounts[i];
        }
        return NULL;
}

static void put_mount_part(struct cm_extract *x, const struct cm_container *k, int which)
{
        const struct cm_container_mount *m =
                find_mount(x, k, which == CM_CASE_container_MOUNT_SOURCE);
        if (m == NULL) {
                cm_extract_put_text(x, CM_SV("N/A"));
                return;
        }
        switch (which) {
        case CM_CASE_container_MOUNT:
                put_mount(cm_extract_begin(x), m);
                cm_extract_put_work(x);
                break;
        case CM_CASE_container_MOUNT_SOURCE:
                cm_extract_put_text(x, m->source);
                break;
        case CM_CASE_container_MOUNT_DEST:
                cm_extract_put_text(x, m->dest);
                break;
        case CM_CASE_container_MOUNT_MODE:
                cm_extract_put_text(x, m->mode);
                break;
        case CM_CASE_container_MOUNT_RDWR:
                cm_extract_put_text(x, m->is_writable ? CM_SV("true") : CM_SV("false"));
                break;
        default:
                cm_extract_put_text(x, m->propagation);
                break;
        }
}

static void put_label(struct cm_extract *x, const struct cm_label *labels, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (cm_sv_eq(labels[i].key, x->argument)) {
                        cm_extract_put_text(x, labels[i].value);
                        return;
                }
}

static void put_labels(struct cm_extract *x, const struct cm_label *labels, size_t count)
{
        struct cm_buf *out = cm_extract_begin(x);
        for (size_t i = 0; i < count; i++) {
                cm_buf_put_str(out, i == 0 ? "" : ", ");
                cm_buf_put_sv(out, labels[i].key);
                cm_buf_put_char(out, ':');
                cm_buf_put_sv(out, labels[i].value);
        }
        if (count > 0)
                cm_extract_put_work(x);
}

static void extract_host(struct cm_extract *x, int which)
{
        if (which == CM_CASE_container_ID || which == CM_CASE_container_FULL_ID ||
            which == CM_CASE_container_NAME || which == CM_CASE_container_TYPE)
                cm_extract_put_text(x, CM_SV("host"));
}

/* What the id alone does not tell. */
static void extract_metadata(struct cm_extract *x, const struct cm_container *k, int which)
{
        const struct cm_event *e = x->c->event;
        switch (which) {
        case CM_CASE_container_PRIVILEGED:
                cm_extract_put_bool(x, k->is_privileged);
                break;
        case CM_CASE_container_MOUNTS:
                put_mounts(x, k);
                break;
        case CM_CASE_container_MOUNT:
        case CM_CASE_container_MOUNT_SOURCE:
        case CM_CASE_container_MOUNT_DEST:
        case CM_CASE_container_MOUNT_MODE:
        case CM_CASE_container_MOUNT_RDWR:
        case CM_CASE_container_MOUNT_PROPAGATION:
                put_mount_part(x, k, which);
                break;
        case CM_CASE_container_START_TS:
                if (k->start_ns > 0)
                        cm_extract_put_number(x, k->start_ns);
                break;
        case CM_CASE_container_DURATION:
                if (k->start_ns > 0 && (int64_t)e->time_ns >= k->start_ns)
                        cm_extract_put_number(x, (int64_t)e->time_ns - k->start_ns);
                break;
        case CM_CASE_container_HOST_PID:
                cm_extract_put_bool(x, k->uses_host_pid);
                break;
        case CM_CASE_container_HOST_NETWORK:
                cm_extract_put_bool(x, k->uses_host_network);
                break;
        case CM_CASE_container_HOST_IPC:
                cm_extract_put_bool(x, k->uses_host_ipc);
                break;
        case CM_CASE_container_LABEL:
                put_label(x, k->labels, k->label_count);
                break;
        case CM_CASE_container_LABELS:
                put_labels(x, k->labels, k->label_count);
                break;
        case CM_CASE_container_POD_LABEL:
                put_label(x, k->pod_labels, k->pod_label_count);
                break;
        case CM_CASE_container_POD_LABELS:
                put_labels(x, k->pod_labels, k->pod_label_count);
                break;
        default:
                break;
        }
}

void cm_extract_container(struct cm_extract *x, int which)
{
        if (x->c->thread == NULL)
                return;
        const struct cm_container *k = x->c->thread->container;
        if (k == NULL) {
                extract_host(x, which);
                return;
        }
        const struct {
                int which;
                struct cm_sv text;
        } texts[] = {
                { CM_CASE_container_ID, k->id },
                { CM_CASE_container_FULL_ID, k->full_id },
                { CM_CASE_container_NAME, k->name },
                { CM_CASE_container_IMAGE, k->image },
                { CM_CASE_container_IMAGE_ID, k->image_id },
                { CM_CASE_container_IMAGE_REPOSITORY, k->image_repository },
                { CM_CASE_container_IMAGE_TAG, k->image_tag },
                { CM_CASE_container_IMAGE_DIGEST, k->image_digest },
                { CM_CASE_container_TYPE, k->type },
                { CM_CASE_container_HEALTHCHECK, k->healthcheck },
                { CM_CASE_container_LIVENESS_PROBE, k->liveness_probe },
                { CM_CASE_container_READINESS_PROBE, k->readiness_probe },
                { CM_CASE_container_IP, k->ip },
                { CM_CASE_container_CNI_JSON, k->cni_json },
                { CM_CASE_container_POD_NAME, k->pod_name },
                { CM_CASE_container_POD_UID, k->pod_uid },
                { CM_CASE_container_POD_SANDBOX_ID, k->pod_sandbox_id },
                { CM_CASE_container_POD_FULL_SANDBOX_ID, k->pod_full_sandbox_id },
                { CM_CASE_container_POD_IP, k->pod_ip },
                { CM_CASE_container_NS_NAME, k->namespace_name },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(texts); i++)
                if (texts[i].which == which) {
                        cm_extract_put_text_unless_empty(x, texts[i].text);
                        return;
                }
        if (k->has_metadata)
                extract_metadata(x, k, which);
}
