/**
 * Which blocks of our sources have run, by V8's own precise coverage (inspector protocol, domain Profiler). It needs no
 * instrumented build and no native addon, as libFuzzer's wrappers for Node do; but to ask costs milliseconds, so a
 * campaign asks once for many executions and looks closer only when something new has run.
 */
import { Session } from 'node:inspector'
import type { Profiler } from 'node:inspector'

export interface Coverage {
  /** The blocks that have run since the last call. */
  readonly take: () => ReadonlySet<string>
  readonly stop: () => void
}

export function watchCoverage (): Coverage {
  const session = new Session()
  session.connect()
  session.post('Profiler.enable')
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  return {
    take: () => new Set(blocksIn(taken(session))),
    stop () {
      session.post('Profiler.stopPreciseCoverage')
      session.disconnect()
    }
  }
}

/** Within one thread the answer is there when `post` returns. */
function taken (session: Session): Profiler.ScriptCoverage[] {
  let result: Profiler.ScriptCoverage[] = []
  session.post('Profiler.takePreciseCoverage', (error, answer) => {
    if (error === null) result = answer.result
  })
  return result
}

function blocksIn (scripts: readonly Profiler.ScriptCoverage[]): string[] {
  return scripts.filter(({ url }) => url.includes('/src/')).flatMap(({ scriptId, functions }) =>
    functions.flatMap(({ ranges }) => ranges.filter(({ count }) => count > 0).map(({ startOffset, endOffset }) => `${scriptId} ${startOffset} ${endOffset}`)))
}
