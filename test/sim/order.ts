/**
 * I1 and I2: whoever has the same table has the same order and the same priorities; and two unpinned members keep their
 * order while both run, whatever joins, leaves or heals. The first is read off what each core shows when it says a
 * digest; the second off what keepalived really runs with.
 */
import type { Effect } from '../../src/core/effect.ts'
import type { Conf } from '../../src/core/event.ts'
import type { MemberId, Tombstone } from '../../src/core/record.ts'
import type { Host } from './host.ts'
import { Violation } from './violation.ts'
import type { Watcher, World } from './world.ts'

interface Place {
  readonly run: number
  readonly founder: MemberId | null
  readonly priority: number
}

/** Digests that nobody will say again are forgotten in bulk. */
const DIGESTS_MAX = 5000

export function watchOrder (world: World): Watcher {
  const orderOf = new Map<string, { readonly order: string, readonly by: string }>()
  const saidLast = new Map<Host, string>()
  /** Under which founder a conf was made; it may take a while until it runs. */
  const founderOf = new WeakMap<Conf, MemberId | null>()
  const places = new Map<Host, Place>()
  /** Runs of members that the others have removed: what they leave behind is taken, and they join anew as soon as they hear of it. */
  const outcasts = new Set<string>()
  /** Who stood above, for each two runs under one founder. */
  const above = new Map<string, Host>()

  const judgeDigest = (host: Host, digest: string): void => {
    if (saidLast.get(host) === digest) return
    saidLast.set(host, digest)
    const status = host.agent()?.status()
    if (status === undefined) return
    const order = status.members.filter(({ priority }) => priority !== null).map(({ id, priority }) => `${id} ${priority}`).join(', ')
    const known = orderOf.get(digest)
    if (orderOf.size > DIGESTS_MAX) orderOf.clear()
    if (known === undefined) orderOf.set(digest, { order, by: host.name })
    else if (known.order !== order) {
      throw new Violation('I1', `${known.by} and ${host.name} say the same digest, but order [${known.order}] and [${order}]`)
    }
  }
  /** Who starts may have written its conf before it met the group that it starts in. */
  const noteFounder = (host: Host): void => {
    const conf = host.daemon.running()
    const founder = host.agent()?.status().self.founder
    if (conf !== null && founder !== undefined) founderOf.set(conf, founder)
  }
  const judgePlace = (host: Host): void => {
    const vrrp = host.daemon.vrrp()
    if (vrrp === null || host.agent() === null || vrrp.conf.claim || host.pinned !== null || outcasts.has(runOf(host))) return void places.delete(host)
    const conf = host.daemon.running()
    const founder = conf === null ? undefined : founderOf.get(conf)
    if (founder === undefined) return
    const place = { run: host.daemon.run(), founder, priority: vrrp.conf.priority }
    places.set(host, place)
    for (const [other, otherPlace] of places) {
      if (other !== host && other.daemon.run() === otherPlace.run && other.daemon.running() !== null) judgePair(host, place, other, otherPlace)
    }
  }
  const noteTombstone = ({ id, incarnation }: Tombstone): void => {
    const host = world.hosts.find(each => each.id() === id)
    if (host === undefined || incarnation < host.disk().incarnation) return
    outcasts.add(runOf(host))
    places.delete(host)
  }
  const judgePair = (host: Host, place: Place, other: Host, otherPlace: Place): void => {
    if (place.founder !== otherPlace.founder || place.priority === otherPlace.priority) return
    const [first, second] = host.index < other.index ? [[host, place], [other, otherPlace]] as const : [[other, otherPlace], [host, place]] as const
    const key = `${place.founder} ${first[0].name} ${first[1].run} ${second[0].name} ${second[1].run}`
    const higher = place.priority > otherPlace.priority ? host : other
    const before = above.get(key) ?? higher
    above.set(key, higher)
    if (before === higher) return
    throw new Violation('I2', `${higher.name} now stands above ${before.name}, though both ran on: ` +
      `${host.name} ${place.priority}, ${other.name} ${otherPlace.priority}`)
  }

  return {
    effect (host, effect: Effect) {
      if (effect.kind === 'apply') founderOf.set(effect.conf, effect.place.founder)
      if (effect.kind === 'publish') for (const { statement } of effect.claims) if (statement.kind === 'tombstone') noteTombstone(statement)
      if (effect.kind === 'send' && effect.message.kind === 'beat') judgeDigest(host, effect.message.digest)
    },
    daemon (host, { kind }) {
      if (kind === 'started') noteFounder(host)
      if (kind === 'started') world.clock.after(0, () => judgePlace(host))
      if (kind === 'reloaded') world.clock.after(0, () => judgePlace(host))
    },
  }
}

function runOf (host: Host): string {
  return `${host.name} ${host.daemon.run()}`
}
