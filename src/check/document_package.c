/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packages of functions: zip files that a service unpacks and runs. What is in one is said by names
 * and modes; only members that may be private keys, and symbolic links, are read
 * (docs/formats/serverless-view.md, "Packages").
 * An archive that is not what it says is refused with the byte where it lies; names that lead out of
 * the folder it is unpacked to are listed.
 * Spec: PKWARE APPNOTE 6.3.x; AWS Lambda developer guide, "Working with .zip file archives".
 */
#include "base/cursor.h"
#include "base/escape.h"
#include "base/limits.h"
#include "cel/cel.h"
#include "check/document.h"
#include "codec/zip.h"
#include "model/secret_file.h"

enum {
        MODE_TYPE = 0170000,
        MODE_DIR = 0040000,
        MODE_FILE = 0100000,
        MODE_LINK = 0120000,
        MODE_BITS = 07777,
        LOCAL_BYTES = 30
};

static const char format_name[] = "coaming-function-package";

static const char *const package_variables[] = { "pkg", NULL }; /* CEL reserves "package" */
static const struct cm_check_view view_package = {
        .name = "serverless.package",
        .summary = "the zip file of one function or layer",
        .variables = package_variables,
};
static const struct cm_check_view *const views[] = { &view_package, NULL };

static bool package_is(struct cm_sv name, const struct cm_node *root)
{
        (void)name;
        return cm_sv_eq(cm_node_get_string(root, "format"), cm_sv_from_cstr(format_name));
}

static bool package_is_text(struct cm_sv name, struct cm_sv head)
{
        (void)name;
        return cm_sv_has_prefix(head, CM_SV("PK\3\4")) || cm_sv_has_prefix(head, CM_SV("PK\5\6"));
}

/* Lists of the document, in the order of their names. */
enum list {
        LIST_CREDENTIALS,
        LIST_ENCRYPTED,
        LIST_KEYS,
        LIST_OUTSIDE,
        LIST_REPEATED,
        LIST_REPOSITORIES,
        LIST_SETUID,
        LIST_SPECIAL,
        LIST_UNREADABLE,
        LIST_WRITABLE,
        LIST_COUNT
};
static const char *const list_names[] = { "credentials", "encrypted",    "keys",   "outside",
                                          "repeated",    "repositories", "setuid", "special",
                                          "unreadable",  "writable" };

struct reading {
        struct cm_arena *arena;
        struct cm_zip zip;
        struct cm_node *files; /* path -> {size, mode} */
        struct cm_node *lists[LIST_COUNT];
        uint64_t size_bytes;
};

static const struct cm_node_pos nowhere = { 0, 0 };

static void put(struct reading *r, struct cm_node *map, const char *key, const struct cm_node *n)
{
        cm_node_put(r->arena, map, cm_sv_from_cstr(key), nowhere, n);
}

static void put_text(struct reading *r, struct cm_node *map, const char *key, struct cm_sv text)
{
        put(r, map, key, cm_node_new_string(r->arena, nowhere, text));
}

static void put_number(struct reading *r, struct cm_node *map, const char *key, uint64_t n)
{
        int64_t value = n > INT64_MAX ? INT64_MAX : (int64_t)n;
        put(r, map, key, cm_node_new_int(r->arena, nowhere, value));
}

/* The last item of a list that is cut has no value: what is not in it is not known. */
static void list_add(struct reading *r, enum list which, struct cm_sv path, const char *what)
{
        struct cm_node *list = r->lists[which];
        if (cm_node_count(list) > CM_PACKAGE_LIST_MAX)
                return;
        if (cm_node_count(list) == CM_PACKAGE_LIST_MAX) {
                cm_node_add(r->arena, list,
                            cm_cel_unavailable_node(r->arena, nowhere, CM_SV("the list is cut")));
                return;
        }
        struct cm_node *item = cm_node_new_map(r->arena, nowhere);
        put_text(r, item, "path", path);
        put_text(r, item, "what", cm_sv_from_cstr(what));
        cm_node_add(r->arena, list, item);
}

static struct cm_sv safe_name(struct reading *r, const struct cm_zip_entry *e)
{
        return cm_sv_from_cstr(cm_escape(r->arena, cm_sv_slice(e->name, 0, 200)));
}

