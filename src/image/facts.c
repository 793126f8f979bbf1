/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The consumer behind `coaming check IMAGE`: records what checks ask about files (image/fact.h) and
 * the accounts of etc/passwd and etc/shadow. Of each kind a layer tells so many; that there are more
 * is said, too, so that nobody takes a list for whole.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "image/consumer.h"

struct owner {
        uint64_t uid;
        unsigned count; /* files told; 0 is a free slot */
};

enum {
        OWNER_SLOTS = 2 * 4096 /* a power of two over CM_IMAGE_OWNERS_MAX */
};

struct facts {
        const struct cm_stream_env *env;
        size_t told[CM_FACT_KIND_COUNT];
        uint32_t cut;         /* kinds of which that was said */
        struct owner *owners; /* open addressing */
        size_t owner_count;
        bool too_many_owners;
        struct cm_buf text; /* of a file of accounts */
        bool is_passwd;
        uint32_t mode;
};

static void *facts_open(const struct cm_stream_env *env)
{
        struct facts *f = calloc(1, sizeof(*f));
        CM_ASSERT(f != NULL);
        f->env = env;
        f->owners = calloc(OWNER_SLOTS, sizeof(*f->owners));
        CM_ASSERT(f->owners != NULL && CM_IMAGE_OWNERS_MAX * 2 <= OWNER_SLOTS);
        cm_buf_init(&f->text, CM_IMAGE_ACCOUNT_BYTES_MAX);
        return f;
}

static void facts_close(void *self)
{
        struct facts *f = self;
        cm_buf_fini(&f->text);
        free(f->owners);
        free(f);
}

static void say_cut(struct facts *f, uint32_t kinds)
{
        if ((f->cut & kinds) != kinds)
                cm_records_put_cut(f->env->records, kinds, CM_FACT_ANY_UID);
        f->cut |= kinds;
}

/* The first files of every owner: whether the owner has an account is known when all is merged. */
static bool tells_owner(struct facts *f, uint64_t uid)
{
        if (uid == 0)
                return false;
        size_t at = (size_t)((uid * 0x9e3779b97f4a7c15U) >> 40) & (OWNER_SLOTS - 1);
        while (f->owners[at].count > 0 && f->owners[at].uid != uid)
                at = (at + 1) & (OWNER_SLOTS - 1);
        struct owner *o = &f->owners[at];
        if (o->count == 0) {
                if (f->owner_count == CM_IMAGE_OWNERS_MAX) {
                        say_cut(f, CM_FACT_OWNER);
                        return false;
                }
                f->owner_count++;
                o->uid = uid;
        }
        if (o->count == CM_IMAGE_FILES_OF_OWNER_MAX)
                cm_records_put_cut(f->env->records, CM_FACT_OWNER, uid);
        if (o->count > CM_IMAGE_FILES_OF_OWNER_MAX)
                return false;
        o->count++;
        return o->count <= CM_IMAGE_FILES_OF_OWNER_MAX;
}

static uint32_t kinds_of(struct facts *f, const struct cm_stream_file *file)
{
        bool is_file = file->type == CM_TAR_FILE || file->type == CM_TAR_HARDLINK;
        uint32_t kinds = cm_fact_kinds_of_name(file->path, file->type);
        if ((file->mode & 0111U) == 0)
                kinds &= ~(uint32_t)CM_FACT_EXECUTABLE;
        if (is_file && (file->mode & 06000U) != 0)
                kinds |= CM_FACT_SETUID;
        if (is_file && file->caps.len > 0)
                kinds |= CM_FACT_CAPABILITIES;
        if (is_file && (file->mode & 0002U) != 0)
                kinds |= CM_FACT_WRITABLE_FILE;
        if (file->type == CM_TAR_DIR && (file->mode & 01002U) == 0002U)
                kinds |= CM_FACT_WRITABLE_DIR;
        if (file->type == CM_TAR_CHAR || file->type == CM_TAR_BLOCK)
                kinds |= CM_FACT_DEVICE;
        if (tells_owner(f, file->uid))
                kinds |= CM_FACT_OWNER;
        return kinds;
}

