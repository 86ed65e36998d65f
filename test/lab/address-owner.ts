/** Whom a client talks to when it talks to an address: the MAC that its neighbour table has, which is what a switch acts on. */
import type { Lab } from './lab.ts'

/** The MAC behind an address as the client knows it; null while it knows none. */
export async function macBehind (lab: Lab, address: string): Promise<string | null> {
  const line = await (await lab.client()).exec('ip', 'neighbour', 'show', 'to', address)
  return /lladdr (?<mac>\S+)/.exec(line)?.groups?.['mac'] ?? null
}
