/**
 * What is wrong with a conf although keepalived's own test lets it pass: it never looks at the host. A VIP that is the
 * host's own address is the worst: keepalived takes it for its own and deletes it when it loses the VIP, and the host
 * is gone from the network.
 */
import { prefixLengthMax, unreachableReason } from '../config/address.ts'
import { isPlaceholder } from './placeholder.ts'
import type { Address } from '../core/record.ts'
import type { HostAddress, HostFacts } from '../host/facts.ts'
import type { Instance } from './instance.ts'

/** Each a sentence. */
export interface Judgement {
  /** What would do harm. */
  readonly complaints: readonly string[]
  /** What keepalived can live with, and an operator may have meant so: it is in FAULT until the source is there. */
  readonly doubts: readonly string[]
  /** Whether the host has the source address, on the interface of VRRP. */
  readonly hasSource: boolean
}

/**
 * What is wrong with a conf on this host. `mayHold`: the VIPs that a keepalived of ours runs with, or may have left on an
 * interface; another VIP that the host has is its own, unless it looks left over.
 */
export function judgementOf (instance: Instance, facts: HostFacts, mayHold: readonly Address[]): Judgement {
  const misplaced = sourceDoubts(instance, facts)
  return {
    complaints: [
      ...interfaceComplaints(instance, facts),
      ...sourceComplaints(instance),
      ...peerComplaints(instance),
      ...vipComplaints(instance, facts, mayHold)
    ],
    doubts: [...misplaced, ...peerDoubts(instance, facts)],
    hasSource: misplaced.length === 0
  }
}

/** All of it, where nobody but us has made the conf: doubts are complaints there. Empty when the conf may be used. */
export function complaintsOf (instance: Instance, facts: HostFacts, mayHold: readonly Address[]): readonly string[] {
  const { complaints, doubts } = judgementOf(instance, facts, mayHold)
  return [...complaints, ...doubts]
}

function interfaceComplaints (instance: Instance, { interfaces }: HostFacts): string[] {
  const names = new Set(interfaces.map(({ name }) => name))
  const devices = vipsOf(instance).flatMap(({ options }) => options.filter(({ keyword }) => keyword === 'dev').map(({ value }) => value ?? ''))
  const needed = new Set([instance.interface, ...instance.trackInterface.map(tracked => tracked.interface), ...devices])
  return [...needed].filter(name => !names.has(name)).map(name => `This host has no interface ${name}.`)
}

function sourceComplaints (instance: Instance): string[] {
  const { unicastSrcIp: source } = instance
  return vipsOf(instance).some(({ address }) => address === source) ? [`The source address ${source} is a VIP.`] : []
}

function sourceDoubts ({ unicastSrcIp: source, interface: wanted }: Instance, { interfaces }: HostFacts): string[] {
  const holder = interfaces.find(({ addresses }) => addresses.some(({ address }) => address === source))
  if (holder === undefined) return [`This host does not have the source address ${source}.`]
  return holder.name === wanted ? [] : [`The source address ${source} is on ${holder.name}, not on ${wanted}.`]
}

function peerComplaints (instance: Instance): string[] {
  const vips = new Set(vipsOf(instance).map(({ address }) => address))
  const peers = instance.unicastPeer
  if (peers.length === 1 && peers.every(isPlaceholder)) return []
  if (peers.length === 0) return ['There is no peer, which means multicast.']
  return peers.flatMap((peer, i) => {
    const unreachable = unreachableReason(peer)
    if (unreachable !== null) return [`The peer ${peer} is no host (${unreachable}).`]
    if (vips.has(peer)) return [`The peer ${peer} is a VIP.`]
    return peers.indexOf(peer) < i ? [`The peer ${peer} stands there twice.`] : []
  })
}

function peerDoubts ({ unicastPeer }: Instance, { interfaces }: HostFacts): string[] {
  const own = new Set(interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address)))
  return [...new Set(unicastPeer)].filter(peer => own.has(peer)).map(peer => `The peer ${peer} is this host itself.`)
}

function vipComplaints (instance: Instance, facts: HostFacts, mayHold: readonly Address[]): string[] {
  return vipsOf(instance).flatMap(({ address }) => {
    const place = facts.interfaces.find(({ addresses }) => addresses.some(own => own.address === address && !isLeftover(own, addresses)))
    if (place === undefined || mayHold.includes(address)) return []
    return [`The VIP ${address} is an address of this host itself, on ${place.name}; keepalived would delete it.`]
  })
}

/**
 * Whether an address looks like a VIP that a keepalived left when it was killed, its conf lost with the container: it
 * stands second to another of its subnet, or has no subnet at all. The host keeps another address if it goes.
 */
function isLeftover (own: HostAddress, addresses: readonly HostAddress[]): boolean {
  const hasOther = addresses.some(({ address, family, scope }) => address !== own.address && family === own.family && scope === 'global')
  return hasOther && (own.secondary || own.prefixLength === prefixLengthMax(own.family))
}

function vipsOf ({ virtualIpaddress, virtualIpaddressExcluded }: Instance) {
  return [...virtualIpaddress, ...virtualIpaddressExcluded]
}
