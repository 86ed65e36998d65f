/**
 * The VRRP instance of one host, alive: the pure machine of vrrp.ts with its timer on the clock, its adverts on the
 * segment, its reports on the notify fifo and its VIP on the interface. The VIP stays where it is when the instance is
 * killed, until a fresh instance or somebody else takes it off.
 */
import { addressIn } from '../../src/core/spec.ts'
import type { Conf, Happening } from '../../src/core/event.ts'
import type { Address, VrrpState } from '../../src/core/record.ts'
import type { Clock } from './clock.ts'
import type { Random } from './random.ts'
import { effectivePriorityOf, vrrpAfter, vrrpStarted, type Advert, type Vrrp, type VrrpConf, type VrrpInput, type VrrpStep } from './vrrp.ts'

export interface Instance {
  /** Null where VRRP does not run. */
  readonly vrrp: () => Vrrp | null
  readonly state: () => VrrpState
  readonly holdsVip: () => boolean
  /** The first VIP, as it stands on the interface; null: it does not. */
  readonly heldVip: () => Address | null
  /** Counts the runs: another number is another run. */
  readonly run: () => number
  readonly begin: (conf: Conf) => void
  readonly step: (input: Extract<VrrpInput, { kind: 'advert' | 'stop' }>) => void
  readonly reload: (conf: Conf) => void
  /** What the track file (`lowered`) and failing checks take off the priority, each ≤ 0; both outlive a vrrp child. */
  readonly weigh: (weights: { readonly lowered?: number, readonly checks?: number }) => void
  /** The process is gone, without a word. */
  readonly end: () => void
  /** Takes the VIP off the interface. */
  readonly dropVip: () => void
  /** Writes to the agent, in order. */
  readonly tell: (happening: Happening) => void
}

export type InstanceSight =
  | { readonly kind: 'vip', readonly up: boolean }
  | { readonly kind: 'state', readonly state: VrrpState }
  | { readonly kind: 'started' }
  /** It tells the segment that the VIP is there. */
  | { readonly kind: 'garp' }

export interface InstanceDependencies {
  readonly clock: Clock
  readonly random: Random
  /** Runs something on this host: later if it is paused, never if it has lost its power meanwhile. */
  readonly onHost: (delayMs: number, run: () => void) => void
  readonly hasAddress: (address: Address) => boolean
  /** To the agent, where one listens. */
  readonly report: (happening: Happening) => void
  readonly sendAdvert: (to: readonly Address[], advert: Advert) => void
  /** What invariants and story want to see, told after it happened. */
  readonly seen: (what: InstanceSight) => void
}

const REPORT_MS = 2

export function createInstance (
  { clock, random, onHost, hasAddress, report, sendAdvert, seen }: InstanceDependencies,
): Instance {
  let vrrp: Vrrp | null = null
  let state: VrrpState = 'STOP'
  let heldVip: Address | null = null
  let run = 0
  let lowered = 0
  let checks = 0
  let toldPriority: number | null = null
  let toldAtMs = 0
  let awaitedMs: number | null = null

  const tell = (happening: Happening): void => {
    toldAtMs = Math.max(toldAtMs, clock.nowMs() + REPORT_MS * random.next())
    onHost(toldAtMs - clock.nowMs(), () => report(happening))
  }
  const setVip = (vip: Address | null): void => {
    if (heldVip === vip) return
    heldVip = vip
    seen({ kind: 'vip', up: vip !== null })
  }
  const setState = (after: VrrpState): void => {
    if (state === after) return
    state = after
    seen({ kind: 'state', state })
    tell({ kind: 'vrrpState', state })
    tellPriority()
  }

  /** Each state and each change of weight is told with the priority; what a reload makes of it is not. */
  const tellPriority = (): void => {
    if (vrrp === null) return
    const priority = effectivePriorityOf(vrrp)
    if (priority !== toldPriority) tell({ kind: 'effectivePriority', priority })
    toldPriority = priority
  }
  const take = ({ vrrp: after, outputs }: VrrpStep): void => {
    vrrp = after
    for (const output of outputs) {
      if (output.kind === 'advert') sendAdvert(output.to, output.advert)
      else if (output.kind === 'garp') seen({ kind: 'garp' })
      else if (output.kind === 'vip') setVip(output.up ? output.vip : null)
      else if (output.kind === 'state') setState(output.state)
    }
    awaitTimer(after.timerAtMs)
  }
  /** One entry of the clock for each value of the timer; one that comes too early changes nothing. */
  const awaitTimer = (timerAtMs: number): void => {
    if (timerAtMs === Infinity || timerAtMs === awaitedMs) return
    awaitedMs = timerAtMs
    onHost(timerAtMs - clock.nowMs(), () => {
      if (awaitedMs === timerAtMs) awaitedMs = null
      if (vrrp !== null && vrrp.timerAtMs <= clock.nowMs()) take(vrrpAfter(vrrp, { kind: 'timer' }, clock.nowMs()))
    })
  }
  const step = (input: VrrpInput): void => {
    if (vrrp !== null) take(vrrpAfter(vrrp, input, clock.nowMs()))
  }

  return {
    vrrp: () => vrrp,
    state: () => state,
    holdsVip: () => heldVip !== null,
    heldVip: () => heldVip,
    run: () => run,
    begin (conf) {
      run++
      toldPriority = null
      state = 'STOP'
      const first = vrrpStarted(confOf(conf), lowered + checks, hasAddress(conf.source), clock.nowMs())
      vrrp = first.vrrp
      seen({ kind: 'started' })
      take(first)
    },
    step,
    reload (conf) {
      step({ kind: 'reload', conf: confOf(conf), hasSource: hasAddress(conf.source) })
      toldPriority = vrrp === null ? null : effectivePriorityOf(vrrp)
    },
    weigh (weights) {
      lowered = weights.lowered ?? lowered
      checks = weights.checks ?? checks
      step({ kind: 'weight', weight: lowered + checks })
      tellPriority()
    },
    end () {
      vrrp = null
      awaitedMs = null
      state = 'STOP'
    },
    dropVip: () => setVip(null),
    tell,
  }
}

/** What VRRP makes of a conf. */
function confOf ({ priority, claim, source, peers, spec: { version, advertInt, authDigest, virtualIpaddress } }: Conf): VrrpConf {
  return {
    priority,
    claim,
    source,
    peers: peers.length === 0 ? ['placeholder'] : peers,
    advertIntMs: 1000 * advertInt,
    spec: `${version} ${advertInt} ${authDigest}`,
    vip: addressIn(virtualIpaddress)
  }
}
