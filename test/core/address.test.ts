import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareAddresses } from '../../src/core/address.ts'

const ascending = [
  ['10.10.0.9', '10.10.0.21'],
  ['9.0.0.0', '10.0.0.0'],
  ['fe80::9', 'fe80::10'],
  ['2001:db8::1', '2001:db8:0:1::'],
  ['::1', '1::'],
  ['::', '::1']
] as const

for (const [low, high] of ascending) {
  test(`${low} is lower than ${high}`, () => {
    assert.ok(compareAddresses(low, high) < 0)
    assert.ok(compareAddresses(high, low) > 0)
    assert.equal(compareAddresses(low, low), 0)
  })
}
