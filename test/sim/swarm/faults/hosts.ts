/** Hosts that lose their power, stand still, leave, come back, or come back as somebody else. */
import { addressOf } from '../../segment.ts'
import type { Host } from '../../host.ts'
import { fault, type Fault } from '../fault.ts'
import type { Hands } from '../hands.ts'

/** From the end of one flap's power to its return. */
const FLAP_OFF_S = 1

export const HOSTS: Readonly<Record<string, Fault>> = {
  crash: fault({
    weight: 6,
    seconds: [1, 40],
    aims: 0.3,
    play (hands, { first, forS }) {
      hands.crash(first)
      hands.later(forS, () => hands.boot(first))
    },
  }),
  crashForLong: fault({
    weight: 2,
    seconds: [60, 150],
    aims: 0.2,
    play (hands, { first, forS }) {
      hands.crash(first)
      hands.later(forS, () => hands.boot(first))
    },
  }),
  crashTwo: fault({
    weight: 2,
    hosts: [2, 2],
    seconds: [1, 60],
    aims: 0.5,
    extra: { apart: [0, 0.5] },
    play (hands, { first, others, forS, extra }) {
      hands.crash(first)
      hands.later(forS, () => hands.boot(first))
      for (const other of others) {
        hands.later(extra.apart, () => hands.crash(other))
        hands.later(forS + 2 * extra.apart, () => hands.boot(other))
      }
    },
  }),
  /** Everything loses its power; a part comes back, the others later. */
  powerCut: fault({
    weight: 1,
    hosts: [1, 8],
    seconds: [10, 60],
    extra: { dark: [1, 10] },
    play (hands, { first, others, forS, extra }) {
      const late = new Set([first, ...others])
      for (const host of hands.hosts) hands.crash(host)
      hands.later(extra.dark, () => { for (const host of hands.hosts) if (!late.has(host)) hands.boot(host) })
      hands.later(extra.dark + forS, () => { for (const host of late) hands.boot(host) })
    },
  }),
  leave: fault({
    weight: 5,
    seconds: [10, 40],
    aims: 0.2,
    play (hands, { first, forS }) {
      hands.stop(first)
      hands.later(forS, () => hands.boot(first))
    },
  }),
  pause: fault({
    weight: 2,
    seconds: [0.2, 20],
    aims: 0.4,
    play (hands, { first, forS }) {
      hands.pause(first)
      hands.later(forS, () => hands.resume(first))
    },
  }),
  flap: fault({
    weight: 1,
    seconds: [20, 60],
    extra: { each: [3, 8] },
    play (hands, { first, forS, extra }) {
      for (let atS = 0; atS < forS; atS += extra.each) {
        hands.later(atS, () => hands.crash(first))
        hands.later(atS + FLAP_OFF_S, () => hands.boot(first))
      }
    },
  }),
  /** The container is created anew at the same address, and the old key is superseded. */
  returnAnew: fault({ weight: 2, seconds: [1, 90], aims: 0.2, play: (hands, { first, forS }) => replace(hands, first, forS, null) }),
  /** Another machine takes its place. */
  replace: fault({
    weight: 2,
    seconds: [1, 90],
    aims: 0.2,
    extra: { move: [1, 250] },
    play: (hands, { first, forS, extra }) => replace(hands, first, forS, Math.floor(extra.move)),
  }),
  /** Every host, one after the other: some leave, some are just switched off. */
  replaceFleet: fault({
    weight: 0.5,
    seconds: [5, 20],
    extra: { move: [1, 250], gone: [1, 10] },
    play (hands, { forS, extra }) {
      for (const [index, host] of hands.hosts.entries()) {
        hands.later(forS * index, () => {
          if (index % 2 === 0) hands.stop(host)
          hands.later(index % 2 === 0 ? 8 : 0, () => replace(hands, host, extra.gone, Math.floor(extra.move)))
        })
      }
    },
  }),
  forget: fault({
    weight: 1,
    hosts: [2, 2],
    seconds: [20, 60],
    extra: { after: [2, 15] },
    play (hands, { first, others, forS, extra }) {
      hands.crash(first)
      hands.later(extra.after, () => { for (const at of others) hands.forget(at, first) })
      hands.later(forS, () => hands.boot(first))
    },
  }),
  loseAddress: fault({
    weight: 1,
    seconds: [0.5, 30],
    aims: 0.3,
    play (hands, { first, forS }) {
      const address = first.address()
      if (address === null) return
      hands.setAddress(first, null)
      hands.later(forS, () => { if (first.address() === null) hands.setAddress(first, address) })
    },
  }),
  changeAddress: fault({
    weight: 1,
    seconds: [0, 0],
    aims: 0.3,
    extra: { move: [1, 250] },
    play: (hands, { first, extra }) => hands.setAddress(first, addressOf(first.index, Math.floor(extra.move))),
  }),
}

/** It goes with its disk, and after that time comes back with a new one; `move`: elsewhere. */
function replace (hands: Hands, host: Host, afterS: number, move: number | null): void {
  hands.crash(host)
  hands.wipe(host)
  if (move !== null) hands.setAddress(host, addressOf(host.index, move))
  hands.later(afterS, () => hands.boot(host))
}
