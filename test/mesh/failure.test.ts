import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dialFailureOf, isSelf } from '../../src/mesh/failure.ts'

const coded = (code: string): Error => Object.assign(new Error(code), { code })
const named = (name: string, message = ''): Error => Object.assign(new Error(message), { name })

const cases = [
  { error: coded('ECONNREFUSED'), heard: false, failure: 'refused' },
  { error: new Error('dial failed', { cause: coded('ECONNREFUSED') }), heard: false, failure: 'refused' },
  { error: coded('EHOSTUNREACH'), heard: false, failure: 'unreachable' },
  { error: coded('ENETUNREACH'), heard: false, failure: 'unreachable' },
  { error: coded('ETIMEDOUT'), heard: false, failure: 'unreachable' },
  { error: coded('EPERM'), heard: false, failure: 'unreachable' },
  { error: named('TimeoutError'), heard: false, failure: 'unreachable' },
  { error: named('AbortError'), heard: false, failure: 'unreachable' },
  { error: named('TimeoutError'), heard: true, failure: 'rejected' },
  { error: coded('ECONNRESET'), heard: false, failure: 'rejected' },
  { error: named('EncryptionFailedError'), heard: true, failure: 'rejected' },
  { error: named('InvalidPeerIdError', 'Can not dial self'), heard: true, failure: 'rejected' },
  { error: 'not even an error', heard: false, failure: 'rejected' }
] as const

test('each way of failing has its name', () => {
  for (const { error, heard, failure } of cases) assert.equal(dialFailureOf(error, heard), failure, String(error))
})

test('only our own key is ourselves', () => {
  assert(isSelf(named('InvalidPeerIdError', 'Can not dial self')))
  assert(!isSelf(named('InvalidPeerIdError', 'Multiaddrs must all have the same peer id')))
  assert(!isSelf(coded('ECONNREFUSED')))
})
