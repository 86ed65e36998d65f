/** Documents as the tests show them: three members in a good group, and a host without a mesh. */
import type { MemberStatus, Status } from '../../src/core/status.ts'
import { documentOf } from '../../src/status/document.ts'
import type { ShellFacts, StatusDocument } from '../../src/status/document.ts'

const ids = ['12D3KooWaaaaaaaa', '12D3KooWbbbbbbbb', '12D3KooWcccccccc']

export function memberOf (index: number, given: Partial<MemberStatus> = {}): MemberStatus {
  return {
    id: ids[index] ?? '',
    address: `10.10.0.2${index + 1}`,
    state: 'active',
    priority: 254 - index * 10,
    vrrpState: index === 0 ? 'MASTER' : 'BACKUP',
    lists: ids.filter(id => id !== ids[index]),
    founder: ids[0] ?? null,
    isLowered: false,
    linked: index === 1 ? null : true,
    roundTripMs: index === 1 ? null : 1.5,
    incarnation: 1,
    software: '0.1.0',
    ...given
  }
}

export function statusOf (given: Partial<Status> = {}): Status {
  const members = [memberOf(2), memberOf(0), memberOf(1)]
  return {
    self: memberOf(1),
    phase: 'active',
    waitingFor: null,
    holder: '10.10.0.21',
    vip: facts.vip,
    spec: { current: null, brought: null, target: null, missing: [] },
    members,
    digest: '9f86d081884c7d65',
    agreed: true,
    applied: true,
    alarms: [],
    tally: { viewAgeMs: 90_000, viewChanges: 4, agreementLagMs: 250, severalMastersMs: 20, noMasterMs: 3000 },
    ...given
  }
}

export const facts: ShellFacts = {
  version: '0.1.0',
  mode: 'mesh',
  group: { name: 'default', virtualRouterId: 1 },
  vip: ['10.10.0.2/24'],
  self: { address: '10.10.0.22', priority: 244 },
  keepalived: { pid: 4711, vrrpState: 'BACKUP', reloads: 3 },
  counts: { transitions: { MASTER: 1, BACKUP: 2, FAULT: 0, STOP: 0 }, reloads: { members: 2, herald: 1 }, checkResults: { passing: 1, failing: 0 } },
  check: 'passing',
  lastReload: { at: '2026-01-01T00:00:00.000Z', why: 'member 10.10.0.23 joined' }
}

export const meshDocument: StatusDocument = documentOf(statusOf(), facts)

export const staticDocument: StatusDocument = documentOf(null, {
  ...facts, mode: 'static', group: null, check: null, lastReload: null, keepalived: { pid: 4711, vrrpState: 'MASTER', reloads: 0 }
})
