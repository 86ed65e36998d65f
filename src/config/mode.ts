/**
 * Which of the four ways of running the environment asks for. A user of the seed has static peers and knows of no
 * mesh, so static peers alone mean static mode; a mesh beside them is asked for by name.
 */
import { autoconf } from './variables/process.ts'
import { mesh } from './variables/mesh.ts'
import { unicastPeer } from './variables/vrrp.ts'
import type { EnvironmentReader } from './environment.ts'
import type { Config } from './config.ts'

export type Mode = Config['mode']

/** The mode; a faulty KEEPALIVED_MESH counts as `auto` here and is told as a fault. */
export function modeOf (reader: EnvironmentReader): Mode {
  if (reader.one(autoconf) === false) return 'passthrough'
  const wish = reader.one(mesh) ?? 'auto'
  const hasPeers = reader.isSet(unicastPeer)
  if (wish === 'off' || (wish === 'auto' && hasPeers)) return 'static'
  return hasPeers ? 'union' : 'mesh'
}
