/**
 * A connection under a pre-shared key: each direction is XORed with a stream of XSalsa20 under that key and the sender's nonce
 * (libp2p/specs, pnet/Private-Networks-PSK-V1). Noise inside of it proves who speaks and that nothing was changed; this only keeps
 * those out who lack the key.
 *
 * On the wire it is what `@libp2p/pnet` is, which the tests hold it against. That one knows a single key, so no group could
 * change it, and its cipher leaves 128 bytes of WebAssembly memory behind for each connection that anybody makes.
 */
import type { AbortOptions, MultiaddrConnection } from '@libp2p/interface'
import { AbstractMultiaddrConnection } from '@libp2p/utils'
import { xsalsa20 } from '@noble/ciphers/salsa.js'

export const nonceBytes = 24

const blockBytes = 64

/** XORs what goes by, in order. */
export type Keystream = (data: Uint8Array) => Uint8Array

/**
 * A stream under a key of 32 bytes and a nonce of {@link nonceBytes}, from its beginning or from that byte on. It throws once its
 * counter of blocks is used up, after 256 GiB: what came then would go under bytes that were used before.
 */
export function createKeystream (key: Uint8Array, nonce: Uint8Array, from = 0): Keystream {
  let position = from
  return (data) => {
    const offset = position % blockBytes
    const padded = new Uint8Array(offset + data.byteLength)
    padded.set(data, offset)
    const xored = xsalsa20(key, nonce, padded, undefined, (position - offset) / blockBytes)
    position += data.byteLength
    return xored.subarray(offset)
  }
}

export interface BoxOptions {
  readonly connection: MultiaddrConnection
  /** Under the nonce that the remote sent. */
  readonly inbound: Keystream
  /** Under the nonce that was sent to it. */
  readonly outbound: Keystream
}

/** What goes in and out of `connection`, in clear, each message as one segment; closing one closes the other. */
export class Box extends AbstractMultiaddrConnection {
  readonly #connection: MultiaddrConnection
  readonly #inbound: Keystream
  readonly #outbound: Keystream

  constructor ({ connection, inbound, outbound }: BoxOptions) {
    super({ remoteAddr: connection.remoteAddr, direction: connection.direction, log: connection.log.newScope('box'), inactivityTimeout: connection.inactivityTimeout })
    this.#connection = connection
    this.#inbound = inbound
    this.#outbound = outbound
    connection.addEventListener('message', ({ data }) => { this.#receive(data.subarray()) })
    connection.addEventListener('drain', () => { this.onMuxerDrain() })
    connection.addEventListener('close', (event) => {
      if (event.error === undefined) this.onTransportClosed()
      else if (event.local === true) this.abort(event.error)
      else this.onRemoteReset()
    })
  }

  async sendClose (options?: AbortOptions): Promise<void> {
    await this.#connection.close(options)
  }

  sendData (data: { readonly byteLength: number, subarray: () => Uint8Array }): { sentBytes: number, canSendMore: boolean } {
    const hidden = this.#through(this.#outbound, data.subarray())
    return { sentBytes: data.byteLength, canSendMore: hidden !== null && this.#connection.send(hidden) }
  }

  #receive (hidden: Uint8Array): void {
    const clear = this.#through(this.#inbound, hidden)
    if (clear !== null) this.onData(clear)
  }

  /** Null when the stream is used up, which ends the connection: whoever called, a listener of the socket's, can do nothing about it. */
  #through (stream: Keystream, data: Uint8Array): Uint8Array | null {
    try {
      return stream(data)
    } catch (error) {
      this.abort(new Error('the key stream is used up', { cause: error }))
      return null
    }
  }

  sendReset (error: Error): void {
    this.#connection.abort(error)
  }

  sendPause (): void {
    this.#connection.pause()
  }

  sendResume (): void {
    this.#connection.resume()
  }
}
