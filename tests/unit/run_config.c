// SPDX-License-Identifier: Apache-2.0
/* What options become in config.json: each row's pieces have to be there, or must not. */
#include "check.h"
#include "lib/json.h"
#include "lib/run/capabilities.h"
#include "lib/run/plan.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WORDS 16

static const struct {
	const char *words; /* with | between, behind --name=c */
	int result;
	const char *have, *not; /* pieces of the text; NULL: any */
} rows[] = {
	{ "i|sh", 0, "\"args\":[\"sh\"]", "noNewPrivileges\":true" },
	{ "i|sh", 0, "\"root\":{\"path\":\"/r\",\"readonly\":false}", "\"seccomp\":null" },
	{ "i|sh", 0, "\"hostname\":\"c\"", NULL },
	{ "i|sh", 0, "{\"type\":\"cgroup\"}", NULL },
	{ "i|sh", 0, "\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":38", NULL },
	{ "i|sh", 0, "/proc/kcore", "CAP_SYS_ADMIN" },
	{ "i", -EINVAL, NULL, NULL },
	{ "--entrypoint=a|i|b", 0, "\"args\":[\"a\",\"b\"]", NULL },
	{ "--entrypoint=[\"a\",\"x y\"]|i|b", 0, "\"args\":[\"a\",\"x y\",\"b\"]", NULL },
	{ "--entrypoint=[1]|i|b", -EBADMSG, NULL, NULL },
	{ "--init|i|b", 0, "\"args\":[\"/run/keelson-init\",\"--\",\"b\"]", NULL },
	{ "--env=A=\"q\\|i|b", 0, "\"A=\\\"q\\\\\"", NULL },
	{ "--env=A=1|--env=A=2|i|b", 0, "\"A=2\"", "\"A=1\"" },
	{ "--env=FROM|i|b", 0, "\"FROM=there\"", NULL },
	{ "--env=FR*|i|b", 0, "\"FROM=there\"", NULL },
	{ "--env=NOSUCH|i|b", 0, NULL, "NOSUCH" },
	{ "--env==x|i|b", -EINVAL, NULL, NULL },
	{ "--env-host|i|b", 0, "\"FROM=there\"", NULL },
	{ "--read-only|i|b", 0, "\"destination\":\"/var/tmp\"", "\"readonly\":false" },
	{ "--read-only|--read-only-tmpfs=false|i|b", 0, NULL, "/var/tmp" },
	{ "--privileged|i|b", 0, "CAP_SYS_ADMIN", "/proc/kcore" },
	{ "--privileged|i|b", 0,
	  "\"type\":\"sysfs\",\"source\":\"sysfs\",\"options\":[\"nosuid\",\"noexec\",\"nodev\"]}",
	  "\"seccomp\"" },
	{ "--security-opt=no-new-privileges|i|b", 0, "noNewPrivileges\":true", NULL },
	{ "--security-opt=no-new-privileges=false|i|b", 0, "noNewPrivileges\":false", NULL },
	{ "--security-opt=seccomp=unconfined|i|b", 0, NULL, "\"seccomp\"" },
	{ "--security-opt=mask=/a:/b|i|b", 0, "\"/a\",\"/b\"]", NULL },
	{ "--security-opt=unmask=/proc/kcore|i|b", 0, NULL, "/proc/kcore" },
	{ "--security-opt=unmask=ALL|i|b", 0, "\"maskedPaths\":[],\"readonlyPaths\":[]", NULL },
	{ "--security-opt=label=type:x|i|b", -EOPNOTSUPP, NULL, NULL },
	{ "--security-opt=apparmor=mine|i|b", 0, "\"apparmorProfile\":\"mine\"", NULL },
	{ "--security-opt=apparmor:mine|--privileged|i|b", 0, "\"apparmorProfile\":\"mine\"",
	  NULL },
	{ "--security-opt=apparmor=unconfined|i|b", 0, NULL, "apparmor" },
	{ "--security-opt=apparmor=|i|b", -EINVAL, NULL, NULL },
	{ "--security-opt=nosuch|i|b", -EINVAL, NULL, NULL },
	{ "--cap-drop=all|i|b", 0, "\"bounding\":[]", NULL },
	{ "--cap-add=sys_admin|i|b", 0, "CAP_SYS_ADMIN", "SCMP_CMP_MASKED_EQ" },
	{ "--user=5|--cap-add=net_admin|i|b", 0, "\"ambient\":[\"CAP_NET_ADMIN\"]", NULL },
	{ "--ulimit=nofile=1:-1|i|b", 0,
	  "\"type\":\"RLIMIT_NOFILE\",\"soft\":1,\"hard\":18446744073709551615", NULL },
	{ "--ulimit=host|i|b", 0, "\"rlimits\":[]", NULL },
	{ "i|b", 0, "\"additionalGids\":[0]", NULL },
	{ "--umask=0027|i|b", 0, "\"umask\":23", NULL },
	{ "--umask=9|i|b", -EINVAL, NULL, NULL },
	{ "--oom-score-adj=-500|i|b", 0, "\"oomScoreAdj\":-500", NULL },
	{ "--oom-score-adj=1001|i|b", -EINVAL, NULL, NULL },
	{ "--shm-size=1m|i|b", 0, "\"size=1048576\"", NULL },
	{ "--shm-size=x|i|b", -EINVAL, NULL, NULL },
	{ "--pid=host|i|b", 0, NULL, "{\"type\":\"pid\"}" },
	{ "--ipc=host|i|b", 0, "\"source\":\"/dev/shm\"", "{\"type\":\"ipc\"}" },
	{ "--ipc=ns:/p|i|b", 0, "{\"type\":\"ipc\",\"path\":\"/p\"}", NULL },
	{ "--pid=nosuch|i|b", -EINVAL, NULL, NULL },
	{ "i|b", 0, NULL, "{\"type\":\"user\"" },
	{ "--userns=auto|i|b", 0, "{\"type\":\"user\",\"path\":\"/u\"}", "\"source\":\"/proc\"" },
	{ "--userns=auto|--pid=host|i|b", 0, "\"source\":\"/proc\"", "\"type\":\"proc\"" },
	{ "--userns=auto|--ipc=host|i|b", 0, "\"source\":\"/dev/mqueue\"", "\"type\":\"mqueue\"" },
	{ "--userns=auto|--network=host|i|b", 0,
	  "\"source\":\"/sys\",\"options\":[\"rbind\",\"rprivate\",\"nosuid\",\"noexec\",\"nodev\","
	  "\"ro\"]",
	  "\"type\":\"sysfs\"" },
	{ "--pid=host|--ipc=host|i|b", 0, "\"type\":\"mqueue\"", "\"source\":\"/proc\"" },
	{ "--uts=host|--hostname=h|i|b", -EINVAL, NULL, NULL },
	{ "--network=host|i|b", 0, NULL, "{\"type\":\"network\"}" },
	{ "--network=none|--network=a|i|b", -EINVAL, NULL, NULL },
	{ "--network=host|--publish=1:1|i|b", -EINVAL, NULL, NULL },
	{ "--pod=p|--network=a|i|b", -EINVAL, NULL, NULL },
	{ "--pod=p|--userns=auto|i|b", -EINVAL, NULL, NULL },
	{ "--pod=p|--uidmap=0:1:1|i|b", -EINVAL, NULL, NULL },
	{ "--sysctl=net.a.b=1|i|b", 0, "\"net.a.b\":\"1\"", NULL },
	{ "--sysctl=vm.x=1|i|b", -EINVAL, NULL, NULL },
	{ "--sysctl=net./../vm=1|i|b", -EINVAL, NULL, NULL },
	{ "--sysctl=net.a=1|--network=host|i|b", -EINVAL, NULL, NULL },
	{ "--workdir=/a//b/..|i|b", 0, "\"cwd\":\"/a\"", NULL },
	{ "--workdir=a|i|b", -EINVAL, NULL, NULL },
	{ "--annotation=a=b|i|b", 0, "\"annotations\":{\"a\":\"b\"}", NULL },
	{ "--volume=/s:/d|i|b", 0,
	  "{\"destination\":\"/d\",\"type\":\"bind\",\"source\":\"/s\",\"options\":[\"rbind\",\"rprivate\"]}",
	  NULL },
	{ "--volume=/s:/d:ro,rslave,Z|i|b", 0, "[\"rslave\",\"rbind\",\"ro\"]", NULL },
	{ "--volume=/s:/d:rshared|i|b", 0, "\"rootfsPropagation\":\"rshared\"", NULL },
	{ "--volume=/s:/d|--volume=/t:/d/|i|b", 0, "\"source\":\"/t\"", "\"source\":\"/s\"" },
	{ "--volume=/s:/proc|i|b", 0, NULL, "\"type\":\"proc\"" },
	{ "--volume=/b:/x/b|--volume=/a:/x|i|b", 0,
	  "\"source\":\"/a\",\"options\":[\"rbind\",\"rprivate\"]},{", NULL },
	{ "--volume=v:/d|i|b", 0, "\"nosuid\",\"nodev\",\"rbind\"", NULL },
	{ "--volume=/s:d|i|b", -EINVAL, NULL, NULL },
	{ "--volume=/s:/|i|b", -EINVAL, NULL, NULL },
	{ "--volume=/s:/x/..|i|b", -EINVAL, NULL, NULL },
	{ "--volume=./s:/d|i|b", -EINVAL, NULL, NULL },
	{ "--volume=a/b:/d|i|b", -EINVAL, NULL, NULL },
	{ "--volume=/s:/d:O|i|b", -EOPNOTSUPP, NULL, NULL },
	{ "--volume=/s:/d:nosuch|i|b", -EINVAL, NULL, NULL },
	{ "--tmpfs=/t:size=1m,mode=700|i|b", 0,
	  "\"options\":[\"size=1m\",\"mode=700\",\"nosuid\",\"nodev\",\"tmpcopyup\"]", NULL },
	{ "--tmpfs=/t:notmpcopyup|i|b", 0, "\"nosuid\",\"nodev\"]", "tmpcopyup" },
	{ "--mount=type=bind,src=/s,dst=/d,ro|i|b", 0, "\"rbind\",\"rprivate\",\"ro\"", NULL },
	{ "--mount=type=bind,src=/s,dst=/d,bind-propagation=rslave|i|b", 0, "rslave", NULL },
	{ "--mount=type=bind,\"src=/s,t\",dst=/d|i|b", 0, "\"source\":\"/s,t\"", NULL },
	{ "--mount=type=tmpfs,dst=/d,tmpfs-size=1m|i|b", 0, "\"size=1m\"", NULL },
	{ "--mount=dst=/d|i|b", 0, "\"/d\"", NULL },
	{ "--mount=type=bind,dst=/d|i|b", -EINVAL, NULL, NULL },
	{ "--mount=type=bind,src=/s|i|b", -EINVAL, NULL, NULL },
	{ "--mount=type=glob,src=/s,dst=/d|i|b", -EOPNOTSUPP, NULL, NULL },
	{ "--mount=type=nosuch,dst=/d|i|b", -EINVAL, NULL, NULL },
	{ "--mount=type=bind,src=/s,dst=/d,ro=maybe|i|b", -EINVAL, NULL, NULL },
	{ "--mount=type=volume,src=v,dst=/d,subpath=x|i|b", -EOPNOTSUPP, NULL, NULL },
};

static int write(char *text, struct arena *arena, struct json_writer *writer)
{
	static const char *const environment[] = { "FROM=there", "OTHER=x", NULL };
	struct run_plan plan = { .machine = "x86_64",
				 .rootfs = "/r",
				 .available = CAPABILITIES_ALL };
	struct run_options options;
	struct words files = { 0 };
	struct run_file none = { 0 };
	char *words[WORDS] = { (char[]){ "--name=c" } };
	struct error error;
	size_t count = 1;
	int r;

	for (char *at = strtok(text, "|"); at && count < WORDS; at = strtok(NULL, "|"))
		words[count++] = at;
	r = run_options_parse(RUN_CONTAINER, words, count, arena, &options, &error);
	if (r == 0)
		r = run_identity(options.user ? options.user : "", &options.groups, &none, &none,
				 arena, &plan.identity, &error);
	if (r == 0)
		r = run_plan(&options, NULL, arena, &plan, &error);
	for (size_t i = 0; options.userns && i < RUN_NAMESPACES; i++) /* as the program does */
		plan.spaces[i].of_others = plan.spaces[i].mode != RUN_SPACE_NEW;
	if (options.userns)
		plan.spaces[RUN_NS_USER] =
			(struct run_space){ .mode = RUN_SPACE_PATH, .path = "/u" };
	if (r == 0)
		r = run_plan_env(&options, NULL, environment, &files, arena, &plan, &error);
	return r < 0 ? r : run_config(&plan, writer, &error);
}

static bool is_json(const struct json_writer *writer)
{
	struct json_problem problem;
	struct json json;

	if (json_parse(writer->text, writer->used, 100000, &json, &problem) < 0)
		return false;
	json_free(&json);
	return true;
}

static void check_row_of(size_t i)
{
	struct json_writer writer = { 0 };
	struct arena arena = { 0 };
	char *text = strdup(rows[i].words);

	CHECK_NUMBER(rows[i].words, write(text, &arena, &writer), rows[i].result);
	if (rows[i].result == 0) {
		CHECK(rows[i].words, is_json(&writer));
		json_put(&writer, "", 1);
		CHECK(rows[i].words, !rows[i].have || strstr(writer.text, rows[i].have));
		CHECK(rows[i].words, !rows[i].not|| !strstr(writer.text, rows[i].not));
	}
	free(text);
	free(writer.text);
	arena_free(&arena);
}

static void check_env_file(void)
{
	static const char *const environment[] = { "H=host", NULL };
	static const char text[] = "# no\n\n  A=1\r\nB=a=b # c\nH\nNOSUCH\nA=2";
	struct arena arena = { 0 };
	struct words env = { 0 };

	CHECK_NUMBER("a file", run_env_file(text, environment, &arena, &env, NULL), 0);
	CHECK_NUMBER("has three", env.count, 3);
	CHECK_TEXT("the last of a name", run_env_find(&env, "A"), "2");
	CHECK_TEXT("up to the end of the line", run_env_find(&env, "B"), "a=b # c");
	CHECK_TEXT("a name alone", run_env_find(&env, "H"), "host");
	CHECK_NUMBER("no name", run_env_file("=x", environment, &arena, &env, NULL), -EINVAL);
	arena_free(&arena);
}

static void check_image(void)
{
	static const char config[] =
		"{\"config\":{\"User\":\"u\",\"Env\":[\"A=1\"],\"Entrypoint\":[\"e\"],"
		"\"Cmd\":null,\"Volumes\":{\"/v\":{}},\"Healthcheck\":{\"Test\":"
		"[\"CMD\",\"x\"],\"Interval\":2000000000}}}";
	static const struct {
		const char *name, *text;
		int result;
	} images[] = {
		{ "says nothing", "{}", 0 },
		{ "null", "{\"config\":null}", 0 },
		{ "no object", "[]", -EBADMSG },
		{ "user a number", "{\"config\":{\"User\":1}}", -EBADMSG },
		{ "env a text", "{\"config\":{\"Env\":\"a\"}}", -EBADMSG },
		{ "env of numbers", "{\"config\":{\"Env\":[1]}}", -EBADMSG },
		{ "a zero byte", "{\"config\":{\"User\":\"a\\u0000b\"}}", -EBADMSG },
		{ "a negative time", "{\"config\":{\"Healthcheck\":{\"Interval\":-1}}}", -EBADMSG },
	};
	struct arena arena = { 0 };
	struct run_image image;
	struct words args = { 0 };
	struct run_options options = { 0 };

	for (size_t i = 0; i < ROWS(images); i++)
		CHECK_NUMBER(images[i].name,
			     run_image_parse(images[i].text, strlen(images[i].text), &arena, &image,
					     NULL),
			     images[i].result);
	CHECK_NUMBER("one that says much",
		     run_image_parse(config, strlen(config), &arena, &image, NULL), 0);
	CHECK_TEXT("a user", image.user, "u");
	CHECK_TEXT("a volume", image.volumes.at[0], "/v");
	CHECK_NUMBER("in milliseconds", image.health_interval_ms, 2000);
	CHECK_NUMBER("its command", run_plan_args(&options, &image, &arena, &args, NULL), 0);
	CHECK_TEXT("is the entrypoint", args.at[0], "e");
	arena_free(&arena);
}

static void check_secrets(void)
{
	static const struct {
		const char *text;
		int result;
		const char *target;
		uint32_t mode;
	} secrets[] = {
		{ "s", 0, "s", 0444 },
		{ "s,target=/x,mode=0400,uid=1", 0, "/x", 0400 },
		{ "s,type=env,target=T", 0, "T", 0444 },
		{ "s,type=file", -EINVAL, NULL, 0 },
		{ "s,mode=9", -EINVAL, NULL, 0 },
		{ "s,nosuch=1", -EINVAL, NULL, 0 },
		{ "../s", -EINVAL, NULL, 0 },
		{ "", -EINVAL, NULL, 0 },
	};
	struct arena arena = { 0 };

	for (size_t i = 0; i < ROWS(secrets); i++) {
		struct run_secret secret;
		struct error error;

		CHECK_NUMBER(secrets[i].text,
			     run_secret_parse(secrets[i].text, &arena, &secret, &error),
			     secrets[i].result);
		if (secrets[i].result < 0)
			continue;
		CHECK_TEXT(secrets[i].text, secret.target, secrets[i].target);
		CHECK_NUMBER(secrets[i].text, secret.mode, secrets[i].mode);
	}
	arena_free(&arena);
}

SUITE(run_config)
{
	for (size_t i = 0; i < ROWS(rows); i++)
		check_row_of(i);
	check_env_file();
	check_image();
	check_secrets();
}
