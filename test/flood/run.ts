/**
 * Floods the mesh port of a MASTER's agent, and reports what its group noticed: nothing, or this fails.
 *
 *   node run.ts [PER_SECOND [SECONDS [WAY...]]]     1000 a second for 30 s by default, each way of attacker.ts in turn
 */
import { execPath, argv } from 'node:process'
import { join } from 'node:path'
import { startProbe } from '../lab/probe.ts'
import { formed, holderAmong, type Member, ONLY_THE_VIP, startMember, VIP } from '../lab/group.ts'
import { type Lab, openLab } from '../lab/lab.ts'
import { createPulse } from './pulse.ts'

const [, , perSecond = '1000', seconds = '30', ...ways] = argv
const ENV = { ...ONLY_THE_VIP, KEEPALIVED_MESH_SECRET: 'a secret that no flood knows' }
const ATTACKER = join(import.meta.dirname, 'attacker.ts')
const MEMORY_MAX_MIB = 20
const PORT = '11201'

async function flood (lab: Lab, members: readonly Member[], way: string): Promise<readonly string[]> {
  const master = holderAmong(lab, members)
  const attacker = lab.hosts.get('attacker') ?? await lab.addHost('attacker')
  if (way === 'manyAddresses') {
    for (let last = 100; last < 180; last++) await attacker.exec('ip', 'address', 'add', `10.10.0.${last}/24`, 'dev', 'eth0')
  }
  const events = lab.timeline.of(VIP).length
  const probe = await startProbe((await lab.client()).pid, VIP, lab.changes)
  await probe.answers(100)
  const pulse = await createPulse(master, members)
  const said = await attacker.exec(execPath, ATTACKER, way, master.host.address, PORT, perSecond, seconds)
  const { memoryMiB, processor, adverts, disagreements } = await pulse.ends()
  const { lost } = await probe.stop()
  const moved = lab.timeline.of(VIP).length - events
  console.log(`${way}: ${said.trim()}`)
  console.log(`  agent: +${memoryMiB.toFixed(1)} MiB at most, ${processor.toFixed(0)} % of a processor; VIP events ${moved}, lost pings ${lost}; adverts ${JSON.stringify(adverts)}; looks at which a member's view was another: ${disagreements}`)
  return [
    ...memoryMiB > MEMORY_MAX_MIB ? [`${way}: ${memoryMiB.toFixed(1)} MiB more memory`] : [],
    ...moved + lost > 0 ? [`${way}: ${moved} VIP events, ${lost} lost pings`] : [],
    ...adverts.some(({ missed }) => missed > 0) ? [`${way}: adverts were missed`] : [],
    ...disagreements > 0 ? [`${way}: the view changed`] : []
  ]
}

const lab = await openLab()
try {
  const members: Member[] = []
  for (const name of ['one', 'two', 'three']) members.push(await startMember(lab, await lab.addHost(name), ENV))
  await formed(lab, members)
  const faults: string[] = []
  for (const way of ways.length > 0 ? ways : ['wrongSecret', 'silent', 'unfinished', 'manyAddresses']) faults.push(...await flood(lab, members, way))
  for (const fault of faults) console.error(fault)
  process.exitCode = faults.length === 0 ? 0 : 1
} finally {
  await lab.close()
}
