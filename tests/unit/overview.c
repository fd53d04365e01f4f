// SPDX-License-Identifier: Apache-2.0
/* What keelson shows: lib/overview and lib/toolbox. */
#include "check.h"
#include "lib/json.h"
#include "lib/overview/containers.h"
#include "lib/overview/machine.h"
#include "lib/overview/origin.h"
#include "lib/overview/table.h"
#include "lib/overview/updates.h"
#include "lib/toolbox.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *row, *text, *want;
} cgroups[] = {
	{ "service", "0::/system.slice/web.service\n", "web.service" },
	{ "below it", "0::/system.slice/web.service/container/a.slice/x.service", "web.service" },
	{ "slices in slices", "0::/a.slice/a-b.slice/a-b-c.slice/x@1.service", "x@1.service" },
	{ "session", "0::/user.slice/user-0.slice/session-3.scope", "session-3.scope" },
	{ "of a user's manager", "0::/user.slice/user-1.slice/user@1.service/app.slice/b.service",
	  "user@1.service" },
	{ "beside version 1", "12:cpu:/x.service\n1:name=systemd:/y.service\n0::/z.service\n",
	  "z.service" },
	{ "escaped", "0::/system.slice/_cgroup.service", "cgroup.service" },
	{ "no unit", "0::/docker/0123", NULL },
	{ "the root", "0::/\n", NULL },
	{ "a slice alone", "0::/system.slice", NULL },
	{ "a suffix alone", "0::/.service", NULL },
	{ "version 1", "1:name=systemd:/y.service\n", NULL },
	{ "nothing", "", NULL },
	{ "relative", "0::web.service", NULL },
}, sizes[] = {
	{ "0", "0", "0" },	     { "1023", "1023", "1023" },  { "1024", "1024", "1.0K" },
	{ "1.5M", "1572864", "1.5M" }, { "3G", "3221225472", "3.0G" },
	{ "the largest but one", "18446744073709551614", "15.9E" },
}, ages[] = {
	{ "ahead", "-5", "0s" },     { "119", "119", "119s" },	  { "120", "120", "2m" },
	{ "7200", "7200", "2h" },    { "172800", "172800", "2d" },
}, confs[] = {
	{ "one", "# x\n\nimage=q.io/a:1 \r\n", "q.io/a:1" },
	{ "none", "# image=q.io/a\n", "none" },
	{ "empty", "", "none" },
	{ "no end of line", "image=a", "a" },
	{ "two", "image=a\nimage=a\n", "line 2: a second image=" },
	{ "unknown", "\nimages=a", "line 2: images=a is no setting; there is image=" },
	{ "no value", "image=\n", "line 1: image= is no name" },
	{ "an option", "image=--rootfs", "line 1: image=--rootfs is no name" },
	{ "two words", "image=a b", "line 1: image=a b is no name" },
};

static void check_texts(struct arena *arena)
{
	for (size_t i = 0; i < ROWS(cgroups); i++) {
		const char *unit = origin_unit(cgroups[i].text, arena);

		CHECK_TEXT(cgroups[i].row, unit ? unit : "none",
			   cgroups[i].want ? cgroups[i].want : "none");
	}
	for (size_t i = 0; i < ROWS(sizes); i++)
		CHECK_TEXT(sizes[i].row, overview_size(strtoull(sizes[i].text, NULL, 10), arena),
			   sizes[i].want);
	for (size_t i = 0; i < ROWS(ages); i++)
		CHECK_TEXT(ages[i].row, overview_ago(strtoll(ages[i].text, NULL, 10), arena),
			   ages[i].want);
}

static void check_conf(struct arena *arena)
{
	for (size_t i = 0; i < ROWS(confs); i++) {
		struct error error = { 0 };
		const char *image = NULL;
		int r = toolbox_conf_parse(confs[i].text, arena, &image, &error);

		CHECK_TEXT(confs[i].row,
			   r < 0   ? error.text
			   : image ? image
				   : "none",
			   confs[i].want);
	}
}

