// SPDX-License-Identifier: Apache-2.0
/*
 * Every key of every kind, as podman-systemd.unit(5) has them, and what becomes of it. The order of
 * the rows is that of keelson-run's options.
 */
#include "lib/quadlet/handlers.h"
#include <string.h>

#define NO_PODMAN "it configures podman, which is not here"
#define NO_SELINUX "the kernel has no SELinux"
#define NO_HEALTH_LOG "results of health checks go to the journal"
#define NO_ENCRYPTION "encrypted images are not read"

/* clang-format off */
#define KEY(name_, apply_, option_) { .name = name_, .apply = apply_, .option = option_ }
#define PREFIXED(name_, apply_, option_, prefix_) \
	{ .name = name_, .apply = apply_, .option = option_, .prefix = prefix_ }
#define ONE_OF(name_, apply_, option_, values_) \
	{ .name = name_, .apply = apply_, .option = option_, .values = values_ }
#define REFUSED(name_, why_) { .name = name_, .apply = refuse, .why = why_ }
#define ELSEWHERE(name_) { .name = name_ } /* another key's handler reads it, or services.c */

/* Of every kind. */
#define SHARED \
	ELSEWHERE("ServiceName"), \
	REFUSED("GlobalArgs", NO_PODMAN), \
	REFUSED("ContainersConfModule", NO_PODMAN)

#define MAPPINGS \
	KEY("UserNS", apply_user_namespace, "userns"), \
	KEY("UIDMap", apply_words, "uidmap"), \
	KEY("GIDMap", apply_words, "gidmap"), \
	KEY("SubUIDMap", apply_text, "subuidname"), \
	KEY("SubGIDMap", apply_text, "subgidname"), \
	ELSEWHERE("RemapUsers"), \
	ELSEWHERE("RemapUid"), \
	ELSEWHERE("RemapGid"), \
	ELSEWHERE("RemapUidSize")
/* clang-format on */

