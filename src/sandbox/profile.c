/* SPDX-License-Identifier: Apache-2.0 */
/* The profile table and its application; see profile.h. */
#include "sandbox/profile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <malloc.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
enum {
        SANITIZER_BUILD = 1
};
#elif defined(__has_feature)
#        if __has_feature(address_sanitizer)
enum {
        SANITIZER_BUILD = 1
};
#        else
enum {
        SANITIZER_BUILD = 0
};
#        endif
#else
enum {
        SANITIZER_BUILD = 0
};
#endif

/* What computing in threads and talking over inherited descriptors needs. sysinfo: glibc's qsort
 * asks for the memory size. clone3 is answered ENOSYS, so that glibc uses clone, whose flags can
 * be checked. */
#define COMPUTE                                                                                    \
        "read", "write", "readv", "writev", "pread64", "lseek", "close", "brk", "munmap",          \
                "mremap", "madvise", "futex", "set_robust_list", "rseq", "rt_sigprocmask",         \
                "rt_sigreturn", "rt_sigaction", "sigaltstack", "sched_yield", "sched_getaffinity", \
                "getrandom", "clock_gettime", "clock_nanosleep", "gettid", "getpid", "exit",       \
                "exit_group", "sendmsg", "recvmsg", "poll", "ppoll", "restart_syscall", "sysinfo"

static const char *const worker_syscalls[] = { COMPUTE, NULL };

static const char *const walker_syscalls[] = { COMPUTE,      "getdents64", "newfstatat", "fstat",
                                               "readlinkat", "statx",      "fgetxattr",  NULL };

static const char *const fetch_syscalls[] = {
        COMPUTE,       "getdents64", "newfstatat", "fstat",         "statx",       "readlink",
        "readlinkat",  "connect",    "bind",       "getsockname",   "getpeername", "getsockopt",
        "setsockopt",  "sendto",     "recvfrom",   "sendmmsg",      "recvmmsg",    "shutdown",
        "socketpair",  "pipe2",      "eventfd2",   "epoll_create1", "epoll_ctl",   "epoll_wait",
        "epoll_pwait", "select",     "pselect6",   "uname",         "access",      "faccessat",
        "faccessat2",  "getuid",     "geteuid",    "getgid",        "getegid",     "gettimeofday",
        "time",        "getcwd",     "dup",        "statfs",        "fadvise64",   "getpriority",
        "alarm",       "setitimer",  NULL
};

static const struct cm_profile profiles[CM_ROLE_COUNT] = {
        [CM_ROLE_WORKER] = { .name = "coaming-worker",
                             .summary = "reads images, archives, package databases",
                             .fs = CM_FS_NONE,
                             .address_space_bytes_max = (uint64_t)8 << 30,
                             .descriptors_max = 64,
                             .syscalls = worker_syscalls },
        [CM_ROLE_WALKER] = { .name = "coaming-walker",
                             .summary = "reads one directory tree",
                             .fs = CM_FS_READ_BELOW,
                             .address_space_bytes_max = (uint64_t)8 << 30,
                             .descriptors_max = 1024,
                             .syscalls = walker_syscalls },
        [CM_ROLE_FETCH] = { .name = "coaming-fetch",
                            .summary = "talks to registries and engines",
                            .fs = CM_FS_READ,
                            .network = true,
                            .address_space_bytes_max = (uint64_t)4 << 30,
                            .descriptors_max = 256,
                            .syscalls = fetch_syscalls },
        [CM_ROLE_CHECKER] = { .name = "coaming-checker",
                              .summary = "reads configuration and evaluates checks on it",
                              .fs = CM_FS_NONE,
                              .address_space_bytes_max = (uint64_t)8 << 30,
                              .descriptors_max = 64,
                              .syscalls = worker_syscalls },
};

const struct cm_profile *cm_profile_get(enum cm_role role)
{
        CM_ASSERT(role < CM_ROLE_COUNT);
        return &profiles[role];
}

static const char *drop_capabilities(bool keep_read_search)
{
        uint32_t keep = keep_read_search ? 1U << CAP_DAC_READ_SEARCH : 0;
        struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
        struct __user_cap_data_struct data[2] = { { 0 } };
        if (syscall(SYS_capget, &header, data) != 0)
                return "not applied: capget failed";
        /* The bounding set first: that needs CAP_SETPCAP, which only root has. */
        if ((data[0].effective & (1U << CAP_SETPCAP)) != 0)
                for (int cap = 0; cap <= CAP_LAST_CAP; cap++)
                        if (cap >= 32 || (keep & (1U << cap)) == 0)
                                prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
        data[0].effective = data[0].permitted = data[0].permitted & keep;
        data[0].inheritable = 0;
        data[1] = (struct __user_cap_data_struct){ 0 };
        return syscall(SYS_capset, &header, data) == 0 ? "applied" : "not applied: capset failed";
}

