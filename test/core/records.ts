/** Records and claims for tests of the core: every field has a plain value, a test says only what it is about. */
import type { Claim, GroupSpec, MemberRecord, Statement, Tombstone } from '../../src/core/record.ts'

export const spec: GroupSpec = { virtualRouterId: 51, version: 2, advertInt: 1, virtualIpaddress: '10.10.0.2/24', authDigest: 'a', authPass: 'pwd51', revision: 0, epoch: 0 }

export function record (about: Partial<MemberRecord> & Pick<MemberRecord, 'id'>): MemberRecord {
  return {
    kind: 'member', incarnation: 1, sequence: 1, address: '10.10.0.21', port: 11251, phase: 'active', reason: null, founder: null,
    number: null, pinned: null, vrrpState: 'BACKUP', mac: null, appliedPriority: null, effectivePriority: null, lists: [], peers: [], gone: [], rival: null, tombstones: '', spec, proposed: spec, prepared: null, vips: [],
    software: '0', ...about
  }
}

export function seal <S extends Statement> (statement: S): Claim<S> {
  return { statement, envelope: { payload: JSON.stringify(statement), signature: '' } }
}

export function tombstone (about: Partial<Tombstone> & Pick<Tombstone, 'id'>): Tombstone {
  return { kind: 'tombstone', incarnation: 1, departure: 'left', issuer: about.id, serial: 1, ...about }
}
