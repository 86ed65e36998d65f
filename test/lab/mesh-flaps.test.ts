// A host that crashes and returns each few seconds, or leaves and returns: what it costs the others is bounded.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { watchCalm } from './calm.ts'
import { addMember, formed, type Member, startMember } from './group.ts'
import type { Lab } from './lab.ts'
import { report } from './report.ts'
import { openTrio } from './trio.ts'

/** As the README states it, for each minute and each host that comes and goes. */
const RELOADS_MAX = 4

async function isIn (lab: Lab, { agent, host }: Member): Promise<void> {
  await lab.until(async () => (await agent.status())?.phase === 'active', { what: `${host.name} to be in`, ceilingMs: 60_000, state: () => agent.log.slice(-4) })
}

test('a host that comes and goes, with its disk, without it, and with a farewell each time', async t => {
  const { lab, members } = await openTrio(t)
  const reloads = async (): Promise<number[]> => await Promise.all(members.map(async ({ agent }) => (await agent.status())?.keepalived.reloads ?? Number.NaN))
  const before = await reloads()
  const sinceMs = Date.now()
  const calm = await watchCalm(lab)
  let flapper = await addMember(lab, 'four')
  await isIn(lab, flapper)
  for (const isWiped of [false, true, false, true]) {
    await flapper.host.crash()
    if (isWiped) await lab.wipe('four')
    flapper = await addMember(lab, 'four')
    await isIn(lab, flapper)
  }
  await calm.lasts('four crashes', 100)
  const crashes = (await reloads()).map((count, index) => count - (before[index] ?? Number.NaN))
  assert.ok(Math.max(...crashes) <= 1, `four crashes and returns cost ${crashes.join()} reloads`)

  for (let i = 0; i < 5; i++) {
    await flapper.agent.stop()
    flapper = await startMember(lab, flapper.host)
    await isIn(lab, flapper)
  }
  await formed(lab, [...members, flapper])
  await calm.lasts('five leaves', 100)
  const all = (await reloads()).map((count, index) => count - (before[index] ?? Number.NaN))
  const minutes = Math.ceil((Date.now() - sinceMs) / 60_000)
  assert.ok(Math.max(...all) <= RELOADS_MAX * minutes, `it cost ${all.join()} reloads in ${minutes} min`)
  await report('a host came and went nine times in a minute: reloads of each other host', Math.max(...all), 'count')
  await calm.ends()
})
