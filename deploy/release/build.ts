/**
 * `npm run build`: dist/keepalived-mesh.js, the one file that is the product, and dist/start.cjs, which starts it in less time (src/start.ts).
 *
 * The file is an ES module around one function, so that it can be run by `node` alone as well as compiled as a classic script, which V8 keeps the
 * code of.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build, type BuildOptions, type Plugin } from 'esbuild'
import { AFTER_SCRIPT, BEFORE_SCRIPT } from '../../src/script.ts'
import { precompiled } from './precompiled.ts'

const ROOT = join(import.meta.dirname, '../..')
const { version }: { readonly version: string } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

const common: BuildOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  minifySyntax: true,
  minifyWhitespace: true,
  logLevel: 'warning'
}

const templates: Plugin = {
  name: 'templates',
  setup (its) {
    its.onLoad({ filter: /\.hbs$/ }, async ({ path }) => ({ contents: precompiled(await readFile(path, 'utf8')), loader: 'js' }))
  }
}

/**
 * libp2p sorts what it stores of a peer, which is ASCII, in the order of a language. The first comparison of that kind loads the languages' rules,
 * which takes an agent longer than its part of a handshake; no other is made.
 */
const plainOrder: Plugin = {
  name: 'plain-order',
  setup (its) {
    its.onLoad({ filter: /\/peer-store\/dist\/src\/utils\/(?:dedupe-addresses|to-peer-pb)\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8')
      const contents = text.replaceAll(/return ([\w.()]+)\.localeCompare\(([\w.()]+)\);/g, 'return $1 < $2 ? -1 : Number($1 > $2);')
      assert.ok(contents !== text && !contents.includes('localeCompare'), `${path} compares otherwise than it did`)
      return { contents, loader: 'js' }
    })
  }
}

await build({
  ...common,
  entryPoints: ['src/main.ts'],
  plugins: [templates, plainOrder],
  outfile: 'dist/keepalived-mesh.js',
  legalComments: 'eof',
  banner: { js: `${BEFORE_SCRIPT}(function(require,__filename){"use strict";` },
  footer: { js: `})${AFTER_SCRIPT}` },
  alias: {
    '@chainsafe/as-chacha20poly1305': './src/mesh/no-wasm.ts',
    '@chainsafe/as-sha256': './src/mesh/no-wasm.ts',
    'node:cluster': './src/mesh/no-cluster.ts'
  },
  loader: { '.html': 'text', '.sh': 'text' },
  define: { SOFTWARE_VERSION: JSON.stringify(version) }
})
await build({ ...common, entryPoints: ['src/start.ts'], outfile: 'dist/start.cjs' })
