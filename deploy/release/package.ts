/**
 * `npm run release`: the package as it is published, in dist/package. The bundle is all that runs, so it depends on nothing; with it come the licences of what is bundled.
 *
 *     npm run build && node deploy/release/package.ts && npm pack ./dist/package
 */
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { licencesOf } from './licences.ts'

const ROOT = join(import.meta.dirname, '../..')
const TARGET = join(ROOT, 'dist/package')
const BUNDLE = 'keepalived-mesh.js'

/** What of package.json holds for the published package as well. */
const KEPT = ['name', 'version', 'description', 'license', 'type', 'engines'] as const

const own: Record<string, unknown> = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

rmSync(TARGET, { recursive: true, force: true })
mkdirSync(TARGET, { recursive: true })
writeFileSync(join(TARGET, BUNDLE), `#!/usr/bin/env node\n${readFileSync(join(ROOT, 'dist', BUNDLE), 'utf8')}`)
chmodSync(join(TARGET, BUNDLE), 0o755)
writeFileSync(join(TARGET, 'package.json'), `${JSON.stringify({ ...Object.fromEntries(KEPT.map((key) => [key, own[key]])), bin: { 'keepalived-mesh': BUNDLE }, os: ['linux'] }, null, 2)}\n`)
writeFileSync(join(TARGET, 'LICENSES.txt'), licencesOf(join(ROOT, 'dist', BUNDLE), join(ROOT, 'node_modules')))
for (const name of ['LICENSE', 'README.md', 'CHANGELOG.md']) copyFileSync(join(ROOT, name), join(TARGET, name))
