// SPDX-License-Identifier: Apache-2.0
/* Quadlet files within memory; the reference's cases are tests/quadlet. */
#include "lib/quadlet/quadlet.h"
#include "check.h"
#include <stdlib.h>
#include <string.h>

/* What stands behind a backslash: the reference's rows. */
static const struct {
	const char *text;
	uint32_t rune; /* 0: it is no escape */
	size_t taken;
} escapes[] = {
	{ "a", '\a', 1 },       { "b", '\b', 1 },
	{ "f", '\f', 1 },       { "n", '\n', 1 },
	{ "r", '\r', 1 },       { "t", '\t', 1 },
	{ "v", '\v', 1 },       { "\\", '\\', 1 },
	{ "\"", '"', 1 },       { "'", '\'', 1 },
	{ "s", ' ', 1 },        { "xAb1", 0xab, 3 },
	{ "u2a00", 0x2a00, 5 }, { "U0001F51F", 0x1f51f, 9 },
	{ "376", 0xfe, 3 },     { "", 0, 0 },
	{ "k", 0, 0 },          { "x1", 0, 0 },
	{ "xzz", 0, 0 },        { "xaz", 0, 0 },
	{ "x000", 0, 0 },       { "u123", 0, 0 },
	{ "u12v1A", 0, 0 },     { "u0000", 0, 0 },
	{ "U12345678", 0, 0 },  { "U1234V678", 0, 0 },
	{ "U00000000", 0, 0 },  { "77", 0, 0 },
	{ "792", 0, 0 },        { "758", 0, 0 },
	{ "000", 0, 0 },        { "777", 0, 0 },
	{ "uD800", 0, 0 },
};

static const struct {
	const char *text;
	enum words_style style;
	const char *want; /* with | between */
	unsigned odd;
} splits[] = {
	{ "\\a \\b \\f \\n \\r \\t \\v \\\\ \\\" \\' \\s \\x50odman is \\U0001F51F/\\u0031\\u0030 "
	  "\\110ello \\127orld",
	  WORDS_ARGS, "\a|\b|\f|\n|\r|\t|\v|\\|\"|'| |Podman|is|\xf0\x9f\x94\x9f/10|Hello|World",
	  0 },
	{ "  a \"b  c\"d 'e\"f' \t", WORDS_ARGS, "a|b  cd|e\"f", 0 },
	{ "a \"\" b ''", WORDS_ARGS, "a||b|", 0 },
	{ "", WORDS_ARGS, "", 0 },
	{ "a\\.b \"c\\", WORDS_ARGS, "a\\.b|c\\", WORDS_ODD_ESCAPE | WORDS_OPEN_QUOTE },
	{ "a\\nb 'c d", WORDS_LIST, "a\\nb|c d", WORDS_OPEN_QUOTE },
	{ "'a\\nb' \"\\x41\"", WORDS_ARGS, "a\nb|A", 0 },
};

static void check_words(void)
{
	struct arena arena = { 0 };
	uint32_t rune;

	for (size_t i = 0; i < ROWS(escapes); i++) {
		CHECK_NUMBER(escapes[i].text, words_unescape(escapes[i].text, &rune),
			     escapes[i].taken);
		CHECK(escapes[i].text, escapes[i].taken == 0 || rune == escapes[i].rune);
	}
	for (size_t i = 0; i < ROWS(splits); i++) {
		struct words words = { 0 };
		unsigned odd = words_split(splits[i].text, splits[i].style, &arena, &words);

		CHECK_TEXT(splits[i].text, words_join(&words, "|", &arena), splits[i].want);
		CHECK_NUMBER(splits[i].text, odd, splits[i].odd);
	}
	arena_free(&arena);
}

