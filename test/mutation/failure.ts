/** What a program that looks for mutations tells of each failure, as a line of JSON on its standard output, at once. */

export interface Failure {
  /** The file and the name of the test, or whatever else has a name. */
  readonly test: string
  readonly why: string
}

export function tell (failure: Failure): void {
  process.stdout.write(`${JSON.stringify(failure)}\n`)
}

export function failureIn (line: string): Failure {
  const { test, why }: Failure = JSON.parse(line)
  return { test, why }
}
