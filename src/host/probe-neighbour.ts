/**
 * Asks for an IPv6 address by neighbour discovery (RFC 4861, §7.2), done by the kernel: a neighbour entry that is
 * declared to be in use is resolved at once, on the very interface, without a packet of ours. An old entry is removed
 * first, since it would answer from memory, and the new one afterwards. A host that holds the address itself hears
 * nothing of others: the kernel drops such advertisements.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import type { Address } from '../core/record.ts'
import { runIp, type Ip } from './ip.ts'
import type { ProbeResult } from './probe-vip.ts'

const POLL_MS = 50

const neighboursSchema = z.array(z.object({ lladdr: z.string().optional(), state: z.array(z.string()).default([]) }))

/** Asks once; resolves at the answer, or after `waitMs` of silence. Never rejects. */
export async function probeNeighbour (vip: Address, dev: string, ip: Ip, waitMs: number): Promise<ProbeResult> {
  const held = await runIp(ip, ['-o', 'address', 'show', 'to', vip])
  if (!held.ok) return held
  if (held.stdout.trim() !== '') return { ok: false, code: 'HELD', message: `${vip} is on this host, which cannot hear of another holder` }
  const link = await runIp(ip, ['-o', 'link', 'show', 'dev', dev, 'up'])
  if (!link.ok) return link
  if (link.stdout.trim() === '') return { ok: false, code: 'FAILED', message: `interface ${dev} is down` }
  await runIp(ip, ['-6', 'neighbour', 'delete', vip, 'dev', dev]) // mostly there is none
  const asked = await runIp(ip, ['-6', 'neighbour', 'replace', vip, 'dev', dev, 'use'])
  if (!asked.ok) return asked
  const mac = await answerOf(vip, dev, ip, waitMs)
  await runIp(ip, ['-6', 'neighbour', 'delete', vip, 'dev', dev])
  return { ok: true, mac }
}

async function answerOf (vip: Address, dev: string, ip: Ip, waitMs: number): Promise<string | null> {
  const deadline = performance.now() + waitMs
  for (;;) {
    const shown = await runIp(ip, ['-json', '-6', 'neighbour', 'show', vip, 'dev', dev])
    const mac = shown.ok ? parseNeighbour(shown.stdout) : null
    if (mac !== null || performance.now() >= deadline) return mac
    await sleep(POLL_MS)
  }
}

/** The MAC that `ip -json neighbour show` names as found; null while there is none. */
export function parseNeighbour (json: string): string | null {
  const parsed = neighboursSchema.safeParse(json.trim() === '' ? [] : JSON.parse(json))
  const found = parsed.success ? parsed.data.find(({ lladdr, state }) => lladdr !== undefined && !state.includes('FAILED')) : undefined
  return found?.lladdr?.toLowerCase() ?? null
}
