/**
 * Whoever holds the secret and speaks the protocol may say what he likes. What he says is bounded in what it costs, told once,
 * and reaches no peer list; the others go on as if he were not there.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test, type TestContext } from 'node:test'
import type { Stream } from '@libp2p/interface'
import type { Envelope } from '../../src/core/record.ts'
import { MEMBERS_MAX } from '../../src/core/room.ts'
import { frameOf } from '../../src/mesh/frame.ts'
import { exchangeProtocolOf, linkProtocolOf, topicOf } from '../../src/mesh/group.ts'
import { otherMajors } from '../../src/mesh/other-schemas.ts'
import { watchIdle } from '../../src/mesh/idle.ts'
import { createLink } from '../../src/mesh/link.ts'
import { createScrutiny } from '../../src/mesh/scrutiny.ts'
import { link, startHost } from './host.ts'
import { startMember, type Member } from './member.ts'
import { memoryLog } from './memory-log.ts'
import { group, invent, startRogue, type Rogue } from './rogue.ts'

const secret = 'correct horse battery staple'

const tableOf = (claims: readonly Envelope[]): Uint8Array => frameOf(JSON.stringify({ kind: 'table', claims, spread: false }))

/** Two members that list each other, and somebody with the secret. */
async function scene (t: TestContext): Promise<{ readonly members: readonly [Member, Member], readonly rogue: Rogue }> {
  const first = await startMember('127.0.0.1', secret, [])
  const second = await startMember('127.0.0.2', secret, [first.host])
  const rogue = await startRogue(first.host, { secret })
  t.after(() => Promise.all([first.stop(), second.stop(), rogue.node.stop()]))
  await listing(first, second.host.mesh.id)
  await listing(second, first.host.mesh.id)
  return { members: [first, second], rogue }
}

/** Until its conf lists that member. What happens next is always an event of the mesh. */
async function listing ({ host, confs }: Member, id: string): Promise<void> {
  await until(host, () => confs.at(-1)?.lists.includes(id) === true)
}

async function until (host: Member['host'], holds: () => boolean): Promise<void> {
  for (let seen = -1; !holds();) {
    seen = host.told.length
    await host.until('message', () => holds() || host.told.length > seen)
  }
}

/** Those links may have been cut and opened anew where this process, which is all of them, got no processor for long. */
async function assertUntouched (...members: readonly Member[]): Promise<void> {
  for (const { defects, confs, host } of members) {
    assert.deepEqual(defects, [])
    for (const { peers } of confs) assert(peers.every((peer) => peer === '127.0.0.1' || peer === '127.0.0.2'), peers.join())
    for (const other of members) if (other.host !== host) await host.until('linked', () => host.mesh.links().some(({ id }) => id === other.host.mesh.id))
  }
}

test('invented members by the thousand: some are looked at, none is listed; the peer is dropped and told once', async (t) => {
  const { members: [first, second], rogue } = await scene(t)
  const stream = await rogue.open()
  const closed = once(stream, 'close')
  const invented = Array.from({ length: 4000 }, (_, i) => invent().record({ address: `127.0.${1 + i % 200}.7`, port: 1 + i % 60_000, number: 252, vrrpState: 'BACKUP', phase: 'active' }))
  for (let at = 0; at < invented.length && stream.status === 'open'; at += 250) stream.send(tableOf(invented.slice(at, at + 250)))
  await closed
  // What the other member has heard of them, and passes on, is another's to bound.
  const taken = first.host.all('message').filter(({ from }) => from === rogue.id).flatMap(({ message }) => message.kind === 'table' ? message.claims : []).length
  assert(taken < 3000, `${taken} of 4000 were looked at`)
  for (const { core } of [first, second]) assert(core.status().members.length <= MEMBERS_MAX)
  assert.equal(first.lines.filter(({ msg }) => msg === 'peer dropped for what it sent').length, 1)
  assert(first.lines.length <= 4, JSON.stringify(first.lines.slice(0, 8)))
  await assert.rejects(rogue.open())
  await assertUntouched(first, second)
})

