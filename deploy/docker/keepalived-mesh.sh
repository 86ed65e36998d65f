#!/bin/sh
# `keepalived-mesh` on the PATH of the container: the bundle, run by Node
# --disable-sigusr1         without the debugger that SIGUSR1 would otherwise open on the host's network in the moments
#                           before the agent listens for that signal
# --jitless                 interpreted: the agent has a few things to do each second, and V8's compilers cost more memory
#                           than they save time; nor is any of its memory ever writable and executable
# --max-semi-space-size=1   with a heap that is kept small
# --optimize-for-size
# start.cjs                 with what V8 made of the bundle when the image was built: a quarter of the start less
exec node --disable-sigusr1 --jitless --max-semi-space-size=1 --optimize-for-size /usr/local/lib/keepalived-mesh/start.cjs /usr/local/lib/keepalived-mesh/keepalived-mesh.mjs "$@"
