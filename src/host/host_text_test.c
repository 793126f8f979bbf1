/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of host_text.h: each format as its programs read it, and what is left out of it. */
#include "host/host_text.h"
#include "tests/harness.h"
#include "tests/node_text.h"

enum {
        ARENA_BYTES = 64 << 20
};

static struct cm_node *settings(struct cm_arena *arena, enum cm_host_syntax syntax,
                                const char *text)
{
        struct cm_node *values = cm_host_map(arena);
        cm_host_text_settings(arena, syntax, CM_SV("/f"), cm_sv_from_cstr(text), values);
        return values;
}

static struct cm_sv value_of(const struct cm_node *values, const char *name)
{
        return cm_node_get_string(cm_node_get(values, name), "value");
}

CM_TEST(settings_with_equals)
{
        struct cm_arena *arena = cm_arena_new(ARENA_BYTES);
        struct cm_node *n = settings(arena, CM_HOST_SYNTAX_EQUALS,
                                     "# a = 1\n; b = 2\nminlen = 14 # c\nminlen=15\n"
                                     " enforce_for_root\nnet/ipv4/ip_forward=1\n= x\n");
        CM_CHECK_SV(value_of(n, "minlen"), "15");
        CM_CHECK_INT(cm_node_int(cm_node_path(n, "minlen", "line", NULL), 0), 4);
        CM_CHECK_SV(cm_node_get_string(cm_node_get(n, "minlen"), "source"), "/f");
        CM_CHECK(cm_node_get(n, "enforce_for_root") != NULL);
        CM_CHECK_SV(value_of(n, "enforce_for_root"), "");
        CM_CHECK_INT(cm_node_count(n), 3);
        cm_arena_free(arena);
}

CM_TEST(settings_in_sections)
{
        struct cm_arena *arena = cm_arena_new(ARENA_BYTES);
        struct cm_node *n = settings(arena, CM_HOST_SYNTAX_INI,
                                     "x=1\n[Journal]\nStorage=persistent\n#Compress=no\n[\n[T]\n"
                                     "NTP= a b \n");
        CM_CHECK_SV(value_of(n, "Journal.Storage"), "persistent");
        CM_CHECK_SV(value_of(n, "T.NTP"), "a b");
        CM_CHECK(cm_node_get(n, "Journal.Compress") == NULL);
        cm_arena_free(arena);
}

CM_TEST(settings_with_blanks_and_of_shells)
{
        struct cm_arena *arena = cm_arena_new(ARENA_BYTES);
        struct cm_node *n = settings(arena, CM_HOST_SYNTAX_BLANK,
                                     "#UMASK 077\nUMASK\t\t022 # x\nENCRYPT_METHOD SHA512\n");
        CM_CHECK_SV(value_of(n, "UMASK"), "022");
        CM_CHECK_SV(value_of(n, "ENCRYPT_METHOD"), "SHA512");
        n = settings(arena, CM_HOST_SYNTAX_SHELL,
                     "ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 12\"\nexport A='b c'\n");
        CM_CHECK_SV(value_of(n, "ID"), "debian");
        CM_CHECK_SV(value_of(n, "PRETTY_NAME"), "Debian GNU/Linux 12");
        CM_CHECK_SV(value_of(n, "A"), "b c");
        cm_arena_free(arena);
}

CM_TEST(settings_of_apt)
{
        struct cm_arena *arena = cm_arena_new(ARENA_BYTES);
        struct cm_node *n = settings(arena, CM_HOST_SYNTAX_APT,
                                     "// APT::A \"0\";\nAPT::Periodic::Unattended-Upgrade \"1\";\n"
                                     "APT {\n  Periodic { Enable \"1\"; };\n};\n# x\nB::C \"d\";");
        CM_CHECK_SV(value_of(n, "APT::Periodic::Unattended-Upgrade"), "1");
        CM_CHECK_SV(value_of(n, "APT::Periodic::Enable"), "1");
        CM_CHECK_SV(value_of(n, "B::C"), "d");
        CM_CHECK_INT(cm_node_int(cm_node_path(n, "APT::Periodic::Enable", "line", NULL), 0), 4);
        cm_arena_free(arena);
}

