// SPDX-License-Identifier: Apache-2.0
/*
 * The verb debug. The order: the image is chosen, passes the rules of trust.d (keelson-oci pull
 * asks for them each time), what its name stands for is looked up, the journal has the record, and
 * only then a container starts. Killed before that, nothing is left but perhaps an image; after,
 * the container's folders, which "keelson-run rm container NAME" takes away ("keelson ps" names
 * it). Who pulls the same tag anew between the look and the start changes what it stands for: name
 * the image by its digest where that matters.
 */
#include "keelson/keelson.h"
#include "keelson/record.h"
#include "lib/run/document.h"
#include "lib/toolbox.h"
#include "oci/image.h"
#include "run/process.h"
#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const kept[] = {
	"HOME",       "TERM",        "http_proxy", "https_proxy",        "no_proxy",
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",   "REGISTRY_AUTH_FILE", "XDG_RUNTIME_DIR",
	NULL
};

struct toolbox {
	const struct context *context;
	const struct request *request;
	const char *image; /* as it was asked for */
	struct image found;
	struct record record;
	struct words argv;
};

static int choose_image(struct toolbox *box, struct error *error)
{
	const struct places *places = &box->context->places;
	const char *path = arena_format(places->arena, "%s/etc/keelson/debug.conf", places->root);
	char full[OCI_REFERENCE_BYTES];
	const char *text;
	size_t size;
	int r = 0;

	box->image = box->request->image;
	if (!box->image && access(path, F_OK) == 0) {
		r = place_read(places, path, TOOLBOX_CONF_BYTES_MAX, &text, &size, error);
		if (r == 0)
			r = toolbox_conf_parse(text, places->arena, &box->image, error);
		if (r < 0)
			return error_wrap(error, "%s", path);
	}
	if (!box->image)
		return error_set(error, -ENOENT,
				 "which image? None is guessed: --image=NAME, or image=NAME in %s",
				 path);
	return image_name(box->image, full, error);
}

static int pull(const struct toolbox *box, struct error *error)
{
	const struct places *places = &box->context->places;
	const char *const words[] = { places->oci,
				      "--root",
				      places->store,
				      "--etc",
				      arena_format(places->arena, "%s/etc", places->root),
				      "pull",
				      box->image };
	struct words argv = { 0 };
	int r = place_make(places->store, false, error);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		words_add(&argv, places->arena, words[i]);
	fflush(stdout);
	if (r == 0)
		r = process_run(&argv, kept, 2, error); /* what it says is no result of ours */
	return r > 0 ? error_set(error, -EACCES,
				 "image %s was not taken (see above), nothing was started; remedy: "
				 "another --image, or --offline for what the store has",
				 box->image)
		     : r;
}

static int look_up(struct toolbox *box, struct error *error)
{
	char full[OCI_REFERENCE_BYTES];
	struct store store;
	int r = image_name(box->image, full, error);

	if (r == 0)
		r = store_open(box->context->places.store, false, &store, error);
	if (r < 0)
		return r;
	r = image_get(&store, full, &box->found, error);
	store_close(&store);
	return r;
}

/* Who has logged in, even if he has become root since (proc(5), loginuid). */
static const char *user(struct arena *arena)
{
	AUTO_FREE char *text = NULL;
	unsigned long id = UINT32_MAX;
	const struct passwd *entry;

	if (file_read("/proc/self/loginuid", 32, &text, NULL) == 0)
		id = strtoul(text, NULL, 10);
	if (id >= UINT32_MAX)
		id = getuid();
	entry = getpwuid((uid_t)id);
	return entry ? arena_format(arena, "%s", entry->pw_name) : arena_format(arena, "%lu", id);
}

