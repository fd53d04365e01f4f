// SPDX-License-Identifier: Apache-2.0
/* See hold.h. Must never return an image that is to be held before its record is there. */
#include "oci/hold.h"
#include "lib/jsonwriter.h"
#include "lib/oci/fields.h"
#include "oci/image.h"
#include "os/file.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RECORD_BYTES_MAX (256 << 10)
#define BOOT_BYTES 64

/* What differs from one start of the machine to the next. */
static int this_boot(char ret[BOOT_BYTES], struct error *error)
{
	AUTO_FREE char *text = NULL;
	int r = file_read("/proc/sys/kernel/random/boot_id", BOOT_BYTES - 1, &text, error);

	if (r < 0)
		return r;
	strcpy(ret, text);
	ret[strcspn(ret, "\n")] = '\0';
	return 0;
}

static int write_record(const struct store *store, const char *holder,
			const struct oci_config *config, struct error *error)
{
	struct json_writer writer = { 0 };
	char boot[BOOT_BYTES], file[STORE_NAME_BYTES];
	int r = this_boot(boot, error);

	if (r < 0)
		return r;
	json_put_text(&writer, "{\"holder\":");
	json_put_string(&writer, holder, strlen(holder));
	json_put_format(&writer, ",\"boot\":\"%s\",\"layers\":[", boot);
	for (size_t i = 0; i < config->count; i++)
		json_put_format(&writer, "%s\"%s\"", i > 0 ? "," : "", config->diff_ids[i]);
	json_put_text(&writer, "]}\n");
	store_record_name(holder, file);
	r = writer.failed ? error_set(error, -ENOMEM, "out of memory")
			  : store_put_fleeting(store, store->holds, file, writer.text, writer.used,
					       error);
	free(writer.text);
	return r;
}

static bool comes_again(const struct oci_config *config, size_t number)
{
	for (size_t i = number + 1; i < config->count; i++)
		if (strcmp(config->diff_ids[i], config->diff_ids[number]) == 0)
			return true;
	return false;
}

/* overlayfs refuses a folder that comes twice. All that the lower one shows or hides the higher one
 * does too, so it alone gives the same tree. */
static int list_layers(const struct store *store, const char *path, const struct oci_config *config,
		       struct hold *hold, struct error *error)
{
	hold->layers = arena_get(&hold->arena, config->count, sizeof(*hold->layers));
	for (size_t i = 0; i < config->count && hold->layers; i++) {
		const char *id = config->diff_ids[i];

		if (!store_has_layer(store, id))
			return error_set(error, -EBADMSG,
					 "layer %s is missing; remedy: pull the image again", id);
		if (!comes_again(config, i))
			hold->layers[hold->count++] = arena_format(
				&hold->arena, "%s/layers/sha256/%s/diff", path, oci_digest_hex(id));
	}
	return hold->arena.exhausted ? error_set(error, -ENOMEM, "out of memory") : 0;
}

static int look_up(const struct store *store, const char *path, const char *name,
		   const char *holder, struct hold *hold, struct error *error)
{
	struct image_parts parts;
	struct image image;
	int r = image_get(store, name, &image, error);

	if (r == 0)
		r = image_read(store, &image, &hold->arena, &parts, error);
	if (r < 0)
		return r;
	strcpy(hold->manifest, image.manifest);
	hold->config = parts.config_text;
	hold->config_size = parts.config_size;
	r = list_layers(store, path, &parts.config, hold, error);
	if (r < 0)
		return error_wrap(error, "image %s", name);
	return holder ? write_record(store, holder, &parts.config, error) : 0;
}

int hold_take(const char *store, const char *reference, const char *holder, struct hold *ret,
	      struct error *error)
{
	struct hold hold = { 0 };
	struct store open;
	char name[OCI_REFERENCE_BYTES];
	int r = image_name(reference, name, error);

	if (r == 0)
		r = store_open(store, false, &open, error);
	if (r < 0)
		return r;
	r = look_up(&open, store, name, holder, &hold, error);
	store_close(&open);
	if (r < 0)
		hold_free(&hold);
	else
		*ret = hold;
	return r;
}

void hold_free(struct hold *hold)
{
	arena_free(&hold->arena);
}

int hold_drop(const char *store, const char *holder, struct error *error)
{
	char file[STORE_NAME_BYTES];
	struct store open;
	int r = store_open(store, false, &open, error);

	if (r < 0)
		return r;
	store_record_name(holder, file);
	if (unlinkat(open.holds, file, 0) < 0 && errno != ENOENT)
		r = error_errno(error, "drop what %s has", holder);
	store_close(&open);
	return r;
}

static int get_layers(const struct json *json, struct arena *arena, char (**ret)[OCI_DIGEST_BYTES],
		      size_t *ret_count)
{
	uint32_t list = json_member(json, 0, "layers");
	char(*ids)[OCI_DIGEST_BYTES];
	size_t count = 0;

	if (!list || json->nodes[list].type != JSON_ARRAY)
		return -EBADMSG;
	ids = arena_get(arena, json->nodes[list].count, sizeof(*ids));
	if (!ids)
		return -ENOMEM;
	for (uint32_t at = json_first(json, list); at; at = json->nodes[at].next, count++)
		if (oci_text(json, at, ids[count], OCI_DIGEST_BYTES) < 0 ||
		    !oci_digest_valid(ids[count]))
			return -EBADMSG;
	*ret = ids;
	*ret_count = count;
	return 0;
}

int hold_read(const struct store *store, const char *file, struct arena *arena,
	      char (**ret)[OCI_DIGEST_BYTES], size_t *ret_count, struct error *error)
{
	AUTO_FREE char *text = NULL;
	char boot[BOOT_BYTES], written[BOOT_BYTES];
	struct json json;
	size_t size;
	int r = this_boot(boot, error);

	if (r == 0)
		r = store_read_file(store->holds, file, RECORD_BYTES_MAX, &text, &size, error);
	*ret_count = 0;
	if (r == 0 && size == 0) /* of a power cut, so of an earlier start */
		return 0;
	if (r == 0)
		r = oci_parse_object(text, size, &json, error);
	if (r < 0)
		return error_wrap(error, "holds/%s", file);
	r = oci_member_text(&json, 0, "boot", written, sizeof(written));
	if (r == 0 && strcmp(boot, written) == 0)
		r = get_layers(&json, arena, ret, ret_count);
	json_free(&json);
	return r < 0 ? error_set(error, r, "holds/%s is not a hold's record", file) : 0;
}
