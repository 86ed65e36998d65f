/** What the bundle loads at each start, of whatever command: a module of Node's that any part of it imports at its top. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'

const BUNDLE = join(import.meta.dirname, '../../dist/keepalived-mesh.js')

test('the bundle loads neither HTTP nor TLS, nor what clusters of processes need, before somebody asks for it', async () => {
  const text = await readFile(BUNDLE, 'utf8')
  const imported = new Set([...text.matchAll(/\bimport\b[^;'"()]*from\s*"(?:node:)?([a-z_/]+)"/g)].map(([, name]) => name))
  assert.ok(imported.has('crypto'), 'the imports of the bundle are not found as they are written')
  for (const name of ['http', 'https', 'http2', 'tls', 'cluster', 'inspector']) assert.ok(!imported.has(name), `node:${name} is loaded at each start`)
})
