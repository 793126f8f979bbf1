/* SPDX-License-Identifier: Apache-2.0 */
/* Header reader of rpmhdr.h. */
#include "codec/rpmhdr.h"

#include "base/cursor.h"

enum {
        ENTRY_BYTES = 16,
        TYPE_INT32 = 4,
        TYPE_STRING = 6,
        TYPE_STRING_ARRAY = 8,
        TYPE_I18NSTRING = 9
};

static const uint32_t entries_max = 1000000;
static const uint32_t data_bytes_max = 256U << 20;

int cm_rpmhdr_parse(struct cm_sv blob, struct cm_rpmhdr *ret, struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(blob);
        uint32_t entries = cm_cursor_be32(&c);
        uint32_t data_bytes = cm_cursor_be32(&c);
        if (entries > entries_max || data_bytes > data_bytes_max)
                return CM_RAISE(err, CM_E_LIMIT, "rpm header states %u entries and %u bytes",
                                entries, data_bytes);
        struct cm_rpmhdr h = { .index = cm_cursor_take(&c, (size_t)entries * ENTRY_BYTES) };
        h.data = cm_cursor_take(&c, data_bytes);
        int r = cm_cursor_check(&c, "rpm header", err);
        if (r < 0)
                return r;
        *ret = h;
        return 0;
}

/* The entry of a tag: its type, count, and the data from its offset on. */
static bool find(const struct cm_rpmhdr *h, enum cm_rpm_tag tag, uint32_t *type, uint32_t *count,
                 struct cm_sv *data)
{
        struct cm_cursor c = cm_cursor_make(h->index);
        while (c.len >= ENTRY_BYTES) {
                uint32_t id = cm_cursor_be32(&c);
                *type = cm_cursor_be32(&c);
                uint32_t offset = cm_cursor_be32(&c);
                *count = cm_cursor_be32(&c);
                if (id != (uint32_t)tag)
                        continue;
                if (offset > h->data.len)
                        return false;
                *data = cm_sv_skip(h->data, offset);
                return true;
        }
        return false;
}

struct cm_sv cm_rpmhdr_string(const struct cm_rpmhdr *h, enum cm_rpm_tag tag)
{
        uint32_t type = 0;
        uint32_t count = 0;
        struct cm_sv data, rest, text;
        if (!find(h, tag, &type, &count, &data) || count == 0 ||
            (type != TYPE_STRING && type != TYPE_I18NSTRING && type != TYPE_STRING_ARRAY))
                return CM_SV("");
        if (!cm_sv_cut(data, '\0', &text, &rest))
                return CM_SV(""); /* not ended inside the header */
        return cm_sv_eq(text, CM_SV("(none)")) ? CM_SV("") : text;
}

struct cm_sv cm_rpmhdr_ints(const struct cm_rpmhdr *h, enum cm_rpm_tag tag)
{
        uint32_t type = 0;
        uint32_t count = 0;
        struct cm_sv data;
        if (!find(h, tag, &type, &count, &data) || type != TYPE_INT32)
                return CM_SV("");
        size_t inside = CM_MIN((size_t)count, data.len / 4);
        return cm_sv_slice(data, 0, inside * 4);
}

bool cm_rpmhdr_int(const struct cm_rpmhdr *h, enum cm_rpm_tag tag, size_t index, uint32_t *ret)
{
        struct cm_sv ints = cm_rpmhdr_ints(h, tag);
        if (index >= ints.len / 4)
                return false;
        struct cm_cursor c = cm_cursor_at(ints, (uint64_t)index * 4, 4);
        *ret = cm_cursor_be32(&c);
        return !c.failed;
}

bool cm_rpmhdr_next_string(const struct cm_rpmhdr *h, enum cm_rpm_tag tag,
                           struct cm_rpmhdr_strings *it, struct cm_sv *ret)
{
        if (!it->begun) {
                uint32_t type = 0;
                it->begun = true;
                if (!find(h, tag, &type, &it->left, &it->rest) || type != TYPE_STRING_ARRAY)
                        it->left = 0;
        }
        if (it->left == 0 || !cm_sv_cut(it->rest, '\0', ret, &it->rest))
                return false;
        it->left--;
        return true;
}
