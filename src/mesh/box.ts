/**
 * A connection under a pre-shared key: each direction is XORed with a stream under that key and the sender's nonce, as in libp2p's private
 * networks (libp2p/specs, pnet/Private-Networks-PSK-V1). Noise inside of it proves who speaks and that nothing was changed; this only keeps
 * those out who lack the key.
 *
 * The cipher is another one than theirs, AES in counter mode (NIST SP 800-38A), because OpenSSL has it: XSalsa20 in JavaScript took a third
 * of all the time of an agent in a group that forms. And `@libp2p/pnet` knows a single key, so no group could change it.
 */
import { createCipheriv, hkdfSync } from 'node:crypto'
import type { AbortOptions, MultiaddrConnection } from '@libp2p/interface'
import { AbstractMultiaddrConnection } from '@libp2p/utils'

export const nonceBytes = 24

/** XORs what goes by, in order. */
export type Keystream = (data: Uint8Array) => Uint8Array

/**
 * A stream under a key of 32 bytes and a nonce of {@link nonceBytes}, which serves once: HKDF-SHA256 (RFC 5869) makes a key of its own of
 * the two, so the counter begins at zero, and 2^128 blocks are more than any connection carries.
 */
export function createKeystream (key: Uint8Array, nonce: Uint8Array): Keystream {
  const cipher = createCipheriv('aes-256-ctr', Buffer.from(hkdfSync('sha256', key, nonce, 'keepalived-mesh box', 32)), Buffer.alloc(16))
  return (data) => cipher.update(data)
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
  readonly #outbound: Keystream

  constructor ({ connection, inbound, outbound }: BoxOptions) {
    super({ remoteAddr: connection.remoteAddr, direction: connection.direction, log: connection.log.newScope('box'), inactivityTimeout: connection.inactivityTimeout })
    this.#connection = connection
    this.#outbound = outbound
    connection.addEventListener('message', ({ data }) => { this.onData(inbound(data.subarray())) })
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
    return { sentBytes: data.byteLength, canSendMore: this.#connection.send(this.#outbound(data.subarray())) }
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
