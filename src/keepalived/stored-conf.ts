/**
 * What a conf of ours on disk says, read back: for whoever starts after a crash and must know which VIPs an earlier
 * keepalived may have left on an interface, or adopts one that still runs.
 */
import { virtualIpaddressOf } from '../config/virtual-ipaddress.ts'
import { confTreeOf, directiveOf } from './conf-tree.ts'
import { isPlaceholder } from './placeholder.ts'
import type { VirtualIpaddress } from '../config/virtual-ipaddress.ts'
import type { Address } from '../core/record.ts'
import type { Directive } from './conf-tree.ts'

export interface StoredConf {
  readonly interface: string
  readonly virtualRouterId: number
  /** 1 … 255. */
  readonly priority: number
  readonly source: Address
  /** Without the placeholder, in the order of the file. */
  readonly peers: readonly Address[]
  /** Of both blocks. */
  readonly vips: readonly VirtualIpaddress[]
}

/** Null when the text is no conf of this shape. */
export function storedConfOf (text: string): StoredConf | null {
  const tree = confTreeOf(text)
  const instance = tree === null ? null : directiveOf(tree, 'vrrp_instance')?.block ?? null
  if (instance === null) return null
  const word = (name: string) => directiveOf(instance, name)?.words[0] ?? null
  const [interfaceName, source] = [word('interface'), word('unicast_src_ip')]
  const [priority, virtualRouterId] = [Number(word('priority') ?? 0), Number(word('virtual_router_id') ?? 0)]
  if (interfaceName === null || source === null || !(priority >= 1) || !(virtualRouterId >= 1)) return null
  return {
    interface: interfaceName,
    virtualRouterId,
    priority,
    source,
    peers: linesOf(instance, 'unicast_peer').filter(address => !isPlaceholder(address)),
    vips: ['virtual_ipaddress', 'virtual_ipaddress_excluded'].flatMap(name => linesOf(instance, name))
      .map(virtualIpaddressOf).filter(vip => typeof vip !== 'string')
  }
}

function linesOf (instance: readonly Directive[], name: string): string[] {
  return (directiveOf(instance, name)?.block ?? []).map(({ name: head, words }) => [head, ...words].join(' '))
}
