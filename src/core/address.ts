/** Addresses as VRRP compares them: as numbers, not as text (RFC 9568 §6.4.3: of equal priorities the higher address wins). */
import type { Address } from './record.ts'

/** Negative, zero or positive as `a` is lower than, equal to or higher than `b`. Canonical text of one family is expected. */
export function compareAddresses (a: Address, b: Address): number {
  const left = wordsOf(a)
  const right = wordsOf(b)
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** An address as ones and zeros: 32 of them, or 128. */
export function bitsOf (address: Address): string {
  const width = address.includes(':') ? 16 : 8
  return wordsOf(address).map((word) => word.toString(2).padStart(width, '0')).join('')
}

function wordsOf (address: Address): number[] {
  if (!address.includes(':')) return address.split('.').map(Number)
  const [head = '', tail = ''] = address.split('::')
  const before = hextetsOf(head)
  const after = hextetsOf(tail)
  const gap = address.includes('::') ? Array.from({ length: 8 - before.length - after.length }, () => 0) : []
  return [...before, ...gap, ...after]
}

function hextetsOf (part: string): number[] {
  return part === '' ? [] : part.split(':').map((hextet) => Number.parseInt(hextet, 16))
}
