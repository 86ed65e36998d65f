import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AddressChange, holdersOf, overlapsOf, vacanciesOf } from './holders.ts'
import { changeOf } from './timeline.ts'

/** `+a100`: host a got the VIP at 100 ms. */
function changesOf (text: string): AddressChange[] {
  return text.split(' ').filter(Boolean).map(word => ({
    atMs: Number(word.slice(2)), host: word.charAt(1), address: 'vip', event: word.startsWith('+') ? 'added' : 'removed'
  }))
}

const table = [
  { changes: '', holders: '', overlaps: [], vacancies: [] },
  { changes: '+a100', holders: 'a', overlaps: [], vacancies: [] },
  { changes: '+a100 -a200', holders: '', overlaps: [], vacancies: [{ fromMs: 200, lengthMs: 800, hosts: [] }] },
  { changes: '+a100 -a200 +b230', holders: 'b', overlaps: [], vacancies: [{ fromMs: 200, lengthMs: 30, hosts: [] }] },
  { changes: '+a100 +b200 -a230', holders: 'b', overlaps: [{ fromMs: 200, lengthMs: 30, hosts: ['a', 'b'] }], vacancies: [] },
  { changes: '+a100 +b200', holders: 'ab', overlaps: [{ fromMs: 200, lengthMs: 800, hosts: ['a', 'b'] }], vacancies: [] },
  { changes: '+a100 -a200 +b200', holders: 'b', overlaps: [], vacancies: [] }
]

test('holders, overlaps and vacancies of a VIP', () => {
  for (const { changes, holders, overlaps, vacancies } of table) {
    const list = changesOf(changes)
    assert.equal(holdersOf(list, 'vip').join(''), holders, changes)
    assert.deepEqual(overlapsOf(list, 'vip', 1000), overlaps, changes)
    assert.deepEqual(vacanciesOf(list, 'vip', 1000), vacancies, changes)
  }
})

test('other addresses do not count', () => {
  assert.deepEqual(holdersOf(changesOf('+a100'), 'other'), [])
})

test('lines of ip monitor', () => {
  const added = '[2026-11-23T09:21:20.123456] 2: eth0    inet 10.10.0.2/24 scope global secondary eth0\\       valid_lft forever'
  const removed = '[2026-11-23T09:21:20.123456] Deleted 2: eth0    inet6 fd00::2/64 scope global'
  const atMs = Date.UTC(2026, 10, 23, 9, 21, 20, 123)
  assert.deepEqual(changeOf('a', added), { atMs, host: 'a', address: '10.10.0.2', event: 'added' })
  assert.deepEqual(changeOf('a', removed), { atMs, host: 'a', address: 'fd00::2', event: 'removed' })
  assert.equal(changeOf('a', 'something else'), null)
})
