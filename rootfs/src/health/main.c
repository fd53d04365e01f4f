// SPDX-License-Identifier: Apache-2.0
/*
 * keelson-health: is this boot good? Run once by keelson-health.service, before
 * boot-complete.target, which does not become active when this fails: then the running slot is not
 * marked good, and keelson-slot-watch.service restarts the machine.
 */
#include "health/health.h"
#include "lib/text.h"
#include "os/file.h"
#include "os/manager.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FOLDER "/run/keelson"
#define RESULT FOLDER "/health.json"
#define PROBE "/var/lib/keelson/health-check"
#define CONFIG_MAX_BYTES 65536
#define TIMEOUT_S 30
#define POLL_MS 250

static const char usage[] =
	"usage: keelson-health\n"
	"Checks whether this boot is good, and writes " RESULT ":\n"
	"  units    none of the units= has failed; those that are starting are waited for\n"
	"  var      a file can be written to /var, synced, renamed and removed\n"
	"  network  the links of systemd-networkd are as network= wants them\n"
	"Settings are read from /usr/lib/keelson/health.conf, where they are explained, and from\n"
	"/etc/keelson/health.conf over it. Checks of your own: services in /etc/keelson/health.d.\n"
	"Exit codes: 0 good, 1 not good, 2 usage.\n";

static int check_units(const struct health_config *config, struct error *error)
{
	static const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };
	AUTO_MANAGER struct sd_bus *manager = NULL;
	char *patterns[HEALTH_UNITS_MAX + 1] = { NULL };
	char names[200];
	int r = manager_connect(TIMEOUT_S, &manager, error);

	if (r < 0 || config->unit_count == 0)
		return r;
	for (size_t i = 0; i < config->unit_count; i++)
		patterns[i] = (char *)config->units[i];
	/* A service that fails and is started again is in neither state for good; the service
	 * manager's own limit decides. */
	while ((r = manager_units(manager, "activating", patterns, names, sizeof(names), error)) >
	       0)
		nanosleep(&pause, NULL);
	if (r == 0)
		r = manager_units(manager, "failed", patterns, names, sizeof(names), error);
	return r > 0 ? error_set(error, -EIO, "failed: %s", names) : r;
}

static int check_var(const struct health_config *config, struct error *error)
{
	int r = file_replace(PROBE, "", error);

	(void)config;
	if (r == 0 && unlink(PROBE) < 0)
		r = error_errno(error, "remove " PROBE);
	return r;
}

static const struct {
	const char *name;
	int (*run)(const struct health_config *config, struct error *error);
} checks[] = { { "units", check_units }, { "var", check_var }, { "network", check_network } };
#define CHECKS (sizeof(checks) / sizeof(checks[0]))

/* A file that is not understood is said to be so and passed over: a typing error in /etc, which
 * both slots share, must not take the machine down. */
static void read_config(struct health_config *ret)
{
	static const char *const paths[] = { "/usr/lib/keelson/health.conf",
					     "/etc/keelson/health.conf" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		AUTO_FREE char *text = NULL;
		struct error error = { 0 };
		int r = file_read(paths[i], CONFIG_MAX_BYTES, &text, &error);

		if (r == 0 && health_config_parse(text, ret, &error) < 0)
			r = error_wrap(&error, "%s", paths[i]);
		if (r < 0 && r != -ENOENT)
			fprintf(stderr, "keelson-health: %s; the whole file is passed over\n",
				error.text);
	}
}

/* What is said on standard error is shown on the console too. */
static bool run_checks(const struct health_config *config, struct health_check ret[CHECKS])
{
	bool healthy = true;

	for (size_t i = 0; i < CHECKS; i++) {
		struct error error = { 0 };

		ret[i] = (struct health_check){ .name = checks[i].name,
						.ok = checks[i].run(config, &error) == 0 };
		healthy = healthy && ret[i].ok;
		snprintf(ret[i].reason, sizeof(ret[i].reason), "%s", error.text);
		text_clean(ret[i].reason);
		if (ret[i].ok)
			printf("%s: ok\n", checks[i].name);
		else
			fprintf(stderr, "keelson-health: %s: FAILED: %s\n", checks[i].name,
				ret[i].reason);
	}
	return healthy;
}

int main(int argc, char *argv[])
{
	struct health_config config = { 0 };
	struct health_check results[CHECKS];
	struct error error = { 0 };
	char json[HEALTH_JSON_BYTES];

	if (argc > 1) {
		int asked = strcmp(argv[1], "--help") == 0;

		fputs(usage, asked ? stdout : stderr);
		return asked ? 0 : 2;
	}
	read_config(&config);
	bool healthy = run_checks(&config, results);
	health_json(results, CHECKS, json);
	if (file_make_folder(FOLDER, &error) < 0 || file_replace(RESULT, json, &error) < 0)
		fprintf(stderr, "keelson-health: %s\n", error.text);
	return healthy && error.code == 0 ? 0 : 1;
}
