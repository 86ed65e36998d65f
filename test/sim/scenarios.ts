/** The scenarios by name, each a story that the product must get right, told in as few words as possible. */
import { masterDownMs } from './vrrp.ts'
import { ROUGH } from './network.ts'
import type { Host } from './host.ts'
import type { Play, Scenario } from './scenario.ts'
import { swarm } from './swarm.ts'

/** An election's time on top of the timer of the next in line: one advert's way. */
const ELECTION_MS = 200

/** Faults drawn by the seed. */
export const SWARM: Scenario = { name: 'swarm', hosts: 5, options: { weather: ROUGH }, play: swarm }

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'three-cold',
    hosts: 3,
    play (play) {
      play.boot(...play.hosts)
      play.until('all lists are written', 3, () => play.hosts.every(({ daemon }) => daemon.stored()?.peers.length === play.hosts.length - 1))
      play.until('one holder', 8, () => play.world.holders().length === 1)
      play.settle()
    },
  },
  {
    name: 'five-cold',
    hosts: 5,
    play (play) {
      for (const host of play.hosts) {
        play.boot(host)
        play.run(play.world.random.between(0, 1))
      }
      play.until('one holder', 12, () => play.world.holders().length === 1)
      play.settle()
    },
  },
  {
    name: 'cold-without-multicast',
    hosts: 3,
    options: { multicast: false, seeds: ['10.10.0.21', '10.10.0.22', '10.10.0.23'] },
    play (play) {
      play.boot(...play.hosts)
      play.settle()
    },
  },
  {
    name: 'cold-two-of-three-back',
    hosts: 3,
    play (play) {
      const [first, second, third] = form(play)
      for (const host of [first, second, third]) play.crash(host)
      play.run(5)
      play.boot(first, second)
      play.until('one holder', 20, () => play.world.holders().length === 1)
      play.run(30)
      play.expect(listsAddressOf(first, third) && listsAddressOf(second, third), 'the missing one stays listed')
      unmoved(play, () => {
        play.boot(third)
        play.settle()
      })
    },
  },
  {
    name: 'lone-then-second',
    hosts: 2,
    play (play) {
      const [first, second] = [play.host('h1'), play.host('h2')]
      play.boot(first)
      play.until('the lone host holds the VIP', 16, () => first.daemon.holdsVip())
      unmoved(play, () => {
        play.boot(second)
        play.settle()
      })
    },
  },
  {
    name: 'join-three-to-four',
    hosts: 4,
    play (play) {
      form(play, 3)
      unmoved(play, () => {
        play.boot(play.host('h4'))
        play.until('every list has the fourth', 1.2, () => play.hosts.slice(0, 3).every(host => listsAddressOf(host, play.host('h4'))))
        play.settle()
      })
    },
  },
  {
    name: 'three-to-thirteen-at-once',
    hosts: 13,
    play (play) {
      form(play, 3)
      unmoved(play, () => {
        play.boot(...play.hosts.slice(3))
        play.settle()
      })
    },
  },
  {
    name: 'backup-stops',
    hosts: 3,
    play (play) {
      const [, second] = form(play)
      unmoved(play, () => {
        play.stop(second)
        play.until('it exits', 6, () => second.agent() === null)
        play.settle()
      })
      play.expect(second.daemon.running() === null, 'its keepalived is stopped')
      play.expect(!play.hosts.some(host => host !== second && listsAddressOf(host, second)), 'nobody lists it any more')
    },
  },
  {
    name: 'master-stops',
    hosts: 3,
    play (play) {
      const [master] = form(play)
      const gap = gapOf(play)
      play.stop(master)
      play.until('it exits', 6, () => master.agent() === null)
      play.expect(gap() <= 40, `the hand-over leaves no gap: ${gap()} ms`)
      play.settle()
    },
  },
  {
    name: 'master-crashes',
    hosts: 3,
    play (play) {
      const [master, second] = form(play)
      const limitMs = electionMs(second)
      play.crash(master)
      play.until('the next in line holds the VIP', limitMs / 1000, () => second.daemon.holdsVip())
      play.settle()
      unmoved(play, () => {
        play.boot(master)
        play.settle()
      })
    },
  },
  {
    name: 'agent-killed-on-master',
    hosts: 3,
    play (play) {
      const [master] = form(play)
      unmoved(play, () => {
        const run = master.daemon.run()
        play.killAgent(master)
        play.run(2)
        play.startAgent(master)
        play.settle()
        play.expect(master.daemon.run() === run, 'its keepalived ran on')
      })
    },
  },
  {
    name: 'agent-dead-stays-listed',
    hosts: 3,
    play (play) {
      const [, second] = form(play)
      unmoved(play, () => {
        play.killAgent(second)
        play.run(180)
        play.expect(play.hosts.every(host => host === second || listsAddressOf(host, second)), 'everybody still lists it')
        play.startAgent(second)
        play.settle()
      })
    },
  },
  {
    name: 'backup-cut-off-for-20-s',
    hosts: 4,
    play (play) {
      const [master, , third] = form(play)
      play.partition([third])
      play.run(20)
      play.heal()
      play.settle()
      play.expect(master.daemon.holdsVip(), 'the old MASTER holds the VIP')
    },
  },
  {
    name: 'back-after-crash',
    hosts: 3,
    play (play) {
      const [, second] = form(play)
      unmoved(play, () => {
        play.crash(second)
        play.run(10)
        play.boot(second)
        play.settle()
      })
    },
  },
  {
    name: 'back-with-a-new-identity',
    hosts: 3,
    play (play) {
      const [, second] = form(play)
      unmoved(play, () => {
        play.crash(second)
        play.wipe(second)
        play.run(10)
        play.boot(second)
        play.settle()
      })
    },
  },
  SWARM,
]

/** Boots the first hosts, lets them form a group, and hands them out, MASTER first, then by priority. */
function form (play: Play, count = play.hosts.length): readonly [Host, Host, Host, ...Host[]] {
  const hosts = play.hosts.slice(0, count)
  play.boot(...hosts)
  play.settle()
  const [first, second, third, ...rest] = hosts.toSorted((a, b) => (b.daemon.running()?.priority ?? 0) - (a.daemon.running()?.priority ?? 0))
  if (first === undefined || second === undefined || third === undefined) throw new RangeError(`form: expected three hosts or more, received ${count}`)
  play.expect(first.daemon.holdsVip(), 'the first in the order holds the VIP')
  return [first, second, third, ...rest]
}

/** @throws Violation if the VIP went up or down anywhere meanwhile. */
function unmoved (play: Play, acts: () => void): void {
  let moves = 0
  let watching = true
  play.world.watch({ daemon: (_host, sight) => { if (watching && sight.kind === 'vip') moves++ } })
  acts()
  watching = false
  play.expect(moves === 0, `no VIP event, but there were ${moves}`)
}

/** Milliseconds, so far, in which nobody held the VIP. */
function gapOf ({ world }: Play): () => number {
  let gapMs = 0
  let emptySinceMs: number | null = null
  world.watch({
    daemon (_host, sight) {
      if (sight.kind !== 'vip') return
      if (emptySinceMs !== null) gapMs += world.clock.nowMs() - emptySinceMs
      emptySinceMs = world.holders().length === 0 ? world.clock.nowMs() : null
    },
  })
  return () => Math.round(gapMs)
}

function electionMs (host: Host): number {
  const vrrp = host.daemon.vrrp()
  return vrrp === null ? 0 : masterDownMs(vrrp) + ELECTION_MS
}

function listsAddressOf (host: Host, other: Host): boolean {
  return host.daemon.stored()?.peers.includes(other.address() ?? '') === true
}
