// SPDX-License-Identifier: Apache-2.0
/* Checks of LUKS volumes and of what unlocks them. */
#include "lib/ignition/check.h"

#define LABEL_BYTES_MAX 47 /* LUKS2 keeps 48 with the terminator */

int ign_check_custom(struct check *check, const struct ign_place *place, const void *object)
{
	static const char *const pins[] = { "tpm2", "tang", "sss", NULL };
	const struct ign_custom *custom = object;
	bool given = !ign_empty(&custom->pin) || !ign_empty(&custom->config) ||
		     custom->needs_network == IGN_TRUE;

	/* In 3.2.0 the object itself could be given or not; its texts are set if it was. */
	if (check->version < IGN_3_3)
		given = custom->pin.at;
	if (!given)
		return 0;
	if (check->version >= IGN_3_3 && ign_empty(&custom->pin))
		ign_error_at(check, place, "pin", "missing required custom clevis pin");
	else if (check->version < IGN_3_6 && !ign_is_one_of(&custom->pin, pins))
		ign_error_at(check, place, "pin", "unsupported clevis pin");
	if (ign_empty(&custom->config))
		ign_error_at(check, place, "config", "missing required custom clevis config");
	return 0;
}

static bool unlocks_without_custom(const struct ign_clevis *clevis)
{
	return clevis->tang.count > 0 || clevis->tpm2 == IGN_TRUE || clevis->threshold.value != 0;
}

static bool has_custom(const struct check *check, const struct ign_clevis *clevis)
{
	return check->version < IGN_3_3 ? clevis->custom.pin.at != NULL
					: !ign_empty(&clevis->custom.pin);
}

static void check_cex(struct check *check, const struct ign_place *place,
		      const struct ign_luks *luks)
{
	if (luks->cex.enabled != IGN_TRUE)
		return;
	if (unlocks_without_custom(&luks->clevis) || has_custom(check, &luks->clevis))
		ign_error_at(check, place, "cex", "cannot use cex with clevis");
	if (!ign_empty(&luks->key_file.source))
		ign_error_at(check, place, "cex", "cannot use cex with a key file");
}

int ign_check_luks(struct check *check, const struct ign_place *place, const void *object)
{
	const struct ign_luks *luks = object;

	if (luks->name.length > 0 && memchr(luks->name.at, '/', luks->name.length))
		ign_error_at(check, place, "name", "device names cannot contain slashes");
	if (luks->label.length > LABEL_BYTES_MAX)
		ign_error_at(check, place, "label",
			     "luks device labels cannot be longer than 47 characters");
	ign_error_at(check, place, "device",
		     ign_empty(&luks->device) ? "disk device is required"
					      : ign_path_problem(&luks->device));
	if (has_custom(check, &luks->clevis) && unlocks_without_custom(&luks->clevis))
		ign_error_at(check, place, "clevis",
			     "cannot use custom clevis config with tpm2, tang, or threshold");
	check_cex(check, place, luks);
	/* "keys" is no member; the reference implementation reports it so. */
	if (!ign_empty(&luks->key_file.source) &&
	    ign_url_problem(check->version, &luks->key_file.source))
		ign_error_at(check, place, "keys", "invalid key-file source");
	return 0;
}
