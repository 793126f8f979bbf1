/* SPDX-License-Identifier: Apache-2.0 */
/* Files with one record a line: mounts, accounts, modules, sockets. See host_text.h. */
#include "base/buf.h"
#include "host/host_text.h"

enum {
        FIELDS_MAX = 12
};

/* "\040" is a blank, so that records can be separated by blanks. Spec: fstab(5), proc(5). */
static struct cm_sv unescape(struct cm_arena *arena, struct cm_sv s)
{
        if (cm_sv_find_char(s, '\\') < 0)
                return s;
        char *out = cm_arena_alloc(arena, s.len, 1);
        size_t n = 0;
        for (size_t i = 0; i < s.len; i++) {
                unsigned value = 0;
                bool is_octal = s.ptr[i] == '\\' && i + 3 < s.len;
                for (size_t j = 1; j <= 3 && is_octal; j++) {
                        is_octal = s.ptr[i + j] >= '0' && s.ptr[i + j] <= '7';
                        value = value * 8 + (unsigned)(s.ptr[i + j] - '0');
                }
                out[n++] = is_octal ? (char)value : s.ptr[i];
                i += is_octal ? 3 : 0;
        }
        return cm_sv_make(out, n);
}

static size_t split_words(struct cm_sv line, struct cm_sv fields[FIELDS_MAX])
{
        size_t count = 0;
        while (count < FIELDS_MAX && cm_host_next_word(&line, &fields[count]))
                count++;
        return count;
}

static size_t split_colons(struct cm_sv line, struct cm_sv fields[FIELDS_MAX])
{
        size_t count = 0;
        while (count < FIELDS_MAX) {
                bool more = cm_sv_cut(line, ':', &fields[count], &line);
                count++;
                if (!more)
                        break;
        }
        return count;
}

static struct cm_node *split_list(struct cm_arena *arena, struct cm_sv text, char separator)
{
        struct cm_node *list = cm_host_new_list(arena);
        struct cm_sv item;
        while (cm_sv_next_field(&text, separator, &item))
                if (item.len > 0)
                        cm_host_add_text(arena, list, item);
        return list;
}

static void add_mount(struct cm_arena *arena, struct cm_node *list, struct cm_sv target,
                      struct cm_sv source, struct cm_sv type, struct cm_sv options)
{
        struct cm_node *n = cm_host_map(arena);
        cm_host_put_text(arena, n, "target", unescape(arena, target));
        cm_host_put_text(arena, n, "source", unescape(arena, source));
        cm_host_put_text(arena, n, "type", type);
        cm_host_put(arena, n, "options", split_list(arena, options, ','));
        cm_node_add(arena, list, n);
}

/* 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue */
void cm_host_text_mountinfo(struct cm_arena *arena, struct cm_sv text, struct cm_node *list)
{
        struct cm_sv line;
        while (cm_sv_next_line(&text, &line)) {
                struct cm_sv fields[FIELDS_MAX];
                struct cm_sv tail[FIELDS_MAX];
                ptrdiff_t dash = cm_sv_find(line, CM_SV(" - "));
                if (dash < 0 || split_words(cm_sv_slice(line, 0, (size_t)dash), fields) < 6 ||
                    split_words(cm_sv_skip(line, (size_t)dash + 3), tail) < 2)
                        continue;
                add_mount(arena, list, fields[4], tail[1], tail[0], fields[5]);
        }
}

void cm_host_text_fstab(struct cm_arena *arena, struct cm_sv text, struct cm_node *list)
{
        struct cm_sv line;
        while (cm_sv_next_line(&text, &line)) {
                struct cm_sv f[FIELDS_MAX] = { 0 };
                if (split_words(cm_host_strip_comment(line), f) >= 3)
                        add_mount(arena, list, f[1], f[0], f[2], f[3]);
        }
}

static bool put_number(struct cm_arena *arena, struct cm_node *n, const char *key, struct cm_sv s)
{
        struct cm_err ignored = CM_ERR_INIT;
        int64_t v = 0;
        if (cm_parse_i64(s, -1, INT64_MAX, &v, &ignored) < 0)
                return false;
        cm_host_put_int(arena, n, key, v);
        return true;
}

