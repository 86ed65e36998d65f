/**
 * The grammars that values of the configuration are read by, as zod schemas from text to value. Each carries, as its
 * error, what would be right; it follows the word "expected". Every grammar says which characters there may be rather
 * than which may not, because what passes here is written into keepalived.conf.
 */
import * as z from 'zod'
import { addressOf, unreachableReason } from './address.ts'
import type { Address } from '../core/record.ts'

/** An interface of Linux: IFNAMSIZ − 1 characters, of those that never mean anything to keepalived or a shell. */
export const interfaceNamePattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/

/** A whole number of `min` to `max`. */
export function wholeNumber (min: number, max: number) {
  const error = `a whole number from ${min} to ${max}`
  return z.string().regex(/^-?\d{1,10}$/, { error }).transform(Number)
    .refine(number => number >= min && number <= max, { error })
}

/** A number of `min` to `max` with at most two decimals, which is the resolution of VRRP version 3 (centiseconds). */
export function decimal (min: number, max: number) {
  const error = `a number from ${min} to ${max}, with at most two decimals`
  return z.string().regex(/^\d{1,5}(?:\.\d{1,2})?$/, { error }).transform(Number)
    .refine(number => number >= min && number <= max, { error })
}

/** One of `words`, in any case. */
export function oneOf<const Word extends string> (words: readonly Word[]) {
  const error = words.join(' or ')
  return z.string().transform((text, context) => {
    const found = words.find(word => word.toLowerCase() === text.toLowerCase())
    if (found !== undefined) return found
    context.issues.push({ code: 'custom', message: error, input: text })
    return z.NEVER
  })
}

/** `true` in any case is true and everything else is false, as in the seed. */
export const flag = z.string().transform(text => text.toLowerCase() === 'true')

/** An IP address of one host. */
export const hostAddress = z.string().transform((text, context): Address => {
  const address = addressOf(text)
  if (address !== null && unreachableReason(address) === null) return address
  const why = address === null ? '' : ` (${unreachableReason(address)} is none)`
  context.issues.push({ code: 'custom', message: `the IP address of one host${why}`, input: text })
  return z.NEVER
})

export const interfaceName = z.string()
  .regex(interfaceNamePattern, { error: 'the name of a network interface: letters, digits, _ . - (15 at most)' })

/** A host name or an IP address. */
export const host = z.string().refine(isHost, { error: 'an IP address or a host name' })

/** Whether a text is an IP address or a host name (RFC 1123). A name of digits and dots alone is a mistyped address. */
export function isHost (text: string): boolean {
  if (addressOf(text) !== null) return true
  if (text.length > 253 || /^[\d.]+$/.test(text)) return false
  return text.split('.').every(label => /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label))
}

/** An absolute path without anything that keepalived.conf could take for more than a name. */
export const absolutePath = z.string()
  .regex(/^\/[A-Za-z0-9_./:=,@+-]*$/, { error: 'an absolute path of letters, digits and _ . / : = , @ + -' })

/** A program with arguments, for a line of keepalived.conf in quotes. */
export const scriptLine = z.string()
  .regex(/^\/[A-Za-z0-9_./:=,@%+ -]*$/, { error: 'an absolute path of a program, and arguments, of letters, digits and _ . / : = , @ % + -' })
