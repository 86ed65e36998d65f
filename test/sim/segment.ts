/** What every host of a simulated world has in common, whatever its scenario. */
import type { Address, GroupSpec } from '../../src/core/record.ts'

export const VIP: Address = '10.10.0.2'
export const MESH_PORT = 11_201
export const STRANGER_MAC = '02:ff:ff:ff:ff:ff'

/** A fraction of a second needs VRRP version 3. */
export function specOf (advertInt: number): GroupSpec {
  return { virtualRouterId: 1, version: Number.isInteger(advertInt) ? 2 : 3, advertInt, virtualIpaddress: '10.10.0.2/24', authDigest: 'a', authPass: 'pwd1', revision: 0, epoch: 0 }
}

/** The address of a host by its index; each `move` is to another one. */
export function addressOf (index: number, move = 0): Address {
  return `10.10.${move}.${21 + index}`
}
