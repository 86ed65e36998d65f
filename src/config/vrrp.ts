/**
 * The directives of VRRP, from the environment, with what they must be to each other. Version 3 is taken where version
 * 2 cannot serve: IPv6, and intervals that are no whole seconds (RFC 9568 §5.2).
 */
import { authPassLengthMax, carriedAuthPass } from './auth-pass.ts'
import { defaultAuthPass } from './group-spec.ts'
import { secretOf } from './secret-file.ts'
import { addressesOf } from './vrrp-addresses.ts'
import * as variables from './variables/vrrp.ts'
import type { Family } from './address.ts'
import type { NotifyScripts, VrrpConfig } from './config.ts'
import type { EnvironmentReader } from './environment.ts'
import type { Mode } from './mode.ts'
import type { ReadFile } from './secret-file.ts'
import type { TrackInterface } from './track-interface.ts'

/** Seconds: what the 12 bits of version 3 can carry, in centiseconds. */
const advertIntMaxOfVersion3 = 40.95

type VrrpDirectives = Omit<VrrpConfig, keyof import('./config.ts').ProcessConfig | 'check' | 'template'>

/** Null when there is no VIP and must be one, and a fault says so. Other faults are told, and a stand-in goes on. */
export function vrrpDirectivesOf (reader: EnvironmentReader, mode: Exclude<Mode, 'passthrough'>, readFile: ReadFile): VrrpDirectives | null {
  const virtualRouterId = reader.one(variables.virtualRouterId) ?? 1
  const addresses = addressesOf(reader, mode)
  const family = addresses?.virtualIpaddress[0]?.family ?? 'ipv4'
  const advertInt = reader.one(variables.advertInt) ?? 1
  const version = versionOf(reader, family, advertInt)
  const givenAuthPass = authPassOf(reader, version, readFile)
  const device = reader.one(variables.interfaceVariable)
  const trackInterface = trackInterfaceOf(reader)
  const notify = notifyOf(reader)
  const extraGlobal = reader.one(variables.extraGlobal) ?? []
  const extraInstance = reader.one(variables.extraInstance) ?? []
  if (addresses === null) return null
  return {
    virtualRouterId,
    version,
    advertInt,
    authPass: version === 3 ? null : carriedAuthPass(givenAuthPass ?? defaultAuthPass(virtualRouterId)),
    isAuthPassSet: givenAuthPass !== null,
    interface: device ?? (mode === 'static' ? 'eth0' : null),
    ...addresses,
    trackInterface,
    notify,
    extraGlobal,
    extraInstance
  }
}

function versionOf (reader: EnvironmentReader, family: Family, advertInt: number): 2 | 3 {
  const given = reader.one(variables.vrrpVersion)
  const needs3 = family === 'ipv6' ? 'a VIP is IPv6' : Number.isInteger(advertInt) ? null : `${variables.advertInt.name} is no whole number`
  if (given === 2 && needs3 !== null) reader.fault({ variable: variables.vrrpVersion.name, received: '2', expected: `3, because ${needs3}` })
  const version = given ?? (needs3 === null ? 2 : 3)
  if (version === 3 && advertInt > advertIntMaxOfVersion3) {
    reader.fault({ variable: variables.advertInt.name, received: String(advertInt), expected: `at most ${advertIntMaxOfVersion3} with VRRP version 3` })
  }
  return version
}

/** Null: none is set, or none is used. */
function authPassOf (reader: EnvironmentReader, version: 2 | 3, readFile: ReadFile): string | null {
  const given = secretOf(reader, variables.authPass, variables.authPassFile, readFile)
  if (version === 3) {
    if (given !== null) reader.warn({ variable: variables.authPass.name, message: 'VRRP version 3 has no password; this one is not used.' })
    return null
  }
  if (given !== null && given.length > authPassLengthMax) {
    reader.warn({ variable: variables.authPass.name, message: `Only the first ${authPassLengthMax} characters count; VRRP carries no more.` })
  }
  return given
}

/** The first of each interface; keepalived ignores others with a remark, which would keep it from starting. */
function trackInterfaceOf (reader: EnvironmentReader): readonly TrackInterface[] {
  const kept: TrackInterface[] = []
  for (const { name, value } of reader.list(variables.trackInterface)) {
    if (kept.some(earlier => earlier.interface === value.interface)) reader.warn({ variable: name, message: `${value.interface} is tracked already; this one is not used.` })
    else kept.push(value)
  }
  return kept
}

function notifyOf (reader: EnvironmentReader): NotifyScripts {
  return {
    notify: reader.one(variables.notify),
    notifyMaster: reader.one(variables.notifyMaster),
    notifyBackup: reader.one(variables.notifyBackup),
    notifyFault: reader.one(variables.notifyFault),
    notifyStop: reader.one(variables.notifyStop)
  }
}