CM_TEST(mounts_as_the_kernel_and_as_fstab_name_them)
{
        struct cm_arena *arena = cm_arena_new(ARENA_BYTES);
        struct cm_node *list = cm_host_new_list(arena);
        cm_host_text_mountinfo(arena,
                               CM_SV("36 35 98:0 / /mnt\\0402 rw,noatime master:1 - ext3 /dev/a "
                                     "rw,errors=continue\n1 2 3 - x\n"),
                               list);
        cm_host_text_fstab(arena, CM_SV("# c\nUUID=1 / ext4 errors=remount-ro 0 1\n/x /y\n"), list);
        CM_CHECK_SV(cm_test_node_json(arena, list),
                    "[{\"target\":\"/mnt 2\",\"source\":\"/dev/a\",\"type\":\"ext3\",\"options\":"
                    "[\"rw\",\"noatime\"]},{\"target\":\"/\",\"source\":\"UUID=1\",\"type\":"
                    "\"ext4\",\"options\":[\"errors=remount-ro\"]}]");
        cm_arena_free(arena);
}

CM_TEST(of_passwords_only_the_state_is_kept)
{
        struct cm_arena *arena = cm_arena_new(ARENA_BYTES);
        struct cm_node *list = cm_host_new_list(arena);
        cm_host_text_shadow(arena,
                            CM_SV("root:$y$j9T$SALT$HASH:19000:0:99999:7:::\ndaemon:*:1:0:9:7:::\n"
                                  "web:!$6$SALT$HASH:::::::\nopen::1::::::\n:x:1\nshort\n"),
                            list);
        struct cm_sv json = cm_test_node_json(arena, list);
        CM_CHECK(cm_sv_find(json, CM_SV("HASH")) < 0);
        CM_CHECK(cm_sv_find(json, CM_SV("SALT")) < 0);
        CM_CHECK_INT(cm_node_count(list), 4);
        const struct cm_node *root = cm_node_at(list, 0);
        CM_CHECK_SV(cm_node_get_string(root, "password"), "set");
        CM_CHECK_SV(cm_node_get_string(root, "method"), "yescrypt");
        CM_CHECK_INT(cm_node_int(cm_node_get(root, "days_max"), 0), 99999);
        CM_CHECK(cm_node_type(cm_node_get(root, "expire_day")) == CM_NODE_NULL);
        CM_CHECK_SV(cm_node_get_string(cm_node_at(list, 1), "password"), "locked");
        CM_CHECK_SV(cm_node_get_string(cm_node_at(list, 2), "password"), "locked");
        CM_CHECK_SV(cm_node_get_string(cm_node_at(list, 3), "password"), "empty");

        list = cm_host_new_list(arena);
        cm_host_text_passwd(arena, CM_SV("a:HASH:1:2:n:/h:/s\nb::x:2::/:\nc:x:3:3:::/s\nbad:x:1\n"),
                            list);
        CM_CHECK_SV(cm_test_node_json(arena, list),
                    "[{\"name\":\"a\",\"uid\":1,\"gid\":2,\"home\":\"/h\",\"shell\":\"/s\","
                    "\"password\":\"set\"},{\"name\":\"b\",\"gid\":2,\"home\":\"/\",\"shell\":\"\","
                    "\"password\":\"empty\"},{\"name\":\"c\",\"uid\":3,\"gid\":3,\"home\":\"\","
                    "\"shell\":\"/s\",\"password\":\"shadow\"}]");
        cm_arena_free(arena);
}