test('what was said before, and said again: no line, nobody comes or goes, nobody is what it was before', async (t) => {
  const { members: [first, second], rogue } = await scene(t)
  const overLinks = first.host.all('message').flatMap(({ message }) => message.kind === 'table' ? message.claims : [])
  const heard = [...overLinks, ...first.host.all('claims').flatMap(({ claims }) => claims)].map(({ envelope }) => envelope)
  assert(heard.length > 0)
  const picture = () => ({ lines: first.lines.length, unlinked: first.host.all('unlinked').length, members: first.core.status().members.map(({ id, incarnation }) => `${id} ${incarnation}`).toSorted() })
  const before = picture()
  const stream = await rogue.open()
  for (let times = 0; times < 20; times++) stream.send(tableOf(heard))
  stream.send(frameOf('{"kind":"beat","digest":"done"}'))
  await first.host.until('message', ({ from, message }) => from === rogue.id && message.kind === 'beat')
  assert.deepEqual(picture(), before)
  await assertUntouched(first, second)
})

test('counters at their end, of this member and of others: nobody ends, and nobody else is listed', async (t) => {
  const { members: [first, second], rogue } = await scene(t)
  const stream = await rogue.open()
  const last = 2 ** 48
  const spec = { virtualRouterId: 51, version: 2, advertInt: 1, virtualIpaddress: '10.99.0.200/24', authDigest: 'ab12', authPass: null, revision: last, epoch: last } as const
  stream.send(tableOf([rogue.seal({ ...JSON.parse(invent().record({ incarnation: last, sequence: last, spec }).payload), id: rogue.id }).envelope]))
  stream.send(tableOf([rogue.seal({ kind: 'tombstone', id: second.host.mesh.id, incarnation: last, departure: 'removed', issuer: rogue.id, serial: last }).envelope]))
  stream.send(frameOf('{"kind":"beat","digest":"done"}'))
  await first.host.until('message', ({ from, message }) => from === rogue.id && message.kind === 'beat')
  assert.deepEqual([...first.defects, ...second.defects], [])
})

test('a record of somebody else, signed by oneself; a number, an address, a phase beyond the grammar: nothing of it counts', async (t) => {
  const { members: [first, second], rogue } = await scene(t)
  const [a, b] = [invent(), invent()]
  const before = first.core.status().members.length
  const malformed = [{ number: 999 }, { address: '127.0.0.1\n}' }, { phase: 'king' }, { sequence: -1 }, { incarnation: 2 ** 50 }, { lists: Array.from({ length: 301 }, () => a.id) }]
    .map((about) => a.says({ ...JSON.parse(a.record().payload), ...about }))
  const kept = await rogue.open()
  kept.send(tableOf(malformed))
  kept.send(frameOf('{"kind":"beat","digest":"done"}'))
  await first.host.until('message', ({ from, message }) => from === rogue.id && message.kind === 'beat')
  assert.equal(first.core.status().members.length, before)
  const closed = once(kept, 'close')
  kept.send(tableOf([a.says(JSON.parse(b.record().payload))]))
  await closed
  assert.equal(first.core.status().members.length, before)
  await assertUntouched(first, second)
})

test('a whole member that is nowhere: in the table, dialled, and never listed', async (t) => {
  const { members: [first, second], rogue } = await scene(t)
  const stream = await rogue.open()
  const record = invent().record({ address: '127.0.0.77', port: 9, number: 250, vrrpState: 'BACKUP', phase: 'active', founder: first.host.mesh.id })
  stream.send(tableOf([record]))
  await first.host.until('dialFailed', ({ address }) => address === '127.0.0.77')
  await assertUntouched(first, second)
})

