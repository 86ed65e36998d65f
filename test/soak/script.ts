/**
 * The script of a soak: which faults strike, in which order, for how long. A pure function of the seed and the size, so
 * that a seed is a story that can be told again. It names no host but a role and a lot: who is MASTER, only the lab knows.
 *
 * The number of hosts is part of it, because it decides who can leave and who can come.
 */
import { createRandom, type Random } from '../sim/random.ts'

/** What can be done to a host; a *join* is done to hosts that are off. */
export type Kind =
  | 'join' | 'leave' | 'power loss' | 'agent killed' | 'agent stopped' | 'keepalived killed' | 'vrrp child killed'
  | 'cut off' | 'split in halves' | 'deaf' | 'mute' | 'mesh blocked' | 'VRRP blocked' | 'check fails' | 'paused'

export interface Fault {
  readonly kind: Kind
  /** Whom it strikes; a join strikes nobody. */
  readonly role: 'MASTER' | 'BACKUP' | null
  /** Which of the BACKUPs, as a fraction of their number: [0, 1). */
  readonly lot: number
  /** From the beginning of the step. */
  readonly afterS: number
  /** How long it lasts, for a fault that ends by being undone. */
  readonly forS: number
  /** Whether a host comes (back) with an empty disk. */
  readonly wiped: boolean
  /** How many hosts join. */
  readonly count: number
}

/** One fault, or two that overlap; then the group has to settle. */
export interface Step {
  /** Of peace before it. */
  readonly quietS: number
  readonly faults: readonly Fault[]
}

export interface Size {
  readonly seed: number
  readonly minutes: number
  /** To begin with; up to two more join, and one leaves. */
  readonly hosts: number
}

export const HOSTS_MIN = 3
export const HOSTS_MAX = 8

interface Draw {
  readonly kind: Kind
  readonly weight: number
  /** Shortest and longest. */
  readonly forS: readonly [number, number]
}

const DRAWS: readonly Draw[] = [
  { kind: 'join', weight: 4, forS: [0, 0] },
  { kind: 'leave', weight: 4, forS: [0, 0] },
  { kind: 'power loss', weight: 4, forS: [0.5, 12] },
  { kind: 'agent killed', weight: 3, forS: [0.1, 9] },
  { kind: 'agent stopped', weight: 2, forS: [1, 8] },
  { kind: 'keepalived killed', weight: 2, forS: [0, 0] },
  { kind: 'vrrp child killed', weight: 2, forS: [0, 0] },
  { kind: 'cut off', weight: 2, forS: [1, 15] },
  { kind: 'split in halves', weight: 2, forS: [2, 15] },
  { kind: 'deaf', weight: 1, forS: [2, 10] },
  { kind: 'mute', weight: 1, forS: [2, 10] },
  { kind: 'mesh blocked', weight: 2, forS: [2, 12] },
  { kind: 'VRRP blocked', weight: 1, forS: [2, 10] },
  { kind: 'check fails', weight: 2, forS: [8, 14] },
  { kind: 'paused', weight: 2, forS: [1, 8] }
]

/** More steps than a soak of that length gets through: each takes several seconds. */
const STEPS_A_MINUTE = 12
const QUIET_S = [1, 5] as const
const OVERLAP_CHANCE = 0.2
const STORM_CHANCE = 0.3

export function scriptOf ({ seed, minutes, hosts }: Size): Step[] {
  const random = createRandom(seed).stream('soak')
  const steps: Step[] = []
  let running = hosts
  for (let step = 0; step < Math.ceil(minutes * STEPS_A_MINUTE); step++) {
    const faults: Fault[] = []
    for (let number = random.chance(OVERLAP_CHANCE) ? 2 : 1; number > 0; number--) {
      const fault = faultOf(random, running, hosts, faults.length === 0 ? 0 : random.between(0, 3))
      running += arrivals(fault)
      faults.push(fault)
    }
    steps.push({ quietS: random.between(...QUIET_S), faults })
  }
  return steps
}

/** By how many a fault changes the number of hosts that run after the step. */
export function arrivals ({ kind, count }: Fault): number {
  if (kind === 'leave') return -1
  return kind === 'join' ? count : 0
}

function faultOf (random: Random, running: number, hosts: number, afterS: number): Fault {
  const room = Math.min(HOSTS_MAX, hosts + 2) - running
  const spare = running - Math.max(HOSTS_MIN, hosts - 1)
  const { kind, forS } = drawn(random, DRAWS.filter(draw => (draw.kind !== 'join' || room > 0) && (draw.kind !== 'leave' || spare > 0)))
  return {
    kind,
    role: kind === 'join' ? null : random.pick(['MASTER', 'BACKUP']),
    lot: random.next(),
    afterS,
    forS: random.between(...forS),
    wiped: random.chance(0.5),
    count: random.chance(STORM_CHANCE) ? Math.max(1, Math.min(room, 3)) : 1
  }
}

function drawn (random: Random, draws: readonly Draw[]): Draw {
  let lot = random.next() * draws.reduce((sum, { weight }) => sum + weight, 0)
  return draws.find(({ weight }) => (lot -= weight) < 0) ?? random.pick(draws)
}
