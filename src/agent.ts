/** The composition root: from a configuration to the agent that carries it out, with the control socket that speaks for it. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Config } from './config/config.ts'
import type { Agent, AgentDependencies, Fate } from './agent/fate.ts'
import { controlPath } from './agent/files.ts'
import { startMeshAgent } from './agent/mesh-agent.ts'
import { startStandaloneAgent } from './agent/standalone-agent.ts'
import { createSuccession } from './agent/succession.ts'
import { createControl } from './status/control.ts'
import type { Control } from './status/control.ts'
import type { ControlAnswer, ControlRequest } from './status/request.ts'

/**
 * Starts the agent. The control socket is first: it keeps a second agent out of the same run directory before anything
 * is touched.
 * @throws ControlError, ListenError, and the file system's errors of the state directory
 */
export async function startAgent (config: Config, dependencies: AgentDependencies): Promise<Agent> {
  const started = Promise.withResolvers<Agent>()
  const control = await createControl({ path: controlPath(config) }, { answer: async (request) => await answer(await started.promise, request) })
  try {
    const agent = config.mode === 'static' || config.mode === 'passthrough'
      ? await startStandaloneAgent(config, dependencies)
      : await createSuccession(async () => await startMeshAgent(config, dependencies))
    started.resolve(agent)
    return { ...agent, ended: closing(agent, control) }
  } catch (error) {
    await control.close()
    throw error
  }
}

/** The control socket closes last, when the answer to a `leave` is on its way. */
async function closing (agent: Agent, control: Control): Promise<Fate> {
  try {
    return await agent.ended
  } finally {
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
