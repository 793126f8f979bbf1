/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit tests of the Compose document kind: rows of a service's members, a path into its one form, and
 * what stands there. Rows of refusals and of files as a whole follow.
 */
#include "base/limits.h"
#include "check/run.h"
#include "tests/harness.h"
#include "tests/node_text.h"

struct row {
        const char
                *members; /* of service "web", in flow style; a whole file when it has a newline */
        const char *path; /* keys and numbers with blanks between; "@" at the end: line:column */
        const char *want; /* JSON, or why it is not known */
};

struct keeping_sink {
        struct cm_subject_sink sink; /* first */
        const struct cm_node *file;
};

static int keep(struct cm_subject_sink *sink, const struct cm_subject *s, struct cm_err *err)
{
        (void)err;
        if (strcmp(s->view->name, "compose.file") == 0)
                ((struct keeping_sink *)(void *)sink)->file = s->variables[0];
        return 0;
}

static const struct cm_document_kind *compose(void)
{
        for (size_t i = 0; i < cm_document_kinds_count; i++)
                if (strcmp(cm_document_kinds[i]->name, "compose") == 0)
                        return cm_document_kinds[i];
        return NULL;
}

/* The view "compose.file" of a text, or NULL and an error. */
static const struct cm_node *read_file(struct cm_arena *arena, struct cm_sv text,
                                       struct cm_err *err)
{
        const struct cm_node_yaml_options options = { .schema = compose()->schema };
        const struct cm_node_doc *docs = NULL;
        size_t count = 0;
        struct keeping_sink sink = { { keep }, NULL };
        if (cm_node_parse_yaml(arena, text, &options, &docs, &count, err) < 0)
                return NULL;
        const struct cm_document document = { .name = CM_SV("compose.yaml"), .root = docs[0].root };
        return compose()->subjects(arena, &document, &sink.sink, err) < 0 ? NULL : sink.file;
}

static struct cm_sv show(struct cm_arena *arena, const struct row *row)
{
        struct cm_err err = CM_ERR_INIT;
        bool is_file = strchr(row->members, '\n') != NULL;
        const struct cm_node *n =
                read_file(arena,
                          is_file ? cm_sv_from_cstr(row->members)
                                  : cm_sv_printf(arena, "services:\n  web: {%s}\n", row->members),
                          &err);
        if (n == NULL)
                return cm_sv_from_cstr(
                        cm_sv_printf(arena, "%s: %s", cm_err_name(err.code), err.text).ptr);
        if (!is_file)
                n = cm_node_path(n, "services", "web", NULL);
        return cm_test_node_show(arena, n, row->path);
}

static void check_rows(const struct row *rows, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
                = cm_arena_new(CM_MIB(512));
                struct cm_sv got = show(arena, &rows[i]);
                if (!cm_sv_eq(got, cm_sv_from_cstr(rows[i].want)))
                        cm_test_fail(__FILE__, __LINE__, "%s\n%s is %.*s\nwant %s", rows[i].members,
                                     rows[i].path, CM_SV_ARG(got), rows[i].want);
        }
}

#define PORT(ip, from, to, inside, inside_last, protocol)                                 \
        "{\"host_ip\":\"" ip "\",\"published\":" from ",\"published_last\":" to           \
        ",\"target\":" inside ",\"target_last\":" inside_last ",\"protocol\":\"" protocol \
        "\",\"mode\":\"ingress\"}"

