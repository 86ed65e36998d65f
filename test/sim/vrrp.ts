/**
 * One VRRP instance of keepalived 2.2.7 as a pure state machine, with the settings that our template always gives:
 * unicast peers, `lower_prio_no_advert`, `higher_prio_send_advert`, no `check_unicast_src`, no `nopreempt`.
 * Source: RFC 3768 §6.4, RFC 9568 §6.4, keepalived's vrrp.c, and what was measured; the tests hold each
 * measured row against it.
 *
 * The heart of it: an instance sends to the peers that it lists, and hears whoever sends. So a host that its MASTER
 * does not list hears nothing, and makes itself MASTER when its timer runs out.
 *
 * The address on the interface outlives the process, so it stands outside; here it is only put on and taken off.
 */
import type { Address } from '../../src/core/record.ts'

export interface VrrpConf {
  /** 1 … 255. */
  readonly priority: number
  /** `state MASTER` at priority 255. */
  readonly claim: boolean
  readonly source: Address
  /** Empty means multicast. */
  readonly peers: readonly Address[]
  readonly advertIntMs: number
  /** Stands for all that adverts must have in common: password, version, interval. */
  readonly spec: string
  /** The VIP, which adverts carry as well. */
  readonly vip: string
}

export interface Advert {
  readonly from: Address
  /** 0: the MASTER goes. */
  readonly priority: number
  readonly spec: string
  readonly vip: string
}

export interface Vrrp {
  readonly conf: VrrpConf
  /** INIT: about to claim. */
  readonly state: 'INIT' | 'BACKUP' | 'MASTER' | 'FAULT'
  /** Sum of what the track file and failing checks take off the priority, ≤ 0. */
  readonly weight: number
  /** When the one timer runs out: claim, master-down or advert. Infinity in FAULT. */
  readonly timerAtMs: number
  /** Adverts accepted since the start. */
  readonly received: number
}

export type VrrpInput =
  | { readonly kind: 'timer' }
  | { readonly kind: 'advert', readonly advert: Advert }
  /** SIGHUP is done: the instance has this conf from now on. */
  | { readonly kind: 'reload', readonly conf: VrrpConf, readonly hasSource: boolean }
  | { readonly kind: 'weight', readonly weight: number }
  /** SIGTERM. */
  | { readonly kind: 'stop' }

export type VrrpOutput =
  /** To the listed peers; to everybody on the segment when there are none. */
  | { readonly kind: 'advert', readonly to: readonly Address[], readonly advert: Advert }
  | { readonly kind: 'vip', readonly vip: string, readonly up: boolean }
  /** Gratuitous ARP: the switches learn who holds the VIP. */
  | { readonly kind: 'garp' }
  | { readonly kind: 'state', readonly state: 'MASTER' | 'BACKUP' | 'FAULT' | 'STOP' }

/** The instance afterwards, and what it does, in order. */
export interface VrrpStep {
  readonly vrrp: Vrrp
  readonly outputs: readonly VrrpOutput[]
}

/** From the instance's start to MASTER with priority 255 and `state MASTER`: 17 ms after the process start. */
export const CLAIM_MS = 4
const OWNER = 255
const MASTER_DOWN_ADVERTS = 3

/** What adverts carry and elections go by: clamped to 1 … 254, but 255 ignores all weights. */
export function effectivePriorityOf ({ conf, weight }: Pick<Vrrp, 'conf' | 'weight'>): number {
  return conf.priority === OWNER ? OWNER : Math.min(254, Math.max(1, conf.priority + weight))
}

/** (256 − priority) / 256 of an interval: how much longer a lower priority waits. */
export function skewMs (priority: number, advertIntMs: number): number {
  return (256 - priority) / 256 * advertIntMs
}

/** How long a BACKUP waits without an advert. */
export function masterDownMs (vrrp: Pick<Vrrp, 'conf' | 'weight'>): number {
  const { advertIntMs } = vrrp.conf
  return MASTER_DOWN_ADVERTS * advertIntMs + skewMs(effectivePriorityOf(vrrp), advertIntMs)
}

/** A fresh instance: every address that a former run left behind is taken off. `hasSource`: the host has the source. */
export function vrrpStarted (conf: VrrpConf, weight: number, hasSource: boolean, nowMs: number): VrrpStep {
  const clean: VrrpOutput = { kind: 'vip', vip: conf.vip, up: false }
  const vrrp: Vrrp = { conf, weight, state: 'FAULT', timerAtMs: Infinity, received: 0 }
  if (!hasSource) return { vrrp, outputs: [clean, { kind: 'state', state: 'FAULT' }] }
  if (conf.claim && conf.priority === OWNER) {
    return { vrrp: { ...vrrp, state: 'INIT', timerAtMs: nowMs + CLAIM_MS }, outputs: [clean] }
  }
  return {
    vrrp: { ...vrrp, state: 'BACKUP', timerAtMs: nowMs + masterDownMs(vrrp) },
    outputs: [clean, { kind: 'state', state: 'BACKUP' }],
  }
}

/** What the instance is and does after that input. A timer that is not due yet changes nothing. */
export function vrrpAfter (vrrp: Vrrp, input: VrrpInput, nowMs: number): VrrpStep {
  switch (input.kind) {
    case 'timer': return nowMs < vrrp.timerAtMs ? { vrrp, outputs: [] } : afterTimer(vrrp, nowMs)
    case 'advert': return afterAdvert(vrrp, input.advert, nowMs)
    case 'reload': return afterReload(vrrp, input.conf, input.hasSource, nowMs)
    case 'weight': return afterWeight(vrrp, input.weight)
    case 'stop': break
  }
  return afterStop(vrrp)
}