test('signatures come at a pace, and what is over it is not read, under whatever key', async (t) => {
  const { members: [first, second], rogue } = await scene(t)
  const other = await startRogue(first.host, { secret })
  t.after(() => other.node.stop())
  const { says, id } = invent()
  const base = JSON.parse(invent().record().payload)
  const claims = Array.from({ length: 8000 }, (_, sequence) => says({ ...base, id, sequence }))
  const fromMs = nowMs()
  for (const [half, one] of [rogue, other].entries()) {
    const stream = await one.open()
    for (let at = 4000 * half; at < 4000 * (half + 1); at += 250) stream.send(tableOf(claims.slice(at, at + 250)))
  }
  await first.host.until('message', ({ from, message }) => from === other.id && message.kind === 'table')
  second.host.mesh.perform({ kind: 'send', to: first.host.mesh.id, message: { kind: 'ask', nonce: 987_654, about: null } })
  await first.host.until('message', ({ message }) => message.kind === 'ask' && message.nonce === 987_654)
  const read = first.host.all('message').filter(({ from }) => from === rogue.id || from === other.id).flatMap(({ message }) => message.kind === 'table' ? message.claims : []).length
  // What an address may have at once and then each second, and the frame of each that is read when that is spent.
  const due = 4096 + 200 * (nowMs() - fromMs) / 1000 + 2 * 250
  assert(read <= due, `${read} of 8000 were read`)
  await assertUntouched(first, second)
})

test('exchanges of ever more claims end where a table does', async (t) => {
  const { members: [first, second], rogue } = await scene(t)
  const { says, id } = invent()
  const base = JSON.parse(invent().record().payload)
  const stream = await rogue.open(exchangeProtocolOf(group))
  const closed = once(stream, 'close')
  // The same ones again and again: their signatures are known, so that these are not what ends it.
  const claims = Array.from({ length: 250 }, (_, sequence) => says({ ...base, id, sequence }))
  for (let at = 0; at < 3000 && stream.status === 'open'; at += 250) stream.send(frameOf(JSON.stringify({ claims, more: at + 250 < 3000 })))
  await closed
  assert.deepEqual(first.host.all('exchange'), [])
  await assertUntouched(first, second)
})

test('a link in silence, and one that sends a byte now and then, are cut; one that speaks is not', async (t) => {
  const { ended, rogues: [mute, slow, lively] } = await linkServer(t, 400)
  const beat = frameOf('{"kind":"beat","digest":"x"}')
  const streams = await Promise.all([mute, slow, lively].map((rogue) => rogue.open()))
  const closed = streams.slice(0, 2).map((stream) => once(stream, 'close'))
  const timer = setInterval(() => {
    const [, trickle, talk] = streams
    if (trickle?.status === 'open') trickle.send(Buffer.from([0]))
    if (talk?.status === 'open') talk.send(beat)
  }, 100)
  t.after(() => { clearInterval(timer) })
  await Promise.all(closed)
  assert.deepEqual(ended.toSorted(), [mute.id, slow.id].toSorted())
})

const nowMs = (): number => performance.now()

/** A bare listener for links with that patience, and three who dial it. */
async function linkServer (t: TestContext, silentMs: number) {
  const ended: string[] = []
  const scrutiny = createScrutiny({ nowMs, open: () => ({ ok: false, fault: 'malformed' }) })
  const listener = await startRogue({ address: '127.0.0.1', port: 1 })
  await listener.node.handle(linkProtocolOf(group), (stream: Stream, connection) => {
    const id = connection.remotePeer.toString()
    createLink({ id, dialled: false, address: '127.0.0.1', port: 0 }, {
      connection, stream, nowMs, silentMs, account: scrutiny.of(id, '127.0.0.1'),
      deliver () {}, onOffence () {}, onSkipped () {}, onEnd: () => { ended.push(id) }
    })
  })
  const rogues = [await startRogue(listener), await startRogue(listener), await startRogue(listener)] as const
  t.after(async () => await Promise.all([listener, ...rogues].map(async ({ node }) => { await node.stop() })))
  return { ended, rogues }
}

