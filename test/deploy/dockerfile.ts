/**
 * A Dockerfile as its instructions, stage by stage: enough of the grammar (comments, line continuations, stages) for
 * tests that hold it to its rules on a machine that cannot build it.
 */

export interface Instruction {
  /** In capitals. */
  readonly word: string
  /** The rest, on one line. */
  readonly text: string
}

export interface Stage {
  readonly name: string
  readonly base: string
  readonly instructions: readonly Instruction[]
}

export interface Dockerfile {
  /** ARG before the first FROM, name → default. */
  readonly args: ReadonlyMap<string, string>
  readonly stages: readonly Stage[]
}

export function readDockerfile (source: string): Dockerfile {
  const lines = source.replaceAll(/^\s*#.*\n/gm, '').replaceAll(/\\\n\s*/g, ' ').split('\n').filter(line => line.trim() !== '')
  const args = new Map<string, string>()
  const stages: Array<Stage & { instructions: Instruction[] }> = []
  for (const line of lines) {
    const [, word = '', text = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? []
    const stage = stages.at(-1)
    if (word === 'FROM') stages.push(stageOf(text))
    else if (stage !== undefined) stage.instructions.push({ word, text })
    else if (word === 'ARG') args.set(...pairOf(text))
    else throw new Error(`${line}: nothing but ARG may stand before the first FROM`)
  }
  return { args, stages }
}

function stageOf (text: string): Stage & { instructions: Instruction[] } {
  const [, base = '', name = ''] = /^(?:--platform=\S+ )?(\S+) AS (\w+)$/.exec(text) ?? []
  if (name === '') throw new Error(`FROM ${text}: each stage has a name`)
  return { name, base, instructions: [] }
}

function pairOf (text: string): [string, string] {
  const [name = '', ...value] = text.split('=')
  return [name, value.join('=')]
}
