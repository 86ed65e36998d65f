/**
 * What a client saw, as arithmetic over the answers to its pings. An answer that came late was no answer in time: while
 * an ARP entry is being resolved the kernel keeps packets back and sends them in one burst, which would hide an outage.
 */

/** The answer to the ping with that sequence number; `atMs` is when it came. */
export interface Reply {
  readonly sequence: number
  readonly atMs: number
  readonly roundTripMs: number
}

/** A run of pings without an answer in time. */
export interface Gap {
  /** When the last answer before it came. */
  readonly fromMs: number
  /** From the last answer before to the first one after, which includes one interval of the probe. */
  readonly lengthMs: number
  readonly lost: number
}

export interface ProbeReport {
  /** Pings from the first that was answered to the last that was. */
  readonly sent: number
  readonly lost: number
  readonly gaps: readonly Gap[]
  /** 0 when nothing was lost. */
  readonly longestGapMs: number
}

/** Answers later than this count as lost. Far above any round trip in a lab, far below an advert interval of 1 s. */
export const LATE_MS = 100

/** The report on replies in any order. Silence before the first and after the last answer is not part of it. */
export function probeReportOf (replies: readonly Reply[]): ProbeReport {
  const inTime = replies.filter(({ roundTripMs }) => roundTripMs <= LATE_MS).toSorted((a, b) => a.sequence - b.sequence)
  const gaps: Gap[] = []
  for (const [index, reply] of inTime.entries()) {
    const previous = inTime[index - 1]
    if (previous === undefined || reply.sequence - previous.sequence <= 1) continue
    gaps.push({ fromMs: previous.atMs, lengthMs: reply.atMs - previous.atMs, lost: reply.sequence - previous.sequence - 1 })
  }
  return {
    sent: (inTime.at(-1)?.sequence ?? 0) - (inTime[0]?.sequence ?? 1) + 1,
    lost: gaps.reduce((sum, { lost }) => sum + lost, 0),
    gaps,
    longestGapMs: Math.max(0, ...gaps.map(({ lengthMs }) => lengthMs))
  }
}
