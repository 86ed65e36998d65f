/**
 * A client that pings an address at a fixed rhythm. `fping` stamps the answers itself, so a busy test process does not
 * blur them. (The `ping` of iputils waits in whole clock ticks at 10 ms, which makes 16 of them, and spins below that.)
 * Its floor on an idle machine: nothing lost, and answers one interval apart give or take 1 ms.
 */
import type { Changes } from './changes.ts'
import { LATE_MS, type ProbeReport, probeReportOf, type Reply } from './outage.ts'
import { spawnIn } from './program.ts'

export interface ProbeOptions {
  /** 1 or more. @default 10 */
  readonly intervalMs?: number
  /** Who is woken by each answer. @default the lab's */
  readonly watch?: Changes
}

export interface Probe {
  /** What was seen so far. */
  readonly report: () => ProbeReport
  /** When the newest answer came; null before the first. */
  readonly lastReplyAtMs: () => number | null
  /** Resolves when `count` more answers have come. */
  readonly answers: (count: number) => Promise<void>
  readonly stop: () => Promise<ProbeReport>
}

/** Nobody answers for longer, whatever is waited for. */
const OUTAGE_CEILING_MS = 60_000
/** By how much a busy machine may stretch the rhythm of the pings. */
const SLOWEST = 4

const LINE = /^\[(?<seconds>[\d.]+)\] \S+ : \[(?<sequence>\d+)\], \d+ bytes, (?<roundTrip>[\d.]+) ms/

/** Pings `target` from the namespaces of process `pid`; resolves when fping runs, answered or not. */
export async function startProbe (pid: number, target: string, watch: Changes, options: ProbeOptions = {}): Promise<Probe> {
  const replies: Reply[] = []
  const intervalMs = options.intervalMs ?? 10
  const fping = await spawnIn(pid, ['fping', '--loop', '--timestamp', '--period', String(intervalMs), '--timeout', String(LATE_MS), target], {
    onLine: ({ text }) => {
      const reply = replyOf(text)
      if (reply === null) return
      replies.push(reply)
      watch.notify()
    }
  })
  return { report: () => probeReportOf(replies), lastReplyAtMs: () => replies.at(-1)?.atMs ?? null, answers, stop }

  async function answers (count: number): Promise<void> {
    const goal = replies.length + count
    const ceilingMs = OUTAGE_CEILING_MS + SLOWEST * intervalMs * count
    await watch.until(() => replies.length >= goal, { what: `${count} answers from ${target}`, ceilingMs, state: () => probeReportOf(replies) })
  }

  async function stop (): Promise<ProbeReport> {
    fping.signal('SIGINT')
    await fping.exited
    return probeReportOf(replies)
  }
}

/** What one line of `fping --loop --timestamp` says; null for a line that is no answer. */
export function replyOf (text: string): Reply | null {
  const { seconds, sequence, roundTrip } = LINE.exec(text)?.groups ?? {}
  if (seconds === undefined) return null
  return { sequence: Number(sequence), atMs: Number(seconds) * 1000, roundTripMs: Number(roundTrip) }
}
