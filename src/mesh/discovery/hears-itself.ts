/**
 * Whether mDNS works on the interface of an address: whoever asks by multicast hears its own question, unless something on the way drops
 * what goes out or what comes in. That a switch passes it on to others, only those could tell.
 */
import type { Address } from '../../core/record.ts'
import type { Group } from '../group.ts'
import { serviceTagOf } from '../group.ts'
import { sameName } from './announcement.ts'
import { openSocket } from './voice.ts'

const ASKED_TIMES = 3
const ASK_EVERY_MS = 300

/** Null: it was heard. Else why not, for people. Resolves within a second. */
export async function mdnsFaultOf (address: Address, group: Group): Promise<string | null> {
  const name = serviceTagOf(group)
  const { promise, resolve } = Promise.withResolvers<string | null>()
  const socket = openSocket(address)
  const fail = (error: Error): void => { resolve(error.message) }
  socket.on('error', fail)
  socket.on('query', ({ questions = [] }) => { if (questions.some((question) => sameName(question.name, name))) resolve(null) })
  let asked = 0
  const ask = (): void => {
    if (asked++ === ASKED_TIMES) return resolve('questions by multicast are not heard on the interface that they were sent on')
    socket.query({ questions: [{ name, type: 'PTR' }] }, (error: unknown) => { if (error instanceof Error) fail(error) })
  }
  let timer: NodeJS.Timeout | undefined
  socket.on('ready', () => {
    ask()
    timer = setInterval(ask, ASK_EVERY_MS)
  })
  try {
    return await promise
  } finally {
    clearInterval(timer)
    socket.destroy()
  }
}
