/**
 * The commands that make the running agent do something: `leave`, `detach`, `forget`. They wait until it is done and
 * say in one line how it went.
 */
import { askAgent, AskError } from '../status/ask.ts'
import type { ControlRequest } from '../status/request.ts'
import { exitCodes } from './exit.ts'
import type { ExitCode } from './exit.ts'
import { print } from './terminal.ts'
import type { Terminal } from './terminal.ts'

/**
 * A hand-over takes at most 5 s, a hung keepalived is killed after that; who waits longer waits for an agent that is
 * stuck.
 */
const timeoutMs = 20_000

const done = {
  leave: 'left the group: keepalived is stopped, the agent ends',
  detach: 'detached: the agent ends, keepalived runs on',
  forget: 'forgotten'
}

/** Has the agent at the control socket `path` perform `request`; prints the outcome. */
export async function tellAgent (request: Exclude<ControlRequest, { command: 'status' }>, path: string, terminal: Terminal): Promise<ExitCode> {
  try {
    await askAgent(request, { path, timeoutMs })
  } catch (error) {
    if (!(error instanceof AskError)) throw error
    print(terminal.err, error.message)
    return exitCodes.refused
  }
  print(terminal.out, done[request.command])
  return exitCodes.ok
}
