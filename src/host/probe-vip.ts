/**
 * Is anybody answering for the VIP on the wire, and with which MAC? Asked by `arping`, since Node has no raw sockets.
 * This host never hears its own broadcast, so a holder may ask, too; an answer from one of its own MACs (a bridge may
 * bring it back) does not count. Silence is only what arping could have heard: an interface that is down is a fault.
 */
import { isIPv6 } from 'node:net'
import type { Address } from '../core/record.ts'
import { runCommand, type CommandFault } from './command.ts'

export interface Probe {
  readonly vip: Address
  readonly interface: string
  /** One of this host's addresses there; null: ask without one, as before an address is taken (RFC 5227, §2.1.1). */
  readonly source: Address | null
  /** Lower case. */
  readonly ownMacs: readonly string[]
  /** Program and first words, for tests. @default ['arping'] */
  readonly command?: readonly string[]
}

export type ProbeResult =
  /** `mac`: lower case, null when nobody answered within a second. */
  | { readonly ok: true, readonly mac: string | null }
  | { readonly ok: false, readonly code: CommandFault['code'] | 'IPV6', readonly message: string }

const WAIT_SECONDS = 1
const CEILING_MS = 5_000

/** Asks once; resolves at the first answer, or after a second of silence. Never rejects. */
export async function probeVip ({ vip, interface: dev, source, ownMacs, command = ['arping'] }: Probe): Promise<ProbeResult> {
  if (isIPv6(vip)) return { ok: false, code: 'IPV6', message: `${vip}: an IPv6 VIP cannot be probed` }
  const [program = 'arping', ...first] = command
  const from = source === null ? ['-D'] : ['-s', source]
  const result = await runCommand(program, [...first, '-f', '-c', '1', '-w', `${WAIT_SECONDS}`, '-I', dev, ...from, vip], CEILING_MS)
  const answer = parseArping(result.stdout)
  if (answer === null) return result.ok ? { ok: false, code: 'FAILED', message: `arping printed something unexpected: ${result.stdout}` } : result
  return { ok: true, mac: answer.find(mac => !ownMacs.includes(mac)) ?? null }
}

/**
 * The MACs in arping's output, in the order of their answers; null when it did not ask at all. iputils and busybox
 * print the same lines, the MAC in upper and in lower case. Exit codes are no help: `-D` turns them around.
 */
export function parseArping (stdout: string): readonly string[] | null {
  if (!/^Sent \d+ probe/m.test(stdout)) return null
  return [...stdout.matchAll(/reply from \S+ \[((?:[0-9a-f]{2}:){5}[0-9a-f]{2})\]/gi)].map(([, mac = '']) => mac.toLowerCase())
}
