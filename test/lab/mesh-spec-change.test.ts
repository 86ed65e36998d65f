// What hosts share is changed host by host: each agent is replaced by one with other settings, and all reload at one moment.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import * as z from 'zod'
import { formed, startMember, startMembers, VIP, type Member } from './group.ts'
import type { StatusDocument } from '../../src/status/document.ts'
import { openLab, type Lab } from './lab.ts'
import { report } from './report.ts'
import { openTrio } from './trio.ts'

const CONF = '/etc/keepalived/keepalived.conf'
const NOTE = '/run/keepalived-mesh/running.json'
const OTHER_VIP = '10.10.0.3'
/** Longer than the timer of a BACKUP, had it lost its MASTER. */
const QUIET_PROBES = 500

/** What is noted of the keepalived that runs, as far as the test changes it. */
const noteSchema = z.looseObject({ conf: z.looseObject({ spec: z.looseObject({}) }) })

type Env = Readonly<Record<string, string>>

/** kill -9 of the agent, beside its keepalived another one with another environment. */
async function replaced (lab: Lab, members: readonly Member[], index: number, env: Env): Promise<Member[]> {
  const member = members[index]
  if (member === undefined) throw new RangeError(`member ${index}`)
  await member.agent.kill()
  return members.with(index, await startMember(lab, member.host, env))
}

async function confs (members: readonly Member[]): Promise<string[]> {
  return Promise.all(members.map(async ({ host }) => host.read(CONF)))
}

/** Replaces the agents one after the other; the first two change nothing, with the last one all do. */
async function changed (lab: Lab, before: readonly Member[], env: Env, line: RegExp): Promise<Member[]> {
  let members = [...before]
  for (const index of [1, 0]) {
    members = await replaced(lab, members, index, env)
    await formed(lab, members)
    assert.ok((await confs(members)).every(conf => !line.test(conf)), 'nobody changes before all propose it')
  }
  const [first, , third] = members
  const missing = async (): Promise<string> => JSON.stringify((await first?.agent.status())?.spec?.missing.map(({ address, lacks }) => [address, lacks]))
  await lab.until(async () => await missing() === JSON.stringify([[third?.host.address, 'proposal']]) || null,
    { what: 'status to name who is missing', ceilingMs: 30_000, state: () => first?.agent.log.slice(-6) })
  members = await replaced(lab, members, 2, env)
  await lab.until(async () => (await confs(members)).every(conf => line.test(conf)) || null,
    { what: `all confs to have ${line.source}`, ceilingMs: 60_000, state: () => members.map(({ agent }) => agent.log.slice(-6)) })
  const vip = env['KEEPALIVED_VIRTUAL_IPADDRESS_1']?.split('/')[0]
  await formed(lab, members, { vip })
  return members
}

/** From the first reload of the change to the last. */
function spreadMs (members: readonly Member[]): number {
  const reloads = members.map(({ agent }) => agent.log.findLast(({ msg }) => msg === 'keepalived has reloaded its conf')?.atMs ?? Number.NaN)
  return Math.max(...reloads) - Math.min(...reloads)
}

for (const [what, env, line] of [
  ['password', { KEEPALIVED_AUTH_PASS: 'another' }, /auth_pass another\n/],
  ['interval', { KEEPALIVED_ADVERT_INT: '2' }, /advert_int 2\n/]
] as const) {
  test(`the ${what} is changed host by host: nothing moves, nothing is lost`, async t => {
    const { lab, members } = await openTrio(t)
    const events = lab.timeline.of(VIP).length
    const probe = await lab.probe(VIP)
    await probe.answers(20)
    const after = await changed(lab, members, { KEEPALIVED_VIRTUAL_IPADDRESS_1: `${VIP}/24`, ...env }, line)
    await probe.answers(QUIET_PROBES)
    assert.equal((await probe.stop()).lost, 0)
    assert.equal(lab.timeline.of(VIP).length, events, 'the VIP moved')
    await report(`${what} changed: from the first reload to the last`, spreadMs(after))
    await report(`${what} changed: time with two holders`, lab.timeline.overlaps(VIP).reduce((sum, { lengthMs }) => sum + lengthMs, 0))
  })
}

