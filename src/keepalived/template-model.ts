/** What a template of the operator's sees (`KEEPALIVED_TEMPLATE`): each name with what it holds. The README's table is made of it, and the compiler sees to it that no name is missing. */
import type { TemplateView } from './render.ts'

export const templateModel: Readonly<Record<keyof TemplateView, string>> = {
  advertInt: 'seconds between adverts',
  authPass: 'the password; null with VRRP version 3',
  extraGlobal: 'list: the lines of `KEEPALIVED_EXTRA_GLOBAL`',
  extraInstance: 'list: the lines of `KEEPALIVED_EXTRA_INSTANCE`',
  interface: 'name of the interface',
  notify: 'list of `{directive, script}`: `notify`, `notify_master` and so on, with their scripts',
  priority: '1 to 255; 255 while this host claims the VIP',
  reloadCheckConfig: 'path for `reload_check_config`, or null',
  state: '`MASTER` or `BACKUP`',
  trackFile: 'path of the file whose number is added to the priority (in a mesh, for hand-overs), or null',
  trackInterface: 'list of lines for `track_interface`',
  unicastPeer: 'list of addresses, never empty',
  unicastSrcIp: 'the source address',
  version: '2 or 3',
  version3: 'whether it is 3',
  virtualIpaddress: 'list of lines for `virtual_ipaddress`',
  virtualIpaddressExcluded: 'list of lines for `virtual_ipaddress_excluded`',
  virtualRouterId: '1 to 255',
  vrrpGarpMasterRefresh: 'seconds between gratuitous ARPs of a MASTER',
  vrrpNotifyFifo: 'path of the fifo that tells the agent what keepalived does: a template that leaves it out leaves the agent blind',
  vrrpScript: 'the check of the API server, `{script, interval, fall, rise, weight}`, or null'
}

/** In Markdown. */
export function templateTable (): string {
  return ['| name | holds |', '| --- | --- |', ...Object.entries(templateModel).map(([name, holds]) => `| \`${name}\` | ${holds} |`)].join('\n')
}

if (import.meta.main) console.log(templateTable())
