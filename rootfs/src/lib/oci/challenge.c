// SPDX-License-Identifier: Apache-2.0
/* See challenge.h. Must never put a secret into a message. */
#include "lib/oci/challenge.h"
#include "lib/base64.h"
#include "lib/oci/fields.h"
#include "lib/text.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool is_token(char c)
{
	return c > ' ' && c < 0x7f && !strchr("()<>@,;:\\\"/[]?={}", c);
}

static size_t token_length(const char *at)
{
	size_t length = 0;

	while (is_token(at[length]))
		length++;
	return length;
}

/* A value, quoted or not; what does not fit makes it empty. Returns the byte behind it, NULL when
 * the quotes do not end. */
static const char *take_value(const char *at, char *out, size_t room)
{
	size_t used = 0;
	bool quoted = *at == '"';

	for (at += quoted; quoted ? *at != '"' : is_token(*at) || *at == '/' || *at == ':'; at++) {
		at += quoted && *at == '\\';
		if (*at == '\0')
			return NULL;
		if (used < room)
			out[used] = *at;
		used++;
	}
	out[used < room ? used : 0] = '\0';
	return at + quoted;
}

static const char *take_parameter(const char *at, size_t name, struct oci_challenge *out)
{
	char unknown[1024];
	const char *value = at + name;

	value += strspn(value, " \t");
	value += strspn(value + 1, " \t") + 1;
	if (out && name == 5 && strncasecmp(at, "realm", 5) == 0)
		return take_value(value, out->realm, sizeof(out->realm));
	if (out && name == 7 && strncasecmp(at, "service", 7) == 0)
		return take_value(value, out->service, sizeof(out->service));
	if (out && name == 5 && strncasecmp(at, "scope", 5) == 0)
		return take_value(value, out->scope, sizeof(out->scope));
	return take_value(value, unknown, sizeof(unknown));
}

int oci_challenge_parse(const char *text, struct oci_challenge *ret)
{
	struct oci_challenge out = { 0 };
	bool within_bearer = false;

	for (const char *at = text; *(at += strspn(at, " \t,")) != '\0';) {
		size_t length = token_length(at);
		const char *behind = at + length;

		if (length == 0) {
			at++; /* of a scheme that is not known */
			continue;
		}
		behind += strspn(behind, " \t");
		if (*behind == '=') {
			at = take_parameter(at, length, within_bearer ? &out : NULL);
			if (!at)
				return -EBADMSG;
			continue;
		}
		within_bearer = length == 6 && strncasecmp(at, "bearer", 6) == 0;
		out.bearer = out.bearer || within_bearer;
		out.basic = out.basic || (length == 5 && strncasecmp(at, "basic", 5) == 0);
		at = behind;
	}
	*ret = out;
	return 0;
}

/* Appends with everything but letters, digits and "-._~/:" percent-encoded (RFC 3986). */
static int append_encoded(char *out, size_t room, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "-._~/:";
	size_t used = strlen(out);

	for (; *text != '\0'; text++) {
		if (used + 4 > room)
			return -ENAMETOOLONG;
		if (strchr(plain, *text))
			snprintf(out + used, room - used, "%c", *text);
		else
			snprintf(out + used, room - used, "%%%02X", (unsigned char)*text);
		used += strlen(out + used);
	}
	return 0;
}

int oci_challenge_url(const struct oci_challenge *challenge, const char *scope, char *out,
		      size_t room)
{
	const char *mark = strchr(challenge->realm, '?') ? "&" : "?";
	size_t used;

	if (snprintf(out, room, "%s%sservice=", challenge->realm, mark) >= (int)room ||
	    append_encoded(out, room, challenge->service) < 0)
		return -ENAMETOOLONG;
	used = strlen(out);
	if (snprintf(out + used, room - used, "&scope=") >= (int)(room - used))
		return -ENAMETOOLONG;
	return append_encoded(out, room, scope);
}

int oci_token_parse(const char *text, size_t size, char ret[OCI_TOKEN_BYTES], struct error *error)
{
	char token[OCI_TOKEN_BYTES];
	struct json json;
	int r = oci_parse_object(text, size, &json, error);

	if (r < 0)
		return error_wrap(error, "token");
	r = oci_member_text(&json, 0, "token", token, sizeof(token));
	if (r == -ENOENT || token[0] == '\0')
		r = oci_member_text(&json, 0, "access_token", token, sizeof(token));
	json_free(&json);
	if (r < 0 || token[0] == '\0')
		return error_set(error, -EBADMSG, "token: the answer has none");
	strcpy(ret, token);
	return 0;
}

/* The member with that name, or the one that is this name's URL, as docker login has written. */
static uint32_t find_entry(const struct json *json, uint32_t auths, const char *name)
{
	static const char *const forms[] = { "%s", "https://%s", "https://%s/v1/",
					     "https://%s/v2/" };
	char key[768];

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		uint32_t found;

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wformat-nonliteral"
		snprintf(key, sizeof(key), forms[i], name);
#pragma clang diagnostic pop
		found = json_member(json, auths, key);
		if (found)
			return found;
	}
	return 0;
}

static uint32_t find(const struct json *json, uint32_t auths, const struct oci_reference *reference)
{
	char name[OCI_PLACE_BYTES];
	uint32_t found = 0;

	oci_reference_place(reference, name);
	while (!(found = find_entry(json, auths, name)) && strchr(name, '/'))
		*strrchr(name, '/') = '\0';
	if (!found && strcmp(reference->registry, "docker.io") == 0)
		found = find_entry(json, auths, "index.docker.io");
	return found;
}

static int check_secret(const char *secret)
{
	char plain[BASE64_ROOM(OCI_SECRET_BYTES)];
	size_t size = 0;

	if (strpbrk(secret, " \t") || base64_decode(secret, strlen(secret), plain, &size) < 0)
		return -EBADMSG;
	return memchr(plain, ':', size) ? 0 : -EBADMSG;
}

int oci_auth_find(const char *text, size_t size, const struct oci_reference *reference,
		  char ret[OCI_SECRET_BYTES], struct error *error)
{
	struct json json;
	uint32_t auths, entry = 0;
	char secret[OCI_SECRET_BYTES];
	int r = oci_parse_object(text, size, &json, error);

	if (r < 0)
		return r;
	auths = json_member(&json, 0, "auths");
	if (auths)
		entry = find(&json, auths, reference);
	r = entry ? oci_member_text(&json, entry, "auth", secret, sizeof(secret)) : -ENOENT;
	json_free(&json);
	if (!entry)
		return error_set(error, -ENOENT, "no entry for %s", reference->registry);
	if (r < 0 || check_secret(secret) < 0)
		return error_set(error, -EBADMSG,
				 "the entry for %s has no \"auth\" that is a user and a password",
				 reference->registry);
	strcpy(ret, secret);
	return 0;
}
