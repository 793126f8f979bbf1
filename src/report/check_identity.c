/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UUIDs of check_identity.h. A fingerprint alone will not do: it leaves out the document on purpose,
 * and a report may name the same object in two. Lines are no part where a pointer says the place.
 */
#include "report/check_identity.h"

#include <stdio.h>

static bool alike(const struct cm_check_result *a, const struct cm_check_result *b)
{
        return a->subject.document_number == b->subject.document_number &&
               a->place.line == b->place.line && cm_sv_eq(a->check, b->check) &&
               cm_sv_eq(a->message, b->message) && cm_sv_eq(a->place.pointer, b->place.pointer) &&
               cm_sv_eq(a->subject.name, b->subject.name) &&
               cm_sv_eq(a->subject.kind, b->subject.kind) &&
               cm_sv_eq(a->subject.group, b->subject.group) &&
               cm_sv_eq(a->subject.document, b->subject.document);
}

const char *cm_check_result_uuid(struct cm_check_identities *identities,
                                 const struct cm_check_result *r, char text[CM_UUID_TEXT_BYTES])
{
        char object[CM_UUID_TEXT_BYTES];
        char numbers[64];
        bool copy = identities->has_last && alike(&identities->last, r);
        identities->copies = copy ? identities->copies + 1 : 0;
        identities->last = *r;
        identities->has_last = true;
        snprintf(numbers, sizeof(numbers), "%u:%u:%u", r->place.pointer.len > 0 ? 0 : r->place.line,
                 r->place.pointer.len > 0 ? 0 : r->place.column, identities->copies);
        const struct cm_sv parts[] = { CM_SV("urn:coaming:result"),
                                       cm_sv_from_cstr(cm_check_object_uuid(r, object)),
                                       r->check,
                                       r->place.pointer,
                                       cm_sv_from_cstr(numbers),
                                       r->message };
        return cm_uuid_of(parts, CM_ARRAY_LEN(parts), text);
}

const char *cm_check_object_uuid(const struct cm_check_result *r, char text[CM_UUID_TEXT_BYTES])
{
        char number[24];
        snprintf(number, sizeof(number), "%zu", r->subject.document_number);
        const struct cm_sv parts[] = { CM_SV("urn:coaming:object"),
                                       r->subject.document,
                                       cm_sv_from_cstr(number),
                                       r->subject.kind,
                                       r->subject.group,
                                       r->subject.name };
        return cm_uuid_of(parts, CM_ARRAY_LEN(parts), text);
}

struct cm_check_result cm_check_unread_result(const struct cm_check_unread *unread)
{
        return (struct cm_check_result){
                .check = CM_SV("document-is-read"),
                .title = CM_SV("The document can be read"),
                .severity = CM_SEVERITY_UNKNOWN,
                .state = CM_CHECK_UNKNOWN,
                .subject = { .kind = CM_SV("document"),
                             .name = unread->document,
                             .document = unread->document },
                .message = unread->code == CM_E_OK ? CM_SV("no kind of document that checks know")
                                                   : unread->reason,
        };
}
