// SPDX-License-Identifier: Apache-2.0
#include "check.h"
#include "lib/jsonwriter.h"
#include "lib/oci/challenge.h"
#include "lib/oci/entry.h"
#include "lib/oci/manifest.h"
#include "lib/oci/reference.h"
#include "lib/oci/saved.h"
#include "lib/oci/tags.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DIGEST "sha256:" HEX
#define LONG_60 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

#define LONG_510                                                        \
	LONG_60 LONG_60 LONG_60 LONG_60 LONG_60 LONG_60 LONG_60 LONG_60 \
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* want: NULL for what is refused. */
static const struct {
	const char *text, *want;
} references[] = {
	{ "docker.io/library/x", "docker.io/library/x:latest" },
	{ "docker.io/x:1", "docker.io/library/x:1" },
	{ "index.docker.io/x/y", "docker.io/x/y:latest" },
	{ "quay.io/a/b/c:v1.2_3-x", "quay.io/a/b/c:v1.2_3-x" },
	{ "quay.io/a@" DIGEST, "quay.io/a@" DIGEST },
	{ "quay.io/a:t@" DIGEST, "quay.io/a:t@" DIGEST },
	{ "localhost/a", "localhost/a:latest" },
	{ "localhost:5000/a:T", "localhost:5000/a:T" },
	{ "127.0.0.1:5000/a__b/c--d/e.f", "127.0.0.1:5000/a__b/c--d/e.f:latest" },
	{ "[::1]:5000/a", "[::1]:5000/a:latest" },
	{ "HOST.example/a", "HOST.example/a:latest" },
	{ "", NULL },
	{ "busybox", NULL },
	{ "library/busybox", NULL },
	{ "busybox:1", NULL },
	{ "quay.io", NULL },
	{ "quay.io/", NULL },
	{ "quay.io/a:", NULL },
	{ "quay.io/a:@" DIGEST, NULL },
	{ "quay.io/a:-x", NULL },
	{ "quay.io/a:x y", NULL },
	{ "quay.io/a@", NULL },
	{ "quay.io/a@" HEX, NULL },
	{ "quay.io/a@sha256:0", NULL },
	{ "quay.io/a@" DIGEST "0", NULL },
	{ "quay.io/a@sha512:" HEX HEX, NULL },
	{ "quay.io/a@sha256:0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
	  NULL },
	{ "quay.io/A", NULL },
	{ "quay.io/a//b", NULL },
	{ "quay.io/../b", NULL },
	{ "quay.io/a/..", NULL },
	{ "quay.io/a___b", NULL },
	{ "quay.io/a..b", NULL },
	{ "quay.io/a-", NULL },
	{ "quay.io/a?b", NULL },
	{ "quay.io:0/a", NULL },
	{ "quay.io:65536/a", NULL },
	{ "quay.io:/a", NULL },
	{ "-quay.io/a", NULL },
	{ "quay..io/a", NULL },
	{ "user@quay.io/a", NULL },
	{ "[::1/a", NULL },
	{ "[]:1/a", NULL },
	{ "quay.io/" LONG_60 LONG_60 LONG_60 LONG_60 LONG_60, NULL },
};

static void check_references(void)
{
	for (size_t i = 0; i < ROWS(references); i++) {
		struct oci_reference reference;
		char got[OCI_REFERENCE_BYTES] = "refused";
		int r = oci_reference_parse(references[i].text, &reference, NULL);

		if (r == 0)
			oci_reference_format(&reference, got);
		CHECK_TEXT(references[i].text, got,
			   references[i].want ? references[i].want : "refused");
	}
}

