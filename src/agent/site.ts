/** Where this host stands: its interfaces as they are now, and the seat that VRRP has on them. Follows every change. */
import { isWithin } from '../config/address.ts'
import type { MeshConfig, StaticConfig } from '../config/config.ts'
import type { HostFacts } from '../host/facts.ts'
import { promoteSecondaries } from '../host/promote-secondaries.ts'
import { hostFacts } from '../host/read-facts.ts'
import { watchAddresses } from '../host/watch-addresses.ts'
import type { AddressWatch } from '../host/watch-addresses.ts'
import { chooseSeat } from '../keepalived/seat.ts'
import type { Seat } from '../keepalived/seat.ts'
import type { Log } from '../log.ts'
import { vipsOf } from './release.ts'

export interface Site {
  readonly facts: () => HostFacts
  /** Null while the host has no interface or address that would do. */
  readonly seat: () => Seat | null
  /** Of the seat's interface. */
  readonly mac: () => string | null
  /** Looks again now. */
  readonly look: () => Promise<void>
  readonly watch: (onChange: () => void) => void
  readonly close: () => void
}

const NOWHERE: HostFacts = { interfaces: [], defaultRoute: { ipv4: null, ipv6: null } }

/** Has looked once when it resolves. */
export async function createSite (config: StaticConfig | MeshConfig, log: Log): Promise<Site> {
  let facts = NOWHERE
  let seat: Seat | null = null
  let told = ''
  let watching: AddressWatch | null = null

  async function look (): Promise<void> {
    const read = await hostFacts()
    if (!read.ok) {
      log.error({ fault: read.message }, 'the addresses of this host cannot be read')
      return
    }
    facts = read.facts
    const { value, reason } = chooseSeat(config, facts)
    seat = value
    const next = `${value?.interface} ${value?.source} ${reason}`
    if (next === told) return
    told = next
    if (value === null) return log.warn({ reason }, 'no place for VRRP on this host yet')
    log.info({ interface: value.interface, source: value.source, reason }, 'place for VRRP')
    keepOwnAddress(value.interface)
  }

  /** When a VIP of the host's subnet goes, the host's own address must not go with it. */
  function keepOwnAddress (dev: string): void {
    const own = facts.interfaces.find(({ name }) => name === dev)?.addresses ?? []
    const isShared = vipsOf(config).some(vip => own.some(({ address, prefixLength }) =>
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
    look,
    watch (onChange) {
      watching = watchAddresses({}, {
        onChange: () => { void look().then(onChange) },
        onRestart: (reason) => { log.warn({ reason }, 'watching addresses anew') }
      })
    },
    close: () => { watching?.close() }
  }
}
