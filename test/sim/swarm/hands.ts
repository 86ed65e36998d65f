/**
 * Acts that look first. When the time of an act comes the world may have moved on: the host is off already, its agent is
 * back, it is paused. What makes no sense then is left undone, so that each part of a script can be played without the
 * others. Every act here that breaks something has a counterpart that asks whether it is still broken.
 */
import type { Address, GroupSpec, MemberId } from '../../../src/core/record.ts'
import type { Host } from '../host.ts'
import type { Layer } from '../network.ts'
import type { Play } from '../scenario.ts'

export interface Hands {
  readonly hosts: readonly Host[]
  readonly later: (seconds: number, act: () => void) => void
  /** Whoever is MASTER, has an able agent and power; the first by index. */
  readonly master: () => Host | undefined
  /** Whether it is on, awake, and its agent able. */
  readonly isAble: (host: Host) => boolean
  readonly boot: (host: Host) => void
  readonly crash: (host: Host) => void
  readonly stop: (host: Host) => void
  readonly killAgent: (host: Host) => void
  readonly startAgent: (host: Host) => void
  /** Only where an agent sees it, and takes the VIP off. */
  readonly killDaemon: (host: Host) => void
  readonly killChild: (host: Host) => void
  readonly pause: (host: Host) => void
  readonly resume: (host: Host) => void
  readonly slow: (host: Host, lagMs: number) => void
  readonly failCheck: (host: Host, fails: boolean) => void
  readonly refuseConfs: (host: Host, refuses: boolean) => void
  /** Only while it is off. */
  readonly wipe: (host: Host) => void
  /** Nothing passes from any of these to any of those. Gives back what mends it. */
  readonly cut: (from: readonly Host[], to: readonly Host[], layers: readonly Layer[]) => () => void
  readonly setAddress: (host: Host, address: Address | null) => void
  readonly blockPort: (host: Host, blocked: boolean) => void
  readonly setStranger: (answers: boolean) => void
  /** Ends what was switched on at this host: check, confs, port. */
  readonly mend: (host: Host) => void
  readonly forget: (at: Host, gone: Host) => void
  /** From now on every host is to bring this: the agents are replaced one after the other; those of hosts that are off begin with it. */
  readonly rollOut: (brought: { readonly spec?: Partial<GroupSpec>, readonly vips?: readonly string[], readonly revises?: boolean }, apartS: number) => void
  /** That host alone brings these settings; null: no VIP. */
  readonly bringAlone: (host: Host, spec: Partial<GroupSpec> | null) => void
  /** It brings what all others do. */
  readonly bringAsAll: (host: Host) => void
  /** Whoever brings something else, since the last change of settings passed it by, is replaced too. */
  readonly finishRollOut: () => void
  /** What all are to share, as far as it is not as usual; null: nobody has changed that. */
  readonly wanted: () => Partial<GroupSpec> | null
  /** Forgets, at the first host that is able to, every identity that was wiped away. */
  readonly forgetRetired: () => void
}

