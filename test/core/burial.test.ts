// Whose an address is when two keys claim it: of whoever is heard after both were known.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backup, joining } from './group.ts'
import { record, seal } from './records.ts'
import type { Stage } from './stage.ts'

function buried (stage: Stage): string[] {
  return stage.effects.flatMap((effect) => effect.kind === 'log' && effect.message === 'member is out' ? [String(effect.facts['member'])] : [])
}

test('a host that is back with another key is not buried for the sake of the dead one, which is not missed yet', () => {
  const stage = joining()
  const anew = { ...backup, id: 'c', number: 190, phase: 'joining', vrrpState: 'STOP' } as const
  stage.happen({ kind: 'message', from: 'a', message: { kind: 'table', claims: [seal(record(anew))], reply: false } })
  stage.pass(100)
  assert.deepEqual(buried(stage), [])

  stage.happen({ kind: 'unlinked', id: 'b' })
  stage.hear(anew)
  stage.pass(1500)
  assert.deepEqual(buried(stage), ['b'])
})
