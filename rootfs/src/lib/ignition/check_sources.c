// SPDX-License-Identifier: Apache-2.0
/* Checks of what is fetched: resources, other configs, certificates, proxies. */
#include "lib/ignition/check.h"
#include "lib/url.h"

/* http, https or another scheme; -1 if it is no URL. */
enum scheme { NO_URL = -1, HTTP, HTTPS, OTHER };

static enum scheme scheme_of(const struct ign_text *text)
{
	struct url url;

	if (url_parse(text->at ? text->at : "", text->length, &url) < 0)
		return NO_URL;
	if (strcmp(url.scheme, "http") == 0)
		return HTTP;
	return strcmp(url.scheme, "https") == 0 ? HTTPS : OTHER;
}

static const char *optional_url_problem(const struct check *check, const struct ign_text *url)
{
	return ign_empty(url) ? NULL : ign_url_problem(check->version, url);
}

static const char *required_url_problem(const struct check *check, const struct ign_text *url)
{
	return ign_empty(url) ? "source is required" : ign_url_problem(check->version, url);
}

static const char *headers_problem(const struct ign_resource *resource)
{
	if (resource->headers.count == 0)
		return NULL;
	if (ign_empty(&resource->source))
		return "unable to parse url";
	switch (scheme_of(&resource->source)) {
	case NO_URL:
		return "unable to parse url";
	case HTTP:
	case HTTPS:
		return NULL;
	case OTHER:
		break;
	}
	return "cannot use HTTP headers with this source scheme";
}

int ign_check_resource(struct check *check, const struct ign_place *place, const void *object)
{
	static const char *const compressions[] = { "", "gzip", NULL };
	const struct ign_resource *resource = object;

	if (!ign_is_one_of(&resource->compression, compressions))
		ign_error_at(check, place, "compression", "invalid compression method");
	if (resource->verification.hash.at && !resource->source.at) {
		struct ign_place verification =
			ign_place_member(check->json, place, "verification");

		ign_error_at(check, &verification, "hash",
			     "source must be specified if verification is specified");
	}
	ign_error_at(check, place, "source", optional_url_problem(check, &resource->source));
	ign_error_at(check, place, "httpHeaders", headers_problem(resource));
	return 0;
}

/* In 3.0.0 another config was not a resource like others. */
int ign_check_reference(struct check *check, const struct ign_place *place, const void *object)
{
	const struct ign_resource *resource = object;

	if (check->version >= IGN_3_1)
		return ign_check_resource(check, place, object);
	ign_error_at(check, place, "source", optional_url_problem(check, &resource->source));
	return 0;
}

int ign_check_authority(struct check *check, const struct ign_place *place, const void *object)
{
	const struct ign_resource *resource = object;

	if (check->version >= IGN_3_1)
		return ign_check_resource(check, place, object);
	ign_error_at(check, place, "source", ign_url_problem(check->version, &resource->source));
	return 0;
}

static void check_required(struct check *check, const struct ign_place *place, const char *list,
			   const ign_resources *resources)
{
	for (size_t i = 0; i < resources->count && check->version >= IGN_3_1; i++)
		ign_error_in(check, place, list, i, NULL,
			     required_url_problem(check, &resources->at[i].source));
}

int ign_check_sources(struct check *check, const struct ign_place *place, const void *object)
{
	const struct ign_sources *sources = object;

	check_required(check, place, "merge", &sources->merge);
	return 0;
}

int ign_check_tls(struct check *check, const struct ign_place *place, const void *object)
{
	const struct ign_tls *tls = object;

	check_required(check, place, "certificateAuthorities", &tls->authorities);
	return 0;
}

static const char *hash_problem(enum ign_version version, const struct ign_text *hash)
{
	const char *dash = hash->length > 0 ? memchr(hash->at, '-', hash->length) : NULL;
	struct ign_text function = { hash->at, dash ? (size_t)(dash - hash->at) : 0 };
	size_t digits = dash ? hash->length - function.length - 1 : 0;

	if (!dash)
		return "malformed hash specifier";
	if (ign_is(&function, "sha512"))
		return digits == 128 ? NULL : "incorrect size for hash sum";
	if (ign_is(&function, "sha256") && version >= IGN_3_1)
		return digits == 64 ? NULL : "incorrect size for hash sum";
	return "unrecognized hash function";
}

int ign_check_verification(struct check *check, const struct ign_place *place, const void *object)
{
	const struct ign_verification *verification = object;

	if (verification->hash.at)
		ign_error_at(check, place, "hash",
			     hash_problem(check->version, &verification->hash));
	return 0;
}

int ign_check_header(struct check *check, const struct ign_place *place, const void *object)
{
	const struct ign_header *header = object;

	if (ign_empty(&header->name))
		ign_error_at(check, place, "name", "HTTP header name can't be empty");
	if (header->value.at && ign_empty(&header->value))
		ign_error_at(check, place, "value", "unable to parse HTTP header");
	return 0;
}

static void check_proxy_url(struct check *check, const struct ign_place *place, const char *key,
			    const struct ign_text *url, bool for_https)
{
	enum scheme scheme = scheme_of(url);

	if (!url->at)
		return;
	if (scheme == NO_URL)
		ign_error_at(check, place, key, "unable to parse url");
	else if (scheme == OTHER)
		ign_error_at(check, place, key, "proxies must be http(s)");
	else if (scheme == HTTP && for_https)
		ign_warning_at(check, place, key,
			       "insecure plaintext HTTP proxy specified for HTTPS resources");
}

int ign_check_proxy(struct check *check, const struct ign_place *place, const void *object)
{
	const struct ign_proxy *proxy = object;

	check_proxy_url(check, place, "httpProxy", &proxy->http, false);
	check_proxy_url(check, place, "httpsProxy", &proxy->https, true);
	return 0;
}

/* Any JSON is one. */
static bool is_json(const struct ign_text *text)
{
	struct json_problem problem;
	struct json json;

	if (json_parse(text->at, text->length, IGN_VALUES_MAX, &json, &problem) < 0)
		return false;
	json_free(&json);
	return true;
}

int ign_check_tang(struct check *check, const struct ign_place *place, const void *object)
{
	const struct ign_tang *tang = object;
	enum scheme scheme = scheme_of(&tang->url);

	if (scheme == NO_URL)
		ign_error_at(check, place, "url", "unable to parse url");
	else if (scheme == OTHER)
		ign_error_at(check, place, "url", "invalid url scheme");
	if (ign_empty(&tang->thumbprint))
		ign_error_at(check, place, "thumbprint", "thumbprint is required");
	if (!ign_empty(&tang->advertisement) && !is_json(&tang->advertisement))
		ign_error_at(check, place, "advertisement", "advertisement is not valid JSON");
	return 0;
}
