// Groups with IPv6: of hosts that have nothing else, and of hosts that have both, with a VIP of each family.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { addMember, backupsAmong, formed, holderAmong, startMembers, type Member } from './group.ts'
import { openLab, type Families, type Lab } from './lab.ts'
import { report } from './report.ts'

const VIP6 = 'fd00:10::2'
const VIP4 = '10.10.0.2'
const ONLY_IPV6 = { KEEPALIVED_VIRTUAL_IPADDRESS_1: `${VIP6}/64` }
const CONF = '/etc/keepalived/keepalived.conf'

/** Each host starts with the same environment; they find each other by what is left of discovery. */
async function group (t: TestContext, families: Families, env: Readonly<Record<string, string>>, vip: string): Promise<{ readonly lab: Lab, readonly members: readonly Member[] }> {
  const lab = await openLab({ families })
  t.after(lab.close)
  const members = await startMembers(lab, ['one', 'two', 'three'], env)
  await formed(lab, members, { vip })
  return { lab, members }
}

for (const [what, discovery] of [['by mDNS', 'mdns'], ['by seeds', 'seeds']] as const) {
  test(`hosts with IPv6 alone find each other ${what}, and a fourth moves nothing`, async (t) => {
    const env = { ...ONLY_IPV6, KEEPALIVED_MESH_DISCOVERY: discovery, ...discovery === 'seeds' && { KEEPALIVED_MESH_SEEDS: '[fd00:10::21]:11201, fd00:10::22' } }
    const { lab, members } = await group(t, 'ipv6', env, VIP6)
    const master = holderAmong(lab, members, VIP6)
    const conf = await master.host.read(CONF)
    assert.match(conf, /^ {2}version 3$/m)
    assert.doesNotMatch(conf, /authentication/)
    const before = lab.timeline.of(VIP6).length
    const probe = await lab.probe(VIP6)
    await probe.answers(20)
    const fourth = await addMember(lab, 'four', env)
    await formed(lab, [...members, fourth], { vip: VIP6 })
    await probe.answers(50)
    assert.equal((await probe.stop()).lost, 0)
    assert.equal(lab.timeline.of(VIP6).length, before, 'the VIP moved')
  })
}

test('IPv6 alone: the MASTER is stopped, then the next one crashes', async (t) => {
  const { lab, members } = await group(t, 'ipv6', ONLY_IPV6, VIP6)
  const probe = await lab.probe(VIP6)
  await probe.answers(20)
  const stopped = holderAmong(lab, members, VIP6)
  assert.equal((await stopped.agent.stop()).code, 0)
  const rest = members.filter((member) => member !== stopped)
  await formed(lab, rest, { vip: VIP6 })
  await probe.answers(50)
  await report('IPv6, MASTER stopped: lost probes', probe.report().lost, 'count')
  const crashed = holderAmong(lab, rest, VIP6)
  await crashed.host.crash()
  await lab.until(() => lab.timeline.holders(VIP6).length > 0, { what: 'another to hold the VIP' })
  await probe.answers(100)
  await report('IPv6, MASTER crashed: gap', (await probe.stop()).longestGapMs)
  assert.deepEqual(lab.timeline.overlaps(VIP6).filter(({ lengthMs }) => lengthMs > 1000), [])
})

test('both families: the first VIP is in the adverts, the other beside it, and both move together', async (t) => {
  const { lab, members } = await group(t, 'ipv4 and ipv6', { KEEPALIVED_VIRTUAL_IPADDRESS_1: `${VIP4}/24`, KEEPALIVED_VIRTUAL_IPADDRESS_2: `${VIP6}/64` }, VIP4)
  const master = holderAmong(lab, members, VIP4)
  assert.equal(holderAmong(lab, members, VIP6), master)
  const conf = await master.host.read(CONF)
  assert.match(conf, /virtual_ipaddress \{\n {4}10\.10\.0\.2\/24\n {2}\}/)
  assert.match(conf, /virtual_ipaddress_excluded \{\n {4}fd00:10::2\/64\n {2}\}/)
  assert.doesNotMatch(conf, /version 3/)
  const [status] = await formed(lab, members, { vip: VIP4 })
  const [next] = backupsAmong(lab, members, status, VIP4)
  const probes = await Promise.all([VIP4, VIP6].map(async (vip) => await lab.probe(vip)))
  for (const probe of probes) await probe.answers(20)
  await master.host.crash()
  for (const vip of [VIP4, VIP6]) await lab.until(() => lab.timeline.holders(vip).join() === next?.host.name, { what: `${vip} to be at the next one` })
  for (const probe of probes) {
    await probe.answers(50)
    assert.equal((await probe.stop()).gaps.length, 1)
  }
})

test('both families, the first VIP of IPv6: VRRP over IPv6, and the IPv4 one beside it', async (t) => {
  const { lab, members } = await group(t, 'ipv6 and ipv4', { KEEPALIVED_VIRTUAL_IPADDRESS_1: `${VIP6}/64`, KEEPALIVED_VIRTUAL_IPADDRESS_2: `${VIP4}/24` }, VIP6)
  const master = holderAmong(lab, members, VIP6)
  assert.equal(holderAmong(lab, members, VIP4), master)
  const conf = await master.host.read(CONF)
  assert.match(conf, /unicast_src_ip fd00:10::/)
  assert.match(conf, /virtual_ipaddress_excluded \{\n {4}10\.10\.0\.2\/24\n {2}\}/)
})
