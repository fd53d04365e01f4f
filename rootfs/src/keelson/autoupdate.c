// SPDX-License-Identifier: Apache-2.0
/*
 * The verb auto-update: containers with AutoUpdate= get what their images' names stand for now, and
 * get the former image back when the new one is bad. For an image, in this order:
 *
 *   1. what its containers run is kept under another name ("previous"), so that gc leaves it alone
 *   2. the name is pulled ("local": somebody has); it now stands for the new image
 *   3. the units of all containers that run another are restarted and tried, one after the other
 *   4. good: the other name goes
 *      bad: the name stands for the previous image again, the new one is kept as "bad", which is
 *      not tried a second time nor fetched anew; units are restarted once more
 *
 * A crash after 1 or 2 leaves the containers as they are, and a later run goes on; a container that
 * is restarted meanwhile has the new image untried. After 3 it is tried no more. After the name is
 * put back in 4 a later run does not find what was bad to be so, and tries it again.
 */
#include "keelson/keelson.h"
#include "lib/overview/updates.h"
#include "lib/text.h"
#include "oci/image.h"
#include "run/process.h"
#include "run/verbs.h"
#include <errno.h>
#include <string.h>
#include <time.h>

#define LABEL "io.containers.autoupdate"
#define LOOK_MS 250

static const char *const kept_environment[] = { "HTTP_PROXY", "HTTPS_PROXY",        "NO_PROXY",
						"HOME",       "REGISTRY_AUTH_FILE", NULL };

struct member {
	struct overview_update row;
	const char *manifest, *authfile;
	bool touched;
};

struct group {
	const struct context *context;
	const struct request *request;
	struct member *members;
	size_t count;
	bool fetches, can_go_back;
	struct oci_reference reference;
	char name[OCI_REFERENCE_BYTES], previous[OCI_REFERENCE_BYTES], bad[OCI_REFERENCE_BYTES];
};

static void say(struct group *group, const char *updated, const char *reason)
{
	for (size_t i = 0; i < group->count; i++) {
		group->members[i].row.updated = updated;
		group->members[i].row.reason = reason;
	}
}

static void fail(struct group *group, const struct error *error)
{
	say(group, "failed", arena_format(group->context->places.arena, "%s", error->text));
}

static int with_store(const struct group *group,
		      int (*call)(const struct store *store, const char *from, const char *to,
				  struct error *error),
		      const char *from, const char *to, struct error *error)
{
	struct store store;
	int r = store_open(group->context->places.store, false, &store, error);

	if (r < 0)
		return r;
	r = call(&store, from, to, error);
	store_close(&store);
	return r;
}

/* to stands for what from stands for. */
static int copy_name(const struct store *store, const char *from, const char *to,
		     struct error *error)
{
	struct image image;
	int r = image_get(store, from, &image, error);

	if (r < 0)
		return r;
	strcpy(image.name, to);
	return image_put(store, &image, error);
}

static int forget_name(const struct store *store, const char *from, const char *to,
		       struct error *error)
{
	(void)to;
	image_remove(store, from, NULL);
	(void)error;
	return 0;
}

/* The manifest that a name stands for; "" if there is no such name. */
static int look_up(const struct group *group, const char *name, char ret[OCI_DIGEST_BYTES],
		   struct error *error)
{
	struct image image = { 0 };
	struct store store;
	int r = store_open(group->context->places.store, false, &store, error);

	if (r < 0)
		return r;
	r = image_get(&store, name, &image, error);
	store_close(&store);
	strcpy(ret, r == 0 ? image.manifest : "");
	return r == -ENOENT ? 0 : r;
}

static bool runs(const struct group *group, const char *manifest)
{
	for (size_t i = 0; i < group->count; i++)
		if (strcmp(group->members[i].manifest, manifest) == 0)
			return true;
	return false;
}

/* A name for what a container runs, whose own name stands for another image by now. gc may have
 * been there before, of which a hold keeps it from the layers alone. */
