/** A failing script, shrunk and told: its world, the acts that are left, the last lines, and the command to see it again. */
import { play, replayOf } from './outcome.ts'
import type { Act, Script } from './script.ts'
import { shrunk } from './shrink.ts'

const LINES = 40

/** @throws RangeError if the script breaks no promise. */
export function shortStory (script: Script, lines = LINES): string {
  const first = play(script).outcome.broken
  if (first === null) throw new RangeError(`seed ${script.seed}: expected a broken promise, received none`)
  const short = shrunk(script, (candidate) => {
    const { broken } = play(candidate).outcome
    return broken?.promise === first.promise ? broken.atMs : null
  })
  const { performance: { world }, outcome: { broken } } = play(short)
  return [
    broken?.message ?? '',
    ...worldOf(short),
    ...short.acts.map(actLine),
    ...world.story.lines().slice(-lines),
    `see it again: ${replayOf(short)}`,
    `it was:       ${replayOf(script)}`,
  ].join('\n')
}

export function worldOf ({ hosts, without, setting }: Script): readonly string[] {
  const { weather, advertIntMs, unlistMs, multicast, seeds, pins, hasSecret, bootAtMs } = setting
  const on = Array.from({ length: hosts }, (_, index) => index).filter(index => !without.includes(index))
  return [
    `advert_int ${advertIntMs / 1000} s, unlist ${unlistMs / 1000} s, ${multicast ? 'multicast' : `seeds ${seeds.join(' ')}`}, pins ${JSON.stringify(pins)}, ${hasSecret ? 'a secret, ' : ''}` +
      `jitter ${weather.jitterMs} ms, adverts lost ${weather.advertLoss}`,
    `boots: ${on.map(index => `h${index + 1} ${seconds(bootAtMs[index] ?? 0)}`).join(', ')}`,
  ]
}

export function actLine ({ number, atMs, fault, hosts, aimed, forS, extra }: Act): string {
  const names = hosts.map(index => `h${index + 1}`).join(' ')
  const more = Object.entries(extra).map(([name, value]) => ` ${name} ${value}`).join('')
  return `act ${number} at ${seconds(atMs)}: ${fault} ${aimed ? 'of the MASTER, ' : ''}${names}, for ${forS} s${more}`
}

function seconds (ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
