/** A log that is kept, line by line, as objects: warnings and worse. */
import { Writable } from 'node:stream'
import { pino } from 'pino'

export function memoryLog (): { readonly log: pino.Logger, readonly lines: Array<Record<string, unknown>> } {
  const lines: Array<Record<string, unknown>> = []
  const sink = new Writable({
    write (chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()))
      done()
    }
  })
  return { log: pino({ level: 'warn' }, sink), lines }
}
