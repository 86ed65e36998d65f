#!/bin/sh
# Stands above the agent in the container and keeps one running.
#
# The container ends when this ends, and the kernel then kills keepalived without a word, which leaves the virtual IP
# on the host's interface and tells no BACKUP. So this is the one rule: it never ends while keepalived runs, unless it
# was told to stop, and then it stops keepalived first should the agent have failed to. A crash of the agent costs a
# restart and moves nothing; `detach` is an upgrade in place, because what ran is adopted by the agent started next.
#
# An agent that ended by itself with keepalived down ends the container too, with its exit code: 0 stopped as asked,
# 64 bad configuration, 69 no usable keepalived. Anything else is started again, later each time.
#
# Any word but `run` is a command for the agent that runs: `docker exec NAME keepalived-mesh status` and this are one.
# POSIX sh; works in the ash of busybox and in dash. A fraction of a second in sleep is the one liberty.
set -u

case ${1:-run} in
  run) ;;
  *) exec keepalived-mesh "$@" ;;
esac

pid_file=${KEEPALIVED_MESH_RUN_DIR:-/run/keepalived-mesh}/keepalived.pid
delay_min=1    # seconds before the first restart
delay_max=30   # and before the last of a series
ran_well=60    # seconds after which a crash counts as the first one again
stop_tries=30  # tenths of a second that keepalived gets for its farewell; it needs one

agent=         # pid of the agent, while there is one
code=0         # how the last one ended
stopping=      # set once TERM or INT came
interrupted=   # set by each signal: `wait` came back before the agent ended

# One line in the form of the agent's log; the words never hold a quote.
say () {
  if [ -t 2 ]; then
    echo "launcher: $2" >&2
  else
    echo "{\"level\":\"$1\",\"time\":\"$(date -u +%Y-%m-%dT%H:%M:%SZ)\",\"msg\":\"launcher: $2\"}" >&2
  fi
}

# Seconds since boot: no clock that somebody may set.
uptime_seconds () {
  read -r up _ </proc/uptime
  echo "${up%%.*}"
}

# The pid of a keepalived that runs. The file alone proves nothing: the pid may belong to another process by now, or
# to a zombie, which has no exe.
keepalived_pid () {
  pid=
  read -r pid 2>/dev/null <"$pid_file" || [ -n "$pid" ] || return 1
  name=
  read -r name 2>/dev/null <"/proc/$pid/comm" || return 1
  [ "$name" = keepalived ] && [ -e "/proc/$pid/exe" ] && echo "$pid"
}

forward () {
  interrupted=yes
  [ -z "$agent" ] || kill -s "$1" "$agent" 2>/dev/null
}

trap 'stopping=yes; forward TERM' TERM
trap 'stopping=yes; forward INT' INT
trap 'forward HUP' HUP
trap 'forward USR1' USR1
trap 'forward USR2' USR2

# Runs one agent to its end; its exit code is in $code. In a session of its own, so that ^C on a terminal comes once,
# from here, and not twice: the second one means "at once".
run_agent () {
  setsid keepalived-mesh run &
  agent=$!
  [ -z "$stopping" ] || forward TERM
  code=127
  while
    interrupted=
    wait "$agent"
    ended=$?
    # 127: an earlier wait had its exit code already, just as a signal came.
    [ "$ended" -eq 127 ] || code=$ended
    [ -n "$interrupted" ]
  do :; done
  agent=
}

# A pause that a signal cuts short.
pause () {
  sleep "$1" &
  wait "$!"
  kill "$!" 2>/dev/null
}

stop_keepalived () {
  pid=$(keepalived_pid) || return 0
  say error "the agent ended with code $code and left keepalived running; stopping it"
  kill -s TERM "$pid"
  tries=0
  while keepalived_pid >/dev/null && [ "$tries" -lt "$stop_tries" ]; do
    sleep 0.1
    tries=$((tries + 1))
  done
}

delay=$delay_min
while [ -z "$stopping" ]; do
  began=$(uptime_seconds)
  run_agent
  [ -z "$stopping" ] || break
  [ $(($(uptime_seconds) - began)) -lt "$ran_well" ] || delay=$delay_min
  if ! keepalived_pid >/dev/null; then
    case $code in
      0 | 64 | 69) exit "$code" ;;
    esac
  elif [ "$code" -eq 0 ]; then
    say info "the agent detached and keepalived runs on; starting the agent again in $delay_min s"
    pause "$delay_min"
    continue
  fi
  say error "the agent ended with code $code; starting it again in $delay s"
  pause "$delay"
  delay=$((delay * 2))
  [ "$delay" -le "$delay_max" ] || delay=$delay_max
done

stop_keepalived
# Ended by the very signal that was passed on, before it could handle it: that is stopped as asked.
case $code in
  130 | 143) code=0 ;;
esac
exit "$code"
