/**
 * What a group's secret is turned into: the key that its agents encrypt with, and the VRRP password where none is set.
 *
 * Both are seen on the wire, the one in nonces with known text after them, the other in the clear, so a short secret could be
 * guessed at leisure: scrypt (RFC 7914) makes each guess dear, and both are drawn by HKDF (RFC 5869) from its one result, since
 * a cheap way to either would be a cheap way to guess the secret. The salt is the group: one secret gives each group keys of its own.
 */
import { hkdfSync, scryptSync } from 'node:crypto'

export interface GroupKeys {
  /** 32 bytes, of libp2p's private network. Not to be logged. */
  readonly preSharedKey: Uint8Array
  /** 8 characters that keepalived takes to the letter: 48 bits. Not to be logged. */
  readonly authPass: string
}

/** 16 MiB and some 40 ms a guess; a start waits for it, so it stays well below 100 ms. */
export const scryptCost = { N: 2 ** 14, r: 8, p: 1 }

const preSharedKeyBytes = 32
/** As many as 8 characters of base64url take. */
const authPassBytes = 6

/** Takes some 40 ms of the processor. */
export function groupKeysOf (secret: string, group: { readonly name: string, readonly virtualRouterId: number }): GroupKeys {
  const master = scryptSync(secret.normalize('NFKC'), `keepalived-mesh 1\n${group.name}\n${group.virtualRouterId}`, 32, scryptCost)
  const drawn = (use: string, bytes: number): Buffer => Buffer.from(hkdfSync('sha256', master, '', `keepalived-mesh 1 ${use}`, bytes))
  return {
    preSharedKey: drawn('pre-shared key', preSharedKeyBytes),
    authPass: drawn('VRRP password', authPassBytes).toString('base64url')
  }
}
