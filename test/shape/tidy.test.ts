/** The habits hold, and would be seen to break. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { report, sourcesIn } from './source.ts'
import type { Violation } from './source.ts'
import { sourceViolations, strayViolations, testViolations } from './tidy.ts'

function expectNone (violations: readonly Violation[]): void {
  assert.equal(violations.length, 0, `\n${report(violations)}`)
}

describe('tidiness', () => {
  it('holds for every file of src', () => {
    expectNone(sourcesIn('src/**/*.ts', 'deploy/**/*.ts').flatMap(sourceViolations))
  })

  it('holds for every file of test, as far as it goes for tests', () => {
    expectNone(sourcesIn('test/**/*.ts').flatMap(testViolations))
  })

  it('no file tells of the place where it was written', () => {
    expectNone(sourcesIn('*.md', '*.json', '*file', '.ci/*', 'deploy/**/*.*', 'src/**/*.{md,hbs,sh}', 'test/**/*.{js,sh,md}').flatMap(strayViolations))
  })

  const header = '/** Decides. */\n'
  const broken: ReadonlyArray<readonly [text: string, rule: RegExp, path?: string]> = [
    ['export const x = 1', /no header/],
    [`const early = 1\n${header}`, /no header/],
    [`/**\n${' * word\n'.repeat(20)} */`, /a header of 22 lines/],
    [header + 'const x = 1\n'.repeat(250), /251 lines, expected at most 250/],
    [`${header}const f = () => {\n${'  f()\n'.repeat(60)}}`, /a function of 62 lines/],
    [`${header}const f = () => {\n${'  g(() => {\n    h()\n  })\n'.repeat(60)}}`, /a function of 62 lines/],
    [header, /"utils" says nothing/, 'src/mesh/utils.ts'],
    [`${header}export class ${'Peer'.concat('Manager')} {}`, /names no thing/],
    [`${header}export default 1`, /a default export/],
    [`${header}export * from './x.ts'`, /a barrel/],
    [`${header}enum X { a }`, /an enum/],
    [`${header}// ${['as in issue', '2'].join(' ')}`, /means nothing to a reader/],
    [`${header}// ${['', 'work', 'main'].join('/')}`, /means nothing to a reader/]
  ]
  for (const [text, rule, path = 'src/core/view.ts'] of broken) {
    it(`refuses what is told as ${rule.source}`, () => {
      assert.match(report(sourceViolations({ path, text })), rule)
    })
  }

  it('takes a good file', () => {
    expectNone(sourceViolations({ path: 'src/core/view.ts', text: `${header}export const helperCount = 1 // keepalived issue 2300\n` }))
  })
})
