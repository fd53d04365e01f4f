// SPDX-License-Identifier: Apache-2.0
/* See console.h. Must never wait for the container to take what was typed: it may be waiting for us
 * to show what it wrote. */
#include "run/console.h"
#include "os/file.h"
#include "os/socket.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define TAKE_MS 10000 /* the runtime has ended by then: it was sent long ago */
#define SHOWN_BYTES 4096
#define REST_BYTES_MAX (1 << 20) /* of what is written after the end, by others who have it */

bool console_wanted(const struct run_options *options)
{
	return options->tty && options->interactive && !options->sdnotify && isatty(STDIN_FILENO) &&
	       isatty(STDOUT_FILENO);
}

void console_plan(struct run_plan *plan)
{
	struct winsize size = { 0 };

	ioctl(STDIN_FILENO, TIOCGWINSZ, &size);
	plan->terminal = true;
	plan->terminal_rows = size.ws_row;
	plan->terminal_columns = size.ws_col;
}

int console_listen(const char *folder, struct console *console, struct error *error)
{
	int r;

	console->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (console->socket < 0)
		return error_errno(error, "socket");
	r = socket_bind(console->socket, folder, CONSOLE_SOCKET, 0600, error);
	return r == 0 && listen(console->socket, 1) < 0 ? error_errno(error, "listen") : r;
}

static int receive(int connection, int *ret)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	char name[256];
	struct iovec text = { .iov_base = name, .iov_len = sizeof(name) };
	struct msghdr message = { .msg_iov = &text,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };

	if (recvmsg(connection, &message, MSG_CMSG_CLOEXEC) < 0)
		return -errno;
	if (message.msg_controllen < sizeof(control.header) ||
	    control.header.cmsg_level != SOL_SOCKET || control.header.cmsg_type != SCM_RIGHTS)
		return -EBADMSG;
	memcpy(ret, CMSG_DATA(&control.header), sizeof(*ret));
	return 0;
}

static int accept_end(int socket, int *ret)
{
	struct pollfd fd = { .fd = socket, .events = POLLIN };
	AUTO_CLOSE int connection = -1;

	if (poll(&fd, 1, TAKE_MS) != 1)
		return -ETIMEDOUT;
	connection = accept4(socket, NULL, NULL, SOCK_CLOEXEC);
	if (connection < 0)
		return -errno;
	fd.fd = connection;
	return poll(&fd, 1, TAKE_MS) == 1 ? receive(connection, ret) : -ETIMEDOUT;
}

int console_take(struct console *console, struct error *error)
{
	struct termios raw;
	int r = accept_end(console->socket, &console->end);

	close_fd(&console->socket);
	if (r < 0)
		return error_set(error, r, "the runtime gave no terminal: %s", strerror(-r));
	if (fcntl(console->end, F_SETFL, O_RDWR | O_NONBLOCK) < 0 ||
	    tcgetattr(STDIN_FILENO, &console->before) < 0)
		return error_errno(error, "terminal");
	raw = console->before;
	cfmakeraw(&raw);
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) < 0)
		return error_errno(error, "terminal");
	console->raw = true;
	console_resize(console);
	return 0;
}

void console_wait_for(const struct console *console, struct pollfd ret[CONSOLE_FDS])
{
	bool waits = console->end >= 0 && console->typed_bytes == 0;

	ret[0] = (struct pollfd){ .fd = waits ? STDIN_FILENO : -1, .events = POLLIN };
	ret[1] = (struct pollfd){ .fd = console->end,
				  .events = POLLIN | (console->typed_bytes > 0 ? POLLOUT : 0) };
}

/* When ours has hung up the container's does, too: its first process gets SIGHUP, as a shell of
 * ours would. */
static void take_typed(struct console *console)
{
	ssize_t n = read(STDIN_FILENO, console->typed, sizeof(console->typed));

	if (n > 0)
		console->typed_bytes = (size_t)n;
	else if (n == 0 || errno != EINTR)
		close_fd(&console->end);
}

static void give_typed(struct console *console)
{
	ssize_t n = write(console->end, console->typed, console->typed_bytes);

	if (n <= 0)
		return;
	console->typed_bytes -= (size_t)n;
	memmove(console->typed, console->typed + n, console->typed_bytes);
}

/* Returns how much there was; when nobody has the terminal any more, there is nobody to listen to
 * either. */
static size_t show(struct console *console)
{
	char bytes[SHOWN_BYTES];
	ssize_t n = read(console->end, bytes, sizeof(bytes));

	if (n > 0)
		return file_append(STDOUT_FILENO, bytes, (size_t)n) < 0 ? 0 : (size_t)n;
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		close_fd(&console->end);
	return 0;
}

void console_move(struct console *console, const struct pollfd fds[CONSOLE_FDS])
{
	if (fds[0].revents)
		take_typed(console);
	if (console->end >= 0 && console->typed_bytes > 0)
		give_typed(console);
	if (console->end >= 0 && fds[1].revents)
		show(console);
}

void console_resize(const struct console *console)
{
	struct winsize size;

	if (console->end >= 0 && ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0)
		ioctl(console->end, TIOCSWINSZ, &size);
}

void console_close(struct console *console)
{
	for (size_t all = 0, n = 1; console->end >= 0 && n > 0 && all < REST_BYTES_MAX; all += n)
		n = show(console);
	close_fd(&console->end);
	close_fd(&console->socket);
	if (console->raw)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &console->before);
	console->raw = false;
}
