/** The timeline: what is new in a document beside the one before. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changesBetween, createJournal } from '../../src/status/journal.ts'
import { documentOf, type StatusDocument } from '../../src/status/document.ts'
import { facts, memberOf, statusOf } from './sample.ts'

const document = (given: Parameters<typeof statusOf>[0] = {}, shell: Partial<typeof facts> = {}): StatusDocument => documentOf(statusOf(given), { ...facts, ...shell })

const CASES: ReadonlyArray<readonly [what: string, before: StatusDocument, after: StatusDocument, texts: readonly string[]]> = [
  ['nothing', document(), document(), []],
  ['the VIP moves here', document(), document({ holder: '10.10.0.22' }), ['10.10.0.22 (this host) holds 10.10.0.2/24, after 10.10.0.21']],
  ['nobody holds it', document(), document({ holder: null }), ['nobody is known to hold 10.10.0.2/24']],
  ['somebody does again', document({ holder: null }), document(), ['10.10.0.21 holds 10.10.0.2/24']],
  ['a member is lost', document(), document({ members: [memberOf(0, { state: 'lost' }), memberOf(1), memberOf(2)] }), ['10.10.0.21 is lost, was active']],
  ['a member goes, another comes', document({ members: [memberOf(0), memberOf(1)] }), document({ members: [memberOf(1), memberOf(2, { state: 'joining' })] }), ['10.10.0.23 is new: joining', '10.10.0.21 is out of the group']],
  ['a check fails elsewhere', document(), document({ members: [memberOf(0, { isLowered: true }), memberOf(1), memberOf(2)] }), ['10.10.0.21: a check fails, its priority is lowered']],
  ['and passes again', document({ members: [memberOf(0, { isLowered: true }), memberOf(1)] }), document({ members: [memberOf(0), memberOf(1)] }), ['10.10.0.21: its checks pass again']],
  ['this host joins', document({ phase: 'discovering' }), document({ phase: 'joining', waitingFor: '10.10.0.21 to list this host' }), ['this host is joining, was discovering: waiting for 10.10.0.21 to list this host']],
  ['keepalived changes', document(), document({}, { keepalived: { pid: 4711, vrrpState: 'MASTER', reloads: 3 } }), ['keepalived of this host is MASTER, was BACKUP']],
  ['keepalived dies', document(), document({}, { keepalived: { pid: null, vrrpState: 'BACKUP', reloads: 3 } }), ['keepalived of this host runs no more']],
  ['a reload', document(), document({}, { keepalived: { pid: 4711, vrrpState: 'BACKUP', reloads: 4 } }), ['keepalived of this host has reloaded: member 10.10.0.23 joined']],
  ['the check', document(), document({}, { check: 'failing' }), ['the check of the API server on this host is failing']],
  ['views differ', document(), document({ agreed: false }), ['the views differ']],
  ['all agree', document({ agreed: false }), document(), ['all agree on 3 members']],
  ['an alarm, and its end', document({ alarms: ['old'] }), document({ alarms: ['new'] }), ['alarm: new', 'over: old']]
]

for (const [what, before, after, texts] of CASES) {
  test(`timeline: ${what}`, () => {
    assert.deepEqual(changesBetween(before, after).map(({ text }) => text), texts)
  })
}

test('the timeline begins empty, keeps the newest hundred, and says when', () => {
  let seconds = 0
  const journal = createJournal({ now: () => new Date(1000 * seconds++) })
  assert.deepEqual(journal.note(document()), [])
  for (let i = 0; i < 120; i++) journal.note(document({ holder: i % 2 === 0 ? null : '10.10.0.21' }))
  assert.equal(journal.entries().length, 100)
  assert.equal(journal.entries().at(-1)?.at, '1970-01-01T00:02:00.000Z')
})
