/** A group of two that a stage can meet, and the ways in which this member can stand to it. */
import assert from 'node:assert/strict'
import { SELF, openStage } from './stage.ts'
import type { Stage } from './stage.ts'

export const master = { id: 'a', address: '10.10.0.31', founder: 'a', number: 254, vrrpState: 'MASTER', phase: 'active', lists: [] } as const
export const backup = { id: 'b', address: '10.10.0.32', founder: 'a', number: 252, vrrpState: 'BACKUP', phase: 'active', lists: ['a'] } as const

/** A joiner that has met a MASTER and a BACKUP, which list each other. */
export function joining (): Stage {
  const stage = openStage()
  stage.happen({ kind: 'started', adopted: null })
  stage.hear({ ...master, lists: ['b'] })
  stage.hear(backup)
  return stage
}

/** A BACKUP of a group of three. */
export function running (): Stage {
  const stage = joining()
  stage.answerFor('a')
  stage.answerFor('b')
  stage.hear({ id: 'a', lists: ['b', SELF] })
  stage.hear({ id: 'b', lists: ['a', SELF] })
  stage.pass(1000)
  stage.happen({ kind: 'adverts', received: 3 })
  stage.pass(5000)
  assert.equal(stage.core.status().phase, 'active')
  stage.effects.length = 0
  return stage
}
