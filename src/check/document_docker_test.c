/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of check/document_docker.h: the daemon's configuration, and what objects know of others. */
#include "check/document_docker.h"
#include "codec/node_json.h"
#include "tests/first_subject.h"
#include "tests/harness.h"

extern const struct cm_document_kind cm_document_docker;

static struct first subject_of(struct cm_arena *arena, const char *view, const char *text)
{
        struct cm_err err = CM_ERR_INIT;
        struct first f = { .sink = { keep_first }, .view = view };
        struct cm_document document = { .name = CM_SV("x") };
        CM_CHECK_OK(cm_document_read_json(arena, cm_sv_from_cstr(text), &document.root, &err),
                    &err);
        document.root = cm_document_without_nulls(arena, document.root);
        CM_CHECK_OK(cm_document_docker.subjects(arena, &document, &f.sink, &err), &err);
        return f;
}

/* The settings of a daemon; `words` are those behind its name, as JSON with a comma before each. */
static struct cm_docker_settings settings_of(struct cm_arena *arena, const char *words,
                                             const char *file)
{
        struct cm_err err = CM_ERR_INIT;
        const struct cm_node *root = NULL;
        struct cm_sv text =
                cm_sv_printf(arena, "{\"command\":[\"dockerd\"%s],\"file\":%s}", words, file);
        CM_CHECK_OK(cm_document_read_json(arena, text, &root, &err), &err);
        return cm_docker_settings_of_daemon(arena, root);
}

static struct cm_sv as_json(const struct cm_node *n)
{
        static struct cm_buf text;
        if (text.bytes_max == 0)
                cm_buf_init(&text, CM_MIB(1));
        cm_buf_clear(&text);
        if (n == NULL)
                return CM_SV("absent");
        cm_node_write_json(&text, n);
        return cm_buf_sv(&text);
}

CM_TEST(flags_are_written_in_many_ways)
{
        static const struct {
                const char *words;
                const char *key;
                const char *want;
        } cases[] = {
                { ",\"--icc=false\"", "icc", "false" },
                { ",\"--icc=0\"", "icc", "false" },
                { ",\"--icc\",\"false\"", "icc", "true" }, /* a word of its own is no value of it */
                { ",\"--icc=T\"", "icc", "true" },
                { ",\"-D\"", "debug", "true" },
                { ",\"-l\",\"warn\"", "log-level", "\"warn\"" },
                { ",\"-lwarn\"", "log-level", "\"warn\"" },
                { ",\"-l=warn\"", "log-level", "\"warn\"" },
                { ",\"-Dl\",\"warn\"", "log-level", "\"warn\"" },
                { ",\"-Dl\",\"warn\"", "debug", "true" },
                { ",\"--log-level\",\"error\",\"--log-level=fatal\"", "log-level", "\"fatal\"" },
                { ",\"-H\",\"a\",\"--host=b\",\"-Hc\"", "hosts", "[\"a\",\"b\",\"c\"]" },
                { ",\"--log-opt\",\"a=1\",\"--log-opt=b=2=3\"", "log-opts",
                  "{\"a\":\"1\",\"b\":\"2=3\"}" },
                { ",\"--log-opt\",\"a\"", "log-opts", "{\"a\":\"\"}" },
                { ",\"--\",\"--icc=false\"", "icc", "true" },
                { ",\"--unheard-of\",\"--icc=false\"", "icc", "false" },
                { ",\"-Z\",\"-\",\"\",\"x\"", "icc", "true" },
                { ",\"--host\"", "hosts", "[]" },
                { ",7,null,{},\"--bridge=none\"", "bridge", "\"none\"" },
                { "", "userns-remap", "\"\"" },
                { "", "default-ulimits", "{}" },
                { "", "no-such-key", "absent" },
                { "", "config-file", "absent" },
        };
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(8));
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_docker_settings s =
                        settings_of(arena, cases[i].words, "{\"path\":\"/d\"}");
                CM_CHECK_SV(as_json(cm_node_get(s.values, cases[i].key)), cases[i].want);
        }
}

