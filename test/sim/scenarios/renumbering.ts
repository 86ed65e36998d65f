/** Addresses that change while VRRP runs. */
import type { Address } from '../../../src/core/record.ts'
import type { Host } from '../host.ts'
import type { Play, Scenario } from '../scenario.ts'
import { form, unmoved } from './steps.ts'

/** Another address than any host begins with. */
const otherOf = (host: Host): Address => `10.10.0.${121 + host.index}`

/** Whether anybody still sends adverts to that address. */
const isListed = (play: Play, address: Address): boolean => play.hosts.some(({ daemon }) => daemon.running()?.peers.includes(address) === true)

export const RENUMBERING: readonly Scenario[] = [
  {
    name: 'backup-renumbered',
    hosts: 4,
    play (play) {
      const { second } = form(play)
      const old = second.address() ?? ''
      unmoved(play, () => {
        play.setAddress(second, otherOf(second))
        play.settle()
        play.expect(!isListed(play, old), 'nobody lists the old address')
      })
    }
  },
  {
    name: 'backup-address-bounces',
    hosts: 3,
    play (play) {
      const { second } = form(play)
      const address = second.address()
      const runs = second.daemon.run()
      unmoved(play, () => {
        for (let i = 0; i < 5; i++) {
          play.setAddress(second, null)
          play.run(0.9)
          play.setAddress(second, address)
          play.run(10)
        }
        play.settle()
        play.expect(second.daemon.run() === runs, 'its keepalived has run on')
      })
    }
  },
  {
    name: 'master-renumbered',
    hosts: 3,
    play (play) {
      const { first: master, second } = form(play)
      const old = master.address() ?? ''
      play.setAddress(master, otherOf(master))
      play.until('the next in line holds the VIP', 5, () => second.daemon.holdsVip() && !master.daemon.holdsVip())
      unmoved(play, () => {
        play.run(10)
        play.settle()
        play.expect(!isListed(play, old), 'nobody lists the old address')
      })
    }
  },
  {
    name: 'group-renumbered-host-by-host',
    hosts: 5,
    play (play) {
      const { first: master, second } = form(play)
      unmoved(play, () => {
        for (const host of play.hosts.filter(each => each !== master)) {
          play.setAddress(host, otherOf(host))
          play.run(5)
        }
      })
      play.setAddress(master, otherOf(master))
      play.settle()
      play.expect(!master.daemon.holdsVip() && play.hosts.every(host => !isListed(play, `10.10.0.${21 + host.index}`)), 'no old address is listed')
      play.expect(second.daemon.running()?.source === otherOf(second), 'it runs with its new address')
    }
  },
  {
    name: 'back-after-crash-at-another-address',
    hosts: 4,
    play (play) {
      const { second } = form(play)
      unmoved(play, () => {
        play.crash(second)
        play.run(10)
        second.setAddress(otherOf(second))
        play.boot(second)
        play.settle()
      })
    }
  },
  {
    name: 'master-renumbered-while-its-agent-is-down',
    hosts: 3,
    play (play) {
      const { first: master } = form(play)
      play.killAgent(master)
      play.setAddress(master, otherOf(master))
      play.run(1)
      play.startAgent(master)
      play.settle()
    }
  }
]