CM_TEST(modprobe_joins_what_is_said_of_a_module)
{
        struct cm_arena *arena = cm_arena_new(ARENA_BYTES);
        struct cm_node *n = cm_host_map(arena);
        cm_host_text_modprobe(arena, CM_SV("/f"),
                              CM_SV("install usb-storage /bin/false\noptions x y=1\n"
                                    "blacklist usb_storage\ninstall a  /bin/x  b\n"),
                              n);
        CM_CHECK_SV(cm_test_node_json(arena, n),
                    "{\"usb_storage\":{\"install\":\"/bin/false\",\"source\":\"/f\",\"line\":3,"
                    "\"blacklist\":true},\"a\":{\"install\":\"/bin/x  b\",\"source\":\"/f\","
                    "\"line\":4}}");
        cm_arena_free(arena);
}

CM_TEST(sockets_that_listen)
{
        struct cm_arena *arena = cm_arena_new(ARENA_BYTES);
        struct cm_node *list = cm_host_new_list(arena);
        cm_host_text_sockets(arena, "tcp",
                             CM_SV("  sl  local_address rem_address   st\n"
                                   "   0: 0100007F:0016 00000000:0000 0A 0\n"
                                   "   1: 0100007F:0017 0100007F:1234 01 0\n"
                                   "   2: 00000000000000000000000001000000:0947 0:0 0A 0\n"
                                   "   3: B80D0120000000000000000001000000:0050 0:0 0A 0\n"),
                             list);
        CM_CHECK_SV(cm_test_node_json(arena, list),
                    "[{\"protocol\":\"tcp\",\"address\":\"127.0.0.1\",\"port\":22},"
                    "{\"protocol\":\"tcp\",\"address\":\"::1\",\"port\":2375},"
                    "{\"protocol\":\"tcp\",\"address\":\"2001:db8:0:0:0:0:0:1\",\"port\":80}]");
        cm_arena_free(arena);
}

CM_TEST(pam_stacks)
{
        struct cm_arena *arena = cm_arena_new(ARENA_BYTES);
        struct cm_node *list = cm_host_new_list(arena);
        cm_host_text_pam(arena, CM_SV("/f"),
                         CM_SV("# c\nauth [success=1 default=ignore]  pam_unix.so nullok\n"
                               "-session optional /lib/security/pam_x.so a \\\n b\n"
                               "@include common-auth\nauth\nauth required\n"),
                         list);
        CM_CHECK_SV(cm_test_node_json(arena, list),
                    "[{\"type\":\"auth\",\"control\":\"[success=1 default=ignore]\",\"module\":"
                    "\"pam_unix.so\",\"args\":[\"nullok\"],\"source\":\"/f\",\"line\":2},"
                    "{\"type\":\"session\",\"control\":\"optional\",\"module\":\"pam_x.so\","
                    "\"args\":[\"a\",\"b\"],\"source\":\"/f\",\"line\":4},"
                    "{\"include\":\"common-auth\",\"source\":\"/f\",\"line\":5}]");
        cm_arena_free(arena);
}

CM_TEST(sshd_takes_the_first_value_and_keeps_match_apart)
{
        struct cm_arena *arena = cm_arena_new(ARENA_BYTES);
        struct cm_host_sshd s = { arena, cm_host_map(arena), cm_host_new_list(arena), NULL, NULL };
        cm_host_text_sshd(&s, CM_SV("/f"),
                          CM_SV("#PermitRootLogin yes\nPermitRootLogin=no\nPERMITROOTLOGIN yes\n"
                                "AllowUsers a\nAllowUsers b c # d\nBanner \"/etc/issue.net\"\n"
                                "Include /x\nMatch User backup\n  PermitRootLogin yes\n"));
        CM_CHECK_SV(value_of(s.values, "permitrootlogin"), "no");
        CM_CHECK_SV(value_of(s.values, "allowusers"), "a b c");
        CM_CHECK_SV(value_of(s.values, "banner"), "/etc/issue.net");
        CM_CHECK_INT(cm_node_count(s.matches), 1);
        const struct cm_node *match = cm_node_at(s.matches, 0);
        CM_CHECK_SV(cm_node_get_string(match, "criteria"), "User backup");
        CM_CHECK_SV(value_of(cm_node_get(match, "values"), "permitrootlogin"), "yes");
        cm_arena_free(arena);
}

