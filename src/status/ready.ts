/** Whether a host does what it is there for: what a load balancer, a probe of Kubernetes or a roll-out waits for. */
import type { StatusDocument } from './document.ts'

/** Why it is not ready, for people; empty when it is: active or standing by, keepalived running where it should, and one view with all others. */
export function unreadyReasons ({ phase, waitingFor, keepalived, agreed, members }: StatusDocument): readonly string[] {
  const isPhase = phase === 'active' || phase === 'standby'
  const differs = members.length > 0 && !agreed
  return [
    ...isPhase ? [] : [`${phase}${waitingFor === null ? '' : `: waiting for ${waitingFor}`}`],
    ...phase === 'active' && keepalived.pid === null ? ['keepalived does not run'] : [],
    ...differs ? ['the members have different views'] : []
  ]
}
