/**
 * From the operator's secret to the pre-shared key of libp2p's private network (@libp2p/pnet), which encrypts the
 * connection ahead of the handshake: without it a stranger learns nothing and nothing of ours parses what it sends.
 *
 * A listener hears nonces in the clear and known text after them, so a short secret could be guessed at leisure:
 * scrypt makes each guess dear. The salt is the group, so that one secret gives each group a key of its own.
 */
import { scrypt } from 'node:crypto'
import type { Group } from './group.ts'

/** 16 MiB and some 40 ms a guess, off the event loop: a start waits for it, so it stays well below 100 ms. */
const cost = { N: 2 ** 14, r: 8, p: 1 }

/** The key file, in the text form that pnet reads, for a group's secret. Not to be logged. */
export async function preSharedKeyOf (secret: string, group: Group): Promise<Uint8Array> {
  const salt = `keepalived-mesh pnet 1\n${group.name}\n${group.virtualRouterId}`
  const key = await new Promise<Buffer>((resolve, reject) => {
    scrypt(secret.normalize('NFKC'), salt, 32, cost, (error, derived) => {
      if (error === null) resolve(derived)
      else reject(error)
    })
  })
  return Buffer.from(`/key/swarm/psk/1.0.0/\n/base16/\n${key.toString('hex')}`)
}
