/* SPDX-License-Identifier: Apache-2.0 */
/* base64.encode() of bytes, base64.decode() of text, with or without padding. */
#include "cel/library.h"
#include "codec/base64.h"

CM_CEL_FN(encode)
{
        if (!cm_cel_charge(cx, args[0].len / 8) ||
            !cm_cel_reserve(cx, ((size_t)args[0].len + 2) / 3 * 4 + 1))
                return cm_cel_no_memory(cx);
        return cm_cel_string(cm_base64_encode(cm_cel_arena(cx), cm_cel_sv(args[0])));
}

CM_CEL_FN(decode)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_sv bytes = CM_SV("");
        if (!cm_cel_charge(cx, args[0].len / 8) || !cm_cel_reserve(cx, args[0].len))
                return cm_cel_no_memory(cx);
        if (cm_base64_decode(cm_cel_arena(cx), cm_cel_sv(args[0]), &bytes, &err) < 0)
                return cm_cel_fail_err(cx, &err);
        return cm_cel_bytes(bytes);
}

static const struct cm_cel_function functions[] = {
        { "base64.encode", CM_CEL_GLOBAL, "y:s", encode },
        { "base64.decode", CM_CEL_GLOBAL, "s:y", decode },
        { NULL },
};

extern const struct cm_cel_library cm_cel_lib_encoders;
const struct cm_cel_library cm_cel_lib_encoders = { "encoders", functions, NULL };
