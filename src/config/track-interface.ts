/** One line of `track_interface`: an interface whose loss means FAULT, or with a weight a change of priority. */
import * as z from 'zod'
import { interfaceNamePattern } from './grammar.ts'

export interface TrackInterface {
  readonly interface: string
  /** −253 … 253; null: none was given. */
  readonly weight: number | null
}

const weightMax = 253

export const trackInterfaceText = z.string().transform((text, context): TrackInterface => {
  const [name = '', word, weight, ...more] = text.split(/\s+/)
  const bare = word === undefined
  const weighted = word === 'weight' && /^-?\d{1,3}$/.test(weight ?? '') && Math.abs(Number(weight)) <= weightMax && more.length === 0
  if (interfaceNamePattern.test(name) && (bare || weighted)) return { interface: name, weight: bare ? null : Number(weight) }
  context.issues.push({ code: 'custom', message: `INTERFACE [weight N], N from -${weightMax} to ${weightMax}`, input: text })
  return z.NEVER
})

/** The line of keepalived.conf. */
export function trackInterfaceLine (tracked: TrackInterface): string {
  return tracked.weight === null ? tracked.interface : `${tracked.interface} weight ${tracked.weight}`
}
