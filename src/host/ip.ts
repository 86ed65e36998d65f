/** The `ip` of iproute2, with the words that put it into another network namespace where tests need that. */
import { runCommand, type CommandResult } from './command.ts'

export interface Ip {
  /** Program and first words: `['ip']`, or `['ip', '-n', NAME]`. */
  readonly command: readonly string[]
}

/** `ip` of this very host. */
export const ownIp: Ip = { command: ['ip'] }

/** Runs `ip` with these words; never rejects. @param input its standard input */
export async function runIp ({ command }: Ip, words: readonly string[], input = ''): Promise<CommandResult> {
  const [program = 'ip', ...first] = command
  return await runCommand(program, [...first, ...words], undefined, input)
}
