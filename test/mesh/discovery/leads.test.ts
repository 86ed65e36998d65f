/** How many endpoints mDNS may announce, since anybody on the segment can make them up. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { atMost, leadsMax } from '../../../src/mesh/discovery/mdns.ts'
import type { Lead } from '../../../src/mesh/discovery/source.ts'

test('10,000 endpoints that are made up: the first are followed, as often as they come, and it is told once that others are not', () => {
  const found: Lead[] = []
  let told = 0
  const pass = atMost(leadsMax, (lead) => { found.push(lead) }, () => { told++ })
  pass({ address: '10.10.0.22', port: 11251 })
  for (let port = 1; port <= 10_000; port++) pass({ address: '10.10.0.66', port })
  pass({ address: '10.10.0.22', port: 11251 })
  assert.equal(found.length, leadsMax + 1)
  assert.deepEqual(found.at(-1), { address: '10.10.0.22', port: 11251 })
  assert.equal(told, 1)
})
