/** Cold boots: nobody runs VRRP yet, or nobody any more. */
import type { Scenario } from '../scenario.ts'
import { form, listsAddressOf, unmoved } from './steps.ts'

export const COLD: readonly Scenario[] = [
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
      const { first, second, last: third } = form(play)
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
    name: 'power-cut-keeps-the-order',
    hosts: 4,
    play (play) {
      const { first } = form(play)
      const before = play.hosts.map(({ daemon }) => daemon.running()?.priority)
      for (let cycle = 0; cycle < 2; cycle++) {
        for (const host of play.hosts) play.crash(host)
        play.run(5)
        play.boot(...play.hosts)
        play.until('one holder', 20, () => play.world.holders().length === 1)
        play.settle()
        play.expect(first.daemon.holdsVip(), 'the same host holds the VIP')
        play.expect(play.hosts.map(({ daemon }) => daemon.running()?.priority).join() === before.join(), 'everybody has the number that it had')
      }
    },
  },
]
