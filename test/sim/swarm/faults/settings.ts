/** What the environments bring changes, host by host: a roll-out that replaces each agent, and whatever else strikes meanwhile. */
import { fault, type Fault, type Range } from '../fault.ts'

/** From one host of a roll-out to the next. */
const APART_S: Range = [0.5, 8]
/** How long one host brings something of its own. */
const ALONE_S: Range = [5, 60]

export const SETTINGS: Readonly<Record<string, Fault>> = {
  /** Further VIPs, added and dropped in any order. */
  changeVips: fault({
    weight: 3,
    seconds: [0, 0],
    extra: { apart: [0.5, 8], count: [0, 3] },
    play (hands, { extra }) {
      hands.rollOut({ vips: ['10.10.0.5/24', '10.10.0.6/24', '10.10.0.7/24'].slice(0, Math.floor(extra.count)) }, extra.apart)
    },
  }),
}

/** What all must share; some seeds draw these, apart from the other faults (script.ts). */
export const ROLL_OUTS: Readonly<Record<string, Fault>> = {
  changePassword: fault({
    weight: 3,
    seconds: [0, 0],
    extra: { apart: APART_S, password: [0, 3] },
    play: (hands, { extra: { apart, password } }) => hands.rollOut({ spec: passwordOf(password) }, apart),
  }),
  changeInterval: fault({
    weight: 2,
    seconds: [0, 0],
    extra: { apart: APART_S, interval: [1, 4] },
    play: (hands, { extra: { apart, interval } }) => hands.rollOut({ spec: { advertInt: Math.floor(interval) } }, apart),
  }),
  changeFirstVip: fault({
    weight: 2,
    seconds: [0, 0],
    extra: { apart: APART_S, vip: [2, 4] },
    play: (hands, { extra: { apart, vip } }) => hands.rollOut({ spec: { virtualIpaddress: `10.10.0.${Math.floor(vip)}/24` } }, apart),
  }),
  /** Whoever brings it outvotes the others as soon as they are the majority. */
  raiseRevision: fault({
    weight: 2,
    seconds: [0, 0],
    extra: { apart: APART_S, password: [0, 3] },
    play: (hands, { extra: { apart, password } }) => hands.rollOut({ spec: passwordOf(password), revises: true }, apart),
  }),
  /** A host that brings no VIP learns it from the others. */
  bringNoVip: fault({
    weight: 1,
    seconds: ALONE_S,
    play (hands, { first, forS }) {
      hands.bringAlone(first, null)
      hands.later(forS, () => hands.bringAsAll(first))
    },
  }),
  /** It proposes what nobody else wants; made anew meanwhile, it stays out. */
  bringOther: fault({
    weight: 1,
    seconds: ALONE_S,
    play (hands, { first, forS }) {
      hands.bringAlone(first, { ...passwordOf(9), advertInt: 5 })
      hands.later(forS, () => hands.bringAsAll(first))
    },
  }),
}

function passwordOf (number: number): { readonly authDigest: string, readonly authPass: string } {
  return { authDigest: `p${Math.floor(number)}`, authPass: `pwd${Math.floor(number)}` }
}
