/**
 * Colour, where a person looks on: `styleText` leaves it out when the stream is no terminal and when the environment
 * says so (NO_COLOR, see no-color.org), so nothing here decides that again.
 */
import type { Writable } from 'node:stream'
import { styleText } from 'node:util'

export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red'

export type Paint = (style: Style, text: string) => string

export function createPaint (stream: Writable): Paint {
  return (style, text) => styleText(style, text, { stream, validateStream: true })
}
