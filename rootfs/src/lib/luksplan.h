// SPDX-License-Identifier: Apache-2.0
/* Decisions about an Ignition config's LUKS volumes (spec 3.x, storage.luks), the arguments of
 * cryptsetup(8), and the lines of crypttab(5). */
#pragma once
#include "lib/argv.h"
#include "lib/error.h"
#include "lib/ignition/config.h"
#include "lib/signature.h"
#include <stdbool.h>

/* The subsystem of a volume whose provisioning has not come to its end: nobody has its key but the
 * run that was cut, so the next one may make it anew. */
#define LUKSPLAN_UNFINISHED "keelson-unfinished"

enum luksplan_action { LUKSPLAN_OPEN, LUKSPLAN_FORMAT, LUKSPLAN_ERASE_AND_FORMAT };

/* Can this system do what is asked? -EOPNOTSUPP or -EINVAL with the reason. */
int luksplan_check(const struct ign_luks *wanted, struct error *error);

bool luksplan_tpm2(const struct ign_luks *wanted);
bool luksplan_generates_key(const struct ign_luks *wanted);

/* discards: an existing volume has the flag allow-discards. -EEXIST: the device holds something
 * that is not opened by what the config gives, and wipeVolume is not set. */
int luksplan_decide(const struct ign_luks *wanted, const struct signature *found, bool discards,
		    enum luksplan_action *ret, struct error *error);

/* Arguments behind argv[0]. */
void luksplan_format(const struct ign_luks *wanted, const char *device, const char *key_file,
		     struct argv *ret);
void luksplan_open(const struct ign_luks *wanted, const char *device, const char *key_file,
		   struct argv *ret);

/* Whether `cryptsetup luksDump --dump-json-metadata` names a flag. */
bool luksplan_has_flag(const char *dump, size_t size, const char *flag);

/* The text of crypttab with the volume's line: in the place of one of its name, or at the end. The
 * caller frees it. Returns 0 or -ENOMEM. */
int luksplan_crypttab(const char *crypttab, const struct ign_luks *wanted, const char *uuid,
		      char **ret);
