/**
 * What an operator can ask a running agent, and the form of the answer: one JSON object a line, over the control
 * socket. Both ends read through these schemas, so that neither trusts the other's version.
 */
import * as z from 'zod'

/** Longest request, in bytes: the longest member name fits many times over. */
export const requestBytesMax = 4096

/** Longest answer, in bytes: the status of a group at its limit (127 members that list each other) is below 2 MiB. */
export const answerBytesMax = 4 * 1024 * 1024

/** A member by its id or by its address; which of the two, and whether it exists, the agent decides. */
const memberName = z.string().regex(/^[0-9A-Za-z.:]{2,128}$/, 'expected the id or the address of a member')

const requestSchema = z.discriminatedUnion('command', [
  /** This host and the group, as `StatusDocument`. */
  z.strictObject({ command: z.literal('status') }),
  /** Hand over, stop keepalived, leave the group, end. Answered once the group is left. */
  z.strictObject({ command: z.literal('leave') }),
  /** End the agent only: keepalived runs on as configured last. */
  z.strictObject({ command: z.literal('detach') }),
  /** Drop a member that will not return. */
  z.strictObject({ command: z.literal('forget'), member: memberName })
])

export type ControlRequest = z.infer<typeof requestSchema>

export const answerSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), result: z.unknown() }),
  /** `error` is one line for people. */
  z.object({ ok: z.literal(false), error: z.string() })
])

export type ControlAnswer = z.infer<typeof answerSchema>

export type RequestRead =
  | { readonly ok: true, readonly request: ControlRequest }
  /** One line, for whoever asked. */
  | { readonly ok: false, readonly error: string }

/** What one line asks for. */
export function requestIn (line: string): RequestRead {
  const request = requestSchema.safeParse(parseJson(line))
  if (request.success) return { ok: true, request: request.data }
  return { ok: false, error: `request not understood: ${z.prettifyError(request.error).replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 500)}` }
}

function parseJson (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
