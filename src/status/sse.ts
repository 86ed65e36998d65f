/**
 * Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): `timeline`, all that is kept, once; then `status`, a document, and `news`, entries,
 * whenever something has happened.
 */
import type { ServerResponse } from 'node:http'
import type { Board } from './board.ts'
import type { StatusDocument } from './document.ts'

/** Whoever reads that much too slowly is cut, and comes back by itself. */
const behindBytesMax = 256 * 1024
/** Proxies, and browsers, take a connection that is silent for long for a dead one. */
const commentEveryMs = 15_000

export function follow (response: ServerResponse, document: StatusDocument, board: Pick<Board, 'entries' | 'watch'>): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' })
  const send = (text: string): void => {
    response.write(text)
    if (response.writableLength > behindBytesMax) response.destroy()
  }
  send(eventText('timeline', board.entries()) + eventText('status', document))
  const unwatch = board.watch((news) => {
    send(eventText('status', news.document) + (news.entries.length === 0 ? '' : eventText('news', news.entries)))
  })
  const comment = setInterval(() => { send(':\n\n') }, commentEveryMs).unref()
  response.on('close', () => {
    clearInterval(comment)
    unwatch()
  })
}

/** JSON has no line feeds, so an event is one line of data. */
function eventText (name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}
