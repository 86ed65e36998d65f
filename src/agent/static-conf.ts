/**
 * The conf of static mode, as the environment describes it and this host allows it now. The environment is the
 * operator's word: what is only odd there (a source address that has yet to appear) is warned of, once, and done as
 * asked; what would do harm is refused.
 */
import type { StaticConfig } from '../config/config.ts'
import { judgementOf } from '../keepalived/complaints.ts'
import { createConfTest, keepalivedIn } from '../keepalived/conf-test.ts'
import { staticInstance } from '../keepalived/instance.ts'
import { TemplateError, createRender } from '../keepalived/render.ts'
import { ConfStoreError, createConfStore } from '../keepalived/store.ts'
import type { Log } from '../log.ts'
import { instanceFiles } from './instance-files.ts'
import { vipsOnDisk } from './release.ts'
import type { Site } from './site.ts'

/** The conf holds a password, but whoever used the image before may read it with other tools: as it was. */
const CONF_MODE = 0o644

export type Written =
  /** `changed`: other bytes than before. `hasSource`: the host has the source address; without, keepalived is in FAULT until it reloads. */
  | { readonly ok: true, readonly changed: boolean, readonly hasSource: boolean }
  /** The conf on disk is as it was. */
  | { readonly ok: false, readonly complaints: readonly string[] }

/** Brings the file up to date; rejects with a ConfTestError where keepalived cannot be run. */
export type WriteConf = () => Promise<Written>

export function createStaticConf (config: StaticConfig, { site, log }: { readonly site: Site, readonly log: Log }): WriteConf {
  const render = createRender(config.template)
  const store = createConfStore({ file: config.conf, mode: CONF_MODE }, { test: createConfTest({ program: keepalivedIn(config.command) }) })
  const told = new Set<string>()

  async function write (): Promise<Written> {
    const seat = site.seat()
    if (seat === null) return { ok: false, complaints: ['This host has no interface or address for VRRP.'] }
    const placed = await instanceFiles(config)
    if (!placed.ok) return { ok: false, complaints: [placed.complaint] }
    const instance = staticInstance(config, seat, placed.files)
    const { complaints, doubts, hasSource } = judgementOf(instance, site.facts(), vipsOnDisk(config))
    if (complaints.length > 0) return { ok: false, complaints }
    for (const doubt of doubts.filter(one => !told.has(one))) log.warn(doubt)
    told.clear()
    for (const doubt of doubts) told.add(doubt)
    const stored = await store.write(render(instance))
    return stored.ok ? { ok: true, changed: stored.changed, hasSource } : stored
  }

  return async () => {
    try {
      return await write()
    } catch (error) {
      if (error instanceof ConfStoreError || error instanceof TemplateError) return { ok: false, complaints: [error.message] }
      throw error
    }
  }
}
