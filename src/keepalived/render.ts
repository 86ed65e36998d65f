/**
 * From the model of a conf to its text. The template is ours, or the operator's; either sees the same view: the
 * directives as text, under their camelCase names. keepalived.conf is no HTML, so Handlebars escapes nothing; instead
 * nothing that could mean more than a word may come in, which the grammars of src/config see to and which is asserted
 * here once more, because this is the last place where a stray brace or line feed would be seen.
 */
import assert from 'node:assert/strict'
import Handlebars from 'handlebars'
import { trackInterfaceLine } from '../config/track-interface.ts'
import { virtualIpaddressLine } from '../config/virtual-ipaddress.ts'
import ownTemplate from './keepalived.conf.hbs'
import { TEMPLATE_OPTIONS } from './template-options.ts'
import type { NotifyScripts } from '../config/config.ts'
import type { Instance } from './instance.ts'

export type Render = (instance: Instance) => string

/** What a template sees. Empty lists and nulls are false in `{{#if}}`; anything else that it names must exist. */
export type TemplateView = ReturnType<typeof viewOf>

/** Seconds between gratuitous ARPs of a MASTER: a belt for switches that missed the first ones; one frame for each VIP. */
const vrrpGarpMasterRefresh = 10

/** Printable ASCII but for what begins a comment, a block, a quoted string, or one of keepalived's own macros. */
const literal = /^[\x20-\x7e]*$/
const special = /[#!"{}\\]|\$_|~(?:SEQ|LST)\(/

/** The operator's template uses a name that the view lacks, or the like. `code`: `TEMPLATE_FAILED`. */
export class TemplateError extends Error {
  readonly code = 'TEMPLATE_FAILED'

  constructor (cause: unknown) {
    super(`KEEPALIVED_TEMPLATE cannot be rendered: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.name = 'TemplateError'
  }
}

/** Compiles the template, once. `template` null: ours, which the build has compiled. The renderer throws {@link TemplateError} for one of the operator's. */
export function createRender (template: string | null): Render {
  const compiled = template === null ? Handlebars.template<TemplateView>(ownTemplate) : Handlebars.compile<TemplateView>(template, TEMPLATE_OPTIONS)
  return instance => {
    const view = viewOf(instance)
    try {
      return compiled(view)
    } catch (error) {
      throw template === null ? error : new TemplateError(error)
    }
  }
}

function viewOf (instance: Instance) {
  const { globalDefs, notify, virtualIpaddress, virtualIpaddressExcluded, trackInterface, version, extraGlobal, extraInstance, ...directives } = instance
  const view = {
    ...directives,
    ...globalDefs,
    vrrpGarpMasterRefresh,
    version,
    version3: version === 3,
    virtualIpaddress: virtualIpaddress.map(virtualIpaddressLine),
    virtualIpaddressExcluded: virtualIpaddressExcluded.map(virtualIpaddressLine),
    trackInterface: trackInterface.map(trackInterfaceLine),
    notify: notifyLines(notify)
  }
  assertLiteral(view)
  // Lines of the operator's own, which may hold blocks.
  return { ...view, extraGlobal, extraInstance }
}

function notifyLines (scripts: NotifyScripts) {
  return [
    { directive: 'notify_master', script: scripts.notifyMaster },
    { directive: 'notify_backup', script: scripts.notifyBackup },
    { directive: 'notify_fault', script: scripts.notifyFault },
    { directive: 'notify_stop', script: scripts.notifyStop },
    { directive: 'notify', script: scripts.notify }
  ].filter(({ script }) => script !== null)
}

function assertLiteral (value: unknown): void {
  if (typeof value === 'string') assert(literal.test(value) && !special.test(value), 'a value for keepalived.conf is no plain word')
  else if (typeof value === 'object' && value !== null) Object.values(value).forEach(assertLiteral)
}
