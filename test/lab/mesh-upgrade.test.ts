// The agent is replaced under a keepalived that runs: by a newer bundle, and by the launcher of the container.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { COMMAND } from './agent.ts'
import { watchCalm } from './calm.ts'
import { formed, holderAmong, type Member, ONLY_THE_VIP, startMember, startMembers, VIP } from './group.ts'
import type { Host } from './host.ts'
import { openLab } from './lab.ts'
import { knownAsNewer, startNewer } from './newer.ts'
import { childOf, signalIfThere } from './program.ts'
import { openTrio } from './trio.ts'

const LAUNCHER = join(import.meta.dirname, '../../deploy/docker/launcher.sh')
/** A process namespace of its own, as a container's: when the launcher ends, the kernel ends everything in it. */
const AS_FIRST_PROCESS = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', LAUNCHER]

async function keepalivedOf ({ agent }: Member): Promise<number | null | undefined> {
  return (await agent.status())?.keepalived.pid
}

test('detach and a newer bundle, host after host: the same keepaliveds, no reload', async t => {
  const { lab, members, master, backups } = await openTrio(t)
  const calm = await watchCalm(lab)
  const upgraded = new Map<Member, Member>()
  const now = (): Member[] => members.map(member => upgraded.get(member) ?? member)
  for (const member of [...backups, master]) {
    const pid = await keepalivedOf(member)
    await member.agent.command('detach')
    await lab.until(() => member.agent.exit() !== null, { what: 'the old agent to end' })
    assert.equal(member.agent.exit()?.code, 0)
    const successor = await startNewer(lab, member.host)
    upgraded.set(member, successor)
    await knownAsNewer(lab, now(), successor)
    await formed(lab, now())
    assert.equal(await keepalivedOf(successor), pid, 'another keepalived')
    assert.equal((await successor.agent.status())?.keepalived.reloads, 0)
    await calm.lasts(`${member.host.name} is upgraded`, 200)
  }
  await calm.ends()
})

/** The agent among the processes of a host, as seen from inside; null while there is none. */
function agentOn ({ pid }: Host): string | null {
  const proc = `/proc/${pid}/root/proc`
  return readdirSync(proc).find(name => /^\d+$/.test(name) && /keepalived-mesh\.js\0run/.test(commandLineOf(join(proc, name)))) ?? null
}

function commandLineOf (path: string): string {
  try {
    return readFileSync(join(path, 'cmdline'), 'utf8')
  } catch {
    return ''
  }
}

test('the launcher as process 1: a crash of the agent, and detach, leave keepalived alone; SIGTERM hands the VIP over', async t => {
  const lab = await openLab()
  t.after(lab.close)
  const host = await lab.addHost('contained')
  await host.write('/run/bin/keepalived-mesh', `#!/bin/sh\nexec ${COMMAND.join(' ')} "$@"\n`)
  await host.exec('chmod', '+x', '/run/bin/keepalived-mesh')
  const contained = await startMember(lab, host, { ...ONLY_THE_VIP, PATH: `/run/bin:${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` }, AS_FIRST_PROCESS)
  await lab.until(() => lab.timeline.holders(VIP).length === 1, { what: 'it to hold the VIP' })
  const members = [contained, ...await startMembers(lab, ['one', 'two'])]
  await formed(lab, members)
  assert.equal(holderAmong(lab, members), contained)
  const calm = await watchCalm(lab)
  const pid = await keepalivedOf(contained)

  for (const how of ['crash', 'detach']) {
    const before = agentOn(host)
    if (how === 'crash') await host.exec('kill', '-9', before ?? '')
    else await contained.agent.command('detach')
    await lab.until(() => ![before, null].includes(agentOn(host)), { what: 'the launcher to start another agent' })
    await formed(lab, members)
    assert.equal(await keepalivedOf(contained), pid, 'another keepalived')
    await calm.lasts(how)
  }
  await calm.ends()

  signalIfThere(childOf(contained.agent.pid), 'SIGTERM')
  await lab.until(() => contained.agent.exit() !== null, { what: 'the launcher to end' })
  assert.equal(contained.agent.exit()?.code, 0)
  assert.equal(await host.exec('ip', '-o', 'address', 'show', 'to', VIP), '')
  await formed(lab, members.filter(member => member !== contained))
})
