/** The licences of the packages that the bundle is made of, as each of them asks for where it is passed on. */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** A licence under a name of its own, in any case. */
const LICENCE_FILE = /^(?:licen[cs]e|copying)(?:[-.].*)?$/i

/** Packages of libp2p bring no text of it. */
const APACHE = '@opentelemetry/api/LICENSE'

const RULE = '='.repeat(80)

/** Text for people: each package with its version, the name of its licence and the text of it. */
export function licencesOf (bundle: string, modules: string): string {
  const packages = bundledIn(readFileSync(bundle, 'utf8'))
  const notices = packages.map((name) => noticeOf(name, modules))
  return `keepalived-mesh is bundled with the packages below. Where one is offered under several licences, it is used under the Apache License 2.0, whose text is at the end.\n${notices.join('')}\n${RULE}\nApache License 2.0\n${RULE}\n${readFileSync(join(modules, APACHE), 'utf8')}`
}

/** The comment before each module in the bundle names its file: `// node_modules/zod/v4/core/api.js`, or the key of its wrapper does. */
export function bundledIn (text: string): readonly string[] {
  const names = [...text.matchAll(/node_modules\/((?:@[\w.-]+\/)?[\w.-]+)\//g)].map(([, name = '']) => name)
  return [...new Set(names)].toSorted()
}

function noticeOf (name: string, modules: string): string {
  const folder = join(modules, name)
  if (!existsSync(folder)) throw new Error(`the bundle names ${name}, which is not installed`)
  const { version, license }: { version?: string, license?: string } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const texts = readdirSync(folder).filter((file) => LICENCE_FILE.test(file)).map((file) => readFileSync(join(folder, file), 'utf8').trim())
  if (texts.length === 0 && license?.includes('Apache-2.0') !== true) throw new Error(`${name} is under ${license ?? 'no licence that it names'} and brings no text of it`)
  return `\n${RULE}\n${name} ${version ?? ''}: ${license ?? 'see below'}\n${RULE}\n${texts.length === 0 ? 'Apache License 2.0, at the end' : texts.join('\n\n')}\n`
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '../..')
  console.log(licencesOf(join(root, 'dist/keepalived-mesh.js'), join(root, 'node_modules')))
}
