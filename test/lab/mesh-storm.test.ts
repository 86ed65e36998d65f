// Many joiners at once, alone and while others leave, die half way, or hold the VIP no longer.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { watchCalm } from './calm.ts'
import { addMember, allSay, formed, holderAmong, type Member, startMember, VIP } from './group.ts'
import type { Host } from './host.ts'
import type { Lab } from './lab.ts'
import { report } from './report.ts'
import { openTrio } from './trio.ts'

async function switchOn (lab: Lab, names: readonly string[]): Promise<Host[]> {
  const hosts: Host[] = []
  for (const name of names) hosts.push(await lab.addHost(name))
  return hosts
}

/** Resolves when a joiner is on its way: it has a number, or VRRP already. */
async function hasBegun (lab: Lab, { agent, host }: Member): Promise<void> {
  await lab.until(async () => {
    const phase = (await agent.status())?.phase
    return phase === 'joining' || phase === 'active'
  }, { what: `${host.name} to begin to join` })
}

test('five join at once; then one joins while one leaves, and one dies half way', async t => {
  const { lab, members, master, backups: [next, last] } = await openTrio(t)
  const calm = await watchCalm(lab)
  const hosts = await switchOn(lab, ['four', 'five', 'six', 'seven', 'eight'])
  const startedAtMs = Date.now()
  const joiners = await Promise.all(hosts.map(host => startMember(lab, host)))
  await formed(lab, [...members, ...joiners])
  const changedAtMs = [...members, ...joiners].map(({ lists }) => lists.history.at(-1)?.atMs ?? Number.NaN)
  await calm.lasts('five have joined')
  await report('five hosts join three at once: until all lists are complete', Math.max(...changedAtMs) - startedAtMs)

  const ninth = await addMember(lab, 'nine')
  await next.agent.stop()
  const rest = [master, last, ...joiners]
  await formed(lab, [...rest, ninth])
  await calm.lasts('one has left while one joined')

  const tenth = await addMember(lab, 'ten')
  await hasBegun(lab, tenth)
  await tenth.host.crash()
  const eleventh = await addMember(lab, 'eleven')
  await lab.until(async () => (await eleventh.agent.status())?.phase === 'active', { what: 'the next to join all the same', ceilingMs: 60_000 })
  await calm.lasts('one died half way, and another one joined')
  await calm.ends()
})

test('the MASTER crashes 2 s into a storm of five joins: no reload delays the take-over', async t => {
  const { lab, master, backups } = await openTrio(t)
  const hosts = await switchOn(lab, ['four', 'five', 'six', 'seven', 'eight'])
  const probe = await lab.probe(VIP)
  await probe.answers(20)
  const joiners = await Promise.all(hosts.map(host => startMember(lab, host)))
  await probe.answers(200)
  await master.host.crash()
  await lab.until(() => lab.timeline.holders(VIP).length > 0, { what: 'another to hold the VIP' })
  await allSay(lab, [...backups, ...joiners], 'lost', master.host)
  await lab.until(async () => (await Promise.all(joiners.map(async ({ agent }) => (await agent.status())?.phase))).every(phase => phase === 'active'),
    { what: 'all joiners to be in', ceilingMs: 60_000, state: () => joiners.map(({ agent }) => agent.log.slice(-3)) })
  await probe.answers(400)
  const seen = await probe.stop()
  assert.equal(seen.gaps.length, 1, JSON.stringify(seen.gaps))
  // A BACKUP that reloaded after the last advert counts from its reload, so a junior may be first, by as much as the
  // reloads lay apart; its senior follows at once.
  const takers = lab.timeline.of(VIP).filter(({ event }) => event === 'added').map(({ host }) => host)
  assert.ok(takers.length <= 3, `too many took over: ${takers.join()}`)
  assert.ok(backups.includes(holderAmong(lab, [...backups, ...joiners])), 'a joiner passed those before it')
  await report('MASTER crashed 2 s into a storm of five joins: gap', seen.longestGapMs)
})
