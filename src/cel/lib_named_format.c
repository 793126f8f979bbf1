/* SPDX-License-Identifier: Apache-2.0 */
/* Kubernetes' format library over named_format.h: format.NAME(), format.named(), validate(). */
#include "cel/library.h"
#include "cel/named_format.h"

struct object {
        struct cm_cel_object object;
        const struct cm_named_format *format;
};

static bool equal(const struct cm_cel_object *a, const struct cm_cel_object *b)
{
        return ((const struct object *)a)->format == ((const struct object *)b)->format;
}

static const struct cm_cel_object_type type = { .name = "kubernetes.NamedFormat", .equal = equal };

static struct cm_cel_value make(struct cm_cel_context *cx, const struct cm_named_format *format)
{
        struct object *o = cm_cel_alloc(cx, sizeof(*o));
        if (o == NULL)
                return cm_cel_no_memory(cx);
        *o = (struct object){ { &type }, format };
        return cm_cel_object(&o->object);
}

CM_CEL_FN(named)
{
        const struct cm_named_format *format = cm_named_format_get(cm_cel_sv(args[0]));
        return format == NULL ? cm_cel_none() : cm_cel_some(cx, make(cx, format));
}

CM_CEL_FN(validate)
{
        struct cm_sv errors[CM_NAMED_FORMAT_ERRORS_MAX];
        struct cm_sv text = cm_cel_sv(args[1]);
        if (!cm_cel_is_object(args[0], &type))
                return cm_cel_no_overload(cx, "validate", args, count);
        if (!cm_cel_charge(cx, 10 + text.len / 4))
                return cm_cel_no_memory(cx);
        struct cm_arena *scratch = cm_arena_new(SIZE_MAX);
        size_t found = cm_named_format_check(((const struct object *)args[0].object)->format,
                                             scratch, text, errors);
        cm_arena_free(scratch);
        if (found == 0)
                return cm_cel_none();
        struct cm_cel_value *items = cm_cel_alloc_values(cx, found);
        if (items == NULL)
                return cm_cel_no_memory(cx);
        for (size_t i = 0; i < found; i++)
                items[i] = cm_cel_string(errors[i]);
        return cm_cel_some(cx, cm_cel_list(items, found));
}

/* One function per format; a test holds that none is missing. */
#define FORMATS(X)                \
        X(dns1123Label)           \
        X(dns1123LabelPrefix)     \
        X(dns1123Subdomain)       \
        X(dns1123SubdomainPrefix) \
        X(dns1035Label)           \
        X(dns1035LabelPrefix)     \
        X(qualifiedName)          \
        X(labelValue)             \
        X(uri)                    \
        X(uuid)                   \
        X(byte)                   \
        X(date)                   \
        X(datetime)

#define X(format)                                                     \
        CM_CEL_FN(format_##format)                                    \
        {                                                             \
                return make(cx, cm_named_format_get(CM_SV(#format))); \
        }
FORMATS(X)
#undef X

static const struct cm_cel_function functions[] = {
#define X(format) { "format." #format, CM_CEL_GLOBAL, ":x", format_##format },
        FORMATS(X)
#undef X
                { "format.named", CM_CEL_GLOBAL, "s:ox", named },
        { "validate", CM_CEL_METHOD, "xs:o[s", validate },
        { NULL },
};
static const char *const types[] = { "kubernetes.NamedFormat", NULL };

extern const struct cm_cel_library cm_cel_lib_named_format;
const struct cm_cel_library cm_cel_lib_named_format = { "named_format", functions, types };
