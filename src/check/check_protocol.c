/* SPDX-License-Identifier: Apache-2.0 */
/* Encodings of check_protocol.h. */
#include "check/check_protocol.h"

#include "base/cursor.h"

enum {
        WANTED_MAX = 100000,
        NOTES_MAX = 100000,
        PATCHES_MAX = 2000 /* objects that fixes change: each takes one of CM_CHECK_FIXES_MAX */
};

void cm_check_job_write(struct cm_buf *buf, const struct cm_check_job *job)
{
        cm_buf_put_le32(buf, job->k8s_minor);
        cm_buf_put_le64(buf, (uint64_t)job->now_s);
        cm_buf_put_u8(buf, job->all ? 1 : 0);
        cm_buf_put_u8(buf, job->only_policies ? 1 : 0);
        cm_buf_put_u8(buf, job->with_passed ? 1 : 0);
        cm_buf_put_u8(buf, job->with_fixes ? 1 : 0);
        cm_buf_put_bytes(buf, job->waivers);
        cm_buf_put_bytes(buf, job->profile);
        cm_buf_put_varint(buf, job->wanted_count);
        for (size_t i = 0; i < job->wanted_count; i++)
                cm_buf_put_bytes(buf, job->wanted[i]);
}

int cm_check_job_parse(struct cm_arena *arena, struct cm_sv bytes, struct cm_check_job *ret,
                       struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(bytes);
        struct cm_check_job job = { 0 };
        job.k8s_minor = cm_cursor_le32(&c);
        job.now_s = (int64_t)cm_cursor_le64(&c);
        job.all = cm_cursor_u8(&c) != 0;
        job.only_policies = cm_cursor_u8(&c) != 0;
        job.with_passed = cm_cursor_u8(&c) != 0;
        job.with_fixes = cm_cursor_u8(&c) != 0;
        job.waivers = cm_cursor_bytes(&c);
        job.profile = cm_cursor_bytes(&c);
        uint64_t count = cm_cursor_varint(&c);
        if (c.failed || count > WANTED_MAX)
                return CM_RAISE(err, CM_E_WORKER, "check job is malformed");
        struct cm_sv *wanted = CM_NEW_ARRAY(arena, struct cm_sv, (size_t)count);
        for (size_t i = 0; i < count; i++)
                wanted[i] = cm_cursor_bytes(&c);
        job.wanted = wanted;
        job.wanted_count = (size_t)count;
        int r = cm_cursor_check(&c, "check job", err);
        if (r == 0)
                *ret = job;
        return r;
}

void cm_check_meta_write(struct cm_buf *buf, const struct cm_check_meta *meta)
{
        cm_buf_put_varint(buf, meta->index);
        cm_buf_put_varint(buf, (uint64_t)meta->severity);
        cm_buf_put_bytes(buf, meta->id);
        cm_buf_put_bytes(buf, meta->title);
        cm_buf_put_bytes(buf, meta->remediation);
        cm_buf_put_bytes(buf, meta->maps);
}

int cm_check_meta_parse(struct cm_sv bytes, struct cm_check_meta *ret, struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(bytes);
        struct cm_check_meta meta = { 0 };
        meta.index = cm_cursor_varint(&c);
        uint64_t severity = cm_cursor_varint(&c);
        meta.id = cm_cursor_bytes(&c);
        meta.title = cm_cursor_bytes(&c);
        meta.remediation = cm_cursor_bytes(&c);
        meta.maps = cm_cursor_bytes(&c);
        int r = cm_cursor_check(&c, "check", err);
        if (r == 0 && severity >= CM_SEVERITY_COUNT)
                r = CM_RAISE(err, CM_E_WORKER, "check has no known severity");
        if (r < 0)
                return r;
        meta.severity = (enum cm_severity)severity;
        *ret = meta;
        return 0;
}

void cm_check_result_write(struct cm_buf *buf, uint64_t check_index,
                           const struct cm_check_result *result)
{
        cm_buf_put_varint(buf, check_index);
        cm_buf_put_varint(buf, (uint64_t)result->state);
        cm_buf_put_varint(buf, result->subject.document_order);
        cm_buf_put_varint(buf, result->subject.document_number);
        cm_buf_put_varint(buf, result->place.line);
        cm_buf_put_varint(buf, result->place.column);
        const struct cm_sv texts[] = { result->subject.view,  result->subject.kind,
                                       result->subject.name,  result->subject.group,
                                       result->place.pointer, result->place.anchor,
                                       result->message };
        for (size_t i = 0; i < CM_ARRAY_LEN(texts); i++)
                cm_buf_put_bytes(buf, texts[i]);
}