static const struct {
	const char *image, *machine;
	bool runs;
} platforms[] = {
	{ "linux/amd64", "linux/x86_64", true },      { "linux/amd64/v2", "linux/amd64", false },
	{ "linux/amd64/v2", "linux/amd64/v3", true }, { "linux/arm64", "linux/aarch64", true },
	{ "linux/arm64/v8", "linux/arm64", true },    { "linux/arm/v6", "linux/arm/v7", true },
	{ "linux/arm/v7", "linux/arm/v6", false },    { "linux/arm64", "linux/amd64", false },
	{ "windows/amd64", "linux/amd64", false },    { "linux/riscv64", "linux/riscv64", true },
};

static void check_platforms(void)
{
	struct oci_platform image, machine;

	for (size_t i = 0; i < ROWS(platforms); i++) {
		CHECK(platforms[i].image,
		      oci_platform_parse(platforms[i].image, &image, NULL) == 0);
		CHECK(platforms[i].machine,
		      oci_platform_parse(platforms[i].machine, &machine, NULL) == 0);
		CHECK_NUMBER(platforms[i].image, oci_platform_match(&image, &machine) > 0,
			     platforms[i].runs);
	}
	CHECK("no os", oci_platform_parse("amd64", &image, NULL) == -EINVAL);
	CHECK("too much", oci_platform_parse("linux/arm/v7/x", &image, NULL) == -EINVAL);
}

#define OCI "application/vnd.oci.image."
#define CONFIG \
	"\"config\":{\"mediaType\":\"" OCI "config.v1+json\",\"digest\":\"" DIGEST "\",\"size\":2}"
#define LAYER(type) "{\"mediaType\":\"" type "\",\"digest\":\"" DIGEST "\",\"size\":3}"
#define MANIFEST(rest) "{\"schemaVersion\":2," CONFIG "," rest "}"
#define GZIP OCI "layer.v1.tar+gzip"
#define DOCKER "application/vnd.docker."
#define ENTRY(platform)                                                                   \
	"{\"mediaType\":\"" OCI "manifest.v1+json\",\"digest\":\"" DIGEST "\",\"size\":1" \
	",\"platform\":" platform "}"

/* want: layers or manifests, -1 for what is refused. */
static const struct {
	const char *name, *text;
	int want;
	bool index;
} documents[] = {
	{ "no layers", MANIFEST("\"layers\":[]"), 0, false },
	{ "oci", MANIFEST("\"layers\":[" LAYER(GZIP) "," LAYER(OCI "layer.v1.tar+zstd") "]"), 2,
	  false },
	{ "docker",
	  MANIFEST("\"mediaType\":\"" DOCKER "distribution.manifest.v2+json\",\"layers\":[" LAYER(
		  DOCKER "image.rootfs.diff.tar.gzip") "]"),
	  1, false },
	{ "index", "{\"schemaVersion\":2,\"manifests\":[" ENTRY("{\"os\":\"linux\"}") "]}", 1,
	  true },
	{ "both", MANIFEST("\"layers\":[],\"manifests\":[]"), -1, false },
	{ "says index", MANIFEST("\"mediaType\":\"" OCI "index.v1+json\",\"layers\":[]"), -1,
	  false },
	{ "foreign layer", MANIFEST("\"layers\":[" LAYER("text/plain") "]"), -1, false },
	{ "layers no list", MANIFEST("\"layers\":{}"), -1, false },
	{ "layer no object", MANIFEST("\"layers\":[1]"), -1, false },
	{ "no config", "{\"schemaVersion\":2,\"layers\":[]}", -1, false },
	{ "schema 1", "{\"schemaVersion\":1," CONFIG ",\"layers\":[]}", -1, false },
	{ "no schema", "{" CONFIG ",\"layers\":[]}", -1, false },
	{ "no size",
	  MANIFEST("\"layers\":[{\"mediaType\":\"" GZIP "\",\"digest\":\"" DIGEST "\"}]"), -1,
	  false },
	{ "negative size",
	  MANIFEST("\"layers\":[{\"mediaType\":\"" GZIP "\",\"digest\":\"" DIGEST
		   "\",\"size\":-1}]"),
	  -1, false },
	{ "digest is a path",
	  MANIFEST("\"layers\":[{\"mediaType\":\"" GZIP
		   "\",\"digest\":\"sha256:../../x\",\"size\":1}]"),
	  -1, false },
	{ "sha512",
	  MANIFEST("\"layers\":[{\"mediaType\":\"" GZIP "\",\"digest\":\"sha512:" HEX HEX
		   "\",\"size\":1}]"),
	  -1, false },
	{ "a list", "[]", -1, false },
	{ "nothing", "", -1, false },
};

