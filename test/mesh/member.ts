/** A whole member without a keepalived: a mesh with the core behind it, which gets what it asks for at once. */
import { createCore, type Core } from '../../src/core/core.ts'
import { createLoop } from '../../src/agent/loop.ts'
import type { Effect } from '../../src/core/effect.ts'
import type { Conf, Happening } from '../../src/core/event.ts'
import type { MemberId } from '../../src/core/record.ts'
import { startHost, type Host } from './host.ts'
import { memoryLog } from './memory-log.ts'

export interface Member {
  readonly host: Host
  readonly core: Core
  /** Every conf that it has written, in order. */
  readonly confs: Conf[]
  /** Warnings of the mesh, and what the core wants logged as such. */
  readonly lines: Array<Record<string, unknown>>
  /** What the agent would end with; it never should. */
  readonly defects: unknown[]
  readonly stop: () => Promise<void>
}

/** Loopback plays the segment, which the core takes no loopback address for. */
const SEGMENT = [{ address: '126.0.0.1', prefixLength: 7, link: 'lo 1' }]

/** What a test or a bench does with an effect in place of what is done here; true: that is all. */
export type Act = (effect: Effect, id: MemberId, happen: (happening: Happening) => void) => boolean

/** `peers`: addresses that it dials. */
export async function startMember (address: string, secret: string, peers: readonly Host[], act: Act = () => false): Promise<Member> {
  const { log, lines } = memoryLog()
  const confs: Conf[] = []
  const defects: unknown[] = []
  const host = await startHost({ address, secret, log, onEvent: (happening) => { loop.happen(happening) } })
  const spec = { virtualRouterId: 51, version: 2, advertInt: 1, virtualIpaddress: '10.99.0.200/24', authDigest: 'ab12', authPass: 'pwd51', revision: 0, epoch: 0 } as const
  const core = createCore({
    id: host.mesh.id, address, mac: null, link: 'lo 1', held: SEGMENT, port: host.port, pinned: null, software: '0', spec, vips: [spec.virtualIpaddress], isAuthPassSet: true,
    passwords: new Map([['ab12', 'pwd51']]), hasSecret: true, asksVip: false, staticPeers: [], incarnation: 1, memory: null, unlistMs: 60_000
  }, { seal: host.mesh.seal, random: () => 0 })

  function perform (effect: Exclude<Effect, { kind: 'timer' }>): void {
    if (act(effect, host.mesh.id, loop.happen)) return
    switch (effect.kind) {
      case 'dial': case 'forgo': case 'verify': case 'exchange': case 'reply': case 'send': case 'hangUp': case 'publish': return host.mesh.perform(effect)
      case 'apply':
        confs.push(effect.conf)
        return loop.happen({ kind: 'applied', conf: effect.conf })
      case 'probeVip': return loop.happen({ kind: 'vipProbed', mac: null })
      case 'start': return loop.happen({ kind: 'keepalivedStarted' })
      case 'stop': return loop.happen({ kind: 'keepalivedStopped', asked: true, reason: '' })
      case 'log': if (effect.level === 'warn' || effect.level === 'error') lines.push({ ...effect.facts, msg: effect.message }); return
      case 'prepare': case 'lower': case 'countAdverts': case 'probeAddress': case 'vips': case 'renew': case 'remember': case 'exit': case 'herald':
    }
  }

  const loop = createLoop(core, { nowMs: () => performance.now(), perform, stirred: () => {}, onDefect: (error) => { defects.push(error) } })
  loop.begin({ kind: 'started', adopted: null })
  for (const peer of peers) loop.happen({ kind: 'found', address: peer.address, port: peer.port, source: 'test' })
  return {
    host,
    core,
    confs,
    lines,
    defects,
    async stop () {
      loop.stop()
      await host.mesh.stop()
    }
  }
}
