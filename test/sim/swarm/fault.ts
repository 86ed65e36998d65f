/**
 * What a fault is to the swarm: how often it is drawn, with what, and what is done when its time comes. All chance is
 * in the ranges; `play` has none of its own, so that an act is the same each time that it is played.
 */
import type { Host } from '../host.ts'
import type { Hands } from './hands.ts'

export type Range = readonly [min: number, max: number]

export interface Fault {
  readonly weight: number
  /** To how many hosts it is done. */
  readonly hosts: Range
  /** How long it lasts. */
  readonly seconds: Range
  /** How often the first of them is whoever is MASTER then. */
  readonly aims: number
  readonly extra: Readonly<Record<string, Range>>
  readonly play: (hands: Hands, cast: Cast<string>) => void
}

/** What one act of it was drawn with. */
export interface Cast<Name extends string> {
  readonly first: Host
  readonly others: readonly Host[]
  readonly forS: number
  readonly extra: Readonly<Record<Name, number>>
}

/** A fault with the usual left out: one host, never aimed, nothing else drawn. */
export function fault <Name extends string = never> ({ weight, hosts = [1, 1], seconds, aims = 0, extra, play }: {
  readonly weight: number
  readonly hosts?: Range
  readonly seconds: Range
  readonly aims?: number
  readonly extra?: Readonly<Record<Name, Range>>
  readonly play: (hands: Hands, cast: Cast<Name>) => void
}): Fault {
  return { weight, hosts, seconds, aims, extra: extra ?? {}, play: (hands, cast) => play(hands, cast) }
}
