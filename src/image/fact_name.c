/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the name of a file says, see fact.h. All names are tables; this is asked for every entry of
 * every layer, so that the first test of each kind is one that hardly any path passes.
 */
#include <pthread.h>
#include <string.h>

#include "image/fact.h"
#include "model/secret_file.h"

struct name_row {
        const char *name;
        const char *word;
};

/* Base names in the folders of programs; a version behind it ("gcc-12", "python3.11") is cut. */
static const struct name_row tools[] = {
        { "sh", "shell" },
        { "ash", "shell" },
        { "bash", "shell" },
        { "busybox", "shell" },
        { "csh", "shell" },
        { "dash", "shell" },
        { "fish", "shell" },
        { "ksh", "shell" },
        { "mksh", "shell" },
        { "tcsh", "shell" },
        { "zsh", "shell" },
        { "apk", "package manager" },
        { "apt", "package manager" },
        { "apt-get", "package manager" },
        { "aptitude", "package manager" },
        { "dnf", "package manager" },
        { "dpkg", "package manager" },
        { "emerge", "package manager" },
        { "microdnf", "package manager" },
        { "opkg", "package manager" },
        { "pacman", "package manager" },
        { "rpm", "package manager" },
        { "tdnf", "package manager" },
        { "xbps-install", "package manager" },
        { "yum", "package manager" },
        { "zypper", "package manager" },
        { "as", "compiler" },
        { "c++", "compiler" },
        { "cc", "compiler" },
        { "clang", "compiler" },
        { "clang++", "compiler" },
        { "cmake", "compiler" },
        { "g++", "compiler" },
        { "gcc", "compiler" },
        { "gfortran", "compiler" },
        { "ghc", "compiler" },
        { "go", "compiler" },
        { "javac", "compiler" },
        { "ld", "compiler" },
        { "make", "compiler" },
        { "nasm", "compiler" },
        { "rustc", "compiler" },
        { "tcc", "compiler" },
        { "doas", "privilege tool" },
        { "pkexec", "privilege tool" },
        { "sudo", "privilege tool" },
        { "dropbear", "ssh server" },
        { "sshd", "ssh server" },
        { "in.ftpd", "remote access server" },
        { "in.rlogind", "remote access server" },
        { "in.rshd", "remote access server" },
        { "in.telnetd", "remote access server" },
        { "telnetd", "remote access server" },
        { "vsftpd", "remote access server" },
        { "x11vnc", "remote access server" },
        { "xinetd", "remote access server" },
        { "masscan", "network tool" },
        { "nc", "network tool" },
        { "nc.openbsd", "network tool" },
        { "nc.traditional", "network tool" },
        { "ncat", "network tool" },
        { "netcat", "network tool" },
        { "nmap", "network tool" },
        { "socat", "network tool" },
        { "tcpdump", "network tool" },
        { "telnet", "network tool" },
        { "tshark", "network tool" },
        { "bpftrace", "debugger" },
        { "gdb", "debugger" },
        { "gdbserver", "debugger" },
        { "lldb", "debugger" },
        { "ltrace", "debugger" },
        { "perf", "debugger" },
        { "strace", "debugger" },
        { "ctr", "container tool" },
        { "containerd", "container tool" },
        { "crictl", "container tool" },
        { "docker", "container tool" },
        { "dockerd", "container tool" },
        { "kubectl", "container tool" },
        { "nerdctl", "container tool" },
        { "podman", "container tool" },
        { "runc", "container tool" },
};

/* Folders; "/." ones anywhere, others from the root on. */
static const struct name_row caches[] = {
        { "var/lib/apt/lists/", "apt" },
        { "var/cache/apt/", "apt" },
        { "var/cache/apk/", "apk" },
        { "etc/apk/cache/", "apk" },
        { "var/cache/yum/", "dnf" },
        { "var/cache/dnf/", "dnf" },
        { "var/cache/libdnf5/", "dnf" },
        { "var/cache/zypp/", "zypper" },
        { "var/cache/pacman/pkg/", "pacman" },
        { ".cache/pip/", "pip" },
        { ".npm/_cacache/", "npm" },
        { ".cache/yarn/", "yarn" },
        { ".yarn/cache/", "yarn" },
        { ".cache/go-build/", "go" },
        { ".cargo/registry/cache/", "cargo" },
        { ".composer/cache/", "composer" },
        { ".cache/composer/", "composer" },
};

static const char *const sockets[] = { "docker.sock", "containerd.sock", "podman.sock", "crio.sock",
                                       NULL };
static const char *const program_dirs[] = { "bin",      "sbin",          "usr/bin",
                                            "usr/sbin", "usr/local/bin", "usr/local/sbin",
                                            NULL };
static const char *const odd_dirs[] = {
        "tmp/",  "var/tmp/", "dev/",     "run/",      "var/run/",
        "proc/", "sys/",     "var/log/", "var/mail/", "var/spool/"
};
static const char *const system_files[] = { "etc/passwd",
                                            "etc/shadow",
                                            "etc/group",
                                            "etc/gshadow",
                                            "etc/sudoers",
                                            "etc/ld.so.preload",
                                            "etc/hosts.equiv",
                                            "etc/crontab",
                                            "root/.rhosts",
                                            "root/.ssh/authorized_keys",
                                            NULL };