test('a connection that carries nothing but gossip is cut; one with a link beside it stays', async (t) => {
  const listener = await startRogue({ address: '127.0.0.1', port: 1 })
  const [beside, alone] = [await startRogue(listener), await startRogue(listener)]
  t.after(async () => await Promise.all([listener, beside, alone].map(async ({ node }) => { await node.stop() })))
  watchIdle(listener.node, { protocols: [linkProtocolOf(group)], idleMs: 1500 })
  await listener.node.handle(linkProtocolOf(group), () => {})
  const [kept, cut] = [await beside.connect(), await alone.connect()]
  await kept.newStream(linkProtocolOf(group))
  await cut.newStream(listener.node.getProtocols().find((protocol) => protocol.startsWith('/meshsub/')) ?? '')
  await once(cut, 'close')
  assert.equal(kept.status, 'open')
})

test('gossip without end: what is over the mark goes no further, and the peer is not blamed for what others say', async (t) => {
  const { members: [first, second], rogue } = await scene(t)
  const stream = await rogue.open()
  const connection = rogue.node.getConnections()[0]
  assert(connection !== undefined && stream.status === 'open')
  rogue.node.services.gossip.subscribe(topicOf(group))
  await rogue.node.services.identify.identify(connection)
  const { says, id } = invent()
  const base = JSON.parse(invent().record().payload)
  const fromMs = nowMs()
  for (let sequence = 0; sequence < 3000; sequence++) {
    await rogue.node.services.gossip.publish(topicOf(group), Buffer.from(JSON.stringify({ claims: [says({ ...base, id, sequence })], more: false })))
  }
  second.host.mesh.perform({ kind: 'send', to: first.host.mesh.id, message: { kind: 'ask', nonce: 987_654, about: null } })
  await first.host.until('message', ({ message }) => message.kind === 'ask' && message.nonce === 987_654)
  const passedOn = second.host.all('claims').flatMap(({ claims }) => claims).filter(({ statement }) => statement.id === id).length
  const due = 1024 + 100 * (nowMs() - fromMs) / 1000
  assert(passedOn <= due, `${passedOn} of 3000 were passed on`)
  await assertUntouched(first, second)
})

test('another major version of the schema is refused by name, once for each host, and gets no further', async (t) => {
  const { log, lines } = memoryLog()
  const host = await startHost({ secret, log })
  const friend = await startHost({ secret })
  // A new key each time is no other host.
  const [rogue, again] = [await startRogue(host, { secret }), await startRogue(host, { secret })]
  t.after(() => Promise.all([host.mesh.stop(), friend.mesh.stop(), rogue.node.stop(), again.node.stop()]))
  for (const one of [rogue, again]) {
    for (const major of [...otherMajors, ...otherMajors]) {
      const stream = await one.open(linkProtocolOf(group, major))
      if (stream.status === 'open') await once(stream, 'close')
    }
  }
  assert.deepEqual(lines.map(({ peer, schema, expected }) => [peer, schema, expected]), [[rogue.id, otherMajors[0], 1]])
  assert.deepEqual(host.told, [])
  await link(friend, host)
})

test('a minor version more or less is understood: keys that are new, and keys that are missing', async (t) => {
  const host = await startHost({ secret })
  const rogue = await startRogue(host, { secret })
  t.after(() => Promise.all([host.mesh.stop(), rogue.node.stop()]))
  const { id, says } = invent()
  const whole = JSON.parse(invent().record().payload)
  const { rival: _rival, proposed: _proposed, prepared: _prepared, vips: _vips, spec: { authPass: _authPass, revision: _revision, epoch: _epoch, ...oldSpec }, ...older } = { ...whole, id }
  const newer = { ...whole, id, sequence: 1, mood: 'fine', spec: { ...whole.spec, hue: 7 } }
  const stream = await rogue.open()
  stream.send(frameOf(JSON.stringify({ kind: 'table', claims: [{ ...says({ ...older, spec: oldSpec }), shape: 'round' }, says(newer)], spread: false, since: 3 })))
  const { message } = await host.until('message')
  assert(message.kind === 'table')
  assert.deepEqual(message.claims.map(({ statement }) => statement.kind === 'member' && [statement.sequence, statement.vips, statement.rival, statement.spec?.epoch]), [[0, [], null, 0], [1, [], null, 0]])
  assert.doesNotMatch(JSON.stringify(message.claims.map(({ statement }) => statement)), /mood|hue/)
})
