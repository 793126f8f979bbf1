/* SPDX-License-Identifier: Apache-2.0 */
/* Kubernetes' semver library over semver_value.h. Comparison: lib_compare.c. */
#include "cel/library.h"
#include "cel/semver_value.h"

struct object {
        struct cm_cel_object object;
        struct cm_semver v;
};

static const struct cm_semver *version_of(const struct cm_cel_object *o)
{
        return &((const struct object *)o)->v;
}

static int compare(const struct cm_cel_object *a, const struct cm_cel_object *b)
{
        return cm_semver_cmp(version_of(a), version_of(b));
}

static bool equal(const struct cm_cel_object *a, const struct cm_cel_object *b)
{
        return compare(a, b) == 0;
}

static void put_text(struct cm_buf *out, const struct cm_cel_object *o)
{
        cm_buf_put_sv(out, version_of(o)->text);
}

static const struct cm_cel_object_type type = {
        .name = "kubernetes.Semver", .equal = equal, .compare = compare, .put_text = put_text
};

/* 0; < 0 when the text is no version; 1 when the run's memory is used up. */
static int parse(struct cm_cel_context *cx, const struct cm_cel_value *args, size_t count,
                 struct cm_semver *ret, struct cm_err *err)
{
        bool normalize = count > 1 && args[1].boolean;
        struct cm_sv text = cm_cel_sv(args[0]);
        /* Normalising joins the parts one by one: five copies at most. */
        if (!cm_cel_charge(cx, 1 + text.len / 4) ||
            (normalize && !cm_cel_reserve(cx, text.len * 5 + 64)))
                return 1;
        return cm_semver_parse(cm_cel_arena(cx), text, normalize, ret, err);
}

CM_CEL_FN(from_string)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_semver v;
        int r = parse(cx, args, count, &v, &err);
        if (r < 0)
                return cm_cel_fail_err(cx, &err);
        struct object *o = r > 0 ? NULL : cm_cel_alloc(cx, sizeof(*o));
        if (o == NULL)
                return cm_cel_no_memory(cx);
        *o = (struct object){ { &type }, v };
        return cm_cel_object(&o->object);
}

CM_CEL_FN(is_semver)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_semver v;
        int r = parse(cx, args, count, &v, &err);
        return r > 0 ? cm_cel_no_memory(cx) : cm_cel_bool(r == 0);
}

#define PART(part)                                                         \
        CM_CEL_FN(part)                                                    \
        {                                                                  \
                if (!cm_cel_is_object(args[0], &type))                     \
                        return cm_cel_no_overload(cx, #part, args, count); \
                return cm_cel_int(version_of(args[0].object)->part);       \
        }
PART(major)
PART(minor)
PART(patch)

static const struct cm_cel_function functions[] = {
        { "semver", CM_CEL_GLOBAL, "s?b:x", from_string },
        { "isSemver", CM_CEL_GLOBAL, "s?b:b", is_semver },
        { "major", CM_CEL_METHOD, "x:i", major },
        { "minor", CM_CEL_METHOD, "x:i", minor },
        { "patch", CM_CEL_METHOD, "x:i", patch },
        { NULL },
};
static const char *const types[] = { "kubernetes.Semver", NULL };

extern const struct cm_cel_library cm_cel_lib_semver;
const struct cm_cel_library cm_cel_lib_semver = { "semver", functions, types };