static const struct {
	const char *row, *argv, *name, *image;
} commands[] = {
	{ "quadlet's", "/usr/bin/keelson-run container --name=web --sdnotify=started q.io/a:1 x",
	  "web", "q.io/a:1" },
	{ "with settings", "/usr/bin/keelson-run --root /r --oci /o container --name=web q.io/a",
	  "web", "q.io/a" },
	{ "a pod", "/usr/bin/keelson-run pod --name=web", NULL, NULL },
	{ "no name", "/usr/bin/keelson-run container q.io/a", NULL, NULL },
	{ "another program", "/usr/bin/run container --name=web q.io/a", NULL, NULL },
	{ "an unknown option", "/usr/bin/keelson-run container --name=web --x q.io/a", NULL, NULL },
	{ "nothing", "/usr/bin/keelson-run", NULL, NULL },
	{ "a setting alone", "/usr/bin/keelson-run --root", NULL, NULL },
	{ "empty", "", NULL, NULL },
};

static void check_commands(struct arena *arena)
{
	for (size_t i = 0; i < ROWS(commands); i++) {
		const char *name = NULL, *image = NULL;
		struct words argv = { 0 };

		words_split(commands[i].argv, WORDS_LIST, arena, &argv);
		CHECK_NUMBER(commands[i].row, origin_container(&argv, arena, &name, &image),
			     commands[i].name != NULL);
		CHECK_TEXT(commands[i].row, name ? name : "",
			   commands[i].name ? commands[i].name : "");
		CHECK_TEXT(commands[i].row, image ? image : "",
			   commands[i].image ? commands[i].image : "");
	}
}

/* Compares what was written, and frees it. */
static void check_written(const char *row, struct json_writer *writer, const char *want)
{
	json_put(writer, "", 1);
	CHECK_TEXT(row, writer->text, want);
	free(writer->text);
	*writer = (struct json_writer){ 0 };
}

static void check_containers(struct arena *arena)
{
	struct overview_container rows[] = {
		{ .name = "web",
		  .image = "q.io/\"a\"",
		  .status = "running",
		  .health = "healthy",
		  .pid = 7,
		  .started_s = 1000,
		  .unit = "web.service",
		  .active = "active",
		  .sub = "running",
		  .memory_bytes = 2048,
		  .cpu_ms = 1250 },
		{ .name = "old",
		  .status = "absent",
		  .unit = "old.service",
		  .active = "failed",
		  .sub = "failed",
		  .memory_bytes = OVERVIEW_UNKNOWN,
		  .cpu_ms = OVERVIEW_UNKNOWN },
	};
	struct net_port ports[] = {
		{ .protocol = IPPROTO_TCP, .host_port = 8080, .port = 80, .count = 1 },
		{ .protocol = IPPROTO_UDP, .host_port = 53, .port = 153, .count = 3 }
	};
	struct net_record record = { .lease_count = 1, .ports = ports, .port_count = 2 };
	struct json_writer writer = { 0 };

	net_ip_parse("10.88.0.2", &record.leases[0].ip);
	net_ip_parse("fd00::2", &record.leases[0].ip6);
	net_ip_parse("::1", &ports[0].host);
	overview_take_network(&record, arena, &rows[0]);
	overview_put_containers(&writer, rows, 2);
	check_written(
		"json", &writer,
		"[{\"name\":\"web\",\"image\":\"q.io/\\\"a\\\"\",\"status\":\"running\","
		"\"health\":\"healthy\",\"pid\":7,\"started\":1000,\"unit\":\"web.service\","
		"\"active\":\"active\",\"sub\":\"running\",\"memory_bytes\":2048,\"cpu_ms\":1250,"
		"\"addresses\":[\"10.88.0.2\",\"fd00::2\"],"
		"\"ports\":[\"[::1]:8080->80/tcp\",\"53-55->153-155/udp\"]},"
		"{\"name\":\"old\",\"status\":\"absent\",\"unit\":\"old.service\","
		"\"active\":\"failed\",\"sub\":\"failed\",\"addresses\":[],\"ports\":[]}]");
	rows[0].ports = rows[0].addresses = (struct words){ 0 };
	overview_print_containers(&writer, rows, 2, 1060, arena);
	check_written(
		"table", &writer,
		"CONTAINER  STATUS   HEALTH   SINCE  UNIT         STATE           MEMORY  CPU   "
		"IMAGE     PORTS  ADDRESSES\n"
		"web        running  healthy  60s    web.service  active          2.0K    1.2s  "
		"q.io/'a'  -      -\n"
		"old        absent   -        -      old.service  failed(failed)  -       -     "
		"-         -      -\n");
	overview_put_containers(&writer, rows, 0);
	check_written("no json", &writer, "[]");
}

