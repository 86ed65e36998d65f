/**
 * The story that the demo tells, act by act: three hosts that know only the VIP become a group, a fourth joins, the
 * MASTER loses its power. Each act says what it measured; what breaks a promise is said too, and fails the demo.
 */
import type { StatusDocument } from '../../src/status/document.ts'
import { addMember, formed, holderAmong, type Member, startMember, VIP } from '../../test/lab/group.ts'
import type { Lab } from '../../test/lab/lab.ts'
import type { ProbeReport } from '../../test/lab/outage.ts'
import type { Probe } from '../../test/lab/probe.ts'
import type { Screen } from './screen.ts'

export interface Stage {
  readonly lab: Lab
  readonly screen: Screen
  /** Everyone who ever was on stage, in order. */
  readonly cast: Member[]
}

/** One line of the summary. */
export interface Finding {
  readonly text: string
  readonly good: boolean
}

/** Silence after which a BACKUP would have taken over: 3 adverts and the skew at 1 s, rounded up. Probes at 10 ms. */
const PROBES_TO_BE_SURE = 400

/** Plays all acts. @throws when an act does not come to its end */
export async function play (stage: Stage): Promise<Finding[]> {
  const formedIn = await threeForm(stage)
  const probe = await stage.lab.probe(VIP)
  await probe.answers(20)
  stage.screen.say(`a client pings ${VIP} every 10 ms from now on`)
  const joined = await aFourthJoins(stage, probe)
  const lost = await theMasterDies(stage, probe)
  await probe.stop()
  return [formedIn, joined, lost]
}

async function threeForm ({ lab, screen, cast }: Stage): Promise<Finding> {
  screen.heading(`Three hosts. Each is told KEEPALIVED_VIRTUAL_IPADDRESS_1=${VIP}/24, and nothing else.`)
  for (const name of ['alpha', 'beta', 'gamma']) await lab.addHost(name)
  const startedAtMs = Date.now()
  for (const host of lab.hosts.values()) {
    cast.push(await startMember(lab, host))
    screen.say(`${host.name} (${host.address}) starts`)
  }
  const [status] = await formed(lab, cast)
  const heldMs = (lab.timeline.of(VIP)[0]?.atMs ?? Number.NaN) - startedAtMs
  screen.say(`${holderAmong(lab, cast).host.name} holds ${VIP} since ${heldMs} ms after the start; all three list each other`)
  screen.say(`they agree on one order: ${orderOf(status)}`)
  const overlaps = lab.timeline.overlaps(VIP).length
  return { text: `three hosts form a group: one holder after ${heldMs} ms, two holders at once ${overlaps} times`, good: overlaps === 0 }
}

async function aFourthJoins ({ lab, screen, cast }: Stage, probe: Probe): Promise<Finding> {
  screen.heading('A fourth host, with the same one line.')
  const lostBefore = probe.report().lost
  const joinedAtMs = Date.now()
  const olds = [...cast]
  const newcomer = await addMember(lab, 'delta')
  cast.push(newcomer)
  screen.say(`delta (${newcomer.host.address}) starts`)
  const [status] = await formed(lab, cast)
  const listedMs = Math.max(...olds.map(({ lists }) => lists.listedAtMs(newcomer.host.address) ?? Number.NaN)) - newcomer.agent.startedAtMs
  screen.say(`every list has it ${listedMs} ms after its agent started; the order: ${orderOf(status)}`)
  await probe.answers(PROBES_TO_BE_SURE)
  const events = lab.timeline.of(VIP, joinedAtMs).length
  const lost = probe.report().lost - lostBefore
  screen.say(`meanwhile the VIP moved ${events} times and the client lost ${lost} pings`)
  return { text: `a fourth joins: in every list after ${listedMs} ms, VIP moved ${events} times, ${lost} pings lost`, good: events === 0 && lost === 0 }
}

async function theMasterDies ({ lab, screen, cast }: Stage, probe: Probe): Promise<Finding> {
  const master = holderAmong(lab, cast).host
  screen.heading(`The MASTER, ${master.name}, loses its power.`)
  const crashedAtMs = Date.now()
  const gapsBefore = probe.report().gaps.length
  await master.crash()
  screen.say(`${master.name} is gone`)
  const taker = await lab.until(() => lab.timeline.holders(VIP)[0], { what: 'another host to take the VIP' })
  screen.say(`${taker} takes ${VIP}`)
  await probe.answers(PROBES_TO_BE_SURE)
  const gapMs = Math.round(longestOf(probe.report(), gapsBefore))
  const takers = lab.timeline.of(VIP, crashedAtMs).filter(({ event }) => event === 'added').length
  screen.say(`the client was without an answer for ${gapMs} ms; ${takers} host took over`)
  return { text: `the MASTER crashes: ${taker} takes over, the client waits ${gapMs} ms`, good: takers === 1 }
}

/** The longest gap after the first `skip` ones, in milliseconds. */
function longestOf ({ gaps }: ProbeReport, skip: number): number {
  return Math.max(0, ...gaps.slice(skip).map(({ lengthMs }) => lengthMs))
}

function orderOf ({ members }: StatusDocument): string {
  return members.map(({ address, priority }) => `${address} (${priority})`).join(', ')
}
