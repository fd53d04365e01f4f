// SPDX-License-Identifier: Apache-2.0
/* See route_curl.h. */
#include "fetch/route_curl.h"
#include "fetch/network.h"
#include "lib/noproxy.h"
#include "lib/text.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define AGENT "User-Agent: Keelson/" KEELSON_VERSION
#define ACCEPT "Accept: application/vnd.coreos.ignition+json;version=3.6.0, */*;q=0.1"

static bool append(struct curl_slist **list, const char *line)
{
	struct curl_slist *longer = line ? curl_slist_append(*list, line) : NULL;

	if (longer)
		*list = longer;
	return longer;
}

static bool overridden(const struct exchange *exchange, const char *line)
{
	size_t length = strcspn(line, ":");

	for (size_t i = 0; i < exchange->headers_count; i++)
		if (exchange->headers[i].name.length == length &&
		    strncasecmp(exchange->headers[i].name.at, line, length) == 0)
			return true;
	return false;
}

static bool append_header(struct curl_slist **list, const struct ign_header *header)
{
	char *line = NULL;
	bool ok = asprintf(&line, "%.*s: %.*s", (int)header->name.length, header->name.at,
			   (int)header->value.length, header->value.at) >= 0 &&
		  append(list, line);

	free(line);
	return ok;
}

bool route_headers(const struct exchange *exchange, struct curl_slist **ret)
{
	static const char *const own[] = { AGENT, ACCEPT, "Accept-Encoding: identity" };
	bool ok = true;

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]) && ok; i++)
		ok = overridden(exchange, own[i]) || append(ret, own[i]);
	for (size_t i = 0; i < exchange->headers_count && ok; i++)
		ok = append_header(ret, &exchange->headers[i]);
	return ok;
}

int route_part(CURLU *url, CURLUPart part, char *out, size_t room)
{
	size_t length, skip;
	char *text = NULL;
	int r;

	if (curl_url_get(url, part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK)
		return -EINVAL;
	length = strlen(text);
	skip = text[0] == '[' && text[length - 1] == ']';
	r = text_copy(out, room, text + skip, length - 2 * skip);
	curl_free(text);
	return r;
}

const char *route_proxy(const struct exchange *exchange, CURLU *url, const char *host)
{
	const struct transport_settings *settings = exchange->settings;
	char scheme[16], port[8];
	const char *proxy;
	uint64_t number;

	if (exchange->tftp || route_part(url, CURLUPART_SCHEME, scheme, sizeof(scheme)) < 0 ||
	    route_part(url, CURLUPART_PORT, port, sizeof(port)) < 0 ||
	    text_to_number(port, 65535, &number) < 0)
		return NULL;
	proxy = strcmp(scheme, "https") == 0 ? settings->https_proxy : settings->http_proxy;
	return proxy && !proxy_bypassed(host, (unsigned)number, settings->no_proxy) ? proxy : NULL;
}

int route_network(const char *host, const char *proxy, struct error *error)
{
	char proxy_host[256] = "";
	CURLU *url;

	if (proxy) {
		url = curl_url();
		if (url && curl_url_set(url, CURLUPART_URL, proxy, 0) == CURLUE_OK)
			route_part(url, CURLUPART_HOST, proxy_host, sizeof(proxy_host));
		curl_url_cleanup(url);
		host = proxy_host;
	}
	return host_is_loopback(host) ? 0 : network_up(error);
}
