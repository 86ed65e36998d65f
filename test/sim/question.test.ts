/** The simulator's command line: what it takes, and what it says to the rest. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { replayOf } from './swarm/outcome.ts'
import { cutDown, drawScript } from './swarm/script.ts'
import { questionOf, USAGE, type Question } from './question.ts'

function asked (line: string): Question {
  const answer = questionOf(line.split(' ').filter(part => part !== ''), 4)
  assert.equal(answer.kind, 'question', JSON.stringify(answer))
  return answer.kind === 'question' ? answer.question : assert.fail()
}

function faultsOf (line: string): readonly string[] {
  const answer = questionOf(line.split(' '), 4)
  return answer.kind === 'faults' ? answer.faults : [answer.kind]
}

describe('the question to the simulator', () => {
  test('has a usual answer for whatever is not said', () => {
    assert.deepEqual(asked(''), {
      seed: 1, seeds: 1, hosts: null, minutes: 10, workers: 4, shrink: 3, last: 1000, verbose: false, scenario: undefined, only: undefined, without: [],
    })
  })

  test('takes numbers, ranges and lists', () => {
    const { seed, seeds, hosts, minutes, workers, shrink, last, verbose } = asked('--seed 0 --seeds 500 --hosts 3-7 --minutes 0.5 --workers 1 --shrink 0 --last 0 --verbose')
    assert.deepEqual([seed, seeds, hosts, minutes, workers, shrink, last, verbose], [0, 500, [3, 7], 0.5, 1, 0, 0, true])
    assert.deepEqual(asked('--hosts 5').hosts, [5, 5])
    assert.deepEqual(asked('--only none').only, [])
  })

  test('takes back every command that a story names', () => {
    const script = cutDown(drawScript({ seed: 7, hosts: 5, minutes: 2 }), { only: [2, 5], without: [3] })
    const { seed, hosts, minutes, only, without } = asked(replayOf(script).replace('npm run sim -- ', ''))
    assert.deepEqual({ seed, hosts, minutes, only, without }, { seed: 7, hosts: [5, 5], minutes: 2, only: [2, 5], without: [3] })
  })

  test('is told what is wrong with it, all at once, each in one line', () => {
    const faults = faultsOf('--seed -- --seeds 0')
    assert.deepEqual(faultsOf('--seeds 0 --hosts 7-3 --minutes 0 --workers x --only 1,h2 --without 4'), [
      '--seeds: expected a whole number of at least 1, received "0"',
      '--hosts: expected a number such as 5, or a range such as 3-15, of 1 to 200 hosts, received "7-3"',
      '--minutes: expected a number above 0, received "0"',
      '--workers: expected a whole number of at least 1, received "x"',
      '--only: expected numbers of acts such as 3,7, or none, received "1,h2"',
      '--without: expected hosts such as h4,h7, received "4"',
    ])
    assert.deepEqual(faultsOf('--scenario nothing'), ['--scenario: expected one of those that --help names, received "nothing"'])
    assert.deepEqual(faultsOf('--seeds 3 --only 1'), ['--only and --without: expected one seed of the swarm, received many, or a scenario'])
    assert.deepEqual(faultsOf('--sed 3'), ['Unknown option \'--sed\''])
    for (const line of [...faults, ...faultsOf('7'), ...faultsOf('--seed')]) assert.ok(line.length > 0 && !line.includes('\n'), line)
  })

  test('may be for help, which names each option', () => {
    assert.equal(questionOf(['--help'], 4).kind, 'help')
    assert.equal(questionOf(['-h', '--seeds', '0'], 4).kind, 'help')
    for (const option of ['seed', 'seeds', 'hosts', 'minutes', 'only', 'without', 'scenario', 'last', 'verbose', 'shrink', 'workers']) assert.ok(USAGE.includes(`\n  --${option}`), option)
  })
})
