/** The package as it would be published: what is in it, and that it runs where it was installed from the tarball, with nothing else. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { env, execPath } from 'node:process'
import { test } from 'node:test'
import * as z from 'zod'
import { bundledIn } from '../../deploy/release/licences.ts'

const ROOT = join(import.meta.dirname, '../..')
const packedSchema = z.tuple([z.object({ filename: z.string(), files: z.array(z.object({ path: z.string(), mode: z.number() })) })])

test('the tarball holds what runs and its papers, and installs a command that runs alone', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'package-'))
  t.after(() => { rmSync(folder, { recursive: true }) })
  const run = (file: string, ...args: readonly string[]): string => execFileSync(file, args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: { ...env, npm_config_prefix: folder, npm_config_ignore_scripts: 'true' } })
  run(execPath, 'deploy/release/package.ts')
  const [{ filename, files }] = packedSchema.parse(JSON.parse(run('npm', 'pack', '--json', '--pack-destination', folder, './dist/package')))
  assert.deepEqual(files.map(({ path }) => path).toSorted(), ['CHANGELOG.md', 'LICENSE', 'LICENSES.txt', 'README.md', 'keepalived-mesh.js', 'package.json'])
  run('npm', 'install', '--global', '--offline', '--no-audit', join(folder, filename))
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')))
  const said = execFileSync(join(folder, 'bin/keepalived-mesh'), ['--version'], { encoding: 'utf8', env: { PATH: `${dirname(execPath)}${delimiter}${env['PATH'] ?? ''}` } })
  assert.equal(said.trim(), version)
  assert.match(execFileSync(join(folder, 'bin/keepalived-mesh'), ['secret'], { encoding: 'utf8' }), /^[A-Za-z0-9_-]{43}\n$/)
})

test('each package that is in the bundle has its licence in it', () => {
  const names = bundledIn(readFileSync(join(ROOT, 'dist/keepalived-mesh.js'), 'utf8'))
  const text = readFileSync(join(ROOT, 'dist/package/LICENSES.txt'), 'utf8')
  for (const name of ['libp2p', 'zod', '@libp2p/gossipsub', 'pino', 'handlebars']) assert.ok(names.includes(name), `${name} is not told to be in the bundle`)
  for (const name of names) assert.match(text, new RegExp(`^${name.replaceAll(/[./]/g, '\\$&')} \\d+\\.\\d+\\.\\d+\\S*: .+$`, 'm'))
})
