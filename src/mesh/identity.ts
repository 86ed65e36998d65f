/**
 * Who this host is in the mesh, across restarts: an Ed25519 key, kept with the machine id that it was made on. A key
 * found on another machine came with a copied disk, and two hosts under one key would each take the other for itself;
 * so there a new one is made. A machine id that is missing (containers have none) proves nothing and changes nothing.
 *
 * Each start takes a block of incarnations and writes that down before any is used, so that no incarnation is ever
 * used for two runs, whatever was lost of the last one.
 */
import { createHash } from 'node:crypto'
import { chmod, mkdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { generateKeyPair, generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import type { Logger } from 'pino'
import writeFileAtomic from 'write-file-atomic'
import * as z from 'zod'
import type { MemberId } from '../core/record.ts'
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
  seed: z.base64().length(44),
  incarnation: z.int().min(1).max(2 ** 48)
})

/**
 * The identity in `stateDir`, made when there is none. Leaves the file 0600 in a directory 0700.
 * @param options.machineId from {@link readMachineId}
 * @throws the file system's error when the directory cannot be written
 */
export async function loadIdentity (
  options: { readonly stateDir: string, readonly machineId: string | null },
  dependencies: { readonly log: Logger }
): Promise<Identity> {
  const { stateDir, machineId } = options
  const { log } = dependencies
  const path = join(stateDir, fileName)
  await mkdir(stateDir, { recursive: true, mode: 0o700 })
  await chmod(stateDir, 0o700)
  const machine = machineId === null ? null : createHash('sha256').update(machineId).digest('hex')

  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  const stored = text === null ? null : storedSchema.safeParse(jsonIn(text)).data ?? null
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
  const content = { schema: 1, machine: machine ?? kept?.machine ?? null, seed, incarnation }
  await writeFileAtomic(path, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, fsync: true })
  await chmod(path, 0o600)
  return { id: peerIdFromPrivateKey(key).toString(), key, incarnation, origin }
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
