// SPDX-License-Identifier: Apache-2.0
/*
 * See seccomp.h. Which calls are dangerous is documented at docs.docker.com/engine/security/seccomp
 * ("significant syscalls blocked by the default profile") and in the calls' manual pages;
 * the names are those of the kernel's tables for x86_64 and arm64 (Linux 6.12). As Docker's list,
 * unlike podman's, this one has no namespaces and mounts for who is not CAP_SYS_ADMIN.
 *
 * Our kernels run no 32-bit programs, so there are no lists for those: a filter is one thing that
 * the start of a container waits for, as with net.core.bpf_jit_harden=2 the kernel's time for it
 * grows with the square of its length.
 */
#include "lib/run/seccomp.h"
#include "lib/run/capabilities.h"
#include "lib/run/document.h"
#include <errno.h>
#include <linux/sched.h>
#include <string.h>
#include <sys/socket.h>

/* Names with blanks between. */
static const char always[] =
	"accept accept4 access adjtimex alarm arch_prctl bind brk cachestat capget "
	"capset chdir chmod chown clock_getres clock_gettime clock_nanosleep close "
	"close_range connect copy_file_range creat dup dup2 dup3 epoll_create "
	"epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait "
	"epoll_wait_old eventfd eventfd2 execve execveat exit exit_group faccessat "
	"faccessat2 fadvise64 fallocate fanotify_mark fchdir fchmod fchmodat "
	"fchmodat2 fchown fchownat fcntl fdatasync fgetxattr flistxattr flock fork "
	"fremovexattr fsetxattr fstat fstatfs fsync ftruncate futex futex_requeue "
	"futex_wait futex_waitv futex_wake futimesat get_robust_list get_thread_area "
	"getcpu getcwd getdents getdents64 getegid geteuid getgid getgroups "
	"getitimer getpeername getpgid getpgrp getpid getppid getpriority getrandom "
	"getresgid getresuid getrlimit getrusage getsid getsockname getsockopt "
	"gettid gettimeofday getuid getxattr getxattrat inotify_add_watch "
	"inotify_init inotify_init1 inotify_rm_watch io_cancel io_destroy "
	"io_getevents io_pgetevents io_setup io_submit ioctl ioprio_get ioprio_set "
	"kill landlock_add_rule landlock_create_ruleset landlock_restrict_self "
	"lchown lgetxattr link linkat listen listmount listxattr listxattrat "
	"llistxattr lremovexattr lseek lsetxattr lstat madvise map_shadow_stack "
	"membarrier memfd_create memfd_secret mincore mkdir mkdirat mknod mknodat "
	"mlock mlock2 mlockall mmap modify_ldt mprotect mq_getsetattr mq_notify "
	"mq_open mq_timedreceive mq_timedsend mq_unlink mremap mseal msgctl msgget "
	"msgrcv msgsnd msync munlock munlockall munmap name_to_handle_at nanosleep "
	"newfstatat open openat openat2 pause pidfd_open pidfd_send_signal pipe "
	"pipe2 pkey_alloc pkey_free pkey_mprotect poll ppoll prctl pread64 preadv "
	"preadv2 prlimit64 process_mrelease process_vm_readv process_vm_writev "
	"pselect6 ptrace pwrite64 pwritev pwritev2 read readahead readlink "
	"readlinkat readv recvfrom recvmmsg recvmsg remap_file_pages removexattr "
	"removexattrat rename renameat renameat2 restart_syscall rmdir rseq "
	"rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn "
	"rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo sched_get_priority_max "
	"sched_get_priority_min sched_getaffinity sched_getattr sched_getparam "
	"sched_getscheduler sched_rr_get_interval sched_setaffinity sched_setattr "
	"sched_setparam sched_setscheduler sched_yield seccomp select semctl semget "
	"semop semtimedop sendfile sendmmsg sendmsg sendto set_robust_list "
	"set_thread_area set_tid_address setfsgid setfsuid setgid setgroups "
	"setitimer setpgid setpriority setregid setresgid setresuid setreuid "
	"setrlimit setsid setsockopt setuid setxattr setxattrat shmat shmctl shmdt "
	"shmget shutdown sigaltstack signalfd signalfd4 socketpair splice stat "
	"statfs statmount statx symlink symlinkat sync sync_file_range syncfs "
	"sysinfo tee tgkill time timer_create timer_delete timer_getoverrun "
	"timer_gettime timer_settime timerfd_create timerfd_gettime timerfd_settime "
	"times tkill truncate umask uname unlink unlinkat uretprobe utime utimensat "
	"utimes vfork vmsplice wait4 waitid write writev ";

/* With one of the capabilities; else EPERM. */
static const struct {
	const char *capability, *names;
} rows[] = {
	{ "CAP_BPF", "bpf" },
	{ "CAP_DAC_READ_SEARCH", "open_by_handle_at" },
	{ "CAP_PERFMON", "perf_event_open" },
	{ "CAP_SYSLOG", "syslog" },
	{ "CAP_SYS_ADMIN",
	  "bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie lsm_get_self_attr "
	  "lsm_list_modules lsm_set_self_attr mount mount_setattr move_mount open_tree "
	  "perf_event_open quotactl quotactl_fd setdomainname sethostname setns syslog "
	  "umount2 unshare" },
	{ "CAP_SYS_BOOT", "reboot" },
	{ "CAP_SYS_CHROOT", "chroot" },
	{ "CAP_SYS_MODULE", "delete_module finit_module init_module" },
	{ "CAP_SYS_NICE", "get_mempolicy mbind set_mempolicy set_mempolicy_home_node" },
	{ "CAP_SYS_PACCT", "acct" },
	{ "CAP_SYS_PTRACE", "kcmp pidfd_getfd process_madvise" },
	{ "CAP_SYS_RAWIO", "ioperm iopl" },
	{ "CAP_SYS_TIME", "clock_adjtime clock_settime settimeofday" },
	{ "CAP_SYS_TTY_CONFIG", "vhangup" },
};

