// A rolling upgrade that takes an hour: some hosts run a later version within the same major of the schema, whose records say more; the rest read what they know, and pass on what was signed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCore } from '../../src/core/core.ts'
import type { Event, Happening } from '../../src/core/event.ts'
import type { Claim } from '../../src/core/record.ts'
import type { CreateCore } from './agent.ts'
import { play } from './swarm/outcome.ts'
import { drawScript } from './swarm/script.ts'

const LATER = 'later'
const NEW_KEY = 'tomorrow'

/** Odd hosts are upgraded already. */
const isUpgraded = (id: string): boolean => Number(/-h(\d+)-/.exec(id)?.[1]) % 2 === 1

/** As a schema drops keys that it does not know; the envelope stays. */
function asRead (claim: Claim): Claim {
  if (!(NEW_KEY in claim.statement)) return claim
  const { [NEW_KEY]: dropped, ...statement } = claim.statement
  readsDropped += dropped === undefined ? 0 : 1
  return { ...claim, statement }
}

function heardBefore (happening: Happening): Happening {
  if (happening.kind === 'claims' || happening.kind === 'exchange') return { ...happening, claims: happening.claims.map(asRead) }
  if (happening.kind !== 'message') return happening
  const { message } = happening
  if (message.kind === 'table') return { ...happening, message: { ...message, claims: message.claims.map(asRead) } }
  return message.kind === 'answer' && message.claim !== null ? { ...happening, message: { ...message, claim: asRead(message.claim) } } : happening
}

let readsDropped = 0

const asHeard = (event: Event): Event => ({ ...event, ...heardBefore(event), atMs: event.atMs })

const mixed: CreateCore = (options, dependencies) => {
  if (isUpgraded(options.id)) return createCore({ ...options, software: LATER }, { ...dependencies, seal: (statement) => dependencies.seal({ ...statement, [NEW_KEY]: true }) })
  const core = createCore(options, dependencies)
  return { ...core, step: (first, ...rest) => core.step(asHeard(first), ...rest.map(asHeard)) }
}

for (const [hosts, seed] of [[5, 1], [8, 2]] as const) {
  test(`two versions for an hour among ${hosts} hosts that fail, leave and come back: every promise is kept`, (t) => {
    readsDropped = 0
    const { outcome } = play(drawScript({ seed, hosts, minutes: 60 }), false, mixed)
    assert.equal(outcome.broken, null)
    assert.ok(readsDropped > 100, `only ${readsDropped} records of the later version were read by the earlier one`)
    t.diagnostic(`${(outcome.simulatedMs / 60_000).toFixed(0)} min, ${outcome.events} events, ${readsDropped} records of the later version read by the earlier one`)
  })
}
