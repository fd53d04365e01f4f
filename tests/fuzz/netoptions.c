// SPDX-License-Identifier: Apache-2.0
/* One text as every option and file that people and containers write; what is taken is in limits.
 */
#include "lib/net/texts.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void try_texts(const char *text)
{
	const char *const list[] = { text, NULL };
	struct net_member options = { .name = "a", .networks = list };
	struct net_network network = { .name = "n", .subnets = list, .ip_ranges = list };
	struct arena arena = { 0 };
	struct net_record record = { .name = "a", .hostname = "a", .lease_count = 1 };
	struct net_state state = { 0 };
	struct net_config config;
	unsigned wanted;
	char *fresh, *resolv;

	if (net_read_network(&network, &arena, &config, &wanted, NULL) == 0 &&
	    !net_subnet_is_right(&config.subnets[0]))
		__builtin_trap();
	net_read_member(&options, &arena, &record, NULL);
	fresh = net_hosts_refresh(text, &record, &state);
	resolv = net_resolv_text(&record, &options, &state, text, false);
	if (!fresh || !resolv || strncmp(resolv, "nameserver 127.", 15) == 0 ||
	    strstr(resolv, "\nnameserver 127."))
		__builtin_trap();
	free(fresh);
	free(resolv);
	arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char *text = calloc(1, size + 1);
	struct net_port port;

	memcpy(text, bytes, size);
	if (net_publish_parse(text, &port, NULL) == 0 &&
	    (port.count == 0 || port.port + port.count > 65536 ||
	     (port.host_port != 0 && port.host_port + port.count > 65536)))
		__builtin_trap();
	try_texts(text);
	free(text);
	return 0;
}
