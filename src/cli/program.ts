/**
 * The command line: which words there are, what they take, what help says. What they do is given from outside, so
 * this file decides nothing but the exit code of a line that nobody can understand.
 */
import { Argument, Command, CommanderError } from 'commander'
import { completionFor, shells, type Shell } from './completion.ts'
import { exitCodes } from './exit.ts'
import type { ExitCode } from './exit.ts'
import { createSecret } from './secret.ts'
import { print } from './terminal.ts'
import type { Terminal } from './terminal.ts'

/** What the commands do; each gives the exit code of the process. */
export interface Actions {
  readonly run: () => Promise<ExitCode>
  readonly render: (options: { readonly explain: boolean }) => Promise<ExitCode>
  readonly status: (options: { readonly json: boolean, readonly watch: boolean }) => Promise<ExitCode>
  readonly doctor: (options: { readonly json: boolean }) => Promise<ExitCode>
  readonly leave: () => Promise<ExitCode>
  readonly forget: (member: string) => Promise<ExitCode>
  readonly detach: () => Promise<ExitCode>
  readonly warmUp: () => Promise<ExitCode>
}

export interface ProgramOptions {
  /** Printed by --version. */
  readonly version: string
}

export interface ProgramDependencies {
  readonly actions: Actions
  readonly terminal: Terminal
}

const examples = `
Examples:
  KEEPALIVED_VIRTUAL_IPADDRESS_1=10.10.0.2/24 keepalived-mesh    run the agent; the same line on every host
  keepalived-mesh render --explain                               what it would write, and where each value is from
  keepalived-mesh status --watch                                 the group as it changes
  keepalived-mesh doctor                                         what would keep an agent from working on this host, and what to do
  keepalived-mesh forget 10.10.0.23                              drop a member that will not return

Exit codes: 0 done, 1 refused, no agent answers, status finds keepalived blocked or down, or doctor finds a fault, 64 bad configuration or command line,
69 keepalived missing or unusable, 70 a defect of keepalived-mesh.
Configuration is by environment variables: see the README.`

/**
 * Runs the command that `args` (without program name) names and gives the exit code. A line that is no command
 * is explained on `terminal.err` and gives 64; none at all means `run`. (No default command of commander's: it would
 * take a mistyped word for an argument of `run`.)
 */
export async function runProgram (args: readonly string[], options: ProgramOptions, dependencies: ProgramDependencies): Promise<ExitCode> {
  let code: ExitCode = exitCodes.ok
  const program = createProgram(options, dependencies, given => { code = given })
  const line = args.length === 0 ? ['run'] : args
  try {
    await program.parseAsync(line, { from: 'user' })
    return code
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  }
}

function createProgram ({ version }: ProgramOptions, { actions, terminal }: ProgramDependencies, end: (code: ExitCode) => void): Command {
  const program = new Command('keepalived-mesh')
    .description('A virtual IP for a group of hosts: keepalived, with agents that find each other.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .addHelpText('after', examples)
    .exitOverride()
    .configureOutput({
      writeOut: text => terminal.out.write(text),
      writeErr: text => terminal.err.write(text)
    })
    .showHelpAfterError('(try --help)')

  program.command('run')
    .description('run the agent in the foreground (the default)')
    .action(async () => end(await actions.run()))
  program.command('render')
    .description('print the keepalived.conf that the agent would write')
    .option('--explain', 'with each value, say where it came from', false)
    .action(async (given: { explain: boolean }) => end(await actions.render(given)))
  program.command('status')
    .description('show this host and the group')
    .option('--json', 'as one JSON document', false)
    .option('--watch', 'again each second, until interrupted', false)
    .action(async (given: { json: boolean, watch: boolean }) => end(await actions.status(given)))
  program.command('doctor')
    .description('look for whatever would keep an agent from working on this host')
    .option('--json', 'as one JSON document', false)
    .action(async (given: { json: boolean }) => end(await actions.doctor(given)))
  program.command('leave')
    .description('hand the VIP over, stop keepalived, leave the group and end the agent')
    .action(async () => end(await actions.leave()))
  program.command('forget').argument('<member>', 'its id or its address')
    .description('drop a member that will not return')
    .action(async (member: string) => end(await actions.forget(member)))
  program.command('detach')
    .description('end the agent and leave keepalived running: for upgrades in place')
    .action(async () => end(await actions.detach()))
  // For whoever builds an image, not for operators: in neither help nor completion.
  program.command('warm-up', { hidden: true })
    .action(async () => end(await actions.warmUp()))
  program.command('secret')
    .description('print a fresh mesh secret')
    .action(() => print(terminal.out, createSecret()))
  program.command('completion').addArgument(new Argument('<shell>', 'whose').choices(shells))
    .description('print what has a shell complete this command line')
    .action((shell: Shell) => print(terminal.out, completionFor(shell, completed(program))))
  return program
}

function completed (program: Command): ReadonlyArray<Parameters<typeof completionFor>[1][number]> {
  return program.createHelp().visibleCommands(program).map((command) => ({ name: command.name(), description: command.description(), options: command.options.flatMap(({ long }) => long ?? []) }))
}
