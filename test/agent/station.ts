/**
 * A host for one agent as a user runs it: a network namespace with eth0 (10.10.0.21/24), the agent from its sources with
 * nothing but environment variables, and real keepalived. `ip netns exec` gives it mounts of its own as well. What it
 * leaves behind is taken away at the end.
 */
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath, kill, pid } from 'node:process'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { askAgent } from '../../src/status/ask.ts'
import { documentSchema, type StatusDocument } from '../../src/status/document.ts'

export const VIP = '10.10.0.2'

/** Far beyond what any step needs on a busy host; only a failure waits for it. */
const CEILING_MS = 60_000
const LOOK_MS = 20

export interface Station {
  /** Removed at the end. */
  readonly dir: string
  readonly runDir: string
  readonly conf: string
  readonly ip: (...words: readonly string[]) => string
  readonly holdsVip: (vip?: string) => boolean
  /** Every process in the namespace, each by its command line. */
  readonly processes: () => ReadonlyMap<number, string>
  /** `before`: a line of shell that runs first, on mounts of the agent's own. */
  readonly start: (environment: Readonly<Record<string, string>>, before?: string) => Started
}

export interface Started {
  readonly pid: number
  /** All lines so far, as they came. */
  readonly lines: readonly string[]
  /** Resolves with the first line that holds `part`, past ones too. */
  readonly line: (part: string) => Promise<string>
  readonly exit: Promise<number | null>
  readonly signal: (name: NodeJS.Signals) => void
  /** Null while none answers. */
  readonly status: () => Promise<StatusDocument | null>
}

let stations = 0

export function createStation (t: TestContext): Station {
  const name = `st-${pid}-${stations++}`
  const dir = mkdtempSync(join(tmpdir(), 'station-'))
  const [runDir, conf] = [join(dir, 'run'), join(dir, 'etc', 'keepalived.conf')]
  const ip = (...words: readonly string[]): string => execFileSync('ip', ['-n', name, ...words], { encoding: 'utf8' })
  execFileSync('ip', ['netns', 'add', name])
  ip('link', 'set', 'lo', 'up')
  ip('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth1')
  for (const end of ['eth0', 'eth1']) ip('link', 'set', end, 'up')
  ip('address', 'add', '10.10.0.21/24', 'dev', 'eth0')

  function processes (): ReadonlyMap<number, string> {
    const pids = execFileSync('ip', ['netns', 'pids', name], { encoding: 'utf8' }).split('\n').filter(word => word !== '').map(Number)
    return new Map(pids.map(found => [found, commandOf(found)]))
  }

  t.after(() => {
    for (const left of processes().keys()) endNow(left)
    execFileSync('ip', ['netns', 'delete', name])
    rmSync(dir, { recursive: true, force: true })
  })

  return {
    dir, runDir, conf, ip, processes,
    holdsVip: (vip = VIP) => ip('-o', 'address', 'show').includes(` ${vip}/`),
    start: (environment, before = 'true') => {
      const given = { PATH: process.env['PATH'], KEEPALIVED_MESH_RUN_DIR: runDir, KEEPALIVED_CONF: conf, KEEPALIVED_VAR_RUN: join(dir, 'var-run'), ...environment }
      return started(spawn('ip', ['netns', 'exec', name, 'sh', '-c', `${before}; exec "$@"`, 'sh', execPath, '--import', './test/assets.js', 'src/main.ts'], {
        env: given, stdio: ['ignore', 'ignore', 'pipe'], detached: true
      }), runDir)
    }
  }
}

/** Static mode without a peer, which holds the VIP after three adverts. */
export const ALONE: Readonly<Record<string, string>> = { KEEPALIVED_MESH: 'off', KEEPALIVED_ADVERT_INT: '0.1', KEEPALIVED_VIRTUAL_IPADDRESS_1: `${VIP}/24` }

/** Resolves when `look` finds something. */
export async function until<T> (what: string, look: () => T | null | false | Promise<T | null | false>): Promise<T> {
  const deadline = performance.now() + CEILING_MS
  for (;;) {
    const found = await look()
    if (found !== null && found !== false) return found
    if (performance.now() > deadline) throw new Error(`${what}: not in ${CEILING_MS} ms`)
    await sleep(LOOK_MS)
  }
}

function started (child: ReturnType<typeof spawn>, runDir: string): Started {
  const lines: string[] = []
  if (child.stderr !== null) createInterface({ input: child.stderr }).on('line', line => { lines.push(line) })
  const exit = Promise.withResolvers<number | null>()
  child.once('exit', code => { exit.resolve(code) })
  return {
    pid: child.pid ?? 0,
    lines,
    line: async part => await until(`a line with "${part}" among ${lines.length}`, () => lines.find(line => line.includes(part)) ?? null)
      .catch((error: unknown) => { throw new Error(lines.join('\n'), { cause: error }) }),
    exit: exit.promise,
    signal: name => { child.kill(name) },
    status: async () => {
      const answer = await askAgent({ command: 'status' }, { path: join(runDir, 'control.sock'), timeoutMs: 3_000 }).catch(() => null)
      return answer === null ? null : documentSchema.parse(answer)
    }
  }
}

/** Empty for one that has ended meanwhile. */
function commandOf (found: number): string {
  try {
    return readFileSync(`/proc/${found}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    return ''
  }
}

function endNow (found: number): void {
  try {
    kill(found, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