/* A reader of the directory and one that goes from member to member must see the same file. */
static int check_header(struct reading *r, const struct cm_zip_entry *e, struct cm_err *err)
{
        uint64_t at = 0;
        bool fits = !__builtin_add_overflow(e->header_offset, r->zip.prefix_bytes, &at);
        struct cm_cursor c = cm_cursor_at(r->zip.content, fits ? at : UINT64_MAX, LOCAL_BYTES);
        struct cm_sv magic = cm_cursor_take(&c, 4);
        cm_cursor_skip(&c, 22);
        uint16_t name_len = cm_cursor_le16(&c);
        if (!fits || !cm_sv_eq(magic, CM_SV("PK\3\4")))
                return CM_RAISE(err, CM_E_MALFORMED, "zip member '%.*s' has no header at byte %llu",
                                CM_SV_ARG(safe_name(r, e)), (unsigned long long)at);
        struct cm_sv name = cm_sv_slice(cm_sv_skip(r->zip.content, at + LOCAL_BYTES), 0, name_len);
        if (!cm_sv_eq(name, e->name))
                return CM_RAISE(err, CM_E_MALFORMED,
                                "zip member '%.*s' has another name in its header at byte %llu",
                                CM_SV_ARG(safe_name(r, e)), (unsigned long long)at);
        return 0;
}

/* The content of a small member, or "" when it is larger than any key or link is. */
static int read_small(struct reading *r, const struct cm_zip_entry *e, struct cm_sv *ret,
                      struct cm_err *err)
{
        *ret = CM_SV("");
        if (e->is_encrypted || !e->is_name_valid || e->size_bytes > CM_PACKAGE_MEMBER_BYTES_MAX)
                return 0;
        int result = cm_zip_read(&r->zip, r->arena, e, CM_PACKAGE_MEMBER_BYTES_MAX, ret, err);
        if (result < 0)
                return cm_err_context(err, "zip member '%.*s' at byte %llu",
                                      CM_SV_ARG(safe_name(r, e)),
                                      (unsigned long long)e->header_offset);
        return 0;
}

/* Does a link in the folder of `path` lead out of what is unpacked? Layers are under /opt. */
static bool leads_out(struct cm_sv path, struct cm_sv target)
{
        struct cm_sv part;
        size_t depth = 0;
        if (cm_sv_has_prefix(target, CM_SV("/")))
                return !cm_sv_has_prefix(target, CM_SV("/var/task/")) &&
                       !cm_sv_has_prefix(target, CM_SV("/opt/"));
        for (size_t i = 0; i < path.len; i++)
                depth += path.ptr[i] == '/';
        while (cm_sv_next_field(&target, '/', &part)) {
                if (cm_sv_eq(part, CM_SV("..")) && depth-- == 0)
                        return true;
                if (part.len > 0 && !cm_sv_eq(part, CM_SV("..")) && !cm_sv_eq(part, CM_SV(".")))
                        depth++;
        }
        return false;
}

static int take_link(struct reading *r, const struct cm_zip_entry *e, struct cm_err *err)
{
        struct cm_sv target;
        int result = read_small(r, e, &target, err);
        if (result == 0 && leads_out(e->name, target))
                list_add(r, LIST_OUTSIDE, e->name, "symbolic link out of the package");
        return result;
}

static bool may_be_key(struct cm_sv path)
{
        static const char *const ends[] = { ".pem", ".key", ".p8", ".pk8", "_rsa", "_ed25519" };
        for (size_t i = 0; i < CM_ARRAY_LEN(ends); i++)
                if (cm_sv_has_suffix(path, cm_sv_from_cstr(ends[i])))
                        return true;
        return false;
}

static int take_key(struct reading *r, const struct cm_zip_entry *e, struct cm_err *err)
{
        struct cm_sv content;
        int result = may_be_key(e->name) ? read_small(r, e, &content, err) : 1;
        if (result != 0)
                return result < 0 ? result : 0;
        ptrdiff_t begin = cm_sv_find(content, CM_SV("-----BEGIN "));
        struct cm_sv line, rest;
        if (begin < 0)
                return 0;
        CM_IGNORE(cm_sv_cut(cm_sv_skip(content, (size_t)begin), '\n', &line, &rest));
        if (cm_sv_find(line, CM_SV("PRIVATE KEY")) >= 0)
                list_add(r, LIST_KEYS, e->name, "private key");
        return 0;
}