static const struct {
	const char *row, *slot, *health;
	const char *failed; /* NULL: PID 1 does not answer */
	size_t unhealthy;
	const char *want;
} machines[] = {
	{ "well", "{\"running\":\"a\",\"slots\":{\"a\":{\"good\":true}}}", "{\"healthy\":true}", "",
	  0, "" },
	{ "not good yet", "{\"running\":\"b\",\"slots\":{\"b\":{\"good\":false}}}",
	  "{\"healthy\":true}", "", 0, "slot: b runs and has not been marked good" },
	{ "from the network", "{\"running\":null,\"slots\":{}}", "{\"healthy\":true}", "", 0, "" },
	{ "no JSON", "oops", "[]", "", 0,
	  "slot: byte 1: invalid character 'o' looking for beginning of value|health: not a JSON object" },
	{ "a check", "{}",
	  "{\"healthy\":false,\"checks\":[{\"name\":\"var\",\"ok\":false,\"reason\":\"full\"},{\"name\":\"x\",\"ok\":true}]}",
	  "", 0, "health: var: full" },
	{ "no check", "{}", "{\"healthy\":\"true\"}", "", 0, "health: this boot is not healthy" },
	{ "checks of another kind", "{\"slots\":[]}", "{\"healthy\":true,\"checks\":[1,\"x\"]}", "",
	  0, "health: ?: ?|health: ?: ?" },
	{ "units", "{}", "{\"healthy\":true}", "a.service b.mount", 2,
	  "units: a.service has failed|units: b.mount has failed|containers: 2 unhealthy" },
	{ "no PID 1", "{}", "{\"healthy\":true}", NULL, 0, "units: asleep" },
};

static void check_machines(struct arena *arena)
{
	for (size_t i = 0; i < ROWS(machines); i++) {
		struct overview_machine machine = { .unhealthy = machines[i].unhealthy };
		struct json_writer writer = { 0 };
		struct words problems;
		struct json json;

		overview_set_part(&machine.parts[SOURCE_READY], "{}\n", 3, arena);
		overview_set_part(&machine.parts[SOURCE_PROVISION], "{}", 2, arena);
		overview_set_part(&machine.parts[SOURCE_SLOT], machines[i].slot,
				  strlen(machines[i].slot), arena);
		overview_set_part(&machine.parts[SOURCE_HEALTH], machines[i].health,
				  strlen(machines[i].health), arena);
		if (machines[i].failed)
			words_split(machines[i].failed, WORDS_LIST, arena, &machine.failed);
		else
			machine.manager_why = "asleep";
		problems = overview_problems(&machine, arena);
		CHECK_TEXT(machines[i].row, words_join(&problems, "|", arena), machines[i].want);
		overview_put_machine(&writer, &machine, arena);
		CHECK_NUMBER(machines[i].row,
			     json_parse(writer.text, writer.used, 1000, &json, NULL), 0);
		CHECK_NUMBER(machines[i].row,
			     json.nodes[json_member(&json, 0, "well")].type == JSON_TRUE,
			     problems.count == 0);
		json_free(&json);
		free(writer.text);
	}
}

