// The agent of the MASTER dies, and the next one finds its files in bad order: the VIP stays where it is, and each loss is told in a line.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { watchCalm } from './calm.ts'
import { formed, ONLY_THE_VIP, startMember, type Member } from './group.ts'
import type { Host } from './host.ts'
import { openTrio } from './trio.ts'

interface Fault {
  readonly what: string
  readonly strike: (host: Host) => Promise<unknown>
  /** Messages of the log that must tell of it, each once. */
  readonly told: readonly RegExp[]
  /** An alarm in its status, as long as it lasts. */
  readonly alarm?: RegExp
}

const RUN = '/run/keepalived-mesh'
const STATE = '/var/lib/keepalived-mesh'
const sh = (script: string) => async (host: Host): Promise<unknown> => await host.exec('sh', '-c', script)

const FAULTS: readonly Fault[] = [
  { what: 'the conf is cut off', strike: sh('truncate -s 100 /etc/keepalived/keepalived.conf'), told: [/^the conf on the disk was not the one/] },
  { what: 'what was noted of keepalived is cut off', strike: sh(`truncate -s 40 ${RUN}/running.json`), told: [/^what the last agent wrote down/, /made anew from its conf/] },
  { what: 'it is garbage, and a write was cut short', strike: sh(`head -c 4096 /dev/urandom > ${RUN}/running.json; echo half > ${RUN}/running.json.next`), told: [/^what the last agent wrote down/, /made anew from its conf/] },
  { what: 'what was noted of keepalived is gone, and the last view with it', strike: sh(`rm ${RUN}/running.json ${STATE}/view.json`), told: [/made anew from its conf/] },
  { what: 'the last view is garbage, and a directory stands for the identity', strike: sh(`echo '{"schema":' > ${STATE}/view.json; rm ${STATE}/identity.json; mkdir ${STATE}/identity.json`), told: [/^what the last agent wrote down/, /put aside/] },
  { what: 'links to a file of somebody\'s stand for our own', strike: sh(`for name in running.json priority.offset keepalived.log; do ln -sf /etc/keepalived/other ${RUN}/$name; done; echo theirs > /etc/keepalived/other`), told: [/made anew from its conf/] },
  { what: 'files belong to somebody else', strike: sh(`chown nobody ${RUN}/running.json ${STATE}/identity.json ${STATE} ${RUN}; chmod 777 ${STATE} ${RUN}`), told: [/made anew from its conf/] },
  { what: 'the state directory is read-only', strike: sh(`mount --bind ${STATE} ${STATE}; mount -o remount,bind,ro ${STATE}`), told: [/^the state directory cannot be used/], alarm: /EROFS/ },
  { what: 'the run directory is full', strike: sh(`umount ${STATE}; dd if=/dev/zero of=/run/ballast bs=4k 2>/dev/null; true`), told: [/^the run directory is full/] }
]

test('files in bad order: the agent starts, keepalived runs on, and what was lost is told', async t => {
  const trio = await openTrio(t)
  const { lab } = trio
  let members: readonly Member[] = trio.members
  let { master } = trio
  // A small disk, so that it can be filled.
  await master.host.exec('mount', '-o', 'remount,size=4m', '/run')
  const pid = (await master.agent.status())?.keepalived.pid
  const calm = await watchCalm(lab)
  for (const { what, strike, told, alarm } of FAULTS) {
    await master.agent.kill()
    await strike(master.host)
    const successor = await startMember(lab, master.host, ONLY_THE_VIP)
    members = members.map(member => member === master ? successor : member)
    master = successor
    await formed(lab, members)
    const tellings = (line: RegExp): number => successor.agent.log.filter(({ level, msg }) => level !== 'info' && line.test(msg)).length
    await lab.until(() => told.every((line) => tellings(line) > 0), { what: `${what}: to be told`, state: () => successor.agent.log })
    for (const line of told) assert.equal(tellings(line), 1, `${what}: ${line.source}`)
    const status = await successor.agent.status()
    assert.equal(status?.keepalived.pid, pid, what)
    if (alarm !== undefined) assert.match(status?.alarms.join() ?? '', alarm)
    await calm.lasts(what, 100)
  }
  assert.equal(await master.host.read('/etc/keepalived/other'), 'theirs\n')
  await master.host.exec('rm', '/run/ballast')
  await calm.ends()
})
