// A group changes its secret host by host, and with it the VRRP password that is made of it: clients notice nothing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { groupKeysOf } from '../../src/config/group-keys.ts'
import { watchCalm } from './calm.ts'
import { addMember, formed, type Member, ONLY_THE_VIP, startMember } from './group.ts'
import { type Lab, openLab } from './lab.ts'
import { openTrio } from './trio.ts'

type Env = Readonly<Record<string, string>>

const OLD = 'the secret of last year, which too many know'
const NEW = 'the secret of this year, which nobody knows'
const NEW_ALONE: Env = { ...ONLY_THE_VIP, KEEPALIVED_MESH_SECRET: NEW }

/** kill -9 of each agent in turn, beside its keepalived another one with another environment; `others` are in the group as well. */
async function replaced (lab: Lab, before: readonly Member[], env: Env, others: readonly Member[]): Promise<Member[]> {
  let members = [...before]
  for (const [index, { agent, host }] of members.entries()) {
    await agent.kill()
    members = members.with(index, await startMember(lab, host, env))
    await formed(lab, [...members, ...others])
  }
  return members
}

async function passwords (members: readonly Member[]): Promise<Set<string | undefined>> {
  const confs = await Promise.all(members.map(({ host }) => host.read('/etc/keepalived/keepalived.conf')))
  return new Set(confs.map(conf => /auth_pass "?([^\s"]+)/.exec(conf)?.[1]))
}

function passwordOf (secret: string): string {
  return groupKeysOf(secret, { name: 'default', virtualRouterId: 1 }).authPass
}

for (const [what, env, previous, password] of [
  ['from one secret to another', { KEEPALIVED_MESH_SECRET: OLD }, OLD, passwordOf(OLD)],
  ['from none to a secret', {}, 'none', 'pwd1']
] as const) {
  test(`${what}, host by host, on a group that runs: nothing moves, nothing is lost`, async t => {
    const { lab, members } = await openTrio(t, env)
    assert.deepEqual(await passwords(members), new Set([password]))
    const calm = await watchCalm(lab)
    const [one, two, three] = members
    assert(one !== undefined && two !== undefined && three !== undefined)
    const withBoth = { ...NEW_ALONE, KEEPALIVED_MESH_SECRET_PREVIOUS: previous }
    const first = await replaced(lab, [one], withBoth, [two, three])
    const fourth = await addMember(lab, 'four', withBoth)
    await formed(lab, [...first, two, three, fourth])
    await calm.lasts('a host with both has joined those with the old one', 100)
    assert.deepEqual(await passwords([...first, fourth]), new Set([password]), 'nobody changes before all can')
    const both = [...first, fourth, ...await replaced(lab, [two, three], withBoth, [...first, fourth])]
    await lab.until(async () => [...await passwords(both)].join() === passwordOf(NEW), { what: 'all confs to have the new password', ceilingMs: 60_000, state: () => both.map(({ agent }) => agent.log.slice(-4)) })
    await calm.lasts('all have both')
    const done = await replaced(lab, both, NEW_ALONE, [])
    await calm.lasts('all have the new one alone')
    await calm.ends()
    assert.deepEqual(await passwords(done), new Set([passwordOf(NEW)]))
  })
}

test('a host without the secret beside a group that has one: the group does not notice it but in its log, once, and it waits', async t => {
  const { lab, members } = await openTrio(t, { KEEPALIVED_MESH_SECRET: NEW })
  const calm = await watchCalm(lab)
  const stranger = await addMember(lab, 'stranger')
  await lab.until(() => stranger.agent.log.some(({ facts }) => facts['mismatch'] === 'refusedUs') || null, { what: 'the stranger to say what is likely wrong', state: () => stranger.agent.log.slice(-4) })
  await lab.until(async () => (await stranger.agent.status())?.alarms.some(alarm => alarm.includes('VIP')) === true || null, { what: 'the stranger to say who holds the VIP' })
  await calm.lasts('a stranger tries')
  await calm.ends()
  const told = members.flatMap(({ agent }) => agent.log.filter(({ facts }) => facts['mismatch'] === 'noSecret'))
  assert.ok(told.length >= 1 && told.length <= members.length, 'by each that it reached, once')
  for (const { agent } of members) assert.equal((await agent.status())?.members.length, 3)
  assert.equal((await stranger.agent.status())?.keepalived.pid, null)
})

test('a group without a secret does not hear a host of another network, which can reach it all the same', async t => {
  const lab = await openLab()
  t.after(lab.close)
  const near = await addMember(lab, 'near')
  const far = await lab.addHost('far')
  await far.exec('ip', 'address', 'replace', '10.20.0.5/32', 'dev', 'eth0')
  await far.exec('ip', 'address', 'delete', `${far.address}/24`, 'dev', 'eth0')
  await far.exec('ip', 'route', 'add', '10.10.0.0/24', 'dev', 'eth0', 'src', '10.20.0.5')
  await near.host.exec('ip', 'route', 'add', '10.20.0.0/24', 'dev', 'eth0')
  await far.exec('fping', near.host.address)
  const outsider = await startMember(lab, far, { ...ONLY_THE_VIP, KEEPALIVED_INTERFACE: 'eth0', KEEPALIVED_MESH_SEEDS: near.host.address })
  await lab.until(() => near.agent.log.some(({ facts }) => facts['mismatch'] === 'offLink' && facts['address'] === '10.20.0.5'), { what: 'the group to say whom it does not hear', ceilingMs: 60_000, state: () => [near, outsider].map(({ agent }) => agent.log.slice(-5)) })
  await lab.until(() => outsider.agent.log.some(({ facts }) => facts['mismatch'] === 'refusedUs'), { what: 'the host to say that it is not heard', state: () => outsider.agent.log.slice(-5) })
  assert.equal((await near.agent.status())?.members.length, 1)
})