void cm_host_text_passwd(struct cm_arena *arena, struct cm_sv text, struct cm_node *list)
{
        struct cm_sv line;
        while (cm_sv_next_line(&text, &line)) {
                struct cm_sv f[FIELDS_MAX] = { 0 };
                if (split_colons(line, f) < 7 || f[0].len == 0)
                        continue;
                struct cm_node *n = cm_host_map(arena);
                cm_host_put_text(arena, n, "name", f[0]);
                put_number(arena, n, "uid", f[2]);
                put_number(arena, n, "gid", f[3]);
                cm_host_put_text(arena, n, "home", f[5]);
                cm_host_put_text(arena, n, "shell", f[6]);
                bool is_shadowed = cm_sv_eq(f[1], CM_SV("x"));
                bool is_locked = f[1].len > 0 && (f[1].ptr[0] == '*' || f[1].ptr[0] == '!');
                cm_host_put_text(arena, n, "password",
                                 is_shadowed     ? CM_SV("shadow")
                                 : f[1].len == 0 ? CM_SV("empty")
                                 : is_locked     ? CM_SV("locked")
                                                 : CM_SV("set"));
                cm_node_add(arena, list, n);
        }
}

void cm_host_text_group(struct cm_arena *arena, struct cm_sv text, struct cm_node *list)
{
        struct cm_sv line;
        while (cm_sv_next_line(&text, &line)) {
                struct cm_sv f[FIELDS_MAX] = { 0 };
                if (split_colons(line, f) < 4 || f[0].len == 0)
                        continue;
                struct cm_node *n = cm_host_map(arena);
                cm_host_put_text(arena, n, "name", f[0]);
                put_number(arena, n, "gid", f[2]);
                cm_host_put(arena, n, "members", split_list(arena, f[3], ','));
                cm_node_add(arena, list, n);
        }
}

/* Only the name of the method: "$y$...": yescrypt. Spec: crypt(5). */
static struct cm_sv hash_method(struct cm_sv field)
{
        static const struct {
                const char *prefix;
                const char *name;
        } methods[] = { { "$y$", "yescrypt" }, { "$gy$", "gost-yescrypt" }, { "$7$", "scrypt" },
                        { "$6$", "sha512" },   { "$5$", "sha256" },         { "$2", "bcrypt" },
                        { "$1$", "md5" } };
        for (size_t i = 0; i < CM_ARRAY_LEN(methods); i++)
                if (cm_sv_has_prefix(field, cm_sv_from_cstr(methods[i].prefix)))
                        return cm_sv_from_cstr(methods[i].name);
        return CM_SV("other");
}

void cm_host_text_shadow(struct cm_arena *arena, struct cm_sv text, struct cm_node *list)
{
        static const char *const ages[] = { "changed_day", "days_min",      "days_max",
                                            "days_warn",   "days_inactive", "expire_day" };
        struct cm_sv line;
        while (cm_sv_next_line(&text, &line)) {
                struct cm_sv f[FIELDS_MAX] = { 0 };
                if (split_colons(line, f) < 2 || f[0].len == 0)
                        continue;
                struct cm_node *n = cm_host_map(arena);
                bool is_locked = f[1].len > 0 && (f[1].ptr[0] == '*' || f[1].ptr[0] == '!');
                cm_host_put_text(arena, n, "name", f[0]);
                cm_host_put_text(arena, n, "password",
                                 f[1].len == 0 ? CM_SV("empty")
                                 : is_locked   ? CM_SV("locked")
                                               : CM_SV("set"));
                if (f[1].len > 0 && !is_locked)
                        cm_host_put_text(arena, n, "method", hash_method(f[1]));
                for (size_t i = 0; i < CM_ARRAY_LEN(ages); i++)
                        if (!put_number(arena, n, ages[i], f[i + 2]))
                                cm_host_put_null(arena, n, ages[i]);
                cm_node_add(arena, list, n);
        }
}

