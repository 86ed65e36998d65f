/** What members share: hosts that learn it, and groups that change it host by host, with whatever may happen in between. */
import type { GroupSpec } from '../../../src/core/record.ts'
import type { Host } from '../host.ts'
import type { Play, Scenario } from '../scenario.ts'
import { form, unmoved } from './steps.ts'

const PASSWORD: Partial<GroupSpec> = { authDigest: 'b', authPass: 'other' }
const INTERVAL: Partial<GroupSpec> = { advertInt: 2 }
const OTHER_VIP: Partial<GroupSpec> = { virtualIpaddress: '10.10.0.3/24' }
const VIP = '10.10.0.2/24'

/** From the last restart until all have changed: they meet, store the conf, and go. */
const CHANGE_S = 6

/** Replaces one agent after the other, with some time in between. */
function roll (play: Play, hosts: readonly Host[], brought: Parameters<Play['restartWith']>[1]): void {
  for (const host of hosts) {
    play.restartWith(host, brought)
    play.run(play.world.random.between(1, 10))
  }
}

function runs (host: Host, spec: Partial<GroupSpec>): boolean {
  const running = host.daemon.running()?.spec
  return running !== undefined && Object.entries(spec).every(([key, value]) => Object.entries(running).some(([other, its]) => other === key && its === value))
}

function allRun (play: Play, spec: Partial<GroupSpec>, hosts = play.hosts): boolean {
  return hosts.every(host => runs(host, spec))
}

/** The members of a group in an order that the seed draws. */
function shuffled (play: Play): Host[] {
  return play.hosts.map(host => ({ host, at: play.world.random.next() })).toSorted((a, b) => a.at - b.at).map(({ host }) => host)
}

const changes = [['password', PASSWORD], ['interval', INTERVAL]] as const

const hostByHost: readonly Scenario[] = changes.map(([what, spec]) => ({
  name: `${what}-changed-host-by-host`,
  hosts: 4,
  play (play) {
    form(play)
    unmoved(play, () => {
      const [last, ...others] = shuffled(play)
      roll(play, others, { spec })
      play.expect(play.hosts.every(host => !runs(host, spec)), 'nobody changes before all propose it')
      if (last !== undefined) play.restartWith(last, { spec })
      play.until('all run with it', CHANGE_S, () => allRun(play, spec))
      play.settle()
    })
  },
}))

/** As most do it: stop, and start again; a MASTER makes way, and what the group still runs with is remembered on the disk. */
const restarts: readonly Scenario[] = [false, true].map(hasSecret => ({
  name: `settings-changed-by-restarts${hasSecret ? '-in-a-closed-mesh' : ''}`,
  hosts: 3,
  options: { hasSecret },
  play (play) {
    form(play)
    for (const host of shuffled(play)) {
      play.stop(host)
      play.run(play.world.random.between(4, 8))
      host.bring({ spec: { ...PASSWORD, ...INTERVAL } })
      play.boot(host)
      play.run(play.world.random.between(5, 15))
      play.expect(play.hosts.every(({ daemon }) => daemon.running() !== null), 'who brings other settings is let in with the old ones')
    }
    play.until('all run with them', CHANGE_S, () => allRun(play, { ...PASSWORD, ...INTERVAL }))
    play.settle()
  },
}))

interface Disturbance {
  readonly what: string
  readonly act: (play: Play, host: Host) => void
  readonly mend: (play: Play, host: Host) => void
}

const DISTURBANCES: readonly Disturbance[] = [
  { what: 'a-host-crashes', act: (play, host) => play.crash(host), mend: (play, host) => play.boot(host) },
  {
    what: 'an-agent-dies',
    act (play, host) {
      // Nobody tells its keepalived of the change.
      play.excuses.split('an agent that cannot change its keepalived')
      play.killAgent(host)
    },
    mend: (play, host) => play.startAgent(host),
  },
  { what: 'keepalived-dies', act: (play, host) => play.killDaemon(host), mend () {} },
  { what: 'a-host-is-cut-off', act: (play, host) => play.partition([host]), mend: play => play.heal() },
]

