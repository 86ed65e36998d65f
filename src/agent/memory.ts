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

const envelope = z.object({ payload: z.string(), signature: z.string() })

const specSchema = z.object({
  virtualRouterId: z.int().min(1).max(255),
  version: z.union([z.literal(2), z.literal(3)]),
  advertInt: z.number(),
  virtualIpaddress: z.string(),
  authDigest: z.string(),
  authPass: z.string().nullable(),
  revision: z.int(),
  epoch: z.int()
})

const viewSchema = z.object({
  schema: z.literal(1),
  incarnation: z.int().min(0),
  founder: z.string().nullable(),
  number: z.int().min(1).max(255).nullable(),
  spec: specSchema.nullable().default(null),
  envelopes: z.array(envelope)
})

const confSchema = z.object({
  priority: z.int().min(1).max(255),
  claim: z.boolean(),
  source: z.string(),
  peers: z.array(z.string()),
  lists: z.array(z.string()),
  spec: specSchema,
  vips: z.array(z.string())
})

const runningSchema = z.object({
  schema: z.literal(1),
  /** SHA-256 of the conf's text that keepalived runs, hex. */
  text: z.string(),
  conf: confSchema,
  prepared: z.object({ text: z.string(), conf: confSchema }).nullable().default(null),
  number: z.int().min(1).max(255),
  founder: z.string()
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
  const { value: stored, fault } = await readJson(path, viewSchema)
  if (stored === null) return { value: null, fault }
  const claims = stored.envelopes.flatMap((one) => {
    const opened = open(one)
    return opened.ok ? [opened.claim] : []
  })
  return { value: { incarnation: stored.incarnation, founder: stored.founder, number: stored.number, spec: stored.spec, claims }, fault }
}

export async function writeView (path: string, { incarnation, founder, number, spec, claims }: Memory): Promise<void> {
  await writeJson(path, { schema: 1, incarnation, founder, number, spec, envelopes: claims.map((claim) => claim.envelope) })
}

export async function readRunning (path: string): Promise<Recalled<RunningNote>> {
  return await readJson(path, runningSchema)
}

export async function writeRunning (path: string, { text, conf, prepared, number, founder }: RunningNote): Promise<void> {
  await writeJson(path, { schema: 1, text, conf, prepared, number, founder })
}

async function readJson <T> (path: string, schema: z.ZodType<T>): Promise<Recalled<T>> {
  try {
    const text = await readPlain(path)
    if (text === null) return { value: null, fault: null }
    const read = schema.safeParse(parseJson(text))
    return read.success ? { value: read.data, fault: null } : { value: null, fault: text === '' ? 'empty' : 'not what an agent writes' }
  } catch (error) {
    return { value: null, fault: error instanceof Error ? error.message : String(error) }
  }
}

/** Undefined, which no JSON text gives, when it is none. */
function parseJson (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** 0600: a view tells who is in the group, and a spec the password. @throws the file system's error */
async function writeJson (path: string, value: unknown): Promise<void> {
  await writePlain(path, `${JSON.stringify(value)}\n`, 0o600)
}
