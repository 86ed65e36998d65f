/** What this host brings of what VRRP peers must share. */
import { createHash } from 'node:crypto'
import type { MeshConfig } from '../config/config.ts'
import type { GroupSpec } from '../core/record.ts'
import { cidrOf } from './release.ts'

/** Hex digits of the password's digest: enough to tell two passwords apart, too few to say which one it was. */
const DIGEST_LENGTH = 16

export function groupSpecOf ({ virtualRouterId, version, advertInt, virtualIpaddress: [first], authPass, mesh }: MeshConfig): GroupSpec {
  const salted = `${mesh.name} ${virtualRouterId} ${authPass ?? ''}`
  const authDigest = createHash('sha256').update(salted).digest('hex').slice(0, DIGEST_LENGTH)
  return { virtualRouterId, version, advertInt, virtualIpaddress: cidrOf(first), authDigest }
}
