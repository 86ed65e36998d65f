/** The image and its containers, by buildah and podman with stores of their own, so that nothing of this machine's is touched. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, mkdtemp, readFile, realpath, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { env, execPath } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { isOnPath } from '../../src/host/on-path.ts'

const run = promisify(execFile)

const ROOT = join(import.meta.dirname, '../..')
const PROGRAMS = ['buildah', 'podman', 'runc', 'debootstrap', 'npm'] as const

/** What is missing on this machine; empty: all is here. */
export const missing: readonly string[] = PROGRAMS.filter((program) => !isOnPath(program, env['PATH'] ?? ''))

/** Under the names that the Dockerfile has for them. */
const DEBIAN = 'docker.io/library/debian:trixie-slim'
const NODE = 'docker.io/library/node:24.21.0-trixie-slim'

export interface Engine {
  readonly buildah: (...args: readonly string[]) => Promise<string>
  readonly podman: (...args: readonly string[]) => Promise<string>
  readonly close: () => Promise<void>
}

export async function openEngine (): Promise<Engine> {
  const folder = await mkdtemp(join(env['IMAGE_DIR'] ?? tmpdir(), 'keepalived-mesh-image-'))
  const store = ['--root', join(folder, 'storage'), '--runroot', join(folder, 'run')]
  const buildah = async (...args: readonly string[]): Promise<string> => await call('buildah', ...store, ...args)
  const podman = async (...args: readonly string[]): Promise<string> => await call('podman', '--runtime', 'runc', '--cgroup-manager', 'cgroupfs', ...store, ...args)
  await makeBases(folder, buildah)
  return {
    buildah,
    podman,
    async close () {
      await podman('rm', '--all', '--force', '--time', '5').catch(() => {})
      await removed(folder)
    }
  }
}

/** Whatever is mounted there, the store itself among it, would keep its folder; and what podman leaves behind to clean up may mount it once more. */
async function removed (folder: string, tries = 10): Promise<void> {
  const mounts = (await readFile('/proc/mounts', 'utf8')).split('\n').flatMap((line) => line.split(' ')[1] ?? []).filter((path) => path.startsWith(folder))
  for (const mount of mounts.toReversed()) await call('umount', '--lazy', mount).catch(() => {})
  try {
    await rm(folder, { recursive: true, force: true })
  } catch (error) {
    if (tries === 0) throw error
    await sleep(500)
    await removed(folder, tries - 1)
  }
}

/** A Debian of its packages alone, and the same with the project's Node and this machine's npm: what the official images are, as far as the build can tell. */
async function makeBases (folder: string, buildah: Engine['buildah']): Promise<void> {
  const root = join(folder, 'debian')
  await call('debootstrap', '--variant=minbase', '--include=ca-certificates', 'trixie', root)
  await rm(join(root, 'var/cache/apt/archives'), { recursive: true, force: true })
  const debian = await buildah('from', 'scratch')
  await buildah('add', '--quiet', debian, root, '/')
  await buildah('commit', '--quiet', '--format', 'docker', debian, DEBIAN)
  const extra = join(folder, 'node')
  await mkdir(join(extra, 'usr/local/bin'), { recursive: true })
  await copyFile(execPath, join(extra, 'usr/local/bin/node'))
  await chmod(join(extra, 'usr/local/bin/node'), 0o755)
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(extra, 'usr/local/bin/npm'))
  const node = await buildah('from', '--pull-never', DEBIAN)
  await buildah('copy', '--quiet', node, await npmFolder(), '/usr/local/lib/node_modules/npm')
  await buildah('copy', '--quiet', node, extra, '/')
  await buildah('run', '--isolation', 'chroot', node, '--', 'useradd', '--create-home', 'node')
  await trust(node, buildah)
  await buildah('commit', '--quiet', '--format', 'docker', node, NODE)
  await buildah('rm', '--all')
}

/** Where npm of this machine gets its packages, and whom it trusts for that, the build needs as well; none of it is in the image that is made. */
async function trust (node: string, buildah: Engine['buildah']): Promise<void> {
  const authority = env['NODE_EXTRA_CA_CERTS']
  if (authority !== undefined) {
    await buildah('copy', '--quiet', node, authority, '/etc/ssl/certs/builder.crt')
    await buildah('config', '--env', 'NODE_EXTRA_CA_CERTS=/etc/ssl/certs/builder.crt', node)
  }
  const config = await call('npm', 'config', 'get', 'userconfig')
  await buildah('copy', '--quiet', '--chown', 'node:node', node, config, '/home/node/.npmrc').catch(() => {})
}

/** Where npm of this machine is: the folder above the program that its link leads to. */
async function npmFolder (): Promise<string> {
  const folder = (env['PATH'] ?? '').split(delimiter).find((each) => existsSync(join(each, 'npm')))
  return dirname(dirname(await realpath(join(folder ?? '', 'npm'))))
}

/** What it prints; a failure carries its exit code as `code`, and what it said. */
async function call (file: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run(file, [...args], { cwd: ROOT, env: { ...env, STORAGE_DRIVER: 'vfs' }, maxBuffer: 2 ** 26 })
  return stdout.trim()
}
