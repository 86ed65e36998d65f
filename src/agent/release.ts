/**
 * No VIP stays where VRRP does not run (I10). A keepalived that was killed leaves its VIPs on the interface; which
 * those are, the conf says that it reads, and what was noted of that conf when keepalived last read it: the operator may
 * have changed the file since.
 */
import { globSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import * as z from 'zod'
import { addressOf } from '../config/address.ts'
import type { ProcessConfig, StaticConfig, MeshConfig } from '../config/config.ts'
import type { VirtualIpaddress } from '../config/virtual-ipaddress.ts'
import type { Address } from '../core/record.ts'
import { readPlainSync, writePlain } from '../host/plain-file.ts'
import { removeAddresses } from '../host/remove-addresses.ts'
import { placesIn } from '../keepalived/places.ts'
import type { Place } from '../keepalived/places.ts'
import type { Log } from '../log.ts'
import { placesPath } from './files.ts'

const placeSchema = z.object({ address: z.string().refine(text => addressOf(text) === text), dev: z.string() })

/**
 * Notes the VIPs in the conf, `besides` those that were noted before: from the moment at which keepalived is told to
 * read the conf anew until it has, either may be on an interface.
 */
export async function notePlaces (config: ProcessConfig, log: Log, { besides }: { readonly besides: boolean }): Promise<void> {
  const places = besides ? placesOf(config) : placesIn(withIncludes(config.conf))
  try {
    await writePlain(placesPath(config), `${JSON.stringify(places)}\n`, 0o600)
  } catch (error) {
    log.error({ fault: String(error) }, 'which VIPs keepalived may leave behind cannot be written down')
  }
}

/** Removes whatever VIP of keepalived's is still on its interface, and the note of it; never rejects. */
export async function releaseVips (config: ProcessConfig, log: Log): Promise<void> {
  const result = await removeAddresses(placesOf(config))
  if (!result.ok) return log.error({ fault: result.message }, 'VIPs could not be taken off their interfaces')
  for (const place of result.removed) log.warn(place, 'took off a VIP that keepalived had left')
  for (const place of result.kept) log.error(place, 'a VIP could not be taken off its interface')
  if (result.kept.length === 0) rmSync(placesPath(config), { force: true })
}

/** The VIPs that a keepalived of ours may hold now. */
export function vipsOnDisk (config: ProcessConfig): readonly Address[] {
  return placesOf(config).map(({ address }) => address)
}

export function vipsOf ({ virtualIpaddress, virtualIpaddressExcluded }: StaticConfig | MeshConfig): readonly VirtualIpaddress[] {
  return [...virtualIpaddress, ...virtualIpaddressExcluded]
}

/** Noted, and in the conf as it is now; each once. */
function placesOf (config: ProcessConfig): readonly Place[] {
  const noted = placesNotedIn(textOf(placesPath(config)))
  const places = [...noted, ...placesIn(withIncludes(config.conf))]
  return [...new Map(places.map(place => [`${place.address} ${place.dev}`, place])).values()]
}

/** The note, entry by entry: what cannot be read of it takes nothing else with it. */
export function placesNotedIn (text: string): readonly Place[] {
  const noted = parseJson(text)
  return Array.isArray(noted) ? noted.flatMap(one => placeSchema.safeParse(one).data ?? []) : []
}

/** The text of a conf and of those that it includes, each once; they may be patterns. Empty where there is none. */
function withIncludes (file: string, seen: Set<string> = new Set()): string {
  if (seen.has(file)) return ''
  seen.add(file)
  return textOf(file).replaceAll(/^[ \t]*include[a-z]*[ \t]+(\S+).*$/gm, (_, pattern: string) =>
    globSync(resolve(dirname(file), pattern)).map(found => withIncludes(found, seen)).join('\n'))
}

/** Empty where there is none, or nothing that can be read without waiting. Links are followed: in passthrough mode the conf is the operator's. */
function textOf (file: string): string {
  try {
    return readPlainSync(file, { followsLinks: true })
  } catch {
    return ''
  }
}

function parseJson (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
