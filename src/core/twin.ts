/**
 * Two hosts with one identity: a state directory that was copied to a host with the same machine id, as cloned virtual machines
 * have it. Each takes the other's records for its own of another run and would outbid them for ever. One of the two is
 * to take an identity of its own, and no more than one where VRRP runs: whoever does not run VRRP, or, if both do, the one
 * with the higher address.
 *
 * A record of this run that names an address which we never told says so; our key behind the VIP as well, or
 * where somebody on the segment says that he is. Behind a seed it may be a way that leads back here, so that is only told.
 */
import { compareAddresses } from './address.ts'
import { clear, raise } from './alarm.ts'
import type { Facts } from './facts.ts'
import type { Outbox } from './outbox.ts'
import { rejoin } from './phase.ts'
import type { Address, MemberRecord } from './record.ts'
import { TWIN_MEMORY_MS } from './timing.ts'
import { runsVrrp } from './view.ts'
import { isVip } from './vips.ts'

/** What is known of the other one. */
export interface Twin {
  /** Null where it was met behind the VIP. */
  readonly address: Address | null
  readonly runs: boolean
  /** Whether it may also be this very host. */
  readonly isDoubtful: boolean
  readonly seenAtMs: number
}

/** A record under our name. One of an earlier run has a lower incarnation, and one of this run an address that we have told. */
export function onOwnRecord (facts: Facts, record: MemberRecord): void {
  const { self, told, options } = facts
  if (record.incarnation < options.incarnation || record.address === self.address || told.has(record.address)) return
  facts.twin = { address: record.address, runs: runsVrrp(record), isDoubtful: false, seenAtMs: facts.nowMs }
}

/** A dial found our own key there, and that is no address of this host. */
export function onTwinAt (facts: Facts, address: Address, port: number): void {
  const { twin, nowMs } = facts
  const behindVip = isVip(facts, address)
  const isDoubtful = !behindVip && facts.leads.get(`${address} ${port}`)?.source !== 'mdns'
  if (isDoubtful && twin?.isDoubtful === false) return
  const runs = behindVip || (twin?.address === address && twin.runs)
  facts.twin = { address: behindVip ? null : address, runs, isDoubtful, seenAtMs: nowMs }
}

export function judgeTwin (facts: Facts, out: Outbox): void {
  const { twin, keepalived, nowMs } = facts
  if (facts.isSpent) return renew(facts, 'somebody told of the last run that this identity can have: taking a new one', {}, out)
  if (twin === null) return clear(facts, 'twin', out)
  if (nowMs >= twin.seenAtMs + TWIN_MEMORY_MS) {
    facts.twin = null
    return clear(facts, 'twin', out)
  }
  out.wake(twin.seenAtMs + TWIN_MEMORY_MS)
  raise(facts, 'twin', noticeOf(twin), out)
  if (twin.isDoubtful || facts.leaving !== null || facts.isRenewing) return
  if (keepalived.run === 'running' && mustYield(facts, twin)) rejoin(facts, out)
  renew(facts, 'another host has the identity of this one: taking a new one', { other: twin.address }, out)
}

/** Once VRRP has stopped. */
function renew (facts: Facts, why: string, about: Readonly<Record<string, unknown>>, out: Outbox): void {
  if (facts.keepalived.run !== 'stopped' || facts.isRenewing || facts.leaving !== null) return
  facts.isRenewing = true
  out.log('warn', why, about)
  out.push({ kind: 'renew' })
}

function mustYield ({ self, keepalived }: Facts, { runs, address }: Twin): boolean {
  if (!runs || self.address === null) return false
  // Met behind the VIP it is a MASTER, and only one can be.
  return address === null ? keepalived.vrrpState !== 'MASTER' : compareAddresses(address, self.address) < 0
}

function noticeOf ({ address, isDoubtful }: Twin): string {
  const who = `another host${address === null ? ', which holds the VIP,' : `, ${address},`}`
  return isDoubtful
    ? `${who} answers with the identity of this one: empty KEEPALIVED_MESH_STATE_DIR of one of the two and start it again, or take the address out of the seeds if it leads back here`
    : `${who} has the identity of this one, as a copied state directory has: the one that does not run VRRP takes a new one by itself; if this stays, empty KEEPALIVED_MESH_STATE_DIR of one of the two and start it again`
}