static const char *set_limits(const struct cm_profile *p)
{
        const struct {
                __rlimit_resource_t resource;
                rlim_t value;
        } limits[] = {
                { RLIMIT_CORE, 0 },
                { RLIMIT_FSIZE, 0 },
                { RLIMIT_NOFILE, p->descriptors_max },
                { RLIMIT_AS, p->address_space_bytes_max },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(limits); i++) {
                if (SANITIZER_BUILD && limits[i].resource == RLIMIT_AS)
                        continue; /* shadow memory is terabytes of address space */
                struct rlimit old;
                if (getrlimit(limits[i].resource, &old) != 0)
                        return "not applied: getrlimit failed";
                rlim_t value = CM_MIN(limits[i].value, old.rlim_max);
                const struct rlimit now = { value, value };
                if (setrlimit(limits[i].resource, &now) != 0)
                        return "not applied: setrlimit failed";
        }
        return "applied";
}

/* The rights each Landlock ABI knows; handling a right that the kernel does not know is an error. */
static uint64_t landlock_rights(int abi)
{
        uint64_t rights = (1U << 13) - 1; /* ABI 1 */
        if (abi >= 2)
                rights |= 1U << 13; /* refer */
        if (abi >= 3)
                rights |= 1U << 14; /* truncate */
        if (abi >= 5)
                rights |= 1U << 15; /* ioctl on devices */
        return rights;
}

/* What a TLS client and a resolver read. Links are followed when the rule is made. */
static const char *const network_paths[] = {
        "/etc/ssl",
        "/etc/pki",
        "/etc/ca-certificates",
        "/usr/lib/ssl",
        "/usr/share/ca-certificates",
        "/usr/local/share/ca-certificates",
        "/etc/crypto-policies",
        "/usr/share/crypto-policies",
        "/etc/gnutls",
        "/etc/hosts",
        "/etc/resolv.conf",
        "/run/systemd/resolve",
        "/etc/nsswitch.conf",
        "/etc/host.conf",
        "/etc/gai.conf",
        "/etc/services",
        "/dev/urandom",
        "/proc/sys/crypto/fips_enabled",
        NULL,
};

/* Read access at and below what a descriptor stands for. */
static bool allow_reading(int ruleset, int fd)
{
        struct stat st;
        if (fstat(fd, &st) != 0)
                return false;
        struct landlock_path_beneath_attr rule = {
                .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE,
                .parent_fd = fd,
        };
        if (S_ISDIR(st.st_mode))
                rule.allowed_access |= LANDLOCK_ACCESS_FS_READ_DIR;
        return syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
}

static bool add_rules(const struct cm_profile *p, int ruleset, int root_fd)
{
        if (p->fs == CM_FS_READ_BELOW)
                return allow_reading(ruleset, root_fd);
        bool ok = true;
        for (const char *const *path = network_paths; p->fs == CM_FS_READ && *path != NULL;
             path++) {
                int fd = open(*path, O_PATH | O_CLOEXEC);
                if (fd < 0)
                        continue; /* not there: nothing to allow */
                ok = allow_reading(ruleset, fd) && ok;
                close(fd);
        }
        return ok;
}

static const char *apply_landlock(const struct cm_profile *p, int root_fd)
{
        long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
        if (abi < 0)
                return "not applied: this kernel has no Landlock";
        struct {
                uint64_t fs;
                uint64_t net;
                uint64_t scoped;
        } attr = { landlock_rights((int)abi), 0, 0 };
        /* An older kernel takes a shorter structure. */
        size_t attr_bytes = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
        if (abi >= 4 && !p->network)
                attr.net = 3; /* bind and connect of TCP */
        if (abi >= 6)
                attr.scoped = 3; /* abstract sockets and signals outside */
        int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, attr_bytes, 0);
        if (ruleset < 0)
                return "not applied: landlock_create_ruleset failed";
        const char *result = "applied";
        if (!add_rules(p, ruleset, root_fd))
                result = "not applied: landlock_add_rule failed";
        else if (syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
                result = "not applied: landlock_restrict_self failed";
        close(ruleset);
        return result;
}

static int allow(scmp_filter_ctx ctx, const char *name)
{
        int nr = seccomp_syscall_resolve_name(name);
        if (nr == __NR_SCMP_ERROR)
                return -EINVAL;
        /* Names without a number on this architecture ("time" on arm64) need no rule. */
        return nr < 0 ? 0 : seccomp_rule_add(ctx, SCMP_ACT_ALLOW, nr, 0);
}