/** `skipped` hears of each step that was left undone; `absent` hosts are never switched on; once it `isOver`, nothing later comes. */
export function createHands (
  play: Play,
  { absent, skipped, isOver }: {
    readonly absent: ReadonlySet<Host>
    readonly skipped: (host: Host, what: string) => void
    readonly isOver: () => boolean
  },
): Hands {
  const { hosts, world } = play
  /** That act where `makesSense`, else a word of it. */
  const guarded = (what: string, makesSense: (host: Host) => boolean, act: (host: Host) => void) => (host: Host): void => {
    if (makesSense(host)) act(host)
    else skipped(host, what)
  }
  const retired = new Set<MemberId>()
  /** What the last roll-out wants, for one that overtakes another. */
  let wanted: { readonly spec: Partial<GroupSpec>, readonly vips: readonly string[] } = { spec: {}, vips: [] }
  /** Whose agent brings another spec. */
  const behind = new Set<Host>()
  const bring = (host: Host, brought: Parameters<Play['restartWith']>[1]): void => {
    if (isAble(host)) play.restartWith(host, brought)
    else host.bring(brought)
  }
  const bringAsAll = (host: Host): void => {
    bring(host, wanted)
    if (isAble(host) || !host.hasAgent()) behind.delete(host)
  }
  const mends: Array<(host: Host) => void> = []
  /** That act, where it changes anything: each lasts until the opposite is asked for. */
  const toggled = (what: string, act: (host: Host, on: boolean) => void): (host: Host, on: boolean) => void => {
    const set = new Set<Host>()
    const turn = (host: Host, on: boolean): void => {
      if (set.has(host) === on) return skipped(host, `${on ? '' : 'no longer '}${what}`)
      if (on) set.add(host)
      else set.delete(host)
      act(host, on)
    }
    mends.push((host) => { if (set.has(host)) turn(host, false) })
    return turn
  }

  return {
    hosts,
    later: (seconds, act) => world.clock.after(seconds * 1000, () => { if (!isOver()) act() }),
    master: () => hosts.find(host => isAble(host) && host.daemon.state() === 'MASTER'),
    isAble,
    boot: guarded('boot', host => !host.isPaused() && !host.hasAgent() && !absent.has(host), host => play.boot(host)),
    crash: guarded('crash', host => host.isUp(), host => play.crash(host)),
    stop: guarded('stop', isAble, play.stop),
    killAgent: guarded('kill the agent', host => isAwake(host) && host.hasAgent(), play.killAgent),
    startAgent: guarded('start the agent', host => isAwake(host) && !host.hasAgent(), play.startAgent),
    killDaemon: guarded('kill keepalived', host => isAble(host) && host.daemon.running() !== null, play.killDaemon),
    killChild: guarded('kill the vrrp child', host => isAwake(host) && host.daemon.vrrp() !== null, play.killChild),
    pause: guarded('pause', isAwake, play.pause),
    resume: guarded('resume', host => host.isPaused(), play.resume),
    slow: (host, lagMs) => guarded('slow the agent down or up', () => isAwake(host) && host.hasAgent(), () => play.slow(host, lagMs))(host),
    failCheck: toggled('fail the check', play.check),
    refuseConfs: toggled('refuse confs', (host, refuses) => play.refuseConfs(host, refuses ? 'the disk is full' : null)),
    blockPort: toggled('block the port', play.blockPort),
    wipe: guarded('wipe the disk', host => !host.isUp(), (host) => {
      retired.add(host.id())
      play.wipe(host)
    }),
    cut (from, to, layers) {
      const cuts = from.flatMap(here => to.filter(there => there !== here).map(there => play.cut(here, there, layers)))
      return () => { for (const mend of cuts) mend() }
    },
    setAddress: (host, address) => guarded('change the address', () => host.address() !== address, () => play.setAddress(host, address))(host),
    setStranger: play.setStranger,
    mend: (host) => { for (const mend of mends) mend(host) },
    forget: (at, gone) => guarded('forget', () => isAble(at) && !gone.isUp(), () => play.forget(at, gone.id()))(at),
    rollOut (brought, apartS) {
      const { vips = wanted.vips, revises = false } = brought
      const spec = { ...wanted.spec, ...brought.spec }
      wanted = { spec: revises ? { ...spec, revision: (wanted.spec.revision ?? 0) + 1 } : spec, vips }
      for (const [index, host] of hosts.entries()) {
        if (brought.spec !== undefined) behind.add(host)
        world.clock.after(index * apartS * 1000, () => {
          if (!isOver()) bringAsAll(host)
          else host.bring(wanted)
        })
      }
    },
    bringAlone (host, spec) {
      behind.add(host)
      bring(host, { spec: spec === null ? null : { ...wanted.spec, ...spec }, vips: wanted.vips })
    },
    bringAsAll,
    finishRollOut: () => { for (const host of behind) bringAsAll(host) },
    wanted: () => Object.keys(wanted.spec).length === 0 ? null : wanted.spec,
    forgetRetired () {
      const at = hosts.find(isAble)
      for (const id of at === undefined ? [] : retired) if (at?.agent()?.status().members.some(member => member.id === id)) play.forget(at, id)
    },
  }
}

function isAwake (host: Host): boolean {
  return host.isUp() && !host.isPaused()
}

function isAble (host: Host): boolean {
  return isAwake(host) && host.agent() !== null
}