/* What is written reads as what it was. */
static const char *const quoted[][2] = {
	{ "plain", "plain" },
	{ "", "\"\"" },
	{ "a b", "\"a b\"" },
	{ "a\"b'c\\d", "\"a\\\"b'c\\\\d\"" },
	{ "a\nb\tc", "\"a\\nb\\tc\"" },
	{ ";", "\";\"" },
	{ "#a", "\"#a\"" },
	{ "\x01\x7f", "\"\\x01\\x7f\"" },
	{ "${A}%i", "${A}%i" },
	{ "\xc3\xa4", "\xc3\xa4" },
};

static void check_quotes(void)
{
	struct arena arena = { 0 };

	for (size_t i = 0; i < ROWS(quoted); i++) {
		struct words words = { 0 };
		char *text = NULL;
		size_t size = 0;
		FILE *out = open_memstream(&text, &size);

		words_quote(out, quoted[i][0]);
		fclose(out);
		CHECK_TEXT(quoted[i][0], text, quoted[i][1]);
		words_split(text, WORDS_ARGS, &arena, &words);
		CHECK(quoted[i][0], words.count == 1 && strcmp(words.at[0], quoted[i][0]) == 0);
		free(text);
	}
	arena_free(&arena);
}

static const char *const values[][2] = {
	{ "\"hello\"", "hello" },
	{ "hello", "hello" },
	{ "\"hello", "\"hello" },
	{ "/bin/sh -c \"echo \"hello\"\"", "/bin/sh -c \"echo \"hello\"\"" },
	{ "\"/bin/sh -c \"echo \"hello\"\"\"", "/bin/sh -c \"echo \"hello\"\"" },
	{ "\"\"", "" },
	{ "hello\"", "hello\"" },
	{ "/bin/sh -c \"echo 'hello world!'\"", "/bin/sh -c \"echo 'hello world!'\"" },
};

static void check_values(void)
{
	struct arena arena = { 0 };

	for (size_t i = 0; i < ROWS(values); i++) {
		struct unit_line line = { .value = values[i][0] };

		CHECK_TEXT(values[i][0], unit_value(&line, &arena), values[i][1]);
	}
	arena_free(&arena);
}

static const char *const folders[][2] = {
	{ "sample-unit.service", "sample-unit.service.d|sample-.service.d|service.d" },
	{ "sample-template-unit@.service",
	  "sample-template-unit@.service.d|sample-template-@.service.d|sample-template-.service.d|"
	  "sample-@.service.d|sample-.service.d|service.d" },
	{ "sample-template-unit@base-instance.service",
	  "sample-template-unit@base-instance.service.d|sample-template-unit@.service.d|"
	  "sample-template-@.service.d|sample-template-.service.d|sample-@.service.d|"
	  "sample-.service.d|service.d" },
	{ "a.b.container", "a.b.container.d|container.d" },
	{ "none", "" },
};

static void check_folders(void)
{
	struct arena arena = { 0 };

	for (size_t i = 0; i < ROWS(folders); i++) {
		struct words words = { 0 };

		quadlet_dropin_folders(folders[i][0], &arena, &words);
		CHECK_TEXT(folders[i][0], words_join(&words, "|", &arena), folders[i][1]);
	}
	arena_free(&arena);
}

/* Files as they are read, and as they are written again; problems as LINE TEXT. */
static const struct {
	const char *text, *want, *problem;
} units[] = {
	{ "# a\n\n[A]\n b = c \n;d\n", "[A]\nb=c\n", "" },
	{ "[A]\nb=c \\\n  d\\\n# e\n\n f\n", "[A]\nb=c df\n", "" },
	{ "[A]\nb=1\n[B]\n[A]\nb=2\n", "[A]\nb=1\nb=2\n\n[B]\n", "" },
	{ "[A] \t\r\nb=\r\n", "[A]\nb=\n", "" },
	{ "b=c\n", "", "1 an assignment stands before any section" },
	{ "[A]\nb\nc=d", "[A]\nc=d\n", "2 is no section, assignment or comment" },
	{ "[A]\n=b\n", "[A]\n", "2 an assignment to nothing" },
	{ "[A]\nb=c\\", "[A]\n", "2 goes on behind the end of the file" },
	{ "[A]\nb=c\\\\\n", "[A]\n", "2 goes on behind the end of the file" },
	{ "[A[]\n", "", "1 is no name of a section" },
	{ "[A]]\n", "", "1 is no section, assignment or comment" },
};

