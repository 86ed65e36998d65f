/**
 * The check of the Kubernetes API server, from the environment. In a mesh a failing host loses 127, more than the
 * numbers 254 … 128 can lie apart, so that each healthy host stands above each failing one.
 */
import * as variables from './variables/check.ts'
import type { CheckConfig } from './config.ts'
import type { EnvironmentReader } from './environment.ts'
import type { Mode } from './mode.ts'

/** Weights unless set: the seed's, and the one that fits agreed priorities. */
const defaultWeight = { static: -50, union: -50, mesh: -127 } as const

/** Null when no check is asked for; its variables are read all the same, so that their faults show. */
export function checkConfigOf (reader: EnvironmentReader, mode: Exclude<Mode, 'passthrough'>): CheckConfig | null {
  const givenInterval = reader.one(variables.checkInterval)
  const interval = givenInterval ?? 3
  const check: CheckConfig = {
    address: reader.one(variables.checkAddress),
    port: reader.one(variables.checkPort) ?? 6443,
    host: reader.one(variables.checkHost) ?? 'localhost',
    path: reader.one(variables.checkPath) ?? '/livez',
    interval,
    timeout: timeoutOf(reader, interval, givenInterval === null && reader.isSet(variables.checkInterval)),
    fall: reader.one(variables.checkFall) ?? 10,
    rise: reader.one(variables.checkRise) ?? 2,
    weight: reader.one(variables.checkWeight) ?? defaultWeight[mode],
    caFile: reader.one(variables.checkCaFile)
  }
  return reader.one(variables.check) === true ? check : null
}

/** An interval that is at fault itself says nothing of the time-out. */
function timeoutOf (reader: EnvironmentReader, interval: number, isUnknown: boolean): number {
  const given = reader.one(variables.checkTimeout)
  if (given !== null && given >= interval && !isUnknown) {
    reader.fault({ variable: variables.checkTimeout.name, received: String(given), expected: `less than the interval, ${interval}` })
  }
  return given ?? (interval === 1 ? 0.8 : interval - 1)
}