void cm_host_text_modprobe(struct cm_arena *arena, struct cm_sv source, struct cm_sv text,
                           struct cm_node *modules)
{
        struct cm_host_origin origin = { source, 0 };
        struct cm_sv line;
        while (cm_sv_next_line(&text, &line)) {
                struct cm_sv rest = cm_sv_trim(line);
                struct cm_sv what;
                struct cm_sv name;
                origin.line++;
                if (!cm_host_next_word(&rest, &what) || !cm_host_next_word(&rest, &name))
                        continue;
                bool is_install = cm_sv_eq(what, CM_SV("install"));
                if (!is_install && !cm_sv_eq(what, CM_SV("blacklist")))
                        continue;
                char *key = cm_arena_alloc(arena, name.len, 1);
                for (size_t i = 0; i < name.len; i++)
                        key[i] = name.ptr[i] == '-' ? '_' : name.ptr[i];
                struct cm_sv module = cm_sv_make(key, name.len);
                const struct cm_node *old = cm_node_get_sv(modules, module);
                struct cm_node *n = cm_host_map(arena);
                for (size_t i = 0; i < cm_node_count(old); i++)
                        cm_node_put(arena, n, old->map.members[i].key, (struct cm_node_pos){ 0 },
                                    old->map.members[i].value);
                if (is_install)
                        cm_host_put_text(arena, n, "install", cm_sv_trim(rest));
                else
                        cm_host_put_bool(arena, n, "blacklist", true);
                cm_host_put_origin(arena, n, origin);
                cm_node_put(arena, modules, module, (struct cm_node_pos){ 0 }, n);
        }
}

/* Addresses are words in the byte order of the host: little-endian here. */
static bool address_of(struct cm_arena *arena, struct cm_sv hex, struct cm_sv *ret)
{
        unsigned char bytes[16] = { 0 };
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_KIB(1));
        if (hex.len != 8 && hex.len != 32)
                return false;
        for (size_t i = 0; i < hex.len / 2; i++) {
                int high = cm_hex_value(hex.ptr[2 * i]);
                int low = cm_hex_value(hex.ptr[2 * i + 1]);
                if (high < 0 || low < 0)
                        return false;
                bytes[(i & ~(size_t)3) + (3 - (i & 3))] = (unsigned char)(high * 16 + low);
        }
        if (hex.len == 8) {
                cm_buf_printf(&buf, "%u.%u.%u.%u", bytes[0], bytes[1], bytes[2], bytes[3]);
        } else {
                bool is_any = true;
                for (size_t i = 0; i < 16; i++)
                        is_any = is_any && (bytes[i] == 0 || (i == 15 && bytes[i] == 1));
                if (is_any)
                        cm_buf_put_str(&buf, bytes[15] == 1 ? "::1" : "::");
                for (size_t i = 0; i < 16 && !is_any; i += 2)
                        cm_buf_printf(&buf, "%s%x", i == 0 ? "" : ":",
                                      (unsigned)bytes[i] << 8 | bytes[i + 1]);
        }
        *ret = cm_sv_dup(arena, cm_buf_sv(&buf));
        return true;
}

void cm_host_text_sockets(struct cm_arena *arena, const char *protocol, struct cm_sv text,
                          struct cm_node *list)
{
        /* States: TCP_LISTEN; a UDP socket without a peer is TCP_CLOSE. Spec: proc(5). */
        struct cm_sv waiting = protocol[0] == 't' ? CM_SV("0A") : CM_SV("07");
        struct cm_sv line;
        while (cm_sv_next_line(&text, &line)) {
                struct cm_sv f[FIELDS_MAX] = { 0 };
                struct cm_sv host;
                struct cm_sv port;
                struct cm_sv address;
                int64_t number = 0;
                if (split_words(line, f) < 4 || !cm_sv_eq(f[3], waiting) ||
                    !cm_sv_cut(f[1], ':', &host, &port) || !address_of(arena, host, &address))
                        continue;
                for (size_t i = 0; i < port.len && i < 4; i++)
                        number = number * 16 + CM_MAX(cm_hex_value(port.ptr[i]), 0);
                struct cm_node *n = cm_host_map(arena);
                cm_host_put_text(arena, n, "protocol", cm_sv_from_cstr(protocol));
                cm_host_put_text(arena, n, "address", address);
                cm_host_put_int(arena, n, "port", number);
                cm_node_add(arena, list, n);
        }
}
