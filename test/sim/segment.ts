/** What every host of a simulated world has in common, whatever its scenario. */
import type { Address, GroupSpec } from '../../src/core/record.ts'

export const VIP: Address = '10.10.0.2'
export const MESH_PORT = 11_201
export const SPEC: GroupSpec = { virtualRouterId: 1, version: 2, advertInt: 1, virtualIpaddress: '10.10.0.2/24', authDigest: '' }
export const STRANGER_MAC = '02:ff:ff:ff:ff:ff'