/* Which bytes the tables know at a place: most paths are told apart by one look each. */
static struct {
        bool path_first[256]; /* odd_dirs */
} known;
static pthread_once_t known_once = PTHREAD_ONCE_INIT;

static void fill_known(void)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(odd_dirs); i++)
                known.path_first[(unsigned char)odd_dirs[i][0]] = true;
}

static struct cm_sv parent_of(struct cm_sv path)
{
        struct cm_sv dir, base;
        return cm_sv_cut_last(path, '/', &dir, &base) ? dir : CM_SV("");
}

static struct cm_sv without_version(struct cm_sv name)
{
        while (name.len > 1) {
                char c = name.ptr[name.len - 1];
                if (!cm_is_digit(c) && c != '.' && c != '-')
                        break;
                name.len--;
        }
        return name;
}

static const char *tool_word(struct cm_sv path)
{
        if (!cm_sv_is_any(parent_of(path), program_dirs))
                return "";
        struct cm_sv name = cm_sv_base_name(path);
        struct cm_sv plain = without_version(name);
        for (size_t i = 0; i < CM_ARRAY_LEN(tools); i++) {
                struct cm_sv tool = cm_sv_from_cstr(tools[i].name);
                if (cm_sv_eq(name, tool) || cm_sv_eq(plain, tool))
                        return tools[i].word;
        }
        return "";
}

static const char *cache_word(struct cm_sv path)
{
        struct cm_sv base = cm_sv_base_name(path);
        if (cm_sv_eq(base, CM_SV("lock")) || cm_sv_eq(base, CM_SV(".gitkeep")))
                return "";
        for (size_t i = 0; i < CM_ARRAY_LEN(caches); i++) {
                struct cm_sv dir = cm_sv_from_cstr(caches[i].name);
                ptrdiff_t at = dir.ptr[0] == '.' ? cm_sv_find(path, dir)
                                                 : (cm_sv_has_prefix(path, dir) ? 0 : -1);
                if (at == 0 || (at > 0 && path.ptr[at - 1] == '/'))
                        return caches[i].word;
        }
        return "";
}

/* Nothing in the tables of ends is under a folder that is neither hidden nor named below. */
static bool may_be_cache(struct cm_sv path)
{
        return cm_sv_has_prefix(path, CM_SV("var/")) || cm_sv_has_prefix(path, CM_SV("etc/apk/")) ||
               path.ptr[0] == '.' || cm_sv_find(path, CM_SV("/.")) >= 0;
}

static bool is_odd_place(struct cm_sv path)
{
        bool may_begin = known.path_first[(unsigned char)path.ptr[0]];
        for (size_t i = 0; i < CM_ARRAY_LEN(odd_dirs) && may_begin; i++)
                if (cm_sv_has_prefix(path, cm_sv_from_cstr(odd_dirs[i])))
                        return true;
        return false;
}

static bool is_system_file(struct cm_sv path)
{
        return (cm_sv_has_prefix(path, CM_SV("etc/")) || cm_sv_has_prefix(path, CM_SV("root/"))) &&
               (cm_sv_is_any(path, system_files) ||
                cm_sv_has_prefix(path, CM_SV("etc/sudoers.d/")));
}

uint32_t cm_fact_kinds_of_name(struct cm_sv path, enum cm_tar_type type)
{
        if (path.len == 0 || type == CM_TAR_DIR)
                return 0;
        pthread_once(&known_once, fill_known);
        uint32_t kinds = 0;
        bool is_file = type == CM_TAR_FILE || type == CM_TAR_HARDLINK;
        struct cm_sv base = cm_sv_base_name(path);
        if ((is_file || type == CM_TAR_SYMLINK) && *tool_word(path) != '\0')
                kinds |= CM_FACT_TOOL;
        if (cm_sv_has_suffix(base, CM_SV(".sock")) && cm_sv_is_any(base, sockets))
                kinds |= CM_FACT_SOCKET;
        if (is_system_file(path))
                kinds |= CM_FACT_SYSTEM;
        if (!is_file)
                return kinds;
        if (*cm_credential_file(path) != '\0')
                kinds |= CM_FACT_CREDENTIAL;
        if (*cm_repository_file(path) != '\0')
                kinds |= CM_FACT_REPOSITORY;
        if (may_be_cache(path) && *cache_word(path) != '\0')
                kinds |= CM_FACT_CACHE;
        if (is_odd_place(path))
                kinds |= CM_FACT_EXECUTABLE; /* if it can be executed */
        return kinds;
}

const char *cm_fact_word(enum cm_fact_kind kind, struct cm_sv path)
{
        pthread_once(&known_once, fill_known);
        if (kind == CM_FACT_TOOL)
                return tool_word(path);
        if (kind == CM_FACT_CREDENTIAL)
                return cm_credential_file(path);
        if (kind == CM_FACT_REPOSITORY)
                return cm_repository_file(path);
        return kind == CM_FACT_CACHE ? cache_word(path) : "";
}
