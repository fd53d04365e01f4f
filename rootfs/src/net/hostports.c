// SPDX-License-Identifier: Apache-2.0
/* See hostports.h. */
#include "net/hostports.h"
#include "lib/net/choose.h"
#include "lib/net/conntrack.h"
#include "lib/net/options.h"
#include "lib/net/ruleset.h"
#include "os/file.h"
#include "os/netlink.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TRIES_MAX 64

/* Binds, and lets go of it. *port of 0 becomes one that was free. A socket that may share its
 * address is refused by one that listens, but not by connections that are ending. */
static int try_bind(uint8_t protocol, const struct net_ip *ip, uint16_t *port)
{
	struct sockaddr_in ipv4 = { .sin_family = AF_INET, .sin_port = htons(*port) };
	struct sockaddr_in6 ipv6 = { .sin6_family = AF_INET6, .sin6_port = htons(*port) };
	bool six = ip->family == 6;
	struct sockaddr *address = six ? (struct sockaddr *)&ipv6 : (struct sockaddr *)&ipv4;
	socklen_t size = six ? sizeof(ipv6) : sizeof(ipv4);
	int type = protocol == IPPROTO_UDP ? SOCK_DGRAM : SOCK_STREAM, on = 1;
	AUTO_CLOSE int fd = socket(address->sa_family, type | SOCK_CLOEXEC, protocol);

	memcpy(&ipv4.sin_addr, ip->bytes, sizeof(ipv4.sin_addr));
	memcpy(&ipv6.sin6_addr, ip->bytes, sizeof(ipv6.sin6_addr));
	if (fd < 0)
		return -errno;
	if (type == SOCK_STREAM)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (six)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, address, size) < 0 || getsockname(fd, address, &size) < 0)
		return -errno;
	*port = ntohs(six ? ipv6.sin6_port : ipv4.sin_port);
	return 0;
}

/* What the host lacks (IPv6, SCTP) nobody listens with. */
static bool is_unknown(int code)
{
	return code == -EAFNOSUPPORT || code == -EPROTONOSUPPORT || code == -ESOCKTNOSUPPORT;
}

static int probe(const struct net_port *port, const struct net_ip *ip, struct error *error)
{
	char text[NET_IP_TEXT];

	for (uint32_t i = 0; i < port->count; i++) {
		uint16_t number = (uint16_t)(port->host_port + i);
		int r = try_bind(port->protocol, ip, &number);

		if (r == -EADDRINUSE)
			return error_set(
				error, r, "port %u/%s is in use by a program of the host (%s)",
				number, net_protocol_name(port->protocol), net_ip_text(ip, text));
		if (r < 0 && !is_unknown(r))
			return error_set(error, r, "port %u/%s on %s: %s", number,
					 net_protocol_name(port->protocol), net_ip_text(ip, text),
					 strerror(-r));
	}
	return 0;
}

/* On each address that it is published on. */
static int probe_all(const struct session *session, const struct net_record *member,
		     const struct net_port *port, struct error *error)
{
	int r = 0;

	if (port->host.family != 0)
		return probe(port, &port->host, error);
	for (uint8_t family = 4; r == 0 && family <= 6; family = (uint8_t)(family + 2))
		if (net_port_target(member, &session->state, family))
			r = probe(port, &(struct net_ip){ .family = family }, error);
	return r;
}

static bool has_other(const struct net_record *member, const struct net_port *port)
{
	for (size_t i = 0; i < member->port_count; i++)
		if (&member->ports[i] != port && member->ports[i].host_port != 0 &&
		    net_ports_clash(&member->ports[i], port))
			return true;
	return false;
}

/* Any ports, as many in a row as the range has. */
static int choose(const struct session *session, struct net_record *member, struct net_port *port,
		  struct error *error)
{
	const struct net_ip any = { .family = port->host.family == 6 ? 6 : 4 };
	struct net_record one = *member;

	one.ports = port;
	one.port_count = 1;
	for (int tries = 0; tries < TRIES_MAX; tries++) {
		port->host_port = 0;
		if (try_bind(port->protocol, &any, &port->host_port) < 0)
			break;
		if (port->host_port + port->count <= 65536 && !has_other(member, port) &&
		    net_check_ports(&one, &session->state, error) == 0 &&
		    probe_all(session, member, port, error) == 0)
			return 0;
	}
	return error_set(error, -EADDRINUSE, "no port of the host is free for port %u", port->port);
}

int hostports_take(const struct session *session, struct net_record *member, struct error *error)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < member->port_count; i++)
		if (member->ports[i].host_port == 0)
			r = choose(session, member, &member->ports[i], error);
	if (r == 0)
		r = net_check_ports(member, &session->state, error);
	for (size_t i = 0; r == 0 && i < member->port_count; i++)
		r = probe_all(session, member, &member->ports[i], error);
	return r;
}

struct forgetting {
	const struct net_record *member;
	struct nl_batch batch;
};

static bool is_published(const struct net_record *member, const struct conntrack_flow *flow)
{
	for (size_t i = 0; i < member->port_count; i++) {
		const struct net_port *port = &member->ports[i];
		uint32_t number = flow->port;

		if (port->protocol == flow->protocol && number >= port->host_port &&
		    number < (uint32_t)port->host_port + port->count &&
		    (net_ip_is_any(&port->host) ||
		     net_ip_compare(&port->host, &flow->destination) == 0))
			return true;
	}
	return false;
}

/* A flow that was not redirected is looked at only if it is for an address of ours. */
static void take_flow(const struct nl_answer *answer, void *context)
{
	struct forgetting *forgetting = context;
	struct conntrack_flow flow;
	uint16_t any = 0;

	if (conntrack_read(answer, &flow) && flow.protocol == IPPROTO_UDP &&
	    is_published(forgetting->member, &flow) &&
	    (flow.redirected || try_bind(IPPROTO_UDP, &flow.destination, &any) == 0))
		conntrack_put_forget(&forgetting->batch, &flow);
}

void hostports_forget(const struct net_record *member)
{
	struct forgetting forgetting = { .member = member };
	struct nl_batch list = { 0 };
	struct error ignored;
	bool wanted = false;
	int fd = -1;

	for (size_t i = 0; i < member->port_count; i++)
		wanted |= member->ports[i].protocol == IPPROTO_UDP;
	if (!wanted || netlink_open(NETLINK_NETFILTER, &fd, &ignored) < 0)
		return;
	conntrack_put_list(&list);
	if (netlink_ask(fd, &list, take_flow, &forgetting, &ignored) == 0 &&
	    forgetting.batch.number > 0)
		netlink_ask(fd, &forgetting.batch, NULL, NULL, &ignored);
	free(list.bytes);
	free(forgetting.batch.bytes);
	close_fd(&fd);
}
