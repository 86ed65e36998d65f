/** The hosts of the demo as a table: what each agent says of its own host, and where the VIP really is. */
import type { StatusDocument } from '../../src/status/document.ts'

export interface Row {
  readonly host: string
  readonly address: string
  /** The power is on. */
  readonly on: boolean
  /** Null while its agent does not answer. */
  readonly status: StatusDocument | null
  /** Addresses in its keepalived.conf. */
  readonly peers: readonly string[]
  /** The kernel says that the VIP is on an interface of it. */
  readonly holds: boolean
}

const HEAD = ['HOST', 'ADDRESS', 'PHASE', 'PRIORITY', 'VRRP', 'LISTS', 'VIP']

/** Lines of equal layout, the first one the head; an empty line stands above. */
export function tableOf (rows: readonly Row[]): string[] {
  const cells = [HEAD, ...rows.map(cellsOf)]
  const widths = HEAD.map((_, column) => Math.max(...cells.map(row => row[column]?.length ?? 0)))
  return ['', ...cells.map(row => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())]
}

function cellsOf ({ host, address, on, status, peers, holds }: Row): string[] {
  if (!on) return [host, address, 'no power', '', '', '', '']
  if (status === null) return [host, address, 'starting', '', '', '', '']
  const { phase, keepalived, self } = status
  const lastBytes = peers.map(peer => `.${peer.split('.').at(-1) ?? ''}`)
  return [host, address, phase, String(self.priority ?? ''), keepalived.vrrpState, lastBytes.join(' '), holds ? '<== VIP' : '']
}
