/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of model/digest.h; the digests are the test vectors of FIPS 180-4 for "abc" and "". */
#include "model/digest.h"
#include "tests/harness.h"

#define ABC_256 "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define ABC_512                                                                   \
        "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" \
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
#define EMPTY_256 "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

CM_TEST(parse_and_format)
{
        static const char *const texts[] = { ABC_256, ABC_512, EMPTY_256 };
        for (size_t i = 0; i < CM_ARRAY_LEN(texts); i++) {
                struct cm_err err = CM_ERR_INIT;
                struct cm_digest digest;
                char text[CM_DIGEST_TEXT_BYTES];
                CM_CHECK_OK(cm_digest_parse(cm_sv_from_cstr(texts[i]), &digest, &err), &err);
                CM_CHECK_SV(cm_sv_from_cstr(cm_digest_format(&digest, text)), texts[i]);
        }
}

CM_TEST(refused)
{
        static const struct {
                const char *text;
                enum cm_err_code code;
        } bad[] = {
                { "", CM_E_MALFORMED },
                { "sha256:", CM_E_MALFORMED },
                { "sha256:BA7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                  CM_E_MALFORMED },
                { "sha256:zz7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                  CM_E_MALFORMED },
                { ABC_256 "0", CM_E_MALFORMED },
                { "sha512:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                  CM_E_MALFORMED },
                { "sha256/../../etc/passwd", CM_E_MALFORMED },
                { "blake3:af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
                  CM_E_UNSUPPORTED },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(bad); i++) {
                struct cm_err err = CM_ERR_INIT;
                struct cm_digest digest;
                CM_CHECK(cm_digest_parse(cm_sv_from_cstr(bad[i].text), &digest, &err) < 0);
                CM_CHECK_INT(err.code, bad[i].code);
                CM_CHECK(!cm_digest_is(cm_sv_from_cstr(bad[i].text)));
        }
}

CM_TEST(running_digest)
{
        struct cm_err err = CM_ERR_INIT;
        char text[CM_DIGEST_TEXT_BYTES];
        struct cm_digest digest, want;
        struct cm_digester *d CM_CLEANUP(cm_digester_freep)
        = cm_digester_new(CM_DIGEST_SHA256);
        cm_digester_update(d, CM_SV("a"));
        cm_digester_update(d, CM_SV(""));
        cm_digester_update(d, CM_SV("bc"));
        cm_digester_final(d, &digest);
        CM_CHECK_SV(cm_sv_from_cstr(cm_digest_format(&digest, text)), ABC_256);
        CM_CHECK_OK(cm_digest_parse(CM_SV(ABC_256), &want, &err), &err);
        CM_CHECK(cm_digest_eq(&digest, &want));
        /* It starts anew, and a mismatch names both. */
        CM_CHECK(cm_digester_check(d, &want, "blob", &err) < 0);
        CM_CHECK_INT(err.code, CM_E_DIGEST);
        CM_CHECK(cm_sv_find(cm_sv_from_cstr(err.text), CM_SV(EMPTY_256)) > 0);
        cm_digest_of(CM_DIGEST_SHA512, CM_SV("abc"), &digest);
        CM_CHECK_SV(cm_sv_from_cstr(cm_digest_format(&digest, text)), ABC_512);
        CM_CHECK(!cm_digest_eq(&digest, &want));
}

CM_TEST(no_digest_equals_nothing)
{
        const struct cm_digest none = { CM_DIGEST_NONE, { 0 } };
        char text[CM_DIGEST_TEXT_BYTES];
        CM_CHECK(!cm_digest_eq(&none, &none));
        CM_CHECK_SV(cm_sv_from_cstr(cm_digest_format(&none, text)), "");
        CM_CHECK_SV(cm_digest_hex(CM_SV("sha256:ab")), "ab");
}