/* Of the network only what a client of HTTP and DNS uses; netlink is how glibc lists addresses. */
static int allow_network(scmp_filter_ctx ctx)
{
        const int families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK };
        /* The last one: scope ids of IPv6 name servers. */
        const unsigned long ioctls[] = { FIONREAD, FIONBIO, TCGETS, 0x8933 /* SIOCGIFINDEX */ };
        int r = 0;
        for (size_t i = 0; i < CM_ARRAY_LEN(families) && r == 0; i++)
                r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
                                     SCMP_A0(SCMP_CMP_EQ, (uint64_t)families[i]));
        for (size_t i = 0; i < CM_ARRAY_LEN(ioctls) && r == 0; i++)
                r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
                                     SCMP_A1(SCMP_CMP_EQ, ioctls[i]));
        return r;
}

/* Calls that are allowed with some arguments only. */
static int allow_checked(scmp_filter_ctx ctx, const struct cm_profile *p)
{
        const uint64_t thread_flags =
                CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
        int r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                                 SCMP_A0(SCMP_CMP_MASKED_EQ, thread_flags, thread_flags));
        if (r == 0)
                r = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
        if (r == 0) /* no new executable memory */
                r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                                     SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
        if (r == 0)
                r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                                     SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
        if (r == 0)
                r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                                     SCMP_A0(SCMP_CMP_EQ, (uint64_t)getpid()));
        const int fcntls[] = { F_GETFL, F_SETFL, F_GETFD, F_SETFD, F_DUPFD_CLOEXEC };
        for (size_t i = 0; i < CM_ARRAY_LEN(fcntls) && r == 0; i++)
                r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
                                     SCMP_A1(SCMP_CMP_EQ, (uint64_t)fcntls[i]));
        if (r == 0 && p->fs == CM_FS_NONE) /* fstat() of glibc is newfstatat with an empty path */
                r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
                                     SCMP_A3(SCMP_CMP_EQ, 0x1000 /* AT_EMPTY_PATH */));
        if (r == 0 && p->fs != CM_FS_NONE)
                r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
                                     SCMP_A2(SCMP_CMP_MASKED_EQ,
                                             O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0));
        if (r == 0 && !p->network) /* "is this a terminal?", as libfyaml asks: no */
                r = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 1,
                                     SCMP_A1(SCMP_CMP_EQ, TCGETS));
        if (r == 0 && p->network)
                r = allow_network(ctx);
        return r;
}

static int apply_seccomp(const struct cm_profile *p, struct cm_err *err)
{
        scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
        if (ctx == NULL)
                return CM_RAISE(err, CM_E_ENV, "could not make a seccomp filter");
        int r = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* binary tree */
        /* Another architecture's numbers would mean other calls: the default kills one thread only. */
        if (r == 0)
                r = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
        if (r == 0) /* every thread, should there be one already */
                r = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, 1);
        for (const char *const *name = p->syscalls; *name != NULL && r == 0; name++)
                r = allow(ctx, *name);
        if (r == 0)
                r = allow_checked(ctx, p);
        if (r == 0)
                r = seccomp_load(ctx);
        seccomp_release(ctx);
        if (r != 0)
                return CM_RAISE_ERRNO(err, CM_E_ENV, -r, "could not apply the seccomp filter of %s",
                                      p->name);
        return 0;
}

int cm_sandbox_enter(enum cm_role role, int root_fd, struct cm_sandbox_report *ret,
                     struct cm_err *err)
{
        const struct cm_profile *p = cm_profile_get(role);
        CM_ASSERT(p->fs != CM_FS_READ_BELOW || root_fd >= 0);
        /* glibc opens /proc/sys/vm/overcommit_memory before it shrinks the heap of a thread for the
         * first time, which would kill a worker: heaps (64 MiB at most) are never shrunk. */
        mallopt(M_TRIM_THRESHOLD, INT_MAX);
        struct cm_sandbox_report report = { .seccomp = "applied" };
        report.no_new_privs = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
                                      ? "applied"
                                      : "not applied: prctl failed";
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
        report.capabilities = drop_capabilities(p->fs == CM_FS_READ_BELOW);
        report.landlock = apply_landlock(p, root_fd);
        report.rlimits = set_limits(p);
        if (SANITIZER_BUILD) {
                report.seccomp = "not applied: sanitizer build";
        } else {
                int r = apply_seccomp(p, err);
                if (r < 0)
                        return r;
        }
        *ret = report;
        return 0;
}
