/**
 * What keepalived's log tells that nothing else does: that a reload was taken or refused, that the vrrp child was
 * replaced, that a check script changed its mind. The sentences are those of 2.2 and 2.3; one that changes in a later
 * version costs the event, never the service, since all that VRRP hangs on comes through the fifo and the process.
 */

/** A line, and what it means if it means anything to us. */
export interface LogLine {
  readonly message: string
  readonly level: 'info' | 'warn'
  readonly meaning: Meaning | null
}

export type Meaning =
  | { readonly kind: 'started' }
  | { readonly kind: 'alreadyRunning' }
  | { readonly kind: 'reloaded' }
  | { readonly kind: 'reloadRefused' }
  /** The vrrp child died; the line that tells of the next one follows. */
  | { readonly kind: 'childDied' }
  | { readonly kind: 'childStarted', readonly pid: number }
  | { readonly kind: 'state', readonly instance: string, readonly state: 'MASTER' | 'BACKUP' | 'FAULT' }
  | { readonly kind: 'check', readonly script: string, readonly healthy: boolean }
  /** An advert for our virtual router id came that a peer of ours would not send, or only for a moment. */
  | { readonly kind: 'foreignAdvert', readonly difference: string | null, readonly from: string | null }

/** `Mon Nov 23 09:22:46 2026: `, the time of `-l`; our own logger has a better one. */
const TIME = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}: /

const TROUBLE = /fail|error|unable|can'?not|cannot|could not|invalid|unknown|warning|died|missing|exited|not valid|timed? ?out|disabl/i

/** What keepalived 2.2 says of adverts that it rejects, each time that one comes. */
const FOREIGN: ReadonlyArray<readonly [line: RegExp, difference: string]> = [
  [/^\(.+\) received an invalid passwd!/, 'another password'],
  [/^\(.+\) received a \d+ auth, expecting \d+!/, 'a password on one side only'],
  [/^\(.+\) ip address associated with VRID \d+ not present in MASTER advert/, 'another VIP'],
  [/^\(.+\) advertisement interval mismatch/, 'another advert interval'],
  [/^\(.+\) wrong version\. Received \d+ and expect \d+/, 'another VRRP version']
]

/** Reads one line of keepalived's console log. */
export function parseLogLine (line: string): LogLine {
  const message = line.replace(TIME, '').trimEnd()
  const meaning = meaningOf(message)
  const troubled = meaning === null ? TROUBLE.test(message) : isTrouble(meaning)
  return { message, level: troubled ? 'warn' : 'info', meaning }
}

function meaningOf (message: string): Meaning | null {
  if (message === 'Startup complete') return { kind: 'started' }
  if (message === 'daemon is already running') return { kind: 'alreadyRunning' }
  if (message === 'Reload complete') return { kind: 'reloaded' }
  if (message.startsWith('New config failed validation')) return { kind: 'reloadRefused' }
  if (/^VRRP child process\(\d+\) died: Respawning/.test(message)) return { kind: 'childDied' }
  const child = /^Starting VRRP child process, pid=(\d+)$/.exec(message)
  if (child !== null) return { kind: 'childStarted', pid: Number(child[1]) }
  const entered = /^\((.+)\) Entering (MASTER|BACKUP|FAULT) STATE/.exec(message)
  if (entered !== null) return { kind: 'state', instance: entered[1] ?? '', state: asState(entered[2]) }
  const check = /^VRRP_Script\((.+?)\) (succeeded|failed|timed out|considered successful|considered unsuccessful)/.exec(message)
  if (check !== null) return { kind: 'check', script: check[1] ?? '', healthy: check[2] === 'succeeded' || check[2] === 'considered successful' }
  return foreignAdvertOf(message)
}

/** In unicast mode keepalived hears whatever is sent to this host, and never multicast. Only where it accepts an advert it tells the sender. */
function foreignAdvertOf (message: string): Meaning | null {
  const from = /^\(.+\) (?:Master received|Received) advert from (\S+) with (?:higher|lower) priority/.exec(message)?.[1]
  if (from !== undefined) return { kind: 'foreignAdvert', difference: null, from }
  const difference = FOREIGN.find(([line]) => line.test(message))?.[1]
  return difference === undefined ? null : { kind: 'foreignAdvert', difference, from: null }
}

function asState (word: string | undefined): 'MASTER' | 'BACKUP' | 'FAULT' {
  return word === 'MASTER' || word === 'BACKUP' ? word : 'FAULT'
}

function isTrouble (meaning: Meaning): boolean {
  if (meaning.kind === 'check') return !meaning.healthy
  if (meaning.kind === 'state') return meaning.state === 'FAULT'
  return meaning.kind === 'foreignAdvert' || meaning.kind === 'reloadRefused' || meaning.kind === 'alreadyRunning' || meaning.kind === 'childDied'
}
