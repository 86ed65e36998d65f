/**
 * One word of KEEPALIVED_MESH_SEEDS: `IP`, `NAME`, either with `:PORT`, `[IPV6]:PORT`, or a multiaddr such as
 * `/ip4/10.0.0.5/tcp/11201` or `/dns4/nodes.example/tcp/11201/p2p/…`, of which only host and port are used: a seed is a
 * place to ask, and who answers there is found out by asking.
 */
import { addressOf } from './address.ts'
import { portOf } from './endpoint.ts'
import { isHost } from './grammar.ts'
import type { Seed } from './config.ts'

/** What a word names, or null when it names nothing. */
export function seedOf (word: string): Seed | null {
  return word.startsWith('/') ? multiaddrSeed(word) : plainSeed(word)
}

function plainSeed (word: string): Seed | null {
  const whole = addressOf(word)
  if (whole !== null) return { host: whole, port: null }
  const [, bracketed, name = '', digits] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(word) ?? []
  const host = bracketed === undefined ? name : addressOf(bracketed)
  const port = digits === undefined ? null : portOf(digits)
  if (host === null || !isHost(host) || (digits !== undefined && port === null)) return null
  return { host: addressOf(host) ?? host, port }
}

function multiaddrSeed (word: string): Seed | null {
  const [, kind = '', value = '', digits] = /^\/(ip4|ip6|dns|dns4|dns6)\/([^/]+)(?:\/tcp\/(\d{1,5}))?(?:\/p2p\/[A-Za-z0-9]{1,128})?$/.exec(word) ?? []
  const port = digits === undefined ? null : portOf(digits)
  if (digits !== undefined && port === null) return null
  const address = addressOf(value)
  if (kind.startsWith('ip')) return address !== null && address.includes(':') === (kind === 'ip6') ? { host: address, port } : null
  return address === null && isHost(value) ? { host: value, port } : null
}