CM_TEST(ports)
{
        static const struct row rows[] = {
                { "ports: [80]", "ports 0", PORT("", "null", "null", "80", "80", "tcp") },
                { "ports: ['80']", "ports 0", PORT("", "null", "null", "80", "80", "tcp") },
                { "ports: ['8080:80']", "ports 0", PORT("", "8080", "8080", "80", "80", "tcp") },
                { "ports: ['127.0.0.1:8000-8001:80-81/UDP']", "ports 0",
                  PORT("127.0.0.1", "8000", "8001", "80", "81", "udp") },
                { "ports: ['127.0.0.1::80']", "ports 0",
                  PORT("127.0.0.1", "null", "null", "80", "80", "tcp") },
                { "ports: ['[::1]:1:2/sctp']", "ports 0", PORT("::1", "1", "1", "2", "2", "sctp") },
                { "ports: ['::1:1:2']", "ports 0", PORT("::1", "1", "1", "2", "2", "tcp") },
                { "ports: ['1-9:80']", "ports 0", PORT("", "1", "9", "80", "80", "tcp") },
                { "ports: [{target: 80, published: 8080, host_ip: '[::]'}]", "ports 0",
                  PORT("::", "8080", "8080", "80", "80", "tcp") },
                { "ports: [{target: '80', published: 5-6}]", "ports 0",
                  PORT("", "5", "6", "80", "80", "tcp") },
                { "ports: [{target: 80, mode: host}]", "ports 0 mode", "\"host\"" },
                { "ports: [{target: 80, protocol: \"${P}\"}]", "ports 0 protocol",
                  "depends on the environment variable P" },
                { "ports: ['80:']", "ports 0", "'80:' is no port" },
                { "ports: ['1-2:3-5']", "ports 0", "'1-2:3-5' is no port" },
                { "ports: ['2-1']", "ports 0", "'2-1' is no port" },
                { "ports: ['70000']", "ports 0", "'70000' is no port" },
                { "ports: [0]", "ports 0", "'0' is no port" },
                { "ports: ['80/']", "ports 0", "'80/' is no port" },
                { "ports: ['localhost:1:2']", "ports 0", "'localhost:1:2' is no port" },
                { "ports: [{published: 80}]", "ports 0", "is no port" },
                { "ports: [1.5]", "ports 0", "must be a port or a mapping" },
                { "ports: ['$P']", "ports 0", "depends on the environment variable P" },
                { "ports: {a: b}", "ports", "must be a list" },
                { "ports: 80", "ports", "must be a list" },
                { "image: a", "ports", "[]" },
                { "ports: ['1:2']", "ports 0 host_ip @", "2:17" },
        };
        check_rows(rows, CM_ARRAY_LEN(rows));
}

#define MOUNT(type, source, target, ro, propagation, selinux)                   \
        "{\"type\":\"" type "\",\"source\":\"" source "\",\"target\":\"" target \
        "\",\"read_only\":" ro ",\"bind\":{\"propagation\":\"" propagation      \
        "\",\"selinux\":\"" selinux "\"}}"

