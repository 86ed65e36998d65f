/** Disks in bad order, for tests: a directory with real mounts in it, all taken away when the test ends. */
import { execFileSync } from 'node:child_process'
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** An empty directory. */
export async function scratch (t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'km-disk-'))
  t.after(async () => {
    const mounted = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').map((line) => line.split(' ')[4] ?? '')
    for (const point of mounted.filter((one) => one.startsWith(`${path}/`)).toReversed()) execFileSync('umount', [point])
    await rm(path, { recursive: true })
  })
  return path
}

export function mount (path: string, ...options: readonly string[]): void {
  execFileSync('mount', [...options, path])
}

/** What is in there stays, and cannot be changed. */
export function mountReadOnly (path: string): void {
  mount(path, '--bind', path)
  mount(path, '-o', 'remount,bind,ro')
}

/** Writes until there is no room left. */
export async function fill (path: string): Promise<void> {
  const handle = await open(path, 'wx')
  try {
    for (;;) await handle.write(Buffer.alloc(1024, 1))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  } finally {
    await handle.close()
  }
}
