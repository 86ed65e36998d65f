/**
 * The grammar of statements that come from outside. Every field has a range or a grammar of its own and is rebuilt
 * from the parsed value, so that nothing else of what a remote sends can reach the core, a log or the conf (I7).
 * Keys that this version does not know are dropped: a newer agent of the same major may send more. What a record
 * means, and whether it may be believed, is for the core.
 */
import * as z from 'zod'
import { canonicalAddressOf, canonicalPrefixOf, addressLengthMax } from './address.ts'
import { unreachableReason } from '../config/address.ts'
import { authPass, authPassLengthMax } from '../config/auth-pass.ts'
import { LISTS_TOLD_MAX, REASON_MAX } from '../core/announce.ts'
import { PARTING_MAX } from '../core/parting.ts'
import { COUNTER_MAX as counterMax } from '../core/record.ts'
import { MEMBERS_MAX } from '../core/room.ts'
import { VIPS_TOLD_MAX } from '../core/vips.ts'
import type { Address, GroupSpec, MemberRecord, Statement, Tombstone } from '../core/record.ts'

/** Most ids in `lists` and in `gone`. */
export const listsMax = LISTS_TOLD_MAX

/** Most VIPs besides the first that one member tells of. */
export const vipsMax = VIPS_TOLD_MAX

/** base58btc of an identity multihash of a protobuf Ed25519 key: a constant head, 44 characters of key. */
export const memberIdSchema = z.string().regex(/^12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/)

/** Hex or base64 of at most 512 bits. */
export const digestSchema = z.string().regex(/^[A-Za-z0-9+/=_:-]{0,128}$/)

export const addressSchema = z.string().max(addressLengthMax).transform((text, context): Address =>
  canonicalAddressOf(text) ?? refuse(context, 'expected an IP address'))

/** Of a VIP: what no host could answer for would have the conf refused of everybody who takes it over. */
export const prefixSchema = z.string().max(addressLengthMax + 4).transform((text, context): string => {
  const prefix = canonicalPrefixOf(text)
  if (prefix === null) return refuse(context, 'expected an IP address with its prefix length')
  return unreachableReason(prefix.split('/')[0] ?? '') === null ? prefix : refuse(context, 'expected the address of a host')
})

/** Text for people: printable, so that it can neither break a log line nor steer a terminal. */
const textSchema = (lengthMax: number): z.ZodString => z.string().max(lengthMax).regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u)

const macSchema = z.string().regex(/^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/)

/** What an older agent does not say has the value that it would have meant. */
export const specSchema = z.object({
  virtualRouterId: z.int().min(1).max(255),
  version: z.union([z.literal(2), z.literal(3)]),
  advertInt: z.number().min(0.01).max(255),
  virtualIpaddress: prefixSchema,
  authDigest: digestSchema,
  authPass: authPass.max(authPassLengthMax).nullable().default(null),
  revision: z.int().min(0).max(counterMax).default(0),
  epoch: z.int().min(0).max(counterMax).default(0)
}) satisfies z.ZodType<GroupSpec>

const recordSchema = z.object({
  kind: z.literal('member'),
  id: memberIdSchema,
  incarnation: z.int().min(1).max(counterMax),
  sequence: z.int().min(0).max(counterMax),
  address: addressSchema,
  port: z.int().min(1).max(65535),
  mac: macSchema.nullable(),
  phase: z.enum(['discovering', 'joining', 'active', 'leaving', 'standby', 'blocked']),
  reason: textSchema(REASON_MAX).nullable(),
  founder: memberIdSchema.nullable(),
  number: z.int().min(1).max(255).nullable(),
  pinned: z.int().min(1).max(255).nullable(),
  vrrpState: z.enum(['MASTER', 'BACKUP', 'FAULT', 'STOP']),
  appliedPriority: z.int().min(1).max(255).nullable(),
  effectivePriority: z.int().min(0).max(255).nullable(),
  lists: z.array(memberIdSchema).max(listsMax),
  peers: z.array(addressSchema).max(listsMax),
  gone: z.array(memberIdSchema).max(listsMax),
  rival: macSchema.nullable().default(null),
  tombstones: digestSchema,
  spec: specSchema.nullable(),
  proposed: specSchema.nullable().optional(),
  prepared: digestSchema.nullable().default(null),
  vips: z.array(prefixSchema).max(vipsMax).default([]),
  software: textSchema(64)
}).transform((record) => ({ ...record, proposed: record.proposed === undefined ? record.spec : record.proposed })) satisfies z.ZodType<MemberRecord>

const tombstoneSchema = z.object({
  kind: z.literal('tombstone'),
  id: memberIdSchema,
  incarnation: z.int().min(1).max(counterMax),
  departure: z.enum(['left', 'forgotten', 'superseded', 'removed']),
  issuer: memberIdSchema,
  serial: z.int().min(0).max(counterMax).default(0)
}).refine(({ departure, id, issuer }) => departure !== 'left' || id === issuer, 'expected a leave to be signed by who leaves') satisfies z.ZodType<Tombstone>

const statementSchema = z.union([recordSchema, tombstoneSchema]) satisfies z.ZodType<Statement>

if (MEMBERS_MAX + PARTING_MAX > listsMax) throw new Error('a record must be able to list a whole table')

/** The statement in a parsed JSON value, rebuilt; null when the value is none. */
export function statementIn (value: unknown): Statement | null {
  return statementSchema.safeParse(value).data ?? null
}

/** What is wrong with a statement of our own making; null when nothing is. */
export function defectOf (statement: Statement): string | null {
  const schema = statement.kind === 'member' ? recordSchema : tombstoneSchema
  const { error } = schema.safeParse(statement)
  return error === undefined ? null : z.prettifyError(error)
}

function refuse (context: z.core.$RefinementCtx<string>, message: string): never {
  context.addIssue({ code: 'custom', message })
  return z.NEVER
}
