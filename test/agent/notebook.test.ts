/** What the next agent is left: never a note of an earlier conf, and no more writes than the disk has time for. */
import assert from 'node:assert/strict'
import { existsSync, watch } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { pino } from 'pino'
import { runningPath, viewPath } from '../../src/agent/files.ts'
import { readRunning } from '../../src/agent/memory.ts'
import { createNotebook } from '../../src/agent/notebook.ts'
import type { Notebook } from '../../src/agent/notebook.ts'
import type { ProcessConfig } from '../../src/config/config.ts'
import type { Memory } from '../../src/core/effect.ts'
import { fill, mount, scratch } from '../host/disk.ts'
import { configOf, confOf } from '../keepalived/sample.ts'

const FOUNDER = `12D3KooW${'B'.repeat(44)}`
const PLACE = { number: 254, founder: FOUNDER }
const digestOf = (letter: string): string => letter.repeat(64)
const mesh = configOf('mesh', {})
const conf = confOf(mesh)
const memory: Memory = { incarnation: 1, founder: FOUNDER, number: 254, spec: null, claims: [] }

interface Desk {
  readonly config: ProcessConfig
  readonly stateDir: string
  /** A small disk. */
  readonly runDir: string
  readonly open: () => Notebook
}

async function openDesk (t: TestContext): Promise<Desk> {
  const dir = await scratch(t)
  const [runDir, stateDir] = [join(dir, 'run'), join(dir, 'state')]
  await mkdir(runDir)
  await mkdir(stateDir)
  mount(runDir, '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs')
  const config = { ...mesh, runDir }
  return { config, stateDir, runDir, open: () => createNotebook(config, { stateDir, last: null }, pino({ level: 'silent' })) }
}

test('a note that cannot be written takes the old one with it, and is an alarm until one can be', async (t) => {
  const desk = await openDesk(t)
  const path = runningPath(desk.config)
  const notebook = desk.open()
  notebook.conf(conf, digestOf('a'), PLACE)
  await notebook.idle()
  assert.equal((await readRunning(path)).value?.text, digestOf('a'))
  await fill(join(desk.runDir, 'ballast'))
  const many = { ...conf, peers: Array.from({ length: 250 }, (_, i) => `10.10.0.${i + 1}`), lists: Array.from({ length: 250 }, () => FOUNDER) }
  notebook.conf(many, digestOf('b'), PLACE)
  await notebook.idle()
  assert.ok(!existsSync(path))
  assert.match(notebook.alarms().join(), /running\.json cannot be written.*ENOSPC/)
  assert.match(await notebook.prepared(many, digestOf('c')) ?? '', /cannot be written.*ENOSPC/)
  await rm(join(desk.runDir, 'ballast'))
  notebook.conf(conf, digestOf('d'), PLACE)
  await notebook.idle()
  assert.deepEqual(notebook.alarms(), [])
  assert.equal(await notebook.prepared(conf, digestOf('e')), null)
  assert.equal((await readRunning(path)).value?.prepared?.text, digestOf('e'))
})

test('the old note makes room for the new one', async (t) => {
  const desk = await openDesk(t)
  const notebook = desk.open()
  notebook.conf(conf, digestOf('a'), PLACE)
  await notebook.idle()
  await fill(join(desk.runDir, 'ballast'))
  notebook.conf(conf, digestOf('b'), PLACE)
  await notebook.idle()
  assert.equal((await readRunning(runningPath(desk.config))).value?.text, digestOf('b'))
})

test('where no keepalived was adopted, the note of an earlier one goes', async (t) => {
  const desk = await openDesk(t)
  await writeFile(runningPath(desk.config), '{}')
  await desk.open().idle()
  assert.ok(!existsSync(runningPath(desk.config)))
})

test('of a view that changes without end only the newest waits', async (t) => {
  const desk = await openDesk(t)
  const notebook = desk.open()
  await notebook.idle()
  let writes = 0
  const watcher = watch(desk.stateDir, (_, name) => { if (name === 'view.json') writes++ })
  t.after(() => { watcher.close() })
  for (let incarnation = 1; incarnation <= 2000; incarnation++) notebook.view({ ...memory, incarnation })
  await notebook.idle()
  // What was written before is told before.
  const told = new Promise<void>((resolve) => { watcher.on('change', (_, name) => { if (name === 'last') resolve() }) })
  await writeFile(join(desk.stateDir, 'last'), '')
  await told
  assert.ok(writes >= 1 && writes <= 2, `${writes} writes`)
  assert.ok(existsSync(viewPath(desk.stateDir)))
})
