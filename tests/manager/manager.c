// SPDX-License-Identifier: Apache-2.0
/* Answers on a socket as PID 1 would that has the units of its arguments, so far as our programs
 * ask. usage: manager SOCKET "NAME ACTIVE SUB MEMORY_BYTES CPU_NS [WORD OF ExecStart]…"… */
#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#define UNITS_MAX 16
#define WORDS_MAX 32
#define SERVICE "org.freedesktop.systemd1"
#define PREFIX "/org/freedesktop/systemd1/unit"

struct unit {
	char *name, *active, *sub;
	uint64_t memory, cpu;
	char *words[WORDS_MAX + 1];
};

static struct unit units[UNITS_MAX + 1];

static void parse(char *text, struct unit *ret)
{
	char *fields[5] = { NULL };
	size_t count = 0;

	for (char *word = strtok(text, " "); word; word = strtok(NULL, " "), count++)
		if (count < 5)
			fields[count] = word;
		else if (count - 5 < WORDS_MAX)
			ret->words[count - 5] = word;
	ret->name = fields[0];
	ret->active = fields[1];
	ret->sub = fields[2];
	ret->memory = strtoull(fields[3], NULL, 10);
	ret->cpu = strtoull(fields[4], NULL, 10);
}

static bool fits(const struct unit *unit, char **states, char **patterns)
{
	bool state = !states || !states[0], pattern = !patterns || !patterns[0];

	for (; states && *states; states++)
		state |= strcmp(*states, unit->active) == 0 || strcmp(*states, unit->sub) == 0;
	for (; patterns && *patterns; patterns++)
		pattern |= fnmatch(*patterns, unit->name, 0) == 0;
	return state && pattern;
}

static int list(sd_bus_message *call, void *data, sd_bus_error *error)
{
	sd_bus_message *reply;
	char **states, **patterns;

	(void)data;
	(void)error;
	sd_bus_message_read_strv(call, &states);
	sd_bus_message_read_strv(call, &patterns);
	sd_bus_message_new_method_return(call, &reply);
	sd_bus_message_open_container(reply, 'a', "(ssssssouso)");
	for (struct unit *unit = units; unit->name; unit++)
		if (fits(unit, states, patterns))
			sd_bus_message_append(reply, "(ssssssouso)", unit->name, "", "loaded",
					      unit->active, unit->sub, "", "/", 0, "", "/");
	sd_bus_message_close_container(reply);
	return sd_bus_send(NULL, reply, NULL);
}

static int find(sd_bus *bus, const char *path, const char *interface, void *data, void **ret,
		sd_bus_error *error)
{
	char *name = NULL;

	(void)bus;
	(void)interface;
	(void)data;
	(void)error;
	if (sd_bus_path_decode(path, PREFIX, &name) <= 0)
		return 0;
	for (struct unit *unit = units; unit->name; unit++)
		if (strcmp(unit->name, name) == 0)
			*ret = unit;
	return *ret != NULL;
}

static int command(sd_bus *bus, const char *path, const char *interface, const char *property,
		   sd_bus_message *reply, void *data, sd_bus_error *error)
{
	struct unit *unit = data;

	(void)bus;
	(void)path;
	(void)interface;
	(void)property;
	(void)error;
	sd_bus_message_open_container(reply, 'a', "(sasbttttuii)");
	if (unit->words[0]) {
		sd_bus_message_open_container(reply, 'r', "sasbttttuii");
		sd_bus_message_append(reply, "s", unit->words[0]);
		sd_bus_message_append_strv(reply, unit->words);
		sd_bus_message_append(reply, "bttttuii", false, UINT64_C(0), UINT64_C(0),
				      UINT64_C(0), UINT64_C(0), 0, 0, 0);
		sd_bus_message_close_container(reply);
	}
	return sd_bus_message_close_container(reply);
}

static const sd_bus_vtable manager_table[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("ListUnitsByPatterns", "asas", "a(ssssssouso)", list,
		      SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END,
};
static const sd_bus_vtable unit_table[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_PROPERTY("ActiveState", "s", NULL, offsetof(struct unit, active), 0),
	SD_BUS_PROPERTY("SubState", "s", NULL, offsetof(struct unit, sub), 0),
	SD_BUS_VTABLE_END,
};
static const sd_bus_vtable process_table[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_PROPERTY("MemoryCurrent", "t", NULL, offsetof(struct unit, memory), 0),
	SD_BUS_PROPERTY("CPUUsageNSec", "t", NULL, offsetof(struct unit, cpu), 0),
	SD_BUS_PROPERTY("ExecStart", "a(sasbttttuii)", command, 0, 0),
	SD_BUS_VTABLE_END,
};

/* One caller, until he hangs up. */
static void serve(int fd)
{
	sd_id128_t id = { { 1 } };
	sd_bus *bus;
	int r;

	sd_bus_new(&bus);
	sd_bus_set_fd(bus, fd, fd);
	sd_bus_set_server(bus, true, id);
	r = sd_bus_start(bus);
	sd_bus_add_object_vtable(bus, NULL, "/org/freedesktop/systemd1", SERVICE ".Manager",
				 manager_table, NULL);
	sd_bus_add_fallback_vtable(bus, NULL, PREFIX, SERVICE ".Unit", unit_table, find, NULL);
	sd_bus_add_fallback_vtable(bus, NULL, PREFIX, SERVICE ".Service", process_table, find,
				   NULL);
	while (r >= 0) {
		r = sd_bus_process(bus, NULL);
		if (r == 0)
			r = sd_bus_wait(bus, UINT64_MAX);
	}
	sd_bus_close_unref(bus);
}

int main(int argc, char *argv[])
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int listening = socket(AF_UNIX, SOCK_STREAM, 0);

	if (argc < 2 || argc - 2 > UNITS_MAX)
		return 2;
	for (int i = 2; i < argc; i++)
		parse(argv[i], &units[i - 2]);
	snprintf(at.sun_path, sizeof(at.sun_path), "%s", argv[1]);
	if (bind(listening, (struct sockaddr *)&at, sizeof(at)) < 0 || listen(listening, 8) < 0)
		return 1;
	puts("ready");
	fflush(stdout);
	for (;;) {
		int fd = accept(listening, NULL, NULL);

		if (fd >= 0)
			serve(fd);
	}
}
