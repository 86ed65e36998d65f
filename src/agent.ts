/** The composition root: from a configuration to the agent that carries it out, with the control socket that speaks for it. */
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Config } from './config/config.ts'
import type { Agent, AgentDependencies, Fate } from './agent/fate.ts'
import { confTenurePath, controlPath, runNames } from './agent/files.ts'
import { startMeshAgent } from './agent/mesh-agent.ts'
import { startStandaloneAgent } from './agent/standalone-agent.ts'
import { createSuccession } from './agent/succession.ts'
import { holdPlace, nameOf } from './agent/tenure.ts'
import type { Tenure } from './agent/tenure.ts'
import { DirectoryError, ownDirectory, tryWriting } from './host/own-directory.ts'
import { createBoard } from './status/board.ts'
import { createControl } from './status/control.ts'
import type { Control } from './status/control.ts'
import { createJournal } from './status/journal.ts'
import type { ControlAnswer, ControlRequest } from './status/request.ts'

/**
 * Starts the agent. The control socket is first, in a directory that is ours: it keeps a second agent out of it before anything
 * of keepalived's is touched.
 * @throws ControlError, PlaceInUseError, ListenError, DirectoryError
 */
export async function startAgent (config: Config, given: Omit<AgentDependencies, 'stirred'>): Promise<Agent> {
  let served: Served | null = null
  const dependencies: AgentDependencies = { ...given, stirred: () => served?.stir() }
  await takeRunDirectory(config, dependencies)
  const started = Promise.withResolvers<Agent>()
  const control = await createControl({ path: controlPath(config) }, { answer: async (request) => await answer(await started.promise, request) })
  let tenure: Tenure | null = null
  try {
    tenure = await holdConf(config)
    const agent = config.mode === 'static' || config.mode === 'passthrough'
      ? await startStandaloneAgent(config, dependencies)
      : await createSuccession(async () => await startMeshAgent(config, dependencies))
    started.resolve(agent)
    served = await serveStatus(config, agent, dependencies)
    return { ...agent, ended: closing(agent, [...tenure === null ? [] : [tenure.end], ...served === null ? [] : [served.close]], control) }
  } catch (error) {
    await tenure?.end()
    await control.close()
    throw error
  }
}

/** A directory that is full serves yet: what runs goes on, and what cannot be written is told where it is missed. */
async function takeRunDirectory (config: Config, { log }: AgentDependencies): Promise<void> {
  for (const stray of await ownDirectory(config.runDir, runNames(config))) log.warn({ ...stray }, 'in place of a file of ours: put aside')
  try {
    await tryWriting(config.runDir)
  } catch (error) {
    if (!(error instanceof DirectoryError && error.isFull)) throw error
    log.error({ fault: error.message }, 'the run directory is full: keepalived that runs goes on, none can be relied on to start')
  }
}

/** In passthrough mode the conf is the operator's, who may share it. */
async function holdConf (config: Config): Promise<Tenure | null> {
  if (config.mode === 'passthrough') return null
  await mkdir(dirname(config.conf), { recursive: true, mode: 0o755 }).catch(() => {}) // Told when the conf is written.
  return await holdPlace({ what: config.conf, socket: confTenurePath(config), remedy: 'KEEPALIVED_CONF' }, nameOf(config))
}

interface Served {
  readonly stir: () => void
  readonly close: () => Promise<void>
}

/** Nothing hangs on it: where it cannot be had, the VIP is held without. */
async function serveStatus (config: Config, { status, measure }: Agent, { log }: Pick<AgentDependencies, 'log'>): Promise<Served | null> {
  if (config.mode === 'static' || config.mode === 'passthrough' || config.mesh.http === null) return null
  const { createHttp } = await import('./status/http.ts')
  try {
    const board = createBoard({ status, measure, journal: createJournal({ now: () => new Date() }) })
    const http = await createHttp(config.mesh.http, { status, board })
    board.stir()
    return {
      stir: board.stir,
      async close () {
        board.close()
        await http.close()
      }
    }
  } catch (error) {
    log.warn({ ...config.mesh.http, fault: String(error) }, 'no status over HTTP: set KEEPALIVED_MESH_HTTP to an endpoint that is free, or off')
    return null
  }
}

/** The control socket closes last, when the answer to a `leave` is on its way. */
async function closing (agent: Agent, ends: ReadonlyArray<() => Promise<void>>, control: Control): Promise<Fate> {
  try {
    return await agent.ended
  } finally {
    for (const end of ends) await end()
    await nextTurn()
    await control.close()
  }
}

async function answer (agent: Agent, request: ControlRequest): Promise<ControlAnswer> {
  switch (request.command) {
    case 'status': return { ok: true, result: agent.status() }
    case 'forget': {
      const refusal = agent.forget(request.member)
      return refusal === null ? { ok: true, result: null } : { ok: false, error: refusal }
    }
    case 'detach':
      setImmediate(agent.detach)
      return { ok: true, result: null }
    case 'leave':
      agent.stop()
      await agent.ended
      return { ok: true, result: null }
  }
}