static void check_screen(struct arena *arena)
{
	static const char *const parts[SOURCES] = {
		"{\"version\":\"1\",\"arch\":\"x\\u001b[2J\",\"slot\":\"a\",\"userspace_ms\":5}",
		"{\"running\":\"a\",\"next\":\"b\",\"slots\":{\"a\":{\"priority\":1,\"tries\":2,\"good\":true}}}",
		"{\"healthy\":true}",
		"{\"config\":false,\"source\":\"\",\"time_s\":86400}",
	};
	struct overview_machine machine = { .running = 2, .ended = 1 };
	struct json_writer writer = { 0 };

	for (int i = 0; i < SOURCES; i++)
		overview_set_part(&machine.parts[i], parts[i], strlen(parts[i]), arena);
	overview_print_machine(&writer, &machine, arena);
	check_written("screen", &writer,
		      "ready      1 x/u001b[2J, from slot a, ready after 5 ms\n"
		      "slot       a runs, b starts next; a: priority 1, tries 2, good true\n"
		      "health     good\n"
		      "provision  no config on 1970-01-02 00:00:00 UTC\n"
		      "units      0 failed\n"
		      "containers 2 running, 1 ended, 0 starting, 0 unhealthy\n"
		      "all is well\n");
}

static void check_toolbox(struct arena *arena)
{
	struct words none = { 0 }, command = { 0 }, words = { 0 };
	const char *text;

	words_add(&command, arena, "sh");
	words_add(&command, arena, "--version");
	toolbox_words("d", "q.io/a", "vt220", &command, arena, &words);
	text = words_join(&words, " ", arena);
	CHECK("command",
	      strstr(text,
		     " --tty --interactive --env=TERM=vt220 --entrypoint= q.io/a sh --version"));
	CHECK("host", strstr(text, "--privileged --pid=host --network=host --ipc=host --uts=host"));
	CHECK("taken from the store", strstr(text, "--pull=never"));
	words = (struct words){ 0 };
	toolbox_words("d", "q.io/a", NULL, &none, arena, &words);
	text = words_join(&words, " ", arena);
	CHECK("the image's own", !strstr(text, "--entrypoint") && !strstr(text, "TERM"));
	CHECK("no terminal", !strstr(text, "--tty"));
}

static void check_updates(struct arena *arena)
{
	static const struct {
		const char *image, *kept;
	} names[] = {
		{ "docker.io/nginx:1.27",
		  "localhost/auto-update/bad/docker.io/library/nginx:1.27" },
		{ "host:5000/a/b", "localhost/auto-update/bad/host-5000/a/b:latest" },
		{ "[::1]:5000/a", NULL },
	};
	const struct health_check none = { 0 };
	struct health_check check = {
		.interval_ms = 30000, .timeout_ms = 10000, .start_period_ms = 5000, .retries = 3
	};
	struct words labels = { 0 };
	char kept[OCI_REFERENCE_BYTES];

	for (size_t i = 0; i < ROWS(names); i++) {
		struct oci_reference image;
		int r;

		CHECK_NUMBER(names[i].image, oci_reference_parse(names[i].image, &image, NULL), 0);
		r = overview_kept_name(&image, "bad", kept, NULL);
		CHECK_NUMBER(names[i].image, r, names[i].kept ? 0 : -ENAMETOOLONG);
		if (r == 0)
			CHECK_TEXT(names[i].image, kept, names[i].kept);
	}
	CHECK_NUMBER("without a check", overview_trial_ms(&none), 10000);
	words_add(&check.command, arena, "true");
	CHECK_NUMBER("with one", overview_trial_ms(&check), 5000 + 5 * 40000);
	check.retries = 4000000000;
	CHECK_NUMBER("at most", overview_trial_ms(&check), 900000);
	words_add(&labels, arena, "a.b=1");
	words_add(&labels, arena, "a=2");
	words_add(&labels, arena, "a=3");
	CHECK_TEXT("a label", overview_label(&labels, "a"), "3");
	CHECK("no label", !overview_label(&labels, "b"));
}

SUITE(overview)
{
	struct arena arena = { 0 };

	check_texts(&arena);
	check_conf(&arena);
	check_commands(&arena);
	check_containers(&arena);
	check_machines(&arena);
	check_screen(&arena);
	check_toolbox(&arena);
	check_updates(&arena);
	arena_free(&arena);
}
