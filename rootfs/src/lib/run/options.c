// SPDX-License-Identifier: Apache-2.0
/* See options.h. Must never pass over an option, nor take a value for what it is not. */
#include "lib/run/options.h"
#include "lib/text.h"
#include <errno.h>
#include <string.h>

#define NAME_BYTES_MAX 200

enum kind {
	TEXT,    /* the last one counts */
	LIST,    /* all count */
	FLAG,    /* without a value, or with =true or =false */
	NO_USE,  /* taken: what it asks for is so anyway, or done by the unit */
	REFUSED, /* with the reason */
};

struct row {
	unsigned verbs;
	const char *name;
	enum kind kind;
	size_t member;
	const char *values; /* the only ones, with blanks between; of REFUSED: why */
};

#define AT(member_) offsetof(struct run_options, member_)
#define C RUN_CONTAINER
#define P RUN_POD
#define V RUN_VOLUME
#define N RUN_NETWORK
#define I RUN_IMAGE

static const struct row rows[] = {
	{ C | P, "name", TEXT, AT(name), NULL },
	{ C, "pod", TEXT, AT(pod), NULL },
	{ C, "rootfs", FLAG, AT(rootfs), NULL },
	{ C, "sdnotify", TEXT, AT(sdnotify), "started container healthy" },
	{ C, "cgroups", TEXT, AT(cgroups), "split no-conmon" },
	{ C, "log-driver", TEXT, AT(log_driver), "journald none passthrough k8s-file json-file" },
	{ C, "log-opt", NO_USE, 0, NULL },
	{ C, "pull", TEXT, AT(pull), "always missing never newer" },
	{ C | I, "retry", TEXT, AT(retry), NULL },
	{ C | I, "retry-delay", TEXT, AT(retry_delay), NULL },
	{ C | P, "network", LIST, AT(networks), NULL },
	{ C | P, "network-alias", LIST, AT(network_aliases), NULL },
	{ C | P, "ip", TEXT, AT(ip), NULL },
	{ C | P, "ip6", TEXT, AT(ip6), NULL },
	{ C | P, "mac-address", TEXT, AT(mac_address), NULL },
	{ C | P, "publish", LIST, AT(publish), NULL },
	{ C, "expose", NO_USE, 0, NULL },
	{ C | P, "hostname", TEXT, AT(hostname), NULL },
	{ C | P, "add-host", LIST, AT(add_hosts), NULL },
	{ C | P, "no-hosts", FLAG, AT(no_hosts), NULL },
	{ C | P | N, "dns", LIST, AT(dns), NULL },
	{ C | P, "dns-option", LIST, AT(dns_options), NULL },
	{ C | P, "dns-search", LIST, AT(dns_search), NULL },
	{ C, "http-proxy", FLAG, AT(http_proxy), NULL },
	{ C, "user", TEXT, AT(user), NULL },
	{ C, "group-add", LIST, AT(groups), NULL },
	{ C | P, "userns", TEXT, AT(userns), NULL },
	{ C | P, "uidmap", LIST, AT(uidmaps), NULL },
	{ C | P, "gidmap", LIST, AT(gidmaps), NULL },
	{ C | P, "subuidname", TEXT, AT(subuid_name), NULL },
	{ C | P, "subgidname", TEXT, AT(subgid_name), NULL },
	{ C, "security-opt", LIST, AT(security), NULL },
	{ C, "cap-add", LIST, AT(cap_add), NULL },
	{ C, "cap-drop", LIST, AT(cap_drop), NULL },
	{ C, "privileged", FLAG, AT(privileged), NULL },
	{ C, "sysctl", LIST, AT(sysctls), NULL },
	{ C, "ulimit", LIST, AT(ulimits), NULL },
	{ C | P, "shm-size", TEXT, AT(shm_size), NULL },
	{ C, "read-only", FLAG, AT(read_only), NULL },
	{ C, "read-only-tmpfs", FLAG, AT(read_only_tmpfs), NULL },
	{ C, "tmpfs", LIST, AT(tmpfs), NULL },
	{ C | P, "volume", LIST, AT(volumes), NULL },
	{ C, "mount", LIST, AT(mounts), NULL },
	{ C, "device", LIST, AT(devices), NULL },
	{ C, "secret", LIST, AT(secrets), NULL },
	{ C, "tz", TEXT, AT(timezone), NULL },
	{ C, "env-host", FLAG, AT(env_host), NULL },
	{ C, "env-file", LIST, AT(env_files), NULL },
	{ C, "env", LIST, AT(env), NULL },
	{ C | P | V | N, "label", LIST, AT(labels), NULL },
	{ C, "annotation", LIST, AT(annotations), NULL },
	{ C, "health-cmd", TEXT, AT(health_command), NULL },
	{ C, "health-interval", TEXT, AT(health_interval), NULL },
	{ C, "health-timeout", TEXT, AT(health_timeout), NULL },
	{ C, "health-retries", TEXT, AT(health_retries), NULL },
	{ C, "health-start-period", TEXT, AT(health_start_period), NULL },
	{ C, "health-on-failure", TEXT, AT(health_on_failure), "none kill restart stop" },
	{ C, "health-startup-cmd", TEXT, AT(startup_command), NULL },
	{ C, "health-startup-interval", TEXT, AT(startup_interval), NULL },
	{ C, "health-startup-timeout", TEXT, AT(startup_timeout), NULL },
	{ C, "health-startup-retries", TEXT, AT(startup_retries), NULL },
	{ C, "health-startup-success", TEXT, AT(startup_success), NULL },
	{ C, "stop-signal", TEXT, AT(stop_signal), NULL },
	{ C, "stop-timeout", TEXT, AT(stop_timeout), NULL },
	{ C, "init", FLAG, AT(init), NULL },
	{ C, "workdir", TEXT, AT(workdir), NULL },
	{ C, "entrypoint", TEXT, AT(entrypoint), NULL },
	{ C, "tty", FLAG, AT(tty), NULL },
	{ C, "interactive", FLAG, AT(interactive), NULL },
	{ C, "oom-score-adj", TEXT, AT(oom_score_adj), NULL },
	{ C, "umask", TEXT, AT(umask), NULL },
	{ C, "pid", TEXT, AT(pid), NULL },
	{ C, "ipc", TEXT, AT(ipc), NULL },
	{ C, "uts", TEXT, AT(uts), NULL },
	{ C, "cgroupns", TEXT, AT(cgroupns), "private host" },
	{ P, "exit-policy", TEXT, AT(exit_policy), "stop continue" },
	{ V | N, "driver", TEXT, AT(driver), NULL },
	{ V | N, "opt", LIST, AT(driver_options), NULL },
	{ V, "uid", TEXT, AT(uid), NULL },
	{ V, "gid", TEXT, AT(gid), NULL },
	{ N, "interface-name", TEXT, AT(interface_name), NULL },
	{ N, "internal", FLAG, AT(internal), NULL },
	{ N, "ipv6", FLAG, AT(ipv6), NULL },
	{ N, "disable-dns", FLAG, AT(disable_dns), NULL },
	{ N, "ipam-driver", TEXT, AT(ipam_driver), NULL },
	{ N, "subnet", LIST, AT(subnets), NULL },
	{ N, "gateway", LIST, AT(gateways), NULL },
	{ N, "ip-range", LIST, AT(ranges), NULL },
	{ I, "policy", TEXT, AT(policy), "always missing never newer" },
	{ I, "all-tags", FLAG, AT(all_tags), NULL },
	{ C | I, "arch", TEXT, AT(arch), NULL },
	{ C | I, "os", TEXT, AT(os), NULL },
	{ C | I, "variant", TEXT, AT(variant), NULL },
	{ C | I, "platform", TEXT, AT(platform), NULL },
	{ C | I, "authfile", TEXT, AT(authfile), NULL },
	{ I, "cert-dir", TEXT, AT(cert_dir), NULL },
	{ I, "creds", TEXT, AT(credentials), NULL },
	{ C | I, "tls-verify", FLAG, AT(tls_verify), NULL },
	{ I, "quiet", FLAG, AT(quiet), NULL },
	/* keelson-quadlet writes these into [Service]: the unit's cgroup is systemd's. */
	{ C, "memory", REFUSED, 0, "limits are the unit's: MemoryMax= in [Service]" },
	{ C, "memory-reservation", REFUSED, 0, "limits are the unit's: MemoryLow= in [Service]" },
	{ C, "memory-swap", REFUSED, 0, "limits are the unit's: MemorySwapMax= in [Service]" },
	{ C, "pids-limit", REFUSED, 0, "limits are the unit's: TasksMax= in [Service]" },
	{ C, "cpus", REFUSED, 0, "limits are the unit's: CPUQuota= in [Service]" },
	{ C, "cpu-period", REFUSED, 0, "limits are the unit's: CPUQuotaPeriodSec= in [Service]" },
	{ C, "cpu-quota", REFUSED, 0, "limits are the unit's: CPUQuota= in [Service]" },
	{ C, "cpu-shares", REFUSED, 0, "limits are the unit's: CPUWeight= in [Service]" },
	{ C, "cpuset-cpus", REFUSED, 0, "limits are the unit's: AllowedCPUs= in [Service]" },
	{ C, "cpuset-mems", REFUSED, 0, "limits are the unit's: AllowedMemoryNodes= in [Service]" },
	{ C, "device-cgroup-rule", REFUSED, 0, "limits are the unit's: DeviceAllow= in [Service]" },
};

