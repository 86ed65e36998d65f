/** What `doctor` prints: one line a finding, faults first, each with its remedy below it. */
import { createPaint, type Style } from './paint.ts'
import { exitCodes, type ExitCode } from './exit.ts'
import { print, type Terminal } from './terminal.ts'

/** As the agent's doctor finds them. */
export interface Shown {
  readonly subject: string
  readonly level: 'ok' | 'warning' | 'fault'
  readonly message: string
  readonly remedy: string | null
}

const levels: ReadonlyArray<{ readonly level: Shown['level'], readonly mark: string, readonly style: Style }> = [
  { level: 'fault', mark: '✗', style: 'red' }, { level: 'warning', mark: '!', style: 'yellow' }, { level: 'ok', mark: '✓', style: 'green' }
]

/** Prints them, or one JSON document; gives 1 when there is a fault. */
export function showFindings (findings: readonly Shown[], { json }: { readonly json: boolean }, { out }: Terminal): ExitCode {
  const healthy = !findings.some(({ level }) => level === 'fault')
  if (json) print(out, JSON.stringify({ healthy, findings }, null, 2))
  else for (const line of linesOf(findings, out)) print(out, line)
  return healthy ? exitCodes.ok : exitCodes.refused
}

function linesOf (findings: readonly Shown[], out: Terminal['out']): readonly string[] {
  const paint = createPaint(out)
  const shown = levels.flatMap(({ level, mark, style }) => findings.filter((finding) => finding.level === level).flatMap(({ subject, message, remedy }) => {
    const line = `${paint(style, mark)} ${paint('bold', subject)}: ${message}`
    return remedy === null ? line : [line, `  ${paint('dim', `→ ${remedy}`)}`]
  }))
  const count = (level: Shown['level']): string => {
    const found = findings.filter((finding) => finding.level === level).length
    return `${found} ${level}${found === 1 ? '' : 's'}`
  }
  return [...shown, `${count('fault')}, ${count('warning')}`]
}
