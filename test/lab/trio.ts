/** A group of three, as most tests of what happens to a group begin with. */
import type { TestContext } from 'node:test'
import { backupsAmong, formed, holderAmong, type Member, ONLY_THE_VIP, startMembers } from './group.ts'
import { type Lab, openLab } from './lab.ts'

export interface Trio {
  readonly lab: Lab
  readonly members: readonly Member[]
  readonly master: Member
  /** By priority, highest first. */
  readonly backups: readonly [Member, Member]
}

/** Opens a lab with three members that have formed a group; it closes with the test. */
export async function openTrio (t: TestContext, env: Readonly<Record<string, string>> = {}): Promise<Trio> {
  const lab = await openLab()
  t.after(lab.close)
  const members = await startMembers(lab, ['one', 'two', 'three'], { ...ONLY_THE_VIP, ...env })
  const [status] = await formed(lab, members)
  const [next, last] = backupsAmong(lab, members, status)
  if (next === undefined || last === undefined) throw new Error('a group of three has two BACKUPs')
  return { lab, members, master: holderAmong(lab, members), backups: [next, last] }
}
