#!/bin/sh
# Init of the room: the namespaces that hold a lab's switch and, nested in them, its hosts. When this process dies, the
# kernel ends every process of the lab and frees every interface and mount of it, so no run can leave anything behind.
#
#   room.sh ROOT    ROOT: the checkout, which stays visible even where a private directory would cover it
set -e
cd "$1"
# The hosts' disks: /var/lib/NAME here becomes /var/lib there. They outlive a host that crashes, not the lab.
mount -t tmpfs -o mode=0755 lab /var/lib
if [ ! -e "$1/package.json" ]; then mkdir -p "$1"; mount --no-canonicalize --bind . "$1"; fi
ip link set lo up
# The second switch is for those who are to be apart for a while.
for switch in switch apart; do
  ip link add "$switch" type bridge
  ip link set "$switch" up
done
echo ready
# A shell that waits also reaps the orphans that fall to it.
sleep infinity &
wait
