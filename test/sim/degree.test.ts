/** Of many hosts that come one after the other, most are linked to few. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCore } from '../../src/core/core.ts'
import { CALM } from './network.ts'
import { createWorld } from './world.ts'

const HOSTS = 48
const EACH_MS = 250

test(`half of ${HOSTS} hosts are linked to less than three quarters of them`, () => {
  const { hosts, clock } = createWorld({ seed: 1, hosts: HOSTS, weather: CALM, advertIntMs: 1000, unlistMs: 60_000, multicast: true, seeds: [] }, { createCore })
  for (const host of hosts) {
    host.powerOn()
    host.startAgent()
    clock.runTo(clock.nowMs() + EACH_MS)
  }
  clock.runTo(clock.nowMs() + 5000)
  const members = hosts.map((host) => host.agent()?.status().members ?? [])
  assert(members.every(({ length }) => length === HOSTS))
  const links = members.map((known) => known.filter(({ linked }) => linked).length).toSorted((a, b) => a - b)
  const median = links[HOSTS / 2] ?? HOSTS
  assert(median < HOSTS * 3 / 4, `half are linked to ${median} or more`)
})
