/** All that Noise computes is OpenSSL's: its own choice would be WebAssembly for short messages (no-wasm.ts) and JavaScript for HKDF, which took half of a handshake. */
import { hkdfSync } from 'node:crypto'
import type { ICryptoInterface } from '@libp2p/noise'
import { defaultCrypto, nodeCrypto } from '@libp2p/noise/crypto'

export const openssl: ICryptoInterface = {
  ...defaultCrypto,
  ...nodeCrypto,
  /** Three keys of 32 bytes (Noise revision 34 §4.3, which is RFC 5869 without info). */
  getHKDF (chainingKey, material) {
    const keys = new Uint8Array(hkdfSync('sha256', material, chainingKey, '', 96))
    return [keys.subarray(0, 32), keys.subarray(32, 64), keys.subarray(64)]
  }
}