/* What the bits of the mode say; another system than Unix has none. */
static void take_mode(struct reading *r, const struct cm_zip_entry *e)
{
        uint32_t type = e->unix_mode & MODE_TYPE;
        bool is_dir = type == MODE_DIR || cm_sv_has_suffix(e->name, CM_SV("/"));
        uint32_t needed = is_dir ? 0555 : 0444;
        if (e->unix_mode == 0 || type == MODE_LINK)
                return;
        if (type != MODE_FILE && type != MODE_DIR && type != 0)
                list_add(r, LIST_SPECIAL, e->name, "device, pipe or socket");
        if ((e->unix_mode & 06000) != 0 && !is_dir)
                list_add(r, LIST_SETUID, e->name, "setuid or setgid");
        if ((e->unix_mode & 0002) != 0)
                list_add(r, LIST_WRITABLE, e->name, is_dir ? "directory" : "file");
        if ((e->unix_mode & needed) != needed)
                list_add(r, LIST_UNREADABLE, e->name, is_dir ? "directory" : "file");
}

static int take_entry(struct reading *r, const struct cm_zip_entry *e, struct cm_err *err)
{
        int result = check_header(r, e, err);
        if (result < 0)
                return result;
        bool is_dir = cm_sv_has_suffix(e->name, CM_SV("/"));
        struct cm_sv path = cm_sv_slice(e->name, 0, e->name.len - (is_dir ? 1 : 0));
        /* Tables of names speak of whole paths; this is where a function is unpacked. */
        struct cm_sv unpacked = cm_sv_join(r->arena, CM_SV("var/task/"), path);
        struct cm_node *file = cm_node_new_map(r->arena, nowhere);
        if (__builtin_add_overflow(r->size_bytes, e->size_bytes, &r->size_bytes))
                r->size_bytes = UINT64_MAX;
        put_number(r, file, "size", e->size_bytes);
        put(r, file, "mode",
            e->unix_mode == 0 ? cm_node_new_null(r->arena, nowhere)
                              : cm_node_new_int(r->arena, nowhere, e->unix_mode & MODE_BITS));
        if (!is_dir && !cm_node_put(r->arena, r->files, path, nowhere, file))
                list_add(r, LIST_REPEATED, path, "stands more than once");
        if (!e->is_name_valid)
                list_add(r, LIST_OUTSIDE, e->name, "name that leads out of the package");
        if (e->is_encrypted)
                list_add(r, LIST_ENCRYPTED, e->name, "encrypted");
        take_mode(r, e);
        if (is_dir)
                return 0;
        const char *credential = cm_credential_file(unpacked);
        const char *repository = cm_repository_file(unpacked);
        if (*credential != '\0')
                list_add(r, LIST_CREDENTIALS, path, credential);
        if (*repository != '\0')
                list_add(r, LIST_REPOSITORIES, path, repository);
        if ((e->unix_mode & MODE_TYPE) == MODE_LINK)
                return take_link(r, e, err);
        return take_key(r, e, err);
}

static int package_parse(struct cm_arena *arena, struct cm_sv text, const struct cm_node **ret,
                         struct cm_err *err)
{
        struct reading r = { .arena = arena, .files = cm_node_new_map(arena, nowhere) };
        struct cm_zip_entry e;
        for (size_t i = 0; i < LIST_COUNT; i++)
                r.lists[i] = cm_node_new_list(arena, nowhere);
        int result = cm_zip_open(arena, text, CM_PACKAGE_READ_BYTES_MAX, &r.zip, err);
        while (result == 0 && (result = cm_zip_next(&r.zip, &e, err)) == 0)
                result = take_entry(&r, &e, err);
        if (result < 0)
                return result;
        struct cm_node *root = cm_node_new_map(arena, nowhere);
        put_text(&r, root, "format", cm_sv_from_cstr(format_name));
        put_number(&r, root, "version", 1);
        put_number(&r, root, "packed_bytes", text.len);
        put_number(&r, root, "unpacked_bytes", r.size_bytes);
        put(&r, root, "files", r.files);
        for (size_t i = 0; i < LIST_COUNT; i++)
                put(&r, root, list_names[i], r.lists[i]);
        *ret = root;
        return 0;
}

static int package_subjects(struct cm_arena *arena, const struct cm_document *document,
                            struct cm_subject_sink *sink, struct cm_err *err)
{
        (void)arena;
        const struct cm_subject s = {
                .view = &view_package,
                .document = document,
                .kind = CM_SV("package"),
                .name = cm_sv_base_name(document->name),
                .subject = document->root,
                .variables = { document->root },
        };
        return sink->put(sink, &s, err);
}

extern const struct cm_document_kind cm_document_package;
const struct cm_document_kind cm_document_package = {
        .name = "package",
        .summary = "zip files of functions",
        .views = views,
        .has_no_lines = true,
        .is = package_is,
        .is_text = package_is_text,
        .parse = package_parse,
        .subjects = package_subjects,
};
