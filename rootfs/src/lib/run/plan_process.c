// SPDX-License-Identifier: Apache-2.0
/* What a container's process is started with: arguments and environment. See plan.h. */
#include "lib/run/plan.h"
#include "lib/text.h"
#include <errno.h>
#include <string.h>

#define ENV_MAX 4096
#define INIT_PATH "/run/keelson-init" /* where the program mounts it; see container.c */

static void add_all(struct words *to, const struct words *from, struct arena *arena)
{
	for (size_t i = 0; i < from->count; i++)
		words_add(to, arena, from->at[i]);
}

static int add_entrypoint(const char *text, struct arena *arena, struct words *ret,
			  struct error *error)
{
	if (text[0] == '[')
		return run_words_parse(text, arena, ret, error);
	if (text[0] != '\0')
		words_add(ret, arena, text);
	return 0;
}

int run_plan_args(const struct run_options *options, const struct run_image *image,
		  struct arena *arena, struct words *ret, struct error *error)
{
	int r = 0;

	if (options->init) {
		words_add(ret, arena, INIT_PATH);
		words_add(ret, arena, "--");
	}
	size_t before = ret->count;
	if (options->entrypoint)
		r = add_entrypoint(options->entrypoint, arena, ret, error);
	else if (image)
		add_all(ret, &image->entrypoint, arena);
	if (r < 0)
		return error_wrap(error, "--entrypoint");
	if (options->args.count > 0)
		add_all(ret, &options->args, arena);
	else if (image && !options->entrypoint)
		add_all(ret, &image->command, arena);
	if (ret->count == before)
		return error_set(error, -EINVAL,
				 "nothing to run: the image names no command; give one behind it");
	return 0;
}

static bool same_name(const char *a, const char *b)
{
	size_t length = strcspn(a, "=");

	return strcspn(b, "=") == length && memcmp(a, b, length) == 0;
}

void run_env_set(struct words *env, struct arena *arena, const char *assignment)
{
	for (size_t i = 0; i < env->count; i++)
		if (same_name(env->at[i], assignment)) {
			env->at[i] = assignment;
			return;
		}
	words_add(env, arena, assignment);
}

static const char *find(const char *assignment, const char *name)
{
	size_t length = strlen(name);

	return strncmp(assignment, name, length) == 0 && assignment[length] == '='
		       ? assignment + length + 1
		       : NULL;
}

const char *run_env_find(const struct words *env, const char *name)
{
	for (size_t i = 0; i < env->count; i++)
		if (find(env->at[i], name))
			return find(env->at[i], name);
	return NULL;
}

/* "NAME=value"; "NAME" and "NAME*" take what environment has. */
static int assign(struct words *env, const char *text, const char *const *environment,
		  struct arena *arena, struct error *error)
{
	size_t length = strlen(text), name = strcspn(text, "=");
	bool all = length > 0 && text[length - 1] == '*';

	if (name == 0)
		return error_set(error, -EINVAL, "%s: a variable has a name", text);
	if (env->count >= ENV_MAX)
		return error_set(error, -E2BIG, "more than %d variables", ENV_MAX);
	if (text[name] == '=') {
		run_env_set(env, arena, text);
		return 0;
	}
	for (; *environment; environment++)
		if (all ? strncmp(*environment, text, length - 1) == 0 : !!find(*environment, text))
			run_env_set(env, arena, *environment);
	return 0;
}

int run_env_file(const char *text, const char *const *environment, struct arena *arena,
		 struct words *env, struct error *error)
{
	int r = 0;

	while (*text != '\0' && r == 0) {
		size_t length = strcspn(text, "\n"), blanks = strspn(text, " \t\r");
		char *line;

		if (blanks < length && text[blanks] != '#') {
			line = arena_copy(arena, text + blanks, length - blanks);
			if (!line)
				return error_set(error, -ENOMEM, "out of memory");
			if (text_ends(line, "\r"))
				line[strlen(line) - 1] = '\0';
			r = assign(env, line, environment, arena, error);
		}
		text += length + (text[length] == '\n');
	}
	return r;
}

/* Those that ask programs to go by a proxy. */
static void add_proxies(struct words *env, const char *const *environment, struct arena *arena)
{
	static const char *const names[] = { "http_proxy", "https_proxy", "ftp_proxy", "no_proxy",
					     "HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY" };

	for (; *environment; environment++)
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (find(*environment, names[i]))
				run_env_set(env, arena, *environment);
}

int run_plan_env(const struct run_options *options, const struct run_image *image,
		 const char *const *environment, const struct words *files, struct arena *arena,
		 struct run_plan *plan, struct error *error)
{
	struct words *env = &plan->env;
	int r = 0;

	run_env_set(env, arena,
		    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	run_env_set(env, arena, "container=keelson");
	if (options->tty)
		run_env_set(env, arena, "TERM=xterm");
	for (size_t i = 0; image && i < image->env.count && r == 0; i++)
		r = assign(env, image->env.at[i], environment, arena, error);
	if (options->http_proxy)
		add_proxies(env, environment, arena);
	for (size_t i = 0; options->env_host && environment[i]; i++)
		run_env_set(env, arena, environment[i]);
	for (size_t i = 0; i < files->count && r == 0; i++)
		r = run_env_file(files->at[i], environment, arena, env, error);
	for (size_t i = 0; i < options->env.count && r == 0; i++)
		r = assign(env, options->env.at[i], environment, arena, error);
	if (!run_env_find(env, "HOSTNAME") && plan->hostname)
		run_env_set(env, arena, arena_format(arena, "HOSTNAME=%s", plan->hostname));
	if (!run_env_find(env, "HOME"))
		run_env_set(env, arena, arena_format(arena, "HOME=%s", plan->identity.home));
	return r;
}
