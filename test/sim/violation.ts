/** A promise that was broken: a defect of the core, or of the simulator. */
export class Violation extends Error {
  override readonly name = 'Violation'
  /** Which of the promises: `I1` … `I11`, `holders`, `settled`. */
  readonly promise: string

  constructor (promise: string, message: string) {
    super(`${promise}: ${message}`)
    this.promise = promise
  }
}
