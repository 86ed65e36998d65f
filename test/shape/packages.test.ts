/** What is installed is what was meant: the Node that is pinned, and no package that runs a script to install itself. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { arch, version } from 'node:process'
import { describe, it } from 'node:test'
import * as z from 'zod'
import { root } from './source.ts'

const packageJson = z.object({
  version: z.string(),
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
  optionalDependencies: z.record(z.string(), z.string())
}).parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))

const locked = z.object({
  packages: z.record(z.string(), z.object({
    dev: z.boolean().optional(), hasInstallScript: z.boolean().optional(), resolved: z.string().optional(), integrity: z.string().optional(),
    optional: z.boolean().optional(), os: z.array(z.string()).or(z.string()).optional(), cpu: z.array(z.string()).or(z.string()).optional(), libc: z.array(z.string()).optional()
  }))
}).parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))).packages

type Locked = (typeof locked)[string]

/** A tool's binary for a platform that this project is not developed on: optional, never in the product. */
function isForeign ({ dev, optional, os, cpu, libc }: Locked): boolean {
  const isOurs = os?.includes('linux') === true && libc?.includes('glibc') === true && (cpu?.includes('x64') === true || cpu?.includes('arm64') === true)
  return dev === true && optional === true && !isOurs
}

describe('packages', () => {
  const musl = !('glibcVersionRuntime' in z.object({ header: z.looseObject({}) }).parse(process.report.getReport()).header)

  it('run on the Node that is pinned', { skip: musl && 'the packaged Node is made for glibc; here the system has its own' }, () => {
    assert.equal(version, `v${packageJson.optionalDependencies[`node-linux-${arch}`]}`, 'another Node comes first on the PATH; use the npm scripts')
  })

  it('are pinned exactly', () => {
    const { dependencies, devDependencies, optionalDependencies } = packageJson
    for (const [name, range] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })) {
      assert.match(range, /^\d+\.\d+\.\d+$/, name)
    }
  })

  it('of the product have no install script', () => {
    const scripted = Object.entries(locked).filter(([, { dev, hasInstallScript }]) => dev !== true && hasInstallScript === true)
    assert.deepEqual(scripted.map(([path]) => path), [])
  })

  it('are locked with a digest, and are run by nobody while they install', () => {
    const loose = Object.entries(locked).filter(([path, entry]) => path !== '' && entry.integrity === undefined && !isForeign(entry))
    assert.deepEqual(loose.map(([path]) => path), [])
    assert.match(readFileSync(join(root, '.npmrc'), 'utf8'), /^ignore-scripts=true$/m)
  })

  it('come from whichever registry a machine is set up for: the lock file names none', () => {
    const named = Object.entries(locked).filter(([, { resolved }]) => resolved !== undefined)
    assert.deepEqual(named.map(([path]) => path), [])
  })
})
