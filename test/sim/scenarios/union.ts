/** Hosts that run keepalived by hand, without an agent, and members beside them. */
import type { Host } from '../host.ts'
import type { Play, Scenario } from '../scenario.ts'
import { addressOf, specOf } from '../segment.ts'
import { electionMs, gapOf, unmoved } from './steps.ts'

const PINS = { 0: 200, 1: 150, 2: 100 }
/** keepalived has stored its conf, and started. */
const STARTED_SECONDS = 6

/** Powers a host on whose keepalived has a conf by hand, with all others in it, and no agent. */
function bootStatic (play: Play, host: Host, isMaster: boolean): void {
  host.powerOn()
  host.daemon.apply({
    priority: host.pinned ?? 0, claim: isMaster, source: addressOf(host.index), lists: [], vips: [],
    peers: play.hosts.filter((other) => other !== host).map(({ index }) => addressOf(index)), spec: specOf(play.world.options.advertIntMs / 1000)
  })
  play.run(1)
  host.daemon.start()
  play.run(STARTED_SECONDS)
}

const isActive = (host: Host): boolean => host.agent()?.status().phase === 'active'

export const UNION: readonly Scenario[] = [
  {
    name: 'members-beside-a-static-holder',
    hosts: 3,
    options: { isUnion: true, pins: PINS },
    play (play) {
      const [one, two, three] = [play.host('h1'), play.host('h2'), play.host('h3')]
      bootStatic(play, one, true)
      play.expect(one.daemon.holdsVip(), 'the static host holds the VIP')
      unmoved(play, () => {
        for (const host of [three, two]) {
          play.boot(host)
          play.until(`${host.name} runs below it`, 60, () => isActive(host) && host.daemon.running()?.priority === host.pinned)
          play.run(20)
          play.expect(isActive(host), `${host.name} goes on`)
        }
      })
      const gap = gapOf(play)
      play.crash(one)
      play.until('the next in line holds the VIP', 10, () => two.daemon.holdsVip())
      play.run(30)
      play.expect(two.daemon.holdsVip() && isActive(three), 'the members go on without it')
      play.expect(gap() <= electionMs(two), `a gap of an election, not ${gap()} ms`)
    }
  },
  {
    name: 'both-members-at-once-beside-a-static-holder',
    hosts: 3,
    options: { isUnion: true, pins: PINS },
    play (play) {
      bootStatic(play, play.host('h1'), true)
      unmoved(play, () => {
        const members = [play.host('h2'), play.host('h3')]
        play.boot(...members)
        play.until('both run below it', 90, () => members.every(isActive))
        play.run(60)
        play.expect(members.every(isActive), 'and go on')
      })
    }
  }
]
