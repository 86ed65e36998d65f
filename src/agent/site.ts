/** Where this host stands: its interfaces as they are now, and the seat that VRRP has on them. Follows every change. */
import { isWithin } from '../config/address.ts'
import type { MeshConfig, StaticConfig } from '../config/config.ts'
import type { Conf, Held, Link } from '../core/event.ts'
import { virtualIpaddressOf } from '../config/virtual-ipaddress.ts'
import type { VirtualIpaddress } from '../config/virtual-ipaddress.ts'
import type { Address } from '../core/record.ts'
import type { HostFacts, HostInterface } from '../host/facts.ts'
import { promoteSecondaries } from '../host/promote-secondaries.ts'
import { hostFacts } from '../host/read-facts.ts'
import { watchAddresses } from '../host/watch-addresses.ts'
import type { AddressWatch } from '../host/watch-addresses.ts'
import { chooseSeat } from '../keepalived/seat.ts'
import type { Choice, Seat } from '../keepalived/seat.ts'
import type { Log } from '../log.ts'
import { vipsOf } from './release.ts'

export interface Site {
  readonly facts: () => HostFacts
  /** Null while the host has no interface or address that would do. */
  readonly seat: () => Seat | null
  /** Of the seat's interface. */
  readonly mac: () => string | null
  readonly link: () => Link | null
  /** Every address of every interface. */
  readonly held: () => readonly Held[]
  /**
   * The VIPs of the group, with prefix length. None of them is an address of this host's; with `moves`, VRRP also sits where the
   * first of them belongs, and whoever watches is told when that is another place.
   */
  readonly setVips: (vips: readonly string[], options: { readonly moves: boolean }) => void
  /** Looks again now. */
  readonly look: () => Promise<void>
  readonly watch: (onChange: () => void) => void
  readonly close: () => void
}

const linkOf = ({ name, index }: HostInterface): Link => `${name} ${index}`

const NOWHERE: HostFacts = { interfaces: [], defaultRoute: { ipv4: null, ipv6: null } }

/** Has looked once when it resolves. `running`: what a keepalived that may be adopted was told; where it sits, it stays. */
export async function createSite (config: StaticConfig | MeshConfig, log: Log, running: Conf | null = null): Promise<Site> {
  let facts = NOWHERE
  let seat: Seat | null = null
  let said = ''
  let watching: AddressWatch | null = null
  let told: (() => void) | null = null
  /** The first one decides where VRRP sits. */
  let vips = [...running === null ? [] : parsedVips([running.spec.virtualIpaddress, ...running.vips]), ...vipsOf(config)]
  /** Where a keepalived sits that runs already; null: wherever it would be best. */
  let occupied = config.interface === null && config.unicastSrcIp === null ? running?.source ?? null : null

  async function look (): Promise<void> {
    const read = await hostFacts()
    if (!read.ok) {
      log.error({ fault: read.message }, 'the addresses of this host cannot be read')
      return
    }
    facts = read.facts
    settle()
  }

  function settle (): void {
    const { interface: device, unicastSrcIp } = config
    const best = chooseSeat({ interface: device, unicastSrcIp, virtualIpaddress: vips, virtualIpaddressExcluded: [] }, facts)
    const { value, reason } = unlessElsewhere(best, facts, occupied)
    seat = value
    const link = facts.interfaces.find(({ name }) => name === value?.interface)
    const next = `${link === undefined ? null : linkOf(link)} ${value?.source} ${reason}`
    if (next === said) return
    said = next
    if (value === null) return log.warn({ reason }, 'no place for VRRP on this host yet')
    log.info({ interface: value.interface, source: value.source, reason }, 'place for VRRP')
    keepOwnAddress(value.interface)
  }

  /** When a VIP of the host's subnet goes, the host's own address must not go with it. */
  function keepOwnAddress (dev: string): void {
    const own = facts.interfaces.find(({ name }) => name === dev)?.addresses ?? []
    const isShared = vips.some(vip => own.some(({ address, prefixLength }) =>
      vip.family === 'ipv4' && vip.prefixLength === prefixLength && prefixLength < 32 && isWithin(vip.address, address, prefixLength)))
    if (!isShared) return
    const result = promoteSecondaries(dev)
    if (!result.ok) log.warn({ sysctl: result.sysctl, fault: result.message }, 'if the address of this host goes and comes back while it holds a VIP, it is lost when the VIP moves: set this sysctl to 1 on the host, or give the VIP the prefix length 32')
    else if (result.changed) log.info({ interface: dev }, 'promote_secondaries is set now: the address of this host stays when a VIP goes')
  }

  await look()
  return {
    facts: () => facts,
    seat: () => seat,
    mac: () => facts.interfaces.find(({ name }) => name === seat?.interface)?.mac ?? null,
    link: () => facts.interfaces.filter(({ name }) => name === seat?.interface).map(linkOf)[0] ?? null,
    held: () => facts.interfaces.flatMap(found => found.addresses.map(({ address, prefixLength }) => ({ address, prefixLength, link: linkOf(found) }))),
    setVips (known, { moves }) {
      const before = seat
      vips = moves ? parsedVips(known) : [...vips.slice(0, 1), ...parsedVips(known)]
      if (moves) occupied = null
      settle()
      if (seat?.interface !== before?.interface || seat?.source !== before?.source) told?.()
    },
    look,
    watch (onChange) {
      told = onChange
      watching = watchAddresses({}, {
        onChange: () => { void look().then(onChange) },
        onRestart: (reason) => { log.warn({ reason }, 'watching addresses anew') }
      })
    },
    close: () => { watching?.close() }
  }
}

/** Another interface than that of a keepalived that runs is no better: to go there would move the VIP. */
function unlessElsewhere (best: Choice<Seat>, { interfaces }: HostFacts, source: Address | null): Choice<Seat> {
  const holder = interfaces.find(({ addresses }) => addresses.some(({ address }) => address === source))
  if (source === null || holder === undefined || holder.name === best.value?.interface) return best
  return { value: { interface: holder.name, source }, reason: 'keepalived runs there' }
}

function parsedVips (cidrs: readonly string[]): VirtualIpaddress[] {
  return cidrs.map(virtualIpaddressOf).filter((vip) => typeof vip !== 'string')
}