CM_TEST(where_a_setting_comes_from)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(8));
        struct cm_docker_settings s = settings_of(
                arena, ",\"--icc=false\",\"-H\",\"a\"",
                "{\"path\":\"/d\",\"is_newer\":false,\"text\":\"{\\\"iptables\\\":false,\\\"hosts\\\":[\\\"b\\\"],"
                "\\\"mtu\\\":1400,\\\"dns\\\":null}\"}");
        CM_CHECK_SV(cm_node_get_string(s.origins, "icc"), "command line");
        CM_CHECK_SV(cm_node_get_string(s.origins, "iptables"), "daemon.json");
        CM_CHECK_SV(cm_node_get_string(s.origins, "live-restore"), "default");
        CM_CHECK_SV(as_json(cm_node_get(s.values, "iptables")), "false");
        CM_CHECK_SV(as_json(cm_node_get(s.values, "mtu")), "1400");
        CM_CHECK_SV(as_json(cm_node_get(s.values, "hosts")), "[\"a\"]");
        CM_CHECK_SV(as_json(cm_node_get(s.values, "dns")), "[]");
}

CM_TEST(what_could_not_be_read_is_not_known)
{
        static const char *const files[] = {
                "{\"path\":\"/d\",\"problem\":\"not permitted\"}",
                "{\"path\":\"/d\",\"is_newer\":true,\"text\":\"{}\"}",
                "{\"path\":\"/d\",\"text\":\"{}\"}", /* not said whether it is newer */
                "{\"path\":\"/d\",\"is_newer\":false,\"text\":\"{\\\"icc\\\":\"}",
                "{\"path\":\"/d\",\"is_newer\":false,\"text\":\"[]\"}",
                "null",
        };
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(8));
        for (size_t i = 0; i < CM_ARRAY_LEN(files); i++) {
                struct cm_docker_settings s = settings_of(arena, ",\"--icc=false\"", files[i]);
                CM_CHECK_SV(as_json(cm_node_get(s.values, "icc")), "false");
                CM_CHECK_INT(cm_node_count(s.values), 1);
        }
        struct cm_docker_settings none = cm_docker_settings_of_daemon(arena, NULL);
        CM_CHECK_INT(cm_node_count(none.values), 0);
}

CM_TEST(a_unit_in_place_of_the_process)
{
        static const struct {
                const char *unit;
                const char *more; /* a drop-in */
                const char *newer;
                const char *icc;
                size_t hosts;
        } cases[] = {
                { "[Service]\\nExecStart=/usr/bin/dockerd -H fd:// --icc=false\\n", "", "false",
                  "false", 1 },
                { "[Service]\\nExecStart=/d \\\\\\n# x\\n  -H a \\\\\\n -H 'b' --icc=\\\"false\\\"",
                  "", "false", "false", 2 },
                { "[Service]\\nExecStart=-/d --icc=false",
                  "[Service]\\nExecStart=\\nExecStart=/d -H a", "false", "true", 1 },
                { "[Service]\\nExecStart=/d -H a $OPTS", "", "false", "absent", 1 },
                { "[Service]\\nExecStart=/d --icc=false", "", "true", "absent", 0 },
                { "[Unit]\\nExecStart=/d --icc=false", "", "false", "absent", 0 },
                { "", "", "false", "absent", 0 },
                { "[Service]\\nExecStart=/d --config-file /other", "", "false", "absent", 0 },
        };
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(8));
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_err err = CM_ERR_INIT;
                const struct cm_node *root = NULL;
                struct cm_sv text = cm_sv_printf(
                        arena,
                        "{\"units\":[{\"text\":\"%s\",\"is_newer\":%s},{\"text\":\"%s\",\"is_newer\":false}],"
                        "\"file\":{\"path\":\"/etc/docker/daemon.json\"}}",
                        cases[i].unit, cases[i].newer, cases[i].more);
                CM_CHECK_OK(cm_document_read_json(arena, text, &root, &err), &err);
                struct cm_docker_settings s = cm_docker_settings_of_daemon(arena, root);
                CM_CHECK_SV(as_json(cm_node_get(s.values, "icc")), cases[i].icc);
                CM_CHECK_INT(cm_node_count(cm_node_get(s.values, "hosts")), cases[i].hosts);
        }
}

