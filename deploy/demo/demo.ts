/**
 * `npm run demo`: the product on this machine, with real keepalived, in network namespaces that leave nothing behind.
 * `--keep` holds the group open at the end, to look around in it, until Ctrl-C.
 */
import { once } from 'node:events'
import process from 'node:process'
import { setInterval as everyInterval } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { BUNDLE } from '../../test/lab/agent.ts'
import { type Member, VIP } from '../../test/lab/group.ts'
import { type Lab, openLab } from '../../test/lab/lab.ts'
import { enter } from '../../test/lab/program.ts'
import { createScreen, type Screen } from './screen.ts'
import { type Finding, play, type Stage } from './story.ts'
import { type Row, tableOf } from './table.ts'

const REDRAW_MS = 200

const { values: { keep } } = parseArgs({ options: { keep: { type: 'boolean', default: false } } })
const screen = createScreen(process.stdout)
const lab = await openLab()
const stage: Stage = { lab, screen, cast: [] }
const interrupted = once(process, 'SIGINT')
try {
  const drawing = new AbortController()
  const drawn = keepDrawing(stage, drawing.signal)
  const findings = await Promise.race([play(stage), interrupted.then(() => null)])
  if (findings !== null && keep) {
    tellHowToLookAround(stage)
    await interrupted
  }
  drawing.abort()
  await drawn
  screen.settle()
  if (findings === null) process.exitCode = 130
  else summarise(screen, findings)
} catch (error) {
  screen.settle()
  screen.say(`the demo failed: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  await lab.close()
}

/** Draws the table anew, a few times a second, until aborted. */
async function keepDrawing ({ lab: { hosts, timeline }, cast }: Stage, signal: AbortSignal): Promise<void> {
  try {
    for await (const _ of everyInterval(REDRAW_MS, null, { signal })) {
      const holders = timeline.holders(VIP)
      screen.draw(tableOf(await Promise.all(cast.map(member => rowOf(member, hosts, holders)))))
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

async function rowOf ({ host, agent, lists }: Member, hosts: Lab['hosts'], holders: readonly string[]): Promise<Row> {
  const on = hosts.has(host.name)
  return { host: host.name, address: host.address, on, status: on ? await agent.status() : null, peers: lists.now(), holds: holders.includes(host.name) }
}

function tellHowToLookAround ({ lab: { hosts }, cast }: Stage): void {
  screen.heading('The group stays open until Ctrl-C. To look around, in another terminal:')
  for (const { host } of cast.filter(member => hosts.has(member.host.name))) {
    screen.note(`${host.name}: ${enter(host.pid, [process.execPath, BUNDLE, 'status']).join(' ')}`)
  }
  screen.note('Any other command works there too: ip address; cat /etc/keepalived/keepalived.conf; bash')
}

function summarise (to: Screen, findings: readonly Finding[]): void {
  to.heading('Summary')
  for (const { text, good } of findings) to.note(`${good ? 'ok    ' : 'NOT OK'}  ${text}`)
  if (findings.some(({ good }) => !good)) process.exitCode = 1
}
