/**
 * A bench for the VRRP machine alone: a few instances on a segment without delay, no agents, no mesh, so that each row of
 * what was measured with real keepalived can be held against it. Times are in milliseconds.
 */
import assert from 'node:assert/strict'
import type { Address } from '../../src/core/record.ts'
import { createClock } from './clock.ts'
import { vrrpAfter, vrrpStarted, type Vrrp, type VrrpConf, type VrrpInput, type VrrpStep } from './vrrp.ts'

export interface Bench {
  readonly start: (conf: VrrpConf) => void
  /** Whatever happens to the instance with that source address. */
  readonly give: (source: Address, input: VrrpInput) => void
  /** Gone without a word; `vip` tells whether its VIP stays behind. */
  readonly kill: (source: Address, vip: 'stays' | 'goes') => void
  readonly run: (ms: number) => void
  readonly vrrp: (source: Address) => Vrrp | undefined
  /** Who holds which VIP now: `10.10.0.21=10.10.0.2`. */
  readonly holders: () => readonly string[]
  /** VIP changes so far, oldest first: `3004 + 10.10.0.21`. */
  readonly moves: () => readonly string[]
  /** How long, in all, nobody held that VIP since the last call. */
  readonly gapMs: (vip?: string) => number
  readonly garps: () => number
}

export const A = '10.10.0.21'
export const B = '10.10.0.22'
export const C = '10.10.0.23'
const VIP = '10.10.0.2'
export const HELD_BY_A: readonly string[] = [`${A}=${VIP}`]
export const HELD_BY_B: readonly string[] = [`${B}=${VIP}`]

/** A conf with the usual rest: one second, one password, one VIP. */
export function confOf (source: Address, priority: number, peers: readonly Address[], rest: Partial<VrrpConf> = {}): VrrpConf {
  return { source, priority, peers, claim: false, advertIntMs: 1000, spec: 'same', vip: VIP, ...rest }
}

export function createBench (): Bench {
  const clock = createClock()
  const instances = new Map<Address, Vrrp>()
  const held = new Map<Address, string>()
  const moves: string[] = []
  let garps = 0
  let gapMs = 0
  const emptySince = new Map<string, number>()

  const setVip = (source: Address, vip: string, up: boolean): void => {
    if ((held.get(source) === vip) === up) return
    if (up) held.set(source, vip)
    else held.delete(source)
    moves.push(`${Math.round(clock.nowMs())} ${up ? '+' : '-'} ${source}`)
    const isHeld = [...held.values()].includes(vip)
    if (isHeld && emptySince.has(vip)) gapMs += clock.nowMs() - (emptySince.get(vip) ?? 0)
    if (isHeld) emptySince.delete(vip)
    else if (!emptySince.has(vip)) emptySince.set(vip, clock.nowMs())
  }
  const take = (source: Address, { vrrp, outputs }: VrrpStep): void => {
    instances.set(source, vrrp)
    if (vrrp.timerAtMs !== Infinity) clock.at(vrrp.timerAtMs, () => give(source, { kind: 'timer' }))
    for (const output of outputs) {
      if (output.kind === 'vip') setVip(source, output.vip, output.up)
      else if (output.kind === 'garp') garps++
      else if (output.kind === 'advert') clock.after(0, () => { for (const to of output.to) give(to, output) })
    }
  }
  const give = (source: Address, input: VrrpInput): void => {
    const vrrp = instances.get(source)
    if (vrrp !== undefined) take(source, vrrpAfter(vrrp, input, clock.nowMs()))
  }
  return {
    start: conf => take(conf.source, vrrpStarted(conf, 0, true, clock.nowMs())),
    give,
    kill (source, vip) {
      instances.delete(source)
      if (vip === 'goes') setVip(source, held.get(source) ?? '', false)
    },
    run: ms => void clock.runTo(clock.nowMs() + ms),
    vrrp: source => instances.get(source),
    holders: () => [...held].map(([source, vip]) => `${source}=${vip}`).toSorted(),
    moves: () => moves,
    gapMs (vip = VIP) {
      const since = emptySince.get(vip)
      const sum = gapMs + (since === undefined ? 0 : clock.nowMs() - since)
      if (since !== undefined) emptySince.set(vip, clock.nowMs())
      gapMs = 0
      return sum
    },
    garps: () => garps,
  }
}

/** A is MASTER with 200, B and C are BACKUP with 190 and 180; all is settled, a little after an advert. */
export function three (): Bench {
  const bench = createBench()
  bench.start(confOf(A, 200, [B, C]))
  bench.start(confOf(B, 190, [A, C]))
  bench.start(confOf(C, 180, [A, B]))
  bench.run(10_100)
  assert.deepEqual(bench.holders(), HELD_BY_A)
  bench.gapMs()
  return bench
}

/** SIGHUP with that conf, on the host that has its source address. */
export function reload (bench: Bench, conf: VrrpConf): void {
  bench.give(conf.source, { kind: 'reload', conf, hasSource: true })
}

export function near (actual: number, min: number, max: number): void {
  assert.ok(actual >= min && actual <= max, `expected ${min} … ${max}, received ${actual}`)
}
