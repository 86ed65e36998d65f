#!/bin/sh
# Is the kube-apiserver of this host well? keepalived runs this; 0 is healthy, anything else is not.
#
#   chk_kube_apiserver.sh VIP PORT [HOST [PATH [TIMEOUT [CA_FILE]]]]
#
# Asks https://HOST:PORT PATH (localhost, /livez), and where this very host holds VIP, https://VIP:PORT PATH as well: an
# apiserver that answers locally but not on the VIP serves nobody. Only 2xx is healthy. The certificate is verified
# only against a CA that is given, because that of localhost is rarely in the system's store. TIMEOUT (seconds, 2) is
# for both questions together; keep it below the interval of the check, or keepalived counts its own impatience as a failure.
# Needs no privilege, so root runs it as nobody where it can; writes no file, and leaves no process behind. POSIX sh; runs
# under busybox.

# keepalived's own way (`user`) is none: its config test ends by SIGTERM then (2.2.7), and where it may not change the user
# it disables the check, which counts as healthy. Whoever cannot become nobody, or could not read the CA then, stays root.
as_nobody () {
  setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs "$@"
}
if [ "$(id -u 2>/dev/null)" = 0 ] && as_nobody test -x "$0" -a -r "$0" -a -r "${6:-/dev/null}" 2>/dev/null; then
  exec setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs "$0" "$@"
fi

vip=$1
port=$2
host=${3:-localhost}
path=${4:-/livez}
timeout=${5:-2}
ca=$6

fail () {
  echo "chk_kube_apiserver: $*" >&2
  exit 1
}

[ -n "$vip" ] && [ -n "$port" ] || fail 'usage: chk_kube_apiserver.sh VIP PORT [HOST [PATH [TIMEOUT [CA_FILE]]]]'
command -v curl >/dev/null 2>&1 || fail 'curl is not installed'

# IPv6 literals stand in brackets in a URL.
authority () {
  case $1 in
    *:*) echo "[$1]:$port" ;;
    *) echo "$1:$port" ;;
  esac
}

# $1: address; $2: seconds
ask () {
  url=https://$(authority "$1")$path
  seconds=$2
  if [ -n "$ca" ]; then set -- --cacert "$ca"; else set -- --insecure; fi
  code=$(curl --disable --silent --globoff --noproxy '*' --max-time "$seconds" --output /dev/null --write-out '%{http_code}' "$@" -- "$url") ||
    fail "$url does not answer (curl: $?)"
  case $code in
    2??) ;;
    *) fail "$url answers $code" ;;
  esac
}

# Whether an interface of this host has exactly this address: `to` without a length is a host's, so 10.10.0.2 is not
# 10.10.0.21, and the kernel compares addresses, not texts.
holds () {
  [ -n "$(ip -o address show to "$1" 2>/dev/null)" ]
}

if holds "$vip"; then
  half=$(LC_ALL=C awk -v seconds="$timeout" 'BEGIN { print seconds / 2 }')
  ask "$host" "$half"
  ask "$vip" "$half"
else
  ask "$host" "$timeout"
fi
