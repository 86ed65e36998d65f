/**
 * The Nodes of the cluster as a source: their internal addresses are where agents may listen, and a Node that was deleted is a host that does not return. Works on from what it knows
 * while the API is down, which may well be behind the very VIP that the group holds.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Address } from '../../../core/record.ts'
import { pauseMsAfter } from '../retry.ts'
import type { Source, SourceDependencies } from '../source.ts'
import { readApiAccess, type ApiAccessOptions } from './api-access.ts'
import { createNodes } from './nodes.ts'

export interface KubernetesOptions extends ApiAccessOptions {
  readonly labelSelector: string
  /** The port of the group. */
  readonly port: number
}

export interface KubernetesDependencies extends SourceDependencies {
  /** The Node that had this address was deleted, and no other one has it. */
  readonly gone: (address: Address) => void
  readonly log: Logger
}

/** A watch that ended sooner has failed, and is not begun again at once. */
const soonMs = 5000

export function createKubernetes ({ labelSelector, port, ...access }: KubernetesOptions, { found, gone, alone, log }: KubernetesDependencies): Source {
  const ending = new AbortController()
  let known: ReadonlySet<Address> = new Set()
  let fault = ''
  const nodes = createNodes({ labelSelector }, { onNodes })
  const { signal } = ending

  function onNodes (present: ReadonlyMap<string, readonly Address[]>): void {
    const addresses = new Set([...present.values()].flat())
    for (const address of addresses) found({ address, port })
    for (const address of known) if (!addresses.has(address)) gone(address)
    known = addresses
    if (fault !== '') log.info({ nodes: present.size }, 'the Kubernetes API tells of its Nodes again')
    fault = ''
  }

  async function followOnce (): Promise<void> {
    try {
      await nodes.follow(await readApiAccess(access), signal)
    } catch (error) {
      if (signal.aborted) return
      const said = error instanceof Error ? error.message : String(error)
      // A word each time that it is another one.
      if (said !== fault) log.warn({ fault: said }, 'the Kubernetes API does not tell of its Nodes: going on with those that are known')
      fault = said
    }
  }

  async function turns (): Promise<void> {
    for (let failures = 0; !signal.aborted;) {
      const begunAtMs = performance.now()
      await followOnce()
      failures = performance.now() - begunAtMs < soonMs ? failures + 1 : 1
      await sleep(pauseMsAfter(failures, alone()), undefined, { signal, ref: false }).catch(() => {})
    }
  }

  return {
    start () { void turns() },
    setOwnAddress () {},
    stop () { ending.abort() }
  }
}