bool run_is_name(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_.-";
	size_t length = strspn(text, letters);

	return length > 0 && length <= NAME_BYTES_MAX && text[length] == '\0' &&
	       !strchr("_.-", text[0]);
}

struct parse {
	enum run_verb verb;
	struct arena *arena;
	struct run_options *options;
	struct error *error;
};

static int take_flag(struct parse *parse, const struct row *row, const char *value)
{
	bool on = !value || strcmp(value, "true") == 0;

	if (!on && strcmp(value, "false") != 0)
		return error_set(parse->error, -EINVAL, "--%s is true or false, not %s", row->name,
				 value);
	*(bool *)((char *)parse->options + row->member) = on;
	return 0;
}

static int take_text(struct parse *parse, const struct row *row, const char *value)
{
	if (row->values && !text_is_one_of(row->values, value))
		return error_set(parse->error, -EINVAL, "--%s=%s is not supported; there is: %s",
				 row->name, value, row->values);
	*(const char **)((char *)parse->options + row->member) = value;
	return 0;
}

static int take_list(struct parse *parse, const struct row *row, const char *value)
{
	struct words *words = (struct words *)((char *)parse->options + row->member);

	if (words->count == WORDS_MAX)
		return error_set(parse->error, -E2BIG, "--%s comes more than %d times", row->name,
				 WORDS_MAX);
	words_add(words, parse->arena, value);
	return 0;
}

