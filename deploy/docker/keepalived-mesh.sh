#!/bin/sh
# `keepalived-mesh` on the PATH of the container: the bundle, run by Node with a heap that is kept small (a third of
# the anonymous memory less) and without the debugger that SIGUSR1 would otherwise open on the host's network in the
# moments before the agent listens for that signal.
exec node --disable-sigusr1 --max-semi-space-size=1 /usr/local/lib/keepalived-mesh/keepalived-mesh.mjs "$@"
