/**
 * Who held the VIP when, as arithmetic over address changes. Both figures are what an invariant is about: an *overlap* is
 * time in which several hosts had the VIP on an interface, a *vacancy* time in which none had.
 */

/** An address came to, or went from, an interface of a host. Instants are wall-clock milliseconds. */
export interface AddressChange {
  readonly atMs: number
  readonly host: string
  readonly address: string
  readonly event: 'added' | 'removed'
}

/** A stretch of time, and the hosts that held the VIP throughout it. */
export interface Stretch {
  readonly fromMs: number
  readonly lengthMs: number
  readonly hosts: readonly string[]
}

/** The hosts that hold `vip` after the given changes, in the order in which they took it. */
export function holdersOf (changes: readonly AddressChange[], vip: string): string[] {
  const holders = new Set<string>()
  for (const { host, address, event } of changes) {
    if (address !== vip) continue
    if (event === 'added') holders.add(host)
    else holders.delete(host)
  }
  return [...holders]
}

/** The stretches in which two or more hosts held `vip`; one that still lasts ends at `endMs`. */
export function overlapsOf (changes: readonly AddressChange[], vip: string, endMs: number): Stretch[] {
  return stretchesOf(changes, vip, endMs).filter(({ hosts }) => hosts.length > 1)
}

/** The stretches in which no host held `vip`, from its first holder on; one that still lasts ends at `endMs`. */
export function vacanciesOf (changes: readonly AddressChange[], vip: string, endMs: number): Stretch[] {
  return stretchesOf(changes, vip, endMs).filter(({ hosts }) => hosts.length === 0)
}

/** Every stretch with one set of holders, from the first holder on; those of no length are left out. */
function stretchesOf (changes: readonly AddressChange[], vip: string, endMs: number): Stretch[] {
  const own = changes.filter(({ address }) => address === vip).toSorted((a, b) => a.atMs - b.atMs)
  return own
    .map(({ atMs }, index) => ({
      fromMs: atMs,
      lengthMs: (own[index + 1]?.atMs ?? endMs) - atMs,
      hosts: holdersOf(own.slice(0, index + 1), vip)
    }))
    .filter(({ lengthMs }) => lengthMs > 0)
}