test('the first VIP is replaced host by host: the same host holds the other one, and nobody else ever does', async t => {
  const { lab, members, master } = await openTrio(t)
  const after = await changed(lab, members, { KEEPALIVED_VIRTUAL_IPADDRESS_1: `${OTHER_VIP}/24` }, /virtual_ipaddress \{\n\s+10\.10\.0\.3\/24\n/)
  const probe = await lab.probe(OTHER_VIP)
  await probe.answers(QUIET_PROBES)
  assert.equal((await probe.stop()).lost, 0)
  assert.deepEqual([lab.timeline.holders(VIP), lab.timeline.holders(OTHER_VIP)], [[], [master.host.name]])
  assert.deepEqual([lab.timeline.overlaps(VIP), lab.timeline.overlaps(OTHER_VIP), lab.timeline.of(OTHER_VIP).length], [[], [], 1])
  const [gone] = lab.timeline.of(VIP).slice(-1)
  const [come] = lab.timeline.of(OTHER_VIP)
  await report('first VIP replaced: from the old one gone to the new one there', (come?.atMs ?? Number.NaN) - (gone?.atMs ?? Number.NaN))
  await report('first VIP replaced: from the first reload to the last', spreadMs(after))
})

test('a second VIP becomes the first: clients of neither notice', async t => {
  const { lab, members } = await openTrio(t, { KEEPALIVED_VIRTUAL_IPADDRESS_2: `${OTHER_VIP}/24` })
  const events = [lab.timeline.of(VIP).length, lab.timeline.of(OTHER_VIP).length]
  const probes = [await lab.probe(VIP), await lab.probe(OTHER_VIP)]
  for (const probe of probes) await probe.answers(20)
  await changed(lab, members, { KEEPALIVED_VIRTUAL_IPADDRESS_1: `${OTHER_VIP}/24`, KEEPALIVED_VIRTUAL_IPADDRESS_2: `${VIP}/24` }, /virtual_ipaddress \{\n\s+10\.10\.0\.3\/24\n/)
  for (const probe of probes) await probe.answers(QUIET_PROBES)
  for (const probe of probes) assert.equal((await probe.stop()).lost, 0)
  assert.deepEqual([lab.timeline.of(VIP).length, lab.timeline.of(OTHER_VIP).length], events, 'a VIP moved')
})

/** What a host alone says once it holds the VIP. */
async function holding (lab: Lab, { host, agent }: Member): Promise<StatusDocument> {
  return lab.until(async () => {
    const status = await agent.status()
    return status?.phase === 'active' && status.applied && status.holder === host.address ? status : null
  }, { what: 'the host to hold the VIP', ceilingMs: 60_000, state: () => agent.log.slice(-4) })
}

test('an agent that died in the middle of the change, the new conf in place and keepalived not told: the next one tells it', async t => {
  const lab = await openLab()
  t.after(lab.close)
  const env = { KEEPALIVED_VIRTUAL_IPADDRESS_1: `${VIP}/24` }
  const [one] = await startMembers(lab, ['one'], env)
  if (one === undefined) throw new Error('one member was started')
  const before = await holding(lab, one)
  const events = lab.timeline.of(VIP).length
  await one.agent.kill()
  const text = (await one.host.read(CONF)).replace('advert_int 1\n', 'advert_int 2\n')
  const note = noteSchema.parse(JSON.parse(await one.host.read(NOTE)))
  const spec = { ...note.conf.spec, advertInt: 2, epoch: 1 }
  await one.host.write(CONF, text)
  await one.host.write(NOTE, JSON.stringify({ ...note, prepared: { text: createHash('sha256').update(text).digest('hex'), conf: { ...note.conf, spec } } }))

  const again = await startMember(lab, one.host, { ...env, KEEPALIVED_ADVERT_INT: '2' })
  const after = await holding(lab, again)
  assert.equal(after.keepalived.pid, before.keepalived.pid)
  assert.equal(after.spec?.current?.advertInt, 2)
  assert.ok(again.agent.log.some(({ msg }) => msg.startsWith('the settings were being changed')), 'keepalived was told')
  assert.equal(lab.timeline.of(VIP).length, events, 'the VIP moved')
})
