// SPDX-License-Identifier: Apache-2.0
/* keelson-run: what the services of containers call. Arguments and exit codes; what is done stands
 * in verbs.h, where it is kept in places.h. */
#include "lib/text.h"
#include "oci/store.h"
#include "run/process.h"
#include "run/verbs.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

static const char usage[] =
	"usage: keelson-run [OPTION…] container --name=NAME [--OPTION=VALUE…] IMAGE [ARG…]\n"
	"       keelson-run [OPTION…] container --name=NAME --rootfs [--OPTION=VALUE…] FOLDER [ARG…]\n"
	"       keelson-run [OPTION…] pod --name=NAME [--OPTION=VALUE…]\n"
	"       keelson-run [OPTION…] volume|network|image [--OPTION=VALUE…] NAME\n"
	"       keelson-run [OPTION…] stop container|pod [--time=SECONDS] NAME\n"
	"       keelson-run [OPTION…] rm container|pod|volume|network NAME\n"
	"       keelson-run [OPTION…] exec NAME ARG…\n"
	"       keelson-run [OPTION…] kill --signal=SIGNAL NAME\n"
	"       keelson-run [OPTION…] health [--unit=SERVICE] NAME\n"
	"       keelson-run [OPTION…] list [--json]\n"
	"       keelson-run --help | --version\n"
	"\n"
	"Runs containers as processes of the service that calls it; keelson-quadlet writes such\n"
	"services. Options behind the verb are podman's by name and meaning, one word each:\n"
	"  keelson-run container --name=web --volume=data:/data --env=A=1 quay.io/a/web:1\n"
	"With --sdnotify=started, container or healthy it tells systemd the container's process\n"
	"once it counts as started, and ends; without, it stays and has its exit status.\n"
	"What is not supported is an error that says so.\n"
	"\n"
	"  --root DIR   in place of /: DIR/var/lib/containers/keelson, DIR/run/keelson ($KEELSON_ROOT)\n"
	"  --crun FILE  the runtime (/usr/bin/crun)\n"
	"  --oci FILE   what pulls images (/usr/bin/keelson-oci)\n"
	"  --init FILE  what --init runs in a container (/usr/libexec/keelson/catatonit)\n"
	"Exit codes: 0 done, 1 failed, 2 usage; container and exec: those of what they ran.\n";

#define FAILED 1
#define USAGE 2

static int complain(const char *why)
{
	fprintf(stderr, "%s%s%s", why, *why ? "\n" : "", usage);
	return USAGE;
}

static int report(int r, const struct error *error)
{
	if (r < 0)
		fprintf(stderr, "keelson-run: %s\n", error->text);
	return r < 0 ? FAILED : 0;
}

