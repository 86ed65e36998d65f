/** The product's own templates are compiled when it is built: to compile one takes an agent, which is interpreted, longer than to make its conf of it. */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import type Handlebars from 'handlebars'
import { TEMPLATE_OPTIONS } from '../../src/keepalived/template-options.ts'

/** The source of a module that exports the template. Handlebars is loaded when the first one is met. */
export function precompiled (text: string): string {
  const handlebars: typeof Handlebars = createRequire(import.meta.url)('handlebars')
  // Its types say that this is the object which the text stands for.
  const source: unknown = handlebars.precompile(text, TEMPLATE_OPTIONS)
  assert.ok(typeof source === 'string')
  return `export default ${source}`
}