/* Nobody's. io_uring is not among them: as if the kernel had none is what programs know how to
 * take.
 */
static const char never[] =
	"_sysctl add_key create_module get_kernel_syms kexec_file_load kexec_load "
	"keyctl migrate_pages move_pages nfsservctl pivot_root query_module "
	"request_key swapoff swapon sysfs uselib userfaultfd ustat";

static const struct {
	const char *machine, *architecture;
} machines[] = {
	{ "x86_64", "SCMP_ARCH_X86_64" },
	{ "aarch64", "SCMP_ARCH_AARCH64" },
};

static void put_words(struct json_writer *writer, const char *names)
{
	while (*names) {
		size_t length = strcspn(names, " ");
		char name[64];

		if (length > 0 && length < sizeof(name)) {
			memcpy(name, names, length);
			name[length] = '\0';
			document_text(writer, NULL, name);
		}
		names += length + (names[length] == ' ');
	}
}

static bool has_word(const char *names, const char *word, size_t length)
{
	while (*names) {
		size_t found = strcspn(names, " ");

		if (found == length && memcmp(names, word, length) == 0)
			return true;
		names += found + (names[found] == ' ');
	}
	return false;
}

/* Whether one of the capabilities that allow a call is there. */
static bool allowed(const char *name, size_t length, uint64_t capabilities)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (has_word(rows[i].names, name, length) &&
		    capabilities_have(capabilities, rows[i].capability))
			return true;
	return false;
}

static void open_rule(struct json_writer *writer)
{
	document_open(writer, NULL, '{');
	document_open(writer, "names", '[');
}

/* error 0: they are allowed. */
static void close_rule(struct json_writer *writer, unsigned error)
{
	document_close(writer, ']');
	document_text(writer, "action", error ? "SCMP_ACT_ERRNO" : "SCMP_ACT_ALLOW");
	if (error)
		document_number(writer, "errnoRet", error);
	document_close(writer, '}');
}

/* A call that is allowed if an argument compares to a value as it should. */
static void put_compared(struct json_writer *writer, const char *name, unsigned index,
			 const char *operator, uint64_t value)
{
	document_open(writer, NULL, '{');
	document_open(writer, "names", '[');
	document_text(writer, NULL, name);
	document_close(writer, ']');
	document_text(writer, "action", "SCMP_ACT_ALLOW");
	document_open(writer, "args", '[');
	document_open(writer, NULL, '{');
	document_number(writer, "index", index);
	document_number(writer, "value", value);
	document_number(writer, "valueTwo", 0);
	document_text(writer, "op", operator);
	document_close(writer, '}');
	document_close(writer, ']');
	document_close(writer, '}');
}

/* Those of the rows that are (not) allowed; clone and clone3 have rules of their own. */
static void put_rows(struct json_writer *writer, uint64_t capabilities, bool want)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *at = rows[i].names;

		while (*at) {
			size_t length = strcspn(at, " ");
			char name[64] = "";

			memcpy(name, at, length < sizeof(name) ? length : 0);
			if (allowed(at, length, capabilities) == want &&
			    (want || strncmp(name, "clone", 5) != 0 || name[5] == '_'))
				document_text(writer, NULL, name);
			at += length + (at[length] == ' ');
		}
	}
}

/* New namespaces are what clone(2) is not for; of clone3(2) the flags cannot be seen. */
static void put_clone(struct json_writer *writer)
{
	static const uint64_t namespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS |
					   CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |
					   CLONE_NEWNET;

	put_compared(writer, "clone", 0, "SCMP_CMP_MASKED_EQ", namespaces);
	open_rule(writer);
	document_text(writer, NULL, "clone3");
	close_rule(writer, ENOSYS);
}

static void put_rules(struct json_writer *writer, uint64_t capabilities)
{
	/* personality(2): Linux and its 32-bit sort, with and without fixed addresses; asking. */
	static const uint32_t personalities[] = { 0, 8, 0x20000, 0x20008, UINT32_MAX };

	open_rule(writer);
	put_words(writer, always);
	put_rows(writer, capabilities, true);
	close_rule(writer, 0);
	open_rule(writer);
	put_words(writer, never);
	put_rows(writer, capabilities, false);
	close_rule(writer, EPERM);
	for (size_t i = 0; i < sizeof(personalities) / sizeof(personalities[0]); i++)
		put_compared(writer, "personality", 0, "SCMP_CMP_EQ", personalities[i]);
	put_compared(writer, "socket", 0, "SCMP_CMP_NE", AF_VSOCK);
	if (!capabilities_have(capabilities, "CAP_SYS_ADMIN"))
		put_clone(writer);
}

int seccomp_put(struct json_writer *writer, const char *machine, uint64_t capabilities,
		struct error *error)
{
	const char *architecture = NULL;

	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (strcmp(machines[i].machine, machine) == 0)
			architecture = machines[i].architecture;
	if (!architecture)
		return error_set(error, -EOPNOTSUPP,
				 "there is no list of system calls for the machine %s", machine);
	document_open(writer, "seccomp", '{');
	document_text(writer, "defaultAction", "SCMP_ACT_ERRNO");
	document_number(writer, "defaultErrnoRet", ENOSYS);
	document_open(writer, "architectures", '[');
	document_text(writer, NULL, architecture);
	document_close(writer, ']');
	document_open(writer, "syscalls", '[');
	put_rules(writer, capabilities);
	document_close(writer, ']');
	document_close(writer, '}');
	return 0;
}
