// SPDX-License-Identifier: Apache-2.0
/*
 * See pull.h. A blob is tmp/HEX.blob while it comes; whoever writes it holds an flock on it, so two
 * pulls of one blob do it one after the other, and the second finds it there. Nothing of it is
 * believed because it is there: what an earlier try left is hashed with the rest.
 */
#include "oci/pull.h"
#include "lib/oci/tags.h"
#include "oci/blobfile.h"
#include "os/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct arrival {
	struct pull *pull;
	const struct oci_descriptor *descriptor;
	EVP_MD_CTX *hash;
	int fd;
	int failed; /* the disk's error, which no other registry can mend */
};

/* One of them is asked. Returns what it came to. */
typedef int ask(void *context, struct registry *registry, struct error *error);

static void tell_next(const struct registry *registry, const struct error *error)
{
	const struct transport_settings *settings = &registry->settings;
	char line[sizeof(error->text) + 64];

	snprintf(line, sizeof(line), "%s; the next one is asked", error->text);
	settings->log(settings->log_context, line);
}

/* stop: says in the end that nobody else is to be asked; or NULL. */
static int ask_all(struct pull *pull, ask *ask_one, void *context, const int *stop,
		   struct error *error)
{
	for (size_t i = pull->first;; i++) {
		int r = ask_one(context, &pull->at[i], error);

		if (r == 0)
			pull->first = i;
		if (r == 0 || i + 1 == pull->count || (stop && *stop < 0))
			return r;
		tell_next(&pull->at[i], error);
	}
}

static void blob_name(const char *digest, char ret[STORE_NAME_BYTES])
{
	snprintf(ret, STORE_NAME_BYTES, "%s.blob", oci_digest_hex(digest));
}

static int take(void *context, const char *bytes, size_t size, struct error *error)
{
	struct arrival *arrival = context;
	int r = file_append(arrival->fd, bytes, size);

	EVP_DigestUpdate(arrival->hash, bytes, size);
	arrival->pull->fetched_bytes += size;
	arrival->failed = r;
	return r < 0 ? error_set(error, r, "write: %s", strerror(-r)) : 0;
}

/* What is there of it goes into the hash, or away if it cannot be the beginning. */
static int go_on(struct arrival *arrival, bool anew, uint64_t *ret_bytes, struct error *error)
{
	struct stat status;

	if (EVP_DigestInit_ex(arrival->hash, EVP_sha256(), NULL) != 1)
		return error_set(error, -ENOMEM, "start a hash");
	if (fstat(arrival->fd, &status) < 0)
		return error_errno(error, "look at a blob");
	if (anew || (uint64_t)status.st_size > arrival->descriptor->size_bytes) {
		if (ftruncate(arrival->fd, 0) < 0)
			return error_errno(error, "empty a blob");
		status.st_size = 0;
	}
	*ret_bytes = (uint64_t)status.st_size;
	if (lseek(arrival->fd, status.st_size, SEEK_SET) < 0)
		return error_errno(error, "seek");
	return blobfile_hash(arrival->fd, *ret_bytes, arrival->hash, error);
}

static int fetch(struct arrival *arrival, struct registry *registry, bool anew, bool *ret_resumed,
		 struct error *error)
{
	const struct oci_descriptor *descriptor = arrival->descriptor;
	uint64_t done = 0;
	int r = go_on(arrival, anew, &done, error);

	*ret_resumed = done > 0;
	if (r == 0 && done < descriptor->size_bytes)
		r = registry_blob(registry, descriptor, take, arrival, &done, error);
	if (r < 0)
		return r;
	if (done < descriptor->size_bytes)
		return error_set(error, -EBADMSG, "it is shorter than the manifest says");
	return blobfile_judge(arrival->hash, descriptor, error);
}

/* Bytes that are wrong may be an earlier try's: they go, and it is fetched once more. */
static int fetch_good(void *context, struct registry *registry, struct error *error)
{
	struct arrival *arrival = context;
	bool resumed = false, again = false;
	int r = fetch(arrival, registry, false, &resumed, error);

	if (r == -EBADMSG && resumed)
		r = fetch(arrival, registry, true, &again, error);
	/* Nothing that is known to be wrong is gone on with. */
	if (r == -EBADMSG && ftruncate(arrival->fd, 0) < 0)
		return error_errno(error, "empty a blob");
	return r;
}

