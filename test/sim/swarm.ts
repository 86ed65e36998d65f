/**
 * A few minutes in the life of a pool: hosts join, leave, crash, come back, are cut off, all drawn by the seed, at most
 * a few at a time. Then all is repaired and the group must settle. What is drawn does not depend on what the cores do, but
 * for whom it may be done to.
 */
import type { Host } from './host.ts'
import { ALL_LAYERS } from './network.ts'
import type { Play, Size } from './scenario.ts'

type Fault = (play: Play, host: Host) => void

/** Every fault has an end of its own, so that the world is whole again most of the time. */
const FAULTS: ReadonlyArray<readonly [weight: number, fault: Fault]> = [
  [4, crashAndReturn],
  [3, stopAndReturn],
  [3, killAgentAndRestart],
  [1, (play, host) => play.killDaemon(host)],
  [1, (play, host) => play.killChild(host)],
  [1, failCheck],
  [2, cutOff],
  [1, cutOneWay],
  [1, pauseAndResume],
  [1, returnAnew],
]

const BETWEEN_MIN_S = 2
const BETWEEN_MAX_S = 20
const AWAY_MIN_S = 1
const AWAY_MAX_S = 40

export function swarm (play: Play, { minutes }: Size): void {
  const { world, hosts } = play
  const { random, clock } = world
  const endMs = minutes * 60_000
  for (const host of hosts) later(play, random.between(0, random.chance(0.7) ? 2 : 60), () => { if (!host.isUp()) play.boot(host) })
  play.run(random.between(10, 30))
  while (clock.nowMs() < endMs) {
    const host = random.pick(hosts)
    const fault = drawn(play)
    if (host.isUp() && !host.isPaused() && host.agent() !== null) fault(play, host)
    play.run(random.between(BETWEEN_MIN_S, BETWEEN_MAX_S))
  }
  play.run(AWAY_MAX_S)
  repair(play)
  play.settle()
}

function drawn ({ world: { random } }: Play): Fault {
  let lot = random.next() * FAULTS.reduce((sum, [weight]) => sum + weight, 0)
  for (const [weight, fault] of FAULTS) {
    lot -= weight
    if (lot < 0) return fault
  }
  return crashAndReturn
}

function repair (play: Play): void {
  if (!play.world.network.isWhole()) play.heal()
  for (const host of play.hosts) {
    if (host.isPaused()) play.resume(host)
    if (host.agent() === null) play.boot(host)
  }
  play.run(AWAY_MAX_S)
}

function later ({ world }: Play, seconds: number, act: () => void): void {
  world.clock.after(seconds * 1000, act)
}

function away ({ world: { random } }: Play): number {
  return random.between(AWAY_MIN_S, AWAY_MAX_S)
}

function crashAndReturn (play: Play, host: Host): void {
  play.crash(host)
  later(play, away(play), () => { if (!host.isUp()) play.boot(host) })
}

function stopAndReturn (play: Play, host: Host): void {
  play.stop(host)
  later(play, Math.max(10, away(play)), () => { if (host.agent() === null) play.boot(host) })
}

function killAgentAndRestart (play: Play, host: Host): void {
  play.killAgent(host)
  later(play, away(play), () => { if (host.isUp() && host.agent() === null) play.startAgent(host) })
}

function failCheck (play: Play, host: Host): void {
  play.check(host, true)
  later(play, away(play), () => play.check(host, false))
}

function cutOff (play: Play, host: Host): void {
  play.partition([host])
  later(play, away(play), () => play.heal())
}

function cutOneWay (play: Play, host: Host): void {
  const other = play.world.random.pick(play.hosts.filter(each => each !== host))
  play.cut(host, other, play.world.random.pick([ALL_LAYERS, ['mesh']]))
  later(play, away(play), () => play.heal())
}

function pauseAndResume (play: Play, host: Host): void {
  play.pause(host)
  later(play, away(play) / 2, () => { if (host.isPaused()) play.resume(host) })
}

function returnAnew (play: Play, host: Host): void {
  play.crash(host)
  play.wipe(host)
  later(play, away(play), () => { if (!host.isUp()) play.boot(host) })
}
