/** The status document: what the core decided, joined with what the shell knows. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { documentSchema } from '../../src/status/document.ts'
import { meshDocument, staticDocument } from './sample.ts'

describe('status document', () => {
  it('has the fields that other programs read, in the mesh', () => {
    const { self, phase, vip, holder, members, digest, agreed, keepalived } = meshDocument
    assert.deepEqual({ phase, vip, holder, digest, agreed, keepalived }, {
      phase: 'active',
      vip: ['10.10.0.2/24'],
      holder: '10.10.0.21',
      digest: '9f86d081884c7d65',
      agreed: true,
      keepalived: { pid: 4711, vrrpState: 'BACKUP', reloads: 3 }
    })
    assert.equal(self.address, '10.10.0.22')
    assert.deepEqual(members.map(({ address }) => address), ['10.10.0.21', '10.10.0.22', '10.10.0.23'])
    assert.deepEqual(Object.keys(members[0] ?? {}), ['id', 'address', 'state', 'priority', 'vrrpState', 'lists', 'software', 'lowered', 'linked', 'roundTripMs'])
  })

  it('shows the host alone where there is no mesh', () => {
    const { phase, members, holder, self } = staticDocument
    assert.deepEqual({ phase, members, holder }, { phase: 'active', members: [], holder: '10.10.0.22' })
    assert.deepEqual({ id: self.id, priority: self.priority }, { id: null, priority: 244 })
  })

  it('is what its schema says, there and back', () => {
    for (const document of [meshDocument, staticDocument]) {
      assert.deepEqual(documentSchema.parse(JSON.parse(JSON.stringify(document))), document)
    }
  })

  it('is read by an older command when it has grown', () => {
    assert.deepEqual(documentSchema.parse({ ...meshDocument, novelty: 1 }), meshDocument)
  })
})