static int name_manifest(const struct store *store, const char *manifest, const char *name,
			 struct error *error)
{
	struct arena arena = { 0 };
	struct image image = { .pulled_s = (int64_t)time(NULL) };
	struct image_parts parts;
	int r;

	strcpy(image.digest, manifest);
	strcpy(image.manifest, manifest);
	strcpy(image.name, name);
	r = image_read(store, &image, &arena, &parts, error);
	arena_free(&arena);
	return r < 0 ? r : image_put(store, &image, error);
}

/* Of those who run another image than now, the first whose image is still there. */
static bool keep_running(const struct group *group, const char *now)
{
	for (size_t i = 0; i < group->count; i++) {
		const char *manifest = group->members[i].manifest;

		if (oci_digest_valid(manifest) && strcmp(manifest, now) != 0 &&
		    with_store(group, name_manifest, manifest, group->previous, NULL) == 0)
			return true;
	}
	return false;
}

/* One that an earlier run, which was cut, has kept is what the containers still run. */
static int keep_previous(struct group *group, struct error *error)
{
	char kept[OCI_DIGEST_BYTES], now[OCI_DIGEST_BYTES];
	int r = look_up(group, group->previous, kept, error);

	if (r == 0)
		r = look_up(group, group->name, now, error);
	if (r < 0)
		return r;
	group->can_go_back = kept[0] && runs(group, kept);
	if (!group->can_go_back && (!group->fetches || !runs(group, now)))
		group->can_go_back = keep_running(group, now);
	if (group->can_go_back || !group->fetches)
		return 0;
	group->can_go_back = true;
	return with_store(group, copy_name, group->name, group->previous, error);
}

/* A dry run goes back to what the name stands for, whoever runs that. */
static int keep_named(struct group *group, struct error *error)
{
	group->can_go_back = group->fetches;
	return group->fetches ? with_store(group, copy_name, group->name, group->previous, error)
			      : 0;
}

static int run_program(const struct group *group, const char *const *words, size_t count,
		       struct error *error)
{
	struct words argv = { 0 };

	for (size_t i = 0; i < count; i++)
		if (words[i])
			words_add(&argv, group->context->places.arena, words[i]);
	return process_run(&argv, kept_environment, 2,
			   error); /* what it says is no result of ours */
}

static int pull(const struct group *group, struct error *error)
{
	const struct places *places = &group->context->places;
	const char *authfile = group->members[0].authfile;
	const char *const words[] = { places->oci,
				      "--root",
				      places->store,
				      "--etc",
				      arena_format(places->arena, "%s/etc", places->root),
				      authfile ? "--authfile" : NULL,
				      authfile,
				      "pull",
				      group->name };
	int r = run_program(group, words, sizeof(words) / sizeof(words[0]), error);

	return r > 0 ? error_set(error, -EIO, "it was not pulled; the log says why") : r;
}

/* From its files: the process that runs, and what its check says. */
static bool is_good(const struct group *group, const char *name)
{
	static const struct timespec moment = { .tv_nsec = LOOK_MS * 1000000L };
	const struct places *places = &group->context->places;
	struct run_state state;
	AUTO_CLOSE int process = -1;
	uint64_t end;

	if (state_open(places, "containers", name, &state, &process, NULL) < 0)
		return false;
	end = process_now_ms() + overview_trial_ms(&state.health);
	while (process_wait(process, 0) < 0) {
		struct overview_container seen;

		gather_container(places, name, &seen);
		if (seen.health && strcmp(seen.health, "healthy") == 0)
			return true;
		if (seen.health && strcmp(seen.health, "unhealthy") == 0)
			return false;
		if (process_now_ms() >= end)
			return state.health.command.count == 0;
		nanosleep(&moment, NULL);
	}
	return false;
}

static int restart(const struct group *group, struct member *member, struct error *error)
{
	const struct context *context = group->context;
	const char *systemctl =
		arena_format(context->places.arena, "%s/systemctl", context->programs);
	const char *const calm[] = { systemctl, "reset-failed", member->row.unit };
	const char *const words[] = { systemctl, "restart", member->row.unit };
	int r;

	member->touched = true;
	if (run_program(group, calm, 3, error) < 0)
		return error->code;
	r = run_program(group, words, 3, error);
	return r > 0 ? error_set(error, -EIO, "%s did not start", member->row.unit) : r;
}

