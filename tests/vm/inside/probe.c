// SPDX-License-Identifier: Apache-2.0
/* What a container's process is and may do, one line NAME VALUE each; isolation.list has what is
 * expected. Arguments are such that nothing changes on the machine where a call is let through:
 * each is invalid behind the check of rights, or asks only. Statically linked, for images made by
 * registry.py. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOWHERE ((long)-4096) /* no address of a process */
#define OWN_SPACE 100         /* a descriptor of our own namespace of mounts */
#define TEXT(text_) ((long)(intptr_t)(text_))
#define ROW(name_, ...)              \
	{                            \
		#name_, SYS_##name_, \
		{                    \
			__VA_ARGS__  \
		}                    \
	}

static const struct call {
	const char *name;
	long number, arguments[6];
} calls[] = {
	ROW(mount, TEXT("none"), TEXT("/tmp"), TEXT("tmpfs")),
	ROW(umount2, TEXT("/tmp"), MNT_DETACH),
	ROW(pivot_root, TEXT("/"), TEXT("/")),
	ROW(fsopen, NOWHERE),
	ROW(open_tree, AT_FDCWD, TEXT("/"), 1 /* a copy */),
	ROW(move_mount, -1, NOWHERE, -1, NOWHERE),
	ROW(unshare, CLONE_NEWUSER),
	{ "unshare-mount", SYS_unshare, { CLONE_NEWNS } },
	ROW(clone3, NOWHERE, 64),
	ROW(setns, OWN_SPACE, CLONE_NEWNS),
	ROW(chroot, TEXT("/")),
	ROW(ptrace, PTRACE_TRACEME),
	ROW(process_vm_readv, 1, 0, 0, 0, 0, 0),
	ROW(process_madvise, -1, 0, 0, 0, 0),
	ROW(pidfd_getfd, -1, 0, 0),
	ROW(kcmp, 1, 1, 0, 0, 0),
	ROW(bpf, -1, NOWHERE, 8),
	ROW(perf_event_open, NOWHERE, 0, -1, -1, 0),
	ROW(userfaultfd, -1),
	ROW(io_uring_setup, 0, NOWHERE),
	ROW(add_key, TEXT("user"), NOWHERE, NOWHERE, 1, 0),
	ROW(request_key, NOWHERE, NOWHERE, 0, 0),
	ROW(keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0),
	ROW(init_module, NOWHERE, 1, NOWHERE),
	ROW(finit_module, -1, NOWHERE, 0),
	ROW(delete_module, NOWHERE, 0),
	ROW(kexec_load, 0, 0, 0, -1),
	ROW(reboot, 0, 0, 0, 0),
	ROW(swapon, NOWHERE, 0),
	ROW(swapoff, NOWHERE),
	ROW(acct, NOWHERE),
	ROW(quotactl, -1, 0, 0, 0),
	ROW(open_by_handle_at, -1, NOWHERE, 0),
	ROW(name_to_handle_at, AT_FDCWD, TEXT("/"), NOWHERE, NOWHERE, 0),
	ROW(fanotify_init, -1, 0),
	ROW(sethostname, TEXT("x"), 65),
	ROW(setdomainname, TEXT("x"), 65),
	ROW(settimeofday, NOWHERE, 0),
	ROW(clock_settime, 0, NOWHERE),
	ROW(clock_adjtime, 0, NOWHERE),
	ROW(adjtimex, NOWHERE),
	ROW(syslog, 3 /* read all */, NOWHERE, 0),
	ROW(vhangup),
	ROW(personality, 0x0040000 /* addresses that are not random */),
	ROW(move_pages, 0, 0, 0, 0, 0, -1),
	ROW(migrate_pages, 0, 0, 0, 0),
	ROW(mbind, 0, 0, -1, 0, 0, 0),
	ROW(vmsplice, -1, 0, 0, 0),
	ROW(membarrier, 0 /* asks */, 0),
#ifdef SYS_iopl
	ROW(iopl, 4),
	ROW(ioperm, 0, 0, 1),
	ROW(uselib, NOWHERE),
	ROW(ustat, -1, NOWHERE),
#else
	{ "iopl", -1, { 0 } },
	{ "ioperm", -1, { 0 } },
	{ "uselib", -1, { 0 } },
	{ "ustat", -1, { 0 } },
#endif
	{ "socket-packet", SYS_socket, { AF_PACKET, SOCK_RAW, 0 } },
	{ "socket-vsock", SYS_socket, { AF_VSOCK, SOCK_STREAM, 0 } },
	{ "mknod-block",
	  SYS_mknodat,
	  { AT_FDCWD, TEXT("/tmp/probe"), S_IFBLK | 0600, 0x700, 0, 0 } },
};

