/** Writes the story down: what keepalived does and what the cores log; with `verbose` every event and effect too. */
import type { Conf } from '../../src/core/event.ts'
import type { Host } from './host.ts'
import type { World } from './world.ts'

export function narrate ({ watch, story }: World, verbose: boolean): void {
  watch({
    daemon (host, sight) {
      switch (sight.kind) {
        case 'vip': return story.tell(host.name, sight.up ? 'VIP taken' : 'VIP dropped')
        case 'garp': return story.tell(host.name, 'tells the segment of the VIP')
        case 'state': return story.tell(host.name, `VRRP ${sight.state}, ${priorityOf(host)}`)
        case 'started': return story.tell(host.name, `VRRP starts, ${confOf(host.daemon.running())}`)
        case 'reloaded': return story.tell(host.name, `VRRP reloads as ${host.daemon.state()}, ${confOf(sight.conf)}`)
        case 'stopped': return story.tell(host.name, 'VRRP stopped')
        case 'killed': return story.tell(host.name, 'keepalived killed')
        case 'childKilled': return story.tell(host.name, 'vrrp child killed')
      }
    },
    ...verbose ? { event: (host, event) => story.tell(host.name, () => `  < ${JSON.stringify(event)}`) } : {},
    effect (host, effect) {
      if (effect.kind === 'log') {
        const { level, message, facts } = effect
        if (verbose || level !== 'debug') story.tell(host.name, () => `${level}: ${message} ${JSON.stringify(facts)}`)
      } else if (verbose) story.tell(host.name, () => `  > ${JSON.stringify(effect)}`)
    },
    agentEnded: (host, asked) => story.tell(host.name, asked ? 'agent exits' : 'agent is gone'),
  })
}

function priorityOf (host: Host): string {
  return `priority ${host.daemon.running()?.priority ?? 'none'}`
}

function confOf (conf: Conf | null): string {
  if (conf === null) return 'no conf'
  const peers = conf.peers.map(peer => peer.split('.').at(-1)).join(' ')
  return `priority ${conf.priority}${conf.claim ? ' claiming' : ''}, peers [${peers}]`
}