static void check_units(void)
{
	for (size_t i = 0; i < ROWS(units); i++) {
		struct arena arena = { 0 };
		struct unit unit = { 0 };
		const char *problem = "";

		unit_parse(&unit, units[i].text, strlen(units[i].text), "a", &arena);
		if (unit.problems)
			problem = arena_format(&arena, "%u %s", unit.problems->number,
					       unit.problems->text);
		CHECK_TEXT(units[i].text, unit_format(&unit, &arena), units[i].want);
		CHECK_TEXT(units[i].text, problem, units[i].problem);
		arena_free(&arena);
	}
}

#define IMAGE "[Container]\nImage=a.b/c\n"

/* One file: what its service holds somewhere, or else what is said of it. */
static const struct {
	const char *name, *text, *holds, *said;
} files[] = {
	{ "a.container", IMAGE "PublishPort=$PORT\n", "\t--publish=${PORT} \\\n", NULL },
	{ "a.container", IMAGE "Exec=a ; # \"\"\n", "\ta.b/c a \";\" \"#\" \"\"\n", NULL },
	{ "a.container", IMAGE "EnvironmentFile=x ../y /z %h/a\n",
	  "--env-file=/q%%d/x \\\n\t--env-file=/y \\\n\t--env-file=/z \\\n\t--env-file=%h/a",
	  NULL },
	{ "a.container", IMAGE "AddDevice=-/dev/x:r\n", "--device=-/dev/x:r", NULL },
	{ "a.container", IMAGE "Mount=src=v,dst=/a\n", "--mount=type=volume,source=v,dst=/a",
	  NULL },
	{ "a.container", IMAGE "Mount=type=bind,\\\"src=/a,b\\\",dst=/c\n",
	  "\"--mount=type=bind,\\\"source=/a,b\\\",dst=/c\"", NULL },
	{ "a.container", IMAGE "Volume=/a b:/c\n", "RequiresMountsFor=\"/a b\"\n", NULL },
	{ "a.container", IMAGE "[Service]\nKillMode=control-group\n", "KillMode=control-group\n",
	  NULL },
	{ "a.container", IMAGE "Notify=HEALTHY\n", "--sdnotify=healthy", NULL },
	{ "a.container", IMAGE "ReloadSignal=HUP\n",
	  "ExecReload=/usr/bin/keelson-run kill --signal=HUP systemd-%N\n", NULL },
	{ "a@b.container", IMAGE, "--name=systemd-%p_%i", NULL },
	{ "a@b.volume", "[Volume]\n", "keelson-run volume systemd-a-b\n", NULL },
	{ "a.container",
	  IMAGE "PodmanArgs=--privileged -v /a:/b --cpus=2 -it -m1g --rm --net host\n",
	  "--privileged \\\n\t--volume=/a:/b \\\n\t--interactive \\\n\t--tty \\\n"
	  "\t--network=host \\\n\ta.b/c\n",
	  NULL },
	{ "a.container", IMAGE "PodmanArgs=--read-only=true --init=false\n",
	  "--read-only \\\n\t--init=false", NULL },
	{ "a.container", IMAGE "PodmanArgs=--cgroups=no-conmon --arch arm64\n",
	  "--cgroups=no-conmon \\\n\t--arch=arm64", NULL },
	{ "a.container", IMAGE "PodmanArgs=--cgroups=enabled\n", NULL, "[unsupported-value]" },
	{ "a.container", IMAGE "PodmanArgs=--init=maybe\n", NULL, "[unsupported-value]" },
	{ "a.container", IMAGE "PodmanArgs=--nosuch\n", NULL,
	  ":3: error: PodmanArgs: --nosuch is not supported: keelson-run has no such option "
	  "[refused]" },
	{ "a.container", IMAGE "PodmanArgs=--name x\n", NULL, "[refused]" },
	{ "a.container", IMAGE "PodmanArgs=--cpus\n", NULL, "--cpus needs a value" },
	{ "a.container", IMAGE, "TasksMax=2048\n", NULL },
	{ "a.container", IMAGE "PidsLimit=5\n", "TasksMax=5\n", NULL },
	{ "a.container", IMAGE "PidsLimit=-1\n", "TasksMax=infinity\n", NULL },
	{ "a.container", IMAGE "PidsLimit=x\n", NULL, "x is no value of --pids-limit" },
	{ "a.container", IMAGE "PidsLimit=5\n[Service]\nTasksMax=6\n", "[Service]\nTasksMax=6\n",
	  NULL },
	{ "a.container", IMAGE "Memory=1g\n", "MemoryMax=1073741824\n", NULL },
	{ "a.container", IMAGE "Memory=0\n", "MemoryMax=infinity\n", NULL },
	{ "a.container", IMAGE "Memory=much\n", NULL, "Memory: much is no value of --memory" },
	{ "a.container", IMAGE "Memory=1g\nPodmanArgs=--memory-swap=3g\n",
	  "MemorySwapMax=2147483648\n", NULL },
	{ "a.container", IMAGE "PodmanArgs=--memory-swap=3g\n", NULL, "no value of --memory-swap" },
	{ "a.container", IMAGE "PodmanArgs=-m 1m --memory-reservation 1k\n", "MemoryLow=1024\n",
	  NULL },
	{ "a.container", IMAGE "PodmanArgs=--cpus=1.5\n", "CPUQuota=150%\n", NULL },
	{ "a.container", IMAGE "PodmanArgs=--cpus .125\n", "CPUQuota=12.5%\n", NULL },
	{ "a.container", IMAGE "PodmanArgs=--cpus 0\n", NULL, "0 is no value of --cpus" },
	{ "a.container", IMAGE "PodmanArgs=--cpus 1.5x\n", NULL, "1.5x is no value" },
	{ "a.container", IMAGE "PodmanArgs=--cpus 1.5.5\n", NULL, "1.5.5 is no value" },
	{ "a.container", IMAGE "PodmanArgs=--cpu-quota=50000 --cpu-period=200000\n",
	  "CPUQuotaPeriodSec=200000us\nCPUQuota=25%\n", NULL },
	{ "a.container", IMAGE "PodmanArgs=-c 1024\n", "CPUWeight=39\n", NULL },
	{ "a.container", IMAGE "PodmanArgs=--cpuset-cpus=0-1\n", "AllowedCPUs=0-1\n", NULL },
	{ "a.container", IMAGE "PodmanArgs=--device-cgroup-rule=c\n", NULL, "[refused]" },
	{ "a.container", IMAGE "HealthCmd=true\n", "Wants=a-health.timer\n", NULL },
	{ "a@.container", IMAGE "HealthCmd=true\n", "Wants=a-health@%i.timer\n", NULL },
	{ "a.container", IMAGE "PodmanArgs=--security-opt label=type:t\n", NULL, "SELinux" },
	{ "a.container", IMAGE "ReadOnly=maybe\n", NULL,
	  "/q%d/a.container:3: error: ReadOnly: maybe is neither yes nor no [unsupported-value]" },
	{ "a.container", IMAGE "Pull=often\n", NULL, "there is: always missing never newer" },
	{ "a.container", IMAGE "PublishPorts=1\n", NULL,
	  ":3: error: PublishPorts: unsupported key" },
	{ "a.container", IMAGE "[Quadlet]\nX=1\n", NULL, "in group 'Quadlet'" },
	{ "a.container", IMAGE "[Pod]\n", NULL, "has no such section [unknown-key]" },
	{ "a.container", IMAGE "Label=a=b c\n", "--label=c", "c has no =" },
	{ "a.container", IMAGE "Environment=A=b # c=d\n", "--env=c=d", "# has no =" },
	{ "a.container", IMAGE "Environment=A=b C\n", "--env=C", NULL },
	{ "a.container", IMAGE "AddCapability='a\n", NULL, "a quote is not closed" },
	{ "a.container", IMAGE "Rootfs=/a\n", NULL, "[conflicting-keys]" },
	{ "a.container", IMAGE "Network=pasta\n", NULL, "users without privileges" },
	{ "a.container", IMAGE "Network=b.network\n", NULL, "b.network was not found" },
	{ "a.container", IMAGE "Mount=type=nosuch,dst=/a\n", NULL, "nosuch is no type of mount" },
	{ "a.container", IMAGE "ExposeHostPort=http\n", NULL, "http is no port" },
	{ "a.container", IMAGE "HealthMaxLogSize=1\n", NULL, "[refused]" },
	{ "a.container", IMAGE "ServiceName=../../etc/x\n", NULL, "is no name of a unit" },
	{ "a.container", IMAGE "[Service]\nExecStart=/bin/true\n", NULL, "[conflicting-keys]" },
	{ "a.container", IMAGE "[Service]\nType=simple\n", NULL, "there is: notify oneshot" },
	{ "a.container", IMAGE "[Service]\nType=oneshot\n[Container]\nNotify=yes\n", "Type=oneshot",
	  "warning: Notify: a oneshot is started when the container has ended [no-effect]" },
	{ "a.container", IMAGE "[Install]\nAlso=b.service\n", "Also=", "[no-effect]" },
	{ "a.container", IMAGE "Volume=/a:/a\nVolume=/b:/b:ro,idmap\nVolume=/c:/c\n", "idmap",
	  "a.container:4: warning: Volume: it will not start: --volume=/b:/b:ro,idmap: idmap is" },
	{ "a.container", IMAGE "Volume=/a:/%i:O\n", "--volume=/a:/%i:O", NULL },
	{ "a.container", IMAGE "Mount=type=bind,src=/a,dst=/b,subpath=c\n", "subpath",
	  "subpath= is not supported" },
	{ "a.container", IMAGE "Mount=type=glob,src=/a*,dst=/b\n", "glob", "name each path" },
	{ "a.container", IMAGE "UserNS=auto:nosuch=1\n", "nosuch",
	  "it will not start: --userns=auto" },
	{ "a.container", IMAGE "AppArmor=mine\n", "apparmor=mine", NULL },
	{ "a.pod", "[Pod]\nNetwork=ns:/run/netns/a\n", "--network=ns",
	  "a.pod:2: warning: Network: it will not start: --network=ns:/run/netns/a is not" },
	{ "a.volume", "[Volume]\nPodmanArgs=--opt=size=1G\n", "--opt=size=1G",
	  "it will not start: --opt=size=1G is not supported; there is: type" },
	{ "a.network", "[Network]\nOptions=parent=eth0\n", "parent", NULL },
	{ "a.network", "[Network]\nOptions=vlan=5\n", "vlan=5",
	  "a.network:2: warning: Options: it will not start: network a.network: option vlan" },
	{ "a.network", "[Network]\nDriver=macvlan\n", "--driver=macvlan",
	  "a.network:2: warning: Driver: it will not start: without Subnet= addresses come by" },
	{ "a.network", "[Network]\nDriver=ipvlan\nIPAMDriver=none\n", "--driver=ipvlan", NULL },
	{ "a.network", "[Network]\nDriver=macvlan\nOptions=parent=eth0\nSubnet=10.1.0.0/24\n",
	  "--opt=parent=eth0", NULL },
	{ "a.network", "[Network]\nDriver=bridge\n", "--driver=bridge", NULL },
	{ "a.container", IMAGE "[Install]\nWantedBy=../x\n", NULL, "is no name of a unit" },
	{ "a.container", IMAGE "[Install]\nAlias=../x.service\n", NULL, "is no name of a service" },
	{ "a.container", "", NULL, NULL },
	{ "a.volume", "[Volume]\nUser=nobody\n", NULL, "nobody is neither a number nor root" },
	{ "a.volume", "[Volume]\nType=ext4\n", NULL, "needs Device" },
	{ "a.volume", "[Volume]\nImage=a.b/c\n", NULL, "needs Driver=image" },
	{ "a.volume", "[Volume]\nDriver=image\nImage=a.b/c\nCopy=no\n", NULL, "Driver=image" },
	{ "a.pod", "[Pod]\nExitPolicy=continue\n[Service]\nRestart=no\n", "Restart=no\n", NULL },
	{ "a.image", "[Image]\n", NULL,
	  ":1: error: no Image key specified [missing-required-key]" },
	{ "a.image", "[Image]\nImage=a.b/c\nDecryptionKey=k\n", NULL, "[refused]" },
	{ "a.kube", "[Kube]\nYaml=a\n", NULL, ":1: error: .kube files are not supported" },
	{ "a.container", IMAGE "RemapUsers=keep-id\nRemapUid=1 2\n", NULL, "one value only" },
	{ "a.container", IMAGE "RemapUid=1\n", NULL, "needs RemapUsers" },
};