CM_TEST(sudoers)
{
        struct cm_arena *arena = cm_arena_new(ARENA_BYTES);
        struct cm_host_sudo s = { arena, cm_host_new_list(arena), cm_host_new_list(arena), NULL };
        cm_host_text_sudo(&s, CM_SV("/f"),
                          CM_SV("Defaults env_reset, !fqdn,secure_path=\"/a,/b\" # c\n"
                                "Defaults:op timestamp_timeout=-1\nUser_Alias A = b, \\\n c\n"
                                "%sudo ALL=(ALL:ALL) NOPASSWD: SETENV: ALL\n#1000 ALL=ALL\n"
                                "x ALL=(ALL) PASSWD: /bin/NOPASSWD\n# c\n"));
        CM_CHECK_INT(cm_node_count(s.defaults), 4);
        CM_CHECK_SV(cm_node_get_string(cm_node_at(s.defaults, 2), "value"), "/a,/b");
        CM_CHECK(cm_node_bool(cm_node_get(cm_node_at(s.defaults, 1), "negated"), false));
        CM_CHECK_SV(cm_node_get_string(cm_node_at(s.defaults, 3), "scope"), ":op");
        CM_CHECK_SV(cm_test_node_json(arena, s.rules),
                    "[{\"who\":\"%sudo\",\"tags\":[\"NOPASSWD\",\"SETENV\"],\"source\":\"/f\","
                    "\"line\":5},{\"who\":\"#1000\",\"tags\":[],\"source\":\"/f\",\"line\":6},"
                    "{\"who\":\"x\",\"tags\":[\"PASSWD\"],\"source\":\"/f\",\"line\":7}]");
        cm_arena_free(arena);
}

CM_TEST(audit_rules)
{
        struct cm_arena *arena = cm_arena_new(ARENA_BYTES);
        struct cm_node *list = cm_host_new_list(arena);
        cm_host_text_audit(arena, CM_SV("/f"),
                           CM_SV("## c\n-D\n-b 8192\n-w /etc/docker/ -k docker\n"
                                 "-a always,exit -F arch=b64 -S chmod,fchmod -S lchown -F "
                                 "auid>=1000 -k perm\n-a exit,never -F path=/x -F perm=r\n-e 2\n"
                                 "-w\n"),
                           list);
        CM_CHECK_SV(
                cm_test_node_json(arena, list),
                "[{\"kind\":\"control\",\"option\":\"-b\",\"value\":\"8192\",\"source\":\"/f\","
                "\"line\":3},{\"path\":\"/etc/docker\",\"key\":\"docker\",\"perms\":\"rwxa\","
                "\"kind\":\"watch\",\"action\":\"always\",\"syscalls\":[],\"fields\":[],"
                "\"source\":\"/f\",\"line\":4},{\"action\":\"always\",\"list\":\"exit\",\"key\":"
                "\"perm\",\"kind\":\"syscall\",\"syscalls\":[\"chmod\",\"fchmod\",\"lchown\"],"
                "\"fields\":[\"arch=b64\",\"auid>=1000\"],\"source\":\"/f\",\"line\":5},"
                "{\"action\":\"never\",\"list\":\"exit\",\"path\":\"/x\",\"perms\":\"r\",\"kind\":"
                "\"watch\",\"syscalls\":[],\"fields\":[\"path=/x\",\"perm=r\"],\"source\":\"/f\","
                "\"line\":6},{\"kind\":\"control\",\"option\":\"-e\",\"value\":\"2\",\"source\":"
                "\"/f\",\"line\":7}]");
        cm_arena_free(arena);
}