CM_TEST(volumes)
{
        static const struct row rows[] = {
                { "volumes: [/d]", "volumes 0", MOUNT("volume", "", "/d", "false", "", "") },
                { "volumes: ['vol:/d']", "volumes 0",
                  MOUNT("volume", "vol", "/d", "false", "", "") },
                { "volumes: ['a:/d']", "volumes 0 target", "\"a:/d\"" }, /* a drive, for Compose */
                { "volumes: ['aa:/d:ro']", "volumes 0",
                  MOUNT("volume", "aa", "/d", "true", "", "") },
                { "volumes: ['./a:/d:rshared,z']", "volumes 0",
                  MOUNT("bind", "./a", "/d", "false", "rshared", "z") },
                { "volumes: ['~/a:/d:ro,Z']", "volumes 0",
                  MOUNT("bind", "~/a", "/d", "true", "", "Z") },
                { "volumes: ['/a/../b//./c/:/d/']", "volumes 0",
                  MOUNT("bind", "/b/c", "/d", "false", "", "") },
                { "volumes: ['/../..:/d']", "volumes 0",
                  MOUNT("bind", "/", "/d", "false", "", "") },
                { "volumes: ['C:\\a:D:\\b:ro']", "volumes 0",
                  MOUNT("bind", "C:\\\\a", "D:\\\\b", "true", "", "") },
                { "volumes: ['\\\\.\\pipe\\x:\\\\.\\pipe\\x']", "volumes 0 type", "\"npipe\"" },
                { "volumes: [{type: bind, source: /a/, target: /b, read_only: yes}]", "volumes 0",
                  MOUNT("bind", "/a", "/b", "true", "", "") },
                { "volumes: [{type: tmpfs, target: /b, tmpfs: {size: 5}}]", "volumes 0 tmpfs",
                  "{\"size\":5}" },
                { "volumes: [{source: a, target: /b}]", "volumes 0 type", "'type' is missing" },
                { "volumes: [{type: bind, source: a, bind: []}]", "volumes 0 bind propagation",
                  "must be a mapping" },
                { "volumes: ['a:b:c:d']", "volumes 0", "'a:b:c:d' is no volume" },
                { "volumes: ['']", "volumes 0", "'' is no volume" },
                { "volumes: [':/a']", "volumes 0", "':/a' is no volume" },
                { "volumes: ['${A:-/x}:/a']", "volumes 0 type", "\"bind\"" },
                { "volumes: ['${A}:/a']", "volumes 0", "depends on the environment variable A" },
                { "volumes: [5]", "volumes 0", "must be a volume or a mapping" },
                { "volumes: a", "volumes", "must be a list" },
                { "volumes: [/d]", "volumes 0 target @", "2:19" },
                { "tmpfs: /tmp", "tmpfs", "[\"/tmp\"]" },
                { "tmpfs: [/a, /b]", "tmpfs", "[\"/a\",\"/b\"]" },
                { "tmpfs: {a: b}", "tmpfs", "must be a list of texts" },
                { "devices: ['/dev/a:/dev/b:r']", "devices 0",
                  "{\"source\":\"/dev/a\",\"target\":\"/dev/b\",\"permissions\":\"r\"}" },
                { "devices: [/dev/a]", "devices 0",
                  "{\"source\":\"/dev/a\",\"target\":\"/dev/a\",\"permissions\":\"rwm\"}" },
                { "devices: [{target: x}]", "devices 0 source", "has no source" },
                { "devices: [[]]", "devices 0", "must be a device or a mapping" },
                { "secrets: [s]", "secrets 0", "{\"source\":\"s\",\"target\":\"/run/secrets/s\"}" },
                { "secrets: [{source: s, target: t}]", "secrets 0 target", "\"t\"" },
                { "secrets: [{target: t}]", "secrets 0 source", "'source' is missing" },
                { "configs: [s]", "configs 0 target", "\"/s\"" },
                { "configs: [1]", "configs 0", "must be a name or a mapping" },
        };
        check_rows(rows, CM_ARRAY_LEN(rows));
}

CM_TEST(environment)
{
        static const struct row rows[] = {
                { "environment: [A=b=c, B=, C]", "environment",
                  "{\"A\":\"b=c\",\"B\":\"\",\"C\":null}" },
                { "environment: {A: b, B: 1, C: , D: true}", "environment",
                  "{\"A\":\"b\",\"B\":1,\"C\":null,\"D\":true}" },
                { "environment: [A=b, C]", "env",
                  "[{\"name\":\"A\",\"value\":\"b\",\"source\":\"literal\"},"
                  "{\"name\":\"C\",\"value\":null,\"source\":\"shell\"}]" },
                { "environment: {A: '${B:-x${C-y}}'}", "env 0",
                  "{\"name\":\"A\",\"value\":\"xy\",\"source\":\"default\"}" },
                { "environment: {A: '$B'}", "env 0 source", "\"variable\"" },
                { "environment: {A: '$B'}", "env 0 value",
                  "depends on the environment variable B" },
                { "environment: {A: 'a$$b'}", "environment A", "\"a$b\"" },
                { "environment: ['A=${B:?no}']", "environment A",
                  "depends on the environment variable B" },
                { "environment: ['A=${B+x}']", "environment A",
                  "depends on the environment variable B" },
                { "environment: ['${B:-N}=x']", "environment", "{\"N\":\"x\"}" },
                { "environment: ['${B}=x']", "environment",
                  "depends on the environment variable B" },
                { "environment: ['A=${B']", "environment A", "'${' has no end" },
                { "environment: ['A=${}']", "environment A", "'${' begins no variable" },
                { "environment: ['A=${B!x}']", "environment A", "'${' begins no variable" },
                { "environment: ['A=${B:}']", "environment A", "'${' begins no variable" },
                { "environment: ['A=$ x']", "environment A", "'$' begins no variable" },
                { "environment: {A: [1]}", "environment A", "must be text" },
                { "environment: [5]", "environment", "must be NAME=VALUE" },
                { "environment: 5", "environment", "must be a mapping or a list of NAME=VALUE" },
                { "env_file: a", "env_file", "[{\"path\":\"a\",\"required\":true}]" },
                { "env_file: [a, {path: b, required: no}]", "env_file 1",
                  "{\"path\":\"b\",\"required\":false}" },
                { "env_file: [[]]", "env_file 0", "must be a path or have one" },
                { "labels: [a=b, c]", "labels", "{\"a\":\"b\",\"c\":\"\"}" },
                { "labels: {a: b}", "labels", "{\"a\":\"b\"}" },
                { "labels: [1]", "labels", "must be a list of KEY=VALUE" },
                { "labels: a", "labels", "must be a mapping" },
                { "sysctls: [a.b=1]", "sysctls", "{\"a.b\":\"1\"}" },
        };
        check_rows(rows, CM_ARRAY_LEN(rows));
}