static int try_member(const struct group *group, struct member *member, struct error *error)
{
	int r;

	if (!member->row.unit)
		return error_set(error, -ENOENT, "no unit has the container");
	r = restart(group, member, error);
	if (r == 0 && !is_good(group, member->row.container))
		r = error_set(error, -EIO, "it ended, or its check failed");
	return r;
}

/* Everyone has the former image again, also who was good with the new one: a name stands for one
 * image. */
static void roll_back(struct group *group, const struct member *bad, const struct error *why)
{
	struct arena *arena = group->context->places.arena;
	struct error error = { 0 };
	int r = with_store(group, copy_name, group->name, group->bad, &error);

	if (r == 0)
		r = with_store(group, copy_name, group->previous, group->name, &error);
	if (r < 0) {
		fail(group, &error);
		return;
	}
	for (size_t i = 0; i < group->count; i++) {
		struct member *member = &group->members[i];

		if (!member->touched)
			continue;
		member->row.updated = "rolled back";
		member->row.reason = member == bad
					     ? arena_format(arena, "%s", why->text)
					     : arena_format(arena, "with %s", bad->row.container);
		if (restart(group, member, &error) < 0 || !is_good(group, member->row.container)) {
			member->row.updated = "failed";
			member->row.reason =
				arena_format(arena, "%s; nor is the former image good", why->text);
		}
	}
}

static void restart_all(struct group *group, const char *wanted)
{
	struct error error = { 0 };

	for (size_t i = 0; i < group->count; i++) {
		struct member *member = &group->members[i];

		member->row.updated = "false";
		if (strcmp(member->manifest, wanted) == 0)
			continue;
		if (try_member(group, member, &error) == 0) {
			member->row.updated = "true";
			continue;
		}
		member->row.updated = "failed";
		member->row.reason = arena_format(group->context->places.arena, "%s", error.text);
		if (group->can_go_back)
			roll_back(group, member, &error);
		return;
	}
}

/* What the name stands for by now, and whether that is to be run. */
static void decide(struct group *group, struct error *error)
{
	char now[OCI_DIGEST_BYTES], bad[OCI_DIGEST_BYTES];
	bool dry = group->request->dry_run, others = false, was_bad;

	if (look_up(group, group->name, now, error) < 0 ||
	    look_up(group, group->bad, bad, error) < 0) {
		fail(group, error);
		return;
	}
	for (size_t i = 0; i < group->count; i++)
		others |= strcmp(group->members[i].manifest, now) != 0;
	was_bad = others && strcmp(now, bad) == 0;
	if ((was_bad || dry) && group->can_go_back)
		with_store(group, copy_name, group->previous, group->name, error);
	if (was_bad) {
		say(group, "false", "the new image was bad when it was tried");
	} else if (dry) {
		for (size_t i = 0; i < group->count; i++)
			group->members[i].row.updated =
				strcmp(group->members[i].manifest, now) == 0 ? "false" : "pending";
	} else {
		if (bad[0] && strcmp(now, bad) != 0)
			with_store(group, forget_name, group->bad, NULL, error);
		restart_all(group, now);
	}
}

static void update(struct group *group)
{
	struct error error = { 0 };
	int r = overview_kept_name(&group->reference, "previous", group->previous, &error);

	group->fetches = strcmp(group->members[0].row.policy, "registry") == 0;
	if (r == 0)
		r = overview_kept_name(&group->reference, "bad", group->bad, &error);
	if (r == 0)
		r = group->request->dry_run ? keep_named(group, &error)
					    : keep_previous(group, &error);
	if (r == 0 && group->fetches)
		r = pull(group, &error);
	if (r == 0)
		decide(group, &error);
	else
		fail(group, &error);
	with_store(group, forget_name, group->previous, NULL, &error);
}

