# The container image of keepalived-mesh: keepalived, Node, the one-file bundle, and a launcher above them.
#
#   docker build -t keepalived-mesh .                          Alpine, the default
#   docker build -t keepalived-mesh:debian --target debian .   Debian slim, for hosts where musl is unwelcome
#
# The release build pins each base by digest, for example
#   --build-arg ALPINE_IMAGE=alpine:3.23@sha256:…
# Packages are not pinned: both distributions drop a version as soon as its fix is out.

ARG NODE_IMAGE=node:24.21.0-trixie-slim
ARG ALPINE_IMAGE=alpine:3.23
ARG DEBIAN_IMAGE=debian:trixie-slim

# The bundle is the same for every platform, so it is built once, on the builder's own. On Debian, because the Node and
# the compilers that the lock file names are made for glibc.
FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS build
USER node
WORKDIR /home/node/keepalived-mesh
COPY --chown=node:node package.json package-lock.json .npmrc ./
RUN npm ci --no-audit
COPY --chown=node:node tsconfig.json ./
COPY --chown=node:node src ./src
COPY --chown=node:node deploy/release ./deploy/release
RUN npm run build && node deploy/release/licences.ts > dist/LICENSES.txt

# What both variants add to their base, laid out once.
FROM scratch AS files
COPY --from=build /home/node/keepalived-mesh/dist/keepalived-mesh.js /usr/local/lib/keepalived-mesh/keepalived-mesh.mjs
COPY --from=build /home/node/keepalived-mesh/dist/start.cjs /usr/local/lib/keepalived-mesh/start.cjs
COPY --chmod=755 deploy/docker/launcher.sh /usr/local/lib/keepalived-mesh/launcher.sh
COPY --chmod=755 deploy/docker/keepalived-mesh.sh /usr/local/bin/keepalived-mesh
# Where the agent would install it, so that a read-only root needs no other place for it.
COPY --chmod=755 src/keepalived/chk_kube_apiserver.sh /usr/lib/keepalived/scripts/chk_kube_apiserver.sh
COPY LICENSE /usr/local/share/licenses/keepalived-mesh/LICENSE
COPY --from=build /home/node/keepalived-mesh/dist/LICENSES.txt /usr/local/share/licenses/keepalived-mesh/LICENSES.txt

FROM ${NODE_IMAGE} AS node

FROM ${DEBIAN_IMAGE} AS debian
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="keepalived-mesh" \
      org.opencontainers.image.description="A virtual IP for a group of hosts: keepalived, with agents that find each other (Debian)" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl iproute2 iputils-arping keepalived libstdc++6 tini \
    && apt-get clean \
    && rm -rf /var/lib/apt/lists/*
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=files / /
# One arena of malloc in place of one a thread: 10 MB less.
ENV MALLOC_ARENA_MAX=1
# What V8 makes of the bundle is kept, for each start after this one.
RUN node -e 'process.exitCode = Number.parseInt(process.versions.node) < 24 ? 1 : 0' \
    && keepalived-mesh warm-up && keepalived --version
VOLUME /var/lib/keepalived-mesh
STOPSIGNAL SIGTERM
# Unhealthy: no agent, a host that is blocked, or no keepalived where there should be one. Joining and standing by are well.
HEALTHCHECK --interval=60s --timeout=5s --start-period=30s CMD ["keepalived-mesh", "status"]
# Root, and of its capabilities four: keepalived sets addresses (NET_ADMIN), sends VRRP and ARP (NET_RAW), and runs no
# script without SETGID; with SETUID as well, the check becomes nobody. The agent signals keepalived, so it is no other user.
USER root
ENTRYPOINT ["tini", "-s", "--", "/usr/local/lib/keepalived-mesh/launcher.sh"]

# Last, so that it is what `docker build` makes. Alpine's own Node: linked to the system's libraries, it is a third of
# the size of the official binary, and its fixes come with the distribution's.
FROM ${ALPINE_IMAGE} AS alpine
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="keepalived-mesh" \
      org.opencontainers.image.description="A virtual IP for a group of hosts: keepalived, with agents that find each other" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
RUN apk add --no-cache ca-certificates curl iproute2-minimal iputils-arping keepalived nodejs setpriv tini
COPY --from=files / /
RUN node -e 'process.exitCode = Number.parseInt(process.versions.node) < 24 ? 1 : 0' \
    && keepalived-mesh warm-up && keepalived --version
VOLUME /var/lib/keepalived-mesh
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=5s --start-period=30s CMD ["keepalived-mesh", "status"]
# Root, for the reasons given above.
USER root
# tini: reaps what an agent that died leaves behind, passes signals on, and with -s does so too where the engine brings
# an init of its own (podman --init, as cephadm starts it). No arguments: the environment says it all.
ENTRYPOINT ["tini", "-s", "--", "/usr/local/lib/keepalived-mesh/launcher.sh"]
