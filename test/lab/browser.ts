/**
 * A real browser on a host of the lab, without a screen: Debian's chromium, in the network of that host, so that it reaches what listens there on
 * 127.0.0.1 alone.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { chromium, type Page } from 'playwright-core'
import type { Host } from './host.ts'

const PROGRAM = 'chromium-headless-shell'

/** A page that shows nothing yet; the browser ends with the test. */
export async function openPage (t: TestContext, host: Host): Promise<Page> {
  const folder = await mkdtemp(join(tmpdir(), 'keepalived-mesh-browser-'))
  t.after(async () => { await rm(folder, { recursive: true, force: true }) })
  const launcher = join(folder, PROGRAM)
  await writeFile(launcher, `#!/bin/sh\nexec nsenter --target ${host.pid} --net ${PROGRAM} "$@"\n`, { mode: 0o755 })
  // Root has no sandbox of chromium's; what it shows here is our own.
  const browser = await chromium.launch({ executablePath: launcher, args: ['--no-sandbox'] })
  t.after(async () => { await browser.close() })
  return await browser.newPage()
}