static const char *const paths[] = {
	"/proc/acpi",
	"/proc/asound",
	"/proc/interrupts",
	"/proc/kcore",
	"/proc/keys",
	"/proc/latency_stats",
	"/proc/sched_debug",
	"/proc/scsi",
	"/proc/timer_list",
	"/proc/timer_stats",
	"/sys/firmware",
	"/sys/fs/selinux",
	"/sys/devices/virtual/powercap",
	"/sys/dev/block",
	"/proc/bus",
	"/proc/fs",
	"/proc/irq",
	"/proc/sys",
	"/proc/sysrq-trigger",
	"/sys",
	"/sys/fs/cgroup",
	"/proc",
	"/dev",
	"/dev/shm",
};

/* In a process of its own, which is all that a call could change. */
static void try_call(const struct call *call)
{
	const long *a = call->arguments;
	int status = 0;
	pid_t child;

	if (call->number < 0) {
		printf("call:%s absent\n", call->name);
		return;
	}
	child = fork();
	if (child == 0) {
		long r = syscall(call->number, a[0], a[1], a[2], a[3], a[4], a[5]);

		_exit(r >= 0 ? 0 : errno);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0 || !WIFEXITED(status))
		printf("call:%s ended-by-%d\n", call->name, status);
	else if (WEXITSTATUS(status) == EPERM || WEXITSTATUS(status) == ENOSYS)
		printf("call:%s %s\n", call->name,
		       WEXITSTATUS(status) == EPERM ? "EPERM" : "ENOSYS");
	else
		printf("call:%s passes\n", call->name);
}

static int is_empty(const char *path)
{
	struct dirent *entry;
	DIR *folder = opendir(path);
	char byte;
	int fd, found = 0;

	if (folder) {
		while ((entry = readdir(folder)))
			found += entry->d_name[0] != '.';
		closedir(folder);
		return found == 0;
	}
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	found = fd >= 0 && read(fd, &byte, 1) > 0;
	if (fd >= 0)
		close(fd);
	return !found;
}

/* Hidden is what something else is mounted over, which is empty. */
static void look_at(const char *path)
{
	char above[256];
	struct stat own, parent;
	struct statvfs system;
	const char *how;

	snprintf(above, sizeof(above), "%s", path);
	above[strrchr(above, '/') == above ? 1 : strrchr(above, '/') - above] = '\0';
	if (stat(above, &parent) < 0)
		memset(&parent, 0, sizeof(parent));
	if (stat(path, &own) < 0 || statvfs(path, &system) < 0)
		how = "absent";
	else if (own.st_dev != parent.st_dev && is_empty(path) && strcmp(path, "/dev/shm") != 0)
		how = "hidden";
	else
		how = system.f_flag & ST_RDONLY ? "ro" : "rw";
	printf("path:%s %s\n", path, how);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list_devices(void)
{
	DIR *folder = opendir("/dev");
	struct dirent *entry;
	char *names[256];
	size_t count = 0;

	while (folder && (entry = readdir(folder)) && count < 256)
		if (entry->d_name[0] != '.')
			names[count++] = strdup(entry->d_name);
	qsort(names, count, sizeof(*names), by_name);
	printf("devices ");
	for (size_t i = 0; i < count; i++)
		printf("%s%s", i ? "," : "", names[i]);
	printf("\n");
}

static void show_status(void)
{
	static const char *const wanted[] = { "CapInh:", "CapPrm:",     "CapEff:", "CapBnd:",
					      "CapAmb:", "NoNewPrivs:", "Seccomp:" };
	FILE *file = fopen("/proc/self/status", "r");
	char line[512], value[128];

	while (file && fgets(line, sizeof(line), file))
		for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
			if (strncmp(line, wanted[i], strlen(wanted[i])) == 0 &&
			    sscanf(line + strlen(wanted[i]), "%127s", value) == 1)
				printf("%.*s %s\n", (int)strlen(wanted[i]) - 1, wanted[i], value);
	if (file)
		fclose(file);
}

static void show_map(const char *path, const char *name)
{
	unsigned inside = 0, outside = 0, count = 0;
	FILE *file = fopen(path, "r");

	if (file && fscanf(file, "%u %u %u", &inside, &outside, &count) == 3)
		printf("%s %u:%u:%u\n", name, inside, outside, count);
	if (file)
		fclose(file);
}

int main(void)
{
	dup2(open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC), OWN_SPACE);
	setvbuf(stdout, NULL, _IOLBF, 0); /* nothing is left for a child to write again */
	show_status();
	show_map("/proc/self/uid_map", "uid_map");
	show_map("/proc/self/gid_map", "gid_map");
	printf("pid %d\n", getpid());
	list_devices();
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		look_at(paths[i]);
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		try_call(&calls[i]);
	return 0;
}
