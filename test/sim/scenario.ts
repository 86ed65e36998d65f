/**
 * A scenario: a world of a given shape and what is done to it, step by step, watched by all invariants from the first
 * event on. Time passes only in `run` and `until`, so a scenario reads from top to bottom.
 */
import { createCore } from '../../src/core/core.ts'
import { createActs, type Acts } from './acts.ts'
import { watchAdmission } from './admission.ts'
import type { CreateCore } from './agent.ts'
import { createExcuses, type Excuses } from './excuses.ts'
import { watchClients } from './clients.ts'
import { watchHolders } from './holders.ts'
import type { Host } from './host.ts'
import { narrate } from './narrator.ts'
import { watchLosses } from './losses.ts'
import { CALM } from './network.ts'
import { watchOrder } from './order.ts'
import { watchSettings } from './settings.ts'
import { GOINGS_MAX, SETTLE_LOOKS, SETTLE_MS, membersKnown, unsettled } from './settled.ts'
import { watchTraffic } from './traffic.ts'
import { Violation } from './violation.ts'
import { createWorld, type World, type WorldOptions } from './world.ts'

export interface Play extends Acts {
  readonly world: World
  readonly excuses: Excuses
  readonly host: (name: string) => Host
  readonly hosts: readonly Host[]
  /** Lets time pass. */
  readonly run: (seconds: number) => void
  /** Lets time pass until that is so. @throws Violation if it is not within that time. */
  readonly until: (what: string, limitSeconds: number, isSo: () => boolean) => void
  /** Leaves the world alone, then asks whether it has converged. @throws Violation if it has not. */
  readonly settle: () => void
  /** @throws Violation with these words. */
  readonly expect: (isSo: boolean, message: string) => void
}

export interface Scenario {
  readonly name: string
  /** Number of hosts; more may be asked for. */
  readonly hosts: number
  readonly options?: Partial<WorldOptions>
  readonly play: (play: Play, size: Size) => void
}

export interface Size {
  readonly hosts: number
  readonly minutes: number
}

export interface Performance {
  readonly world: World
  /** Null: every promise was kept. */
  readonly failure: Error | null
}

const DEFAULTS: Omit<WorldOptions, 'seed' | 'hosts'> =
  { weather: CALM, advertIntMs: 1000, unlistMs: 60_000, multicast: true, seeds: [] }

/** Plays the scenario with that seed. Never throws: what went wrong is in the answer. */
export function perform (
  scenario: Scenario,
  { seed, hosts = scenario.hosts, minutes = 3, verbose = false, core = createCore }: {
    readonly seed: number
    readonly hosts?: number
    readonly minutes?: number
    readonly verbose?: boolean
    readonly core?: CreateCore
  },
): Performance {
  const world = createWorld({ ...DEFAULTS, ...scenario.options, seed, hosts }, { createCore: core })
  try {
    scenario.play(playIn(world, verbose), { hosts, minutes })
    return { world, failure: null }
  } catch (error) {
    return { world, failure: error instanceof Error ? error : new Error(String(error)) }
  }
}

function expect (isSo: boolean, message: string): void {
  if (!isSo) throw new Violation('expected', message)
}

function playIn (world: World, verbose: boolean): Play {
  const { clock, network, hosts } = world
  const excuses = createExcuses({
    nowMs: clock.nowMs,
    isSplit: () => !network.isWhole('vrrp') || hosts.some(host => host.isPaused() && host.daemon.state() === 'MASTER'),
    advertIntMs: () => Math.max(...hosts.map(({ daemon }) => daemon.vrrp()?.conf.advertIntMs ?? 0)),
  })
  narrate(world, verbose)
  for (const watcher of [watchHolders(world, excuses), watchOrder(world), watchAdmission(world, excuses), watchTraffic(world), watchClients(world), watchLosses(world, excuses), watchSettings(excuses, world.clock.nowMs)]) world.watch(watcher)

  const run = (seconds: number): void => void clock.runTo(clock.nowMs() + seconds * 1000)
  return {
    ...createActs(world, excuses),
    world,
    excuses,
    hosts,
    host: world.host,
    run,
    until: (what, limitSeconds, isSo) =>
      expect(clock.runTo(clock.nowMs() + limitSeconds * 1000, isSo), `within ${limitSeconds} s: ${what}`),
    settle () {
      run(SETTLE_MS / 1000)
      let faults = unsettled(world)
      // Who is just moving up, in a group that is quiet, needs a moment to be heard of. While members go out it is not quiet: among many they leave the
      // lists with one reload a second.
      let known = membersKnown(world)
      for (let looks = 0, goings = 0; faults.length > 0 && looks < SETTLE_LOOKS && goings < GOINGS_MAX;) {
        run(1)
        faults = unsettled(world)
        const now = membersKnown(world)
        if (now < known) goings++
        else looks++
        known = now
      }
      if (faults.length > 0) throw new Violation('settled', faults.join('; '))
    },
    expect,
  }
}
