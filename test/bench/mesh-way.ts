/** The product, as a user has it. */
import { addMember, allSay, formed, startMembers, type Member } from '../lab/group.ts'
import type { Contender, Way } from './way.ts'

export function meshWay (): Way {
  const members = new Map<Contender, Member>()
  const contender = (member: Member): Contender => {
    const { host, lists, agent } = member
    const one: Contender = {
      host,
      lists,
      pid: agent.pid,
      startedAtMs: agent.startedAtMs,
      async stop () { await agent.stop() },
      listeningAfterMs: () => (agent.log.find(({ msg }) => msg === 'listening')?.atMs ?? Number.NaN) - agent.startedAtMs
    }
    members.set(one, member)
    return one
  }
  return {
    name: 'keepalived-mesh',
    isDynamic: true,
    async three (lab) {
      const started = await startMembers(lab, ['one', 'two', 'three'])
      await formed(lab, started)
      return started.map(contender)
    },
    join: async (lab, name) => contender(await addMember(lab, name)),
    async toldLost (lab, among, gone) {
      await allSay(lab, among.flatMap((one) => members.get(one) ?? []), 'lost', gone)
    }
  }
}
