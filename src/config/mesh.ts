/** The settings of the mesh, from the environment. */
import { accessOf } from './access.ts'
import { usualSources } from './config.ts'
import * as variables from './variables/mesh.ts'
import type { MeshSettings } from './config.ts'
import type { EnvironmentReader } from './environment.ts'
import type { ReadFile } from './secret-file.ts'

/** The first port of the mesh, for virtual router id 0: groups on one host differ in that id and so in their ports. */
const portBase = 11_200
/** How far the HTTP port lies above that of the mesh. */
const httpOffset = 1000

export function meshSettingsOf (reader: EnvironmentReader, virtualRouterId: number, readFile: ReadFile): MeshSettings {
  const port = reader.one(variables.port) ?? portBase + virtualRouterId
  const http = reader.one(variables.http) ?? { address: '127.0.0.1', port: port + httpOffset }
  const name = reader.one(variables.name) ?? 'default'
  const settings = {
    name,
    port,
    seeds: reader.one(variables.seeds) ?? [],
    discovery: reader.one(variables.discovery) ?? usualSources,
    specRevision: reader.one(variables.specRevision) ?? 0,
    unlistMs: (reader.one(variables.unlist) ?? 60) * 1000,
    kubernetes: { labelSelector: reader.one(variables.nodeSelector) ?? 'node-role.kubernetes.io/control-plane', kubeconfig: reader.one(variables.kubeconfig) },
    stateDir: reader.one(variables.stateDir) ?? '/var/lib/keepalived-mesh',
    http: http === 'off' ? null : http
  }
  return { ...settings, access: accessOf(reader, { name, virtualRouterId }, readFile) }
}
