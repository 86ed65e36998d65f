/**
 * The outputs that the README shows come from commands that run here, on a group of three: what differs from run to run (ids, process ids, instants) is made alike before
 * it is compared. `README_WRITE=1` puts what was printed into the README.
 */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'
import { after, before, test } from 'node:test'
import { COMMAND } from './agent.ts'
import { backupsAmong, formed, holderAmong, ONLY_THE_VIP, startMembers, type Member } from './group.ts'
import type { Host } from './host.ts'
import { openLab, type Lab } from './lab.ts'

const README = join(import.meta.dirname, '../../README.md')
const CEILING_MS = 60_000

let lab: Lab
let master: Member
let next: Member

before(async () => {
  lab = await openLab()
  const members = await startMembers(lab, ['one', 'two', 'three'])
  const [status] = await formed(lab, members)
  // Those that follow have moved up, and no reload is under way.
  await lab.until(async () => (await members[0]?.agent.status())?.tally?.viewAgeMs !== undefined, { what: 'a status' })
  master = holderAmong(lab, members)
  const [first] = backupsAmong(lab, members, status)
  assert(first !== undefined)
  next = first
})
after(async () => { await lab.close() })

interface Shown {
  /** As the README has it after the prompt. */
  readonly line: string
  readonly run: () => Promise<string>
}

const on = async (host: Host, ...args: string[]): Promise<string> => await host.execWith(ONLY_THE_VIP, ...COMMAND, ...args)

const shown: Readonly<Record<string, Shown>> = {
  help: { line: 'keepalived-mesh --help', run: async () => await on(next.host, '--help') },
  status: { line: 'keepalived-mesh status', run: async () => await on(next.host, 'status') },
  explain: { line: 'keepalived-mesh render --explain', run: async () => await on(next.host, 'render', '--explain') },
  doctor: { line: 'keepalived-mesh doctor', run: async () => await on(next.host, 'doctor') },
  secret: { line: 'keepalived-mesh secret', run: async () => await on(next.host, 'secret') },
  ready: { line: 'curl -s http://127.0.0.1:12201/readyz', run: async () => await next.host.exec('curl', '-s', 'http://127.0.0.1:12201/readyz') },
  metrics: { line: 'curl -s http://127.0.0.1:12201/metrics | grep -v "^#" | grep -E "vip_held|masters|view|reloads|transitions"', run: async () => await next.host.exec('sh', '-c', 'curl -s http://127.0.0.1:12201/metrics | grep -v "^#" | grep -E "vip_held|masters|view|reloads|transitions"') },
  lost: {
    line: 'keepalived-mesh status',
    async run () {
      await master.host.crash()
      await lab.until(async () => (await next.agent.status())?.members.some(({ state }) => state === 'lost') === true && lab.timeline.holders('10.10.0.2').length === 1, { what: 'the crashed MASTER to be lost', ceilingMs: CEILING_MS })
      await lab.until(async () => (await next.agent.status())?.holder !== null, { what: 'another holder to be known', ceilingMs: CEILING_MS })
      return await on(next.host, 'status')
    }
  },
  forget: { line: 'keepalived-mesh forget 10.10.0.21', run: async () => await on(next.host, 'forget', master.host.address) }
}

const blockOf = (name: string): RegExp => new RegExp(`(<!-- output: ${name} -->\\n\\n\`\`\`console\\n\\$ )([\\s\\S]*?)(\\n\`\`\`\\n\\n<!-- /output -->)`)

for (const [name, { line, run }] of Object.entries(shown)) {
  test(`the README shows what is printed: ${line}`, async () => {
    const printed = `${line}\n${await run()}`.trimEnd()
    const readme = readFileSync(README, 'utf8')
    const [, , text] = blockOf(name).exec(readme) ?? []
    assert.notEqual(text, undefined, `the README has no output: ${name}`)
    if (env['README_WRITE'] !== undefined) writeFileSync(README, readme.replace(blockOf(name), (_whole, head: string, _text: string, tail: string) => `${head}${printed}${tail}`))
    else assert.equal(alike(text ?? ''), alike(printed))
  })
}

/** What is another one in each run: ids, processes, instants, durations, who of the three came first, and how often keepalived was reloaded on the way. */
function alike (text: string): string {
  return text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'INSTANT').replaceAll(/…\w{8}/g, '…ID').replaceAll(/\bview: \w+/g, 'view: DIGEST').replaceAll(/pid \d+/g, 'pid N').replaceAll(/\d+ reloads, last at INSTANT: .*/g, 'RELOADS')
    .replaceAll(/fe80::\S+/g, 'LINK').replaceAll(/10\.10\.0\.2[123]\b/g, 'HOST').replaceAll(/\b2[345]\d\b/g, 'NUMBER').replaceAll(/(_seconds(?:_total)?(?:\{.*\})?|_total(?:\{.*\})?) [\d.e-]+/g, '$1 N').replaceAll(/^[A-Za-z0-9_-]{43}$/gm, 'SECRET').replaceAll(/ {2,}/g, '  ').replaceAll(/^[* ] /gm, '')
}
