/** Joining: whoever comes, or comes back, moves nothing. */
import type { Scenario } from '../scenario.ts'
import { electionMs, form, listsAddressOf, unmoved } from './steps.ts'

/** More than there are numbers. */
const TURNS_MAX = 128

export const JOINING: readonly Scenario[] = [
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
    name: 'back-after-crash',
    hosts: 3,
    play (play) {
      const { second } = form(play)
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
      const { second } = form(play)
      unmoved(play, () => {
        play.crash(second)
        play.wipe(second)
        play.run(10)
        play.boot(second)
        play.settle()
      })
    },
  },
  {
    name: 'master-crashes-while-another-joins',
    hosts: 4,
    play (play) {
      const { first: master, second } = form(play, 3)
      const limitMs = electionMs(second)
      play.boot(play.host('h4'))
      play.run(play.world.random.between(0, 0.5))
      play.crash(master)
      play.until('the next in line holds the VIP', (limitMs + 500) / 1000, () => second.daemon.holdsVip())
      play.settle()
    },
  },
  {
    name: 'pinned-higher-joins',
    hosts: 3,
    options: { pins: { 2: 255 } },
    play (play) {
      form(play, 2)
      const third = play.host('h3')
      play.excuses.excuse('a host pinned higher')
      play.boot(third)
      play.settle()
      play.expect(third.daemon.holdsVip(), 'the pinned one holds the VIP')
    },
  },
  {
    name: 'numbers-run-out',
    hosts: 3,
    play (play) {
      const { first, second, last } = form(play)
      const standsBy = (): boolean => [second, last].some(host => host.agent()?.status().phase === 'standby')
      unmoved(play, () => {
        // Each goes below the other, in turn, and there is no quiet minute in which numbers are raised.
        for (let turn = 0; turn < TURNS_MAX && !standsBy(); turn++) {
          const host = turn % 2 === 0 ? second : last
          play.crash(host)
          play.run(1)
          play.boot(host)
          play.run(2)
        }
        play.expect(standsBy(), 'who finds no number stands by')
        play.until('a number is free again', 90, () => !standsBy())
        play.settle()
        play.expect(first.daemon.holdsVip(), 'the same host holds the VIP')
      })
    },
  },
]