CM_TEST(simple_members)
{
        static const struct row rows[] = {
                { "command: sh -c \"a 'b c'\" d", "command", "[\"sh\",\"-c\",\"a 'b c'\",\"d\"]" },
                { "command: [a, 'b c']", "command", "[\"a\",\"b c\"]" },
                { "command: ''", "command", "[]" },
                { "command: ", "command", "null" },
                { "command: A=b c", "command", "[\"A=b\",\"c\"]" },
                { "command: 'a \"b'", "command", "has a quote without an end" },
                { "entrypoint: {a: b}", "entrypoint", "must be a list of texts" },
                { "privileged: yes", "privileged", "true" },
                { "privileged: 'Off'", "privileged", "false" },
                { "privileged: '${A:-1}'", "privileged", "true" },
                { "privileged: maybe", "privileged", "must be true or false" },
                { "privileged: [true]", "privileged", "must be true or false" },
                { "privileged: ", "privileged", "false" },
                { "user: 0", "user", "\"0\"" },
                { "user: 1000:1000", "user", "\"1000:1000\"" },
                { "user: {a: b}", "user", "must be text" },
                { "cap_add: [cap_sys_admin, Chown]", "cap_add", "[\"SYS_ADMIN\",\"CHOWN\"]" },
                { "cap_drop: [CAP_ALL]", "cap_drop", "[\"ALL\"]" },
                { "cap_drop: ALL", "cap_drop", "must be a list" },
                { "cap_drop: [[a]]", "cap_drop 0", "must be text" },
                { "depends_on: [a, b]", "depends_on", "{\"a\":{},\"b\":{}}" },
                { "depends_on: {a: {condition: c}}", "depends_on a", "{\"condition\":\"c\"}" },
                { "depends_on: [[a]]", "depends_on", "must be a list of names" },
                { "networks: [a]", "networks", "{\"a\":{}}" },
                { "networks: {a: }", "networks", "{\"a\":{}}" },
                { "networks: {a: 5}", "networks a", "must be a mapping" },
                { "image: a", "networks", "{\"default\":{}}" },
                { "network_mode: none", "networks", "{}" },
                { "image: 'x.io:5/a/b:t'", "image",
                  "{\"reference\":\"x.io:5/a/b:t\",\"registry\":\"x.io:5\","
                  "\"name\":\"x.io:5/a/b\",\"tag\":\"t\",\"digest\":\"\"}" },
                { "image: nginx", "image tag", "\"latest\"" },
                { "image: [a]", "image", "must be text" },
                { "build: .", "build", "{\"context\":\".\"}" },
                { "build: {context: ., args: [A=b], privileged: yes}", "build",
                  "{\"context\":\".\",\"args\":{\"A\":\"b\"},\"privileged\":true}" },
                { "build: []", "build", "must be a mapping" },
                { "name: other", "name", "\"web\"" },
                { "1: 2, image: a", "image tag", "\"latest\"" },
        };
        check_rows(rows, CM_ARRAY_LEN(rows));
}