static bool is_wanted(const struct request *request, const char *name)
{
	for (size_t i = 0; i < request->count; i++)
		if (strcmp(request->words[i], name) == 0)
			return true;
	return request->count == 0;
}

/* False: the container does not run, or does not update itself. */
static bool take(const struct context *context, const char *name, struct member *ret)
{
	const struct places *places = &context->places;
	struct overview_container seen;
	struct run_state state;
	AUTO_CLOSE int process = -1;
	const char *policy;

	if (state_open(places, "containers", name, &state, &process, NULL) < 0)
		return false;
	policy = overview_label(&state.labels, LABEL);
	if (!policy || !text_is_one_of("registry local image", policy))
		return false;
	gather_container(places, name, &seen);
	*ret = (struct member){ .row = { .unit = seen.unit,
					 .container = name,
					 .image = state.image,
					 .policy =
						 strcmp(policy, "local") == 0 ? policy : "registry",
					 .updated = "false" },
				.manifest = state.manifest,
				.authfile = overview_label(&state.labels, LABEL ".authfile") };
	return true;
}

/* Members from at on that have the first one's image and policy come next to it. */
static size_t gather_group(struct member *members, size_t at, size_t count)
{
	size_t end = at + 1;

	for (size_t i = end; i < count; i++) {
		struct member member = members[i];

		if (strcmp(member.row.image, members[at].row.image) != 0 ||
		    strcmp(member.row.policy, members[at].row.policy) != 0)
			continue;
		members[i] = members[end];
		members[end++] = member;
	}
	return end;
}

static void update_groups(const struct context *context, const struct request *request,
			  struct member *members, size_t count)
{
	for (size_t at = 0, end; at < count; at = end) {
		struct group group = { .context = context,
				       .request = request,
				       .members = members + at };
		struct error error = { 0 };

		end = gather_group(members, at, count);
		group.count = end - at;
		if (oci_reference_parse(members[at].row.image, &group.reference, &error) < 0) {
			fail(&group, &error);
			continue;
		}
		oci_reference_format(&group.reference, group.name);
		if (group.reference.digest[0])
			say(&group, "false", "its name has a digest");
		else
			update(&group);
	}
}

static int show(const struct context *context, const struct request *request,
		const struct member *members, size_t count, struct error *error)
{
	struct arena *arena = context->places.arena;
	struct overview_update *rows = arena_get(arena, count, sizeof(*rows));
	struct json_writer writer = { 0 };

	if (!rows)
		return error_set(error, -ENOMEM, "out of memory");
	for (size_t i = 0; i < count; i++)
		rows[i] = members[i].row;
	if (request->json)
		overview_put_updates(&writer, rows, count);
	else
		overview_print_updates(&writer, rows, count, arena);
	if (request->json)
		json_put_text(&writer, "\n");
	return put_out(&writer, error);
}

int verb_auto_update(const struct context *context, const struct request *request)
{
	const struct places *places = &context->places;
	struct overview_container *rows;
	struct member *members = NULL;
	AUTO_CLOSE int lock = -1;
	struct error error = { 0 };
	size_t all, count = 0;
	bool bad = false;
	int r = place_lock(places, "auto-update", "all", &lock, &error);

	if (r == 0)
		r = gather_containers(places, &rows, &all, &error);
	if (r == 0 && !(members = arena_get(places->arena, all, sizeof(*members))))
		r = error_set(&error, -ENOMEM, "out of memory");
	if (r < 0)
		return complain_of(r, &error);
	for (size_t i = 0; i < all; i++)
		if (is_wanted(request, rows[i].name) &&
		    take(context, rows[i].name, &members[count]))
			count++;
	update_groups(context, request, members, count);
	for (size_t i = 0; i < count; i++)
		bad |= strcmp(members[i].row.updated, "failed") == 0 ||
		       strcmp(members[i].row.updated, "rolled back") == 0;
	r = show(context, request, members, count, &error);
	return r < 0 ? complain_of(r, &error) : bad ? EXIT_WRONG : 0;
}
