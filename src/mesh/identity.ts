/**
 * Who this host is in the mesh, across restarts: an Ed25519 key, kept with the machine id that it was made on. A key
 * found on another machine came with a copied disk, and two hosts under one key would each take the other for itself;
 * so there a new one is made. A machine id that is missing (containers have none) proves nothing and changes nothing.
 *
 * Each start takes a block of incarnations and writes that down before any is used, so that no incarnation is ever
 * used for two runs, whatever was lost of the last one.
 */
import { createHash, randomInt } from 'node:crypto'
import { readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { generateKeyPair, generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import type { Logger } from 'pino'
import * as z from 'zod'
import type { MemberId } from '../core/record.ts'
import { ownDirectory } from '../host/own-directory.ts'
import type { Kind } from '../host/own-directory.ts'
import { readPlain, writePlain } from '../host/plain-file.ts'
import { jsonIn } from './sealing.ts'

/** Incarnations that one run may use: one a second for twelve days. Starts left before 2^48: 2^28. */
export const incarnationsPerRun = 2 ** 20

const fileName = 'identity.json'

export interface Identity {
  readonly id: MemberId
  readonly key: Ed25519PrivateKey
  /** The first of this run's {@link incarnationsPerRun}: higher than any that this id ever used. */
  readonly incarnation: number
  readonly origin: 'kept' | 'new' | 'otherMachine' | 'corrupt'
}

const storedSchema = z.object({
  schema: z.literal(1),
  /** SHA-256 of the machine id, hex. */
  machine: z.string().regex(/^[0-9a-f]{64}$/).nullable(),
  /** Seed of the key, base64. */
  seed: z.string().regex(/^[A-Za-z0-9+/]{43}=$/),
  incarnation: z.int().min(1).max(2 ** 48)
})

type Stored = z.infer<typeof storedSchema>

/** Of {@link IdentityOptions.spareDir}: how many runs further on it begins, at most. */
const LEAP_RUNS_MAX = 2 ** 12

export interface IdentityOptions {
  readonly stateDir: string
  /** From {@link readMachineId}. */
  readonly machineId: string | null
  /** Where the identity is kept as long as `stateDir` cannot be written: a directory that a reboot empties. */
  readonly spareDir: string
  /** What else is kept beside it. */
  readonly besides: Readonly<Record<string, Kind>>
}

/**
 * The identity in `stateDir`, made when there is none. Leaves the file 0600 in a directory 0700. Where that cannot be
 * written, the one that can be read there goes on in the spare directory; then `fault` says why.
 * @throws the file system's error when neither can be written
 */
export async function loadIdentity (options: IdentityOptions, dependencies: { readonly log: Logger }): Promise<Identity & { readonly dir: string, readonly fault: string | null }> {
  const { stateDir, spareDir, machineId } = options
  try {
    return { ...await identityIn(stateDir, options, dependencies), dir: stateDir, fault: null }
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error)
    await lend(stateDir, spareDir, machineOf(machineId))
    return { ...await identityIn(spareDir, options, dependencies), dir: spareDir, fault }
  }
}

async function identityIn (dir: string, { machineId, besides }: IdentityOptions, { log }: { readonly log: Logger }): Promise<Identity> {
  const path = join(dir, fileName)
  const strays = await ownDirectory(dir, { [fileName]: 'file', ...besides })
  for (const stray of strays) log.warn({ ...stray }, 'in place of a file of ours: put aside')
  const machine = machineOf(machineId)
  const text = await readPlain(path)
  const stored = storedIn(text)
  const origin = originOf(text, stored?.machine ?? null, stored !== null, machine)
  if (origin === 'corrupt' || origin === 'otherMachine') {
    const aside = `${path}.${origin}`
    await rename(path, aside)
    log.warn({ path, keptAs: aside, found: origin }, 'identity cannot be used here, a new one is made')
  }

  const kept = origin === 'kept' ? stored : null
  const key = kept === null ? await generateKeyPair('Ed25519') : await generateKeyPairFromSeed('Ed25519', Buffer.from(kept.seed, 'base64'))
  const incarnation = (kept?.incarnation ?? 0) + (kept === null ? 1 : incarnationsPerRun)
  const seed = Buffer.from(key.raw.subarray(0, 32)).toString('base64')
  await store(path, { schema: 1, machine: machine ?? kept?.machine ?? null, seed, incarnation })
  return { id: peerIdFromPrivateKey(key).toString(), key, incarnation, origin }
}

/**
 * Takes what can still be read to the spare directory, unless an earlier run of this boot did. The next boot will begin at the
 * same incarnation again, so it leaps by chance; should it land below one that the group remembers, it outbids that.
 */
async function lend (stateDir: string, spareDir: string, machine: string | null): Promise<void> {
  await ownDirectory(spareDir, { [fileName]: 'file' })
  const path = join(spareDir, fileName)
  if (await readPlain(path) !== null) return
  const stored = storedIn(await readPlain(join(stateDir, fileName)).catch(() => null))
  if (stored === null || originOf('', stored.machine, true, machine) !== 'kept') return
  await store(path, { ...stored, incarnation: stored.incarnation + randomInt(LEAP_RUNS_MAX) * incarnationsPerRun })
}

async function store (path: string, stored: Stored): Promise<void> {
  await writePlain(path, `${JSON.stringify(stored, null, 2)}\n`, 0o600)
}

/** What the text of such a file holds; null when that is no identity. */
export function storedIn (text: string | null): Stored | null {
  return text === null ? null : storedSchema.safeParse(jsonIn(text)).data ?? null
}

/** SHA-256 of the machine id, hex. */
function machineOf (machineId: string | null): string | null {
  return machineId === null ? null : createHash('sha256').update(machineId).digest('hex')
}

/** Puts the identity aside: it is another host's. The next {@link loadIdentity} makes a new one. */
export async function abandonIdentity (stateDir: string): Promise<void> {
  const path = join(stateDir, fileName)
  await rename(path, `${path}.twin`)
}

/** The text of /etc/machine-id; null when it is missing, empty or not yet initialised (machine-id(5)). */
export async function readMachineId (path = '/etc/machine-id'): Promise<string | null> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return /^[0-9a-f]{32}$/.test(text.trim()) ? text.trim() : null
}

function originOf (text: string | null, storedMachine: string | null, readable: boolean, machine: string | null): Identity['origin'] {
  if (text === null) return 'new'
  if (!readable) return 'corrupt'
  const moved = storedMachine !== null && machine !== null && storedMachine !== machine
  return moved ? 'otherMachine' : 'kept'
}
