// SPDX-License-Identifier: Apache-2.0
/* keelson: the operator's one command. Arguments, help and exit codes; each verb stands in a file
 * of its own. Must never keep state, nor have an opinion that another program has already. */
#include "keelson/keelson.h"
#include "keelson/record.h"
#include "lib/text.h"
#include "oci/store.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENDING "Exit codes: 0 done, 1 failed, 2 usage.\n"

static const char usage[] =
	"usage: keelson [--root DIR] [--programs DIR] VERB …\n"
	"       keelson VERB --help | --help | --version\n"
	"What runs here, how it is, and what it says:\n"
	"  ps [--all]           containers, their units, since when, memory, ports\n"
	"  status               slot, health, first boot, failed units, containers: all on a screen\n"
	"  logs NAME            the journal of a container or a unit\n"
	"  exec NAME CMD…       runs a program in a container\n"
	"  images               images of containers in the store\n"
	"  auto-update [NAME…]  newer images for containers with AutoUpdate=; the former if bad\n"
	"  debug [CMD…]         a container with tools of your choice that sees the whole machine\n"
	"\n"
	"Containers are services: start, stop and enable them by systemctl, which \"keelson ps\"\n"
	"tells the names for. All of them but exec take --json.\n"
	"  --root DIR      in place of /: DIR/run/keelson, DIR/var/lib … ($KEELSON_ROOT)\n"
	"  --programs DIR  where keelson-run and the others are (/usr/bin)\n" ENDING;

static const struct verb verbs[] = {
	{ "ps", "json all",
	  "usage: keelson ps [--all] [--json]\n"
	  "Containers that were started, by name. STATUS is the container's: running, ended (and not\n"
	  "yet removed), unfinished (it starts). STATE is its unit's, by systemd; MEMORY and CPU are\n"
	  "those of the unit's cgroup. HEALTH: none, starting, healthy, unhealthy.\n"
	  "  --all   also services whose container is absent: failed, stopped, or never started\n"
	  "  --json  an array; what is not known is left out\n"
	  "Example: keelson ps --json | jq '.[] | select(.health == \"unhealthy\").unit'\n"
	  "Exit codes: 0 done; 1 failed, also when systemd did not answer and columns are empty;\n"
	  "2 usage.\n",
	  0, 0, verb_ps },
	{ "status", "json",
	  "usage: keelson status [--json]\n"
	  "The machine on one screen: version, slots, health of this boot, first boot's config,\n"
	  "failed units, containers; then a line for each problem.\n"
	  "  --json  one document: well, problems, and each part's own as ready, slot, health,\n"
	  "          provision (null: not known)\n"
	  "Exit codes: 0 all is well, 1 there is a problem or something could not be asked, 2 usage.\n",
	  0, 0, verb_status },
	{ "logs", "json f n follow lines",
	  "usage: keelson logs [-f] [-n N] [--json] CONTAINER|UNIT\n"
	  "What a container's unit has written, by journalctl. A name that ends as units do\n"
	  "(.service, .timer …) is a unit; any other is a container, also one that has ended.\n"
	  "  -f, --follow     goes on as more comes; Ctrl-C ends it\n"
	  "  -n N, --lines=N  the last N lines only\n"
	  "  --json           a JSON object a line, as journalctl has them\n"
	  "Example: keelson logs -f -n 20 web\n" ENDING,
	  1, 1, verb_logs },
	{ "exec", "",
	  "usage: keelson exec CONTAINER CMD [ARG…]\n"
	  "Runs a program in a container that runs, with the container's user and environment; with\n"
	  "a terminal if this is one.\n"
	  "Example: keelson exec web sh\n"
	  "Exit codes: the program's; 1 it could not be run, 2 usage.\n",
	  2, SIZE_MAX, verb_execute },
	{ "images", "json",
	  "usage: keelson images [--json]\n"
	  "Images in the store, by keelson-oci, which also pulls, verifies and removes them.\n" ENDING,
	  0, 0, verb_images_of },
	{ "auto-update", "json dry-run",
	  "usage: keelson auto-update [--dry-run] [--json] [CONTAINER…]\n"
	  "Containers that run and have AutoUpdate= in their files (the label\n"
	  "io.containers.autoupdate): \"registry\" pulls the image's name anew, \"local\" looks what the\n"
	  "store has for it. Whose image is another then has its unit restarted and is tried: with\n"
	  "HealthCmd= until it is healthy (15 minutes at most), without for ten seconds. If it is not\n"
	  "good the name stands for the former image again, all units of that image are restarted, and\n"
	  "the new one is not tried again (localhost/auto-update/bad/… in \"keelson images\"; rm it to\n"
	  "have it tried). With \"local\" the former image is there unless keelson-oci gc was called.\n"
	  "UPDATED: true, false, pending, rolled back, failed. A name with a digest stays as it is.\n"
	  "Done daily by keelson-auto-update.timer.\n"
	  "  --dry-run  fetches what is new, and changes nothing else\n"
	  "Exit codes: 0 done; 1 something failed or was rolled back; 2 usage.\n",
	  0, SIZE_MAX, verb_auto_update },
	{ "debug", "json image offline dry-run",
	  "usage: keelson debug [--image=NAME] [--offline] [--dry-run [--json]] [CMD [ARG…]]\n"
	  "A container with the tools that this system does not have. It is privileged: the host's\n"
	  "processes, network, IPC and host name, all capabilities, no filter of system calls, the\n"
	  "host's files in /host. CMD runs in the place of the image's own command, with a terminal\n"
	  "of its own if this is one; the container goes when it ends.\n"
	  "  --image=NAME  REGISTRY/REPOSITORY[:TAG][@sha256:…]; else image=NAME in\n"
	  "                /etc/keelson/debug.conf. None is guessed\n"
	  "  --offline     what the store has, which passed the rules when it was taken; without,\n"
	  "                it is pulled, and has to pass the rules of /etc/keelson/trust.d now\n"
	  "  --dry-run     up to there, and shows what would be started\n"
	  "Who, with what image and digest, where and what is written to the journal before anything\n"
	  "starts: journalctl MESSAGE_ID=" RECORD_MESSAGE_ID "\n"
	  "Example: keelson debug --image=docker.io/nicolaka/netshoot:v0.13 tcpdump -i eth0\n"
	  "Exit codes: the program's; 1 it could not be run, 2 usage.\n",
	  0, SIZE_MAX, verb_debug },
};

