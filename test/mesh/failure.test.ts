import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dialFailureOf, isSelf } from '../../src/mesh/failure.ts'

const coded = (code: string): Error => Object.assign(new Error(code), { code })
const named = (name: string, message = ''): Error => Object.assign(new Error(message), { name })

const cases = [
  { error: coded('ECONNREFUSED'), timedOut: false, heard: false, failure: 'refused' },
  { error: new Error('dial failed', { cause: coded('ECONNREFUSED') }), timedOut: false, heard: false, failure: 'refused' },
  { error: coded('EHOSTUNREACH'), timedOut: false, heard: false, failure: 'unreachable' },
  { error: coded('ENETUNREACH'), timedOut: false, heard: false, failure: 'unreachable' },
  { error: coded('ETIMEDOUT'), timedOut: false, heard: false, failure: 'unreachable' },
  { error: coded('EPERM'), timedOut: false, heard: false, failure: 'unreachable' },
  { error: named('AbortError'), timedOut: true, heard: false, failure: 'unreachable' },
  { error: named('EncryptionFailedError'), timedOut: true, heard: true, failure: 'rejected' },
  { error: coded('ECONNRESET'), timedOut: false, heard: false, failure: 'rejected' },
  { error: named('EncryptionFailedError'), timedOut: false, heard: true, failure: 'rejected' },
  { error: named('InvalidPeerIdError', 'Can not dial self'), timedOut: false, heard: true, failure: 'rejected' },
  { error: 'not even an error', timedOut: false, heard: false, failure: 'rejected' }
] as const

test('each way of failing has its name', () => {
  for (const { error, failure, ...circumstances } of cases) assert.equal(dialFailureOf(error, circumstances), failure, String(error))
})

test('only our own key is ourselves', () => {
  assert(isSelf(named('InvalidPeerIdError', 'Can not dial self')))
  assert(!isSelf(named('InvalidPeerIdError', 'Multiaddrs must all have the same peer id')))
  assert(!isSelf(coded('ECONNREFUSED')))
})
