/**
 * Who may join: the secret, and the one before it for as long as a group goes from one to the other. With both on every host
 * first, and then the new one alone, each step host by host, there is no moment at which two members cannot speak.
 */
import { groupKeysOf } from './group-keys.ts'
import { noSecret, secretOf } from './secret-file.ts'
import * as variables from './variables/mesh.ts'
import type { Access } from './config.ts'
import type { EnvironmentReader } from './environment.ts'
import type { ReadFile } from './secret-file.ts'

/** Shorter secrets can be guessed by whoever records one handshake. */
const secretLengthMin = 16

export function accessOf (reader: EnvironmentReader, group: { readonly name: string, readonly virtualRouterId: number }, readFile: ReadFile): Access {
  const secret = secretOf(reader, variables.secret, variables.secretFile, readFile)
  const previous = secretOf(reader, variables.previousSecret, variables.previousSecretFile, readFile)
  if (secret === null) return withoutSecret(reader)
  if (secret.length < secretLengthMin) {
    reader.warn({ variable: variables.secret.name, message: `Shorter than ${secretLengthMin} characters can be guessed. \`keepalived-mesh secret\` makes a better one.` })
  }
  const isChanging = previous !== null && previous !== secret
  const open = previous === noSecret
  if (isChanging) reader.warn({
    variable: variables.previousSecret.name,
    message: `${open ? 'The mesh stays open' : 'The previous secret lets hosts in as well'}: once every host has the secret, take this away, host by host.`
  })
  // Keys take their time, and there is no start after a fault.
  const secrets = reader.faults.length > 0 ? [] : isChanging && !open ? [secret, previous] : [secret]
  return { keys: secrets.map(text => groupKeysOf(text, group)), open }
}

function withoutSecret (reader: EnvironmentReader): Access {
  const isSet = reader.isSet(variables.secret) || reader.isSet(variables.secretFile)
  const previous = [variables.previousSecret, variables.previousSecretFile].find(reader.isSet)
  if (!isSet && previous !== undefined) {
    reader.fault({ variable: variables.secret.name, received: null, expected: `a secret, because ${previous.name} is set` })
  } else if (!isSet) {
    reader.warn({ variable: variables.secret.name, message: 'The mesh is open: whoever reaches its port can join. `keepalived-mesh secret` makes a secret.' })
  }
  return { keys: [], open: true }
}
