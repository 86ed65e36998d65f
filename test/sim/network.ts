/**
 * One segment: what gets from a host to another just now, and how late. Three layers can be cut apart from each
 * other and in one direction only: `mesh` (TCP between agents), `vrrp` (protocol 112) and `arp`. TCP loses nothing, it
 * delays (links.ts); adverts and gossip are lost for good.
 *
 * Hosts are known by their index here.
 */
import type { Random } from './random.ts'

export type Layer = 'mesh' | 'vrrp' | 'arp'

export const ALL_LAYERS: readonly Layer[] = ['mesh', 'vrrp', 'arp']

export interface Weather {
  /** The shortest way between two hosts, and how much is mostly added to it. */
  readonly delayMs: number
  readonly jitterMs: number
  /** Probability that an advert is lost. */
  readonly advertLoss: number
  /** Probabilities that a gossiped message is lost for one receiver, or arrives twice. */
  readonly gossipLoss: number
  readonly gossipTwice: number
  /** Probability that a TCP segment has to be sent again, 200 ms later. */
  readonly resend: number
}

/** An idle segment of a data centre. */
export const CALM: Weather = { delayMs: 0.2, jitterMs: 1, advertLoss: 0, gossipLoss: 0, gossipTwice: 0, resend: 0 }
/** Gossip suffers, TCP stutters; adverts arrive. */
export const ROUGH: Weather = { delayMs: 0.3, jitterMs: 8, advertLoss: 0, gossipLoss: 0.1, gossipTwice: 0.05, resend: 0.01 }
/** Adverts are lost as well: now and then three in a row, and then an election is nobody's fault. */
export const LOSSY: Weather = { ...ROUGH, advertLoss: 0.01 }

export interface Network {
  readonly passes: (layer: Layer, from: number, to: number) => boolean
  /** Whether that layer passes both ways. */
  readonly joins: (layer: Layer, a: number, b: number) => boolean
  /** Cuts may lie on one another; each is mended by what its call gives back, once. */
  readonly cut: (layers: readonly Layer[], from: number, to: number) => () => void
  /** Undoes every cut. */
  readonly heal: () => void
  /** Whether nothing is cut, of that layer or at all. */
  readonly isWhole: (layer?: Layer) => boolean
  /** When the mesh or VRRP between the two last changed. */
  readonly changedAtMs: (a: number, b: number) => number
  readonly weather: Weather
  /** How long a packet takes, drawn anew. */
  readonly delayMs: () => number
  /** How long a TCP segment takes, drawn anew. */
  readonly segmentMs: () => number
}

export function createNetwork (
  { hosts, weather }: { readonly hosts: number, readonly weather: Weather },
  { random, nowMs, onHeal }: { readonly random: Random, readonly nowMs: () => number, readonly onHeal: () => void },
): Network {
  const cuts: Readonly<Record<Layer, Map<number, number>>> = { mesh: new Map(), vrrp: new Map(), arp: new Map() }
  const changes = new Map<number, number>()
  let heals = 0
  const key = (from: number, to: number): number => from * hosts + to
  const passes = (layer: Layer, from: number, to: number): boolean => !cuts[layer].has(key(from, to))
  const mend = (layer: Layer, pair: number): void => {
    const count = cuts[layer].get(pair) ?? 0
    if (count > 1) cuts[layer].set(pair, count - 1)
    else cuts[layer].delete(pair)
  }
  /** Mostly near the minimum, with a long tail. */
  const delayMs = (): number => weather.delayMs + weather.jitterMs * random.next() ** 3

  return {
    weather,
    passes,
    joins: (layer, a, b) => passes(layer, a, b) && passes(layer, b, a),
    cut (layers, from, to) {
      const pair = key(from, to)
      const before = heals
      for (const layer of layers) cuts[layer].set(pair, (cuts[layer].get(pair) ?? 0) + 1)
      changes.set(pair, nowMs())
      let mended = false
      return () => {
        if (mended || heals !== before) return
        mended = true
        for (const layer of layers) mend(layer, pair)
        changes.set(pair, nowMs())
        onHeal()
      }
    },
    heal () {
      heals++
      for (const layer of ALL_LAYERS) {
        for (const pair of cuts[layer].keys()) changes.set(pair, nowMs())
        cuts[layer].clear()
      }
      onHeal()
    },
    isWhole: layer => layer === undefined ? ALL_LAYERS.every(each => cuts[each].size === 0) : cuts[layer].size === 0,
    changedAtMs: (a, b) => Math.max(changes.get(key(a, b)) ?? -Infinity, changes.get(key(b, a)) ?? -Infinity),
    delayMs,
    segmentMs: () => delayMs() + (random.chance(weather.resend) ? 200 : 0),
  }
}