static int take(struct parse *parse, const struct row *row, const char *value)
{
	if (row->kind == REFUSED)
		return error_set(parse->error, -EOPNOTSUPP, "--%s is not supported: %s", row->name,
				 row->values);
	if (row->kind == FLAG)
		return take_flag(parse, row, value);
	if (!value)
		return error_set(parse->error, -EINVAL, "--%s needs a value: --%s=VALUE", row->name,
				 row->name);
	switch (row->kind) {
	case TEXT:
		return take_text(parse, row, value);
	case LIST:
		return take_list(parse, row, value);
	case NO_USE:
	case FLAG:
	case REFUSED:
		break;
	}
	return 0;
}

static int take_word(struct parse *parse, const char *word)
{
	size_t length = strcspn(word + 2, "=");
	const char *value = word[2 + length] == '=' ? word + 3 + length : NULL;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if ((rows[i].verbs & parse->verb) && strlen(rows[i].name) == length &&
		    memcmp(rows[i].name, word + 2, length) == 0)
			return take(parse, &rows[i], value);
	return error_set(parse->error, -EINVAL, "there is no option %.*s; keelson-run --help",
			 (int)length + 2, word);
}

static int check(struct parse *parse)
{
	const struct run_options *options = parse->options;
	bool own_name = parse->verb == RUN_CONTAINER || parse->verb == RUN_POD;
	const char *name = own_name ? options->name : options->operand;

	if (!options->operand && parse->verb != RUN_POD)
		return error_set(parse->error, -EINVAL, "the name behind the options is missing");
	if (own_name && !name)
		return error_set(parse->error, -EINVAL, "--name=NAME is missing");
	if (parse->verb != RUN_IMAGE && !run_is_name(name))
		return error_set(parse->error, -EINVAL,
				 "%s is no name: letters, digits, and then also _ . -", name);
	if (options->args.count > 0 && parse->verb != RUN_CONTAINER)
		return error_set(parse->error, -EINVAL, "%s: one word too many",
				 options->args.at[0]);
	if (options->gateways.count > options->subnets.count ||
	    options->ranges.count > options->subnets.count)
		return error_set(parse->error, -EINVAL,
				 "--gateway and --ip-range need a --subnet each");
	if (options->pod && !run_is_name(options->pod))
		return error_set(parse->error, -EINVAL, "--pod=%s is no name", options->pod);
	return 0;
}

int run_options_parse(enum run_verb verb, char *const words[], size_t count, struct arena *arena,
		      struct run_options *ret, struct error *error)
{
	struct parse parse = { verb, arena, ret, error };
	size_t at = 0;

	*ret = (struct run_options){ .read_only_tmpfs = true,
				     .http_proxy = true,
				     .tls_verify = true };
	for (; at < count && text_starts(words[at], "--"); at++) {
		int r;

		if (words[at][2] == '\0') {
			at++;
			break;
		}
		r = take_word(&parse, words[at]);
		if (r < 0)
			return r;
	}
	if (at < count)
		ret->operand = words[at++];
	for (; at < count; at++)
		words_add(&ret->args, arena, words[at]);
	if (arena->exhausted)
		return error_set(error, -ENOMEM, "out of memory");
	return check(&parse);
}
