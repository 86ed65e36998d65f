/**
 * What the agents of earlier versions have left on disk is read by this one: a host is upgraded by starting the new agent over the
 * old one's files, and whoever cannot read them would start as a stranger and, beside a keepalived that runs, move the VIP.
 *
 * `fixtures/schema-N` is what an agent that wrote schema N had on disk, the second of a group of two, with the secret
 * `fixture-secret-fixture`. Such a directory is never changed. A version that writes another schema adds one, and goes on
 * reading the ones before; a member that is only added, with a default, needs no new schema.
 */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { generateKeyPair, generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { readRunning, readView } from '../../src/agent/memory.ts'
import { digestOfText } from '../../src/agent/keeper.ts'
import { storedIn } from '../../src/mesh/identity.ts'
import { createSealing } from '../../src/mesh/sealing.ts'

const FILES = join(import.meta.dirname, 'fixtures/schema-1')
const SELF = '12D3KooWQCGa28C3gjn2rmXuWn2xpBYdRPxxdtW9o3615gcmTL88'
const OTHER = '12D3KooWD19VYbNfzwefzDYnbtzeNoaPXDeukCwLosNRAeu8HhrH'
const SPEC = {
  virtualRouterId: 1, version: 2, advertInt: 1, virtualIpaddress: '10.10.0.2/24', authDigest: '3fe0aea73486f3f5', authPass: 'rSzo46vY', revision: 0, epoch: 0
}

test('the identity: the same key, and where the incarnations stood', async () => {
  const stored = storedIn(await readFile(join(FILES, 'identity.json'), 'utf8'))
  assert.ok(stored !== null)
  const key = await generateKeyPairFromSeed('Ed25519', Buffer.from(stored.seed, 'base64'))
  assert.equal(peerIdFromPrivateKey(key).toString(), SELF)
  assert.equal(stored.incarnation, 1)
})

test('the view: whose group, at which place, with which settings, and the signed records of the others', async () => {
  const { open } = createSealing({ key: await generateKeyPair('Ed25519'), group: { name: 'default', virtualRouterId: 1 } })
  const { value, fault } = await readView(join(FILES, 'view.json'), open)
  assert.equal(fault, null)
  assert.deepEqual({ ...value, claims: [] }, { incarnation: 1, founder: OTHER, number: 252, spec: SPEC, claims: [] })
  const [claim, ...more] = value?.claims ?? []
  assert.deepEqual(more, [])
  assert.ok(claim?.statement.kind === 'member')
  const { id, address, number, founder, lists } = claim.statement
  assert.deepEqual({ id, address, number, founder, lists }, { id: OTHER, address: '10.10.0.22', number: 254, founder: OTHER, lists: [SELF] })
})

test('the note of the keepalived that runs, and that it is of the conf beside it', async () => {
  const { value, fault } = await readRunning(join(FILES, 'running.json'))
  assert.equal(fault, null)
  assert.deepEqual(value, {
    text: digestOfText(await readFile(join(FILES, 'keepalived.conf'), 'utf8')),
    conf: { priority: 252, claim: false, source: '10.10.0.21', peers: ['10.10.0.22'], lists: [OTHER], spec: SPEC, vips: [] },
    prepared: null,
    number: 252,
    founder: OTHER,
    schema: 1
  })
})
