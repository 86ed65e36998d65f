/**
 * The document that `status --json`, the control socket and HTTP all show: what the core decided, joined with what
 * only the shell knows (keepalived's process, the mode, the version). A host without a mesh has no core; it shows
 * itself alone, in the same form.
 *
 * Read by programs of other people, so a field may be added and never removed or given another meaning.
 */
import * as z from 'zod'
import type { Status } from '../core/status.ts'

const vrrpState = z.enum(['MASTER', 'BACKUP', 'FAULT', 'STOP'])

const member = z.object({
  /** Null on a host without a mesh, which has no identity. */
  id: z.string().nullable(),
  /** Null while the host has none. */
  address: z.string().nullable(),
  state: z.enum(['joining', 'active', 'lost', 'leaving', 'standby', 'blocked']),
  priority: z.number().nullable(),
  vrrpState,
  /** Ids in the conf that its keepalived runs. */
  lists: z.array(z.string()),
  software: z.string(),
  /** Its priority is below the one in its conf: a check, or an interface that it tracks, fails there. */
  lowered: z.boolean().optional(),
  /** Whether a stream to it is open; null: it is this host. */
  linked: z.boolean().nullable().optional(),
  /** Milliseconds, of the last question that it answered. */
  roundTripMs: z.number().nullable().optional()
})

const spec = z.object({
  version: z.number(),
  advertInt: z.number(),
  virtualIpaddress: z.string(),
  revision: z.number(),
  /** Of all that must be the same, the password too. */
  digest: z.string()
})

export const documentSchema = z.object({
  version: z.string(),
  mode: z.enum(['passthrough', 'static', 'union', 'mesh']),
  group: z.object({ name: z.string(), virtualRouterId: z.number() }).nullable(),
  self: member,
  phase: z.enum(['discovering', 'joining', 'active', 'leaving', 'standby', 'blocked']),
  /** Why there is no progress, for people. */
  waitingFor: z.string().nullable(),
  /** With prefix lengths, the one that adverts carry first. */
  vip: z.array(z.string()),
  /** What the members share: what this host runs with, what its environment brings, what the group is about to change to. Missing without a mesh. */
  spec: z.object({
    current: spec.nullable(),
    brought: spec.nullable(),
    target: spec.nullable(),
    /** Who keeps the group from changing, and what it lacks. */
    missing: z.array(z.object({ id: z.string(), address: z.string(), lacks: z.enum(['proposal', 'preparation', 'life']) })).readonly()
  }).optional(),
  /** Address of the member that holds the VIP. */
  holder: z.string().nullable(),
  /** By priority, highest first; includes this host. Empty without a mesh. */
  members: z.array(member),
  /** Of members, order and priorities. */
  digest: z.string(),
  agreed: z.boolean(),
  /** Whether keepalived runs the conf that is wanted. */
  applied: z.boolean(),
  keepalived: z.object({
    pid: z.number().nullable(),
    vrrpState,
    /** Since the agent started. */
    reloads: z.number()
  }),
  /** The check of the kube-apiserver on this host; null: there is none, or no result yet. */
  check: z.enum(['passing', 'failing']).nullable(),
  /** `at`: RFC 3339. */
  lastReload: z.object({ at: z.string(), why: z.string() }).nullable(),
  alarms: z.array(z.string()),
  /** What has been so for how long since the agent started, in milliseconds, as far as this host was told. Missing without a mesh. */
  tally: z.object({
    viewAgeMs: z.number(),
    viewChanges: z.number(),
    /** From the last change of the view until all agreed; null while they do not. */
    agreementLagMs: z.number().nullable(),
    severalMastersMs: z.number(),
    noMasterMs: z.number()
  }).optional(),
  /** Since the agent started, by the state that was entered, why, and result. */
  counts: z.object({
    transitions: z.record(z.string(), z.number()),
    reloads: z.record(z.string(), z.number()),
    checkResults: z.record(z.string(), z.number())
  }).optional()
})

export type StatusDocument = z.infer<typeof documentSchema>

/** What the shell adds to the core's status. */
export interface ShellFacts extends Pick<StatusDocument, 'version' | 'mode' | 'group' | 'vip' | 'keepalived' | 'check' | 'lastReload' | 'counts'> {
  /** Own source address and the priority in the conf: all that there is to say of self without a core. */
  readonly self: Pick<StatusDocument['self'], 'address' | 'priority'>
  /** What is wrong that no core tells. */
  readonly alarms?: readonly string[]
}

/** The whole document; `status` is null where no core runs (static and passthrough mode). */
export function documentOf (status: Status | null, facts: ShellFacts): StatusDocument {
  return { ...facts, ...(status === null ? alone(facts) : decided(status, facts)) }
}

/**
 * Whether this host does its part: keepalived runs, or nobody wants it to yet (a host that joins or stands by is well).
 * The exit code of `status` says this, and so the health check of the image.
 */
export function isWell ({ phase, keepalived }: StatusDocument): boolean {
  return phase !== 'blocked' && !(phase === 'active' && keepalived.pid === null)
}

type Decided = Omit<StatusDocument, Exclude<keyof ShellFacts, 'self' | 'alarms'>>

function decided (status: Status, { alarms = [] }: ShellFacts): Decided {
  const members = status.members.toSorted((a, b) => (b.priority ?? 0) - (a.priority ?? 0))
  return { ...status, self: shownMember(status.self), members: members.map(shownMember), alarms: [...status.alarms, ...alarms] }
}

function shownMember ({ id, address, state, priority, vrrpState: vrrp, lists, software, isLowered, linked, roundTripMs }: Status['self']): StatusDocument['self'] {
  return { id, address, state, priority, vrrpState: vrrp, lists: [...lists], software, lowered: isLowered, linked, roundTripMs }
}

/** Alarms while keepalived runs mean that it runs something else than what is wanted; without it, they are why. */
function alone ({ self: { address, priority }, version, keepalived: { pid, vrrpState: vrrp }, alarms = [] }: ShellFacts): Decided {
  const phase = pid !== null ? 'active' : alarms.length > 0 ? 'blocked' : 'joining'
  return {
    self: { id: null, address, state: phase, priority, vrrpState: vrrp, lists: [], software: version },
    phase,
    waitingFor: phase === 'active' ? null : alarms[0] ?? 'keepalived to start',
    holder: vrrp === 'MASTER' ? address : null,
    members: [],
    digest: '',
    agreed: true,
    applied: phase === 'active' && alarms.length === 0,
    alarms: [...alarms]
  }
}
