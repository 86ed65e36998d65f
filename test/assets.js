// Lets Node import what esbuild inlines into the bundle (`.hbs` compiled, `.html` and `.sh` as text), so that tests run on the sources.
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { precompiled } from '../deploy/release/precompiled.ts'

registerHooks({
  load (url, context, nextLoad) {
    if (!/\.(hbs|html|sh)$/.test(url)) return nextLoad(url, context)
    const text = readFileSync(new URL(url), 'utf8')
    return { format: 'module', shortCircuit: true, source: url.endsWith('.hbs') ? precompiled(text) : `export default ${JSON.stringify(text)}` }
  }
})
