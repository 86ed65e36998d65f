/** The composition root: from a configuration to the agent that carries it out, with the control socket that speaks for it. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Config } from './config/config.ts'
import type { Agent } from './agent/fate.ts'
import { controlPath } from './agent/files.ts'
import { startMeshAgent } from './agent/mesh-agent.ts'
import { startStandaloneAgent } from './agent/standalone-agent.ts'
import type { Log } from './log.ts'
import { createControl } from './status/control.ts'
import type { ControlAnswer, ControlRequest } from './status/request.ts'

export interface AgentDependencies {
  readonly log: Log
  readonly version: string
}

export type { Agent }

/**
 * Starts the agent. The control socket is first: it keeps a second agent out of the same run directory before anything
 * is touched.
 * @throws ControlError, ListenError, and the file system's errors of the state directory
 */
export async function startAgent (config: Config, { log, version }: AgentDependencies): Promise<Agent> {
  const started = Promise.withResolvers<Agent>()
  const control = await createControl({ path: controlPath(config) }, { answer: async (request) => await answer(await started.promise, request) })
  try {
    const agent = config.mode === 'static' || config.mode === 'passthrough'
      ? await startStandaloneAgent(config, { log, version })
      : await startMeshAgent(config, { log, version })
    started.resolve(agent)
    // The answer to a `leave` is on its way by then.
    return { ...agent, ended: agent.ended.finally(async () => await nextTurn().then(control.close)) }
  } catch (error) {
    await control.close()
    throw error
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
