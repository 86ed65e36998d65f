/**
 * A swarm as data: what the world is like and what is done to it, drawn from a seed before anything happens. So nothing
 * here depends on what the cores do, a part of a script can be played without the rest, and the same minutes of the same
 * seed begin every longer script of it.
 *
 * Each act names its own end. Whether it makes sense when its time comes is the player's question (player.ts).
 */
import type { Address } from '../../../src/core/record.ts'
import { CALM, LOSSY, ROUGH, type Weather } from '../network.ts'
import { createRandom, type Random } from '../random.ts'
import { addressOf } from '../segment.ts'
import { FAULTS, ROLL_OUTS, type Fault, type Range } from './faults.ts'

export interface Act {
  /** Its place in the whole script, from 1; kept when others are cut out. */
  readonly number: number
  readonly atMs: number
  readonly fault: string
  /** Indices of hosts, none twice. */
  readonly hosts: readonly number[]
  /** The first host gives way to whoever is MASTER at that moment. */
  readonly aimed: boolean
  readonly forS: number
  /** What else this fault draws, by name; each says what its numbers mean. */
  readonly extra: Readonly<Record<string, number>>
}

/** The world, as far as the seed draws it. */
export interface Setting {
  readonly weather: Weather
  readonly advertIntMs: number
  readonly unlistMs: number
  readonly multicast: boolean
  readonly seeds: readonly Address[]
  readonly pins: Readonly<Record<number, number>>
  /** Whether passwords are told in the mesh. */
  readonly hasSecret: boolean
  /** When each host is switched on, by index. */
  readonly bootAtMs: readonly number[]
}

export interface Script extends Draw {
  readonly setting: Setting
  readonly acts: readonly Act[]
  /** Indices of hosts that stay off, whoever wants them on. */
  readonly without: readonly number[]
}

export interface Draw {
  readonly seed: number
  readonly hosts: number
  readonly minutes: number
}

type Faults = Readonly<Record<string, Fault>>
type Pauses = ReadonlyArray<readonly [weight: number, seconds: Range]>

const FIRST_ACT_S: Range = [10, 30]
/** Mostly a few at a time; now and then several at once; now and then a long quiet, in which numbers are compacted. */
const PAUSES: Pauses = [[14, [2, 20]], [4, [0, 1]], [1, [70, 130]]]
/** So many seeds change what all members share, by draws of their own: whatever is added to these, the other seeds tell what they told. */
const CHANGES = 0.25
/** Mostly a roll-out ends before the next; now and then one overtakes another. */
const CHANGE_PAUSES: Pauses = [[3, [20, 90]], [1, [1, 20]]]

export function drawScript ({ seed, hosts, minutes }: Draw): Script {
  const random = createRandom(seed).stream('script')
  const rollOuts = createRandom(seed).stream('roll-outs')
  const changes = rollOuts.chance(CHANGES)
  const setting = { ...drawSetting(random, hosts), hasSecret: changes && rollOuts.chance(0.5) }
  const acts = [
    ...drawActs(random, FAULTS, PAUSES, { hosts, minutes }),
    ...changes ? drawActs(rollOuts, ROLL_OUTS, CHANGE_PAUSES, { hosts, minutes }) : [],
  ].toSorted((a, b) => a.atMs - b.atMs)
  return { seed, hosts, minutes, setting, acts: acts.map((act, index) => Object.assign(act, { number: index + 1 })), without: [] }
}

function drawActs (random: Random, faults: Faults, pauses: Pauses, { hosts, minutes }: Omit<Draw, 'seed'>): Array<Omit<Act, 'number'>> {
  const acts: Array<Omit<Act, 'number'>> = []
  let atMs = Math.round(between(random, FIRST_ACT_S) * 1000)
  while (atMs < minutes * 60_000) {
    acts.push(drawAct(random, faults, { atMs, hosts }))
    atMs += Math.round(between(random, weighted(random, pauses)) * 1000)
  }
  return acts
}

/** The script with those acts only, by number, and without those hosts. */
export function cutDown (script: Script, { only, without }: { readonly only?: readonly number[], readonly without?: readonly number[] }): Script {
  return {
    ...script,
    acts: only === undefined ? script.acts : script.acts.filter(({ number }) => only.includes(number)),
    without: without ?? script.without,
  }
}

function drawAct (random: Random, faults: Faults, { atMs, hosts }: { readonly atMs: number, readonly hosts: number }): Omit<Act, 'number'> {
  const names = Object.keys(faults).filter(name => (faults[name]?.hosts[0] ?? Infinity) <= hosts)
  const fault = weighted(random, names.map(name => [faults[name]?.weight ?? 0, name] as const))
  const { hosts: [min, max], seconds, aims, extra } = faultNamed(fault)
  const count = random.whole(min, Math.min(max, hosts))
  return {
    atMs,
    fault,
    hosts: shuffled(random, hosts).slice(0, count),
    aimed: random.chance(aims),
    forS: rounded(between(random, seconds)),
    extra: Object.fromEntries(Object.entries(extra).map(([name, range]) => [name, rounded(between(random, range))])),
  }
}

export function faultNamed (name: string): Fault {
  const fault = FAULTS[name] ?? ROLL_OUTS[name]
  if (fault === undefined) throw new RangeError(`fault ${name}: expected one of ${Object.keys({ ...FAULTS, ...ROLL_OUTS }).join(', ')}`)
  return fault
}

function drawSetting (random: Random, hosts: number): Omit<Setting, 'hasSecret'> {
  const multicast = random.chance(0.7)
  const seeded = random.chance(0.5) ? hosts : 2
  return {
    weather: weighted(random, [[2, CALM], [5, ROUGH], [2, LOSSY]]),
    advertIntMs: random.chance(0.75) ? 1000 : 300,
    unlistMs: random.chance(0.5) ? 60_000 : random.whole(10, 60) * 1000,
    multicast,
    seeds: multicast ? [] : Array.from({ length: seeded }, (_, index) => addressOf(index)),
    pins: random.chance(0.2) ? { [random.whole(0, hosts - 1)]: random.whole(1, 254) } : {},
    bootAtMs: drawBoots(random, hosts),
  }
}

/** All at once, or a few of them and the others later: each for itself, or all in one second. */
function drawBoots (random: Random, hosts: number): readonly number[] {
  const early = random.chance(0.4) ? hosts : random.whole(1, hosts)
  const stormAtMs = random.chance(0.4) ? random.whole(10, 60) * 1000 : null
  return Array.from({ length: hosts }, (_, index) => {
    if (index < early) return random.whole(0, 2000)
    return stormAtMs === null ? random.whole(0, 60_000) : stormAtMs + random.whole(0, 1000)
  })
}

function shuffled (random: Random, count: number): number[] {
  const left = Array.from({ length: count }, (_, index) => index)
  return Array.from({ length: count }, () => left.splice(random.whole(0, left.length - 1), 1)).flat()
}

function weighted <T> (random: Random, choices: ReadonlyArray<readonly [weight: number, what: T]>): T {
  let lot = random.next() * choices.reduce((sum, [weight]) => sum + weight, 0)
  const chosen = choices.find(([weight]) => (lot -= weight) < 0) ?? choices.at(-1)
  if (chosen === undefined) throw new RangeError('weighted: expected at least one choice, received none')
  return chosen[1]
}

function between (random: Random, [min, max]: Range): number {
  return random.between(min, max)
}

/** Thousandths, so that a script reads well. */
function rounded (number: number): number {
  return Math.round(number * 1000) / 1000
}
