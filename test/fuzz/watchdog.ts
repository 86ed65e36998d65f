/**
 * Ends what does not end by itself. While a loop runs nothing else of this thread does, so the one who looks at the clock is a
 * thread of Node's, that of the `timeout` of node:vm, which has V8 give up whatever runs.
 */
import { createContext, Script } from 'node:vm'

/** For one execution, however busy the machine is: thousands of times what any takes. */
export const executionMsMax = 20_000

export class EndlessError extends Error {
  constructor (ms: number) {
    super(`does not end within ${ms} ms`)
    this.name = 'EndlessError'
  }
}

const script = new Script('run()')
const scope = createContext({})

/** Runs it. @throws EndlessError when it has not ended by then */
export function within (ms: number, run: () => void): void {
  scope['run'] = run
  try {
    script.runInContext(scope, { timeout: ms })
  } catch (error) {
    // It is made in the scope, and so is no Error of this one.
    const isTimeout = typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
    throw isTimeout ? new EndlessError(ms) : error
  }
}
