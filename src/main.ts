/**
 * The process: its arguments, environment, signals and exit code. The only file that touches `process`, so that
 * everything else can be run in a test. What only the agent needs is loaded when it runs: the other commands are called
 * often, by health checks and people.
 */
import { readFileSync } from 'node:fs'
import process from 'node:process'
import type { Agent } from './agent/fate.ts'
import { controlPath } from './agent/files.ts'
import { exitCodes } from './cli/exit.ts'
import type { ExitCode } from './cli/exit.ts'
import { showFindings } from './cli/doctor.ts'
import { faultLines, warningLines } from './cli/faults.ts'
import { runProgram } from './cli/program.ts'
import { showStatus } from './cli/status.ts'
import { tellAgent } from './cli/tell.ts'
import { print } from './cli/terminal.ts'
import type { Terminal } from './cli/terminal.ts'
import { readConfig } from './config/read-config.ts'
import { runsScripts } from './config/scripts.ts'
import { lackOf } from './host/capabilities.ts'
import { isOnPath } from './host/on-path.ts'
import type { Config } from './config/config.ts'
import type { Warning } from './config/fault.ts'

/** Put in by the build. */
declare const SOFTWARE_VERSION: string

const version = typeof SOFTWARE_VERSION === 'string' ? SOFTWARE_VERSION : '0.0.0-source'
const interrupted = new AbortController()
const terminal: Terminal = { out: process.stdout, err: process.stderr, signal: interrupted.signal }

/** The codes of what an agent may find at its start and nobody but the operator can mend. */
const startFaults = new Set(['ERR_CONTROL_IN_USE', 'PLACE_IN_USE', 'ERR_CONTROL_UNUSABLE', 'DIRECTORY_UNUSABLE', 'PORT_IN_USE', 'CANNOT_LISTEN'])

/** The configuration with its warnings; null when there are faults, and all of it was printed. */
function configOrFaults (): { readonly config: Config, readonly warnings: readonly Warning[] } | null {
  const read = readConfig(process.env, (path) => readFileSync(path, 'utf8'))
  if (!('faults' in read)) return read
  // A misspelt name is often the very reason of a fault.
  for (const line of [...warningLines(read.warnings), ...faultLines(read.faults)]) print(terminal.err, line)
  return null
}

async function run (): Promise<ExitCode> {
  const hand = handOfSignals()
  const read = configOrFaults()
  if (read === null) return exitCodes.usage
  const { config, warnings } = read
  if (config.mode !== 'passthrough' && config.template !== null) {
    const { templateFault } = await import('./agent/template-check.ts')
    const fault = templateFault(config)
    if (fault !== null) {
      print(terminal.err, fault)
      return exitCodes.usage
    }
  }
  const [{ startAgent }, { createLog }] = await Promise.all([import('./agent.ts'), import('./log.ts')])
  const log = createLog({ level: config.logLevel, readable: process.stderr.isTTY, colored: process.stderr.isTTY && process.env['NO_COLOR'] === undefined })
  for (const { variable, message } of warnings) log.warn({ variable }, message)
  const lack = lackOf(['NET_ADMIN', 'NET_RAW', ...runsScripts(config) ? ['SETGID'] as const : []])
  if (lack !== null) {
    log.fatal({ fault: lack }, 'keepalived cannot be used')
    return exitCodes.unusable
  }
  for (const weakness of weaknessesOf(config)) log.warn({ fault: weakness }, 'scripts of keepalived')
  try {
    const agent = await startAgent(config, { log, version, environment: process.env })
    hand(agent)
    const fate = await agent.ended
    log.info({ fate }, 'the agent ends')
    return fate === 'stopped' ? exitCodes.ok : exitCodes.unusable
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && startFaults.has(String(error.code)))) throw error
    log.fatal({ fault: error.message }, 'the agent cannot start')
    return exitCodes.refused
  }
}

/** What may be meant so, or hits only who has scripts. */
function weaknessesOf (config: Config): readonly string[] {
  if (config.mode === 'passthrough') return [lackOf(['SETGID'])].filter((lack) => lack !== null)
  const runsAsRoot = config.check !== null && (lackOf(['SETUID']) !== null || !isOnPath('setpriv', process.env['PATH'] ?? ''))
  return runsAsRoot ? ['the check of the API server runs as root: to run it as nobody takes setpriv and the capability SETUID'] : []
}

/**
 * Signals are taken from the first moment on, and handed to the agent once there is one: by default they would end the
 * process, and a keepalived that was to be adopted and stopped would run on.
 */
function handOfSignals (): (agent: Agent) => void {
  let agent: Agent | null = null
  let stopsAsked = 0
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stopsAsked++
      agent?.stop()
    })
  }
  for (const signal of ['SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const) process.on(signal, () => { agent?.signal(signal) })
  return given => {
    agent = given
    for (let i = 0; i < stopsAsked; i++) agent.stop()
  }
}

const actions = {
  run,
  async render ({ explain }: { readonly explain: boolean }): Promise<ExitCode> {
    const read = configOrFaults()
    if (read === null) return exitCodes.usage
    for (const line of warningLines(read.warnings)) print(terminal.err, line)
    const { renderedConf } = await import('./agent/rendered.ts')
    const rendered = await renderedConf(read.config, { explain: explain ? process.env : null })
    print(rendered.ok ? terminal.out : terminal.err, rendered.text)
    return rendered.ok ? exitCodes.ok : exitCodes.usage
  },
  async status (options: { readonly json: boolean, readonly watch: boolean }): Promise<ExitCode> {
    return await withSocket((path) => showStatus({ path, ...options }, terminal))
  },
  async doctor (options: { readonly json: boolean }): Promise<ExitCode> {
    const { examine } = await import('./agent/doctor.ts')
    return showFindings(await examine(process.env), options, terminal)
  },
  async warmUp (): Promise<ExitCode> {
    const [{ warmUp }, { createLog }] = await Promise.all([import('./agent/warm-up.ts'), import('./log.ts')])
    await warmUp({ log: createLog({ level: 'info', readable: false, colored: false }), version, pid: process.pid })
    return exitCodes.ok
  },
  leave: async () => await withSocket((path) => tellAgent({ command: 'leave' }, path, terminal)),
  forget: async (member: string) => await withSocket((path) => tellAgent({ command: 'forget', member }, path, terminal)),
  detach: async () => await withSocket((path) => tellAgent({ command: 'detach' }, path, terminal))
}

/** The commands that only talk need nothing of the environment but where the socket is. */
async function withSocket (act: (path: string) => Promise<ExitCode>): Promise<ExitCode> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { interrupted.abort() })
  return await act(controlPath({ runDir: process.env['KEEPALIVED_MESH_RUN_DIR'] || '/run/keepalived-mesh' }))
}

// A reader that has seen enough, such as `head`, is no defect.
process.stdout.on('error', () => { process.exit() })
void runProgram(process.argv.slice(2), { version }, { actions, terminal })
  .catch((error: unknown) => {
    print(terminal.err, `a defect of keepalived-mesh: ${error instanceof Error ? error.stack : String(error)}`)
    return exitCodes.defect
  })
  // Whatever is still open, such as a stream of libp2p in its last second, must not hold the process.
  .then((code) => process.exit(code))
