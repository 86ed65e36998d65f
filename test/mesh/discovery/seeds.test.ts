import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { mock, test } from 'node:test'
import { createRemembered, createStatic } from '../../../src/mesh/discovery/fixed.ts'
import { alonePauseMaxMs, pauseMsAfter, togetherPauseMaxMs } from '../../../src/mesh/discovery/retry.ts'
import { createSeeds } from '../../../src/mesh/discovery/seeds.ts'
import { createDiscovery } from '../../../src/mesh/discovery/discovery.ts'
import type { Lead } from '../../../src/mesh/discovery/source.ts'
import { quiet } from '../host.ts'

const dependencies = (leads: Lead[]): { found: (lead: Lead) => void, alone: () => boolean, log: typeof quiet } =>
  ({ found: (lead) => { leads.push(lead) }, alone: () => true, log: quiet })

test('pauses double up to a bound that depends on company', () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6, 1000].map(tries => pauseMsAfter(tries, true)), [250, 500, 1000, 2000, 4000, alonePauseMaxMs, alonePauseMaxMs])
  assert.equal(pauseMsAfter(1000, false), togetherPauseMaxMs)
})

test('static peers and remembered members are found at once', () => {
  const leads: Lead[] = []
  const sources = [
    createStatic({ peers: ['10.0.0.1', 'fd00::1'], port: 11251 }, dependencies(leads)),
    createRemembered({ members: [{ address: '10.0.0.2', port: 9 }] }, dependencies(leads))
  ]
  for (const source of sources) source.start()
  for (const source of sources) source.stop()
  assert.deepEqual(leads, [{ address: '10.0.0.1', port: 11251 }, { address: 'fd00::1', port: 11251 }, { address: '10.0.0.2', port: 9 }])
})

test('a name is resolved anew on each try, all its addresses are found, in canonical form, and a failure is outlived', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.after(() => { mock.timers.reset() })
  const turns = new EventEmitter()
  const answers: Array<readonly string[] | Error> = [new Error('ENOTFOUND'), ['10.0.0.5'], ['10.0.0.5', '::ffff:10.0.0.6', 'FD00::7']]
  const leads: Lead[] = []
  const seeds = createSeeds({ seeds: [{ host: 'nodes.test', port: 7000 }, { host: '10.0.0.9', port: null }], port: 11251 }, {
    ...dependencies(leads),
    async resolve (name) {
      assert.equal(name, 'nodes.test')
      setImmediate(() => turns.emit('resolved'))
      const answer = answers.shift() ?? []
      if (answer instanceof Error) throw answer
      return answer
    }
  })
  seeds.start()
  for (let turn = 0; turn < 3; turn++) {
    await once(turns, 'resolved')
    mock.timers.tick(alonePauseMaxMs)
  }
  seeds.stop()
  const byName = leads.filter(({ port }) => port === 7000).map(({ address }) => address)
  assert.deepEqual(byName.slice(0, 4), ['10.0.0.5', '10.0.0.5', '10.0.0.6', 'fd00::7'])
  assert(leads.filter(({ address, port }) => address === '10.0.0.9' && port === 11251).length >= 3)
})

test('only the sources that are picked find, each under its name', () => {
  const found: unknown[] = []
  const discovery = createDiscovery({
    sources: new Set(['static', 'vip', 'remembered']),
    group: { name: 'test', virtualRouterId: 51 },
    port: 11251,
    seeds: [{ host: '10.0.0.1', port: null }],
    staticPeers: ['10.0.0.2'],
    remembered: [{ address: '10.0.0.3', port: 11300 }],
    ownAddress: null, kubernetes: { labelSelector: '', kubeconfig: null, service: null }, prefixLengthOf: () => null
  }, { emit: (happening) => { found.push(happening) }, alone: () => true, log: quiet })
  discovery.start()
  discovery.stop()
  assert.deepEqual(found, [
    { kind: 'found', address: '10.0.0.3', port: 11300, source: 'remembered' },
    { kind: 'found', address: '10.0.0.2', port: 11251, source: 'static' }
  ])
})
