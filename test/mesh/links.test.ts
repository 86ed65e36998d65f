/** Which of several links to one member counts, and that of the others none is left behind. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Connection } from '@libp2p/interface'
import type { Happening } from '../../src/core/event.ts'
import type { Link } from '../../src/mesh/link.ts'
import { createLinks } from '../../src/mesh/links.ts'

/** Links as this member, `m`, sees them; each can be told apart by its name. */
function stage (t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const told: string[] = []
  const ended: string[] = []
  const links = createLinks({ self: 'm' }, { emit: (happening: Happening) => { told.push(happening.kind) }, onChanged () {} })
  const open = (name: string, { id, dialled, openedAtMs }: { readonly id: string, readonly dialled: boolean, readonly openedAtMs: number }): Link => {
    const end = (how: string): void => {
      ended.push(`${name} ${how}`)
      links.remove(link)
    }
    const link: Link = {
      id, dialled, openedAtMs, address: '10.0.0.1', port: dialled ? 11251 : 0,
      get connection (): Connection { throw new Error('nobody looks at it') },
      isOpen: () => !ended.some((line) => line.startsWith(name)), send () {}, retire: () => { end('retired') }, cut: () => { end('cut') }
    }
    links.add(link)
    return link
  }
  return { links, told, ended, open }
}

test('a third link that collides with the second alone: the first is cut, and one link is left in the end', (t) => {
  const { links, told, ended, open } = stage(t)
  open('first', { id: 'a', dialled: false, openedAtMs: 0 })
  open('second', { id: 'a', dialled: false, openedAtMs: 2000 })
  open('third', { id: 'a', dialled: false, openedAtMs: 4000 })
  assert.deepEqual(ended, ['first cut'])
  t.mock.timers.tick(10_000)
  assert.deepEqual([links.all().length, ended.length], [1, 2])
  assert.deepEqual(told.filter((kind) => kind === 'linked').length - told.filter((kind) => kind === 'unlinked').length, 1)
})
