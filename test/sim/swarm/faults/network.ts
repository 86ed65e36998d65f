/** Cables that are pulled and firewalls that drop: one way or both, one layer or all. */
import { ALL_LAYERS, type Layer } from '../../network.ts'
import type { Host } from '../../host.ts'
import { fault, type Cast, type Fault, type Range } from '../fault.ts'
import type { Hands } from '../hands.ts'

const LASTS_S: Range = [1, 40]

export const NETWORK: Readonly<Record<string, Fault>> = {
  /** A minority, or a half, away from the others. */
  partition: fault({ weight: 3, hosts: [1, 7], seconds: LASTS_S, aims: 0.3, play: (hands, cast) => apart(hands, cast, ALL_LAYERS) }),
  oneWay: fault({
    weight: 2,
    hosts: [2, 2],
    seconds: LASTS_S,
    aims: 0.3,
    play: (hands, { first, others, forS }) => hands.later(forS, hands.cut([first], others, ALL_LAYERS)),
  }),
  deaf: fault({
    weight: 1,
    seconds: LASTS_S,
    aims: 0.3,
    play: (hands, { first, forS }) => hands.later(forS, hands.cut(hands.hosts, [first], ALL_LAYERS)),
  }),
  /** The agents are cut apart, and VRRP passes. */
  meshBlocked: fault({ weight: 3, hosts: [1, 7], seconds: [1, 90], aims: 0.3, play: (hands, cast) => apart(hands, cast, ['mesh']) }),
  meshOneWay: fault({
    weight: 1,
    hosts: [2, 2],
    seconds: [1, 90],
    aims: 0.3,
    play: (hands, { first, others, forS }) => hands.later(forS, hands.cut([first], others, ['mesh'])),
  }),
  /** A firewall drops protocol 112 between two, and the mesh passes. */
  vrrpBlockedBetween: fault({
    weight: 1,
    hosts: [2, 2],
    seconds: LASTS_S,
    aims: 0.5,
    play (hands, { first, others, forS }) {
      hands.later(forS, hands.cut([first], others, ['vrrp']))
      hands.later(forS, hands.cut(others, [first], ['vrrp']))
    },
  }),
  vrrpBlocked: fault({ weight: 1, seconds: LASTS_S, aims: 0.3, play: (hands, cast) => apart(hands, cast, ['vrrp']) }),
  portBlocked: fault({
    weight: 1,
    seconds: [5, 90],
    aims: 0.3,
    play (hands, { first, forS }) {
      hands.blockPort(first, true)
      hands.later(forS, () => hands.blockPort(first, false))
    },
  }),
  stranger: fault({
    weight: 0.5,
    seconds: [1, 30],
    play (hands, { forS }) {
      hands.setStranger(true)
      hands.later(forS, () => hands.setStranger(false))
    },
  }),
}

/** The hosts of the act here, all others there, both ways. */
function apart (hands: Hands, { first, others, forS }: Cast<never>, layers: readonly Layer[]): void {
  const here = [first, ...others]
  const there: readonly Host[] = hands.hosts.filter(host => !here.includes(host))
  hands.later(forS, hands.cut(here, there, layers))
  hands.later(forS, hands.cut(there, here, layers))
}
