/** One thread of a fleet: plays what it is given, one at a time. */
import { parentPort } from 'node:worker_threads'
import { shortStory } from './short-story.ts'
import { play } from './outcome.ts'
import { drawScript } from './script.ts'
import type { Answer, Job } from './fleet.ts'

parentPort?.on('message', ({ kind, draw }: Job) => {
  const answer: Answer = kind === 'play' ? { kind, outcome: play(drawScript(draw)).outcome } : { kind, story: shortStory(drawScript(draw)) }
  parentPort?.postMessage(answer, [])
})
