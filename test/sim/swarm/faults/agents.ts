/** Processes that die, hang or are slow, checks that fail: the host lives. */
import { fault, type Fault } from '../fault.ts'

export const AGENTS: Readonly<Record<string, Fault>> = {
  /** kill -9, and its launcher starts it again. */
  killAgent: fault({
    weight: 4,
    seconds: [0.5, 40],
    aims: 0.4,
    play (hands, { first, forS }) {
      hands.killAgent(first)
      hands.later(forS, () => hands.startAgent(first))
    },
  }),
  killAgentForLong: fault({
    weight: 1,
    seconds: [60, 150],
    aims: 0.4,
    play (hands, { first, forS }) {
      hands.killAgent(first)
      hands.later(forS, () => hands.startAgent(first))
    },
  }),
  /** Every agent at once: a bad roll-out. VRRP stands by itself. */
  killAgents: fault({
    weight: 1,
    seconds: [0.5, 30],
    extra: { apart: [0, 1] },
    play (hands, { forS, extra }) {
      for (const [index, host] of hands.hosts.entries()) {
        hands.killAgent(host)
        hands.later(forS + extra.apart * index, () => hands.startAgent(host))
      }
    },
  }),
  /** Agent and keepalived at once, and the supervisor starts the agent again. */
  killBoth: fault({
    weight: 1,
    seconds: [0.5, 3],
    aims: 0.4,
    play (hands, { first, forS }) {
      hands.killDaemon(first)
      hands.killAgent(first)
      hands.later(forS, () => hands.startAgent(first))
    },
  }),
  killDaemon: fault({ weight: 1, seconds: [0, 0], aims: 0.4, play: (hands, { first }) => hands.killDaemon(first) }),
  killChild: fault({ weight: 1, seconds: [0, 0], aims: 0.4, play: (hands, { first }) => hands.killChild(first) }),
  /** It neither answers nor acts; its keepalived runs. */
  hangAgent: fault({
    weight: 2,
    seconds: [2, 60],
    aims: 0.4,
    play (hands, { first, forS }) {
      hands.slow(first, Infinity)
      hands.later(forS, () => hands.slow(first, 0))
    },
  }),
  slowAgent: fault({
    weight: 2,
    seconds: [5, 60],
    aims: 0.4,
    extra: { lag: [0.05, 0.8] },
    play (hands, { first, forS, extra }) {
      hands.slow(first, extra.lag * 1000)
      hands.later(forS, () => hands.slow(first, 0))
    },
  }),
  failCheck: fault({
    weight: 2,
    seconds: [1, 40],
    aims: 0.5,
    play (hands, { first, forS }) {
      hands.failCheck(first, true)
      hands.later(forS, () => hands.failCheck(first, false))
    },
  }),
  /** kube-apiserver is down everywhere: all keep their order. */
  failChecks: fault({
    weight: 0.5,
    seconds: [5, 40],
    extra: { apart: [0, 3] },
    play (hands, { forS, extra }) {
      for (const [index, host] of hands.hosts.entries()) {
        hands.later(extra.apart * index, () => hands.failCheck(host, true))
        hands.later(forS + extra.apart * index, () => hands.failCheck(host, false))
      }
    },
  }),
}