function afterTimer (vrrp: Vrrp, nowMs: number): VrrpStep {
  const master: Vrrp = { ...vrrp, state: 'MASTER', timerAtMs: nowMs + vrrp.conf.advertIntMs }
  const advert = advertOf(vrrp, effectivePriorityOf(vrrp))
  if (vrrp.state === 'MASTER') return { vrrp: master, outputs: [advert] }
  return {
    vrrp: master,
    outputs: [advert, { kind: 'vip', vip: vrrp.conf.vip, up: true }, { kind: 'garp' }, { kind: 'state', state: 'MASTER' }],
  }
}

function afterAdvert (before: Vrrp, advert: Advert, nowMs: number): VrrpStep {
  const { conf, state } = before
  if (state === 'FAULT' || advert.spec !== conf.spec || advert.vip !== conf.vip) return { vrrp: before, outputs: [] }
  const vrrp: Vrrp = { ...before, received: before.received + 1 }
  if (state === 'MASTER') return masterAfterAdvert(vrrp, advert, nowMs)
  const own = effectivePriorityOf(vrrp)
  if (advert.priority === 0) return { vrrp: { ...vrrp, timerAtMs: nowMs + skewMs(own, conf.advertIntMs) }, outputs: [] }
  if (advert.priority < own) return { vrrp, outputs: [] }
  const outputs: readonly VrrpOutput[] = state === 'INIT' ? [{ kind: 'state', state: 'BACKUP' }] : []
  return { vrrp: { ...vrrp, state: 'BACKUP', timerAtMs: nowMs + masterDownMs(vrrp) }, outputs }
}

function masterAfterAdvert (vrrp: Vrrp, advert: Advert, nowMs: number): VrrpStep {
  const own = effectivePriorityOf(vrrp)
  const mine = advertOf(vrrp, own)
  if (advert.priority === 0) return { vrrp: { ...vrrp, timerAtMs: nowMs + vrrp.conf.advertIntMs }, outputs: [mine] }
  const isHigher = advert.priority > own || (advert.priority === own && isHigherAddress(advert.from, vrrp.conf.source))
  if (!isHigher) return { vrrp, outputs: [{ kind: 'garp' }] }
  return {
    vrrp: { ...vrrp, state: 'BACKUP', timerAtMs: nowMs + masterDownMs(vrrp) },
    outputs: [mine, { kind: 'vip', vip: vrrp.conf.vip, up: false }, { kind: 'state', state: 'BACKUP' }],
  }
}

function afterReload (before: Vrrp, conf: VrrpConf, hasSource: boolean, nowMs: number): VrrpStep {
  const isMulticast = conf.peers.length === 0
  const keeps = before.state !== 'FAULT' && hasSource && conf.source === before.conf.source &&
    isMulticast === (before.conf.peers.length === 0)
  if (!keeps) {
    const started = vrrpStarted(conf, before.weight, hasSource, nowMs)
    return { vrrp: started.vrrp, outputs: [{ kind: 'vip', vip: before.conf.vip, up: false }, ...started.outputs] }
  }
  const vrrp: Vrrp = { ...before, conf }
  if (vrrp.state !== 'MASTER') return { vrrp: { ...vrrp, timerAtMs: nowMs + masterDownMs(vrrp) }, outputs: [] }
  const moved: readonly VrrpOutput[] = conf.vip === before.conf.vip
    ? []
    : [{ kind: 'vip', vip: before.conf.vip, up: false }, { kind: 'vip', vip: conf.vip, up: true }]
  // The next refresh is due at once (`vrrp_garp_master_refresh`).
  return {
    vrrp: { ...vrrp, timerAtMs: nowMs + conf.advertIntMs },
    outputs: [...moved, { kind: 'garp' }, advertOf(vrrp, effectivePriorityOf(vrrp))],
  }
}

/** A running master-down timer moves with the priority (vrrp_set_effective_priority). */
function afterWeight (before: Vrrp, weight: number): VrrpStep {
  const vrrp: Vrrp = { ...before, weight }
  if (vrrp.state !== 'BACKUP') return { vrrp, outputs: [] }
  return { vrrp: { ...vrrp, timerAtMs: vrrp.timerAtMs + masterDownMs(vrrp) - masterDownMs(before) }, outputs: [] }
}

function afterStop (vrrp: Vrrp): VrrpStep {
  const farewell: readonly VrrpOutput[] = vrrp.state === 'MASTER' ? [advertOf(vrrp, 0)] : []
  return {
    vrrp: { ...vrrp, state: 'FAULT', timerAtMs: Infinity },
    outputs: [...farewell, { kind: 'vip', vip: vrrp.conf.vip, up: false }, { kind: 'state', state: 'STOP' }],
  }
}

function advertOf ({ conf }: Vrrp, priority: number): VrrpOutput {
  return { kind: 'advert', to: conf.peers, advert: { from: conf.source, priority, spec: conf.spec, vip: conf.vip } }
}

function isHigherAddress (a: Address, b: Address): boolean {
  return addressNumber(a) > addressNumber(b)
}

/** IPv4 only: that is all that the simulator uses. */
function addressNumber (address: Address): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}
