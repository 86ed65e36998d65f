/** Faults that are no departure: cables, firewalls, checks, operators. */
import type { Scenario } from '../scenario.ts'
import { electionMs, form, gapOf, listsAddressOf, unmoved } from './steps.ts'

export const FAULTS: readonly Scenario[] = [
  {
    name: 'backup-cut-off-for-20-s',
    hosts: 4,
    play (play) {
      const { first: master, last } = form(play)
      play.partition([last])
      play.run(20)
      play.heal()
      play.settle()
      play.expect(master.daemon.holdsVip(), 'the old MASTER holds the VIP')
    },
  },
  {
    name: 'protocol-112-blocked',
    hosts: 3,
    play (play) {
      const { first, second } = form(play, 2)
      const third = play.host('h3')
      for (const member of [first, second]) {
        play.cut(member, third, ['vrrp'])
        play.cut(third, member, ['vrrp'])
      }
      unmoved(play, () => {
        play.boot(third)
        play.run(60)
        play.expect(third.agent()?.status().phase === 'blocked' || third.daemon.running() === null, 'the newcomer stays out')
      })
      play.heal()
      play.run(30)
      play.settle()
    },
  },
  {
    name: 'agent-port-blocked',
    hosts: 3,
    play (play) {
      const { first, second } = form(play, 2)
      const third = play.host('h3')
      play.world.blockPort(third, true)
      unmoved(play, () => {
        play.boot(third)
        play.run(60)
        play.expect(third.daemon.running() === null || (listsAddressOf(first, third) && listsAddressOf(second, third)), 'who is not listed does not run')
        play.world.blockPort(third, false)
        play.settle()
      })
    },
  },
  {
    name: 'back-where-a-firewall-parts-two-agents',
    hosts: 3,
    play (play) {
      const { second, last } = form(play)
      play.cut(second, last, ['mesh'])
      play.cut(last, second, ['mesh'])
      play.run(20)
      unmoved(play, () => {
        play.killDaemon(last)
        play.until('it runs again, though one of the two answers it by way of the other only', 5, () => last.daemon.running() !== null)
        for (const host of [second, last]) play.killDaemon(host)
        play.until('of two joiners that cannot ask each other neither waits for ever', 10, () => second.daemon.running() !== null && last.daemon.running() !== null)
        play.expect(second.daemon.running()?.priority !== last.daemon.running()?.priority, 'each has a number of its own')
        play.stop(last)
        play.run(8)
        play.boot(last)
        play.until('it has joined, and both list it', 15, () => last.daemon.running() !== null && listsAddressOf(second, last))
      })
      play.heal()
      play.settle()
    },
  },
  {
    name: 'check-fails-on-master',
    hosts: 3,
    play (play) {
      const { first: master, second } = form(play)
      const gap = gapOf(play)
      play.check(master, true)
      play.until('the next in line holds the VIP', electionMs(second) / 1000, () => second.daemon.holdsVip())
      play.run(10)
      play.expect(gap() === 0, `nothing is lost: ${gap()} ms`)
      play.check(master, false)
      play.settle()
      play.expect(master.daemon.holdsVip(), 'the recovered one holds it again')
    },
  },
  {
    name: 'keepalived-killed-on-master',
    hosts: 3,
    play (play) {
      const { first: master, second } = form(play)
      play.killDaemon(master)
      play.until('the next in line holds the VIP', electionMs(second) / 1000, () => second.daemon.holdsVip())
      play.settle()
      play.expect(second.daemon.holdsVip() && master.daemon.running() !== null, 'the old MASTER is back, below')
    },
  },
  {
    name: 'vrrp-child-killed-on-master',
    hosts: 3,
    play (play) {
      const { first: master } = form(play)
      play.killChild(master)
      play.settle()
    },
  },
  {
    name: 'master-forgotten-while-gone',
    hosts: 4,
    play (play) {
      const { first: master, second } = form(play)
      play.crash(master)
      play.run(20)
      unmoved(play, () => {
        play.forget(second, master.id())
        play.settle()
        play.expect(!play.hosts.some(host => host !== master && listsAddressOf(host, master)), 'nobody lists it any more')
        play.boot(master)
        play.settle()
      })
    },
  },
  {
    name: 'group-split-in-halves',
    hosts: 4,
    play (play) {
      const { first: master, last } = form(play)
      play.partition([master, last])
      play.run(120)
      play.heal()
      play.settle()
      play.expect(master.daemon.holdsVip(), 'the first in the order holds the VIP')
    },
  },
  {
    name: 'two-groups-meet',
    hosts: 4,
    play (play) {
      play.partition([play.host('h1'), play.host('h2')])
      play.boot(...play.hosts)
      play.until('each side has a holder', 20, () => play.world.holders().length === 2)
      play.run(20)
      play.heal()
      play.settle()
    },
  },
  {
    name: 'two-lone-holders-meet-without-multicast',
    hosts: 2,
    options: { multicast: false },
    play (play) {
      play.partition([play.host('h1')])
      play.boot(...play.hosts)
      play.until('each side has a holder', 20, () => play.world.holders().length === 2)
      play.run(20)
      play.heal()
      play.until('one of them has let go', 30, () => play.world.holders().length === 1)
      play.settle()
    },
  },
  {
    name: 'two-groups-of-two-meet-without-multicast',
    hosts: 4,
    options: { multicast: false },
    play (play) {
      play.partition([play.host('h1'), play.host('h2')])
      play.boot(...play.hosts)
      // Hosts that neither multicast nor a seed joins find each other when one of them has taken the VIP.
      play.until('two groups of two, with a holder each', 90, () => play.world.holders().length === 2 && play.hosts.every(host => host.daemon.running() !== null))
      play.run(20)
      play.heal()
      play.until('one of them holds the VIP', 30, () => play.world.holders().length === 1)
      play.settle()
    },
  },
  {
    name: 'joiner-beside-a-dead-agent-then-master-crashes',
    hosts: 4,
    play (play) {
      const { first: master, second } = form(play, 3)
      play.killAgent(second)
      play.run(5)
      play.boot(play.host('h4'))
      play.run(20)
      play.crash(master)
      play.run(30)
      play.startAgent(second)
      play.settle()
    },
  },
  {
    name: 'backup-loses-its-address',
    hosts: 3,
    play (play) {
      const { second } = form(play)
      const address = second.address()
      unmoved(play, () => {
        second.setAddress(null)
        play.run(20)
        play.expect(second.daemon.running() === null, 'it does not run VRRP without its source')
        second.setAddress(address)
        play.settle()
      })
    },
  },
  {
    name: 'agent-unreachable-for-longer-than-unlist',
    hosts: 4,
    options: { unlistMs: 10_000 },
    play (play) {
      const { first, second } = form(play)
      unmoved(play, () => {
        for (const other of play.hosts.filter(host => host !== second)) {
          play.cut(second, other, ['mesh'])
          play.cut(other, second, ['mesh'])
        }
        play.run(60)
        play.expect(listsAddressOf(first, second), 'it stays listed: it answers on the wire')
        play.heal()
        play.settle()
      })
    },
  },
  {
    name: 'crashed-host-leaves-the-lists',
    hosts: 4,
    play (play) {
      const { second } = form(play)
      unmoved(play, () => {
        play.crash(second)
        play.run(50)
        play.expect(play.hosts.every(host => host === second || listsAddressOf(host, second)), 'it stays listed for a minute')
        play.until('nobody lists it', 30, () => !play.hosts.some(host => host !== second && listsAddressOf(host, second)))
        play.settle()
      })
    },
  },
  ...(['first', 'last'] as const).map((which): Scenario => ({
    name: `the-${which}-is-removed-and-returns-without-its-agent`,
    hosts: 4,
    options: { unlistMs: 10_000 },
    play (play) {
      const formed = form(play)
      const outcast = formed[which]
      const others = play.hosts.filter(host => host !== outcast)
      play.partition([outcast])
      play.killAgent(outcast)
      play.until('nobody lists it', 60, () => !others.some(host => listsAddressOf(host, outcast)))
      play.heal()
      play.until('one holds the VIP', 20, () => play.world.holders().length === 1)
      play.run(60)
      play.expect(play.world.holders().length === 1, 'one holds the VIP for good')
      const [holder = outcast] = play.world.holders()
      if (holder !== outcast) {
        play.expect(others.every(host => listsAddressOf(host, outcast)), 'all list it again')
        play.crash(holder)
        play.until('one holds the VIP', 6, () => play.world.holders().length === 1)
        play.run(30)
        play.expect(play.world.holders().length === 1, 'one holds the VIP for good')
        play.boot(holder)
      }
      play.startAgent(outcast)
      play.settle()
    },
  })),
]
