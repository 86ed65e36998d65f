/** The status as a person reads it. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { tableOf } from '../../src/cli/table.ts'
import type { Status } from '../../src/core/status.ts'
import { documentOf } from '../../src/status/document.ts'
import { facts, meshDocument, memberOf, staticDocument, statusOf } from '../status/sample.ts'

const plain = (_style: string, text: string): string => text
const marked = (style: string, text: string): string => `<${style}>${text}</>`

describe('status table', () => {
  it('shows a good group', () => {
    assert.equal(tableOf(meshDocument, plain), `\
keepalived-mesh 0.1.0 · mesh · group default, virtual router 1 · active
VIP 10.10.0.2/24 held by 10.10.0.21

   ADDRESS     PRIORITY  STATE   VRRP    LISTS  MEMBER
   10.10.0.21  254       active  MASTER  all    …aaaaaaaa
*  10.10.0.22  244       active  BACKUP  all    …bbbbbbbb
   10.10.0.23  234       active  BACKUP  all    …cccccccc

keepalived: pid 4711, BACKUP, 3 reloads, last at 2026-01-01T00:00:00.000Z: member 10.10.0.23 joined
apiserver check: passing
view: 9f86d081884c, agreed`)
  })

  it('shows a host without a mesh', () => {
    assert.equal(tableOf(staticDocument, plain), `\
keepalived-mesh 0.1.0 · static · active
VIP 10.10.0.2/24 held by 10.10.0.22 (this host)

keepalived: pid 4711, MASTER, 0 reloads`)
  })

  it('shows what is about to change, and who is missing', () => {
    const spec = { virtualIpaddress: '10.10.0.2/24', version: 2, advertInt: 1, revision: 0, digest: 'a' } as const
    const status = (given: Partial<Status['spec']>) => tableOf(documentOf(statusOf({ spec: { current: spec, brought: spec, target: null, missing: [], ...given } }), facts), plain)
    const next = { ...spec, advertInt: 3, digest: 'b' }
    const lines = 'next settings: first VIP 10.10.0.2/24, VRRP version 2, interval 3 s'
    assert.ok(!status({}).includes('next settings'))
    assert.ok(status({ brought: next, missing: [{ id: 'x', address: '10.10.0.23', lacks: 'proposal' }] }).includes(`${lines}; missing: 10.10.0.23 (brings others)`))
    assert.ok(status({ target: next, missing: [{ id: 'x', address: '10.10.0.23', lacks: 'life' }] }).includes(`${lines}; missing: 10.10.0.23 (is lost: bring it back, or forget it)`))
  })

  it('names what is wrong', () => {
    const lost = memberOf(2, { state: 'lost', vrrpState: 'BACKUP', priority: null })
    const text = tableOf(documentOf(statusOf({
      phase: 'joining',
      waitingFor: 'the acknowledgement of 10.10.0.21',
      holder: null,
      members: [memberOf(0, { lists: [] }), memberOf(1, { state: 'joining', lists: [memberOf(0).id] }), lost],
      agreed: false,
      applied: false,
      alarms: ['02:00:00:00:00:01 answers for the VIP too']
    }), { ...facts, check: 'failing', keepalived: { pid: null, vrrpState: 'STOP', reloads: 0 } }), marked)
    for (const part of [
      '<yellow>waiting: the acknowledgement of 10.10.0.21</>', 'held by nobody', '<red>lost   </>', 'all but 10.10.0.23',
      '<yellow>not running</>', '<red>failing</>', '<yellow>not agreed yet</>', 'the conf that is wanted',
      '<red>alarm: 02:00:00:00:00:01 answers for the VIP too</>'
    ]) assert.ok(text.includes(part), `${part} in:\n${text}`)
  })
})
