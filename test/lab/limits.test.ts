import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeRoomForMany } from './limits.ts'

test('what is too low is raised, and what is higher stays', async () => {
  const root = await mkdtemp(join(tmpdir(), 'limits-'))
  const fileOf = (family: string, name: string): string => join(root, 'net', family, 'neigh/default', name)
  for (const family of ['ipv4', 'ipv6']) {
    mkdirSync(join(root, 'net', family, 'neigh/default'), { recursive: true })
    for (const [name, entries] of Object.entries({ gc_thresh1: 128, gc_thresh2: 512, gc_thresh3: 1_000_000 })) writeFileSync(fileOf(family, name), `${entries}\n`)
  }
  const watchers = join(root, 'fs/inotify/max_user_instances')
  mkdirSync(join(root, 'fs/inotify'), { recursive: true })
  writeFileSync(watchers, '128\n')
  makeRoomForMany(root)
  assert.equal(readFileSync(watchers, 'utf8'), '1024\n')
  for (const family of ['ipv4', 'ipv6']) {
    assert.deepEqual(['gc_thresh1', 'gc_thresh2', 'gc_thresh3'].map((name) => readFileSync(fileOf(family, name), 'utf8')), ['32768\n', '65536\n', '1000000\n'])
  }
})
