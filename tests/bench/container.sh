#!/bin/sh
# container.sh - how long a container of Quadlet takes to start and to stop, on any machine that has systemd and runs such files.
#
# usage: container.sh IMAGE [RUNS]    as root; IMAGE has sh and cat and is there already; RUNS of each (default 7)
# For Keelson and podman alike: only files in /run/containers/systemd, systemctl and /proc/uptime (hundredths of a second) are used.
# first: from `systemctl start` to the container's first instruction, which writes /proc/uptime to a folder of the host.
# active: until `systemctl start` returns. stop: `systemctl stop` of a process that ends by SIGTERM. Milliseconds.
# unit: the same start of a service without a container, to take off: what the machine's systemd needs.
# Leaves nothing. Exit codes: 0 done, 1 a container did not start, 2 usage.
set -eu
image=${1:-} runs=${2:-7} folder=/run/containers/systemd work=/run/bench-container
case $runs/${image:+given} in *[!0-9]*/* | 0/* | /* | */) sed -n '2,/^set -eu/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;; esac

now() { read -r up _ </proc/uptime; echo "${up%.*}${up#*.}0"; } # milliseconds
clean() {
	systemctl stop bench.service plain.service 2>/dev/null || :
	rm -rf $folder/bench.container /run/systemd/system/plain.service $work
	systemctl daemon-reload
}
trap clean EXIT
mkdir -p $folder $work
# shellcheck disable=SC2016 # the container's shell expands it
first='read -r up rest </proc/uptime; echo $$up >/out/first; trap "exit 0" TERM; while :; do sleep 1 & wait; done'
for network in bridge none; do
	cat >$folder/bench.container <<-END
		[Container]
		Image=$image
		Volume=$work:/out
		Network=$network
		Exec=sh -c '$first'
	END
	printf '[Service]\nExecStart=/bin/sleep 1000\n' >/run/systemd/system/plain.service
	systemctl daemon-reload
	for run in $(seq "$runs"); do
		rm -f $work/first
		start=$(now)
		systemctl start bench.service
		active=$(now)
		while [ ! -s $work/first ]; do sleep 0.02; done
		read -r up <$work/first
		stop=$(now)
		systemctl stop bench.service
		stopped=$(now)
		plain=$(now)
		systemctl start plain.service
		started=$(now)
		systemctl stop plain.service
		echo "network=$network run=$run first=$((${up%.*}${up#*.}0 - start)) active=$((active - start)) stop=$((stopped - stop)) unit=$((started - plain))"
	done
done
