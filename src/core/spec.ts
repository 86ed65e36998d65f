/** What VRRP peers must share. A host that brings something else would reject their adverts, and they its. */
import type { GroupSpec } from './record.ts'

const PARTS: ReadonlyArray<readonly [key: keyof GroupSpec, name: string]> = [
  ['virtualRouterId', 'KEEPALIVED_VIRTUAL_ROUTER_ID'],
  ['version', 'KEEPALIVED_VRRP_VERSION'],
  ['advertInt', 'KEEPALIVED_ADVERT_INT'],
  ['virtualIpaddress', 'the first VIP'],
  ['authDigest', 'KEEPALIVED_AUTH_PASS']
]

/** Each difference as a person would say it; passwords only differ. */
export function differences (own: GroupSpec, group: GroupSpec): string[] {
  return PARTS
    .filter(([key]) => own[key] !== group[key])
    .map(([key, name]) => key === 'authDigest' ? name : `${name}: ${own[key]} here, ${group[key]} there`)
}