static void describe(struct toolbox *box)
{
	const struct request *request = box->request;
	struct arena *arena = box->context->places.arena;
	struct words command = { 0 };
	bool terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	const char *tty = ttyname(STDIN_FILENO), *term = getenv("TERM");

	for (size_t i = 0; i < request->count; i++)
		words_add(&command, arena, request->words[i]);
	box->record = (struct record){
		.container = arena_format(arena, "keelson-debug-%d", (int)getpid()),
		.image = box->found.name,
		.digest = box->found.digest,
		.manifest = box->found.manifest,
		.user = user(arena),
		.tty = tty ? arena_format(arena, "%s", tty) : "no terminal",
		.command = command.count > 0 ? words_join(&command, " ", arena)
					     : "the image's own command",
		.checked = request->offline ? "store" : "pull",
	};
	words_add(&box->argv, arena, arena_format(arena, "%s/keelson-run", box->context->programs));
	words_add(&box->argv, arena, "--root");
	words_add(&box->argv, arena, box->context->places.root);
	words_add(&box->argv, arena, "container");
	toolbox_words(box->record.container, box->found.name,
		      !terminal ? NULL
		      : term    ? term
				: "",
		      &command, arena, &box->argv);
}

static int show(const struct toolbox *box, struct error *error)
{
	struct json_writer writer = { 0 };

	if (box->request->json) {
		document_open(&writer, NULL, '{');
		document_text(&writer, "image", box->record.image);
		document_text(&writer, "digest", box->record.digest);
		document_text(&writer, "manifest", box->record.manifest);
		document_text(&writer, "checked", box->record.checked);
		document_text(&writer, "user", box->record.user);
		document_text(&writer, "tty", box->record.tty);
		document_texts(&writer, "argv", &box->argv);
		document_close(&writer, '}');
	} else {
		json_put_text(&writer, words_join(&box->argv, " ", box->context->places.arena));
	}
	json_put_text(&writer, "\n");
	return put_out(&writer, error);
}

/* The terminal's signals reach the container by keelson-run, which has the terminal too; what is
 * sent to us alone is passed on. Its exit status, 128 + signal. */
static int wait_for(pid_t pid, const sigset_t *set)
{
	int status;

	for (;;) {
		siginfo_t info;
		int signal = sigwaitinfo(set, &info);

		if (signal < 0)
			continue;
		if (signal != SIGCHLD && info.si_code == SI_USER)
			kill(pid, signal);
		if (signal == SIGCHLD && waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	}
}

static sigset_t held(void)
{
	static const int signals[] = { SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaddset(&set, signals[i]);
	return set;
}

static void remove_box(const struct toolbox *box, struct error *error)
{
	struct arena *arena = box->context->places.arena;
	const char *const words[] = {
		box->argv.at[0],      "--root", box->context->places.root, "rm", "container",
		box->record.container
	};
	struct words argv = { 0 };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		words_add(&argv, arena, words[i]);
	process_run(&argv, kept, -1, error);
}

static int start(const struct toolbox *box, int *ret_status, struct error *error)
{
	sigset_t set = held();
	pid_t pid;
	int r;

	fprintf(stderr, "keelson: %s %s, the host's files are in /host\n", box->record.image,
		box->record.digest);
	sigprocmask(SIG_BLOCK, &set, NULL);
	r = process_start(&box->argv, kept, -1, &pid, error);
	if (r < 0)
		return r;
	*ret_status = wait_for(pid, &set);
	remove_box(box, error);
	return 0;
}

int verb_debug(const struct context *context, const struct request *request)
{
	struct toolbox box = { .context = context, .request = request };
	struct error error = { 0 };
	int status = 0, r = choose_image(&box, &error);

	umask(022);
	if (r == 0 && !request->offline)
		r = pull(&box, &error);
	if (r == 0)
		r = look_up(&box, &error);
	if (r == 0)
		describe(&box);
	if (r == 0 && context->places.arena->exhausted)
		r = error_set(&error, -ENOMEM, "out of memory");
	if (r == 0 && request->dry_run)
		r = show(&box, &error);
	else if (r == 0) {
		r = record_send(&box.record, &error);
		if (r < 0)
			error_wrap(&error, "nothing was started, as it could not be recorded");
		else
			r = start(&box, &status, &error);
	}
	return r < 0 ? complain_of(error_wrap(&error, "debug"), &error) : status;
}
