/** Which addresses are on a network of this host's own interfaces, so that no router stands between. */
import { networkInterfaces } from 'node:os'
import type { Address } from '../core/record.ts'
import { isWithin } from '../config/address.ts'

/** As the interfaces are now. */
export function isOnLink (address: Address): boolean {
  return Object.values(networkInterfaces()).flat().some(own => {
    const length = Number(own?.cidr?.split('/')[1])
    return own !== undefined && Number.isInteger(length) && isWithin(address, own.address.split('%')[0] ?? '', length)
  })
}
