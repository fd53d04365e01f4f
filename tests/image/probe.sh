#!/bin/sh
# probe.sh - run as a container's process: what it may do, one line NAME=VALUE each.
# usage: sh probe.sh    in any image with BusyBox; tests/image/test_run.py compares, and prints it as a table
# shellcheck disable=SC2010,SC2012 # names are the kernel's
# Nothing that it tries would change the machine if it were allowed: who isolates nothing must be able to run it.
set -u
status() { sed -n "s/^$1:[[:space:]]*//p" /proc/self/status; }
try() { if "$@" >/dev/null 2>&1; then echo yes; else echo no; fi; }
for name in CapBnd CapEff CapPrm CapInh CapAmb NoNewPrivs Seccomp; do echo "$name=$(status $name)"; done
echo "uid=$(id -u) gid=$(id -g) groups=$(id -G)"
echo "pid1=$$"
echo "processes=$(ls /proc | grep -c '^[0-9]')"
echo "devices=$(ls /dev | tr '\n' ' ')"
echo "interfaces=$(ls /sys/class/net | tr '\n' ' ')"
echo "mknod=$(try mknod /tmp/probe c 1 3)"
echo "mount=$(try mount -t tmpfs none /tmp)"
echo "chroot=$(try chroot / true)"
echo "unshare=$(try unshare -m true)"
echo "write-sysctl=$(try sh -c ': >>/proc/sys/kernel/core_uses_pid')"
echo "write-sysrq=$(try sh -c ': >>/proc/sysrq-trigger')"
echo "write-cgroup=$(try sh -c ': >>/sys/fs/cgroup/cgroup.procs')"
echo "write-sys=$(try sh -c ': >>/sys/kernel/mm/transparent_hugepage/enabled')"
echo "kcore=$(try test -s /proc/kcore)"
echo "keys=$(try test -s /proc/keys)"
echo "firmware=$(ls /sys/firmware | wc -l)"
echo "raw-socket=$(try ping -c 1 -W 1 127.0.0.1)"
echo "set-hostname=$(try hostname other)"
