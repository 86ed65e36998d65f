/**
 * What one variable of the environment is: its name, its grammar, and what the README says of it. The tables in
 * variables/ are the only place where that stands; reading, near-miss names and documentation are all made from them.
 */
import type { z } from 'zod'

export interface Variable<Value> {
  /** `###` at the end stands for an index, 0 to 999: such a variable is a list. */
  readonly name: string
  /** From text to value; its error says what would be right. */
  readonly schema: z.ZodType<Value, string>
  /** As the README prints it; empty when unset means nothing. */
  readonly default: string
  /** One line for the README. */
  readonly description: string
  /** Its value is never shown. */
  readonly secret?: boolean
}

/** What stands for the index in the name of a list. */
export const indexMark = '###'

/** `stem` and `index` of a name such as `KEEPALIVED_UNICAST_PEER_7`; null when it ends in no index of 0 to 999. */
export function indexedName (name: string): { readonly stem: string, readonly index: number } | null {
  const [, stem, digits] = /^([A-Z_]+_)(\d{1,3})$/.exec(name) ?? []
  return stem === undefined ? null : { stem, index: Number(digits) }
}
