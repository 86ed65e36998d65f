/**
 * How often one kind of line is written. Much of what is logged follows from what others say, and whoever says it may say it
 * without end: a disk must not fill with it, nor the lines that matter drown. So each kind, which is its message, has a pace, and
 * within it each address, or each alarm; for what is over it, one line a minute tells how many were left out.
 *
 * A token bucket (Turner 1986): what befalls a whole group at once is written in full, what goes on and on is not.
 */

/** A line for each number that VRRP has; then 3 MB a day. */
const KIND = { burst: 64, perMinute: 8 }

/** Of these about one address, or one alarm. */
const SUBJECT = { burst: 12, perMinute: 2 }

/** Above all the messages that the source holds; of what is forgotten the pace begins anew. */
const KINDS_MAX = 512
const SUBJECTS_MAX = 128

const MINUTE_MS = 60_000

export interface LogPace {
  /** Whether this line is written. `tell` is called later, once, with how many were not. */
  readonly takes: (kind: string, subject: string, tell: (leftOut: number) => void) => boolean
}

export interface LogPaceDependencies {
  readonly nowMs: () => number
  /** Does it after so long; must not keep the process alive. */
  readonly later: (act: () => void, ms: number) => void
}

interface Bucket {
  left: number
  atMs: number
}

interface Kind {
  readonly bucket: Bucket
  readonly subjects: Map<string, Bucket>
  leftOut: number
}

export function createLogPace ({ nowMs, later }: LogPaceDependencies): LogPace {
  const kinds = new Map<string, Kind>()
  const full = (burst: number): Bucket => ({ left: burst, atMs: nowMs() })

  return {
    takes (kind, subject, tell) {
      const known = kept(kinds, kind, KINDS_MAX, () => ({ bucket: full(KIND.burst), subjects: new Map(), leftOut: 0 }))
      const about = subject === '' ? null : kept(known.subjects, subject, SUBJECTS_MAX, () => full(SUBJECT.burst))
      if (regained(known.bucket, KIND, nowMs()) >= 1 && (about === null || regained(about, SUBJECT, nowMs()) >= 1)) {
        known.bucket.left--
        if (about !== null) about.left--
        return true
      }
      if (known.leftOut++ === 0) {
        later(() => {
          tell(known.leftOut)
          known.leftOut = 0
        }, MINUTE_MS)
      }
      return false
    }
  }
}

function regained (bucket: Bucket, { burst, perMinute }: typeof KIND, atMs: number): number {
  bucket.left = Math.min(burst, bucket.left + (atMs - bucket.atMs) / MINUTE_MS * perMinute)
  bucket.atMs = atMs
  return bucket.left
}

/** The entry under that key, made when there is none; the oldest goes beyond the bound. */
function kept <V> (entries: Map<string, V>, key: string, entriesMax: number, create: () => V): V {
  const known = entries.get(key)
  if (known !== undefined) return known
  for (const oldest of entries.keys()) {
    if (entries.size < entriesMax) break
    entries.delete(oldest)
  }
  const created = create()
  entries.set(key, created)
  return created
}