int cm_check_result_parse(struct cm_sv bytes, uint64_t *ret_check_index,
                          struct cm_check_result *ret, struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(bytes);
        struct cm_check_result result = { 0 };
        uint64_t index = cm_cursor_varint(&c);
        uint64_t state = cm_cursor_varint(&c);
        result.subject.document_order = (size_t)cm_cursor_varint(&c);
        result.subject.document_number = (size_t)cm_cursor_varint(&c);
        uint64_t line = cm_cursor_varint(&c);
        uint64_t column = cm_cursor_varint(&c);
        struct cm_sv *const texts[] = { &result.subject.view,  &result.subject.kind,
                                        &result.subject.name,  &result.subject.group,
                                        &result.place.pointer, &result.place.anchor,
                                        &result.message };
        for (size_t i = 0; i < CM_ARRAY_LEN(texts); i++)
                *texts[i] = cm_cursor_bytes(&c);
        int r = cm_cursor_check(&c, "check result", err);
        if (r == 0 && (state >= CM_CHECK_STATE_COUNT || line > UINT32_MAX || column > UINT32_MAX))
                r = CM_RAISE(err, CM_E_WORKER, "check result has no known state or place");
        if (r < 0)
                return r;
        result.state = (enum cm_check_state)state;
        result.place.line = (uint32_t)line;
        result.place.column = (uint32_t)column;
        *ret = result;
        *ret_check_index = index;
        return 0;
}

void cm_check_document_done_write(struct cm_buf *buf, const struct cm_check_document_done *done)
{
        cm_buf_put_varint(buf, done->documents);
        cm_buf_put_varint(buf, done->unknown);
        cm_buf_put_varint(buf, done->subjects);
        cm_buf_put_varint(buf, done->code);
        cm_buf_put_bytes(buf, done->text);
}

int cm_check_document_done_parse(struct cm_sv bytes, struct cm_check_document_done *ret,
                                 struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(bytes);
        struct cm_check_document_done done = { 0 };
        done.documents = cm_cursor_varint(&c);
        done.unknown = cm_cursor_varint(&c);
        done.subjects = cm_cursor_varint(&c);
        done.code = cm_cursor_varint(&c);
        done.text = cm_cursor_bytes(&c);
        int r = cm_cursor_check(&c, "end of a document", err);
        if (r == 0 && done.code >= CM_E_COUNT)
                r = CM_RAISE(err, CM_E_WORKER, "end of a document has no known error");
        if (r == 0)
                *ret = done;
        return r;
}

void cm_check_fixed_write(struct cm_buf *buf, const struct cm_check_fixed *fixed)
{
        cm_buf_put_varint(buf, fixed->made);
        cm_buf_put_bytes(buf, fixed->text);
        cm_buf_put_bytes(buf, fixed->diff);
        cm_buf_put_varint(buf, fixed->patch_count);
        for (size_t i = 0; i < fixed->patch_count; i++) {
                cm_buf_put_varint(buf, fixed->patches[i].number);
                cm_buf_put_bytes(buf, fixed->patches[i].operations);
        }
        cm_buf_put_varint(buf, fixed->note_count);
        for (size_t i = 0; i < fixed->note_count; i++)
                cm_buf_put_bytes(buf, fixed->notes[i]);
}

int cm_check_fixed_parse(struct cm_arena *arena, struct cm_sv bytes, struct cm_check_fixed *ret,
                         struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(bytes);
        struct cm_check_fixed fixed = { 0 };
        fixed.made = cm_cursor_varint(&c);
        fixed.text = cm_cursor_bytes(&c);
        fixed.diff = cm_cursor_bytes(&c);
        uint64_t count = cm_cursor_varint(&c);
        if (c.failed || count > PATCHES_MAX)
                return CM_RAISE(err, CM_E_WORKER, "fixed document is malformed");
        struct cm_check_patch *patches = CM_NEW_ARRAY(arena, struct cm_check_patch, (size_t)count);
        for (size_t i = 0; i < count; i++) {
                patches[i].number = cm_cursor_varint(&c);
                patches[i].operations = cm_cursor_bytes(&c);
        }
        fixed.patches = patches;
        fixed.patch_count = (size_t)count;
        count = cm_cursor_varint(&c);
        if (c.failed || count > NOTES_MAX)
                return CM_RAISE(err, CM_E_WORKER, "fixed document is malformed");
        struct cm_sv *notes = CM_NEW_ARRAY(arena, struct cm_sv, (size_t)count);
        for (size_t i = 0; i < count; i++)
                notes[i] = cm_cursor_bytes(&c);
        fixed.notes = notes;
        fixed.note_count = (size_t)count;
        int r = cm_cursor_check(&c, "fixed document", err);
        if (r == 0)
                *ret = fixed;
        return r;
}
