/**
 * The Nodes of a cluster, followed as informers do: list, then watch from the version of the list; where the watch ends, watch on from the last version that was seen; where that is too
 * old (410 Gone), list anew (https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes).
 */
import { text as wholeOf } from 'node:stream/consumers'
import * as z from 'zod'
import type { Address } from '../../../core/record.ts'
import { linesOf } from '../../../lines.ts'
import { canonicalAddressOf } from '../../address.ts'
import type { ApiAccess } from './api-access.ts'
import { ApiStatusError, requestApi } from './api-request.ts'

export interface NodesOptions {
  /** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors */
  readonly labelSelector: string
}

export interface NodesListener {
  /** All that there are now, by name: after a list, and after each change. */
  readonly onNodes: (nodes: ReadonlyMap<string, readonly Address[]>) => void
}

/** Of one Node: it lists the images that it has. */
const lineBytesMax = 1024 * 1024
/** The server ends a watch after so long; a connection that is dead without a word is found out then. */
const watchSeconds = 240
/** One page of a list. */
const pageSize = 500

const node = z.object({
  metadata: z.object({ name: z.string(), resourceVersion: z.string() }),
  status: z.object({ addresses: z.array(z.object({ type: z.string(), address: z.string() })).default([]) }).default({ addresses: [] })
})
const list = z.object({ metadata: z.object({ resourceVersion: z.string(), continue: z.string().optional() }), items: z.array(node).nullable() })
const change = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['ADDED', 'MODIFIED', 'DELETED']), object: node }),
  z.object({ type: z.literal('BOOKMARK'), object: z.object({ metadata: z.object({ resourceVersion: z.string() }) }) }),
  z.object({ type: z.literal('ERROR'), object: z.object({ code: z.number().optional(), message: z.string().optional() }) })
])

type Node = z.infer<typeof node>

export interface Nodes {
  /** Follows until the connection ends, or what it says cannot be used; resumed where it was when called again. @throws what went wrong */
  readonly follow: (access: ApiAccess, signal: AbortSignal) => Promise<void>
}

export function createNodes ({ labelSelector }: NodesOptions, { onNodes }: NodesListener): Nodes {
  const nodes = new Map<string, readonly Address[]>()
  /** Null: what is known is too old to go on from. */
  let version: string | null = null
  const pathOf = (rest: Readonly<Record<string, string>>): string => `/api/v1/nodes?${new URLSearchParams({ labelSelector, ...rest }).toString()}`

  async function listAll (access: ApiAccess, signal: AbortSignal): Promise<string> {
    const found: Node[] = []
    for (let after: string | undefined; ;) {
      const response = await requestApi(access, pathOf({ limit: String(pageSize), ...after !== undefined && { continue: after } }), signal)
      const { metadata, items } = list.parse(JSON.parse(await wholeOf(response)))
      found.push(...items ?? [])
      after = metadata.continue
      if (after !== undefined && after !== '') continue
      nodes.clear()
      for (const { metadata: { name }, status } of found) nodes.set(name, internalAddresses(status))
      onNodes(nodes)
      return metadata.resourceVersion
    }
  }

  async function watch (access: ApiAccess, from: string, signal: AbortSignal): Promise<void> {
    const response = await requestApi(access, pathOf({ watch: 'true', allowWatchBookmarks: 'true', resourceVersion: from, timeoutSeconds: String(watchSeconds) }), signal)
    const timer = setTimeout(() => { response.destroy() }, 1.5 * 1000 * watchSeconds).unref()
    try {
      for await (const line of linesOf(response, lineBytesMax)) {
        const event = change.parse(JSON.parse(line))
        if (event.type === 'ERROR') throw new ApiStatusError(event.object.code ?? 0, event.object.message ?? '')
        version = event.object.metadata.resourceVersion
        if (event.type !== 'BOOKMARK') take(event.type, event.object)
      }
    } finally {
      clearTimeout(timer)
      response.destroy()
    }
  }

  function take (type: 'ADDED' | 'MODIFIED' | 'DELETED', { metadata: { name }, status }: Node): void {
    const addresses = internalAddresses(status)
    const known = nodes.get(name)
    // Its conditions change every few minutes.
    if (type === 'MODIFIED' && known?.join() === addresses.join()) return
    if (type === 'DELETED') nodes.delete(name)
    else nodes.set(name, addresses)
    onNodes(nodes)
  }

  return {
    async follow (access, signal) {
      try {
        version ??= await listAll(access, signal)
        await watch(access, version, signal)
      } catch (error) {
        if (error instanceof ApiStatusError && error.status === 410) version = null
        else throw error
      }
    }
  }
}

function internalAddresses ({ addresses }: Node['status']): readonly Address[] {
  return addresses.flatMap(({ type, address }) => type === 'InternalIP' ? canonicalAddressOf(address) ?? [] : [])
}
