/**
 * Directives of keepalived that nothing here models, as the operator gives them for a block of the conf. What they mean is keepalived's own to judge, by its test of every conf;
 * here only that they stay within their block, and leave alone what the agent rests on.
 */
import * as z from 'zod'

/** Printable ASCII without what begins a comment, a continued line, or a macro or condition of keepalived's own (keepalived.conf(5)). */
const line = /^[\x20-\x7e]+$/
const special = /[#!\\$~]|^@/

/** What the conf has already, and the agent relies on; what has a variable of its own; and what reads another file. */
const own: Readonly<Record<'global' | 'instance', ReadonlySet<string>>> = {
  global: new Set(['enable_script_security', 'script_user', 'reload_check_config', 'vrrp_notify_fifo', 'vrrp_notify_fifo_script', 'notify_fifo', 'notify_fifo_script', 'vrrp_notify_priority_changes']),
  instance: new Set([
    'state', 'interface', 'virtual_router_id', 'version', 'priority', 'advert_int', 'lower_prio_no_advert', 'higher_prio_send_advert', 'unicast_src_ip', 'unicast_peer', 'authentication', 'auth_type',
    'auth_pass', 'virtual_ipaddress', 'virtual_ipaddress_excluded', 'track_interface', 'track_script', 'track_file', 'notify', 'notify_master', 'notify_backup', 'notify_fault', 'notify_stop', 'nopreempt'
  ])
}

/** Directives with `;` between them, braces in pairs: one line of the conf each. */
export function extraDirectives (block: 'global' | 'instance') {
  return z.string().transform((text, context): readonly string[] => {
    const lines = text.split(';').map((part) => part.trim()).filter((part) => part !== '')
    const complaint = complaintOf(lines, own[block])
    if (complaint === null) return lines
    context.issues.push({ code: 'custom', message: `directives of keepalived with ; between them, each line of a block as well; ${complaint}`, input: text })
    return z.NEVER
  })
}

function complaintOf (lines: readonly string[], taken: ReadonlySet<string>): string | null {
  let depth = 0
  for (const each of lines) {
    if (!line.test(each) || special.test(each)) return `"${each}" has characters other than printable ASCII, or one of # ! \\ $ ~, or begins with @`
    const [word = ''] = each.split(/[\s{]/)
    if (taken.has(word) || word.startsWith('include')) return `"${word}" is the agent's own, or has a variable of its own`
    if (!/^(?:[^{}]+\{?|\})$/.test(each)) return `"${each}" has a brace that does not end it: put a ; there`
    if (each.split('"').length % 2 === 0) return `"${each}" has a quote that is not closed`
    if (each.endsWith('{')) depth++
    if (each === '}' && --depth < 0) return '"}" closes a block that none of them opens'
  }
  return depth === 0 ? null : 'a block is not closed'
}
