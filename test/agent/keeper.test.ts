/** The keeper with real keepalived: it is told to read its conf anew exactly when bytes differ, and the last good conf stays. */
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Conf, Happening } from '../../src/core/event.ts'
import { createKeeper, digestOfText, type Keeper } from '../../src/agent/keeper.ts'
import type { Site } from '../../src/agent/site.ts'
import { configOf, confOf, facts } from '../keepalived/sample.ts'
import { createRoom, type Room } from '../keepalived/room.ts'

const SITE: Site = {
  facts: () => facts,
  seat: () => ({ interface: 'eth0', source: '10.10.0.21' }),
  mac: () => null,
  link: () => null,
  held: () => [],
  setVips: () => {},
  look: async () => {},
  watch: () => {},
  close: () => {}
}

interface Kept {
  readonly room: Room
  readonly conf: Conf
  readonly another: () => Keeper
  readonly apply: (keeper: Keeper, conf: Conf) => Promise<void>
  readonly happened: () => string[]
  readonly reloads: () => number
  /** What was told of confs on the disk that did not run. */
  readonly restored: ReadonlyArray<string | null>
}

let rooms = 0

function openKept (t: TestContext): Kept {
  const room = createRoom(`keeper-${process.pid}-${++rooms}`)
  const dir = mkdtempSync(join(tmpdir(), 'keeper-'))
  t.after(async () => {
    await room.release()
    rmSync(dir, { recursive: true })
  })
  const program = join(dir, 'keepalived')
  writeFileSync(program, `#!/bin/sh\nexec ip netns exec ${room.name} /usr/sbin/keepalived "$@"\n`)
  chmodSync(program, 0o755)
  const config = { ...configOf('mesh', {}), command: [program], conf: room.conf, runDir: room.files.runDir }
  const happenings: Happening[] = []
  const restored: Array<string | null> = []
  let reloads = 0
  const another = (): Keeper => createKeeper(config, {
    daemon: room.daemon,
    site: SITE,
    happen: (happening) => { happenings.push(happening) },
    onApplied: () => {},
    onPrepared: async () => null,
    onReload: () => { reloads++ },
    onRestored: (fault) => { restored.push(fault) },
    onUnusable: (error) => { throw error },
    onDefect: (error) => { throw error }
  })
  return {
    room,
    conf: confOf(config),
    another,
    async apply (keeper, conf) {
      keeper.perform({ kind: 'apply', conf, place: { number: 254, founder: null } })
      await keeper.idle()
    },
    happened: () => happenings.map(({ kind }) => kind),
    reloads: () => reloads,
    restored
  }
}

test('keepalived reads its conf anew exactly when bytes differ, for the next agent as well', async t => {
  const { conf, room, another, apply, happened, reloads } = openKept(t)
  const keeper = another()
  await apply(keeper, conf)
  keeper.perform({ kind: 'start' })
  await keeper.idle()
  assert.deepEqual(happened(), ['applied', 'keepalivedStarted'])

  await apply(keeper, { ...conf, lists: ['who has the address of another'] })
  assert.equal(reloads(), 0)
  await apply(keeper, { ...conf, priority: 230 })
  assert.equal(reloads(), 1)

  const next = another()
  next.adopted({ text: digestOfText(readFileSync(room.conf, 'utf8')), conf: { ...conf, priority: 230 } })
  await apply(next, { ...conf, priority: 230 })
  assert.equal(reloads(), 1)
  assert.deepEqual(happened().filter(kind => kind === 'applyFailed'), [])
})

for (const [what, damage] of Object.entries({
  'cut off': (path: string, text: string) => { writeFileSync(path, text.slice(0, 100)) },
  'somebody else\'s': (path: string) => { writeFileSync(path, 'vrrp_instance OTHER {\n}\n') },
  gone: (path: string) => { rmSync(path) }
})) {
  test(`a conf that is ${what} when keepalived is adopted is written anew, without a reload`, async t => {
    const { conf, room, another, apply, reloads, restored } = openKept(t)
    const keeper = another()
    await apply(keeper, conf)
    keeper.perform({ kind: 'start' })
    await keeper.idle()
    const good = readFileSync(room.conf, 'utf8')
    damage(room.conf, good)
    const next = another()
    next.adopted({ text: digestOfText(good), conf })
    await next.idle()
    assert.equal(readFileSync(room.conf, 'utf8'), good)
    await apply(next, conf)
    assert.equal(reloads(), 0)
    assert.deepEqual(restored, [null])
  })
}

test('a conf that keepalived does not take gives way to the one before', async t => {
  const { conf, room, another, apply, happened, reloads } = openKept(t)
  const keeper = another()
  await apply(keeper, conf)
  keeper.perform({ kind: 'start' })
  await keeper.idle()
  const good = readFileSync(room.conf, 'utf8')
  room.daemon.signal('SIGSTOP')
  await apply(keeper, { ...conf, priority: 230 })
  room.daemon.signal('SIGCONT')
  assert.deepEqual(happened(), ['applied', 'keepalivedStarted', 'applyFailed'])
  assert.equal(reloads(), 0)
  assert.equal(readFileSync(room.conf, 'utf8'), good)
})

/** keepalived, which stands still, runs a conf, has refused another, and the disk takes the first no more: a directory lies in the way. */
async function refuseTwice (kept: Kept): Promise<{ readonly keeper: Keeper, readonly good: string }> {
  const { conf, room, another, apply, happened, restored } = kept
  const keeper = another()
  await apply(keeper, conf)
  keeper.perform({ kind: 'start' })
  await keeper.idle()
  const good = readFileSync(room.conf, 'utf8')
  room.daemon.signal('SIGSTOP')
  const refused = apply(keeper, { ...conf, priority: 230 })
  while (readFileSync(room.conf, 'utf8') === good) await nextTurn()
  rmSync(room.conf)
  mkdirSync(join(room.conf, 'in the way'), { recursive: true })
  await refused
  assert.deepEqual(happened(), ['applied', 'keepalivedStarted', 'applyFailed'])
  assert.equal(restored.length, 1)
  assert.match(restored[0] ?? '', /cannot be written/)
  return { keeper, good }
}

test('where the disk does not take the one before either, that is told, and it is put back as soon as it can be', async t => {
  const kept = openKept(t)
  const { keeper, good } = await refuseTwice(kept)
  for (let times = 0; times < 3; times++) {
    keeper.perform({ kind: 'herald' })
    await keeper.idle()
  }
  assert.equal(kept.restored.length, 1, 'told once')
  rmSync(kept.room.conf, { recursive: true })
  while (kept.restored.length < 2) await nextTurn()
  assert.equal(readFileSync(kept.room.conf, 'utf8'), good)
  assert.deepEqual(kept.restored.slice(1), [null])
})

test('a newer conf that keepalived takes is all that belongs on the disk', async t => {
  const kept = openKept(t)
  const { keeper, good } = await refuseTwice(kept)
  rmSync(kept.room.conf, { recursive: true })
  writeFileSync(kept.room.conf, good)
  kept.room.daemon.signal('SIGCONT')
  await kept.apply(keeper, { ...kept.conf, priority: 212 })
  assert.equal(kept.happened().at(-1), 'applied')
  assert.notEqual(readFileSync(kept.room.conf, 'utf8'), good)
  assert.deepEqual(kept.restored.slice(1), [null])
})

test('a password that is not the one that its digest names reaches no conf', async t => {
  const { conf, another, apply, happened } = openKept(t)
  await apply(another(), { ...conf, spec: { ...conf.spec, authPass: 'another' } })
  assert.deepEqual(happened(), ['applyFailed'])
})
