/**
 * What a failed dial tells. *Refused*: the host lives, its agent does not; that is evidence. *Unreachable*: nothing
 * answered. *Rejected*: an agent, or something else, answered and would not have us: another secret, another group,
 * our own key. That the secrets differ is never said; it shows as a connection that is closed on our first words.
 */

export type DialFailure = 'refused' | 'unreachable' | 'rejected'

const unreachableCodes = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'ETIMEDOUT', 'EADDRNOTAVAIL', 'EPERM', 'EACCES', 'EINVAL'])

/**
 * @param circumstances.timedOut whether we gave up waiting, under whatever name libp2p then reports it
 * @param circumstances.heard whether a byte of the remote's had come by then: silence is no rejection
 */
export function dialFailureOf (error: unknown, circumstances: { readonly timedOut: boolean, readonly heard: boolean }): DialFailure {
  if (circumstances.timedOut) return circumstances.heard ? 'rejected' : 'unreachable'
  const code = codeOf(error)
  if (code === 'ECONNREFUSED') return 'refused'
  return code !== null && unreachableCodes.has(code) ? 'unreachable' : 'rejected'
}

/** Whether it failed because the remote has our own key. */
export function isSelf (error: unknown): boolean {
  return error instanceof Error && error.name === 'InvalidPeerIdError' && error.message.includes('self')
}

/** Whether it failed because this side would not have the remote, for what that sent before. */
export function isOurRefusal (error: unknown): boolean {
  return error instanceof Error && error.name === 'ConnectionInterceptedError'
}

function codeOf (error: unknown): string | null {
  if (!(error instanceof Error)) return null
  if ('code' in error && typeof error.code === 'string') return error.code
  return codeOf(error.cause)
}
