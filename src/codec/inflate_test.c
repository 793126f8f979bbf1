/* SPDX-License-Identifier: Apache-2.0 */
/* gzip members in pieces of every size, by ISA-L's own reading and with header and trailer read here. */
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include "base/buf.h"
#include "codec/inflate.h"
#include "tests/harness.h"

enum {
        TEXT_BYTES = 3000
};

/* A member with every optional field of a header when `flags` says so. */
static void put_member(struct cm_buf *out, const char *text, size_t len, unsigned flags)
{
        static const unsigned char head[] = { 0x1f, 0x8b, 8 };
        cm_buf_put(out, head, sizeof(head));
        cm_buf_put_u8(out, (uint8_t)flags);
        cm_buf_put(out, "\0\0\0\0\0\3", 6);
        if ((flags & 4) != 0)
                cm_buf_put(out, "\4\0abcd", 6);
        if ((flags & 8) != 0)
                cm_buf_put(out, "name", 5);
        if ((flags & 16) != 0)
                cm_buf_put(out, "comment", 8);
        struct isal_zstream z;
        unsigned char packed[TEXT_BYTES + 1000];
        isal_deflate_stateless_init(&z);
        z.next_in = (uint8_t *)(uintptr_t)text;
        z.avail_in = (uint32_t)len;
        z.next_out = packed;
        z.avail_out = sizeof(packed);
        z.end_of_stream = 1;
        CM_CHECK_INT(isal_deflate_stateless(&z), COMP_OK);
        cm_buf_put(out, packed, z.total_out);
        cm_buf_put_le32(out, crc32_gzip_refl(0, (const unsigned char *)text, len));
        cm_buf_put_le32(out, (uint32_t)len);
}

/* Returns 0 and the output, or the error. */
static int unpack(struct cm_sv stream, bool has_digest, size_t piece, size_t room,
                  struct cm_buf *out)
{
        struct cm_inflate *inflate CM_CLEANUP(cm_inflate_freep)
        = cm_inflate_new(CM_COMPRESSION_GZIP, 1 << 24);
        struct cm_err err = CM_ERR_INIT;
        char bytes[512];
        if (has_digest)
                cm_inflate_trust_digest(inflate);
        cm_buf_clear(out);
        for (size_t at = 0; at < stream.len; at += piece) {
                struct cm_sv in = cm_sv_slice(stream, at, at + piece);
                size_t written = 1;
                while (in.len > 0 || written > 0) {
                        int r = cm_inflate_step(inflate, &in, bytes, room, &written, &err);
                        if (r < 0)
                                return r;
                        cm_buf_put(out, bytes, written);
                }
        }
        return cm_inflate_finish(inflate, &err);
}

static void fill(char text[TEXT_BYTES])
{
        uint32_t x = 1;
        for (size_t i = 0; i < TEXT_BYTES; i++, x = x * 1103515245 + 12345)
                text[i] = (char)('a' + (x >> 16) % (i % 700 < 300 ? 3 : 200));
}

CM_TEST(members_in_pieces)
{
        char text[TEXT_BYTES];
        struct cm_buf stream, out, whole;
        cm_buf_init(&stream, CM_MIB(1));
        cm_buf_init(&out, CM_MIB(1));
        cm_buf_init(&whole, CM_MIB(1));
        fill(text);
        const size_t lens[] = { TEXT_BYTES, 0, 1, 17, 900 };
        for (size_t i = 0; i < CM_ARRAY_LEN(lens); i++) {
                put_member(&stream, text, lens[i], (unsigned)(i * 4) & 28U);
                cm_buf_put(&whole, text, lens[i]);
        }
        cm_buf_put(&stream, "\0\0\0\0\0", 5);
        const size_t pieces[] = { 1, 2, 3, 7, 8, 9, 64, 1000, CM_MIB(1) };
        for (size_t i = 0; i < CM_ARRAY_LEN(pieces); i++)
                for (size_t room = 1; room <= 512; room *= 8)
                        for (int has_digest = 0; has_digest < 2; has_digest++) {
                                CM_CHECK_INT(unpack(cm_buf_sv(&stream), has_digest != 0, pieces[i],
                                                    room, &out),
                                             0);
                                CM_CHECK(cm_sv_eq(cm_buf_sv(&out), cm_buf_sv(&whole)));
                        }
        cm_buf_fini(&stream);
        cm_buf_fini(&out);
        cm_buf_fini(&whole);
}

CM_TEST(damage_and_cuts)
{
        char text[TEXT_BYTES];
        struct cm_buf stream, out;
        cm_buf_init(&stream, CM_MIB(1));
        cm_buf_init(&out, CM_MIB(1));
        fill(text);
        put_member(&stream, text, 500, 8);
        struct cm_sv s = cm_buf_sv(&stream);
        for (size_t cut = 0; cut < s.len; cut++)
                for (int has_digest = 0; has_digest < 2; has_digest++)
                        CM_CHECK(unpack(cm_sv_slice(s, 0, cut), has_digest != 0, 100, 512, &out) <
                                 0);
        for (size_t i = 1; i <= 8; i++) {
                stream.ptr[s.len - i] = (char)(stream.ptr[s.len - i] ^ 1);
                CM_CHECK(unpack(s, false, 100, 512, &out) < 0);
                /* The last four bytes are the length, those before them the CRC. */
                CM_CHECK_INT(unpack(s, true, 100, 512, &out) < 0, i <= 4);
                stream.ptr[s.len - i] = (char)(stream.ptr[s.len - i] ^ 1);
        }
        cm_buf_put_str(&stream, "tail");
        CM_CHECK(unpack(cm_buf_sv(&stream), true, 100, 512, &out) < 0);
        cm_buf_fini(&stream);
        cm_buf_fini(&out);
}