static void check_documents(void)
{
	for (size_t i = 0; i < ROWS(documents); i++) {
		struct arena arena = { 0 };
		struct oci_document document = { 0 };
		struct error error = { 0 };
		int r = oci_document_parse(documents[i].text, strlen(documents[i].text), &arena,
					   &document, &error);

		CHECK_NUMBER(documents[i].name, r < 0 ? -1 : (int)document.count,
			     documents[i].want);
		CHECK_NUMBER(documents[i].name, document.index, documents[i].index);
		CHECK(documents[i].name, r == 0 || error.text[0] != '\0');
		arena_free(&arena);
	}
}

static void check_choice(void)
{
	static const char text[] =
		"{\"schemaVersion\":2,\"manifests\":[" ENTRY("{\"os\":\"unknown\",\"architecture\":\"unknown\"}") "," ENTRY("{\"os\":\"linux\",\"architecture\":\"arm\",\"variant\":\"v6\"}") "," ENTRY(
			"{\"os\":\"linux\",\"architecture\":\"arm\",\"variant\":\"v7\"}") "," ENTRY("{\"os\":\"linux\",\"architecture\":\"arm64\",\"variant\":\"v8\"}") "]}";
	static const struct {
		const char *machine;
		int want;
	} rows[] = { { "linux/arm/v7", 2 },  { "linux/arm/v6", 1 },  { "linux/arm/v8", 2 },
		     { "linux/aarch64", 3 }, { "linux/arm/v5", -1 }, { "linux/amd64", -1 } };
	struct arena arena = { 0 };
	struct oci_document index;

	if (!CHECK("index", oci_document_parse(text, strlen(text), &arena, &index, NULL) == 0))
		return;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct oci_descriptor *got = NULL;
		struct oci_platform machine;

		oci_platform_parse(rows[i].machine, &machine, NULL);
		oci_index_choose(&index, &machine, &got, NULL);
		CHECK_NUMBER(rows[i].machine, got ? got - index.parts : -1, rows[i].want);
	}
	arena_free(&arena);
}

static void check_configs(void)
{
	static const struct {
		const char *text;
		int want;
	} rows[] = {
		{ "{\"os\":\"linux\",\"architecture\":\"amd64\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}",
		  0 },
		{ "{\"rootfs\":{\"diff_ids\":[\"" DIGEST "\",\"" DIGEST "\"]}}", 2 },
		{ "{\"rootfs\":{\"diff_ids\":[\"sha256:x\"]}}", -1 },
		{ "{\"rootfs\":{\"diff_ids\":[7]}}", -1 },
		{ "{\"rootfs\":{\"diff_ids\":7}}", -1 },
		{ "{\"rootfs\":7}", -1 },
		{ "{\"os\":7,\"rootfs\":{\"diff_ids\":[]}}", -1 },
		{ "{}", -1 },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena arena = { 0 };
		struct oci_config config = { 0 };
		int r = oci_config_parse(rows[i].text, strlen(rows[i].text), &arena, &config, NULL);

		CHECK_NUMBER(rows[i].text, r < 0 ? -1 : (int)config.count, rows[i].want);
		arena_free(&arena);
	}
}