/* By the same signal: systemd tells apart who was killed and who ended by himself. */
static int end_as(int status)
{
	int number = status - PROCESS_SIGNALLED;
	sigset_t set;

	if (number <= 0)
		return status;
	sigemptyset(&set);
	sigaddset(&set, number);
	signal(number, SIG_DFL);
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	raise(number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	return 128 + number;
}

static int run_made(const struct places *places, enum run_verb verb, char *words[], size_t count)
{
	struct run_options options;
	struct error error = { 0 };
	int status = 0;
	int r = run_options_parse(verb, words, count, places->arena, &options, &error);

	if (r < 0)
		return report(r, &error) ? USAGE : 0;
	switch (verb) {
	case RUN_CONTAINER:
		r = verb_container(places, &options, &status, &error);
		break;
	case RUN_POD:
		r = verb_pod(places, &options, &error);
		break;
	case RUN_VOLUME:
		r = verb_volume(places, &options, &error);
		break;
	case RUN_NETWORK:
		r = verb_network(places, &options, &error);
		break;
	case RUN_IMAGE:
		r = verb_image(places, &options, &error);
		break;
	}
	return r < 0 ? report(r, &error) : end_as(status);
}

/* The value of a leading "--NAME=", which is taken from the words; NULL: it is not there. */
static const char *take(const char *name, char ***words, size_t *count)
{
	size_t length = strlen(name);
	const char *word = *count > 0 ? (*words)[0] : "";

	if (strncmp(word, name, length) != 0 || word[length] != '=')
		return NULL;
	++*words;
	--*count;
	return word + length + 1;
}

static int run_stop(const struct places *places, char *words[], size_t count)
{
	struct error error = { 0 };
	const char *kind = count > 0 ? *words++ : "", *time;

	count -= count > 0;
	time = take("--time", &words, &count);
	if (count != 1 || !text_is_one_of("container pod", kind))
		return complain("stop container|pod [--time=SECONDS] NAME");
	return report(verb_stop(places, kind, words[0], time, &error), &error);
}

static int run_remove(const struct places *places, char *words[], size_t count)
{
	struct error error = { 0 };

	if (count != 2 || !text_is_one_of("container pod volume network", words[0]))
		return complain("rm container|pod|volume|network NAME");
	return report(verb_remove(places, words[0], words[1], &error), &error);
}

static int run_kill(const struct places *places, char *words[], size_t count)
{
	const char *signal = take("--signal", &words, &count);
	struct error error = { 0 };

	if (count != 1)
		return complain("kill [--signal=SIGNAL] NAME");
	return report(verb_kill(places, words[0], signal ? signal : "KILL", &error), &error);
}

static int run_exec(const struct places *places, char *words[], size_t count)
{
	struct error error = { 0 };
	int status = 0, r;

	if (count < 2)
		return complain("exec NAME ARG…");
	r = verb_exec(places, words[0], words + 1, count - 1, &status, &error);
	return r < 0 ? report(r, &error) : end_as(status);
}

static int run_health(const struct places *places, char *words[], size_t count)
{
	const char *unit = take("--unit", &words, &count);
	struct error error = { 0 };
	int status = 0, r;

	if (count != 1)
		return complain("health [--unit=SERVICE] NAME");
	r = verb_health(places, words[0], unit, &status, &error);
	return r < 0 ? report(r, &error) : status;
}

static int run_list(const struct places *places, char *words[], size_t count)
{
	bool json = count == 1 && strcmp(words[0], "--json") == 0;
	struct error error = { 0 };

	if (count != (json ? 1 : 0))
		return complain("list [--json]");
	return report(verb_list(places, json, &error), &error);
}

static int run_verb(const struct places *places, char *words[], size_t count)
{
	static const struct {
		const char *name;
		enum run_verb made;
		int (*run)(const struct places *places, char *words[], size_t count);
	} verbs[] = {
		{ "container", RUN_CONTAINER, NULL },
		{ "pod", RUN_POD, NULL },
		{ "volume", RUN_VOLUME, NULL },
		{ "network", RUN_NETWORK, NULL },
		{ "image", RUN_IMAGE, NULL },
		{ "stop", 0, run_stop },
		{ "rm", 0, run_remove },
		{ "kill", 0, run_kill },
		{ "exec", 0, run_exec },
		{ "health", 0, run_health },
		{ "list", 0, run_list },
	};

	for (size_t i = 0; count > 0 && i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(words[0], verbs[i].name) == 0)
			return verbs[i].run ? verbs[i].run(places, words + 1, count - 1)
					    : run_made(places, verbs[i].made, words + 1, count - 1);
	return complain(count > 0 ? "there is no such verb" : "");
}

/* "--NAME VALUE" before the verb. Returns how many words were taken, or 0. */
static size_t take_setting(struct places *places, char *words[], size_t count)
{
	const struct {
		const char *name;
		const char **value;
	} settings[] = { { "--root", &places->root },
			 { "--crun", &places->crun },
			 { "--oci", &places->oci },
			 { "--init", &places->init } };

	for (size_t i = 0; count > 1 && i < sizeof(settings) / sizeof(settings[0]); i++)
		if (strcmp(words[0], settings[i].name) == 0) {
			*settings[i].value = words[1];
			return 2;
		}
	return 0;
}

int main(int argc, char *argv[])
{
	struct arena arena = { 0 };
	struct places places = { .root = secure_getenv("KEELSON_ROOT"),
				 .crun = "/usr/bin/crun",
				 .oci = "/usr/bin/keelson-oci",
				 .init = "/usr/libexec/keelson/catatonit",
				 .arena = &arena };
	size_t at = 1, count = (size_t)argc;
	int status;

	umask(022);
	for (size_t taken; at < count && (taken = take_setting(&places, argv + at, count - at));)
		at += taken;
	if (at < count && strcmp(argv[at], "--help") == 0)
		return fputs(usage, stdout) < 0;
	if (at < count && strcmp(argv[at], "--version") == 0)
		return puts("keelson-run " KEELSON_VERSION) < 0;
	if (!places.root)
		places.root = "";
	if (places.root[0] != '\0' && places.root[0] != '/')
		return complain("--root DIR begins with /");
	places.store = arena_format(&arena, "%s" STORE_PATH, places.root);
	places.state = arena_format(&arena, "%s/run/keelson", places.root);
	status = run_verb(&places, argv + at, count - at);
	arena_free(&arena);
	return status;
}
