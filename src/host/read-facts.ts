/**
 * Reads this host's interfaces, addresses and default routes through `ip -json`, checking the shape of what it prints:
 * the fields used here are those of iproute2 4.14 and later.
 */
import * as z from 'zod'
import type { Family } from '../config/address.ts'
import type { HostAddress, HostFacts, HostInterface } from './facts.ts'
import type { CommandFault } from './command.ts'
import { ownIp, runIp, type Ip } from './ip.ts'

const addressSchema = z.object({
  family: z.enum(['inet', 'inet6']),
  local: z.string(),
  prefixlen: z.number(),
  scope: z.string().default('global'),
  secondary: z.boolean().default(false)
})

const interfacesSchema = z.array(z.object({
  ifname: z.string(),
  ifindex: z.number(),
  link_type: z.string().optional(),
  address: z.string().optional(),
  flags: z.array(z.string()),
  addr_info: z.array(z.unknown()).default([])
}).or(z.object({}).strict().transform(() => null))) // older versions print {} for what a filter left out

const routesSchema = z.array(z.object({ dev: z.string().optional(), metric: z.number().default(0) }))

export type FactsResult = { readonly ok: true, readonly facts: HostFacts } | CommandFault

/** The picture of this moment; never rejects. */
export async function hostFacts (ip: Ip = ownIp): Promise<FactsResult> {
  const [interfaces, ipv4, ipv6] = await Promise.all([
    runIp(ip, ['-json', 'address', 'show']),
    runIp(ip, ['-json', '-4', 'route', 'show', 'default']),
    runIp(ip, ['-json', '-6', 'route', 'show', 'default'])
  ])
  if (!interfaces.ok) return interfaces
  if (!ipv4.ok) return ipv4
  try {
    const facts = {
      interfaces: parseInterfaces(interfaces.stdout),
      defaultRoute: { ipv4: parseDefaultRoute(ipv4.stdout), ipv6: ipv6.ok ? parseDefaultRoute(ipv6.stdout) : null }
    }
    return { ok: true, facts }
  } catch (error) {
    return { ok: false, code: 'FAILED', exitCode: 0, stdout: interfaces.stdout, message: `ip printed something unexpected: ${String(error)}` }
  }
}

/** Parses `ip -json address show`. @throws SyntaxError or ZodError when it is something else */
export function parseInterfaces (json: string): readonly HostInterface[] {
  return interfacesSchema.parse(parseJson(json)).filter(found => found !== null).map(({ ifname, ifindex, link_type: type, address, flags, addr_info: addresses }) => ({
    name: ifname,
    index: ifindex,
    mac: type === 'ether' && address !== undefined ? address.toLowerCase() : null,
    up: flags.includes('UP'),
    addresses: addresses.flatMap(found => addressOf(found))
  }))
}

/** The interface of the default route with the lowest metric; null when there is none. @throws as {@link parseInterfaces} */
export function parseDefaultRoute (json: string): string | null {
  const routes = routesSchema.parse(parseJson(json)).filter(route => route.dev !== undefined)
  return routes.toSorted((a, b) => a.metric - b.metric)[0]?.dev ?? null
}

/** Other families than IPv4 and IPv6, and point-to-point entries without a local address, are none of ours. */
function addressOf (found: unknown): readonly HostAddress[] {
  const parsed = addressSchema.safeParse(found)
  if (!parsed.success) return []
  const { family, local, prefixlen, scope, secondary } = parsed.data
  return [{ address: local, prefixLength: prefixlen, family: familyOf(family), secondary, scope }]
}

function familyOf (family: 'inet' | 'inet6'): Family {
  return family === 'inet' ? 'ipv4' : 'ipv6'
}

/** `ip -json` prints nothing at all for an empty list in some versions. */
function parseJson (text: string): unknown {
  return text.trim() === '' ? [] : JSON.parse(text)
}
