/** Hosts with a copied state directory, on machines that cannot be told apart. */
import type { Play, Scenario } from '../scenario.ts'
import { form, unmoved } from './steps.ts'

function expectDistinct (play: Play): void {
  const ids = new Set(play.hosts.map(host => host.id()))
  play.expect(ids.size === play.hosts.length, 'each has an identity of its own')
}

const CLONED = ['first', 'second'] as const

export const CLONES: readonly Scenario[] = [
  ...CLONED.map((which): Scenario => ({
    name: `clone-of-the-${which}-joins`,
    hosts: 4,
    play (play) {
      const formed = form(play, 3)
      const clone = play.host('h4')
      clone.copyDisk(formed[which])
      const id = formed[which].id()
      unmoved(play, () => {
        play.boot(clone)
        play.run(60)
        play.settle()
      })
      play.expect(formed[which].id() === id, 'who ran keeps its identity')
      expectDistinct(play)
    }
  })),
  {
    name: 'clone-of-a-lone-holder-without-multicast',
    hosts: 2,
    options: { multicast: false },
    play (play) {
      const [one, two] = [play.host('h1'), play.host('h2')]
      play.boot(one)
      play.until('it holds the VIP', 20, () => one.daemon.holdsVip())
      two.copyDisk(one)
      unmoved(play, () => {
        play.boot(two)
        play.run(60)
        play.settle()
      })
      expectDistinct(play)
    }
  },
  {
    name: 'clones-boot-together',
    hosts: 3,
    play (play) {
      const [one, two, three] = [play.host('h1'), play.host('h2'), play.host('h3')]
      two.copyDisk(one)
      three.copyDisk(one)
      play.boot(...play.hosts)
      play.run(60)
      play.settle()
      expectDistinct(play)
    }
  },
  {
    name: 'clones-of-two-groups-meet',
    hosts: 4,
    play (play) {
      play.host('h3').copyDisk(play.host('h1'))
      play.partition([play.host('h1'), play.host('h2')])
      play.boot(...play.hosts)
      play.until('two groups', 60, () => play.world.holders().length === 2 && play.hosts.every(host => host.daemon.running() !== null))
      play.run(20)
      play.heal()
      play.run(60)
      play.settle()
      expectDistinct(play)
    }
  }
]
