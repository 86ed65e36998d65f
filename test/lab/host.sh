#!/bin/sh
# Init of one host of the lab: makes the directories private that keepalived and the agent write to, then reaps
# orphans (a keepalived whose agent was killed is one) until the host is switched off.
#
#   host.sh ROOT NAME    ROOT: the checkout, which stays visible even where a private directory would cover it
set -e
cd "$1"
hostname "$2"
mkdir -p "/var/lib/$2"
mount --bind "/var/lib/$2" /var/lib
mount -t sysfs sysfs /sys
# The check script is installed below /usr/lib: writes there go to a layer of the host's own.
mkdir -p "/var/lib/.layer/upper" "/var/lib/.layer/work"
mount -t overlay -o lowerdir=/usr/lib,upperdir=/var/lib/.layer/upper,workdir=/var/lib/.layer/work lab /usr/lib
for directory in /run /tmp /etc/keepalived; do mount -t tmpfs -o mode=0755 lab "$directory"; done
if [ ! -e "$1/package.json" ]; then mkdir -p "$1"; mount --no-canonicalize --bind . "$1"; fi
ip link set lo up
echo ready
sleep infinity &
wait
