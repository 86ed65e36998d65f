/**
 * Floods a mesh port, from a process of its own: `attacker.ts WAY ADDRESS PORT PER_SECOND SECONDS`. Prints what became of its
 * connections, as one JSON object. What is late is made up for, so that on average the pace is kept on a busy machine too.
 */
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { argv } from 'node:process'

const ways = {
  /** Takes part as a host with another secret does: a nonce, and a greeting that nobody can read. */
  wrongSecret: { opening: 24, reply: 44 },
  /** The same from {@link addresses}. */
  manyAddresses: { opening: 24, reply: 44 },
  /** Says nothing, and stays. */
  silent: { opening: 0, reply: 0 },
  /** Begins, and stays. */
  unfinished: { opening: 24, reply: 0 }
}

const [, , name = 'wrongSecret', address = '127.0.0.1', port = '0', perSecond = '1000', seconds = '30'] = argv
const way = Object.entries(ways).find(([key]) => key === name)?.[1]
if (way === undefined) throw new RangeError(`no way to flood is called ${name}`)
const { opening, reply } = way
/** 10.10.0.100 and so on, where this host has them. */
const addresses = name === 'manyAddresses' ? Array.from({ length: 80 }, (_, index) => `10.10.0.${100 + index}`) : []
const goal = Number(perSecond) * Number(seconds)
const count = { begun: 0, connected: 0, answered: 0, closed: 0, openMost: 0, failed: {} as Record<string, number> }

function begin (): void {
  const localAddress = addresses[count.begun++ % addresses.length]
  const socket = connect({ port: Number(port), host: address, ...localAddress === undefined ? {} : { localAddress } })
  socket.on('connect', () => {
    count.connected++
    count.openMost = Math.max(count.openMost, count.connected - count.closed)
    if (opening > 0) socket.write(randomBytes(opening))
  })
  socket.once('data', () => {
    count.answered++
    if (reply > 0) socket.write(randomBytes(reply))
  })
  let connected = false
  socket.once('connect', () => { connected = true })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    const code = error.code ?? error.message
    if (!connected) count.failed[code] = (count.failed[code] ?? 0) + 1
  })
  socket.on('close', () => { if (connected) count.closed++ })
}

const startedAtMs = performance.now()
const timer = setInterval(() => {
  const due = Math.min(goal, Math.floor((performance.now() - startedAtMs) / 1000 * Number(perSecond)))
  while (count.begun < due) begin()
  if (count.begun < goal) return
  clearInterval(timer)
  const tookMs = Math.round(performance.now() - startedAtMs)
  console.log(JSON.stringify({ ...count, tookMs }))
  process.exit()
}, 10)