static const struct quadlet_key container_keys[] = {
	SHARED,
	KEY("ContainerName", apply_container_name, "name"),
	KEY("Image", apply_image, NULL),
	ELSEWHERE("Rootfs"),
	KEY("Pod", apply_pod, "pod"),
	ELSEWHERE("StartWithPod"),
	KEY("Notify", apply_notify, "sdnotify"),
	ONE_OF("CgroupsMode", apply_text_or_first, "cgroups", "split no-conmon"),
	ONE_OF("LogDriver", apply_text, "log-driver",
	       "journald none passthrough k8s-file json-file"),
	KEY("LogOpt", apply_words, "log-opt"),
	ONE_OF("Pull", apply_text, "pull", "always missing never newer"),
	KEY("Retry", apply_text, "retry"),
	KEY("RetryDelay", apply_text, "retry-delay"),
	KEY("Network", apply_networks, "network"),
	KEY("NetworkAlias", apply_lines, "network-alias"),
	KEY("IP", apply_text, "ip"),
	KEY("IP6", apply_text, "ip6"),
	KEY("PublishPort", apply_lines, "publish"),
	KEY("ExposeHostPort", apply_ports, "expose"),
	KEY("HostName", apply_text, "hostname"),
	KEY("AddHost", apply_lines, "add-host"),
	KEY("DNS", apply_lines, "dns"),
	KEY("DNSOption", apply_lines, "dns-option"),
	KEY("DNSSearch", apply_lines, "dns-search"),
	KEY("HttpProxy", apply_flag, "http-proxy"),
	KEY("User", apply_user, "user"),
	ELSEWHERE("Group"),
	KEY("GroupAdd", apply_lines, "group-add"),
	MAPPINGS,
	PREFIXED("NoNewPrivileges", apply_prefix_if, "security-opt", "no-new-privileges"),
	PREFIXED("SecurityLabelDisable", apply_prefix_if, "security-opt", "label=disable"),
	REFUSED("SecurityLabelNested", NO_SELINUX),
	REFUSED("SecurityLabelType", NO_SELINUX),
	REFUSED("SecurityLabelFileType", NO_SELINUX),
	REFUSED("SecurityLabelLevel", NO_SELINUX),
	PREFIXED("AppArmor", apply_text, "security-opt", "apparmor="),
	PREFIXED("SeccompProfile", apply_text, "security-opt", "seccomp="),
	PREFIXED("Mask", apply_args, "security-opt", "mask="),
	PREFIXED("Unmask", apply_args, "security-opt", "unmask="),
	KEY("DropCapability", apply_lower, "cap-drop"),
	KEY("AddCapability", apply_lower, "cap-add"),
	KEY("Sysctl", apply_words, "sysctl"),
	KEY("Ulimit", apply_lines, "ulimit"),
	KEY("Memory", apply_limit, "memory"),
	KEY("PidsLimit", apply_limit, "pids-limit"),
	KEY("ShmSize", apply_text, "shm-size"),
	KEY("ReadOnly", apply_flag, "read-only"),
	KEY("ReadOnlyTmpfs", apply_flag, "read-only-tmpfs"),
	KEY("VolatileTmp", apply_volatile_tmp, "tmpfs"),
	KEY("Tmpfs", apply_lines, "tmpfs"),
	KEY("Volume", apply_volumes, "volume"),
	KEY("Mount", apply_mounts, "mount"),
	KEY("AddDevice", apply_words, "device"),
	KEY("Secret", apply_args, "secret"),
	KEY("Timezone", apply_text, "tz"),
	KEY("EnvironmentHost", apply_flag, "env-host"),
	KEY("EnvironmentFile", apply_paths, "env-file"),
	KEY("Environment", apply_pairs, "env"),
	KEY("Label", apply_pairs, "label"),
	{ .name = "AutoUpdate",
	  .apply = apply_text,
	  .option = "label",
	  .prefix = "io.containers.autoupdate=",
	  .values = "registry local image disabled none" },
	KEY("Annotation", apply_pairs, "annotation"),
	KEY("HealthCmd", apply_text, "health-cmd"),
	KEY("HealthInterval", apply_text, "health-interval"),
	KEY("HealthTimeout", apply_text, "health-timeout"),
	KEY("HealthRetries", apply_text, "health-retries"),
	KEY("HealthStartPeriod", apply_text, "health-start-period"),
	ONE_OF("HealthOnFailure", apply_text, "health-on-failure", "none kill restart stop"),
	KEY("HealthStartupCmd", apply_text, "health-startup-cmd"),
	KEY("HealthStartupInterval", apply_text, "health-startup-interval"),
	KEY("HealthStartupTimeout", apply_text, "health-startup-timeout"),
	KEY("HealthStartupRetries", apply_text, "health-startup-retries"),
	KEY("HealthStartupSuccess", apply_text, "health-startup-success"),
	REFUSED("HealthLogDestination", NO_HEALTH_LOG),
	REFUSED("HealthMaxLogCount", NO_HEALTH_LOG),
	REFUSED("HealthMaxLogSize", NO_HEALTH_LOG),
	KEY("StopSignal", apply_text, "stop-signal"),
	KEY("StopTimeout", apply_text, "stop-timeout"),
	ELSEWHERE("ReloadCmd"),
	ELSEWHERE("ReloadSignal"),
	KEY("RunInit", apply_flag, "init"),
	KEY("WorkingDir", apply_text, "workdir"),
	KEY("Entrypoint", apply_text_if_set, "entrypoint"),
	KEY("Exec", apply_exec, NULL),
	KEY("PodmanArgs", apply_podman_args, NULL),
	{ .name = NULL },
};

static const struct quadlet_key pod_keys[] = {
	SHARED,
	KEY("PodName", apply_pod_name, "name"),
	ONE_OF("ExitPolicy", apply_text_or_first, "exit-policy", "stop continue"),
	ELSEWHERE("StopTimeout"),
	KEY("Network", apply_networks, "network"),
	KEY("NetworkAlias", apply_lines, "network-alias"),
	KEY("IP", apply_text, "ip"),
	KEY("IP6", apply_text, "ip6"),
	KEY("PublishPort", apply_lines, "publish"),
	KEY("HostName", apply_lines, "hostname"),
	KEY("AddHost", apply_lines, "add-host"),
	KEY("DNS", apply_lines, "dns"),
	KEY("DNSOption", apply_lines, "dns-option"),
	KEY("DNSSearch", apply_lines, "dns-search"),
	MAPPINGS,
	KEY("ShmSize", apply_text, "shm-size"),
	KEY("Volume", apply_volumes, "volume"),
	KEY("Label", apply_pairs, "label"),
	KEY("PodmanArgs", apply_podman_args, NULL),
	{ .name = NULL },
};

