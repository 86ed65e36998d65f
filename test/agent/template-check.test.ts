/** A template of the operator's is tried before anything of keepalived's is touched. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { templateFault } from '../../src/agent/template-check.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { templateTable } from '../../src/keepalived/template-model.ts'

function faultOf (template: string, environment: Readonly<Record<string, string>> = {}): string | null {
  const read = readConfig({ KEEPALIVED_VIRTUAL_IPADDRESS_1: '10.10.0.2/24', KEEPALIVED_TEMPLATE: '/t.hbs', ...environment }, () => template)
  assert('config' in read, JSON.stringify(read))
  return templateFault(read.config)
}

test('a template that renders is no fault, in any mode', () => {
  const template = '{{#each unicastPeer}}{{this}} {{/each}}{{#if authPass}}{{authPass}}{{/if}} {{priority}}'
  for (const environment of [{}, { KEEPALIVED_MESH: 'off' }, { KEEPALIVED_MESH: 'on', KEEPALIVED_UNICAST_PEER_1: '10.10.0.9' }, { KEEPALIVED_MESH: 'on', KEEPALIVED_VIRTUAL_IPADDRESS_1: '' }]) assert.equal(faultOf(template, environment), null)
})

test('a name that no conf has is told, and so is one that only some have', () => {
  assert.match(faultOf('{{prority}}') ?? '', /KEEPALIVED_TEMPLATE cannot be rendered: .*prority/)
  assert.match(faultOf('{{#if trackFile}}{{else}}{{trackFil}}{{/if}}') ?? '', /trackFil/, 'only a claim has no track file')
})

test('the README names all that a template sees', () => {
  const [, table] = /<!-- template -->\n+([\s\S]*?)\n+<!-- \/template -->/.exec(readFileSync(new URL('../../README.md', import.meta.url), 'utf8')) ?? []
  assert.equal(table?.trim(), templateTable(), 'put the output of `node --import ./test/assets.js src/keepalived/template-model.ts` between the markers of README.md')
})
