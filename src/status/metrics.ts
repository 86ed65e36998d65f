/**
 * The status as metrics (Prometheus text format 0.0.4), made of the document when somebody asks: between two scrapes nothing is counted twice and nothing
 * kept. What is one of several states is one series for each, 1 for the present one (as OpenMetrics' state sets).
 */
import { Counter, Gauge, Registry } from 'prom-client'
import { documentSchema, type StatusDocument } from './document.ts'
import { unreadyReasons } from './ready.ts'

const prefix = 'keepalived_mesh'
/** Every state that the document can tell, so that none is missed here. */
const { phase: { options: phases }, self: { shape: { state: { options: memberStates }, vrrpState: { options: vrrpStates } } } } = documentSchema.shape

export const metricsType = Registry.PROMETHEUS_CONTENT_TYPE

export async function metricsOf (document: StatusDocument): Promise<string> {
  const { version, phase, members, keepalived, check, alarms, agreed, holder, self } = document
  const registry = new Registry()
  const gauge = (name: string, help: string, labelNames: readonly string[] = []): Gauge => new Gauge({ name: `${prefix}_${name}`, help, labelNames: [...labelNames], registers: [registry] })
  const states = <State extends string>(name: string, help: string, label: string, all: readonly State[], valueOf: (state: State) => number): void => {
    const series = gauge(name, help, [label])
    for (const state of all) series.set({ [label]: state.toLowerCase() }, valueOf(state))
  }

  gauge('build_info', 'The version of the agent; always 1.', ['version']).set({ version }, 1)
  gauge('ready', '1 when /readyz answers 200.').set(Number(unreadyReasons(document).length === 0))
  states('phase', 'The phase of this host; 1 for the present one.', 'phase', phases, (one) => Number(one === phase))
  states('vrrp_state', 'What keepalived of this host reports; 1 for the present state.', 'state', vrrpStates, (one) => Number(one === keepalived.vrrpState))
  states('members', 'Members of the group as this host sees them, itself included.', 'state', memberStates, (one) => members.filter(({ state }) => state === one).length)
  gauge('masters', 'Members that report MASTER, as this host knows them: 1 is right, and 2 only for the moment of a hand-over.').set(members.filter(({ vrrpState, state }) => vrrpState === 'MASTER' && state !== 'lost').length)
  gauge('vip_held', '1 when this host holds the VIP.').set(Number(holder !== null && holder === self.address))
  gauge('views_agreed', '1 when all members have one view.').set(Number(agreed))
  gauge('keepalived_up', '1 while keepalived runs on this host.').set(Number(keepalived.pid !== null))
  gauge('alarms', 'Alarms that status tells.').set(alarms.length)
  if (check !== null) gauge('apiserver_check_passing', '1 when the check of the API server passes on this host; missing where there is none.').set(Number(check === 'passing'))
  new Counter({ name: `${prefix}_keepalived_reloads_total`, help: 'Reloads of keepalived since the agent has known it.', registers: [registry] }).inc(keepalived.reloads)
  return await registry.metrics()
}
