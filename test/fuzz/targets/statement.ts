/** What a member says of itself: the payload of an envelope, signed by whoever it names, so that its grammar alone decides. */
import assert from 'node:assert/strict'
import { canonicalJsonOf } from '../../../src/mesh/canonical.ts'
import { jsonIn, payloadLengthMax } from '../../../src/mesh/sealing.ts'
import { defectOf, statementIn } from '../../../src/mesh/statement.ts'
import { recordOf } from '../../mesh/host.ts'
import { ids, open, signed } from '../signed.ts'
import type { Target } from '../target.ts'

const [own = '', other = ''] = ids
const full = { ...recordOf(own), mac: '02:00:00:00:00:10', rival: '02:00:00:00:00:11', founder: other, number: 254, pinned: 200, reason: 'why', lists: [other], peers: ['10.0.0.7', 'fd00::7'], gone: [other], vips: ['10.0.0.101/32', 'fd00::1/64'], prepared: 'ab', tombstones: 'cd', appliedPriority: 254, effectivePriority: 127 }
const { spec } = full

/** What could break a log line, steer a terminal, or be more than a word to keepalived. */
const unprintable = /[\p{C}\p{Zl}\p{Zp}]/u

export const statement: Target = {
  name: 'statement',
  words: [own, other, '12D3KooW', 'MASTER', 'BACKUP', 'FAULT', 'STOP', 'active', 'joining', 'blocked', 'standby', '10.0.0.7', 'fd00::7', '::ffff:10.0.0.7', '10.0.0.1/24', '0x0a.1', '010.0.0.1', 'fe80::1%eth0', 'tombstone', 'member', 'left', 'removed', '02:00:00:00:00:10'],
  seeds: [
    ...[full, recordOf(own), { ...full, spec: spec === null ? null : { ...spec, version: 3, advertInt: 0.01, authPass: 'pwd51' } }].map(canonicalJsonOf),
    ...(['left', 'removed', 'forgotten', 'superseded'] as const).map((departure) => canonicalJsonOf({ kind: 'tombstone', id: own, incarnation: 3, departure, issuer: own, serial: 2 }))
  ],
  run (input) {
    const payload = input.toString()
    const said = statementIn(jsonIn(payload))
    if (said === null) return
    assert.equal(defectOf(said), null, 'taken from others, and not good enough to be said')
    const text = canonicalJsonOf(said)
    assert.equal(canonicalJsonOf(statementIn(JSON.parse(text))), text, 'another statement when it is read again')
    assert.doesNotMatch(text, unprintable)
    assert(text.length <= 2 * payloadLengthMax, 'a statement beyond its limit')
    const envelope = signed(payload, said.kind === 'member' ? said.id : said.issuer)
    if (envelope === null || payload.length > 4096) return
    const opened = open(envelope)
    assert(opened.ok && canonicalJsonOf(opened.claim.statement) === text, 'signed, well formed, and not taken')
    assert(!open({ ...envelope, payload: `${payload} ` }).ok, 'taken with another text than was signed')
  }
}
