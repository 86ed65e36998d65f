/**
 * The figures of a lab run. Tests assert order and counts; a time is only reported, because it tells as much of the
 * machine as of the product. Each figure is one line of JSON, so that several runs add up in one file; `npm run bench:lab`
 * makes median and worst of them.
 */
import { appendFile, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { env } from 'node:process'
import * as z from 'zod'

export const figureSchema = z.object({
  /** What was measured: a short phrase, the same in every run. */
  what: z.string(),
  value: z.number(),
  unit: z.enum(['ms', 'count'])
}).readonly()

export type Figure = z.infer<typeof figureSchema>

/** Where the figures go. `LAB_REPORT` names another file. */
export const REPORT = env['LAB_REPORT'] ?? join(import.meta.dirname, '../../dist/lab-report.jsonl')

export async function report (what: string, value: number, unit: Figure['unit'] = 'ms'): Promise<void> {
  const figure: Figure = { what, value: Math.round(value * 10) / 10, unit }
  await mkdir(dirname(REPORT), { recursive: true })
  await appendFile(REPORT, `${JSON.stringify(figure)}\n`)
}