static void check_file(const char *name, const char *text, const char *holds, const char *said)
{
	struct quadlet quadlet = { 0 };
	const char *path = arena_format(&quadlet.arena, "/q%%d/%s", name);
	struct quadlet_file *file = quadlet_add(&quadlet, path, text, strlen(text));
	const char *first = "";

	CHECK_NUMBER(text, quadlet_convert(&quadlet), 0);
	if (quadlet.problem_count > 0)
		first = quadlet_problem_format(&quadlet, &quadlet.problems[0]);
	if (!CHECK(text, said ? strstr(first, said) != NULL : *first == '\0'))
		printf("said: %s\n", first);
	CHECK(text, (quadlet.errors == 0) == (holds || !file));
	if (file && !CHECK(text, file->failed == !holds))
		printf("said: %s\n", first);
	if (holds && file &&
	    !CHECK(text, strstr(quadlet_format(&quadlet, file, &file->generated), holds)))
		printf("%s", quadlet_format(&quadlet, file, &file->generated));
	quadlet_free(&quadlet);
}

static struct quadlet_file *add(struct quadlet *quadlet, const char *path, const char *text)
{
	return quadlet_add(quadlet, path, text, strlen(text));
}

static void check_together(void)
{
	struct quadlet quadlet = { 0 };
	struct quadlet_file *pod = add(&quadlet, "/1/p.pod", "[Pod]\n");
	struct quadlet_file *in = add(&quadlet, "/1/in.container", IMAGE "Pod=p.pod\n");
	struct quadlet_file *alone =
		add(&quadlet, "/1/alone.container", IMAGE "Pod=p.pod\nStartWithPod=no\n");
	struct quadlet_file *twin = add(&quadlet, "/1/twin.container", IMAGE "ServiceName=in\n");
	struct quadlet_file *user = add(&quadlet, "/1/u.container", IMAGE "Volume=v.volume:/v\n");

	struct quadlet_file *without =
		add(&quadlet, "/1/w.container", IMAGE "Volume=off.volume:/v\n");

	add(&quadlet, "/1/v.volume", "[Volume]\nNosuch=1\n");
	CHECK("switched off", !add(&quadlet, "/1/off.volume", ""));
	CHECK("switched off for all", !add(&quadlet, "/2/off.volume", "[Volume]\n"));
	CHECK("the first of a name counts", !add(&quadlet, "/2/p.pod", "[Pod]\nPodName=x\n"));
	CHECK("another kind", !add(&quadlet, "/2/p.timer", "[Timer]\n"));
	CHECK_NUMBER("convert", quadlet_convert(&quadlet), 0);
	CHECK_TEXT("members", words_join(&pod->members, "|", &quadlet.arena), "in.service");
	CHECK("bound",
	      strstr(quadlet_format(&quadlet, in, &in->generated), "BindsTo=p-pod.service\n"));
	CHECK("before",
	      strstr(quadlet_format(&quadlet, pod, &pod->generated), "Before=in.service\n"));
	CHECK("in", !in->failed && !alone->failed);
	CHECK("the same service", twin->failed);
	CHECK("a volume with errors", user->failed);
	CHECK("a volume that is switched off", without->failed);
	CHECK_NUMBER("errors", quadlet.errors, 4);
	quadlet_free(&quadlet);
}

