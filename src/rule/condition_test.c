/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of what conditions mean: one event, many conditions, and whether each holds on it. */
#include "codec/node_yaml.h"
#include "rule/evaluate.h"
#include "rule/rule_cases.h"
#include "tests/harness.h"

static const char open_case[] =
        "cases:\n"
        "- name: open\n"
        "  event: {type: openat, time: 1764000000123456789, tid: 7, args: {fd: 3, dirfd: AT_FDCWD,\n"
        "    name: ../etc/shadow, flags: O_RDONLY|O_CLOEXEC, mode: 0}}\n"
        "  process:\n"
        "    pid: 7\n"
        "    name: cat\n"
        "    exe: /usr/bin/cat\n"
        "    exepath: /usr/bin/cat\n"
        "    args: [-n, ../etc/shadow]\n"
        "    env: [A=1, B=x y]\n"
        "    cwd: /root/\n"
        "    user: {id: 0, name: root}\n"
        "    tty: 34816\n"
        "    started: 1764000000000000000\n"
        "    cap_effective: CAP_SYS_ADMIN CAP_KILL\n"
        "    container: {id: 0123456789abcdef, name: web, repository: docker.io/nginx, privileged: "
        "true, mounts: [{source: /proc, dest: /host/proc, writable: true}], labels: {app: shop}}\n"
        "    parent: {pid: 6, name: bash, exe: -bash, args: [-l], parent: {pid: 5, name: sshd, exe: "
        "sshd, parent: {pid: 1, name: systemd}}}\n"
        "  fd: {number: 3, type: file, name: /etc/shadow, raw_name: ../etc/shadow}\n";

static const char connect_case[] =
        "cases:\n"
        "- name: connect\n"
        "  event: {type: connect, args: {res: EINPROGRESS, fd: 5}}\n"
        "  process: {pid: 9, name: curl}\n"
        "  hosts: {example.org: [10.0.0.2, 10.0.0.9], other.org: [192.0.2.1]}\n"
        "  fd: {number: 5, type: ipv4, protocol: tcp, role: client, client: '172.17.0.3:40000', "
        "server: '10.0.0.2:443', connected: true}\n";

struct expectation {
        const char *condition;
        bool holds;
};

