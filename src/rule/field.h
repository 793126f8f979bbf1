/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields: what conditions and outputs can ask of an event. fields.def lists them; extractors take
 * values out of an event's context (model/process.h). A field that does not apply has no value, which
 * is not the same as an empty one.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "model/process.h"

enum cm_field_type {
        CM_FIELD_STRING,
        CM_FIELD_INT,
        CM_FIELD_UINT,
        CM_FIELD_REAL, /* no field of this type is ever set */
        CM_FIELD_BOOL,
        CM_FIELD_ADDRESS,
        CM_FIELD_NET, /* an address that is compared with networks */
        CM_FIELD_PORT,
        CM_FIELD_BYTES,
        CM_FIELD_ABSTIME,
        CM_FIELD_RELTIME,
        CM_FIELD_ARGUMENT /* of the type that the argument has */
};

enum cm_field_argument {
        CM_ARGUMENT_NONE,
        CM_ARGUMENT_KEY,
        CM_ARGUMENT_OPTIONAL_KEY,
        CM_ARGUMENT_OPTIONAL_INDEX
};

enum {
        CM_FIELD_OF_SYSCALL = 1 << 0, /* neither: of every source */
        CM_FIELD_OF_AUDIT = 1 << 1,
        CM_FIELD_IS_LIST = 1 << 2,
        CM_FIELD_IS_ANY = 1 << 3, /* without an argument: several values, one of which must match */
        CM_FIELD_IS_BOTH = 1 << 4, /* both ends: one must match, but for "!=", which wants both */
        CM_FIELD_IS_HOST = 1 << 5  /* compared by the addresses that the name has */
};

struct cm_value {
        union {
                struct cm_sv text; /* STRING, BYTES */
                int64_t number;
                bool boolean;
                struct cm_address address;
        };
};

struct cm_values {
        const struct cm_value *items;
        size_t count; /* 0: the field has no value */
};

struct cm_extract;

struct cm_field {
        const char *name;
        enum cm_field_type type;
        enum cm_field_argument argument;
        unsigned flags;
        void (*extract)(struct cm_extract *x, int which);
        int which;
        const char *about;
};

/* What an extractor works with. */
struct cm_extract {
        const struct cm_event_context *c;
        struct cm_arena *scratch; /* values live there until the next event */
        struct cm_buf *work;      /* for texts that are put together */
        struct cm_sv argument;
        int64_t index; /* the argument as a number; -1: it is none */
        struct cm_value one;
        struct cm_value *items;
        size_t count;
        size_t capacity;
        bool is_short; /* the scratch memory is used up: a value is missing */
};

/* In the order of fields.def. */
extern const struct cm_field cm_fields[];
extern const size_t cm_field_count;

/* A field and what stands between its brackets or behind its dot. */
struct cm_field_use {
        const struct cm_field *field;
        struct cm_sv argument;
        bool has_argument;
        int64_t index; /* -1: the argument is no number */
        enum cm_field_type type;
};

/*
 * Finds the field that a dotted name stands for ("evt.arg.flags" is evt.arg with the argument
 * "flags"), and whether it can have that argument.
 * Errors: CM_E_MALFORMED ("there is no field ...", with a suggestion).
 */
CM_MUST_CHECK int cm_field_find(struct cm_sv name, struct cm_sv argument, bool has_argument,
                                struct cm_field_use *ret, struct cm_err *err);

/* All values of a field for an event; borrowed until `scratch` is reset. */
struct cm_values cm_field_extract(struct cm_extract *x, const struct cm_field_use *use);
/* As outputs have it: numbers in decimal, addresses, true and false, texts as they are. */
void cm_value_put(struct cm_buf *out, enum cm_field_type type, const struct cm_value *value);
const char *cm_field_type_name(enum cm_field_type type);

/* For extractors: one value more. Empty texts are values. */
void cm_extract_put_text(struct cm_extract *x, struct cm_sv text);
void cm_extract_put_text_unless_empty(struct cm_extract *x, struct cm_sv text);
void cm_extract_put_number(struct cm_extract *x, int64_t number);
void cm_extract_put_bool(struct cm_extract *x, bool value);
void cm_extract_put_address(struct cm_extract *x, const struct cm_address *address);
/* The text in x->work, which is cleared; cm_extract_begin() clears it as well. */
struct cm_buf *cm_extract_begin(struct cm_extract *x);
void cm_extract_put_work(struct cm_extract *x);