static void check_dropins(void)
{
	struct quadlet quadlet = { 0 };
	struct quadlet_file *file = add(&quadlet, "/1/a.container", IMAGE "Environment=A=1\n");
	static const char more[] = "[Container]\nEnvironment=\nEnvironment=B=2\n\nNosuch=1\n";

	quadlet_add_dropin(&quadlet, file, "/1/a.container.d/b.conf", more, sizeof(more) - 1);
	CHECK_NUMBER("convert", quadlet_convert(&quadlet), 0);
	CHECK("reset", !strstr(quadlet_format(&quadlet, file, &file->generated), "--env=A=1"));
	CHECK("added", strstr(quadlet_format(&quadlet, file, &file->generated), "--env=B=2"));
	if (CHECK("a problem", quadlet.problem_count == 1))
		CHECK_TEXT("its place", quadlet_problem_format(&quadlet, &quadlet.problems[0]),
			   "/1/a.container.d/b.conf:5: error: Nosuch: unsupported key 'Nosuch' in "
			   "group 'Container' [unknown-key]");
	quadlet_free(&quadlet);
}

static void check_health(void)
{
	struct quadlet quadlet = { 0 };
	struct quadlet_file *checked =
		add(&quadlet, "/1/a.container", IMAGE "HealthCmd=true\nHealthInterval=1m\n");
	struct quadlet_file *off =
		add(&quadlet, "/1/b.container", IMAGE "HealthCmd=true\nHealthInterval=disable\n");
	struct quadlet_file *none = add(&quadlet, "/1/c.container", IMAGE "HealthCmd=none\n");
	struct quadlet_file *many = add(&quadlet, "/1/t@.container", IMAGE "HealthCmd=true\n");
	struct quadlet_file *taken = add(&quadlet, "/1/d.container", IMAGE "HealthCmd=true\n");

	add(&quadlet, "/1/d-health.container", IMAGE);
	CHECK_NUMBER("convert", quadlet_convert(&quadlet), 0);
	CHECK_NUMBER("a timer and a check", checked->extra_count, 2);
	CHECK_TEXT("the timer", checked->extras[0].name, "a-health.timer");
	CHECK("ends with the service",
	      strstr(quadlet_format(&quadlet, checked, &checked->extras[0].unit),
		     "BindsTo=a.service\n"));
	CHECK("at its interval", strstr(quadlet_format(&quadlet, checked, &checked->extras[0].unit),
					"OnUnitInactiveSec=1m\n"));
	CHECK("the check", strstr(quadlet_format(&quadlet, checked, &checked->extras[1].unit),
				  "--unit=a.service"));
	CHECK("of the container",
	      strstr(quadlet_format(&quadlet, checked, &checked->extras[1].unit), "systemd-a\n"));
	CHECK("of an instance",
	      strstr(quadlet_format(&quadlet, many, &many->extras[1].unit), "systemd-t_%i\n"));
	CHECK_NUMBER("switched off", off->extra_count + none->extra_count, 0);
	CHECK_TEXT("of a template", many->extras[1].name, "t-health@.service");
	CHECK("refers to its instance",
	      strstr(quadlet_format(&quadlet, many, &many->extras[0].unit),
		     "BindsTo=t@%i.service\n"));
	CHECK("a name that is taken", taken->failed);
	quadlet_free(&quadlet);
}

SUITE(quadlet)
{
	check_health();
	check_words();
	check_quotes();
	check_values();
	check_folders();
	check_units();
	for (size_t i = 0; i < ROWS(files); i++)
		check_file(files[i].name, files[i].text, files[i].holds, files[i].said);
	check_together();
	check_dropins();
}