static const struct quadlet_key volume_keys[] = {
	SHARED,
	ELSEWHERE("VolumeName"),
	ONE_OF("Driver", apply_text, "driver", "local image"),
	KEY("Options", apply_driver_options, "opt"),
	ELSEWHERE("Image"),
	ELSEWHERE("Copy"),
	ELSEWHERE("Device"),
	ELSEWHERE("Type"),
	ELSEWHERE("User"),
	ELSEWHERE("Group"),
	KEY("UID", apply_text, "uid"),
	KEY("GID", apply_text, "gid"),
	KEY("Label", apply_pairs, "label"),
	KEY("PodmanArgs", apply_podman_args, NULL),
	{ .name = NULL },
};

static const struct quadlet_key network_keys[] = {
	SHARED,
	ELSEWHERE("NetworkName"),
	ELSEWHERE("NetworkDeleteOnStop"),
	ONE_OF("Driver", apply_text, "driver", "bridge macvlan ipvlan"),
	KEY("InterfaceName", apply_text, "interface-name"),
	KEY("Internal", apply_flag, "internal"),
	KEY("IPv6", apply_flag, "ipv6"),
	KEY("DisableDNS", apply_flag, "disable-dns"),
	KEY("DNS", apply_lines, "dns"),
	ONE_OF("IPAMDriver", apply_text, "ipam-driver", "host-local dhcp none"),
	KEY("Subnet", apply_subnets, "subnet"),
	KEY("Gateway", NULL, "gateway"),
	KEY("IPRange", NULL, "ip-range"),
	KEY("Options", apply_pairs, "opt"),
	KEY("Label", apply_pairs, "label"),
	KEY("PodmanArgs", apply_podman_args, NULL),
	{ .name = NULL },
};

static const struct quadlet_key image_keys[] = {
	SHARED,
	KEY("Image", apply_image, NULL),
	ELSEWHERE("ImageTag"),
	ONE_OF("Policy", apply_text, "policy", "always missing never newer"),
	KEY("AllTags", apply_flag, "all-tags"),
	KEY("Arch", apply_text, "arch"),
	KEY("OS", apply_text, "os"),
	KEY("Variant", apply_text, "variant"),
	KEY("AuthFile", apply_text, "authfile"),
	KEY("CertDir", apply_text, "cert-dir"),
	KEY("Creds", apply_text, "creds"),
	REFUSED("DecryptionKey", NO_ENCRYPTION),
	KEY("Retry", apply_text, "retry"),
	KEY("RetryDelay", apply_text, "retry-delay"),
	KEY("TLSVerify", apply_flag, "tls-verify"),
	KEY("PodmanArgs", apply_podman_args, NULL),
	{ .name = NULL },
};

static const struct quadlet_key no_keys[] = { { .name = NULL } };

const struct quadlet_section quadlet_sections[QUADLET_ALL_KINDS] = {
	[QUADLET_IMAGE] = { "Image", ".image", "-image", image_keys, NULL },
	[QUADLET_VOLUME] = { "Volume", ".volume", "-volume", volume_keys, NULL },
	[QUADLET_NETWORK] = { "Network", ".network", "-network", network_keys, NULL },
	[QUADLET_CONTAINER] = { "Container", ".container", "", container_keys, NULL },
	[QUADLET_POD] = { "Pod", ".pod", "-pod", pod_keys, NULL },
	[QUADLET_BUILD] = { "Build", ".build", "-build", no_keys,
			    "images are not built on this system: build them elsewhere and pull" },
	[QUADLET_KUBE] = { "Kube", ".kube", "", no_keys,
			   "Kubernetes objects are not run: write .pod and .container files" },
	[QUADLET_ARTIFACT] = { "Artifact", ".artifact", "-artifact", no_keys,
			       "OCI artifacts are not pulled: use an image or a file" },
};

const struct quadlet_key *quadlet_find_key(enum quadlet_kind kind, const char *name)
{
	const struct quadlet_key *key = quadlet_sections[kind].keys;

	while (key->name && strcmp(key->name, name) != 0)
		key++;
	return key->name ? key : NULL;
}
