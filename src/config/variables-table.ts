/**
 * The README's table of variables, made from the very objects that read the environment, so that what is documented is
 * what is read. `node src/config/variables-table.ts` prints it. Nothing of the product imports this file.
 */
import { variables } from './variables/all.ts'

/** Markdown, without a line feed at the end. */
export function variablesTable (): string {
  const rows = variables.map(({ name, default: fallback, description }) => `| \`${name}\` | ${cell(fallback)} | ${cell(description)} |`)
  return ['| variable | default | |', '| --- | --- | --- |', ...rows].join('\n')
}

function cell (text: string): string {
  return text.replaceAll('|', '\\|')
}

if (import.meta.main) console.log(variablesTable())
