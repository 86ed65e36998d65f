/**
 * What the agents take of their hosts while the soak lasts: open descriptors, memory of their own, and how long a question
 * over the control socket waits, which is how late their event loop is. Each has a bound, far above what was ever seen.
 */
import { readdirSync, readFileSync } from 'node:fs'
import type { LabAgent } from '../lab/agent.ts'
import type { Pool } from './pool.ts'

export interface Resources {
  readonly summary: () => ResourceSummary
  readonly stop: () => void
}

export interface ResourceSummary {
  readonly samples: number
  readonly mostDescriptors: number
  /** Of anonymous memory. */
  readonly mostMib: number
  /** Of an agent older than a minute, over its age of a minute: the most that any has grown. */
  readonly growthMib: number
  readonly medianAnswerMs: number
  readonly worstAnswerMs: number
}

export const DESCRIPTORS_MAX = 150
export const MIB_MAX = 150

const EVERY_MS = 5000
const GROWN_UP_MS = 60_000

interface Sample {
  readonly descriptors: number
  readonly mib: number
}

export function followResources (pool: Pool): Resources {
  const samples: Sample[] = []
  const answersMs: number[] = []
  const young = new Map<LabAgent, number>()
  let growthMib = 0

  async function look (agent: LabAgent): Promise<void> {
    const sample = sampleOf(agent.pid)
    if (sample === null || agent.exit() !== null) return
    samples.push(sample)
    if (Date.now() > agent.startedAtMs + GROWN_UP_MS) {
      if (!young.has(agent)) young.set(agent, sample.mib)
      growthMib = Math.max(growthMib, sample.mib - (young.get(agent) ?? sample.mib))
    }
    const fromMs = performance.now()
    // An agent that is paused, or dies meanwhile, gives none.
    if (await agent.status().catch(() => null) !== null) answersMs.push(performance.now() - fromMs)
  }

  const timer = setInterval(() => {
    for (const { member } of pool.on()) if (member !== null) void look(member.agent)
  }, EVERY_MS).unref()
  return {
    summary: () => ({
      samples: samples.length,
      mostDescriptors: Math.max(0, ...samples.map(({ descriptors }) => descriptors)),
      mostMib: Math.max(0, ...samples.map(({ mib }) => mib)),
      growthMib,
      medianAnswerMs: answersMs.toSorted((a, b) => a - b)[Math.floor(answersMs.length / 2)] ?? 0,
      worstAnswerMs: Math.max(0, ...answersMs)
    }),
    stop: () => { clearInterval(timer) }
  }
}

/** Null when the process is gone. */
function sampleOf (pid: number): Sample | null {
  try {
    const kib = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kib === undefined ? null : { descriptors: readdirSync(`/proc/${pid}/fd`).length, mib: Number(kib) / 1024 }
  } catch {
    return null
  }
}
