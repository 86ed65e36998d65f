/**
 * What a restart should still know, in two files of JSON, written whole or not at all.
 *
 * `view.json` (state directory) is the last view with everybody's signed claims: whom to look for, and which number was
 * ours. `running.json` (run directory) describes the keepalived that runs now, so that the next agent can adopt it; it
 * means nothing after a reboot, and the run directory does not survive one.
 *
 * Neither is trusted: claims are verified like any others, and a file that cannot be used is as good as none, which is told.
 */
import { rename } from 'node:fs/promises'
import * as z from 'zod'
import type { Memory } from '../core/effect.ts'
import type { Conf } from '../core/event.ts'
import type { Claim, Envelope } from '../core/record.ts'
import { readPlain, writePlain } from '../host/plain-file.ts'
import type { Log } from '../log.ts'
import { jsonIn } from '../mesh/sealing.ts'
import { addressSchema, memberIdSchema, prefixSchema, specSchema } from '../mesh/statement.ts'

/** More than any table holds. */
const CLAIMS_MAX = 4096

const envelope = z.object({ payload: z.string(), signature: z.string() })

const digest = z.string().regex(/^[0-9a-f]{64}$/)

/** keepalived runs with it, so its password is known. */
const ranSchema = specSchema.refine(({ version, authPass }) => version === 3 || authPass !== null)

const viewSchema = z.object({
  schema: z.literal(1),
  incarnation: z.int().min(0),
  founder: memberIdSchema.nullable(),
  number: z.int().min(1).max(255).nullable(),
  spec: specSchema.nullable().default(null),
  envelopes: z.array(envelope).max(CLAIMS_MAX)
})

const confSchema = z.object({
  priority: z.int().min(1).max(255),
  claim: z.boolean(),
  source: addressSchema,
  peers: z.array(addressSchema),
  lists: z.array(memberIdSchema),
  spec: ranSchema,
  vips: z.array(prefixSchema)
})

const runningSchema = z.object({
  schema: z.literal(1),
  /** SHA-256 of the conf's text that keepalived runs, hex. */
  text: digest,
  conf: confSchema,
  prepared: z.object({ text: digest, conf: confSchema }).nullable().default(null),
  number: z.int().min(1).max(255),
  founder: memberIdSchema
})

export interface NotedConf {
  /** SHA-256 of its text. */
  readonly text: string
  readonly conf: Conf
}

/** The keepalived that runs now. */
export interface RunningNote extends NotedConf {
  /** What it will run after a change that the whole group makes at once: found on disk, it runs that. */
  readonly prepared: NotedConf | null
  readonly number: number
  readonly founder: string
}

/** Whether each part of it is in its range. */
export function isRunningNote (note: unknown): note is RunningNote {
  return runningSchema.omit({ schema: true }).safeParse(note).success
}

/** Checks one envelope of the file. */
export type Open = (envelope: Envelope) => { readonly ok: true, readonly claim: Claim } | { readonly ok: false }

/** What a file holds; null when there is none, or none that can be used: then `fault` says why. */
export interface Recalled<T> {
  readonly value: T | null
  readonly fault: string | null
}

/** What `read` finds in the file. One that cannot be used is put aside and told: the next one is written in its place. */
export async function recall <T> (path: string, read: (path: string) => Promise<Recalled<T>>, log: Log): Promise<T | null> {
  const { value, fault } = await read(path)
  if (fault === null) return value
  const keptAs = await rename(path, `${path}.corrupt`).then(() => `${path}.corrupt`, () => null)
  log.warn({ path, fault, keptAs }, 'what the last agent wrote down cannot be used: going on without it')
  return null
}

export async function readView (path: string, open: Open): Promise<Recalled<Memory>> {
  return await readJson(path, (text) => viewIn(text, open))
}

/** What the text of such a file says; null when it says nothing. */
export function viewIn (text: string, open: Open): Memory | null {
  const stored = viewSchema.safeParse(jsonIn(text)).data
  if (stored === undefined) return null
  const claims = stored.envelopes.flatMap((one) => {
    const opened = open(one)
    return opened.ok ? [opened.claim] : []
  })
  return { incarnation: stored.incarnation, founder: stored.founder, number: stored.number, spec: stored.spec, claims }
}

export async function writeView (path: string, { incarnation, founder, number, spec, claims }: Memory): Promise<void> {
  await writeJson(path, { schema: 1, incarnation, founder, number, spec, envelopes: claims.map((claim) => claim.envelope) })
}

export async function readRunning (path: string): Promise<Recalled<RunningNote>> {
  return await readJson(path, runningIn)
}

/** What the text of such a file says; null when it says nothing. */
export function runningIn (text: string): RunningNote | null {
  return runningSchema.safeParse(jsonIn(text)).data ?? null
}

export async function writeRunning (path: string, { text, conf, prepared, number, founder }: RunningNote): Promise<void> {
  await writeJson(path, { schema: 1, text, conf, prepared, number, founder })
}

async function readJson <T> (path: string, parse: (text: string) => T | null): Promise<Recalled<T>> {
  try {
    const text = await readPlain(path)
    if (text === null) return { value: null, fault: null }
    const value = parse(text)
    return { value, fault: value !== null ? null : text === '' ? 'empty' : 'not what an agent writes' }
  } catch (error) {
    return { value: null, fault: error instanceof Error ? error.message : String(error) }
  }
}

/** 0600: a view tells who is in the group, and a spec the password. @throws the file system's error */
async function writeJson (path: string, value: unknown): Promise<void> {
  await writePlain(path, `${JSON.stringify(value)}\n`, 0o600)
}
