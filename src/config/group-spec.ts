/** What the environment brings of what VRRP peers must share, in the form in which members tell each other. */
import { createHash } from 'node:crypto'
import { carriedAuthPass } from './auth-pass.ts'
import { cidrOf } from './virtual-ipaddress.ts'
import type { Access, MeshConfig } from './config.ts'
import type { GroupSpec } from '../core/record.ts'

/** Hex digits of the password's digest: enough to tell two passwords apart, too few to say which one it was. */
const digestLength = 16

/** Null: the environment has no VIP, and the group's spec is learnt. */
export function groupSpecOf (config: MeshConfig): GroupSpec | null {
  const { virtualRouterId, version, advertInt, virtualIpaddress: [first], authPass, mesh } = config
  if (first === undefined) return null
  return {
    virtualRouterId,
    version,
    advertInt,
    virtualIpaddress: cidrOf(first),
    authDigest: authDigestOf(config, authPass),
    authPass,
    revision: mesh.specRevision,
    epoch: 0
  }
}

/** Salted with the group, so that one password looks different in each. */
export function authDigestOf ({ mesh, virtualRouterId }: MeshConfig, authPass: string | null): string {
  return createHash('sha256').update(`${mesh.name} ${virtualRouterId} ${authPass ?? ''}`).digest('hex').slice(0, digestLength)
}

/** The passwords that this host has without any other telling it, by their digests: the one that is set, or all that a group has where none is. */
export function passwordsOf (config: MeshConfig): ReadonlyMap<string, string> {
  const unset = [...config.mesh.access.keys.map(({ authPass }) => authPass), carriedAuthPass(defaultAuthPass(config.virtualRouterId))]
  const known = config.isAuthPassSet && config.authPass !== null ? [config.authPass] : unset
  return new Map(known.map(authPass => [authDigestOf(config, authPass), authPass]))
}

/** The VRRP password: the one that is set; else of the secret, where there is one and every host that gets adverts has it; else the seed's. */
export function sharedAuthPassOf ({ mode, authPass, isAuthPassSet }: Pick<MeshConfig, 'mode' | 'authPass' | 'isAuthPassSet'>, { keys: [own] }: Access): string | null {
  return authPass === null || isAuthPassSet || mode === 'union' || own === undefined ? authPass : own.authPass
}

/** The seed's. */
export function defaultAuthPass (virtualRouterId: number): string {
  return `pwd${virtualRouterId}`
}

/**
 * Every VIP that members tell each other of, with prefix length, the first first. In union mode static peers know the
 * excluded ones by their own conf, and they are nobody else's business.
 */
export function sharedVipsOf ({ mode, virtualIpaddress, virtualIpaddressExcluded }: MeshConfig): readonly string[] {
  return [...virtualIpaddress, ...mode === 'mesh' ? virtualIpaddressExcluded : []].map(cidrOf)
}
