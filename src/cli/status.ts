/**
 * `status`: shows the document of the running agent, once or each second. On a terminal the screen is drawn anew;
 * elsewhere `--watch` writes only what changed, so that a pipe reads a history.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { askAgent, AskError } from '../status/ask.ts'
import { documentSchema, isWell } from '../status/document.ts'
import { exitCodes } from './exit.ts'
import type { ExitCode } from './exit.ts'
import { createPaint } from './paint.ts'
import { tableOf } from './table.ts'
import { print } from './terminal.ts'
import type { Terminal } from './terminal.ts'

export interface StatusOptions {
  /** Path of the agent's control socket. */
  readonly path: string
  readonly json: boolean
  readonly watch: boolean
}

/** The agent answers from memory, within a millisecond; one that takes this long is stuck. */
const timeoutMs = 3000

const intervalMs = 1000

const clearScreen = '\u001B[H\u001B[2J'

/** Prints the status until done; 1 when this host is not well or no agent answers (with `watch`: at the last look). */
export async function showStatus (options: StatusOptions, terminal: Terminal): Promise<ExitCode> {
  let look = await lookOf(options, terminal)
  if (!options.watch) {
    print(look.answered ? terminal.out : terminal.err, look.text)
    return codeOf(look)
  }
  const redraws = terminal.out.isTTY === true
  let shown = ''
  while (!terminal.signal.aborted) {
    if (redraws) terminal.out.write(clearScreen)
    if (redraws || look.text !== shown) print(terminal.out, look.text)
    shown = look.text
    await sleep(intervalMs, undefined, { signal: terminal.signal }).catch(() => undefined)
    if (!terminal.signal.aborted) look = await lookOf(options, terminal)
  }
  return codeOf(look)
}

interface Look {
  readonly answered: boolean
  /** As {@link isWell}; a document of another version is not understood, and counts as well. */
  readonly well: boolean
  readonly text: string
}

async function lookOf ({ path, json, watch }: StatusOptions, terminal: Terminal): Promise<Look> {
  try {
    const answer = await askAgent({ command: 'status' }, { path, timeoutMs })
    const read = documentSchema.safeParse(answer)
    const well = !read.success || isWell(read.data)
    if (json) return { answered: true, well, text: JSON.stringify(answer, null, watch ? 0 : 2) }
    if (!read.success) return { answered: false, well, text: 'the agent is of another version than this command; --json shows its status as it is' }
    return { answered: true, well, text: tableOf(read.data, createPaint(terminal.out)) }
  } catch (error) {
    if (error instanceof AskError) return { answered: false, well: false, text: error.message }
    throw error
  }
}

function codeOf ({ answered, well }: Look): ExitCode {
  return answered && well ? exitCodes.ok : exitCodes.refused
}
