/**
 * Many seeds over several threads. Each thread has one job at a time, so that none waits behind a long one; a thread
 * that dies takes everything with it, for it is a defect of the simulator.
 */
import { Worker } from 'node:worker_threads'
import type { Outcome } from './outcome.ts'
import type { Draw } from './script.ts'

export interface Job {
  readonly kind: 'play' | 'shrink'
  readonly draw: Draw
}

export type Answer =
  | { readonly kind: 'play', readonly outcome: Outcome }
  | { readonly kind: 'shrink', readonly story: string }

/** Does all jobs, in whatever order they end; `answered` may add more. */
export async function work (jobs: readonly Job[], workers: number, answered: (answer: Answer, add: (job: Job) => void) => void): Promise<void> {
  const queue = [...jobs]
  await Promise.all(Array.from({ length: workers }, () => serve(queue, answered)))
}

async function serve (queue: Job[], answered: (answer: Answer, add: (job: Job) => void) => void): Promise<void> {
  const worker = new Worker(new URL('worker.ts', import.meta.url))
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  const next = (): void => {
    const job = queue.shift()
    if (job === undefined) resolve(undefined)
    else worker.postMessage(job, [])
  }
  worker.on('error', reject)
  worker.on('message', (answer: Answer) => {
    answered(answer, job => queue.push(job))
    next()
  })
  next()
  try {
    await promise
  } finally {
    await worker.terminate()
  }
}