static const struct {
	const char *text;
	int r;
	bool bearer, basic;
	const char *realm, *service;
} challenges[] = {
	{ "Bearer realm=\"https://a/t\",service=\"s\",scope=\"repository:x:pull\"", 0, true, false,
	  "https://a/t", "s" },
	{ "bearer service=s , REALM = \"https://a/t\"", 0, true, false, "https://a/t", "s" },
	{ "Basic realm=\"x\"", 0, false, true, "", "" },
	{ "Basic realm=\"x\", Bearer realm=\"y\"", 0, true, true, "y", "" },
	{ "Bearer realm=\"a\\\"b\"", 0, true, false, "a\"b", "" },
	{ "Negotiate YWJj==, Basic realm=\"x\"", 0, false, true, "", "" },
	{ "Digest realm=\"x\"", 0, false, false, "", "" },
	{ "Bearer", 0, true, false, "", "" },
	{ "Bearer realm=\"x", -EBADMSG, false, false, "", "" },
	{ "Bearer realm=\"x\\", -EBADMSG, false, false, "", "" },
	{ "Bearer realm=", 0, true, false, "", "" },
	{ "", 0, false, false, "", "" },
};

static void check_challenges(void)
{
	struct oci_challenge spaced = { .realm = "https://a/t?x=1", .service = "a b&c" };
	char url[256], small[20];

	for (size_t i = 0; i < ROWS(challenges); i++) {
		struct oci_challenge got = { 0 };

		CHECK_NUMBER(challenges[i].text, oci_challenge_parse(challenges[i].text, &got),
			     challenges[i].r);
		CHECK_NUMBER(challenges[i].text, got.bearer, challenges[i].bearer);
		CHECK_NUMBER(challenges[i].text, got.basic, challenges[i].basic);
		CHECK_TEXT(challenges[i].text, got.realm, challenges[i].realm);
		CHECK_TEXT(challenges[i].text, got.service, challenges[i].service);
	}
	CHECK("url", oci_challenge_url(&spaced, "repository:a/b:pull", url, sizeof(url)) == 0);
	CHECK_TEXT("url", url, "https://a/t?x=1&service=a%20b%26c&scope=repository:a/b:pull");
	CHECK("url", oci_challenge_url(&spaced, "r", small, sizeof(small)) == -ENAMETOOLONG);
}

static void check_tokens(void)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "{\"token\":\"a\"}", "a" },
		{ "{\"access_token\":\"b\"}", "b" },
		{ "{\"token\":\"\",\"access_token\":\"b\"}", "b" },
		{ "{\"token\":\"a\\nb\"}", "" },
		{ "{\"token\":7}", "" },
		{ "{}", "" },
		{ "x", "" },
	};
	static char token[OCI_TOKEN_BYTES];

	for (size_t i = 0; i < ROWS(rows); i++) {
		token[0] = '\0';
		oci_token_parse(rows[i].text, strlen(rows[i].text), token, NULL);
		CHECK_TEXT(rows[i].text, token, rows[i].want);
	}
}

/* "YTox" is a:1, and so on. */
static void check_logins(void)
{
	static const char text[] = "{\"auths\":{\"quay.io\":{\"auth\":\"YTox\"},"
				   "\"quay.io/x\":{\"auth\":\"YToy\"},"
				   "\"quay.io/x/y\":{\"auth\":\"YToz\"},"
				   "\"https://index.docker.io/v1/\":{\"auth\":\"YTo0\"},"
				   "\"https://ghcr.io\":{\"auth\":\"YTo1\"},"
				   "\"none.io\":{},\"bad.io\":{\"auth\":\"YQ==\"},"
				   "\"odd.io\":{\"auth\":\"YTox\\r\\nX: y\"}}}";
	static const struct {
		const char *name, *want;
		int r;
	} rows[] = {
		{ "quay.io/z", "YTox", 0 },       { "quay.io/x", "YToy", 0 },
		{ "quay.io/x/y", "YToz", 0 },     { "quay.io/x/yy/z", "YToy", 0 },
		{ "docker.io/x", "YTo0", 0 },     { "ghcr.io/x", "YTo1", 0 },
		{ "quay.io:443/x", "", -ENOENT }, { "none.io/x", "", -EBADMSG },
		{ "bad.io/x", "", -EBADMSG },     { "odd.io/x", "", -EBADMSG },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		char secret[OCI_SECRET_BYTES] = "";
		struct oci_reference reference;

		CHECK(rows[i].name, oci_reference_parse(rows[i].name, &reference, NULL) == 0);
		CHECK_NUMBER(rows[i].name,
			     oci_auth_find(text, strlen(text), &reference, secret, NULL),
			     rows[i].r);
		CHECK_TEXT(rows[i].name, secret, rows[i].want);
	}
}

