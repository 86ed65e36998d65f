// A group that runs gets its first secret, and then another one, host by host, and with each the VRRP password that is made
// of it. Once with the secrets in files, and agents that are exchanged beside their keepalived; once with containers that are
// made anew, of which only the state directory stays, so that the MASTER hands the VIP over.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { groupKeysOf } from '../../src/config/group-keys.ts'
import { watchCalm } from './calm.ts'
import { backupsAmong, formed, holderAmong, type Member, ONLY_THE_VIP, startMember, VIP } from './group.ts'
import { lostNothing, movedOnce } from './handover.ts'
import type { Host } from './host.ts'
import type { Lab } from './lab.ts'
import { openTrio } from './trio.ts'

/** What a host is told at one of the two steps; `previous` is `none` where there was no secret, and null in the second step. */
interface Told {
  readonly secret: string
  readonly previous: string | null
}

const FIRST = 'the secret of last year, which too many know'
const SECOND = 'the secret of this year, which nobody knows'
/** The password of a group without a secret. */
const OPEN = 'pwd1'
const CHANGES = [{ secret: FIRST, previous: 'none' }, { secret: SECOND, previous: FIRST }] as const

const FILE = '/run/secrets/mesh'
const PREVIOUS_FILE = '/run/secrets/mesh-previous'
const IN_FILES = { ...ONLY_THE_VIP, KEEPALIVED_MESH_SECRET_FILE: FILE, KEEPALIVED_MESH_SECRET_PREVIOUS_FILE: PREVIOUS_FILE }

function passwordOf (secret: string): string {
  return groupKeysOf(secret, { name: 'default', virtualRouterId: 1 }).authPass
}

/** Of all confs, each once. */
async function passwords (members: readonly Member[]): Promise<string> {
  const confs = await Promise.all(members.map(({ host }) => host.read('/etc/keepalived/keepalived.conf')))
  return [...new Set(confs.map(conf => /auth_pass "?([^\s"]+)/.exec(conf)?.[1]))].join()
}

async function haveChanged (lab: Lab, members: readonly Member[], secret: string): Promise<void> {
  await formed(lab, members)
  await lab.until(async () => await passwords(members) === passwordOf(secret),
    { what: 'all confs to have the new password', state: () => members.map(({ agent }) => agent.log.slice(-4)) })
  await formed(lab, members)
}

/** Both variables stay set: two files with one secret are as good as one. */
async function startWithFiles (lab: Lab, host: Host, { secret, previous }: Told): Promise<Member> {
  await host.write(FILE, `${secret}\n`)
  await host.write(PREVIOUS_FILE, `${previous ?? secret}\n`)
  return await startMember(lab, host, IN_FILES)
}

/** The agents of those members, one after the other, leave their keepalived to the next one; returns all members. */
async function detached (lab: Lab, all: readonly Member[], those: readonly Member[], told: Told): Promise<Member[]> {
  let members = [...all]
  for (const member of those) {
    const before = (await member.agent.status())?.keepalived.pid
    await member.agent.command('detach')
    await lab.until(() => member.agent.exit() !== null, { what: 'the old agent to end' })
    assert.equal(member.agent.exit()?.code, 0)
    const successor = await startWithFiles(lab, member.host, told)
    members = members.with(members.indexOf(member), successor)
    await formed(lab, members)
    assert.equal((await successor.agent.status())?.keepalived.pid, before, 'another keepalived')
  }
  return members
}

test('secrets in files, and agents that detach: the first secret, and then another one, move nothing and lose nothing', async t => {
  const { lab, members: trio } = await openTrio(t)
  const calm = await watchCalm(lab)
  let [members, password]: [readonly Member[], string] = [trio, OPEN]
  for (const both of CHANGES) {
    members = await detached(lab, members, members.slice(0, -1), both)
    if (both.secret === SECOND) {
      members = [await startWithFiles(lab, await lab.addHost('four'), both), ...members]
      await formed(lab, members)
      await calm.lasts('a host with both has joined one with the old secret', 100)
    }
    assert.equal(await passwords(members), password, 'nobody changes before all can')
    members = await detached(lab, members, members.slice(-1), both)
    await haveChanged(lab, members, both.secret)
    await calm.lasts('all have both')
    members = await detached(lab, members, members, { ...both, previous: null })
    await calm.lasts('all have the new one alone')
    password = passwordOf(both.secret)
    assert.equal(await passwords(members), password)
  }
  await calm.ends()
})

/** SIGTERM, and another container with the same volume: what ran is gone, and so is what was written beside the state directory. */
async function madeAnew (lab: Lab, { agent, host }: Member, { secret, previous }: Told): Promise<Member> {
  const exit = await agent.stop()
  assert.deepEqual(exit, { code: 0, signal: null })
  await host.exec('sh', '-c', 'rm -rf /run/keepalived-mesh /etc/keepalived/*')
  return await startMember(lab, host, { ...ONLY_THE_VIP, KEEPALIVED_MESH_SECRET: secret, ...previous !== null && { KEEPALIVED_MESH_SECRET_PREVIOUS: previous } })
}

test('containers that are made anew: the first secret, and then another one, move the VIP once when the MASTER goes, and lose nothing', async t => {
  const { lab, members: trio } = await openTrio(t)
  const events = lab.timeline.of(VIP).length
  const probe = await lab.probe(VIP)
  await probe.answers(20)
  let members: readonly Member[] = trio
  for (const both of CHANGES) {
    for (const told of [both, { ...both, previous: null }]) {
      const master = holderAmong(lab, members)
      const before = lab.timeline.of(VIP).length
      for (const member of members.filter(other => other !== master)) {
        members = members.with(members.indexOf(member), await madeAnew(lab, member, told))
        await formed(lab, members)
      }
      assert.equal(lab.timeline.of(VIP).length, before, 'a BACKUP that was made anew moved the VIP')
      const [next = master] = backupsAmong(lab, members, (await formed(lab, members))[0])
      members = members.with(members.indexOf(master), await madeAnew(lab, master, told))
      await haveChanged(lab, members, both.secret)
      movedOnce(lab, before, master, next)
    }
  }
  await probe.answers(400)
  await lostNothing((await probe.stop()).gaps, lab.timeline.of(VIP).slice(events))
})
