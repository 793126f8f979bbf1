/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit tests of audit_loaded.h, with rules as a kernel gave them after these calls of auditctl:
 * -w /srv/watched -p wa -k cmtest; -a always,exit -F arch=b64 -S chmod,fchmod,openat -F
 * exit=-EACCES -F auid>=1000 -F auid!=unset -F exe=/bin/cmtest -k cmtest2; -a always,exit -F
 * arch=b32 -S chmod,init_module -F path=/srv/x -k cmtest2
 */
#include "host/audit_loaded.h"
#include "tests/harness.h"
#include "tests/node_text.h"

static struct cm_sv decoded(struct cm_arena *arena, const char *path, size_t cut_bytes)
{
        struct cm_node *list = cm_host_new_list(arena);
        struct cm_sv rule = cm_test_read(path);
        rule.len -= CM_MIN(cut_bytes, rule.len);
        cm_host_audit_loaded(arena, rule, list);
        return cm_test_node_json(arena, list);
}

CM_TEST(rules_that_a_kernel_gave)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(16));
        CM_CHECK_SV(decoded(arena, "tests/corpus/audit_loaded/rule0", 0),
                    "[{\"path\":\"/srv/watched\",\"perms\":\"wa\",\"key\":\"cmtest\",\"kind\":"
                    "\"watch\",\"action\":\"always\",\"list\":\"exit\",\"syscalls\":[],"
                    "\"fields\":[]}]");
        CM_CHECK_SV(decoded(arena, "tests/corpus/audit_loaded/rule1", 0),
                    "[{\"key\":\"cmtest2\",\"kind\":\"syscall\",\"action\":\"always\",\"list\":"
                    "\"exit\",\"syscalls\":[\"chmod\",\"fchmod\",\"openat\"],\"fields\":["
                    "\"arch=b64\",\"exit=-EACCES\",\"auid>=1000\",\"auid!=-1\",\"112=/bin/cmtest\"]"
                    "}]");
        CM_CHECK_SV(decoded(arena, "tests/corpus/audit_loaded/rule2", 0),
                    "[{\"path\":\"/srv/x\",\"key\":\"cmtest2\",\"perms\":\"rwxa\",\"kind\":"
                    "\"syscall\",\"action\":\"always\",\"list\":\"exit\",\"syscalls\":[\"chmod\","
                    "\"init_module\"],\"fields\":[\"arch=b32\"]}]");
        cm_arena_free(arena);
}

CM_TEST(bytes_that_are_no_rule)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(16));
        CM_CHECK_SV(decoded(arena, "tests/corpus/audit_loaded/cut", 0), "[]");
        /* A text that is shorter than its field says is none. */
        struct cm_sv json = decoded(arena, "tests/corpus/audit_loaded/shorttext", 0);
        CM_CHECK(cm_sv_find(json, CM_SV("\"path\":\"\"")) >= 0);
        cm_arena_free(arena);
}
