/**
 * A fresh mesh secret: 256 bits, as many as the pre-shared key that is made of it has,
 * in characters that need no quoting in a shell, a YAML file or a URL.
 */
import { randomBytes } from 'node:crypto'

const secretBytes = 32

/** 43 characters of base64url. */
export function createSecret (): string {
  return randomBytes(secretBytes).toString('base64url')
}
