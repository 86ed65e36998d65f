/**
 * Short digests by which two members see whether they know the same. They are compared, never trusted: a collision
 * costs one exchange of tables that comes a little later, since the next change tells the two apart. So a fast
 * non-cryptographic hash of 53 bits serves (cyrb53, public domain), and the core needs no library.
 */

const PRIME_A = 2654435761
const PRIME_B = 1597334677
/** Seven hexadecimal digits. */
const HALF = 2 ** 28

/** Digest of the parts in the order given: 14 hexadecimal digits. */
export function digestOf (parts: Iterable<string>): string {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (const part of parts) {
    for (let i = 0; i < part.length; i++) {
      const code = part.charCodeAt(i)
      a = Math.imul(a ^ code, PRIME_A)
      b = Math.imul(b ^ code, PRIME_B)
    }
    // A separator that no part contains: ['ab', 'c'] must differ from ['a', 'bc'].
    a = Math.imul(a ^ 0x1f, PRIME_A)
    b = Math.imul(b ^ 0x1f, PRIME_B)
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(16).padStart(14, '0')
}

/** Digest of a set of digests, in whatever order: their sum, by halves (Clarke et al. 2003, "Incremental Multiset Hash Functions"). */
export function digestOfSet (digests: Iterable<string>): string {
  let high = 0
  let low = 0
  for (const digest of digests) {
    high += Number.parseInt(digest.slice(0, 7), 16)
    low += Number.parseInt(digest.slice(7), 16)
  }
  return [high, low].map((half) => (half % HALF).toString(16).padStart(7, '0')).join('')
}