static const struct {
	const char *name;
	int kind;
	const char *path;
} entries[] = {
	{ "a/b", OCI_ENTRY_NODE, "a/b" },
	{ "./a//b/", OCI_ENTRY_NODE, "a/b" },
	{ "/etc/passwd", OCI_ENTRY_NODE, "etc/passwd" },
	{ "a...", OCI_ENTRY_NODE, "a..." },
	{ "a/.wh", OCI_ENTRY_NODE, "a/.wh" },
	{ "", OCI_ENTRY_ROOT, "" },
	{ "./", OCI_ENTRY_ROOT, "" },
	{ "/", OCI_ENTRY_ROOT, "" },
	{ ".wh.a", OCI_ENTRY_WHITEOUT, "a" },
	{ "x/y/.wh.a", OCI_ENTRY_WHITEOUT, "x/y/a" },
	{ ".wh..wh..opq", OCI_ENTRY_OPAQUE, "" },
	{ "x/y/.wh..wh..opq", OCI_ENTRY_OPAQUE, "x/y" },
	{ ".wh..wh.plnk", OCI_ENTRY_LEFT_OUT, NULL },
	{ "..", -EINVAL, NULL },
	{ "a/../../b", -EINVAL, NULL },
	{ "a/..", -EINVAL, NULL },
	{ "x/.wh.", -EINVAL, NULL },
	{ "x/.wh..", -EINVAL, NULL },
	{ "x/.wh...", -EINVAL, NULL },
	{ LONG_60 LONG_60 LONG_60 LONG_60 LONG_60, -ENAMETOOLONG, NULL },
};

static void check_entries(void)
{
	static char path[PATH_MAX], deep[PATH_MAX * 2];

	for (size_t i = 0; i < ROWS(entries); i++) {
		CHECK_NUMBER(entries[i].name, oci_entry_parse(entries[i].name, path),
			     entries[i].kind);
		if (entries[i].path)
			CHECK_TEXT(entries[i].name, path, entries[i].path);
	}
	for (size_t i = 0; i < sizeof(deep) - 2; i += 2)
		memcpy(deep + i, "a/", 2);
	CHECK_NUMBER("deep", oci_entry_parse(deep, path), -ENAMETOOLONG);
}

/* want: how many images, -1 for what is refused. */
static const struct {
	const char *name, *text;
	int want;
	const char *first; /* name of the first image */
} saved[] = {
	{ "none", "[]", 0, NULL },
	{ "docker",
	  "[{\"Config\":\"a.json\",\"RepoTags\":[\"busybox:1\"],\"Layers\":[\"b/layer.tar\"]}]", 1,
	  "docker.io/library/busybox:1" },
	{ "two parts", "[{\"Config\":\"a\",\"RepoTags\":[\"me/x:1\"]}]", 1, "docker.io/me/x:1" },
	{ "podman", "[{\"Config\":\"a\",\"RepoTags\":[\"localhost/x:1\"],\"Layers\":[]}]", 1,
	  "localhost/x:1" },
	{ "port", "[{\"Config\":\"a\",\"RepoTags\":[\"h:5000/x:1\"],\"Layers\":[]}]", 1,
	  "h:5000/x:1" },
	{ "no name", "[{\"Config\":\"a\",\"RepoTags\":null,\"Layers\":[\"b\"]},{\"Config\":\"a\"}]",
	  2, NULL },
	{ "object", "{\"Config\":\"a\"}", -1, NULL },
	{ "no configuration", "[{\"Layers\":[\"b\"]}]", -1, NULL },
	{ "no object", "[1]", -1, NULL },
	{ "layer of no text", "[{\"Config\":\"a\",\"Layers\":[1]}]", -1, NULL },
	{ "layers of no list", "[{\"Config\":\"a\",\"Layers\":\"b\"}]", -1, NULL },
	{ "zero byte", "[{\"Config\":\"a\",\"Layers\":[\"b\\u0000\"]}]", -1, NULL },
};

