/**
 * The tree that a conf must have, made from the model and not by the template: what keepalived reads of a file has to be
 * exactly this, whatever text any value holds. So a directive too many, or a line that became two, is a difference.
 */
import assert from 'node:assert/strict'
import { confTreeOf } from '../../src/keepalived/conf-tree.ts'
import type { Directive } from '../../src/keepalived/conf-tree.ts'
import type { Instance } from '../../src/keepalived/instance.ts'
import type { VirtualIpaddress } from '../../src/config/virtual-ipaddress.ts'

/** The text says what the model says, and nothing else. */
export function assertSays (text: string, instance: Instance): void {
  assert.deepEqual(confTreeOf(text), treeOf(instance))
  const body = text.split('\n').slice(1).join('\n')
  assert.doesNotMatch(body, /[#!\\]|[^\n\x20-\x7e]/, 'a comment, or a character that is no plain one')
  assert.doesNotMatch(body, /\$_|\$\{|~(?:SEQ|LST)\(/, 'a macro, which keepalived would put something else for')
  assert.doesNotMatch(body, /^\s*(?:@|\$\w+\s*=|include)/m, 'a line under a condition, a definition, or another file')
}

const line = (name: string, ...words: Array<string | number>): Directive => ({ name, words: words.map(String), block: null })
const block = (name: string, words: readonly string[], inner: readonly Directive[]): Directive => ({ name, words, block: inner })
const some = <T>(value: T | null, make: (value: T) => Directive[]): Directive[] => value === null ? [] : make(value)

/** Lines of the operator's own are whole directives by themselves: whatever stands behind them is not theirs. */
function added (lines: readonly string[]): readonly Directive[] {
  const tree = confTreeOf(lines.join('\n'))
  assert(tree !== null)
  return tree
}

function treeOf (instance: Instance): Directive[] {
  const { globalDefs, trackFile, vrrpScript } = instance
  return [
    block('global_defs', [], [
      line('router_id', 'LVS_MAIN'),
      line('enable_script_security'),
      line('script_user', 'root'),
      ...some(globalDefs.reloadCheckConfig, (path) => [line('reload_check_config', path)]),
      line('vrrp_garp_master_refresh', 10),
      line('vrrp_notify_fifo', globalDefs.vrrpNotifyFifo),
      line('vrrp_notify_priority_changes', 'true'),
      ...added(instance.extraGlobal)
    ]),
    ...some(trackFile, (path) => [block('track_file', ['handover'], [line('file', path), line('weight', 1), line('init_file', 0)])]),
    ...some(vrrpScript, ({ script, interval, fall, rise, weight }) => [block('vrrp_script', ['chk_kube_apiserver'],
      [line('script', script), line('interval', interval), line('fall', fall), line('rise', rise), line('weight', weight)])]),
    block('vrrp_instance', ['MAIN'], instanceLines(instance))
  ]
}

function instanceLines (instance: Instance): Directive[] {
  const { notify, trackInterface, virtualIpaddressExcluded: excluded } = instance
  return [
    line('state', instance.state),
    line('interface', instance.interface),
    line('virtual_router_id', instance.virtualRouterId),
    ...instance.version === 3 ? [line('version', 3)] : [],
    line('priority', instance.priority),
    line('advert_int', instance.advertInt),
    line('lower_prio_no_advert', 'true'),
    line('higher_prio_send_advert', 'true'),
    line('unicast_src_ip', instance.unicastSrcIp),
    block('unicast_peer', [], instance.unicastPeer.map((peer) => line(peer))),
    ...some(instance.authPass, (password) => [block('authentication', [], [line('auth_type', 'PASS'), line('auth_pass', password)])]),
    block('virtual_ipaddress', [], instance.virtualIpaddress.map(vipLine)),
    ...excluded.length === 0 ? [] : [block('virtual_ipaddress_excluded', [], excluded.map(vipLine))],
    ...trackInterface.length === 0 ? [] : [block('track_interface', [], trackInterface.map((tracked) => line(tracked.interface, ...tracked.weight === null ? [] : ['weight', tracked.weight])))],
    ...instance.vrrpScript === null ? [] : [block('track_script', [], [line('chk_kube_apiserver')])],
    ...instance.trackFile === null ? [] : [block('track_file', [], [line('handover')])],
    ...some(notify.notifyMaster, (script) => [line('notify_master', script)]),
    ...some(notify.notifyBackup, (script) => [line('notify_backup', script)]),
    ...some(notify.notifyFault, (script) => [line('notify_fault', script)]),
    ...some(notify.notifyStop, (script) => [line('notify_stop', script)]),
    ...some(notify.notify, (script) => [line('notify', script)]),
    ...added(instance.extraInstance)
  ]
}

function vipLine ({ address, prefixLength, options }: VirtualIpaddress): Directive {
  return line(prefixLength === null ? address : `${address}/${prefixLength}`, ...options.flatMap(({ keyword, value }) => value === null ? [keyword] : [keyword, value]))
}
