/**
 * `npm run build`: dist/keepalived-mesh.js, the one file that is the product, and dist/start.cjs, which starts it in less time (src/start.ts).
 *
 * The file is an ES module around one function, so that it can be run by `node` alone as well as compiled as a classic script, which V8 keeps the
 * code of.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type BuildOptions } from 'esbuild'
import { AFTER_SCRIPT, BEFORE_SCRIPT } from '../../src/script.ts'

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

await build({
  ...common,
  entryPoints: ['src/main.ts'],
  outfile: 'dist/keepalived-mesh.js',
  legalComments: 'eof',
  banner: { js: `${BEFORE_SCRIPT}(function(require,__filename){"use strict";` },
  footer: { js: `})${AFTER_SCRIPT}` },
  alias: {
    '@chainsafe/as-chacha20poly1305': './src/mesh/no-wasm.ts',
    '@chainsafe/as-sha256': './src/mesh/no-wasm.ts',
    'node:cluster': './src/mesh/no-cluster.ts'
  },
  loader: { '.hbs': 'text', '.html': 'text', '.sh': 'text' },
  define: { SOFTWARE_VERSION: JSON.stringify(version) }
})
await build({ ...common, entryPoints: ['src/start.ts'], outfile: 'dist/start.cjs' })
