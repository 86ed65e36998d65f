/**
 * The status as metrics (Prometheus text format 0.0.4), made of the document when somebody asks: what is counted is counted there, so that nothing is counted
 * twice or kept here. Names and units by https://prometheus.io/docs/practices/naming. What is one of several states is one series for each, 1 for the present one (as OpenMetrics' state sets).
 */
import { Counter, Gauge, Registry } from 'prom-client'
import { documentSchema, type StatusDocument } from './document.ts'
import { unreadyReasons } from './ready.ts'

const prefix = 'keepalived_mesh'
/** Every state that the document can tell, so that none is missed here. */
const { phase: { options: phases }, self: { shape: { state: { options: memberStates }, vrrpState: { options: vrrpStates } } } } = documentSchema.shape

export const metricsType = Registry.PROMETHEUS_CONTENT_TYPE

export async function metricsOf (document: StatusDocument): Promise<string> {
  const { version, phase, members, keepalived, check, alarms, agreed, holder, self, tally, counts } = document
  const registry = new Registry()
  const gauge = (name: string, help: string, labelNames: readonly string[] = []): Gauge => new Gauge({ name: `${prefix}_${name}`, help, labelNames: [...labelNames], registers: [registry] })
  const counter = (name: string, help: string, byLabel: string | null, values: Readonly<Record<string, number>>): void => {
    const series = new Counter({ name: `${prefix}_${name}`, help, labelNames: byLabel === null ? [] : [byLabel], registers: [registry] })
    for (const [value, count] of Object.entries(values)) series.inc(byLabel === null ? {} : { [byLabel]: value.toLowerCase() }, count)
  }
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
  gauge('conf_applied', '1 when keepalived of this host runs the conf that is wanted.').set(Number(document.applied))
  gauge('keepalived_up', '1 while keepalived runs on this host.').set(Number(keepalived.pid !== null))
  gauge('alarms', 'Alarms that status tells.').set(alarms.length)
  if (check !== null) {
    gauge('apiserver_check_passing', '1 when the check of the API server passes on this host; missing where there is none.').set(Number(check === 'passing'))
    counter('apiserver_check_results_total', 'Changes of the check of the API server on this host, by the new result.', 'result', counts?.checkResults ?? {})
  }
  const lowered = gauge('member_lowered', 'Of each member of the group: 1 while its priority is lowered, because a check or a tracked interface fails there.', ['address'])
  for (const member of members) if (member.address !== null && member.address !== '') lowered.set({ address: member.address }, Number(member.lowered === true))
  const roundTrip = gauge('round_trip_seconds', 'Of the last question that each member answered; missing before the first.', ['address'])
  for (const { address, roundTripMs } of members) if (address !== null && roundTripMs !== null && roundTripMs !== undefined) roundTrip.set({ address }, roundTripMs / 1000)
  counter('keepalived_reloads_total', 'Reloads of keepalived on this host, by reason.', 'reason', counts?.reloads ?? {})
  counter('vrrp_transitions_total', 'Changes of state of keepalived on this host, by the state that it went into.', 'state', counts?.transitions ?? {})
  if (tally !== undefined) {
    gauge('view_age_seconds', 'Since the members, their order or their priorities last changed.').set(tally.viewAgeMs / 1000)
    counter('view_changes_total', 'Changes of the members, their order or their priorities.', null, { '': tally.viewChanges })
    if (tally.agreementLagMs !== null) gauge('agreement_lag_seconds', 'From the last change of the view until all members agreed; missing while they do not.').set(tally.agreementLagMs / 1000)
    counter('several_masters_seconds_total', 'Time in which this host knew of more than one MASTER.', null, { '': tally.severalMastersMs / 1000 })
    counter('no_master_seconds_total', 'Time in which this host knew of no MASTER.', null, { '': tally.noMasterMs / 1000 })
  }
  return await registry.metrics()
}
