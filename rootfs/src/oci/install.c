// SPDX-License-Identifier: Apache-2.0
/*
 * See install.h. The documents come first, one after the other, each checked before it is read; the
 * layers at the same time; then documents, then the name are written. Must never unpack a byte
 * whose digest was not what the manifest says.
 */
#include "oci/install.h"
#include "oci/extract.h"
#include "oci/image.h"
#include "oci/treehash.h"
#include "os/file.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WATCH_MS 200
#define THREADS_MAX 16
#define STACK_BYTES (2 << 20) /* musl's 128 KiB are too few for TLS and for folders in folders */

struct text {
	char digest[OCI_DIGEST_BYTES];
	char *bytes;
	size_t size;
};

struct job {
	const struct install *install;
	struct arena arena;
	struct text index, manifest, config; /* index: perhaps none */
	struct oci_document document;
	struct oci_config parsed;
	/* The workers' */
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	size_t next, done;
	unsigned running;
	struct error failure; /* the first one */
};

/* expected: NULL for what a tag stands for. */
static int get_text(const struct job *job, const struct oci_descriptor *descriptor, bool config,
		    const char *expected, struct text *ret, struct error *error)
{
	const struct source *source = job->install->source;
	int r;

	if (descriptor && descriptor->size_bytes > OCI_DOCUMENT_BYTES_MAX)
		return error_set(error, -EFBIG, "%s is too long", descriptor->digest);
	r = source->document(source->context, descriptor, config, &ret->bytes, &ret->size, error);
	if (r < 0)
		return r;
	store_digest(ret->bytes, ret->size, ret->digest);
	if (expected && strcmp(ret->digest, expected) != 0)
		return error_set(error, -EBADMSG, "%s was wanted, what came is %s", expected,
				 ret->digest);
	return 0;
}

/* What the name stands for, and whether it may be taken. A pin counts for files too. */
static int get_top(struct job *job, struct error *error)
{
	const struct install *install = job->install;
	const char *pin = install->reference->digest[0] ? install->reference->digest : NULL;
	const char *expected = pin || !install->top ? pin : install->top->digest;
	int r = get_text(job, install->top, false, expected, &job->manifest, error);

	return r < 0 ? r : install->approve(install->approve_context, job->manifest.digest, error);
}

static int get_manifest(struct job *job, struct error *error)
{
	const struct oci_descriptor *chosen;
	int r = get_top(job, error);

	if (r == 0)
		r = oci_document_parse(job->manifest.bytes, job->manifest.size, &job->arena,
				       &job->document, error);
	if (r < 0 || !job->document.index)
		return r;
	job->index = job->manifest;
	job->manifest = (struct text){ 0 };
	r = oci_index_choose(&job->document, &job->install->machine, &chosen, error);
	if (r == 0)
		r = get_text(job, chosen, false, chosen->digest, &job->manifest, error);
	if (r == 0)
		r = oci_document_parse(job->manifest.bytes, job->manifest.size, &job->arena,
				       &job->document, error);
	if (r == 0 && job->document.index)
		r = error_set(error, -EBADMSG, "an index in an index");
	return r;
}

static int get_config(struct job *job, struct error *error)
{
	const struct oci_descriptor *config = &job->document.config;
	const struct oci_platform *machine = &job->install->machine;
	int r = get_text(job, config, true, config->digest, &job->config, error);

	if (r == 0)
		r = oci_config_parse(job->config.bytes, job->config.size, &job->arena, &job->parsed,
				     error);
	if (r < 0)
		return error_wrap(error, "configuration");
	if (job->parsed.count != job->document.count)
		return error_set(error, -EBADMSG,
				 "%zu layers in the manifest, %zu in the configuration",
				 job->document.count, job->parsed.count);
	if (!oci_platform_match(&job->parsed.platform, machine))
		return error_set(error, -ENOENT, "the image is for %s/%s/%s, not for %s/%s/%s",
				 job->parsed.platform.os, job->parsed.platform.architecture,
				 job->parsed.platform.variant, machine->os, machine->architecture,
				 machine->variant);
	return 0;
}

static int unpack(const struct store *store, int blob, struct store_layer *layer,
		  struct error *error)
{
	AUTO_CLOSE int folder = -1;
	struct filesums sums = { 0 };
	struct extract extract_one = {
		.archive = blob, .layer = true, .limits = &extract_limits, .sums = &sums
	};
	int r = store_begin_layer(store, layer->diff_id, &folder, error);

	extract_one.folder = folder;
	if (r == 0)
		r = extract(&extract_one, error);
	if (r == 0 && strcmp(extract_one.diff_id, layer->diff_id) != 0)
		r = error_set(error, -EBADMSG, "unpacked it is %s, not %s", extract_one.diff_id,
			      layer->diff_id);
	if (r == 0)
		r = treehash(folder, &sums, layer->tree, error);
	filesums_free(&sums);
	return r;
}