int complain_of(int r, const struct error *error)
{
	if (r < 0)
		fprintf(stderr, "keelson: %s\n", error->text);
	return r < 0 ? EXIT_WRONG : 0;
}

int put_out(struct json_writer *writer, struct error *error)
{
	int r = writer->failed ? error_set(error, -ENOMEM, "out of memory") : 0;

	if (r == 0 &&
	    (fwrite(writer->text, 1, writer->used, stdout) != writer->used || fflush(stdout) != 0))
		r = error_errno(error, "write");
	free(writer->text);
	return r;
}

static int refuse(const struct verb *verb, const char *why, const char *what)
{
	fprintf(stderr, "keelson: %s%s\n%s", what, why, verb ? verb->help : usage);
	return EXIT_USAGE;
}

/* An option's value: behind "=", or the next word. NULL: there is none. */
static const char *value_of(const char *word, char *words[], size_t count, size_t *at)
{
	const char *equals = strchr(word, '=');

	if (equals)
		return equals + 1;
	return *at + 1 < count ? words[++*at] : NULL;
}

static bool is(const char *name, size_t length, const char *text)
{
	return strlen(text) == length && memcmp(name, text, length) == 0;
}

static bool take_flag(struct request *request, const char *name, size_t length)
{
	const struct {
		const char *name;
		bool *flag;
	} flags[] = { { "json", &request->json },       { "all", &request->all },
		      { "f", &request->follow },        { "follow", &request->follow },
		      { "offline", &request->offline }, { "dry-run", &request->dry_run } };

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (is(name, length, flags[i].name)) {
			*flags[i].flag = true;
			return name[length] == '\0';
		}
	return false;
}