static const struct expectation on_open[] = {
        { "evt.type=openat", true },
        { "evt.type in (open, openat)", true },
        { "evt.type!=openat", false },
        { "not evt.type=open", true },
        { "evt.num=0", false },
        { "evt.num>=0", true },
        { "evt.dir=<", true },
        { "evt.dir=>", false },
        { "evt.category=file", true },
        { "evt.res=SUCCESS", true },
        { "evt.rawres=3", true },
        { "evt.rawres>=0", true },
        { "evt.rawres<0", false },
        { "evt.failed=false", true },
        { "evt.is_open_read=true", true },
        { "evt.is_open_write=true", false },
        { "evt.is_open_exec=true", false },
        { "evt.arg.flags contains O_CLOEXEC", true },
        { "evt.arg.flags = \"O_RDONLY|O_CLOEXEC\"", true },
        { "evt.arg.name=/etc/shadow", true },
        { "evt.rawarg.name=../etc/shadow", true },
        { "evt.rawarg.flags=4097", true },
        { "evt.arg[2]=/etc/shadow", true },
        { "evt.arg[1]=AT_FDCWD", true },
        { "evt.arg.newpath exists", false },
        { "evt.arg.newpath != x", false },
        { "not evt.arg.newpath = x", true },
        { "evt.args contains \"fd=3(<f>/etc/shadow)\"", true },
        { "evt.rawtime.s=1764000000", true },
        { "evt.rawtime=1764000000123456789", true },
        { "evt.source=syscall", true },
        { "proc.name=cat", true },
        { "proc.name = \"cat\"", true },
        { "proc.name != cat", false },
        { "proc.name in (dog, cat)", true },
        { "proc.name in (dog)", false },
        { "proc.name in ()", false },
        { "proc.name intersects (cat)", true },
        { "proc.name startswith ca", true },
        { "proc.name endswith at", true },
        { "proc.name contains a", true },
        { "proc.name icontains CAT", true },
        { "proc.name contains CAT", false },
        { "proc.name glob c?t", true },
        { "proc.name iglob C*", true },
        { "proc.name regex 'c.t'", true },
        { "proc.name regex 'c'", false },
        { "proc.name regex 'ca|cat'", true },
        { "proc.exepath = /usr/bin/cat", true },
        { "proc.args = \"-n ../etc/shadow\"", true },
        { "proc.args[0] = -n", true },
        { "proc.args[9] exists", false },
        { "proc.cmdline = \"cat -n ../etc/shadow\"", true },
        { "proc.exeline startswith \"/usr/bin/cat -n\"", true },
        { "proc.cmdnargs=2", true },
        { "proc.env contains \"A=1\"", true },
        { "proc.env[B] = \"x y\"", true },
        { "proc.env[C] exists", false },
        { "proc.tty != 0", true },
        { "proc.pname=bash", true },
        { "proc.pcmdline=\"bash -l\"", true },
        { "proc.aname=sshd", true },
        { "proc.aname=cat", false },
        { "proc.aname in (systemd, init)", true },
        { "proc.aname != sshd", true },
        { "not proc.aname in (nginx)", true },
        { "proc.aname[0]=cat", true },
        { "proc.aname[2]=sshd", true },
        { "proc.aname[3]=systemd", true },
        { "proc.aname[4] exists", false },
        { "proc.aname exists", true },
        { "proc.apid=1", true },
        { "proc.apid[1]=6", true },
        { "proc.ppid=6", true },
        { "proc.sname exists", false },
        { "proc.duration=123456789", true },
        { "proc.duration<1000000000", true },
        { "proc.duration>1000000000", false },
        { "proc.loginshellid=6", true },
        { "thread.cap_effective contains CAP_SYS_ADMIN", true },
        { "thread.cap_effective = \"CAP_KILL CAP_SYS_ADMIN\"", true },
        { "thread.cap_permitted = \"\"", true },
        { "user.name=root", true },
        { "user.uid=0", true },
        { "user.loginuid=-1", true },
        { "user.loginname = \"<NA>\"", true },
        { "group.gid exists", false },
        { "fd.num>=0", true },
        { "fd.name=/etc/shadow", true },
        { "fd.nameraw startswith ..", true },
        { "fd.directory=/etc", true },
        { "fd.filename=shadow", true },
        { "fd.typechar='f'", true },
        { "fd.type=file", true },
        { "fd.type in (ipv4, ipv6)", false },
        { "fd.sip exists", false },
        { "fd.sip != \"1.2.3.4\"", false },
        { "fd.l4proto != tcp", false },
        { "fd.name pmatch (/var, /etc)", true },
        { "fd.name pmatch (/etc/shadow)", true },
        { "fd.name pmatch (/et)", false },
        { "fd.name pmatch (/*/shadow)", true },
        { "fd.name startswith anyof (/var, /etc)", true },
        { "fd.name startswith allof (/etc, /e)", true },
        { "fd.name startswith allof (/etc, /x)", false },
        { "fd.name contains oneof (shadow, passwd)", true },
        { "fd.name contains oneof (shadow, etc)", false },
        { "fd.name = oneof (/etc/shadow, /x)", true },
        { "container.id=0123456789ab", true },
        { "container.id!=host", true },
        { "container.full_id=0123456789abcdef", true },
        { "container.privileged=true", true },
        { "container.image.repository endswith nginx", true },
        { "container.image.tag exists", false },
        { "container.mount.dest[/proc*]=/host/proc", true },
        { "container.mount.dest[/sys]=\"N/A\"", true },
        { "container.label.app=shop", true },
        { "container.label[app]=shop", true },
        { "k8s.ns.name exists", false },
        { "tolower(proc.name)=cat", true },
        { "toupper(proc.name)=CAT", true },
        { "basename(fd.name)=shadow", true },
        { "len(proc.name)=3", true },
        { "len(proc.name)>3", false },
        { "concat(proc.name, '-', proc.pname)='cat-bash'", true },
        { "join('/', (\"a\", \"b\"))='a/b'", true },
        { "proc.name=val(proc.aname[0])", true },
        { "proc.name=val(proc.pname)", false },
        { "proc.name=tolower(proc.name)", true },
        { "fd.name endswith basename(evt.rawarg.name)", true },
        { "proc.name=val(proc.sname)", false },
        { "getopt(proc.args, 'n')[n] exists", true },
        { "getopt(proc.args, 'n:')[n]='../etc/shadow'", true },
        { "getopt(proc.args, 'x:')[x] exists", false },
        { "proc.name=cat and fd.name=/etc/shadow", true },
        { "proc.name=dog or fd.name=/etc/shadow", true },
        { "proc.name=dog or fd.name=/x and evt.num>0", false },
        { "not (proc.name=dog or fd.name=/x)", true },
        { "proc.is_exe_upper_layer=false", true },
        { "proc.vpid=7", true },
        { "thread.tid=7", true },
        { "fs.path.name=/etc/shadow", true },
        { "fs.path.nameraw=../etc/shadow", true },
        { "evt.abspath=/etc/shadow", true },
        { "evt.is_io_uring=false", true },
};

