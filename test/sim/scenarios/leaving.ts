/** Leaving: on purpose, by a crash, or the agent alone. */
import type { Scenario } from '../scenario.ts'
import { electionMs, form, gapOf, listsAddressOf, unmoved } from './steps.ts'

export const LEAVING: readonly Scenario[] = [
  {
    name: 'backup-stops',
    hosts: 3,
    play (play) {
      const { second } = form(play)
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
      const { first: master } = form(play)
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
      const { first: master, second } = form(play)
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
      const { first: master } = form(play)
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
      const { second } = form(play)
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
    name: 'everybody-stops',
    hosts: 3,
    play (play) {
      form(play)
      for (const host of play.hosts) play.stop(host)
      play.until('all exit', 8, () => play.hosts.every(host => host.agent() === null))
      play.expect(play.hosts.every(host => host.daemon.running() === null && !host.daemon.holdsVip()), 'nothing is left behind')
    },
  },
]