CM_TEST(limits)
{
        static const struct row rows[] = {
                { "mem_limit: 1.5g", "limits memory", "1610612736" },
                { "mem_limit: 64MiB", "limits memory", "67108864" },
                { "mem_limit: 10kb", "limits memory", "10240" },
                { "mem_limit: 10b", "limits memory", "10" },
                { "mem_limit: 1024", "limits memory", "1024" },
                { "mem_limit: -1", "limits memory", "0" },
                { "mem_limit: 1x", "limits memory", "must be a size" },
                { "mem_limit: 9e99g", "limits memory", "must be a size" },
                { "mem_limit: g", "limits memory", "must be a size" },
                { "deploy: {resources: {limits: {memory: 1k, cpus: '0.5', pids: 7}}}", "limits",
                  "{\"memory\":1024,\"cpus\":0.5,\"pids\":7}" },
                { "mem_limit: 0, deploy: {resources: {limits: {memory: 1k}}}", "limits memory",
                  "1024" },
                { "deploy: {resources: 5}", "limits memory", "must be a mapping" },
                { "deploy: {resources: 5}, mem_limit: 1k", "limits memory", "1024" },
                { "deploy: []", "limits cpus", "must be a mapping" },
                { "cpus: x", "limits cpus", "must be a number" },
                { "cpu_quota: 50000", "limits cpus", "0.5" },
                { "cpu_quota: 50000, cpu_period: 25000", "limits cpus", "2.0" },
                { "cpu_quota: -1", "limits cpus", "0" },
                { "pids_limit: '5'", "limits pids", "5" },
                { "pids_limit: -1", "limits pids", "0" },
                { "pids_limit: a", "limits pids", "must be a whole number" },
                { "ulimits: {a: 5, b: {soft: 1, hard: 2}}", "ulimits",
                  "{\"a\":{\"soft\":5,\"hard\":5},\"b\":{\"soft\":1,\"hard\":2}}" },
                { "ulimits: {a: {soft: 1}}", "ulimits a hard", "needs soft and hard" },
                { "ulimits: {a: []}", "ulimits a hard", "must be a whole number" },
                { "ulimits: []", "ulimits", "must be a mapping" },
        };
        check_rows(rows, CM_ARRAY_LEN(rows));
}

CM_TEST(health_restart_security)
{
        static const struct row rows[] = {
                { "healthcheck: {test: curl x}", "healthcheck",
                  "{\"test\":[\"CMD-SHELL\",\"curl x\"],\"disable\":false}" },
                { "healthcheck: {disable: yes}", "healthcheck",
                  "{\"disable\":true,\"test\":null}" },
                { "healthcheck: {test: [NONE]}", "healthcheck disable", "true" },
                { "healthcheck: {test: '$T'}", "healthcheck disable",
                  "depends on the environment variable T" },
                { "healthcheck: {test: ['$T']}", "healthcheck disable",
                  "depends on the environment variable T" },
                { "healthcheck: 5", "healthcheck", "must be a mapping" },
                { "image: a", "healthcheck", "null" },
                { "restart: no", "restart", "{\"policy\":\"no\",\"max_retries\":null}" },
                { "restart: false", "restart policy", "\"no\"" },
                { "restart: 'on-failure:3'", "restart",
                  "{\"policy\":\"on-failure\",\"max_retries\":3}" },
                { "restart: 'on-failure:x'", "restart max_retries", "must be a whole number" },
                { "restart: [a]", "restart policy", "must be text" },
                { "deploy: {restart_policy: {condition: none}}", "restart policy", "\"no\"" },
                { "deploy: {restart_policy: {max_attempts: 3}}", "restart",
                  "{\"policy\":\"always\",\"max_retries\":3}" },
                { "deploy: {restart_policy: 3}", "restart policy", "must be a mapping" },
                { "image: a", "restart policy", "\"no\"" },
                { "security_opt: [no-new-privileges, seccomp=unconfined, 'label:type:x', "
                  "'apparmor:y', systempaths=z]",
                  "security",
                  "{\"no_new_privileges\":true,\"seccomp\":\"unconfined\",\"apparmor\":\"y\","
                  "\"systempaths\":\"z\",\"labels\":[\"type:x\"]}" },
                { "security_opt: ['no-new-privileges:false']", "security no_new_privileges",
                  "false" },
                { "security_opt: ['$A', seccomp=x]", "security seccomp", "\"x\"" },
                { "security_opt: ['$A', seccomp=x]", "security apparmor",
                  "depends on the environment variable A" },
                { "security_opt: {a: b}", "security seccomp", "must be a list of texts" },
                { "logging: {driver: none}", "logging", "{\"driver\":\"none\",\"options\":{}}" },
                { "logging: none", "logging", "must be a mapping" },
        };
        check_rows(rows, CM_ARRAY_LEN(rows));
}

