// What hosts share: one that brings no VIP learns it, and VIPs besides the first come and go without the first one moving.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addMember, formed, startMember, startMembers, VIP, type Member } from './group.ts'
import { openLab, type Lab } from './lab.ts'
import { report } from './report.ts'

const SECRET = { KEEPALIVED_MESH_SECRET: 'a secret that is long enough for a lab' }
const SECOND = '10.10.0.3'
const THIRD = '10.10.0.4'

/** Ends its agent as a rolling restart does that spares the VIP, and starts the next one with another environment. */
async function restarted (lab: Lab, members: readonly Member[], index: number, env: Readonly<Record<string, string>>): Promise<Member[]> {
  const member = members[index]
  if (member === undefined) throw new RangeError(`member ${index}`)
  await member.agent.kill()
  const again = await startMember(lab, member.host, env)
  const after = members.with(index, again)
  await formed(lab, after)
  return after
}

for (const [way, seeds] of [['mDNS', {}], ['a seed', { KEEPALIVED_MESH_SEEDS: '10.10.0.21', KEEPALIVED_MESH_DISCOVERY: 'seeds' }]] as const) {
  test(`a host with nothing but the secret joins by ${way}: it learns VIP, interval and password, and nothing moves`, async t => {
    const lab = await openLab()
    t.after(lab.close)
    const env = { ...SECRET, KEEPALIVED_VIRTUAL_IPADDRESS_1: `${VIP}/24`, KEEPALIVED_VIRTUAL_IPADDRESS_2: `${SECOND}/24`, KEEPALIVED_AUTH_PASS: 'geheim', KEEPALIVED_ADVERT_INT: '2' }
    const members = await startMembers(lab, ['one', 'two'], env)
    await formed(lab, members)
    const events = lab.timeline.of(VIP).length
    const probe = await lab.probe(VIP)
    await probe.answers(20)
    const third = await addMember(lab, 'three', { ...SECRET, ...seeds })
    const [, , status] = await formed(lab, [...members, third])
    await probe.answers(500)
    assert.equal((await probe.stop()).lost, 0)
    assert.equal(lab.timeline.of(VIP).length, events, 'the VIP moved')
    assert.deepEqual(status?.vip, [`${VIP}/24`, `${SECOND}/24`])
    const conf = await third.host.read('/etc/keepalived/keepalived.conf')
    for (const line of [/advert_int 2\n/, /auth_pass geheim\n/, /virtual_ipaddress_excluded \{\n\s+10\.10\.0\.3\/24\n/]) assert.match(conf, line)
    assert.equal((await third.host.exec('stat', '-c', '%a', '/etc/keepalived/keepalived.conf', '/run/keepalived-mesh/running.json', '/var/lib/keepalived-mesh/view.json')).trim(), '600\n600\n600')
    const active = third.agent.log.find(({ msg }) => msg === 'VRRP has started on this host')
    await report(`a host with nothing but the secret, by ${way}: agent started until VRRP started`, (active?.atMs ?? Number.NaN) - third.agent.startedAtMs)
  })
}

test('a host that brings no VIP and is alone waits, and becomes a member when one that does is there', async t => {
  const lab = await openLab()
  t.after(lab.close)
  const alone = await addMember(lab, 'one', SECRET)
  await lab.until(async () => (await alone.agent.status())?.waitingFor?.includes('KEEPALIVED_VIRTUAL_IPADDRESS_1') === true || null,
    { what: 'status to say that no VIP is known', ceilingMs: 30_000, state: () => alone.agent.log.slice(-3) })
  const other = await addMember(lab, 'two', { ...SECRET, KEEPALIVED_VIRTUAL_IPADDRESS_1: `${VIP}/24` })
  await formed(lab, [alone, other])
})

test('VIPs besides the first are added and dropped host by host, in another order each time: the first one never moves', async t => {
  const lab = await openLab()
  t.after(lab.close)
  const only = { KEEPALIVED_VIRTUAL_IPADDRESS_1: `${VIP}/24` }
  const more = { ...only, KEEPALIVED_VIRTUAL_IPADDRESS_2: `${SECOND}/24`, KEEPALIVED_VIRTUAL_IPADDRESS_EXCLUDED_1: `${THIRD}/24` }
  let members = await startMembers(lab, ['one', 'two', 'three'], only)
  await formed(lab, members)
  const events = lab.timeline.of(VIP).length
  const probe = await lab.probe(VIP)
  await probe.answers(20)
  for (const index of [1, 0, 2]) members = await restarted(lab, members, index, more)
  const [first] = lab.timeline.holders(VIP)
  assert.deepEqual([lab.timeline.holders(SECOND), lab.timeline.holders(THIRD)], [[first], [first]], 'the holder of the first has them all')
  for (const index of [2, 1, 0]) members = await restarted(lab, members, index, only)
  await lab.until(async () => lab.timeline.holders(SECOND).length + lab.timeline.holders(THIRD).length === 0 || null,
    { what: 'the dropped VIPs to be gone', ceilingMs: 30_000, state: () => lab.timeline.changes.slice(-5) })
  await probe.answers(500)
  assert.equal((await probe.stop()).lost, 0)
  assert.equal(lab.timeline.of(VIP).length, events, 'the VIP moved')
})
