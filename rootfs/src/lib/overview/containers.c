// SPDX-License-Identifier: Apache-2.0
/* See containers.h. */
#include "lib/overview/containers.h"
#include "lib/overview/table.h"
#include "lib/run/document.h"
#include <inttypes.h>
#include <string.h>

static void put_text(struct json_writer *writer, const char *name, const char *value)
{
	if (value)
		document_text(writer, name, value);
}

static void put_amount(struct json_writer *writer, const char *name, uint64_t value)
{
	if (value != OVERVIEW_UNKNOWN)
		document_number(writer, name, value);
}

static void put_container(struct json_writer *writer, const struct overview_container *row)
{
	document_open(writer, NULL, '{');
	put_text(writer, "name", row->name);
	put_text(writer, "image", row->image);
	put_text(writer, "pod", row->pod);
	put_text(writer, "status", row->status);
	put_text(writer, "health", row->health);
	if (row->pid > 0)
		document_number(writer, "pid", row->pid);
	if (row->started_s > 0)
		document_signed(writer, "started", row->started_s);
	put_text(writer, "unit", row->unit);
	put_text(writer, "active", row->active);
	put_text(writer, "sub", row->sub);
	put_amount(writer, "memory_bytes", row->memory_bytes);
	put_amount(writer, "cpu_ms", row->cpu_ms);
	document_texts(writer, "addresses", &row->addresses);
	document_texts(writer, "ports", &row->ports);
	document_close(writer, '}');
}

void overview_put_containers(struct json_writer *writer, const struct overview_container *rows,
			     size_t count)
{
	document_open(writer, NULL, '[');
	for (size_t i = 0; i < count; i++)
		put_container(writer, &rows[i]);
	document_close(writer, ']');
}

const char *overview_ago(int64_t seconds, struct arena *arena)
{
	static const struct {
		int64_t seconds;
		char letter;
	} units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' } };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (seconds >= 2 * units[i].seconds)
			return arena_format(arena, "%" PRId64 "%c", seconds / units[i].seconds,
					    units[i].letter);
	return arena_format(arena, "%" PRId64 "s", seconds > 0 ? seconds : 0);
}

const char *overview_size(uint64_t bytes, struct arena *arena)
{
	static const char letters[] = "KMGTPE";
	size_t step = 0;
	uint64_t tenths;

	if (bytes < 1024)
		return arena_format(arena, "%" PRIu64, bytes);
	while (bytes >= UINT64_C(1024) * 1024 && step + 2 < sizeof(letters)) {
		bytes /= 1024;
		step++;
	}
	tenths = bytes * 10 / 1024;
	return arena_format(arena, "%" PRIu64 ".%" PRIu64 "%c", tenths / 10, tenths % 10,
			    letters[step]);
}

static const char *amount(uint64_t value, struct arena *arena)
{
	return value == OVERVIEW_UNKNOWN ? "-" : overview_size(value, arena);
}

static const char *cpu(uint64_t ms, struct arena *arena)
{
	return ms == OVERVIEW_UNKNOWN
		       ? "-"
		       : arena_format(arena, "%" PRIu64 ".%" PRIu64 "s", ms / 1000, ms / 100 % 10);
}

/* The unit's state, with its finer one where that says more than "running". */
static const char *unit_state(const struct overview_container *row, struct arena *arena)
{
	if (!row->active)
		return "?";
	return row->sub && strcmp(row->sub, "running") != 0
		       ? arena_format(arena, "%s(%s)", row->active, row->sub)
		       : row->active;
}

void overview_print_containers(struct json_writer *out, const struct overview_container *rows,
			       size_t count, int64_t now_s, struct arena *arena)
{
	static const char *const titles[] = { "CONTAINER", "STATUS", "HEALTH",    "SINCE",
					      "UNIT",      "STATE",  "MEMORY",    "CPU",
					      "IMAGE",     "PORTS",  "ADDRESSES", NULL };
	struct table table;

	table_start(&table, titles, arena);
	for (size_t i = 0; i < count; i++) {
		const struct overview_container *row = &rows[i];

		table_add(&table, row->name);
		table_add(&table, row->status);
		table_add(&table, row->health);
		table_add(&table,
			  row->started_s > 0 ? overview_ago(now_s - row->started_s, arena) : NULL);
		table_add(&table, row->unit);
		table_add(&table, unit_state(row, arena));
		table_add(&table, amount(row->memory_bytes, arena));
		table_add(&table, cpu(row->cpu_ms, arena));
		table_add(&table, row->image);
		table_add(&table, words_join(&row->ports, ",", arena));
		table_add(&table, words_join(&row->addresses, ",", arena));
	}
	table_print(&table, out);
}

static const char *range(uint16_t first, uint16_t count, struct arena *arena)
{
	return count > 1 ? arena_format(arena, "%u-%u", first, first + count - 1u)
			 : arena_format(arena, "%u", first);
}

static const char *port_text(const struct net_port *port, struct arena *arena)
{
	char text[NET_IP_TEXT] = "";
	bool six = port->host.family == 6;

	if (port->host.family)
		net_ip_text(&port->host, text);
	return arena_format(arena, "%s%s%s%s%s->%s/%s", six ? "[" : "", text, six ? "]" : "",
			    text[0] ? ":" : "", range(port->host_port, port->count, arena),
			    range(port->port, port->count, arena),
			    net_protocol_name(port->protocol));
}

void overview_take_network(const struct net_record *record, struct arena *arena,
			   struct overview_container *ret)
{
	for (size_t i = 0; i < record->lease_count; i++) {
		const struct net_ip *ips[] = { &record->leases[i].ip, &record->leases[i].ip6 };
		char text[NET_IP_TEXT];

		for (size_t k = 0; k < 2; k++)
			if (ips[k]->family)
				words_add(&ret->addresses, arena,
					  arena_format(arena, "%s", net_ip_text(ips[k], text)));
	}
	for (size_t i = 0; i < record->port_count; i++)
		words_add(&ret->ports, arena, port_text(&record->ports[i], arena));
}
