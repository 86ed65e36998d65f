/**
 * Which addresses a conf puts on which interfaces: for whoever must know what a keepalived that was killed may have left
 * there. The conf may be ours or the operator's, so it is read as far as it can be: every vrrp_instance, whatever else
 * stands in it, and nothing is refused.
 */
import { addressOf } from '../config/address.ts'
import { directiveOf, looseTreeOf } from './conf-tree.ts'
import type { Address } from '../core/record.ts'
import type { Directive } from './conf-tree.ts'

/** An address on an interface. */
export interface Place {
  readonly address: Address
  readonly dev: string
}

/** The VIPs of all instances, each where it would be. A source address among them is the host's own, and is none. */
export function placesIn (text: string): readonly Place[] {
  const instances = looseTreeOf(text).filter(({ name }) => name === 'vrrp_instance').map(({ block }) => block ?? [])
  const sources = new Set(instances.flatMap(instance => ['unicast_src_ip', 'mcast_src_ip'].map(name => wordOf(instance, name))))
  return instances.flatMap(placesOf).filter(({ address }) => !sources.has(address))
}

function placesOf (instance: readonly Directive[]): readonly Place[] {
  const devs = [wordOf(instance, 'interface'), vmacOf(instance)]
  return instance.filter(({ name }) => name === 'virtual_ipaddress' || name === 'virtual_ipaddress_excluded')
    .flatMap(({ block }) => block ?? [])
    .flatMap(({ name, words }) => {
      const address = addressOf(name.replace(/\/.*/, ''))
      const given = words.indexOf('dev')
      const on = given < 0 ? devs : [words[given + 1] ?? null]
      return address === null ? [] : on.filter(dev => dev !== null).map(dev => ({ address, dev }))
    })
}

/** The interface of its own that `use_vmac` makes. */
function vmacOf (instance: readonly Directive[]): string | null {
  const vmac = directiveOf(instance, 'use_vmac')
  return vmac === null ? null : vmac.words[0] ?? `vrrp.${wordOf(instance, 'virtual_router_id')}`
}

function wordOf (instance: readonly Directive[], name: string): string | null {
  return directiveOf(instance, name)?.words[0] ?? null
}
