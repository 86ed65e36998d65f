/** What the environments bring changes, host by host: a roll-out that replaces each agent, and whatever else strikes meanwhile. */
import { fault, type Fault } from '../fault.ts'

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
