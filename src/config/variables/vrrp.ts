/** Variables that are directives of keepalived's `vrrp_instance`, under the names that the seed gave them. */
import * as z from 'zod'
import { authPass as authPassText } from '../auth-pass.ts'
import { absolutePath, decimal, hostAddress, interfaceName, oneOf, scriptLine, wholeNumber } from '../grammar.ts'
import { extraDirectives } from '../extra.ts'
import { trackInterfaceText } from '../track-interface.ts'
import { virtualIpaddressGrammar, virtualIpaddressOf } from '../virtual-ipaddress.ts'
import type { Address } from '../../core/record.ts'
import type { TrackInterface } from '../track-interface.ts'
import type { Variable } from '../variable.ts'
import type { VirtualIpaddress } from '../virtual-ipaddress.ts'

const virtualIpaddressText = z.string().transform((text, context): VirtualIpaddress => {
  const vip = virtualIpaddressOf(text)
  if (typeof vip !== 'string') return vip
  context.issues.push({ code: 'custom', message: `${virtualIpaddressGrammar}; ${vip}`, input: text })
  return z.NEVER
})

export const advertInt: Variable<number> = {
  name: 'KEEPALIVED_ADVERT_INT',
  schema: decimal(0.01, 255),
  default: '`1`',
  description: 'Seconds between adverts; a fraction needs VRRP version 3 (0.01 to 40.95).'
}
export const authPass: Variable<string> = {
  name: 'KEEPALIVED_AUTH_PASS',
  schema: authPassText,
  default: 'in a mesh with a secret: made of it; else `pwd` and the virtual router id',
  description: 'Password in the adverts of version 2; only the first 8 characters count.',
  secret: true
}
export const authPassFile: Variable<string> = {
  name: 'KEEPALIVED_AUTH_PASS_FILE',
  schema: absolutePath,
  default: '',
  description: 'A file that holds the password.'
}
export const interfaceVariable: Variable<string> = {
  name: 'KEEPALIVED_INTERFACE',
  schema: interfaceName,
  default: 'static: `eth0`; mesh: found',
  description: 'Found: the one whose subnet holds the first VIP, else that of the default route.'
}
export const priority: Variable<number> = {
  name: 'KEEPALIVED_PRIORITY',
  schema: wholeNumber(1, 255),
  default: 'static: `200`, with state BACKUP `100`; mesh: agreed',
  description: '1 to 255. In a mesh it pins this host: pinned higher, it takes the VIP.'
}
export const state: Variable<'MASTER' | 'BACKUP'> = {
  name: 'KEEPALIVED_STATE',
  schema: oneOf(['MASTER', 'BACKUP']),
  default: 'static: `MASTER`; mesh: `BACKUP`',
  description: '`MASTER` or `BACKUP`, in any case: where keepalived starts; the priority decides what it becomes.'
}
export const trackInterface: Variable<TrackInterface> = {
  name: 'KEEPALIVED_TRACK_INTERFACE_###',
  schema: trackInterfaceText,
  default: '',
  description: '`INTERFACE [weight N]`: without a weight, FAULT while that interface is down.'
}
export const unicastSrcIp: Variable<Address> = {
  name: 'KEEPALIVED_UNICAST_SRC_IP',
  schema: hostAddress,
  default: 'first address of the interface that is no VIP',
  description: 'Where adverts come from, and where a mesh reaches this host.'
}
export const unicastPeer: Variable<Address> = {
  name: 'KEEPALIVED_UNICAST_PEER_###',
  schema: hostAddress,
  default: '',
  description: 'Hosts that get the adverts. Any of them means static mode, unless `KEEPALIVED_MESH=on`.'
}
export const virtualIpaddress: Variable<VirtualIpaddress> = {
  name: 'KEEPALIVED_VIRTUAL_IPADDRESS_###',
  schema: virtualIpaddressText,
  default: 'required; learnt with `KEEPALIVED_MESH=on` or a secret',
  description: `\`${virtualIpaddressGrammar}\`, by number. In a mesh adverts carry only the first.`
}
export const virtualIpaddressExcluded: Variable<VirtualIpaddress> = {
  name: 'KEEPALIVED_VIRTUAL_IPADDRESS_EXCLUDED_###',
  schema: virtualIpaddressText,
  default: '',
  description: 'The same, for addresses that adverts do not carry: any number, either family.'
}
export const virtualRouterId: Variable<number> = {
  name: 'KEEPALIVED_VIRTUAL_ROUTER_ID',
  schema: wholeNumber(1, 255),
  default: '`1`',
  description: '1 to 255; one for each group on a network.'
}
export const vrrpVersion: Variable<2 | 3> = {
  name: 'KEEPALIVED_VRRP_VERSION',
  schema: wholeNumber(2, 3).transform((number): 2 | 3 => number === 3 ? 3 : 2),
  default: '`2`; `3` with IPv6 or a fraction in `KEEPALIVED_ADVERT_INT`',
  description: 'Version 3 has no password.'
}

export const extraGlobal: Variable<readonly string[]> = {
  name: 'KEEPALIVED_EXTRA_GLOBAL',
  schema: extraDirectives('global'),
  default: '',
  description: 'Further directives of keepalived for `global_defs`, with `;` between them.'
}
export const extraInstance: Variable<readonly string[]> = {
  name: 'KEEPALIVED_EXTRA_INSTANCE',
  schema: extraDirectives('instance'),
  default: '',
  description: 'The same for the `vrrp_instance`, such as `garp_master_delay 2; virtual_routes {; 10.9.0.0/16 via 10.10.0.9; }`.'
}

const notifyScript = (suffix: string, when: string): Variable<string> => ({
  name: `KEEPALIVED_NOTIFY${suffix}`,
  schema: scriptLine,
  default: '',
  description: `A script of yours that keepalived runs ${when}.`
})
export const notify = notifyScript('', 'on each change of state')
export const notifyMaster = notifyScript('_MASTER', 'on becoming MASTER')
export const notifyBackup = notifyScript('_BACKUP', 'on becoming BACKUP')
export const notifyFault = notifyScript('_FAULT', 'on a fault')
export const notifyStop = notifyScript('_STOP', 'when it stops')
