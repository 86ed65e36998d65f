/** A source whose code is loaded when it starts: what few use costs nobody else. */
import type { Source } from './source.ts'

export function createLater (load: () => Promise<Source>): Source {
  let loading: Promise<Source> | null = null
  let stopped = false

  async function tell (say: (source: Source) => void): Promise<void> {
    if (loading !== null) say(await loading)
  }

  return {
    start () {
      loading ??= load()
      void tell((source) => { if (!stopped) source.start() })
    },
    setOwnAddress (address) { void tell((source) => { source.setOwnAddress(address) }) },
    stop () {
      stopped = true
      void tell((source) => { source.stop() })
    }
  }
}
