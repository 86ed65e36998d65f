/**
 * How a group of many forms on processors of their own: counted by the simulator, which has the production core and no processor to share. Hosts start one after the
 * other and find each other by multicast.
 *
 *     npm run bench:forming -- [HOSTS [SECONDS]]     100 hosts, started within 60 seconds unless told
 */
import { argv, cpuUsage } from 'node:process'
import { createCore } from '../../src/core/core.ts'
import { count } from '../sim/cost.ts'
import type { Host } from '../sim/host.ts'
import { CALM } from '../sim/network.ts'
import { createWorld } from '../sim/world.ts'
import { median, shownRow } from './table.ts'

const [size = 100, seconds = 60] = argv.slice(2).map(Number)
const CEILING_MS = 180_000
const LOOK_MS = 250

const world = createWorld({ seed: 1, hosts: size + 1, weather: CALM, advertIntMs: 1000, unlistMs: 60_000, multicast: true, seeds: [] }, { createCore })
const costs = count({ world })
const { clock } = world
const started = world.hosts.slice(0, size)
for (const host of started) {
  start(host)
  clock.runTo(clock.nowMs() + 1000 * seconds / size)
}
const lastMs = clock.nowMs()
tell('one view, after the last start', shownSince(lastMs, until(isOneView)))
tell('all run VRRP or stand by, after the last start', shownSince(lastMs, until(isAtWork)))
tell('run VRRP, stand by', `${started.filter(({ daemon }) => daemon.running() !== null).length}, ${inPhase('standby')}`)
const costOf = costs()
const spent = started.flatMap((host) => costOf.get(host) ?? [])
tell('links of a host, median and most', medianAndMost(started.map((host) => host.agent()?.status().members.filter(({ linked }) => linked === true).length ?? 0)))
tell('messages of a host, median and most', medianAndMost(spent.map(({ messages }) => messages)))
tell('KiB of a host ahead of encryption, median and most', medianAndMost(spent.map(({ characters }) => Math.round(characters / 1024))))
tell('times that a host published, median and most', medianAndMost(spent.map(({ published }) => published)))
tell('confs that a host wrote, median and most', medianAndMost(spent.map(({ reloads }) => reloads)))
const [joiner] = world.hosts.slice(size)
if (joiner !== undefined) {
  const joinedMs = clock.nowMs()
  start(joiner)
  started.push(joiner)
  tell('one more: from its start until in every view', shownSince(joinedMs, until(isOneView)))
}
tell('holders of the VIP', String(world.holders().length))
tell('processor of the simulator for each host', `${((cpuUsage().user + cpuUsage().system) / 1e6 / size).toFixed(2)} s`)

function start (host: Host): void {
  host.powerOn()
  host.startAgent()
}

/** When that was so first, in virtual milliseconds; null: not in time. */
function until (isSo: () => boolean): number | null {
  const ceilingMs = clock.nowMs() + CEILING_MS
  while (!isSo()) {
    if (clock.nowMs() >= ceilingMs) return null
    clock.runTo(clock.nowMs() + LOOK_MS)
  }
  return clock.nowMs()
}

function isOneView (): boolean {
  const all = started.map((host) => host.agent()?.status())
  return new Set(all.map((status) => status?.digest)).size === 1 && all.every((status) => status?.members.length === started.length)
}

function isAtWork (): boolean {
  return inPhase('active') + inPhase('standby') === started.length
}

function inPhase (phase: string): number {
  return started.filter((host) => host.agent()?.status().phase === phase).length
}

function tell (what: string, value: string): void {
  console.log(shownRow([what, value]))
}

function shownSince (sinceMs: number, atMs: number | null): string {
  return atMs === null ? `not within ${CEILING_MS / 1000} s` : `${((atMs - sinceMs) / 1000).toFixed(1)} s`
}

function medianAndMost (values: readonly number[]): string {
  return `${median(values)}, ${Math.max(...values)}`
}
