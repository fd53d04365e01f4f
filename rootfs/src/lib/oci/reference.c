// SPDX-License-Identifier: Apache-2.0
/* See reference.h. Must never let a character through that means something in a URL or a path. */
#include "lib/oci/reference.h"
#include "lib/text.h"
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static bool port_valid(const char *port)
{
	uint64_t number;

	return text_to_number(port, 65535, &number) == 0 && number > 0;
}

/* Labels of letters, digits and hyphens, which do not stand at an end; or an address of IPv6. */
static bool registry_valid(const char *registry)
{
	static const char label[] = LOWER UPPER DIGITS "-";
	const char *at = registry;

	if (*at == '[') {
		size_t length = strspn(at + 1, "abcdefABCDEF" DIGITS ":");

		at += length + 1;
		if (length < 2 || *at++ != ']')
			return false;
		return *at == '\0' || (*at == ':' && port_valid(at + 1));
	}
	for (;; at++) {
		size_t length = strspn(at, label);

		if (length == 0 || at[0] == '-' || at[length - 1] == '-')
			return false;
		at += length;
		if (*at != '.')
			break;
	}
	return *at == '\0' || (*at == ':' && port_valid(at + 1));
}

/* Between letters and digits: a dot, one or two underscores, hyphens. */
static bool component_valid(const char *at, size_t size)
{
	const char *end = at + size;

	for (;;) {
		size_t word = strspn(at, LOWER DIGITS), between;

		at += word;
		if (word == 0 || at > end)
			return false;
		if (at == end)
			return true;
		between = *at == '-' ? strspn(at, "-") : *at == '_' ? strspn(at, "_") : *at == '.';
		if (between == 0 || (*at == '_' && between > 2))
			return false;
		at += between;
	}
}

static bool repository_valid(const char *repository)
{
	for (;;) {
		size_t length = strcspn(repository, "/");

		if (!component_valid(repository, length))
			return false;
		repository += length;
		if (*repository++ == '\0')
			return true;
	}
}

bool oci_tag_valid(const char *tag)
{
	return tag[0] != '.' && tag[0] != '-' && tag[0] != '\0' &&
	       tag[strspn(tag, LOWER UPPER DIGITS "_.-")] == '\0';
}

/* Is the first component a host? By the rule of docker's: a dot, a colon, or localhost. */
static bool is_registry(const char *text, size_t length)
{
	return memchr(text, '.', length) || memchr(text, ':', length) || text[0] == '[' ||
	       (length == 9 && memcmp(text, "localhost", 9) == 0);
}

static int split(const char *text, struct oci_reference *out, const char **ret_why)
{
	size_t length = strcspn(text, "/"), name;
	const char *at = text + length;
	const char *pin = strchr(text, '@');

	*ret_why = "too long";
	if (*at == '\0' || !is_registry(text, length)) {
		*ret_why = "names no registry, as docker.io/library/NAME does";
		return -EINVAL;
	}
	if (text_copy(out->registry, sizeof(out->registry), text, length) < 0)
		return -EINVAL;
	at++;
	if (pin && text_copy(out->digest, sizeof(out->digest), pin + 1, strlen(pin + 1)) < 0) {
		*ret_why = "the digest is not sha256: and 64 lower-case hex digits";
		return -EINVAL;
	}
	name = strcspn(at, ":@");
	if (text_copy(out->repository, sizeof(out->repository), at, name) < 0)
		return -EINVAL;
	at += name;
	if (*at == ':' && (at[1] == '\0' || at[1] == '@'))
		out->tag[0] = '-'; /* refused below */
	else if (*at == ':' &&
		 text_copy(out->tag, sizeof(out->tag), at + 1, strcspn(at + 1, "@")) < 0)
		return -EINVAL;
	return 0;
}

static int normalise(struct oci_reference *out)
{
	char longer[sizeof(out->repository) + 16];

	if (strcmp(out->registry, "index.docker.io") == 0)
		strcpy(out->registry, "docker.io");
	if (strcmp(out->registry, "docker.io") == 0 && !strchr(out->repository, '/')) {
		int length = snprintf(longer, sizeof(longer), "library/%s", out->repository);

		if (text_copy(out->repository, sizeof(out->repository), longer, (size_t)length) < 0)
			return -EINVAL;
	}
	if (out->tag[0] == '\0' && out->digest[0] == '\0')
		strcpy(out->tag, "latest");
	return 0;
}

int oci_reference_parse(const char *text, struct oci_reference *ret, struct error *error)
{
	struct oci_reference out = { 0 };
	const char *why = "";
	int r = split(text, &out, &why);

	if (r == 0 && !registry_valid(out.registry))
		r = -EINVAL, why = "the registry is no host";
	if (r == 0 && !repository_valid(out.repository))
		r = -EINVAL, why = "the repository is not of lower-case words";
	if (r == 0 && out.tag[0] != '\0' && !oci_tag_valid(out.tag))
		r = -EINVAL, why = "the tag has characters that none may have";
	if (r == 0 && strchr(text, '@') && !oci_digest_valid(out.digest))
		r = -EINVAL, why = "the digest is not sha256: and 64 lower-case hex digits";
	if (r == 0 && normalise(&out) < 0)
		r = -EINVAL, why = "too long";
	if (r < 0)
		return error_set(error, r, "image name %.200s: %s", text, why);
	*ret = out;
	return 0;
}

void oci_reference_format(const struct oci_reference *reference, char ret[OCI_REFERENCE_BYTES])
{
	const char *tag = reference->tag, *digest = reference->digest;

	snprintf(ret, OCI_REFERENCE_BYTES, "%s/%s%s%s%s%s", reference->registry,
		 reference->repository, *tag ? ":" : "", tag, *digest ? "@" : "", digest);
}

const char *oci_reference_host(const struct oci_reference *reference)
{
	if (strcmp(reference->registry, "docker.io") == 0)
		return "registry-1.docker.io";
	return reference->registry;
}

void oci_reference_place(const struct oci_reference *reference, char ret[OCI_PLACE_BYTES])
{
	snprintf(ret, OCI_PLACE_BYTES, "%s/%s", reference->registry, reference->repository);
}

size_t oci_prefix_fits(const char *prefix, const char *name)
{
	size_t length = strlen(prefix), host = strcspn(name, "/");

	if (text_starts(prefix, "*."))
		return host > length - 1 && memcmp(name + host - (length - 1), prefix + 1,
						   length - 1) == 0
			       ? host
			       : 0;
	return strncmp(name, prefix, length) == 0 && (name[length] == '\0' || name[length] == '/')
		       ? length
		       : 0;
}
