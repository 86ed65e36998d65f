/** The product as a later version: the same bundle, which names itself by another. */
import { readFile } from 'node:fs/promises'
import { execPath } from 'node:process'
import packageJson from '../../package.json' with { type: 'json' }
import { BUNDLE } from './agent.ts'
import { startMember, type Member, ONLY_THE_VIP } from './group.ts'
import type { Host } from './host.ts'
import type { Lab } from './lab.ts'

export const NEWER = '99.0.0'
/** Where the bundle names itself; a protocol of libp2p happens to have a version that looks the same. */
const OWN_VERSION = new RegExp(`(?<!PROTOCOL_VERSION=)"${packageJson.version.replaceAll('.', '\\.')}"`, 'g')
const PATH = '/run/newer.js'

/** Starts the newer version on a host that is on. */
export async function startNewer (lab: Lab, host: Host, env = ONLY_THE_VIP): Promise<Member> {
  await host.write(PATH, (await readFile(BUNDLE, 'utf8')).replaceAll(OWN_VERSION, `"${NEWER}"`))
  return await startMember(lab, host, env, [execPath, PATH, 'run'])
}

/** Resolves when every member has heard that the one there runs the newer version. */
export async function knownAsNewer (lab: Lab, members: readonly Member[], { host }: Member): Promise<void> {
  for (const member of members) {
    await lab.until(async () => (await member.agent.status())?.members.find(({ address }) => address === host.address)?.software === NEWER, { what: `${member.host.name} to see the newer version on ${host.name}` })
  }
}
