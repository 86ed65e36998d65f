/**
 * Stands in for `@chainsafe/as-chacha20poly1305` and `@chainsafe/as-sha256` in the bundle (the aliases of the build). Noise loads both
 * to seal short messages a little faster than node:crypto does; an agent seals a few a second, and has no use for two WebAssembly
 * modules in memory. ciphers.ts gives Noise the ciphers of node:crypto instead, so nothing here is ever called.
 */
export class ChaCha20Poly1305 {
  seal (): never { return unused() }
  open (): never { return unused() }
}

export function newInstance (): object {
  return {}
}

export function digest (): never {
  return unused()
}

function unused (): never {
  throw new Error('Noise has called a cipher that the bundle does not hold')
}
