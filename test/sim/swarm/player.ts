/**
 * Plays a script: each act at its time, to the hosts that it names or to whoever is MASTER then. At the end all is
 * repaired, and the group must settle.
 */
import type { GroupSpec } from '../../../src/core/record.ts'
import { sameSpec } from '../../../src/core/spec.ts'
import type { Host } from '../host.ts'
import type { Play, Scenario } from '../scenario.ts'
import { addressOf } from '../segment.ts'
import { createHands, type Hands } from './hands.ts'
import { faultNamed, type Act, type Script } from './script.ts'

/** What was begun near the end may last for this long yet. */
const LAST_S = 40
/** After the repair, until the world is left alone: blocked members try again after 30 s. */
const REPAIRED_S = 40
/** Numbers are raised after a minute of quiet, one after the other, and then there is one for who stands by. */
const COMPACTED_S = 120
const ROUNDS_MAX = 4

/** What is told of what is done. */
export interface Audience {
  readonly played?: (act: Act) => void
  /** One step of an act made no sense when its time came. */
  readonly skipped?: () => void
}

export function scenarioOf (script: Script, audience: Audience = {}): Scenario {
  const { weather, advertIntMs, unlistMs, multicast, seeds, pins, hasSecret } = script.setting
  return {
    name: 'swarm',
    hosts: script.hosts,
    options: { weather, advertIntMs, unlistMs, multicast, seeds, pins, hasSecret },
    play: play => playScript(play, script, audience),
  }
}

function playScript (play: Play, { acts, setting, without, minutes }: Script, audience: Audience): void {
  const { world, hosts } = play
  let isOver = false
  const hands = createHands(play, {
    absent: new Set(hosts.filter(({ index }) => without.includes(index))),
    skipped (host, what) {
      world.story.tell(host.name, `(no sense now: ${what})`)
      audience.skipped?.()
    },
    isOver: () => isOver,
  })
  for (const host of hosts) {
    if (!without.includes(host.index)) hands.later((setting.bootAtMs[host.index] ?? 0) / 1000, () => hands.boot(host))
  }
  for (const act of acts) {
    hands.later(act.atMs / 1000, () => {
      world.story.tell('', `--- act ${act.number}: ${act.fault}`)
      audience.played?.(act)
      playAct(hands, act)
    })
  }
  play.run(minutes * 60 + LAST_S)
  isOver = true
  repair(play, hands, without)
  play.settle()
  const behind = hands.hosts.filter(host => host.hasAgent() && !runsWanted(host, hands.wanted()))
  play.expect(behind.length === 0, `${behind.map(({ name }) => name).join(' and ')} run with the settings that all bring`)
}

function playAct (hands: Hands, { fault, hosts, aimed, forS, extra }: Act): void {
  const master = aimed ? hands.master() : undefined
  const named = hosts.flatMap(index => hands.hosts.slice(index, index + 1))
  const [first, ...others] = master === undefined ? named : [master, ...named.filter(host => host !== master).slice(0, named.length - 1)]
  if (first === undefined) throw new RangeError(`act ${fault}: expected a host, received none`)
  faultNamed(fault).play(hands, { first, others, forS, extra })
}

/** Ends whatever lasts. */
function repair (play: Play, hands: Hands, without: readonly number[]): void {
  if (!play.world.network.isWhole()) play.heal()
  hands.setStranger(false)
  for (const host of play.hosts) {
    if (without.includes(host.index)) continue
    if (host.isPaused()) play.resume(host)
    if (host.hasAgent()) play.slow(host, 0)
    if (host.address() === null) play.setAddress(host, addressOf(host.index))
    hands.mend(host)
    if (!host.hasAgent()) hands.boot(host)
  }
  hands.finishRollOut()
  play.run(REPAIRED_S)
  // Status names the machine that is no more, for which the change of settings waits, and who was made anew with the next ones stays out until then.
  if (play.hosts.some(host => host.hasAgent() && !runsWanted(host, hands.wanted()))) {
    hands.forgetRetired()
    play.run(REPAIRED_S)
  }
  const standsBy = (): boolean => play.hosts.some(host => host.agent()?.status().phase === 'standby')
  // So many came and went that the numbers are used up; the operator drops the machines that were taken away.
  if (standsBy()) hands.forgetRetired()
  // Each minute of quiet frees some numbers.
  for (let round = 0; round < ROUNDS_MAX && standsBy(); round++) play.run(COMPACTED_S)
}

/** Whether it shares what all bring. Who stands by runs nothing. */
function runsWanted (host: Host, wanted: Partial<GroupSpec> | null): boolean {
  const running = host.daemon.running()?.spec
  if (wanted === null || running === undefined) return true
  return sameSpec(running, { ...running, ...wanted })
}
