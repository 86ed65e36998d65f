// The metrics as Prometheus itself takes them: linted by promtool, scraped from a real agent, and asked for by the dashboard and the alerts.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as z from 'zod'
import { startApiserver } from './apiserver.ts'
import { formed, holderAmong, ONLY_THE_VIP, startMember } from './group.ts'
import type { Host } from './host.ts'
import { openLab } from './lab.ts'

const DEPLOY = join(import.meta.dirname, '../../deploy')
const CONFIG = '/run/prometheus.yml'
const SCRAPE = `
global: { scrape_interval: 1s, evaluation_interval: 1s }
scrape_configs: [{ job_name: group, static_configs: [{ targets: ['127.0.0.1:12201'] }] }]
`
const CHECKED = { ...ONLY_THE_VIP, KEEPALIVED_KUBE_APISERVER_CHECK: 'true', KUBE_APISERVER_CHK_INTERVAL: '1' }

const dashboardSchema = z.object({ panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })) })) })
const answerSchema = z.object({ status: z.literal('success'), data: z.object({ result: z.array(z.unknown()) }) })

test('metrics pass promtool, and every query of dashboard and alerts finds what it asks for', async (t) => {
  const lab = await openLab()
  t.after(lab.close)
  const hosts: Host[] = []
  for (const name of ['one', 'two', 'three']) hosts.push(await lab.addHost(name))
  for (const host of hosts) await startApiserver(host, lab.changes)
  const members = await Promise.all(hosts.map(async (host) => await startMember(lab, host, CHECKED)))
  await formed(lab, members)
  const { host } = holderAmong(lab, members)
  await lab.until(async () => (await metricsOf(host)).includes('apiserver_check_passing 1'), { what: 'the check to pass' })
  const metrics = await metricsOf(host)
  execFileSync('promtool', ['check', 'metrics'], { input: metrics })

  await host.write(CONFIG, SCRAPE)
  await host.spawn(['prometheus', `--config.file=${CONFIG}`, '--storage.tsdb.path=/run/prometheus', '--web.listen-address=127.0.0.1:9090'])
  const ask = async (query: string): Promise<readonly unknown[]> => {
    const said = await host.exec('curl', '-sS', '--fail-with-body', '--get', '--data-urlencode', `query=${query}`, 'http://127.0.0.1:9090/api/v1/query').catch(() => null)
    return said === null ? [] : answerSchema.parse(JSON.parse(said)).data.result
  }
  // A rate takes two scrapes.
  await lab.until(async () => (await ask('count_over_time(keepalived_mesh_build_info[1m]) > 2')).length > 0, { what: 'Prometheus to have scraped three times', ceilingMs: 60_000 })
  const { panels } = dashboardSchema.parse(JSON.parse(readFileSync(join(DEPLOY, 'grafana/dashboard.json'), 'utf8')))
  for (const { title, targets } of panels) {
    for (const { expr } of targets) {
      const query = expr.replaceAll('$job', 'group').replaceAll('$__rate_interval', '1m')
      assert.ok((await ask(query)).length > 0, `${title}: ${query} finds nothing`)
    }
  }
  const told = new Set([...metrics.matchAll(/^(keepalived_mesh_\w+)/gm)].map(([, name]) => name))
  const alerts = readFileSync(join(DEPLOY, 'prometheus/alerts.yml'), 'utf8')
  assert.deepEqual([...alerts.matchAll(/\bkeepalived_mesh_\w+/g)].filter(([name]) => !told.has(name)), [], 'an alert asks for what is not told')
})

test('the alerts are rules, and fire when they should', () => {
  for (const [what, file] of [['check', 'alerts.yml'], ['test', 'alerts.test.yml']] as const) execFileSync('promtool', [what, 'rules', file], { cwd: join(DEPLOY, 'prometheus') })
})

test('what is to be scraped is a configuration of Prometheus', () => {
  execFileSync('promtool', ['check', 'config', '--syntax-only', 'scrape.yml'], { cwd: join(DEPLOY, 'prometheus') })
})

async function metricsOf (host: Host): Promise<string> {
  return await host.exec('curl', '-s', 'http://127.0.0.1:12201/metrics')
}