CM_TEST(extends)
{
        static const struct row rows[] = {
                { "services:\n  a: {extends: b, cap_add: [x]}\n  b: {image: i, cap_add: [y], user: u}\n",
                  "services a cap_add", "[\"Y\",\"X\"]" },
                { "services:\n  a: {extends: {service: b}, user: v}\n  b: {image: i, user: u}\n",
                  "services a user", "\"v\"" },
                { "services:\n  a: {extends: b}\n  b: {image: i, user: u}\n", "services a user @",
                  "3:23" },
                { "services:\n  a: {extends: b, environment: [A=1]}\n  b: {environment: {A: 2, B: 3}}\n",
                  "services a environment", "{\"B\":3,\"A\":\"1\"}" },
                { "services:\n  a: {extends: b, volumes: ['xx:/d:ro']}\n"
                  "  b: {volumes: ['yy:/d', 'zz:/e']}\n",
                  "services a volumes 0 source", "\"zz\"" },
                { "services:\n  a: {extends: b, deploy: {x: {y: 1}}}\n"
                  "  b: {deploy: {x: {z: 2}}}\n",
                  "services a deploy", "{\"x\":{\"z\":2,\"y\":1}}" },
                { "services:\n  a: {extends: b, healthcheck: {test: x}}\n"
                  "  b: {healthcheck: {test: [NONE]}}\n",
                  "services a healthcheck disable", "false" },
                { "services:\n  a: {extends: {service: b, file: ./compose.yaml}}\n  b: {user: u}\n",
                  "services a user", "\"u\"" },
                { "services:\n  a: {extends: {service: b, file: o.yaml}}\n",
                  "services a privileged", "is inherited from the file o.yaml" },
                { "services:\n  a: {extends: {service: b, file: o.yaml}, user: u}\n",
                  "services a user", "\"u\"" },
                { "services:\n  a: {extends: {service: b, file: o.yaml}, cap_add: [x]}\n",
                  "services a cap_add 0", "is inherited from the file o.yaml" },
                { "services:\n  a: {extends: {service: b, file: o.yaml}, cap_add: [x]}\n",
                  "services a cap_add 1", "\"X\"" },
                { "services:\n  a: {extends: '$B'}\n", "services a user",
                  "depends on the environment variable B" },
                { "services:\n  a: {extends: []}\n", "services a user",
                  "'extends' names no service" },
                { "services:\n  a: {extends: b}\n  b: {extends: c}\n  c: {extends: a}\n", "",
                  "malformed: 4:16: services extend each other in a circle at 'a'" },
                { "services:\n  a: {extends: a}\n", "",
                  "malformed: 2:16: services extend each other in a circle at 'a'" },
                { "services:\n  a: {extends: b}\n", "",
                  "malformed: 2:16: there is no service to extend named 'b'" },
                { "x: &x {user: u}\nservices:\n  a:\n    <<: *x\n    image: i\n", "services a user",
                  "\"u\"" },
        };
        check_rows(rows, CM_ARRAY_LEN(rows));
}