static int add_layer(const struct job *job, size_t number, struct error *error)
{
	const struct source *source = job->install->source;
	const struct oci_descriptor *descriptor = &job->document.parts[number];
	const struct store *store = job->install->store;
	AUTO_CLOSE int lock = -1;
	AUTO_CLOSE int blob = -1;
	struct store_layer layer = { .size_bytes = descriptor->size_bytes };
	int r;

	strcpy(layer.diff_id, job->parsed.diff_ids[number]);
	strcpy(layer.digest, descriptor->digest);
	r = store_lock_layer(store, layer.diff_id, &lock, error);
	if (r < 0 || store_has_layer(store, layer.diff_id))
		return r;
	r = source->layer(source->context, descriptor, &blob, error);
	if (r == 0)
		r = unpack(store, blob, &layer, error);
	/* Before the layer is synced: what is not there any more need not be written to the disk. A
	 * crash meanwhile leaves neither. */
	close_fd(&blob);
	if (r == 0 && source->layer_done)
		source->layer_done(source->context, descriptor);
	if (r == 0)
		r = store_commit_layer(store, &layer, error);
	if (r < 0) {
		store_discard_layer(store, layer.diff_id);
		return error_wrap(error, "layer %.19s", descriptor->digest);
	}
	return 0;
}

static void *work(void *context)
{
	struct job *job = context;

	pthread_mutex_lock(&job->mutex);
	while (job->next < job->document.count && job->failure.code == 0) {
		struct error error = { 0 };
		size_t number = job->next++;
		int r;

		pthread_mutex_unlock(&job->mutex);
		r = add_layer(job, number, &error);
		pthread_mutex_lock(&job->mutex);
		if (r < 0 && job->failure.code == 0)
			job->failure = error;
		job->done++;
		pthread_cond_signal(&job->changed);
	}
	job->running--;
	pthread_cond_signal(&job->changed);
	pthread_mutex_unlock(&job->mutex);
	return NULL;
}

/* Until every worker has ended; the mutex is held. */
static void watch(struct job *job)
{
	const struct install *install = job->install;

	while (job->running > 0) {
		struct timespec until;

		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += WATCH_MS * 1000000;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		pthread_cond_timedwait(&job->changed, &job->mutex, &until);
		if (install->watch)
			install->watch(install->watch_context, job->done, job->document.count);
	}
}

/* Returns how many there are. */
static unsigned start(struct job *job, pthread_t threads[THREADS_MAX])
{
	unsigned wanted = job->install->threads < THREADS_MAX ? job->install->threads : THREADS_MAX;
	unsigned started = 0;
	pthread_attr_t attributes;

	if (pthread_attr_init(&attributes) != 0)
		return 0;
	if (pthread_attr_setstacksize(&attributes, STACK_BYTES) == 0)
		while (started < wanted && started < job->document.count &&
		       pthread_create(&threads[started], &attributes, work, job) == 0)
			started++;
	pthread_attr_destroy(&attributes);
	return started;
}

static int add_layers(struct job *job, struct error *error)
{
	pthread_t threads[THREADS_MAX];
	unsigned started;

	pthread_mutex_lock(&job->mutex);
	started = start(job, threads);
	job->running = started;
	watch(job);
	pthread_mutex_unlock(&job->mutex);
	for (unsigned i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	if (started == 0 && job->document.count > 0)
		return error_set(error, -EAGAIN, "no thread can be started");
	if (job->failure.code < 0)
		return error_set(error, job->failure.code, "%s", job->failure.text);
	return 0;
}

static int put_texts(const struct job *job, char ret[OCI_DIGEST_BYTES], struct error *error)
{
	const struct text *texts[] = { &job->config, &job->manifest, &job->index };
	struct image image = { .pulled_s = (int64_t)time(NULL) };
	const struct text *top = job->index.bytes ? &job->index : &job->manifest;
	int r = 0;

	for (size_t i = 0; i < 3 && r == 0; i++)
		if (texts[i]->bytes)
			r = store_put_blob(job->install->store, texts[i]->digest, texts[i]->bytes,
					   texts[i]->size, error);
	if (r < 0)
		return r;
	oci_reference_format(job->install->reference, image.name);
	strcpy(image.digest, top->digest);
	strcpy(image.manifest, job->manifest.digest);
	r = image_put(job->install->store, &image, error);
	if (r == 0)
		strcpy(ret, top->digest);
	return r;
}

int install(const struct install *install, char ret[OCI_DIGEST_BYTES], struct error *error)
{
	struct error local = { 0 };
	struct job job = { .install = install };
	int r;

	error = error ? error : &local;
	pthread_mutex_init(&job.mutex, NULL);
	pthread_cond_init(&job.changed, NULL);
	r = get_manifest(&job, error);
	if (r == 0)
		r = get_config(&job, error);
	if (r == 0)
		r = add_layers(&job, error);
	if (r == 0)
		r = put_texts(&job, ret, error);
	pthread_cond_destroy(&job.changed);
	pthread_mutex_destroy(&job.mutex);
	free(job.index.bytes);
	free(job.manifest.bytes);
	free(job.config.bytes);
	arena_free(&job.arena);
	return r;
}
