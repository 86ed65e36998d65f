/**
 * The addresses of VRRP, and what they must be to each other: an instance speaks one family, that of its first VIP
 * (keepalived drops the others without an error); a peer is one other host, so never a VIP and never listed twice.
 * What needs to know the host as well (its own addresses) is judged elsewhere, in keepalived/complaints.ts.
 */
import { familyOf } from './address.ts'
import * as mesh from './variables/mesh.ts'
import * as variables from './variables/vrrp.ts'
import type { VrrpConfig } from './config.ts'
import type { Entry, EnvironmentReader } from './environment.ts'
import type { Mode } from './mode.ts'
import type { Address } from '../core/record.ts'
import type { VirtualIpaddress } from './virtual-ipaddress.ts'

/** To follow the word "expected". */
const oneVip = 'at least one VIP, such as 10.10.0.2/24; or KEEPALIVED_MESH=on or a KEEPALIVED_MESH_SECRET, so that this host learns it from the others'

type VrrpAddresses = Pick<VrrpConfig, 'virtualIpaddress' | 'virtualIpaddressExcluded' | 'unicastSrcIp' | 'unicastPeer'>

/** Null when there is no VIP and must be one, and a fault says so. */
export function addressesOf (reader: EnvironmentReader, mode: Exclude<Mode, 'passthrough'>): VrrpAddresses | null {
  const vips = reader.list(variables.virtualIpaddress)
  const excluded = reader.list(variables.virtualIpaddressExcluded)
  const source = reader.one(variables.unicastSrcIp)
  const peers = reader.list(variables.unicastPeer)
  const [first, ...others] = vips
  if (first === undefined && !mayLearn(reader, mode)) {
    if (!reader.isSet(variables.virtualIpaddress)) reader.fault({ variable: variables.virtualIpaddress.name, received: null, expected: oneVip })
    return null
  }
  checkVips(reader, [...vips, ...excluded], mode === 'mesh' ? [] : others, first)
  checkSource(reader, source, first, [...vips, ...excluded])
  checkPeers(reader, peers, first, [...vips, ...excluded])
  return {
    virtualIpaddress: vips.map(({ value }) => value),
    virtualIpaddressExcluded: excluded.map(({ value }) => value),
    unicastSrcIp: source,
    unicastPeer: withoutSource(reader, peers, source)
  }
}

/** Only where a mesh is asked for by name, or by its secret: a forgotten VIP must not become a host that waits for ever. */
function mayLearn (reader: EnvironmentReader, mode: Exclude<Mode, 'passthrough'>): boolean {
  if (mode === 'static' || reader.isSet(variables.virtualIpaddress)) return false
  return reader.one(mesh.mesh) === 'on' || reader.isSet(mesh.secret) || reader.isSet(mesh.secretFile)
}

/** `sameFamily`: those that stand beside the first in `virtual_ipaddress`. */
function checkVips (reader: EnvironmentReader, vips: ReadonlyArray<Entry<VirtualIpaddress>>, sameFamily: ReadonlyArray<Entry<VirtualIpaddress>>, first: Entry<VirtualIpaddress> | undefined): void {
  for (const [i, { name, value }] of vips.entries()) {
    const earlier = vips.slice(0, i).find(other => other.value.address === value.address)
    if (earlier !== undefined) reader.fault({ variable: name, received: value.address, expected: `an address other than that of ${earlier.name}` })
  }
  for (const { name, value } of sameFamily) {
    if (first === undefined || value.family === first.value.family) continue
    reader.fault({ variable: name, received: value.address, expected: `the family of ${first.name}; others go to ${variables.virtualIpaddressExcluded.name}` })
  }
}

function checkSource (reader: EnvironmentReader, source: Address | null, first: Entry<VirtualIpaddress> | undefined, vips: ReadonlyArray<Entry<VirtualIpaddress>>): void {
  if (source === null) return
  const fault = (expected: string) => { reader.fault({ variable: variables.unicastSrcIp.name, received: source, expected }) }
  if (first !== undefined && familyOf(source) !== first.value.family) fault(`an address of the family of ${first.name}`)
  const vip = vips.find(({ value }) => value.address === source)
  if (vip !== undefined) fault(`an address of this host alone, not the VIP of ${vip.name}`)
}

function checkPeers (reader: EnvironmentReader, peers: ReadonlyArray<Entry<Address>>, first: Entry<VirtualIpaddress> | undefined, vips: ReadonlyArray<Entry<VirtualIpaddress>>): void {
  for (const [i, { name, value }] of peers.entries()) {
    const fault = (expected: string) => { reader.fault({ variable: name, received: value, expected }) }
    if (first !== undefined && familyOf(value) !== first.value.family) fault(`an address of the family of ${first.name}`)
    const vip = vips.find(other => other.value.address === value)
    if (vip !== undefined) fault(`the address of one host, not the VIP of ${vip.name}`)
    const earlier = peers.slice(0, i).find(other => other.value === value)
    if (earlier !== undefined) fault(`an address other than that of ${earlier.name}`)
  }
}

/** A list that is the same on every host names the host itself too, which keepalived would warn of each second. */
function withoutSource (reader: EnvironmentReader, peers: ReadonlyArray<Entry<Address>>, source: Address | null): readonly Address[] {
  for (const { name, value } of peers) {
    if (value === source) reader.warn({ variable: name, message: 'This is the host itself; it is left out of its peers.' })
  }
  return peers.map(({ value }) => value).filter(address => address !== source)
}