static const struct expectation on_connect[] = {
        { "evt.res=EINPROGRESS", true },
        { "evt.rawres<0", true },
        { "fd.sip=10.0.0.2", true },
        { "fd.sip!=10.0.0.2", false },
        { "fd.sip in (10.0.0.1, 10.0.0.2)", true },
        { "fd.cip=172.17.0.3", true },
        { "fd.lip=172.17.0.3", true },
        { "fd.rip=10.0.0.2", true },
        { "fd.ip=10.0.0.2", true },
        { "fd.ip=172.17.0.3", true },
        { "fd.ip!=10.0.0.2", false },
        { "fd.ip!=10.9.9.9", true },
        { "fd.ip in (10.0.0.2)", true },
        { "fd.net=172.16.0.0/12", true },
        { "fd.net!=127.0.0.0/8", true },
        { "fd.net!=10.0.0.0/8", false },
        { "fd.snet in (10.0.0.0/8, 192.168.0.0/16)", true },
        { "fd.cnet in (10.0.0.0/8)", false },
        { "fd.rnet=10.0.0.0/30", true },
        { "fd.snet=10.0.0.128/25", false },
        { "fd.sip!=\"::1\"", true },
        { "fd.sip=\"::1\"", false },
        { "fd.port=443", true },
        { "fd.port=40000", true },
        { "fd.port in (80, 443)", true },
        { "fd.port!=443", false },
        { "fd.port!=80", true },
        { "fd.sport=https", true },
        { "fd.sport>400", true },
        { "fd.lport=40000", true },
        { "fd.rport=443", true },
        { "fd.sproto=https", true },
        { "fd.l4proto=tcp", true },
        { "fd.sockfamily=ip", true },
        { "fd.is_server=false", true },
        { "fd.connected=true", true },
        { "fd.name_changed=true", false },
        { "fd.name=\"172.17.0.3:40000->10.0.0.2:443\"", true },
        { "fd.typechar=4", true },
        { "fd.directory exists", false },
        { "fd.sip.name=example.org", true },
        { "fd.sip.name in (other.org, example.org)", true },
        { "fd.sip.name=other.org", false },
        { "fd.sip.name!=other.org", true },
        { "fd.sip.name=nowhere.org", false },
        { "container.id=host", true },
        { "container.id!=host", false },
        { "container.name=host", true },
        { "container.image.repository exists", false },
        { "container.privileged exists", false },
        { "not container.image.repository in (x)", true },
};

struct refusal {
        const char *condition;
        const char *words;
};

static const struct refusal refused[] = {
        { "proc.nme=x", "no field 'proc.nme'" },
        { "evt.arg=x", "needs an argument" },
        { "evt.arg.nosuch=x", "no event has an argument" },
        { "proc.name[1]=x", "takes no argument" },
        { "proc.aname[x]=y", "takes a number" },
        { "proc.pid=abc", "is no number" },
        { "proc.pid startswith 1", "has no operator 'startswith'" },
        { "evt.is_open_read=maybe", "is no boolean" },
        { "evt.is_open_read>1", "has no operator '>'" },
        { "fd.sip=10.0.0", "is no address" },
        { "fd.sip=10.0.0.0/8", "is no address" },
        { "fd.snet=10.0.0.0/99", "is no network" },
        { "fd.snet startswith 10", "has no operator" },
        { "fd.sport=99x", "is no port" },
        { "evt.type=openit", "no event 'openit'" },
        { "evt.type in (open, openit)", "no event 'openit'" },
        { "proc.name regex '('", "regular expression" },
        { "evt.buffer bcontains xyz", "hexadecimal" },
        { "evt.buffer regex x", "has no operator" },
        { "fd.types = x", "list of text and has no operator '='" },
        { "proc.name=val(proc.pid)", "a text is compared with a number" },
        { "len(proc.name)=x", "is no number" },
        { "tolower(proc.pid)=x", "takes texts" },
        { "nosuchmacro", "no macro 'nosuchmacro'" },
        { "ka.verb=get", "events of the kernel do not have" },
        { "evt.type.is.openit=1", "no event 'openit'" },
        { "proc.name < dog", "expected a number" },
};

static const struct cm_ruleset *compile(struct cm_arena *arena, const char *condition,
                                        struct cm_err *err)
{
        struct cm_rule_loader *loader = cm_rule_loader_new(arena);
        const struct cm_ruleset *set = NULL;
        struct cm_buf text CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&text, CM_KIB(64));
        cm_buf_printf(
                &text,
                "- rule: r\n  desc: d\n  output: o\n  priority: info\n  condition: >\n    %s\n",
                condition);
        int r = cm_rule_loader_add(loader, CM_SV("t.yaml"), cm_sv_dup(arena, cm_buf_sv(&text)),
                                   err);
        if (r == 0)
                r = cm_rule_loader_compile(loader, &set, err);
        return r < 0 ? NULL : set;
}

