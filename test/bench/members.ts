/**
 * Many members in one process, over sockets of the loopback interface and without keepalived: what it costs to agree, where hosts and daemons cost
 * nothing. They start one after the other, know the first three, and have one processor between them.
 *
 *     npm run bench:members -- [MEMBERS [PER_SECOND]]     60, four a second, unless told
 */
import { argv, cpuUsage } from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { createLoop } from '../../src/agent/loop.ts'
import { createCore, type Core } from '../../src/core/core.ts'
import type { Effect } from '../../src/core/effect.ts'
import type { Conf } from '../../src/core/event.ts'
import { startHost, type Host } from '../mesh/host.ts'
import { median, shownRow } from './table.ts'

const [size = 60, perSecond = 4] = argv.slice(2).map(Number)
const CEILING_MS = 300_000
const SECRET = 'a secret that every member of the bench has'
const spec = { virtualRouterId: 51, version: 2, advertInt: 1, virtualIpaddress: '10.99.0.200/24', authDigest: 'ab12', authPass: 'pwd51', revision: 0, epoch: 0 } as const
/** Loopback plays the segment, which the core takes no loopback address for. */
const SEGMENT = [{ address: '126.0.0.1', prefixLength: 7, link: 'lo 1' }]
const HOLDER_MAC = '02:00:00:00:00:01'

interface Member {
  readonly host: Host
  readonly core: Core
  /** So far. */
  readonly spent: { sent: number, published: number, reloads: number }
  readonly stop: () => Promise<void>
}

/** Whoever holds the VIP: VRRP, as far as nothing fails. */
let holder: string | null = null

async function startMember (address: string, peers: readonly Host[]): Promise<Member> {
  const spent = { sent: 0, published: 0, reloads: 0 }
  let conf: Conf | null = null
  let runs = false
  const host = await startHost({ address, secret: SECRET, onEvent: (happening) => { loop.happen(happening) } })
  const { id } = host.mesh
  const core = createCore({
    id, address, mac: null, link: 'lo 1', held: SEGMENT, port: host.port, pinned: null, software: '0', spec, vips: [spec.virtualIpaddress], isAuthPassSet: true,
    passwords: new Map([['ab12', 'pwd51']]), hasSecret: true, asksVip: false, staticPeers: [], incarnation: 1, memory: null, unlistMs: 60_000
  }, { seal: host.mesh.seal, random: Math.random })

  function perform (effect: Exclude<Effect, { kind: 'timer' }>): void {
    switch (effect.kind) {
      case 'send': case 'publish':
        if (effect.kind === 'send') spent.sent++
        else spent.published++
        return host.mesh.perform(effect)
      case 'dial': case 'verify': case 'exchange': case 'reply': case 'hangUp': return host.mesh.perform(effect)
      case 'apply':
        ;({ conf } = effect)
        if (runs) spent.reloads++
        return loop.happen({ kind: 'applied', conf: effect.conf })
      case 'start':
        runs = true
        if (conf?.claim === true) holder ??= id
        loop.happen({ kind: 'keepalivedStarted' })
        return loop.happen({ kind: 'vrrpState', state: holder === id ? 'MASTER' : 'BACKUP' })
      case 'stop':
        runs = false
        if (holder === id) holder = null
        return loop.happen({ kind: 'keepalivedStopped', asked: true, reason: '' })
      case 'countAdverts': return loop.happen({ kind: 'adverts', received: 1 })
      case 'probeVip': return loop.happen({ kind: 'vipProbed', mac: holder === null || holder === id ? null : HOLDER_MAC })
      case 'log': case 'prepare': case 'lower': case 'probeAddress': case 'vips': case 'renew': case 'remember': case 'exit': case 'herald':
    }
  }

  const loop = createLoop(core, { nowMs: () => performance.now(), perform, stirred: () => {}, onDefect: (error) => { throw error } })
  loop.begin({ kind: 'started', adopted: null })
  for (const peer of peers) loop.happen({ kind: 'found', address: peer.address, port: peer.port, source: 'seeds' })
  return {
    host,
    core,
    spent,
    async stop () {
      loop.stop()
      await host.mesh.stop()
    }
  }
}

/** Resolves when all have one view of so many, and each runs VRRP or stands by; how long that took, in milliseconds. Null: not in time. */
async function inView (members: readonly Member[]): Promise<number | null> {
  const sinceMs = performance.now()
  while (performance.now() < sinceMs + CEILING_MS) {
    const all = members.map(({ core }) => core.status())
    const isOne = new Set(all.map(({ digest }) => digest)).size === 1 && all.every(({ phase, members: known }) => known.length === members.length && (phase === 'active' || phase === 'standby'))
    if (isOne && holder !== null) return performance.now() - sinceMs
    await wait(200)
  }
  return null
}

const tell = (what: string, value: string): void => { console.log(shownRow([what, value])) }
const seconds = (ms: number | null): string => ms === null ? `not within ${CEILING_MS / 1000} s` : `${(ms / 1000).toFixed(1)} s`
const mostAndMedian = (values: readonly number[]): string => `${median(values)}, ${Math.max(...values)}`

const members: Member[] = []
const firstMs = performance.now()
for (let i = 0; i < size; i++) {
  members.push(await startMember(`127.9.${Math.floor(i / 200)}.${1 + i % 200}`, members.slice(0, 3).map(({ host }) => host)))
  await wait(Math.max(0, firstMs + 1000 * (i + 1) / perSecond - performance.now()))
}
tell('started within', seconds(performance.now() - firstMs))
tell('one view, after the last start', seconds(await inView(members)))
tell('processor until then, of each', `${((cpuUsage().user + cpuUsage().system) / 1e6 / size).toFixed(2)} s`)
tell('streams of each, median and most', mostAndMedian(members.map(({ host }) => host.mesh.links().length)))
tell('messages sent by each, median and most', mostAndMedian(members.map(({ spent }) => spent.sent)))
tell('records published by each, median and most', mostAndMedian(members.map(({ spent }) => spent.published)))
tell('reloads of each, median and most', mostAndMedian(members.map(({ spent }) => spent.reloads)))
tell('stand by', String(members.filter(({ core }) => core.status().phase === 'standby').length))
const joiner = await startMember('127.9.9.9', members.slice(0, 3).map(({ host }) => host))
tell('one more: until in every view', seconds(await inView([...members, joiner])))
await Promise.all([...members, joiner].map(async ({ stop }) => { await stop() }))
