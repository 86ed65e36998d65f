/** Which passwords are taken: those that keepalived reads to the letter. What it makes of each is measured in test/keepalived/auth-pass.test.ts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authPass } from '../../src/config/auth-pass.ts'
import { MEANT, TO_THE_LETTER } from '../keepalived/passwords.ts'
import { configOf, faultsOf } from './read.ts'

for (const [text, made] of MEANT) {
  test(`refused: ${text}: ${made}`, () => {
    assert.ok(!authPass.safeParse(text).success)
    for (const [given, files] of [[{ KEEPALIVED_AUTH_PASS: text }, {}], [{ KEEPALIVED_AUTH_PASS_FILE: '/f' }, { '/f': `${text}\n` }]] as const) {
      const [fault] = faultsOf(given, files)
      assert.match(fault?.expected ?? '', /to the letter/)
      assert.match(fault?.received ?? '', /^(?:\/f )?\(hidden\)$/)
    }
  })
}

test('refused wherever it stands, also beyond what VRRP carries', () => {
  for (const [text] of MEANT) for (const around of [`ab${text}`, `${text}ab`, `longer-than-8${text}`]) assert.ok(!authPass.safeParse(around).success, around)
})

test('taken: what means something elsewhere in a conf, or in a template of the operator\'s, and nothing here', () => {
  for (const text of TO_THE_LETTER) {
    const config = configOf({ KEEPALIVED_AUTH_PASS: text })
    assert.equal(config.mode === 'passthrough' ? null : config.authPass, text)
  }
})