/* -n20, as people write it. */
static bool take_glued(struct request *request, const char *word)
{
	bool glued = word[1] == 'n' && word[2] >= '0' && word[2] <= '9' &&
		     text_is_one_of(request->verb->options, "n");

	if (glued)
		request->lines = word + 2;
	return glued;
}

/* Takes the option at *at. Returns false if the verb has none such, or its value is missing. */
static bool take_option(struct request *request, char *words[], size_t count, size_t *at)
{
	const char *word = words[*at], *name = word + 1 + (word[1] == '-');
	size_t length = strcspn(name, "=");
	char known[16];

	if (length == 0 || text_copy(known, sizeof(known), name, length) < 0 ||
	    (word[1] == '-') == (length == 1) || !text_is_one_of(request->verb->options, known))
		return false;
	if (text_is_one_of("n lines", known))
		return (request->lines = value_of(word, words, count, at)) != NULL;
	if (strcmp(known, "image") == 0)
		return (request->image = value_of(word, words, count, at)) != NULL;
	return take_flag(request, name, length);
}

static int run_verb(const struct context *context, const struct verb *verb, char *words[],
		    size_t count)
{
	struct request request = { .verb = verb };
	size_t at = 0;

	if (count > 0 && strcmp(words[0], "--help") == 0)
		return fputs(verb->help, stdout) < 0;
	for (; at < count && words[at][0] == '-' && words[at][1] != '\0'; at++) {
		const char *word = words[at];

		if (strcmp(word, "--") == 0) {
			at++;
			break;
		}
		if (!take_glued(&request, word) && !take_option(&request, words, count, &at))
			return refuse(verb, ": there is no such option, or its value is missing",
				      word);
	}
	request.words = words + at;
	request.count = count - at;
	if (request.count < verb->least)
		return refuse(verb, ": what is missing?", verb->name);
	if (request.count > verb->most)
		return refuse(verb, ": one word too many", words[at + verb->most]);
	return verb->run(context, &request);
}

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

/* Paths of places, once root and programs are known. */
static void set_places(struct context *context, struct arena *arena)
{
	struct places *places = &context->places;

	if (!places->root || strcmp(places->root, "/") == 0)
		places->root = "";
	places->store = arena_format(arena, "%s" STORE_PATH, places->root);
	places->state = arena_format(arena, "%s/run/keelson", places->root);
	places->oci = arena_format(arena, "%s/keelson-oci", context->programs);
}

static int run(struct context *context, char *words[], size_t count)
{
	const struct verb *verb;
	size_t at = 0;

	for (; at + 1 < count && text_is_one_of("--root --programs", words[at]); at += 2)
		*(strcmp(words[at], "--root") == 0 ? &context->places.root : &context->programs) =
			words[at + 1];
	if (at == count)
		return refuse(NULL, "", "a verb is missing");
	if (strcmp(words[at], "--help") == 0)
		return fputs(usage, stdout) < 0;
	if (strcmp(words[at], "--version") == 0)
		return puts("keelson " KEELSON_VERSION) < 0;
	if ((context->places.root && *context->places.root && *context->places.root != '/') ||
	    context->programs[0] != '/')
		return refuse(NULL, " begin with /", "--root and --programs");
	set_places(context, context->places.arena);
	verb = find_verb(words[at]);
	return verb ? run_verb(context, verb, words + at + 1, count - at - 1)
		    : refuse(NULL, ": there is no such verb", words[at]);
}

int main(int argc, char *argv[])
{
	struct arena arena = { 0 };
	struct context context = { .places = { .root = secure_getenv("KEELSON_ROOT"),
					       .crun = "/usr/bin/crun",
					       .init = "",
					       .arena = &arena },
				   .programs = "/usr/bin" };
	int status = run(&context, argv + 1, argc > 0 ? (size_t)argc - 1 : 0);

	arena_free(&arena);
	return status;
}
