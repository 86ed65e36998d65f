/**
 * A fresh mesh secret: 256 bits, which is what the pre-shared key of libp2p takes (spec pnet/Private-Networks-PSK-V1),
 * in characters that need no quoting in a shell, a YAML file or a URL.
 */
import { randomBytes } from 'node:crypto'

const secretBytes = 32

/** 43 characters of base64url. */
export function createSecret (): string {
  return randomBytes(secretBytes).toString('base64url')
}
