// The live page in a real browser, on a BACKUP of a group whose MASTER loses its power.
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { env } from 'node:process'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { openPage } from './browser.ts'
import { startMember, VIP } from './group.ts'
import { report } from './report.ts'
import { openTrio } from './trio.ts'

const URL = 'http://127.0.0.1:12201/'
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const CEILING_MS = 60_000

test('the page shows who holds the VIP, follows a crash of the MASTER, and says when its agent is gone', async (t) => {
  const { lab, master, backups: [next, last] } = await openTrio(t)
  const page = await openPage(t, next.host)
  page.setDefaultTimeout(CEILING_MS)
  const complaints: string[] = []
  const asked: string[] = []
  page.on('console', (message) => { if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text()) })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('request', (request) => asked.push(request.url()))
  await page.goto(URL)
  await shows(page, '#vip', `${VIP}/24 — held by ${master.host.address}`)
  await shows(page, '#facts', 'all agree')
  assert.deepEqual(await page.locator('#members td.address').evaluateAll((cells) => cells.map((cell) => cell.firstChild?.textContent)),
    [master, next, last].map(({ host }) => host.address), 'members in the order of their priorities')
  assert.equal(await page.locator('tr.holder td.address').evaluate((cell) => cell.firstChild?.textContent), master.host.address)
  await page.locator('#members tr', { hasText: 'ms' }).nth(1).waitFor()
  await isAccessible(page)
  await fitsPhone(page)

  // When the page shows the new holder, by the clock that the kernel's address events have as well.
  await page.evaluate(`new MutationObserver(([{ target }]) => { if (target.textContent.includes('${next.host.address}')) target.dataset.changedAt ??= Date.now() }).observe(document.getElementById('vip'), { childList: true })`)
  const crashedAtMs = Date.now()
  await master.host.crash()
  await shows(page, '#vip', `held by ${next.host.address}, this host`)
  const movedAtMs = lab.timeline.of(VIP, crashedAtMs).find(({ event }) => event === 'added')?.atMs ?? Number.NaN
  const shownAtMs = Number(await page.locator('#vip').getAttribute('data-changed-at'))
  await report('the page shows a fail-over', shownAtMs - movedAtMs)
  await shows(page, '#timeline', `${master.host.address} is lost`)
  await shows(page, '#timeline', `${next.host.address} (this host) holds ${VIP}/24`)
  await isAccessible(page)
  const picture = env['PAGE_SCREENSHOT']
  if (picture !== undefined) await writeFile(picture, await page.screenshot({ fullPage: true }))
  assert.deepEqual(complaints, [])
  assert.deepEqual(asked.filter((url) => !url.startsWith(URL) && !url.startsWith('data:')), [], 'something came from outside')

  await next.agent.kill()
  await shows(page, '#facts', 'The agent does not answer')
  await startMember(lab, next.host)
  await shows(page, '#facts', 'this host is active')
})

async function shows (page: Page, selector: string, text: string): Promise<void> {
  await page.locator(selector, { hasText: text }).waitFor()
}

/** By the rules of WCAG 2.2 that a program can judge, contrast in both colour schemes among them. */
async function isAccessible (page: Page): Promise<void> {
  await page.evaluate(await readFile(AXE, 'utf8'))
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const violations: unknown = await page.evaluate('axe.run().then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`))')
    assert.deepEqual(violations, [], colorScheme)
  }
  await page.emulateMedia({ colorScheme: null })
}

/** Nothing is wider than the narrowest of today's phones. */
async function fitsPhone (page: Page): Promise<void> {
  const usual = page.viewportSize()
  await page.setViewportSize({ width: 320, height: 640 })
  assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 320)
  if (usual !== null) await page.setViewportSize(usual)
}