static const struct cm_rule_case *load(struct cm_arena *arena, const char *text)
{
        const struct cm_node_yaml_options options = { .schema = CM_NODE_YAML_TEXT };
        const struct cm_node_doc *docs = NULL;
        const struct cm_rule_case *cases = NULL;
        struct cm_err err = CM_ERR_INIT;
        size_t count = 0;
        CM_CHECK_OK(cm_node_parse_yaml(arena, cm_sv_from_cstr(text), &options, &docs, &count, &err),
                    &err);
        CM_CHECK_OK(cm_rule_cases_load(arena, CM_SV("cases"), docs[0].root, &cases, &count, &err),
                    &err);
        return cases;
}

static void expect(const char *text, const struct expectation *list, size_t count)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(64));
        const struct cm_rule_case *test = load(arena, text);
        for (size_t i = 0; i < count; i++) {
                struct cm_err err = CM_ERR_INIT;
                const struct cm_rule *found = NULL;
                struct cm_arena *own = cm_arena_new(CM_MIB(64));
                const struct cm_ruleset *set = compile(own, list[i].condition, &err);
                if (set == NULL)
                        cm_test_fail(__FILE__, __LINE__, "%s: %s", list[i].condition, err.text);
                struct cm_rule_state *state = cm_rule_state_new(set);
                for (int again = 0; again < 2; again++)
                        if ((cm_rules_match(state, &test->context, &found, 1) == 1) !=
                            list[i].holds)
                                cm_test_fail(__FILE__, __LINE__, "%s: is not %s", list[i].condition,
                                             list[i].holds ? "true" : "false");
                cm_rule_state_free(state);
                cm_arena_free(own);
        }
        cm_arena_free(arena);
}

CM_TEST(files)
{
        expect(open_case, on_open, CM_ARRAY_LEN(on_open));
}

CM_TEST(connections)
{
        expect(connect_case, on_connect, CM_ARRAY_LEN(on_connect));
}

CM_TEST(refusals)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(refused); i++) {
                struct cm_arena *arena = cm_arena_new(CM_MIB(64));
                struct cm_err err = CM_ERR_INIT;
                if (compile(arena, refused[i].condition, &err) != NULL ||
                    strstr(err.text, refused[i].words) == NULL ||
                    strstr(err.text, "t.yaml:") == NULL ||
                    strstr(err.text, "LOAD_ERR_COMPILE_CONDITION") == NULL)
                        cm_test_fail(__FILE__, __LINE__, "%s: '%s'", refused[i].condition,
                                     err.text);
                cm_arena_free(arena);
        }
}

CM_TEST(buffers)
{
        static const struct expectation list[] = {
                { "evt.buffer contains \"root:\"", true },
                { "evt.buffer bcontains 726f6f74", true },
                { "evt.buffer bstartswith 726f", true },
                { "evt.buffer startswith oot", false },
                { "evt.buflen=9", true },
                { "evt.buflen.out=9", true },
                { "evt.buflen.in exists", false },
                { "evt.is_io_write=true", true },
                { "evt.io_dir=w", true },
                { "syslog.severity=6", false },
        };
        expect("cases:\n- name: w\n  event: {type: write, args: {res: 9, data: 'root:x:0:', fd: 1}}\n"
               "  process: {pid: 1, name: sh}\n",
               list, CM_ARRAY_LEN(list));
}

/* An open that failed has no descriptor, but is still about a file. */
CM_TEST(failed_open)
{
        static const struct expectation list[] = {
                { "fd.num=-1", true },           { "fd.typechar='f'", true },
                { "fd.name=/etc/shadow", true }, { "fd.filename=shadow", true },
                { "fd.nameraw=shadow", true },   { "evt.res startswith E", true },
                { "evt.res=EACCES", true },      { "evt.failed=true", true },
                { "fd.sip exists", false },
        };
        expect("cases:\n- name: w\n  event: {type: open, args: {fd: EACCES, name: shadow}}\n"
               "  process: {pid: 1, name: sh, cwd: /etc}\n",
               list, CM_ARRAY_LEN(list));
}

/* Nothing is known of the process: every check on it is false, also "!=". */
CM_TEST(unknown_process)
{
        static const struct expectation list[] = {
                { "proc.name != x", false },       { "not proc.name = x", true },
                { "container.id != host", false }, { "container.id exists", false },
                { "user.uid >= 0", false },        { "evt.type=open", true },
        };
        expect("cases:\n- name: w\n  event: {type: open, args: {fd: 3, name: /x}}\n", list,
               CM_ARRAY_LEN(list));
}
