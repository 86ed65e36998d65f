/**
 * What a restart should still know, in two files of JSON, written whole or not at all.
 *
 * `view.json` (state directory) is the last view with everybody's signed claims: whom to look for, and which number was
 * ours. `running.json` (run directory) describes the keepalived that runs now, so that the next agent can adopt it; it
 * means nothing after a reboot, and the run directory does not survive one.
 *
 * Neither is trusted: claims are verified like any others, and a file that cannot be used is as good as none.
 */
import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import * as z from 'zod'
import type { Memory } from '../core/effect.ts'
import type { Conf } from '../core/event.ts'
import type { Claim, Envelope } from '../core/record.ts'

/** More than this is no file of ours. */
const FILE_BYTES_MAX = 8 * 1024 * 1024

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

/** Checks one envelope of the file. */
export type Open = (envelope: Envelope) => { readonly ok: true, readonly claim: Claim } | { readonly ok: false }

/** Null when there is none that can be used. */
export async function readView (path: string, open: Open): Promise<Memory | null> {
  const stored = viewSchema.safeParse(await readJson(path)).data
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

/** Null when there is none that can be used. */
export async function readRunning (path: string): Promise<RunningNote | null> {
  return runningSchema.safeParse(await readJson(path)).data ?? null
}

export async function writeRunning (path: string, { text, conf, prepared, number, founder }: RunningNote): Promise<void> {
  await writeJson(path, { schema: 1, text, conf, prepared, number, founder })
}

async function readJson (path: string): Promise<unknown> {
  try {
    const text = await readFile(path, 'utf8')
    return text.length > FILE_BYTES_MAX ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

/** 0600: a view tells who is in the group, and a spec the password. @throws the file system's error */
async function writeJson (path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeFileAtomic(path, `${JSON.stringify(value)}\n`, { mode: 0o600, fsync: true })
}
