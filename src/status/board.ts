/**
 * Where whoever looks on learns of news. Documents are made when something has happened, a moment later, so that a burst costs one; while nobody looks and nothing
 * happens, none is.
 */
import type { StatusDocument } from './document.ts'
import type { Entry, Journal } from './journal.ts'

export interface News {
  readonly document: StatusDocument
  readonly entries: readonly Entry[]
}

export interface Board {
  /** Something may have changed. */
  readonly stir: () => void
  readonly entries: () => readonly Entry[]
  /** Each news from now on; gives what ends it. */
  readonly watch: (listener: (news: News) => void) => () => void
  readonly close: () => void
}

export interface BoardDependencies {
  readonly status: () => StatusDocument
  /** Has round trips measured. */
  readonly measure: () => void
  readonly journal: Journal
}

/** A person sees no difference. */
const quietMs = 200
/** While somebody looks on. */
const measureEveryMs = 5000

export function createBoard ({ status, measure, journal }: BoardDependencies): Board {
  const listeners = new Set<(news: News) => void>()
  let waiting: NodeJS.Timeout | null = null
  let measuring: NodeJS.Timeout | null = null

  function look (): void {
    waiting = null
    const document = status()
    const entries = journal.note(document)
    for (const listener of listeners) listener({ document, entries })
  }

  function rest (): void {
    if (measuring !== null) clearInterval(measuring)
    measuring = null
  }

  return {
    stir () { waiting ??= setTimeout(look, quietMs).unref() },
    entries: () => journal.entries(),
    watch (listener) {
      listeners.add(listener)
      if (measuring === null) {
        measuring = setInterval(measure, measureEveryMs).unref()
        measure()
      }
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) rest()
      }
    },
    close () {
      if (waiting !== null) clearTimeout(waiting)
      rest()
    }
  }
}
