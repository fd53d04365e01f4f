// SPDX-License-Identifier: Apache-2.0
/* The network check: what systemd-networkd says of its links; see lib/health.h for what follows
 * from it. */
#include "health/health.h"
#include "os/file.h"
#include <dirent.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LINKS "/run/systemd/netif/links"
#define LINK_MAX_BYTES 65536
#define POLL_MS 200

struct links {
	size_t counts[LINK_KINDS];
	char names[LINK_KINDS][128]; /* with blanks between; what is too long is cut */
};

static void add(struct links *links, enum health_link kind, const char *index)
{
	char *names = links->names[kind], name[IF_NAMESIZE];
	size_t used = strlen(names);

	if (!if_indextoname((unsigned)atoi(index), name))
		snprintf(name, sizeof(name), "link %.9s", index);
	snprintf(names + used, sizeof(links->names[kind]) - used, "%s%s", used > 0 ? " " : "",
		 name);
	links->counts[kind]++;
}

/* Its files are named by the links' numbers and replaced as a whole. Without systemd-networkd there
 * are none. */
static void look(enum health_network wanted, struct links *ret)
{
	DIR *folder = opendir(LINKS);
	struct dirent *entry;

	*ret = (struct links){ 0 };
	while (folder && (entry = readdir(folder))) {
		AUTO_FREE char *state = NULL;
		char path[sizeof(LINKS) + sizeof(entry->d_name)];

		snprintf(path, sizeof(path), LINKS "/%s", entry->d_name);
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
		    file_read(path, LINK_MAX_BYTES, &state, NULL) == 0)
			add(ret, health_link(state, wanted), entry->d_name);
	}
	if (folder)
		closedir(folder);
}

static int explain(const struct links *links, const struct health_config *config,
		   struct error *error)
{
	static const char *const what[LINK_KINDS] = { [LINK_IDLE] = "no carrier",
						      [LINK_WAITING] = "not configured",
						      [LINK_FAILED] = "failed" };

	for (unsigned kind = LINK_KINDS - 1; kind >= LINK_IDLE; kind--)
		if (links->counts[kind] > 0)
			return error_set(error, -ENETDOWN, "%s: %s", links->names[kind],
					 what[kind]);
	return error_set(error, -ENETDOWN, "no link is online after %u s",
			 config->network_timeout_s);
}

int check_network(const struct health_config *config, struct error *error)
{
	for (unsigned waited_ms = 0;; waited_ms += POLL_MS) {
		static const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };
		struct links links;

		look(config->network, &links);
		switch (health_links(links.counts, config->network,
				     waited_ms >= config->network_timeout_s * 1000)) {
		case HEALTH_GOOD:
			return 0;
		case HEALTH_BAD:
			return explain(&links, config, error);
		case HEALTH_WAIT:
			nanosleep(&pause, NULL);
		}
	}
}
