/**
 * The password that adverts of VRRP version 2 carry in clear (RFC 2338 §5.3.6.1; RFC 3768 took it out again). It is no
 * secret on its own segment; what it does is to keep two groups apart that took one virtual router id by mistake.
 *
 * keepalived reads it up to white space, `#` or `!` and then cuts it to 8 characters; a quote, a brace, a backslash,
 * `$_…` and `~SEQ`, `~LST` mean something of their own in its file. Two hosts whose passwords were cut differently
 * reject each other and both become MASTER, so what keepalived would not read to the letter is refused.
 */
import * as z from 'zod'

/** Characters that VRRP carries. */
export const authPassLengthMax = 8

const literal = /^[\x21-\x7e]+$/
const special = /[#!"'\\{}]|\$_|~SEQ|~LST/

export const authPass = z.string()
  .refine(text => literal.test(text) && !special.test(text), {
    error: 'printable ASCII without white space, quotes, # ! \\ { } $_ ~SEQ ~LST, which keepalived would not take to the letter'
  })

/** What VRRP carries of a password: keepalived cuts it alike, but with a complaint that makes it refuse each reload. */
export function carriedAuthPass (text: string): string {
  return text.slice(0, authPassLengthMax)
}
