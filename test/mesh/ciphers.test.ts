/** What OpenSSL computes for Noise is what Noise's own code computes. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { pureJsCrypto } from '@libp2p/noise/crypto'
import { openssl } from '../../src/mesh/ciphers.ts'

const hex = (keys: readonly Uint8Array[]): readonly string[] => keys.map((key) => Buffer.from(key).toString('hex'))

test('three keys come of a chaining key and of any material, none as well', () => {
  for (const length of [0, 32, 100]) {
    const [chainingKey, material] = [randomBytes(32), randomBytes(length)]
    assert.deepEqual(hex(openssl.getHKDF(chainingKey, material)), hex(pureJsCrypto.getHKDF(chainingKey, material)))
  }
})