static const char engine[] =
        "{\"schema\":\"coaming/engine-facts/v1\","
        "\"processes\":[{\"container\":\"c1\",\"name\":\"app\"},{\"container\":\"c1\",\"name\":\"sh\"},"
        "{\"name\":\"lost\"},7],"
        "\"api\":{\"info\":{\"SecurityOptions\":[\"name=rootless\"]},"
        "\"containers\":[{\"Id\":\"c1\",\"Name\":\"/web\",\"Image\":\"sha256:aa\",\"Config\":{\"Image\":"
        "\"r.example:5000/web\"},\"HostConfig\":{}},{\"Id\":\"c2\",\"Config\":{},\"HostConfig\":{}}],"
        "\"images\":[{\"Id\":\"sha256:aa\",\"RepoTags\":[]},{\"Id\":\"sha256:bb\",\"RepoTags\":"
        "[\"r.example:5000/web:latest\"]}],\"volumes\":{\"Volumes\":[{\"Name\":\"v\"}]}}}";

CM_TEST(a_container_knows_its_images_and_processes)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(8));
        struct first f = subject_of(arena, "docker.container", engine);
        CM_CHECK_INT(f.count, 2);
        CM_CHECK_SV(f.subject.name, "web");
        CM_CHECK_SV(as_json(cm_node_get(f.subject.variables[0], "rootless")), "true");
        CM_CHECK_SV(cm_node_get_string(f.subject.variables[1], "Id"), "sha256:aa");
        CM_CHECK_SV(cm_node_get_string(f.subject.variables[2], "Id"), "sha256:bb");
        CM_CHECK_SV(as_json(f.subject.variables[3]), "[\"app\",\"sh\"]");
        CM_CHECK_INT(subject_of(arena, "docker.volume", engine).count, 1);
}

CM_TEST(processes_that_the_engine_tells)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(8));
        struct first f = subject_of(
                arena, "docker.container",
                "{\"schema\":\"coaming/engine-facts/v1\",\"api\":{\"containers\":[{\"Id\":\"c\",\"Config\":{},"
                "\"HostConfig\":{}}],\"processes\":{\"c\":{\"Titles\":[\"PID\",\"CMD\"],\"Processes\":[[\"1\","
                "\"/usr/sbin/sshd -D\"],[\"2\",\"sshd: root@pts/0\"],[\"3\"],[]]}}}}");
        CM_CHECK_SV(as_json(f.subject.variables[3]), "[\"sshd\",\"sshd\",\"\",\"\"]");
}

CM_TEST(a_single_object_knows_nothing_of_others)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(8));
        struct first f = subject_of(arena, "docker.container",
                                    "[{\"Id\":\"c\",\"Config\":{},\"HostConfig\":{}}]");
        CM_CHECK_SV(as_json(f.subject.variables[0]), "{\"podman\":false}");
        CM_CHECK(f.subject.variables[1] == NULL && f.subject.variables[3] == NULL);
}

CM_TEST(the_daemon_of_another_host_is_not_taken)
{
        static const struct {
                const char *certain;
                const char *name;
                size_t want;
        } cases[] = { { "true", "elsewhere", 1 },
                      { "false", "here", 1 },
                      { "false", "elsewhere", 0 } };
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(8));
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_sv text = cm_sv_printf(
                        arena,
                        "{\"schema\":\"coaming/engine-facts/v1\",\"daemon\":{\"command\":[\"dockerd\",\"--icc\"],"
                        "\"is_certain\":%s,\"host\":{\"name\":\"here\",\"kernel\":\"6\"}},\"api\":{\"info\":"
                        "{\"Name\":\"%s\",\"KernelVersion\":\"6\"}}}",
                        cases[i].certain, cases[i].name);
                struct first f = subject_of(arena, "docker.daemon", text.ptr);
                CM_CHECK_INT(f.count, 1);
                CM_CHECK_INT(cm_node_count(f.subject.variables[1]), cases[i].want);
        }
}

CM_TEST(facts_of_another_version_are_refused)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(8));
        struct cm_err err = CM_ERR_INIT;
        struct first f = { .sink = { keep_first }, .view = "docker.info" };
        struct cm_document document = { .name = CM_SV("x") };
        CM_CHECK_OK(cm_document_read_json(arena, CM_SV("{\"schema\":\"coaming/engine-facts/v2\"}"),
                                          &document.root, &err),
                    &err);
        CM_CHECK(cm_document_docker.subjects(arena, &document, &f.sink, &err) == -CM_E_MALFORMED);
}
