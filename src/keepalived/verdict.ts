/**
 * Reads what keepalived's config test printed. Its exit code alone says little: 5 for a VIP that will be skipped and 5
 * for a password that is cut, 0 for a missing file, 6 for a question of script security that hides all else. So each
 * message is put in a class, and one that nobody here knows counts as a complaint where the exit code says that
 * something is wrong.
 */

export type Verdict =
  /** keepalived will run with it. `remarks`: what it says and does not mind. */
  | { readonly ok: true, readonly remarks: readonly string[] }
  /** Never empty. */
  | { readonly ok: false, readonly complaints: readonly string[] }

export interface TestOutcome {
  /** Standard output and error together. */
  readonly output: string
  /** Null when it died of a signal. */
  readonly exitCode: number | null
  readonly signal: string | null
  /** The conf has `reload_check_config`, with which keepalived refuses to start or reload on any remark. */
  readonly refusesRemarks: boolean
}

/** Messages that change nothing about how VRRP runs. */
const harmless: readonly RegExp[] = [
  /Ignoring track_interface \S+ since own interface/,
  /Truncating auth_pass to 8 characters/,
  /VRRP version 3 does not support authentication\. Ignoring/,
  /ignoring (?:tracked script|weight from tracked file) .* due to address_owner/,
  /default user '[^']*' for script execution does not exist/,
  /^NOTICE: /
]

/** Messages that keepalived gives along with exit code 0. */
const fatal: readonly RegExp[] = [/Config files missing/, /^Unable to /]

/** `-t` gives this code where it stops at script security, before it has looked at the rest. */
const exitSecurity = 6

export function verdictOf ({ output, exitCode, signal, refusesRemarks }: TestOutcome): Verdict {
  const messages = [...new Set(output.split('\n').map(readable).filter(line => line !== ''))]
  if (signal !== null) return { ok: false, complaints: [...messages, `The config test ended by ${signal}.`] }
  const isHarmless = (message: string) => exitCode !== exitSecurity && !refusesRemarks && harmless.some(pattern => pattern.test(message))
  const isComplaint = (message: string) => exitCode === 0 ? fatal.some(pattern => pattern.test(message)) : !isHarmless(message)
  const complaints = messages.filter(isComplaint)
  if (complaints.length > 0) return { ok: false, complaints }
  if (exitCode !== 0 && messages.length === 0) return { ok: false, complaints: [`The config test gave ${exitCode} and said nothing.`] }
  return { ok: true, remarks: messages }
}

/** `(/etc/keepalived/x.conf: Line 22) …` as `line 22: …`: the file is a temporary one. */
function readable (line: string): string {
  return line.trim().replace(/^\((?:.*: )?Line (\d+)\) /, 'line $1: ')
}
