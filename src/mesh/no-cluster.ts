/**
 * Stands in for `node:cluster` in the bundle (the aliases of the build). libp2p's peer store asks it whether locks must be shared with other
 * processes of a cluster; an agent is one process, and to load the real one costs each start 3 ms.
 */
const cluster = {
  isPrimary: true,
  isWorker: false,
  on (): void {}
}

export { cluster as default }
