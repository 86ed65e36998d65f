/**
 * The note of a keepalived that runs, made anew from its conf where the note itself is lost: the file was cut off, or is
 * gone. The conf says all but who is behind each address, which the last view knows of most. Where it does not, the core keeps the
 * address listed until somebody is found there (core/parting.ts): one that lives would make itself MASTER, were it dropped.
 */
import type { MeshConfig } from '../config/config.ts'
import { authDigestOf, groupSpecOf } from '../config/group-spec.ts'
import type { Memory } from '../core/effect.ts'
import type { GroupSpec, MemberId } from '../core/record.ts'
import { sameSpec } from '../core/spec.ts'
import { readPlain } from '../host/plain-file.ts'
import { confTreeOf, directiveOf } from '../keepalived/conf-tree.ts'
import type { Directive } from '../keepalived/conf-tree.ts'
import { isPlaceholder } from '../keepalived/placeholder.ts'
import { digestOfText } from './keeper.ts'
import { isRunningNote } from './memory.ts'
import type { RunningNote } from './memory.ts'

/** "Address owner", with which a claim takes the VIP: no number. */
const CLAIM_PRIORITY = 255

export interface Known {
  readonly self: MemberId
  readonly memory: Memory | null
}

/** Null: there is no conf of ours. */
export async function recoveredNote (config: MeshConfig, known: Known): Promise<RunningNote | null> {
  const text = await readPlain(config.conf).catch(() => null)
  return text === null ? null : noteIn(text, config, known)
}

/** The same of a conf's text. */
export function noteIn (text: string, config: MeshConfig, { self, memory }: Known): RunningNote | null {
  const instance = confTreeOf(text)?.find(({ name }) => name === 'vrrp_instance')?.block ?? []
  const priority = Number(wordOf(instance, 'priority'))
  const claim = priority === CLAIM_PRIORITY && config.pinned !== CLAIM_PRIORITY
  const peers = linesOf(instance, 'unicast_peer').filter((address) => !isPlaceholder(address)).toSorted()
  const lists = idsBehind(peers.filter((address) => !config.unicastPeer.includes(address)), memory)
  const [first, ...further] = linesOf(instance, 'virtual_ipaddress')
  const note = {
    text: digestOfText(text),
    conf: {
      priority,
      claim,
      source: wordOf(instance, 'unicast_src_ip'),
      peers,
      lists,
      spec: specIn(instance, first, config, memory),
      vips: config.mode === 'mesh' ? linesOf(instance, 'virtual_ipaddress_excluded') : further
    },
    prepared: null,
    number: claim || config.pinned !== null ? memory?.number ?? null : priority,
    founder: memory?.founder ?? self
  }
  return isRunningNote(note) ? note : null
}

/** Whoever is known at them: of two at one address the one that has a number. */
function idsBehind (peers: readonly string[], memory: Memory | null): readonly MemberId[] {
  const members = (memory?.claims ?? []).map(({ statement }) => statement).filter((statement) => statement.kind === 'member')
  const owners = new Map(members.toSorted((a, b) => (a.number ?? 0) - (b.number ?? 0)).map(({ address, id }) => [address, id]))
  return peers.map((address) => owners.get(address)).filter((id) => id !== undefined).toSorted()
}

function specIn (instance: readonly Directive[], virtualIpaddress: string | undefined, config: MeshConfig, memory: Memory | null): GroupSpec | null {
  if (virtualIpaddress === undefined) return null
  const version = wordOf(instance, 'version') === '3' ? 3 : 2
  const authPass = version === 3 ? null : wordOf(directiveOf(instance, 'authentication')?.block ?? [], 'auth_pass')
  const authDigest = authDigestOf(config, authPass)
  const spec = { virtualRouterId: config.virtualRouterId, version, advertInt: Number(wordOf(instance, 'advert_int')), virtualIpaddress, authDigest, authPass, revision: 0, epoch: 0 } as const
  const known = [memory?.spec ?? null, groupSpecOf(config)].find((one) => one !== null && sameSpec(one, spec))
  return { ...spec, revision: known?.revision ?? 0, epoch: known?.epoch ?? 0 }
}

function wordOf (instance: readonly Directive[], name: string): string | null {
  return directiveOf(instance, name)?.words[0] ?? null
}

/** The first word of each line of a block: an address, with its prefix length where it has one. */
function linesOf (instance: readonly Directive[], name: string): readonly string[] {
  return (directiveOf(instance, name)?.block ?? []).map((line) => line.name)
}