CM_TEST(files)
{
        static const struct row rows[] = {
                { "services: [a]\n", "", "malformed: 1:11: 'services' must be a mapping" },
                { "services:\n  a: [b]\n", "",
                  "malformed: 2:3: this must be a mapping: service 'a'" },
                { "services:\n  a: \n", "", "malformed: 2:3: this must be a mapping: service 'a'" },
                { "- a\n", "", "malformed: 1:1: a Compose file must be a mapping" },
                { "servces: {}\n", "", "malformed: 1:1: a Compose file needs 'services'" },
                { "services: {}\nnetworks: []\n", "",
                  "malformed: 2:11: 'networks' must be a mapping" },
                { "services: {}\nnetworks: {a: , b: 5, c: {internal: yes, labels: [a=b]}}\n",
                  "networks a",
                  "{\"external\":false,\"key\":\"a\",\"labels\":{},\"driver\":\"\","
                  "\"driver_opts\":{},\"internal\":false,\"attachable\":false,"
                  "\"enable_ipv6\":false}" },
                { "services: {}\nnetworks: {a: , b: 5, c: {internal: yes, labels: [a=b]}}\n",
                  "networks b", "must be a mapping" },
                { "services: {}\nnetworks: {c: {internal: yes, labels: [a=b]}}\n",
                  "networks c internal", "true" },
                { "services: {}\nnetworks: {c: {external: {name: x}}}\n", "networks c external",
                  "true" },
                { "services:\n  a: {volumes: ['vol:/a', 'vol:/b']}\n  b: {volumes: ['vol:/c']}\n"
                  "volumes: {vol: }\n",
                  "volumes vol used_by", "[\"a\",\"b\"]" },
                { "services: {}\nvolumes: {vol: 5}\n", "volumes vol", "must be a mapping" },
                { "services: {}\ninclude: [a, '$B']\n", "include 1",
                  "depends on the environment variable B" },
                { "services: {}\nname: 5\n", "name", "\"5\"" },
        };
        check_rows(rows, CM_ARRAY_LEN(rows));
}

/* What makes a file one of this kind. */
CM_TEST(recognition)
{
        static const struct {
                const char *name;
                const char *json;
                bool want;
        } rows[] = {
                { "x.yaml", "{\"services\":{\"a\":{\"image\":\"i\"}}}", true },
                { "x.yaml", "{\"services\":{\"a\":{\"build\":\".\"}}}", true },
                { "x.yaml", "{\"services\":{\"a\":{\"extends\":\"b\"}}}", true },
                { "x.yaml", "{\"services\":{\"App\\\\\":{\"resource\":\"i\"}}}", false },
                { "x.yaml", "{\"services\":[{\"image\":\"i\"}]}", false },
                { "x.yaml", "{\"apiVersion\":\"v1\",\"services\":{\"a\":{\"image\":\"i\"}}}",
                  false },
                { "d/compose.yaml", "{\"services\":[]}", true },
                { "d/docker-compose.prod.yml", "{}", true },
                { "compose.yaml", "[]", true },
                { "compose.yaml", "{\"apiVersion\":\"v1\"}", false },
                { "decompose.yaml", "{}", false },
                { "compose.json", "{}", false },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(rows); i++) {
                struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
                = cm_arena_new(CM_MIB(4));
                struct cm_err err = CM_ERR_INIT;
                const struct cm_node *root = NULL;
                CM_CHECK_OK(
                        cm_document_read_json(arena, cm_sv_from_cstr(rows[i].json), &root, &err),
                        &err);
                if (compose()->is(cm_sv_from_cstr(rows[i].name), root) != rows[i].want)
                        cm_test_fail(__FILE__, __LINE__, "%s %s", rows[i].name, rows[i].json);
        }
}

/* Services that extend a long list one after the other, and a long row of them. */
CM_TEST(refuses_what_multiplies)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(2000));
        struct cm_buf text CM_CLEANUP(cm_buf_fini) = { 0 };
        struct cm_err err = CM_ERR_INIT;
        cm_buf_init(&text, CM_MIB(16));
        cm_buf_put_str(&text, "services:\n  s0: {cap_add: [");
        for (int i = 0; i < 20000; i++)
                cm_buf_put_str(&text, "A,");
        cm_buf_put_str(&text, "]}\n");
        for (int i = 1; i < 200; i++)
                cm_buf_printf(&text, "  s%d: {extends: s0, cap_add: [B]}\n", i);
        CM_CHECK(read_file(arena, cm_buf_sv(&text), &err) == NULL);
        CM_CHECK_SV(cm_sv_from_cstr(err.text),
                    "services hold more than compose_nodes_max (2000000) values");
        cm_err_clear(&err);
        cm_buf_clear(&text);
        cm_buf_put_str(&text, "services:\n  s0: {image: a}\n");
        for (int i = CM_COMPOSE_EXTENDS_MAX + 1; i > 0; i--)
                cm_buf_printf(&text, "  s%d: {extends: s%d}\n", i, i - 1);
        CM_CHECK(read_file(arena, cm_buf_sv(&text), &err) == NULL);
        CM_CHECK_INT(err.code, CM_E_LIMIT);
}
