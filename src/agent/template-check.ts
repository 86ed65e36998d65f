/** Whether the operator's template renders whatever the agent will ask of it: said at the start, not when the first host joins. */
import type { Config, MeshConfig, StaticConfig } from '../config/config.ts'
import type { Conf } from '../core/event.ts'
import type { GroupSpec } from '../core/record.ts'
import { groupSpecOf, sharedVipsOf } from '../config/group-spec.ts'
import { daemonFiles } from '../keepalived/daemon-files.ts'
import { meshInstance, staticInstance, type Instance } from '../keepalived/instance.ts'
import { TemplateError, createRender } from '../keepalived/render.ts'

/** Null: nothing is wrong with it, or there is none. */
export function templateFault (config: Config): string | null {
  if (config.mode === 'passthrough' || config.template === null) return null
  const render = createRender(config.template)
  try {
    for (const instance of config.mode === 'static' ? [staticInstance(config, sampleSeat, filesOf(config))] : meshSamples(config)) render(instance)
    return null
  } catch (error) {
    if (error instanceof TemplateError) return error.message
    throw error
  }
}

const sampleSeat = { interface: 'eth0', source: '192.0.2.1' }

const sampleSpec = (config: MeshConfig): GroupSpec =>
  ({ virtualRouterId: config.virtualRouterId, version: 2, advertInt: 1, virtualIpaddress: '192.0.2.9/24', authDigest: '', authPass: 'sample', revision: 0, epoch: 0 })

/** Alone and among others, as one that claims the VIP and as one that does not. */
function meshSamples (config: MeshConfig): readonly Instance[] {
  const spec = groupSpecOf(config) ?? sampleSpec(config)
  const conf: Conf = { priority: config.pinned ?? 254, claim: false, source: sampleSeat.source, peers: ['192.0.2.2'], lists: [], spec, vips: sharedVipsOf(config).slice(1) }
  return [conf, { ...conf, claim: true }, { ...conf, peers: [] }].map((one) => meshInstance(config, sampleSeat.interface, one, filesOf(config)))
}

function filesOf ({ runDir }: StaticConfig | MeshConfig): Parameters<typeof meshInstance>[3] {
  const { notifyFifo, trackFile, reloadCheckLog } = daemonFiles(runDir)
  return { notifyFifo, trackFile, reloadCheckLog, checkScript: '/usr/bin/true' }
}
