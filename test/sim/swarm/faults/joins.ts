/** Joins, and what goes wrong beside them. A joiner is had by letting a member leave first. */
import type { Host } from '../../host.ts'
import { fault, type Fault } from '../fault.ts'
import type { Hands } from '../hands.ts'

/** Long enough for a hand-over, a leave and its way through the lists. */
const LEFT_S = 8

export const JOINS: Readonly<Record<string, Fault>> = {
  /** Several at once. */
  joinStorm: fault({
    weight: 2,
    hosts: [2, 10],
    seconds: [LEFT_S, 20],
    play (hands, { first, others, forS }) {
      for (const host of [first, ...others]) leaveAndJoin(hands, host, forS)
    },
  }),
  joinerDies: fault({
    weight: 2,
    seconds: [10, 40],
    extra: { dies: [0, 6] },
    play (hands, { first, forS, extra }) {
      leaveAndJoin(hands, first, LEFT_S)
      hands.later(LEFT_S + extra.dies, () => hands.crash(first))
      hands.later(LEFT_S + extra.dies + forS, () => hands.boot(first))
    },
  }),
  /** Another one leaves while one joins. */
  leaveDuringJoin: fault({
    weight: 2,
    hosts: [2, 2],
    seconds: [10, 30],
    aims: 0.5,
    extra: { after: [0, 4] },
    play (hands, { first, others, forS, extra }) {
      for (const joiner of others) leaveAndJoin(hands, joiner, LEFT_S)
      hands.later(LEFT_S + extra.after, () => hands.stop(first))
      hands.later(LEFT_S + extra.after + forS, () => hands.boot(first))
    },
  }),
  masterDiesAdmitting: fault({
    weight: 3,
    hosts: [1, 5],
    seconds: [1, 40],
    extra: { after: [0, 5] },
    play (hands, { first, others, forS, extra }) {
      for (const joiner of [first, ...others]) leaveAndJoin(hands, joiner, LEFT_S)
      hands.later(LEFT_S + extra.after, () => crashMaster(hands, forS))
    },
  }),
  /** A disk that is full, on a member that should list a joiner. */
  refuseConfs: fault({
    weight: 2,
    hosts: [2, 2],
    seconds: [LEFT_S, 60],
    aims: 0.3,
    extra: { joins: [1, 5] },
    play (hands, { first, others, forS, extra }) {
      for (const joiner of others) leaveAndJoin(hands, joiner, LEFT_S + extra.joins)
      hands.later(LEFT_S, () => hands.refuseConfs(first, true))
      hands.later(LEFT_S + forS, () => hands.refuseConfs(first, false))
    },
  }),
  /** A member's agent is dead for long, others join beside it, and then the MASTER dies. */
  agentDeadBesideJoins: fault({
    weight: 2,
    hosts: [2, 4],
    seconds: [60, 180],
    aims: 0.2,
    extra: { crash: [20, 50], gone: [1, 40] },
    play (hands, { first, others, forS, extra }) {
      hands.killAgent(first)
      for (const joiner of others) leaveAndJoin(hands, joiner, LEFT_S)
      hands.later(extra.crash, () => crashMaster(hands, extra.gone))
      hands.later(forS, () => hands.startAgent(first))
    },
  }),
}

function leaveAndJoin (hands: Hands, host: Host, afterS: number): void {
  hands.stop(host)
  hands.later(afterS, () => hands.boot(host))
}

function crashMaster (hands: Hands, forS: number): void {
  const master = hands.master()
  if (master === undefined) return
  hands.crash(master)
  hands.later(forS, () => hands.boot(master))
}
