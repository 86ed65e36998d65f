/**
 * The status document as a person reads it: who holds the VIP first, then the members in the order in which they would
 * take it, then what is wrong. A group that is well fills one screen and shows no colour but green.
 */
import type { StatusDocument } from '../status/document.ts'
import type { Paint, Style } from './paint.ts'

type Member = StatusDocument['self']

/** The text of `status`: several lines, no line feed at the end. */
export function tableOf (document: StatusDocument, paint: Paint): string {
  return [
    ...headLines(document, paint),
    ...memberLines(document, paint),
    ...footLines(document, paint)
  ].join('\n')
}

function headLines ({ version, mode, group, phase, waitingFor, vip, holder, self }: StatusDocument, paint: Paint): readonly string[] {
  const groupName = group === null ? '' : `group ${group.name}, virtual router ${group.virtualRouterId} · `
  const held = holder === null
    ? paint('yellow', mode === 'mesh' || mode === 'union' ? 'held by nobody that this host knows' : 'not held by this host')
    : `held by ${paint('bold', holder)}${holder === self.address ? ' (this host)' : ''}`
  return [
    `keepalived-mesh ${version} · ${mode} · ${groupName}${paint(phaseStyles[phase], phase)}`,
    `VIP ${vip.length === 0 ? 'not known yet' : `${vip.join(', ')} ${held}`}`,
    ...(waitingFor === null ? [] : [paint('yellow', `waiting: ${waitingFor}`)])
  ]
}

const phaseStyles: Readonly<Record<StatusDocument['phase'], Style>> = {
  discovering: 'yellow', joining: 'yellow', active: 'green', leaving: 'yellow', standby: 'dim', blocked: 'red'
}

const stateStyles: Readonly<Record<Member['state'], Style>> = {
  joining: 'yellow', active: 'green', lost: 'red', leaving: 'yellow', standby: 'dim', blocked: 'red'
}

const titles = ['', 'ADDRESS', 'PRIORITY', 'STATE', 'VRRP', 'LISTS', 'MEMBER']

function memberLines (document: StatusDocument, paint: Paint): readonly string[] {
  const { members, self } = document
  if (members.length === 0) return []
  const rows = members.map(member => [
    member.id === self.id ? '*' : '',
    member.address ?? '-',
    member.priority === null ? '-' : `${member.priority}${member.lowered === true ? ', lowered' : ''}`,
    member.state,
    member.vrrpState,
    listsOf(member, members),
    shortId(member.id)
  ])
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map(row => row[column]?.length ?? 0)))
  const lines = rows.map((row, index) => lineOf(row, widths, members[index]?.state, paint))
  return ['', paint('dim', lineOf(titles, widths, undefined, paint)), ...lines]
}

/** Widths count characters, so a cell is padded first and painted after. */
function lineOf (cells: readonly string[], widths: readonly number[], state: Member['state'] | undefined, paint: Paint): string {
  const padded = cells.map((cell, column) => cell.padEnd(widths[column] ?? 0))
  const painted = padded.map((cell, column) => {
    if (state !== undefined && titles[column] === 'STATE') return paint(stateStyles[state], cell)
    return titles[column] === 'VRRP' && cell.startsWith('MASTER') ? paint('bold', cell) : cell
  })
  return painted.join('  ').trimEnd()
}

/** Whether its keepalived lists everyone that it should, or who is missing. */
function listsOf (member: Member, members: readonly Member[]): string {
  const missing = members.filter(({ id, state }) =>
    id !== null && id !== member.id && !member.lists.includes(id) && (state === 'active' || state === 'lost'))
  if (missing.length === 0) return 'all'
  if (missing.length === members.length - 1) return 'none'
  return `all but ${missing.map(({ address }) => address ?? '?').join(', ')}`
}

/** Peer ids of one kind begin alike (`12D3KooW`), so the end tells them apart. */
function shortId (id: string | null): string {
  return id === null ? '-' : `…${id.slice(-8)}`
}

function footLines ({ spec, digest, agreed, applied, keepalived, check, lastReload, alarms, members }: StatusDocument, paint: Paint): readonly string[] {
  const daemon = keepalived.pid === null ? paint('yellow', 'not running') : `pid ${keepalived.pid}, ${keepalived.vrrpState}`
  const why = lastReload === null ? '' : `, last at ${lastReload.at}: ${lastReload.why}`
  return [
    '',
    `keepalived: ${daemon}, ${keepalived.reloads} reloads${why}`,
    ...(check === null ? [] : [`apiserver check: ${check === 'passing' ? paint('green', check) : paint('red', check)}`]),
    ...(members.length === 0 ? [] : [`view: ${digest.slice(0, 12)}, ${agreed ? paint('green', 'agreed') : paint('yellow', 'not agreed yet')}`]),
    ...settingsLines(spec, paint),
    ...(applied ? [] : [paint('yellow', 'the conf that is wanted is not the one that keepalived runs yet')]),
    ...alarms.map(alarm => paint('red', `alarm: ${alarm}`))
  ]
}

const lacks = {
  proposal: 'brings others',
  preparation: 'has not stored them yet',
  life: 'is lost: bring it back, or forget it'
} as const

/** Only while what the members share is about to change, or would if all proposed it. */
function settingsLines (spec: StatusDocument['spec'], paint: Paint): readonly string[] {
  const { target = null, brought = null, current = null, missing = [] } = spec ?? {}
  const next = target ?? (brought !== null && brought.digest !== current?.digest ? brought : null)
  if (next === null) return []
  const { virtualIpaddress, version, advertInt } = next
  const who = missing.map(member => `${member.address} (${lacks[member.lacks]})`).join(', ')
  return [paint('yellow', `next settings: first VIP ${virtualIpaddress}, VRRP version ${version}, interval ${advertInt} s${who === '' ? '' : `; missing: ${who}`}`)]
}
