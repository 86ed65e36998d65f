/**
 * Is anybody answering for the VIP on the wire, and with which MAC? For IPv4 `arping` asks, since Node has no raw
 * sockets; for IPv6 the kernel's own neighbour discovery does (probe-neighbour.ts). This host never hears its own
 * broadcast, so a holder may ask for an IPv4 VIP, too; an answer from one of its own MACs (a bridge may bring it back)
 * does not count. Silence is only what could have been broken: an interface that is down is a fault.
 */
import { isIPv6 } from 'node:net'
import type { Address } from '../core/record.ts'
import { runCommand, type CommandFault } from './command.ts'
import { probeNeighbour } from './probe-neighbour.ts'

export interface Probe {
  readonly vip: Address
  readonly interface: string
  /** One of this host's addresses there; null: ask without one, as before an address is taken (RFC 5227, §2.1.1). */
  readonly source: Address | null
  /** Lower case. */
  readonly ownMacs: readonly string[]
  /** Words before each command, for tests: `['ip', 'netns', 'exec', NAME]`. @default [] */
  readonly within?: readonly string[]
}

export type ProbeResult =
  /** `mac`: lower case, null when nobody answered within a second. */
  | { readonly ok: true, readonly mac: string | null }
  /** `HELD`: this host holds the IPv6 VIP itself and cannot hear of another holder. */
  | { readonly ok: false, readonly code: CommandFault['code'] | 'HELD', readonly message: string }

const WAIT_SECONDS = 1
const CEILING_MS = 5_000

/** Asks once; resolves at the first answer, or after a second of silence. Never rejects. */
export async function probeVip (probe: Probe): Promise<ProbeResult> {
  const { vip, interface: dev, source, ownMacs, within = [] } = probe
  if (isIPv6(vip)) return await probeNeighbour(vip, dev, { command: [...within, 'ip'] }, WAIT_SECONDS * 1_000)
  const [program, ...words] = [...within, 'arping', '-f', '-c', '1', '-w', `${WAIT_SECONDS}`, '-I', dev, ...(source === null ? ['-D'] : ['-s', source]), vip]
  const result = await runCommand(program, words, CEILING_MS)
  const answer = parseArping(result.stdout)
  if (answer !== null) return { ok: true, mac: answer.find(mac => !ownMacs.includes(mac)) ?? null }
  return result.ok ? { ok: false, code: 'FAILED', message: `arping printed something unexpected: ${result.stdout}` } : result
}

/**
 * The MACs in arping's output, in the order of their answers; null when it did not ask at all. iputils and busybox
 * print the same lines, the MAC in upper and in lower case. Exit codes are no help: `-D` turns them around.
 */
export function parseArping (stdout: string): readonly string[] | null {
  if (!/^Sent \d+ probe/m.test(stdout)) return null
  return [...stdout.matchAll(/reply from \S+ \[((?:[0-9a-f]{2}:){5}[0-9a-f]{2})\]/gi)].map(([, mac = '']) => mac.toLowerCase())
}
