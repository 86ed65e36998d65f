/**
 * The conf as the agent would write it on this host now, without touching anything. In a mesh, peers and priority come
 * from the others, so what is shown is the conf of the keepalived that runs, or else that of a host on its own.
 */
import type { Config, MeshConfig, StaticConfig } from '../config/config.ts'
import { groupSpecOf, sharedVipsOf } from '../config/group-spec.ts'
import type { Conf } from '../core/event.ts'
import { NUMBER_MAX } from '../core/number.ts'
import { hostFacts } from '../host/read-facts.ts'
import { SCRIPTS_DIR } from '../keepalived/check-install.ts'
import { daemonFiles } from '../keepalived/daemon-files.ts'
import { meshInstance, staticInstance } from '../keepalived/instance.ts'
import type { Instance, InstanceFiles } from '../keepalived/instance.ts'
import { TemplateError, createRender } from '../keepalived/render.ts'
import { chooseSeat } from '../keepalived/seat.ts'
import type { Seat } from '../keepalived/seat.ts'
import { explanationOf, type Grounds } from './explained.ts'
import { runningPath } from './files.ts'
import { readRunning } from './memory.ts'

export type Rendered = { readonly ok: boolean, readonly text: string }

/** @param explain the environment, to say where each value comes from; null: the conf alone */
export async function renderedConf (config: Config, { explain }: { readonly explain: Grounds['environment'] | null }): Promise<Rendered> {
  if (config.mode === 'passthrough') return { ok: false, text: `KEEPALIVED_AUTOCONF is not true: ${config.conf} is yours, and nothing is rendered` }
  const read = await hostFacts()
  if (!read.ok) return { ok: false, text: read.message }
  const agreed = config.mode === 'static' ? null : (await readRunning(runningPath(config))).value?.conf ?? null
  const { value: seat, reason } = chooseSeat(config, read.facts)
  if (seat === null) return { ok: false, text: reason }
  const { notifyFifo, trackFile, reloadCheckLog } = daemonFiles(config.runDir)
  const files = { notifyFifo, trackFile, reloadCheckLog, checkScript: `${SCRIPTS_DIR}/chk_kube_apiserver.sh` }
  const instance = instanceOf(config, { seat, files, agreed })
  if (instance === null) return { ok: false, text: 'the VIP is not known yet: this host brings none, and keepalived does not run' }
  const text = textOf(config, instance)
  if (text instanceof TemplateError) return { ok: false, text: text.message }
  return { ok: true, text: explain === null ? text : `${explanationOf(instance, { config, facts: read.facts, agreed, environment: explain })}\n${text}` }
}

/** Null where the VIP is not known. */
function instanceOf (config: StaticConfig | MeshConfig, { seat, files, agreed }: { readonly seat: Seat, readonly files: InstanceFiles, readonly agreed: Conf | null }): Instance | null {
  if (config.mode === 'static') return staticInstance(config, seat, files)
  const conf = agreed ?? alone(config, seat.source)
  return conf === null ? null : meshInstance(config, seat.interface, conf, files)
}

function textOf ({ template }: StaticConfig | MeshConfig, instance: Instance): string | TemplateError {
  try {
    return createRender(template)(instance).trimEnd()
  } catch (error) {
    if (error instanceof TemplateError) return error
    throw error
  }
}

/** Null: the environment has no VIP. */
function alone (config: MeshConfig, source: string): Conf | null {
  const spec = groupSpecOf(config)
  const vips = sharedVipsOf(config).slice(1)
  return spec === null ? null : { priority: config.pinned ?? NUMBER_MAX, claim: false, source, peers: config.unicastPeer, lists: [], spec, vips }
}
