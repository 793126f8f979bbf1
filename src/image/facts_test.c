/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of image/facts.c: what a layer tells of its files, and that it says when that is not all. */
#include <stdio.h>

#include "base/limits.h"
#include "image/consumer.h"
#include "tests/harness.h"

struct told {
        struct cm_records records;
        struct cm_stream_env env;
        void *self;
};

static void begin(struct told *t)
{
        cm_records_init(&t->records, CM_MIB(16));
        t->env = (struct cm_stream_env){ .records = &t->records };
        t->self = cm_consumer_facts.open(&t->env);
}

static void end(struct told *t)
{
        cm_consumer_facts.close(t->self);
        cm_records_fini(&t->records);
}

static void file(struct told *t, const char *path, uint32_t mode, uint64_t uid, const char *text)
{
        struct cm_err err = CM_ERR_INIT;
        const struct cm_stream_file f = { .path = cm_sv_from_cstr(path),
                                          .type = CM_TAR_FILE,
                                          .mode = mode,
                                          .uid = uid,
                                          .size_bytes = text == NULL ? 0 : strlen(text) };
        enum cm_want want = cm_consumer_facts.begin(t->self, &f);
        CM_CHECK((want == CM_WANT_ALL) == (text != NULL));
        if (want != CM_WANT_ALL)
                return;
        CM_CHECK_INT(cm_consumer_facts.data(t->self, cm_sv_from_cstr(text), &err), 0);
        CM_CHECK_INT(cm_consumer_facts.end(t->self, &err), 0);
}

/* How many records of a type are there whose kinds, or password, are these. */
static size_t count(const struct told *t, enum cm_record_type type, uint32_t number)
{
        struct cm_cursor c = cm_cursor_make(cm_buf_sv(&t->records.buf));
        struct cm_record rec;
        struct cm_err err = CM_ERR_INIT;
        size_t n = 0;
        while (cm_record_next(&c, &rec, &err) == 0)
                n += rec.type == type &&
                     (type == CM_RECORD_ACCOUNT ? (uint32_t)rec.account.password == number
                                                : rec.fact.kinds == number);
        CM_CHECK(err.code == CM_E_OK);
        return n;
}

CM_TEST(facts_of_metadata)
{
        struct told t;
        begin(&t);
        file(&t, "opt/plain", 0644, 0, NULL);
        CM_CHECK_INT(t.records.buf.len, 0);
        file(&t, "opt/s", 04755, 0, NULL);
        file(&t, "opt/w", 0666, 0, NULL);
        file(&t, "tmp/x", 0755, 0, NULL);
        file(&t, "tmp/y", 0644, 0, NULL);
        CM_CHECK_INT(count(&t, CM_RECORD_FACT, CM_FACT_SETUID), 1);
        CM_CHECK_INT(count(&t, CM_RECORD_FACT, CM_FACT_WRITABLE_FILE), 1);
        CM_CHECK_INT(count(&t, CM_RECORD_FACT, CM_FACT_EXECUTABLE), 1);
        end(&t);
}

CM_TEST(facts_are_cut_and_say_so)
{
        struct told t;
        begin(&t);
        for (size_t i = 0; i < CM_IMAGE_FACTS_MAX + 3; i++)
                file(&t, "opt/w", 0666, 0, NULL);
        CM_CHECK_INT(count(&t, CM_RECORD_FACT, CM_FACT_WRITABLE_FILE), CM_IMAGE_FACTS_MAX);
        CM_CHECK_INT(count(&t, CM_RECORD_CUT, CM_FACT_WRITABLE_FILE), 1);
        for (size_t i = 0; i < 2 * CM_IMAGE_FILES_OF_OWNER_MAX; i++)
                file(&t, "opt/o", 0644, 1000, NULL);
        CM_CHECK_INT(count(&t, CM_RECORD_FACT, CM_FACT_OWNER), CM_IMAGE_FILES_OF_OWNER_MAX);
        CM_CHECK_INT(count(&t, CM_RECORD_CUT, CM_FACT_OWNER), 1);
        for (size_t i = 0; i < 2 * CM_IMAGE_OWNERS_MAX; i++)
                file(&t, "opt/o", 0644, 5000 + i, NULL);
        CM_CHECK_INT(count(&t, CM_RECORD_CUT, CM_FACT_OWNER), 2);
        end(&t);
}

CM_TEST(facts_of_accounts)
{
        struct told t;
        begin(&t);
        file(&t, "etc/passwd", 0644, 0,
             "root:x:0:0:root:/root:/bin/sh\n"
             "# a comment:x:1:1::/:\n"
             "open::1:1::/:/bin/sh\n"
             "nis:+::\n"
             "number:x:-1:0::/:\n"
             "\n"
             "old:$1$abc$def:2:2::/:\r\n"
             "closed:*:3:3::/:");
        CM_CHECK_INT(count(&t, CM_RECORD_ACCOUNT, CM_PASSWORD_SHADOW), 1);
        CM_CHECK_INT(count(&t, CM_RECORD_ACCOUNT, CM_PASSWORD_EMPTY), 1);
        CM_CHECK_INT(count(&t, CM_RECORD_ACCOUNT, CM_PASSWORD_SET), 1);
        CM_CHECK_INT(count(&t, CM_RECORD_ACCOUNT, CM_PASSWORD_LOCKED), 1);
        CM_CHECK(cm_sv_find(cm_buf_sv(&t.records.buf), CM_SV("$1$")) < 0);
        file(&t, "etc/shadow", 0640, 0, "root:!:1::::::\nopen::1::::::\n");
        CM_CHECK_INT(count(&t, CM_RECORD_ACCOUNT, CM_PASSWORD_EMPTY), 2);
        CM_CHECK_INT(count(&t, CM_RECORD_CUT, CM_FACT_ACCOUNT), 0);
        end(&t);
}
