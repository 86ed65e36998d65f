// Lets Node import the text files that esbuild inlines into the bundle (`.hbs`, `.html`, `.sh`), so that tests run on the sources.
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

registerHooks({
  load (url, context, nextLoad) {
    if (!/\.(hbs|html|sh)$/.test(url)) return nextLoad(url, context)
    const text = readFileSync(new URL(url), 'utf8')
    return { format: 'module', shortCircuit: true, source: `export default ${JSON.stringify(text)}` }
  }
})
