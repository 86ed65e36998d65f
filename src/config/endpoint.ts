/** `IP:PORT` and `[IPV6]:PORT`: where something listens. */
import { addressOf } from './address.ts'
import type { Address } from '../core/record.ts'

export interface Endpoint {
  readonly address: Address
  /** 1 … 65535. */
  readonly port: number
}

/** The endpoint that a text names, or null. */
export function endpointOf (text: string): Endpoint | null {
  const [, bracketed, plain, digits = ''] = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? []
  const address = addressOf(bracketed ?? plain ?? '')
  const port = portOf(digits)
  if (address === null || port === null || address.includes(':') !== (bracketed !== undefined)) return null
  return { address, port }
}

/** A TCP port, or null. */
export function portOf (digits: string): number | null {
  const port = /^\d{1,5}$/.test(digits) ? Number(digits) : 0
  return port >= 1 && port <= 65_535 ? port : null
}