/* Leaves out the kinds of which enough was told. */
static uint32_t within_limits(struct facts *f, uint32_t kinds)
{
        for (size_t i = 0; i < CM_FACT_KIND_COUNT; i++) {
                uint32_t bit = 1U << i;
                if ((kinds & bit) == 0 || bit == CM_FACT_OWNER)
                        continue; /* owners have limits of their own */
                if (f->told[i] < CM_IMAGE_FACTS_MAX) {
                        f->told[i]++;
                } else {
                        say_cut(f, bit);
                        kinds &= ~bit;
                }
        }
        return kinds;
}

static enum cm_want facts_begin(void *self, const struct cm_stream_file *file)
{
        struct facts *f = self;
        uint32_t kinds = kinds_of(f, file);
        if (kinds != 0)
                kinds = within_limits(f, kinds);
        const struct cm_fact fact = { .kinds = kinds,
                                      .type = file->type,
                                      .mode = file->mode,
                                      .uid = file->uid,
                                      .gid = file->gid,
                                      .size_bytes = file->size_bytes,
                                      .caps = file->caps };
        if (kinds != 0)
                cm_records_put_fact(f->env->records, file->path, &fact);
        f->is_passwd = cm_sv_eq(file->path, CM_SV("etc/passwd"));
        bool is_accounts = f->is_passwd || cm_sv_eq(file->path, CM_SV("etc/shadow"));
        if (!is_accounts)
                return CM_WANT_NOTHING;
        if (file->type != CM_TAR_FILE || file->is_sparse ||
            file->size_bytes > CM_IMAGE_ACCOUNT_BYTES_MAX) {
                say_cut(f, CM_FACT_ACCOUNT);
                return CM_WANT_NOTHING;
        }
        cm_buf_clear(&f->text);
        f->mode = file->mode;
        return CM_WANT_ALL;
}

static int facts_data(void *self, struct cm_sv piece, struct cm_err *err)
{
        (void)err;
        cm_buf_put_sv(&((struct facts *)self)->text, piece);
        return 0;
}

/* crypt(5): what is no hash can never be typed. */
static enum cm_password password_of(struct cm_sv field, bool is_passwd)
{
        if (field.len == 0)
                return CM_PASSWORD_EMPTY;
        if (is_passwd && cm_sv_eq(field, CM_SV("x")))
                return CM_PASSWORD_SHADOW;
        return field.ptr[0] == '!' || field.ptr[0] == '*' || field.len < 3 ? CM_PASSWORD_LOCKED
                                                                           : CM_PASSWORD_SET;
}

/* passwd(5) and shadow(5). Lines that are not of that form say nothing, as to the C library. */
static bool read_account(struct cm_sv line, bool is_passwd, struct cm_account *ret)
{
        struct cm_sv fields[7] = { { 0 } };
        size_t count = 0;
        bool more = true;
        while (count < CM_ARRAY_LEN(fields) && more)
                more = cm_sv_cut(line, ':', &fields[count++], &line);
        struct cm_account a = { .name = fields[0], .password = password_of(fields[1], is_passwd) };
        struct cm_err no_number = CM_ERR_INIT;
        if (a.name.len == 0 || a.name.ptr[0] == '#' || count < 2)
                return false;
        if (is_passwd) {
                if (count < 7 || cm_parse_u64(fields[2], 0, UINT32_MAX, &a.uid, &no_number) < 0 ||
                    cm_parse_u64(fields[3], 0, UINT32_MAX, &a.gid, &no_number) < 0)
                        return false;
                a.home = fields[5];
                a.shell = cm_sv_trim(fields[6]);
        }
        *ret = a;
        return true;
}

static int facts_end(void *self, struct cm_err *err)
{
        struct facts *f = self;
        struct cm_records *records = f->env->records;
        struct cm_sv rest = cm_buf_sv(&f->text);
        struct cm_sv line;
        size_t count = 0;
        cm_records_put_file(records, f->is_passwd ? CM_SV("etc/passwd") : CM_SV("etc/shadow"),
                            f->mode);
        while (cm_sv_next_line(&rest, &line)) {
                struct cm_account account;
                if (!read_account(line, f->is_passwd, &account))
                        continue;
                if (count++ == CM_IMAGE_OWNERS_MAX) {
                        say_cut(f, CM_FACT_ACCOUNT);
                        break;
                }
                cm_records_put_account(records, &account);
        }
        return cm_buf_check(&records->buf, "records of one layer", err);
}

const struct cm_consumer cm_consumer_facts = {
        .name = "facts",
        .open = facts_open,
        .begin = facts_begin,
        .data = facts_data,
        .end = facts_end,
        .close = facts_close,
};