static void check_saved(void)
{
	for (size_t i = 0; i < ROWS(saved); i++) {
		struct arena arena = { 0 };
		struct oci_saved_list list = { 0 };
		int r = oci_saved_parse(saved[i].text, strlen(saved[i].text), &arena, &list, NULL);

		CHECK_NUMBER(saved[i].name, r < 0 ? -1 : (int)list.count, saved[i].want);
		if (r == 0 && list.count > 0 && list.at[0].name_count > 0)
			CHECK_TEXT(saved[i].name, list.at[0].names[0], saved[i].first);
		else
			CHECK(saved[i].name, !saved[i].first);
		arena_free(&arena);
	}
}

static void check_writer(void)
{
	static const char text[] = "a\"\\\n\x01z";
	struct json_writer writer = { 0 };

	json_put_string(&writer, text, sizeof(text) - 1);
	json_put_string(&writer, NULL, 0);
	json_put(&writer, "", 1);
	CHECK_TEXT("writer", writer.failed ? "" : writer.text, "\"a\\\"\\\\\\n\\u0001z\"\"\"");
	free(writer.text);
}

/* want: NULL for what is refused, empty for no next page. */
static const struct {
	const char *link, *want;
} next_pages[] = {
	{ NULL, "" },
	{ "", "" },
	{ "next", "" },
	{ "<", "" },
	{ "<?a=b", "" },
	{ "<?a=b>", "" },
	{ "<?a=b>; rel=\"prev\"", "" },
	{ "<?a=b>; rel=\"next\"", "a=b" },
	{ "</v2/x/tags/list?n=2&last=b>;rel=next", "n=2&last=b" },
	{ "<https://other/x?n=2>; rel=\"next\"", "n=2" },
	{ "<?a=1>; rel=\"first\", <?a=2>; rel=\"next\", <?a=3>; rel=\"last\"", "a=2" },
	{ "<?a=2>; rel=\"next\", <?a=1>; rel=\"first\"", "a=2" },
	{ "<?a=1>; rel=\"first\", <?a=2", "" },
	{ "<x>; rel=\"next\"", NULL },
	{ "<?a b>; rel=\"next\"", NULL },
	{ "<?" LONG_510 ">; rel=next", LONG_510 },
	{ "<?" LONG_510 "bb>; rel=next", NULL },
};

static void check_next_pages(void)
{
	for (size_t i = 0; i < ROWS(next_pages); i++) {
		const char *want = next_pages[i].want,
			   *row = next_pages[i].link ? next_pages[i].link : "no link";
		char got[OCI_PAGE_BYTES];
		struct error error;
		int r = oci_tags_next(next_pages[i].link, got, &error);

		CHECK_NUMBER(row, r, want ? 0 : -EBADMSG);
		if (want)
			CHECK_TEXT(row, got, want);
	}
}

SUITE(oci)
{
	check_references();
	check_platforms();
	check_documents();
	check_choice();
	check_configs();
	check_challenges();
	check_tokens();
	check_logins();
	check_entries();
	check_saved();
	check_next_pages();
	check_writer();
}