/* The one who had the lock may have removed the file meanwhile. */
static int open_blob(const struct store *store, const char *name, int *ret, struct error *error)
{
	for (;;) {
		AUTO_CLOSE int fd =
			openat(store->tmp, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
		struct stat ours, there;

		if (fd < 0)
			return error_errno(error, "open %s", name);
		if (flock(fd, LOCK_EX) < 0) {
			if (errno == EINTR)
				continue;
			return error_errno(error, "lock %s", name);
		}
		if (fstat(fd, &ours) < 0 ||
		    fstatat(store->tmp, name, &there, AT_SYMLINK_NOFOLLOW) < 0 ||
		    ours.st_ino != there.st_ino)
			continue;
		*ret = fd;
		fd = -1;
		return 0;
	}
}

static int get_layer(void *context, const struct oci_descriptor *descriptor, int *ret,
		     struct error *error)
{
	struct pull *pull = context;
	struct arrival arrival = {
		.pull = pull, .descriptor = descriptor, .hash = EVP_MD_CTX_new(), .fd = -1
	};
	char name[STORE_NAME_BYTES];
	int r;

	blob_name(descriptor->digest, name);
	r = arrival.hash ? open_blob(pull->store, name, &arrival.fd, error)
			 : error_set(error, -ENOMEM, "out of memory");
	if (r == 0)
		r = ask_all(pull, fetch_good, &arrival, &arrival.failed, error);
	EVP_MD_CTX_free(arrival.hash);
	if (r < 0)
		close_fd(&arrival.fd);
	else
		*ret = arrival.fd;
	return r;
}

static void layer_done(void *context, const struct oci_descriptor *descriptor)
{
	struct pull *pull = context;
	char name[STORE_NAME_BYTES];

	blob_name(descriptor->digest, name);
	unlinkat(pull->store->tmp, name, 0);
}

/* A document that is wanted, and what came. */
struct wanted {
	enum { MANIFEST, DOCUMENT, REFERRERS, TAGS } kind;
	const char *name;   /* as in a registry's paths; NULL: by the image's name */
	char *page;         /* of TAGS: as registry_tags has it */
	const char *digest; /* NULL: whatever comes */
	const struct oci_descriptor *descriptor;
	char **ret;
	size_t *ret_size;
};

static int get(const struct wanted *wanted, struct registry *registry, char **ret, size_t *ret_size,
	       struct error *error)
{
	if (wanted->kind == DOCUMENT)
		return registry_config(registry, wanted->descriptor, ret, ret_size, error);
	if (wanted->kind == REFERRERS)
		return registry_referrers(registry, wanted->name, ret, ret_size, error);
	if (wanted->kind == TAGS)
		return registry_tags(registry, wanted->page, ret, ret_size, error);
	return registry_manifest(registry, wanted->name, ret, ret_size, error);
}

static int get_good(void *context, struct registry *registry, struct error *error)
{
	const struct wanted *wanted = context;
	AUTO_FREE char *text = NULL;
	char got[OCI_DIGEST_BYTES];
	size_t size;
	int r = get(wanted, registry, &text, &size, error);

	if (r < 0)
		return r;
	store_digest(text, size, got);
	if (wanted->digest && strcmp(got, wanted->digest) != 0)
		return error_set(error, -EBADMSG, "%s: %s was wanted, what came is %s",
				 registry->reference.registry, wanted->digest, got);
	*wanted->ret = text;
	*wanted->ret_size = size;
	text = NULL;
	return 0;
}

int pull_manifest(struct pull *pull, const char *name, char **ret, size_t *ret_size,
		  struct error *error)
{
	const char *pin = pull->at[0].reference.digest;
	struct wanted wanted = { .kind = MANIFEST, .name = name, .ret = ret, .ret_size = ret_size };

	if (name ? oci_digest_valid(name) : pin[0] != '\0')
		wanted.digest = name ? name : pin;
	return ask_all(pull, get_good, &wanted, NULL, error);
}

int pull_document(struct pull *pull, const struct oci_descriptor *descriptor, char **ret,
		  size_t *ret_size, struct error *error)
{
	struct wanted wanted = { .kind = DOCUMENT,
				 .digest = descriptor->digest,
				 .descriptor = descriptor,
				 .ret = ret,
				 .ret_size = ret_size };

	return ask_all(pull, get_good, &wanted, NULL, error);
}

int pull_referrers(struct pull *pull, const char *digest, char **ret, size_t *ret_size,
		   struct error *error)
{
	struct wanted wanted = {
		.kind = REFERRERS, .name = digest, .ret = ret, .ret_size = ret_size
	};

	return ask_all(pull, get_good, &wanted, NULL, error);
}

int pull_tags(struct pull *pull, struct arena *arena, struct words *ret, struct error *error)
{
	char page[OCI_PAGE_BYTES] = "";
	size_t before;
	int r;

	do {
		AUTO_FREE char *text = NULL;
		size_t size;
		struct wanted wanted = {
			.kind = TAGS, .page = page, .ret = &text, .ret_size = &size
		};

		before = ret->count;
		r = ask_all(pull, get_good, &wanted, NULL, error);
		if (r == 0)
			r = oci_tags_add(text, size, arena, ret, error);
		if (r == 0 && page[0] && ret->count == before)
			r = error_set(error, -EBADMSG,
				      "a page with nothing new, and one behind it");
	} while (r == 0 && page[0]);
	return r;
}

static int get_document(void *context, const struct oci_descriptor *descriptor, bool config,
			char **ret, size_t *ret_size, struct error *error)
{
	if (config)
		return pull_document(context, descriptor, ret, ret_size, error);
	return pull_manifest(context, descriptor ? descriptor->digest : NULL, ret, ret_size, error);
}

struct source pull_source(struct pull *pull)
{
	return (struct source){ .context = pull,
				.document = get_document,
				.layer = get_layer,
				.layer_done = layer_done };
}
