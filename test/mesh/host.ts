/**
 * A mesh on a loopback address of its own, with a record of all that it told, for the tests in this folder. Nothing is
 * polled: `until` resolves on the event itself.
 */
import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:net'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import { pino, type Logger } from 'pino'
import { groupKeysOf } from '../../src/config/group-keys.ts'
import type { Happening } from '../../src/core/event.ts'
import type { Claim, MemberRecord } from '../../src/core/record.ts'
import { createMesh, type Mesh } from '../../src/mesh/mesh.ts'

export const quiet = pino({ level: process.env['MESH_TEST_LOG'] ?? 'silent' })

type Kind = Happening['kind']
type Of<K extends Kind> = Extract<Happening, { kind: K }>

export interface Host {
  readonly mesh: Mesh
  readonly address: string
  readonly port: number
  readonly key: Ed25519PrivateKey
  /** All events so far, in order. */
  readonly told: Happening[]
  readonly all: <K extends Kind>(kind: K) => ReadonlyArray<Of<K>>
  /** The first event of that kind, past or to come, that matches. */
  readonly until: <K extends Kind>(kind: K, matches?: (happening: Of<K>) => boolean) => Promise<Of<K>>
  /** A signed record of this host's own. */
  readonly claim: (over?: Partial<MemberRecord>) => Claim<MemberRecord>
}

export interface HostOptions {
  readonly address?: string
  readonly port?: number
  readonly secret?: string | null
  /** Accepted as well; `none`: hosts without a secret are. */
  readonly previous?: string
  readonly name?: string
  readonly key?: Ed25519PrivateKey
  readonly log?: Logger
  /** Called for each event before it is recorded. */
  readonly onEvent?: (happening: Happening, mesh: Mesh) => void
}

/** How long a test waits for what must come, before it fails: generous, the machine may be busy. */
const patienceMs = 30_000

/** A started host; stop it with `mesh.stop()`. */
export async function startHost (options: HostOptions = {}): Promise<Host> {
  const { address = '127.0.0.1', log = quiet } = options
  const port = options.port ?? await freePort(address)
  const key = options.key ?? await generateKeyPair('Ed25519')
  const told: Happening[] = []
  const events = new EventEmitter({ captureRejections: false })
  events.setMaxListeners(0)
  const mesh = createMesh({
    key,
    name: options.name ?? 'test',
    virtualRouterId: 51,
    port,
    access: accessOf(options),
    software: 'keepalived-mesh/test',
    addresses: [address]
  }, {
    log,
    emit (happening) {
      options.onEvent?.(happening, mesh)
      told.push(happening)
      events.emit('told')
    }
  })
  await mesh.start()
  const all = <K extends Kind>(kind: K): ReadonlyArray<Of<K>> => told.filter((happening): happening is Of<K> => happening.kind === kind)
  let sequence = 0
  return {
    mesh,
    address,
    port,
    key,
    told,
    all,
    async until (kind, matches = () => true) {
      const signal = AbortSignal.timeout(patienceMs)
      for (;;) {
        const found = all(kind).find(matches)
        if (found !== undefined) return found
        await once(events, 'told', { signal }).catch((error: unknown) => {
          throw new Error(`no ${kind} as expected within ${patienceMs} ms, only ${JSON.stringify(told.map(({ kind: k }) => k))}`, { cause: error })
        })
      }
    },
    claim: (over = {}) => mesh.seal({ ...recordOf(mesh.id, address, port), sequence: sequence++, ...over })
  }
}

const keys = new Map<string, Uint8Array>()

function accessOf ({ name = 'test', secret = null, previous }: HostOptions): { readonly keys: readonly Uint8Array[], readonly open: boolean } {
  const secrets = [secret, previous].filter(text => typeof text === 'string' && text !== 'none')
  return { keys: secrets.map(text => keyOf(name, text ?? '')), open: secret === null || previous === 'none' }
}

/** Made once for each secret, which takes its time. */
export function keyOf (name: string, secret: string): Uint8Array {
  const place = `${name} ${secret}`
  const key = keys.get(place) ?? groupKeysOf(secret, { name, virtualRouterId: 51 }).preSharedKey
  keys.set(place, key)
  return key
}

/** Both are linked to each other. */
export async function link (a: Host, b: Host): Promise<void> {
  a.mesh.perform({ kind: 'dial', address: b.address, port: b.port })
  await Promise.all([a.until('linked', ({ id }) => id === b.mesh.id), b.until('linked', ({ id }) => id === a.mesh.id)])
}

export function recordOf (id: string, address = '10.0.0.1', port = 11251): MemberRecord {
  return {
    kind: 'member', id, incarnation: 1, sequence: 0, address, port, phase: 'joining', reason: null, founder: null,
    number: null, pinned: null, vrrpState: 'STOP', mac: null, appliedPriority: null, effectivePriority: null, lists: [], peers: [], gone: [], rival: null, tombstones: '',
    spec: { virtualRouterId: 51, version: 2, advertInt: 1, virtualIpaddress: '10.0.0.100/24', authDigest: 'ab12', authPass: null, revision: 0, epoch: 0 },
    proposed: null,
    prepared: null,
    vips: [],
    software: '0.0.0'
  }
}

export async function freePort (address = '127.0.0.1'): Promise<number> {
  const server = createServer().listen(0, address)
  await once(server, 'listening')
  const bound = server.address()
  assert(typeof bound === 'object' && bound !== null)
  server.close()
  await once(server, 'close')
  return bound.port
}