/** Around the moment at which all change, something happens to one of them. */
const disturbed: readonly Scenario[] = DISTURBANCES.map(({ what, act, mend }) => ({
  name: `settings-change-while-${what}`,
  hosts: 4,
  play (play) {
    form(play)
    const { random } = play.world
    const [last, ...others] = shuffled(play)
    roll(play, others, { spec: PASSWORD })
    if (last !== undefined) play.restartWith(last, { spec: PASSWORD })
    const victim = random.pick(play.hosts)
    play.run(random.between(0, 2))
    act(play, victim)
    play.run(random.between(0.2, 20))
    mend(play, victim)
    play.until('all run with it', 60, () => allRun(play, PASSWORD))
    play.settle()
  },
}))

export const SETTINGS: readonly Scenario[] = [
  ...hostByHost,
  ...restarts,
  ...disturbed,
  {
    name: 'first-vip-replaced-host-by-host',
    hosts: 3,
    play (play) {
      const { first } = form(play)
      const [last, ...others] = shuffled(play)
      unmoved(play, () => roll(play, others, { spec: OTHER_VIP }))
      play.excuses.excuse('another first VIP')
      if (last !== undefined) play.restartWith(last, { spec: OTHER_VIP })
      play.until('all run with it', CHANGE_S, () => allRun(play, OTHER_VIP))
      play.settle()
      play.expect(first.daemon.heldVip() === '10.10.0.3', 'the same host holds it')
    },
  },
  {
    name: 'first-and-second-vip-swapped-host-by-host',
    hosts: 3,
    play (play) {
      form(play)
      roll(play, shuffled(play), { spec: {}, vips: ['10.10.0.3/24'] })
      play.settle()
      for (const host of shuffled(play)) {
        play.excuses.excuse('another first VIP')
        play.restartWith(host, { spec: OTHER_VIP, vips: [VIP] })
        play.run(play.world.random.between(1, 10))
        play.expect(play.hosts.every(({ daemon }) => daemon.running()?.vips.length === 1), 'both are served all the time')
      }
      play.until('all run with it', CHANGE_S, () => allRun(play, OTHER_VIP))
      play.settle()
    },
  },
  {
    name: 'vips-added-and-dropped-in-any-order',
    hosts: 4,
    play (play) {
      form(play)
      unmoved(play, () => {
        roll(play, shuffled(play), { spec: {}, vips: ['10.10.0.3/24', '10.10.0.4/24'] })
        play.settle()
        roll(play, shuffled(play), { spec: {}, vips: ['10.10.0.4/24'] })
        play.settle()
        play.expect(play.hosts.every(({ daemon }) => daemon.running()?.vips.join() === '10.10.0.4/24'), 'all serve what is left')
        roll(play, shuffled(play), { spec: {} })
        play.settle()
        play.expect(play.hosts.every(({ daemon }) => daemon.running()?.vips.length === 0), 'nothing is left')
      })
    },
  },
  {
    name: 'change-waits-for-a-crashed-host-until-it-is-forgotten',
    hosts: 4,
    play (play) {
      const { last } = form(play)
      unmoved(play, () => {
        play.crash(last)
        play.run(5)
        const others = play.hosts.filter(host => host !== last)
        roll(play, others, { spec: PASSWORD })
        play.run(10)
        play.expect(others.every(host => !runs(host, PASSWORD)), 'who is listed may come back with what it had')
        const [first] = others
        play.expect(first?.agent()?.status().spec.missing.some(({ lacks }) => lacks === 'life') === true, 'status names who is missing')
        if (first !== undefined) play.forget(first, last.id())
        play.until('all that are left run with it', 20, () => allRun(play, PASSWORD, others))
        last.bring({ spec: PASSWORD })
        play.boot(last)
        play.settle()
      })
    },
  },
  {
    name: 'a-host-with-old-settings-stays-out',
    hosts: 4,
    play (play) {
      const { first, second } = form(play, 3)
      const late = play.host('h4')
      unmoved(play, () => {
        roll(play, play.hosts.filter(host => host !== late), { spec: PASSWORD })
        play.until('all run with it', CHANGE_S, () => allRun(play, PASSWORD, [first, second]))
        play.boot(late)
        play.until('it stays out', 20, () => late.agent()?.status().phase === 'blocked')
        play.killAgent(late)
        late.bring({ spec: PASSWORD })
        play.startAgent(late)
        play.settle()
      })
    },
  },
  {
    name: 'hosts-replaced-one-by-one-while-a-password-that-nobody-set-changes',
    hosts: 4,
    options: { hasSecret: true },
    play (play) {
      form(play)
      for (const host of shuffled(play)) {
        play.stop(host)
        play.run(play.world.random.between(4, 8))
        play.wipe(host)
        host.bring({ spec: PASSWORD, isAuthPassSet: false })
        play.boot(host)
        play.run(play.world.random.between(8, 15))
        play.expect(play.hosts.every(({ daemon }) => daemon.running() !== null), 'who brings the new one is let in with the old one, though it remembers nothing')
      }
      play.until('all run with it', CHANGE_S, () => allRun(play, PASSWORD))
      play.settle()
    },
  },
  {
    name: 'hosts-replaced-by-others-with-a-higher-revision',
    hosts: 6,
    options: { hasSecret: true },
    play (play) {
      const old = play.hosts.slice(0, 3)
      const fresh = play.hosts.slice(3)
      form(play, 3)
      unmoved(play, () => {
        for (const host of fresh) {
          host.bring({ spec: { ...PASSWORD, ...INTERVAL, revision: 1 } })
          play.boot(host)
          play.run(play.world.random.between(2, 10))
        }
        play.settle()
        play.expect(!play.hosts.some(host => runs(host, PASSWORD)), 'half of the members is no majority')
      })
      const [gone] = old
      if (gone !== undefined) play.stop(gone)
      play.until('all that are left run with it', 20, () => allRun(play, PASSWORD, play.hosts.filter(host => host !== gone)))
      for (const host of old.slice(1)) {
        play.run(play.world.random.between(5, 15))
        play.stop(host)
      }
      play.run(10)
      play.settle()
    },
  },
  {
    name: 'hosts-without-a-vip-learn-it-and-keep-it-over-a-power-cut',
    hosts: 4,
    options: { hasSecret: true },
    play (play) {
      const bringer = play.host('h1')
      const learners = play.hosts.slice(1)
      for (const host of learners) host.bring({ spec: null })
      bringer.bring({ spec: PASSWORD, vips: ['10.10.0.3/24'] })
      play.boot(...learners)
      play.run(20)
      play.expect(learners.every(host => host.daemon.running() === null), 'nobody knows the VIP')
      play.boot(bringer)
      play.settle()
      play.expect(allRun(play, PASSWORD) && play.hosts.every(({ daemon }) => daemon.running()?.vips.length === 1), 'all have learnt all')
      for (const host of play.hosts) play.crash(host)
      play.run(5)
      play.boot(...learners)
      play.settle()
      play.expect(allRun(play, PASSWORD, learners), 'they remember')
    },
  },
  {
    name: 'power-cut-in-the-middle-of-a-change',
    hosts: 4,
    play (play) {
      form(play)
      const [one, two, three, four] = shuffled(play)
      if (one === undefined || two === undefined || three === undefined || four === undefined) return
      roll(play, [one], { spec: PASSWORD })
      for (const host of play.hosts) play.crash(host)
      play.run(10)
      play.boot(...play.hosts)
      play.settle()
      play.expect(play.hosts.every(host => !runs(host, PASSWORD)), 'they go on with what most bring and all remember')
      unmoved(play, () => {
        roll(play, [two, three, four], { spec: PASSWORD })
        play.until('all run with it', CHANGE_S, () => allRun(play, PASSWORD))
        play.settle()
      })
    },
  },
]
