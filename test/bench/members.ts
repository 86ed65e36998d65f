/**
 * Many members in one process, over sockets of the loopback interface and without keepalived: what it costs to agree, where hosts and daemons cost
 * nothing. They start one after the other, know the first three, and have one processor between them.
 *
 *     npm run bench:members -- [MEMBERS [PER_SECOND]]     60, four a second, unless told
 */
import { argv, cpuUsage } from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import type { MemberId } from '../../src/core/record.ts'
import type { Host } from '../mesh/host.ts'
import { startMember, type Act, type Member } from '../mesh/member.ts'
import { median, shownRow } from './table.ts'

const [size = 60, perSecond = 4] = argv.slice(2).map(Number)
const CEILING_MS = 300_000
const SECRET = 'a secret that every member of the bench has'
const HOLDER_MAC = '02:00:00:00:00:01'

/** So far. */
interface Spent {
  sent: number
  published: number
  reloads: number
}

/** Whoever holds the VIP: VRRP, as far as nothing fails. */
let holder: MemberId | null = null
const spentBy = new Map<MemberId, Spent>()

const spentOf = (id: MemberId): Spent => {
  const spent = spentBy.get(id) ?? { sent: 0, published: 0, reloads: 0 }
  spentBy.set(id, spent)
  return spent
}

/** Counts what a member says, and plays its keepalived. */
function createKeepalived (): Act {
  let claims = false
  let runs = false
  return (effect, id, happen) => {
    const spent = spentOf(id)
    switch (effect.kind) {
      case 'send':
        spent.sent++
        return false
      case 'publish':
        spent.published++
        return false
      case 'apply':
        claims = effect.conf.claim
        if (runs) spent.reloads++
        return false
      case 'start':
        runs = true
        if (claims) holder ??= id
        happen({ kind: 'keepalivedStarted' })
        happen({ kind: 'vrrpState', state: holder === id ? 'MASTER' : 'BACKUP' })
        return true
      case 'stop':
        runs = false
        if (holder === id) holder = null
        return false
      case 'countAdverts':
        happen({ kind: 'adverts', received: 1 })
        return true
      case 'probeVip':
        happen({ kind: 'vipProbed', mac: holder === null || holder === id ? null : HOLDER_MAC })
        return true
      case 'dial': case 'forgo': case 'verify': case 'exchange': case 'reply': case 'hangUp': case 'log': case 'prepare': case 'lower': case 'probeAddress': case 'vips': case 'renew': case 'remember':
      case 'exit': case 'herald': case 'timer':
        return false
    }
  }
}

const start = async (address: string, peers: readonly Host[]): Promise<Member> => await startMember(address, SECRET, peers, createKeepalived())

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
  members.push(await start(`127.9.${Math.floor(i / 200)}.${1 + i % 200}`, members.slice(0, 3).map(({ host }) => host)))
  await wait(Math.max(0, firstMs + 1000 * (i + 1) / perSecond - performance.now()))
}
tell('started within', seconds(performance.now() - firstMs))
tell('one view, after the last start', seconds(await inView(members)))
tell('processor until then, of each', `${((cpuUsage().user + cpuUsage().system) / 1e6 / size).toFixed(2)} s`)
tell('streams of each, median and most', mostAndMedian(members.map(({ host }) => host.mesh.links().length)))
tell('messages sent by each, median and most', mostAndMedian(members.map(({ host }) => spentOf(host.mesh.id).sent)))
tell('records published by each, median and most', mostAndMedian(members.map(({ host }) => spentOf(host.mesh.id).published)))
tell('reloads of each, median and most', mostAndMedian(members.map(({ host }) => spentOf(host.mesh.id).reloads)))
tell('stand by', String(members.filter(({ core }) => core.status().phase === 'standby').length))
const joiner = await start('127.9.9.9', members.slice(0, 3).map(({ host }) => host))
tell('one more: until in every view', seconds(await inView([...members, joiner])))
await Promise.all([...members, joiner].map(async ({ stop }) => { await stop() }))
for (const { defects: [defect] } of [...members, joiner]) if (defect !== undefined) throw new Error('an agent would have ended', { cause: defect })
