/**
 * Prepares this machine for the tests and the demo: installs what is missing and nothing else, so that each is one
 * command on a fresh Debian or Alpine. Runs on Node 20 with no package installed, so: plain JavaScript, built-ins only.
 * With everything in place it is a look at two files and a walk along the PATH.
 *
 * The project brings its own Node (`node-linux-*` links it to node_modules/.bin/node, first on the PATH of every npm
 * script). That one is built for glibc: on musl the machine's own Node is used, if it is new enough.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

const root = join(import.meta.dirname, '..')
const musl = process.report.getReport().header.glibcVersionRuntime === undefined
/** The oldest Node that runs the sources as they are. */
const NODE_MAJOR_MIN = 24
/** Tells the Debian packages that no service is to be started (see invoke-rc.d(8)). */
const POLICY = '/usr/sbin/policy-rc.d'

/** Program → package that brings it, by package manager. */
const PROGRAMS = {
  keepalived: { apt: 'keepalived', apk: 'keepalived' },
  ip: { apt: 'iproute2', apk: 'iproute2' },
  fping: { apt: 'fping', apk: 'fping' },
  arping: { apt: 'iputils-arping', apk: 'iputils-arping' },
  curl: { apt: 'curl', apk: 'curl' },
  nft: { apt: 'nftables', apk: 'nftables' },
  openssl: { apt: 'openssl', apk: 'openssl' },
  mount: { apt: 'mount', apk: 'mount' },
  unshare: { apt: 'util-linux', apk: 'util-linux-misc' },
  nsenter: { apt: 'util-linux', apk: 'util-linux-misc' },
  setpriv: { apt: 'util-linux', apk: 'setpriv' },
  busybox: { apt: 'busybox', apk: 'busybox' },
  /** Only the whole of the tests needs these; a demo does without. */
  'chromium-headless-shell': { apt: 'chromium-headless-shell', apk: 'chromium-headless-shell' },
  zsh: { apt: 'zsh', apk: 'zsh' },
  /** Alpine has none. */
  'systemd-analyze': { apt: 'systemd' },
  promtool: { apt: 'prometheus', apk: 'prometheus' },
  /** Only the bench compares with it. */
  serf: { apt: 'serf', apk: 'serf' },
  /** Only the test of the image needs these. */
  buildah: { apt: 'buildah', apk: 'buildah' },
  podman: { apt: 'podman', apk: 'podman' },
  runc: { apt: 'runc', apk: 'runc' },
  debootstrap: { apt: 'debootstrap', apk: 'debootstrap' }
}
/** Installed only where they are named: `node test/machine.js serf`. `all` names what `npm test` needs. */
const OF_TESTS = ['chromium-headless-shell', 'zsh', 'systemd-analyze', 'promtool']
const NAMED_ONLY = new Set([...OF_TESTS, 'serf', 'buildah', 'podman', 'runc', 'debootstrap'])
const named = new Set(process.argv.flatMap(word => word === 'all' ? OF_TESTS : [word]))

try {
  prepare()
} catch (error) {
  process.stderr.write(`machine: ${error.message}\n`)
  process.exitCode = 1
}

function prepare () {
  if (process.getuid() !== 0) throw new Error('network namespaces and keepalived need root; run this as root')
  installPrograms()
  if (!npmPackagesInPlace()) run('npm', ['ci', '--no-audit'])
  if (musl) useOwnNode()
}

function installPrograms () {
  const manager = find('apt-get') !== null ? 'apt' : 'apk'
  const missing = Object.keys(PROGRAMS).filter(program => PROGRAMS[program][manager] !== undefined && (!NAMED_ONLY.has(program) || named.has(program)) && find(program) === null)
  if (missing.length === 0) return
  say(`missing: ${missing.join(', ')}`)
  if (find('apt-get') !== null) installByApt(missing)
  else if (find('apk') !== null) run('apk', ['add', '--no-cache', ...packagesFor(missing, 'apk')])
  else throw new Error(`neither apt-get nor apk is here; install by hand: ${missing.join(', ')}`)
  const still = missing.filter(program => find(program) === null)
  if (still.length > 0) throw new Error(`installed, but still not on the PATH: ${still.join(', ')}`)
}

/** Tries the package lists that are here, and fetches new ones only when those do not do. */
function installByApt (missing) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const lock = ['-o', 'DPkg::Lock::Timeout=120']
  const install = ['install', '-y', '-q', '--no-install-recommends', ...lock, ...packagesFor(missing, 'apt')]
  const ownPolicy = !existsSync(POLICY)
  if (ownPolicy) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    if (spawnSync('apt-get', install, { stdio: 'inherit', env }).status === 0) return
    run('apt-get', ['update', '-q', ...lock], env)
    run('apt-get', install, env)
  } finally {
    if (ownPolicy) rmSync(POLICY, { force: true })
  }
}

function packagesFor (programs, manager) {
  return [...new Set(programs.map(program => PROGRAMS[program][manager]))]
}

/** Whether node_modules holds what package-lock.json asks for; npm leaves its own account of that beside the packages. */
function npmPackagesInPlace () {
  const installed = join(root, 'node_modules/.package-lock.json')
  if (!existsSync(installed)) return false
  const wanted = packagesIn(join(root, 'package-lock.json'))
  const present = packagesIn(installed)
  return Object.entries(wanted).every(([path, { version, optional }]) =>
    path === '' || (optional === true && present[path] === undefined) || present[path]?.version === version)
}

function packagesIn (path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages
}

/** The packaged Node cannot run on musl: takes its link away, and sees to a system Node that is new enough. */
function useOwnNode () {
  rmSync(join(root, 'node_modules/.bin/node'), { force: true })
  if (systemNodeMajor() >= NODE_MAJOR_MIN) return
  run('apk', ['add', '--no-cache', '--upgrade', 'nodejs'])
  const major = systemNodeMajor()
  if (major < NODE_MAJOR_MIN) throw new Error(`Node ${NODE_MAJOR_MIN} or newer is needed on musl; this system's packages bring ${major}`)
}

function systemNodeMajor () {
  const { stdout } = spawnSync('node', ['--version'], { encoding: 'utf8' })
  return Number(/^v(\d+)/.exec(stdout ?? '')?.[1] ?? 0)
}

/**
 * Where a program is, or null. The sbin directories count even when the PATH leaves them out. What busybox stands in
 * for is not counted: its ip, arping and nsenter lack options that the lab needs.
 */
function find (program) {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin']
  const paths = folders.map(folder => join(folder, program)).filter(path => existsSync(path))
  return paths.find(path => program === 'busybox' || basename(realpathSync(path)) !== 'busybox') ?? null
}

function run (command, args, env = process.env) {
  say(`${command} ${args.join(' ')}`)
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env })
  if (status !== 0) throw new Error(`${command} ${args[0]} failed (${error?.message ?? `exit ${status}`})`)
}

function say (line) {
  process.stdout.write(`machine: ${line}\n`)
}
