// SPDX-License-Identifier: Apache-2.0
/* Processes: the runtime's, run with our own output, and containers', known by number and start. */
#pragma once
#include "lib/error.h"
#include "lib/words.h"
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* When a process was started, in ticks since boot (proc_pid_stat(5), field 22). -ESRCH. */
int process_started(pid_t pid, uint64_t *ret);

/* A descriptor of the process that has that number since then. -ESRCH: there is no such one. */
int process_open(uint64_t pid, uint64_t started, int *ret);

int process_signal(int process, int signal);

/* From now on the signals that people and systemd send a program are read from *ret (signalfd(2)),
 * to be passed on. ret_before: the mask until then, or NULL. */
int process_catch(int *ret, sigset_t *ret_before, struct error *error);

/* Waits until it has ended; timeout_ms < 0: as long as that takes. -ETIMEDOUT. */
int process_wait(int process, int64_t timeout_ms);

/* Milliseconds since boot. */
uint64_t process_now_ms(void);

/* Starts a program with our standard files (output >= 0: that for what it says) and a plain
 * environment, of ours only what is named in keep, which ends with NULL. It is killed when we die.
 * ret: its number. */
int process_start(const struct words *argv, const char *const *keep, int output, pid_t *ret,
		  struct error *error);

#define PROCESS_SIGNALLED 0x100

/* The same to its end. Returns its exit status, or PROCESS_SIGNALLED + the signal that ended it. */
int process_run(const struct words *argv, const char *const *keep, int output, struct error *error);

/* Waits for a child. Returns its status as process_run does. */
int process_reap(pid_t pid);

/* The same of any process that has ended, if somebody has reaped it; 0 if nobody has (Linux 6.15).
 */
int process_status(int process);

/* Waits until a process that somebody else of ours has started is our child: who started it may end
 * a moment later. -ETIMEDOUT. */
int process_adopt(pid_t pid);

/* A file's text as a process number. */
int process_number(const char *path, pid_t *ret, struct error *error);
