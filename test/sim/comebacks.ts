/**
 * Who could have heard by now that a member runs again which had left. Until then its leave is the last word of it, and whoever believes that
 * unlists it rightly: news takes its time, goes by way of others, and is lost with an agent that had not written it down yet.
 */
import type { MemberId } from '../../src/core/record.ts'
import type { Host } from './host.ts'
import type { World } from './world.ts'

export interface Comebacks {
  /** It left properly and starts anew. */
  readonly began: (host: Host) => void
  readonly cannotKnow: (host: Host, gone: Host) => boolean
  readonly agentStarted: (host: Host) => void
  readonly tick: () => void
}

export interface ComebacksDependencies {
  /** Whether the agent of `a` can speak to that of `b`, and VRRP too. */
  readonly reaches: (a: Host, b: Host) => boolean
  /** An answer comes through the mesh, whatever becomes of adverts. */
  readonly answers: (a: Host, b: Host) => boolean
}

/** What others pass on may be this old. */
const NEWS_MS = 2500
/** Whom an agent does not reach it dials each second. */
const DIALLED_MS = 1000
/** An agent that takes long over everything has to hear of the stream, of the member, and that it may write its conf. */
const SLOW_STEPS = 3

interface Comeback {
  readonly id: MemberId
  readonly incarnation: number
  /** By when each could have heard of it. */
  readonly knownAtMs: Map<Host, number>
  isKnownToAll: boolean
}

export function createComebacks ({ clock, hosts }: World, { reaches, answers }: ComebacksDependencies): Comebacks {
  const comebacks = new Map<Host, Comeback>()

  const meet = (gone: Host, comeback: Comeback): void => {
    const { knownAtMs } = comeback
    const nowMs = clock.nowMs()
    comeback.isKnownToAll = hosts.every(host => (knownAtMs.get(host) ?? Infinity) <= nowMs)
    for (const host of hosts) {
      const atMs = knownAtMs.get(host) ?? Infinity
      if (atMs <= nowMs || host.agent() === null || host.isPaused()) continue
      const metAtMs = nowMs + DIALLED_MS + SLOW_STEPS * host.lagMs()
      if (gone.agent() !== null && reaches(host, gone)) knownAtMs.set(host, Math.min(metAtMs, atMs))
      else if (atMs === Infinity && [gone, ...knownAtMs.keys()].some(teller => teller !== host && teller.agent() !== null && answers(host, teller))) knownAtMs.set(host, metAtMs + NEWS_MS)
    }
  }

  return {
    began (host) { comebacks.set(host, { id: host.id(), incarnation: host.disk().incarnation, knownAtMs: new Map(), isKnownToAll: false }) },
    cannotKnow: (host, gone) => clock.nowMs() < (comebacks.get(gone)?.knownAtMs.get(host) ?? (comebacks.has(gone) ? Infinity : -Infinity)),
    // It writes down what it knows while it is active: one that was about to join when it ended has left nothing.
    agentStarted (host) {
      for (const comeback of comebacks.values()) {
        if (isNoted(host, comeback)) continue
        comeback.knownAtMs.delete(host)
        comeback.isKnownToAll = false
      }
    },
    tick () {
      for (const [gone, comeback] of comebacks) if (!comeback.isKnownToAll) meet(gone, comeback)
    },
  }
}

function isNoted (host: Host, { id, incarnation }: Comeback): boolean {
  return host.id() === id || host.disk().memory?.claims.some(({ statement }) => statement.id === id && statement.incarnation >= incarnation) === true
}
