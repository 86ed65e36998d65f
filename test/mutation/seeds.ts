/** Plays seeds of the swarm, one after the other, and tells which of them break a promise, as {@link Failure}s. */
import { play } from '../sim/swarm/outcome.ts'
import { drawScript } from '../sim/swarm/script.ts'
import { tell } from './failure.ts'

const SEEDS = 40
const HOSTS = { min: 3, max: 7 }
const MINUTES = 3

for (let seed = 1; seed <= SEEDS; seed++) {
  const draw = { seed, hosts: HOSTS.min + seed % (HOSTS.max - HOSTS.min + 1), minutes: MINUTES }
  const { broken } = play(drawScript(draw)).outcome
  if (broken === null) continue
  tell({ test: `swarm: seed ${seed}, ${draw.hosts} hosts`, why: `${broken.promise}: ${broken.message.split('\n', 1)[0]}` })
  process.exitCode = 1
}
