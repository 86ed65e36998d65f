/** What surrounds the core: the words of others, the conf, its test and its place on the disk, the process of keepalived. */
import type { Mutation } from '../mutation.ts'

const STATEMENT = 'src/mesh/statement.ts'
const COMPLAINTS = 'src/keepalived/complaints.ts'
const DAEMON = 'src/keepalived/daemon.ts'

const SCRUTINY_TEST = ['test/mesh/scrutiny.test.ts']
const INTRUDER_TEST = ['test/mesh/intruder.test.ts']
const SEALING_TEST = ['test/mesh/sealing.test.ts']
const ENTRANCE_TEST = ['test/mesh/entrance.test.ts']
const RENDER_TEST = ['test/keepalived/render.test.ts']
const STORE_TEST = ['test/keepalived/store.test.ts']
const KEEPER_TEST = ['test/agent/keeper.test.ts']
const DAEMON_TESTS = ['test/keepalived/daemon-crash.test.ts', 'test/keepalived/daemon.test.ts', 'test/keepalived/daemon-odd.test.ts']

export const SHELL: readonly Mutation[] = [
  { name: 'placeholder-none', promise: 'I5', means: 'a lone host has an empty list of peers, which means multicast', file: 'src/keepalived/placeholder.ts',
    find: 'peers.length > 0 ? peers : [placeholderPeer[family]]', replace: 'peers', by: RENDER_TEST },
  { name: 'placeholder-unchecked', promise: 'I5', means: 'a conf without a peer is no matter for complaint', file: COMPLAINTS,
    find: 'if (peers.length === 0) return [\'There is no peer, which means multicast.\']', replace: '', by: ['test/keepalived/complaints.test.ts'] },
  { name: 'peer-is-self', promise: 'I5', means: 'a host lists itself', file: 'src/keepalived/instance.ts',
    find: 'peers.filter(peer => peer !== source)', replace: 'peers', by: RENDER_TEST },

  { name: 'conf-untested', promise: 'I6', means: 'what the test rejects is put in place', file: 'src/keepalived/store.ts',
    find: 'if (!verdict.ok) {', replace: 'if (verdict === null) {', by: STORE_TEST },
  { name: 'conf-in-place', promise: 'I6', means: 'the conf is written where keepalived may read half of it', file: 'src/keepalived/store.ts',
    find: 'const next = `${file}.next`', replace: 'const next = file', by: STORE_TEST },
  { name: 'conf-rejected-lost', promise: 'I6', means: 'nobody can see what was rejected', file: 'src/keepalived/store.ts',
    find: 'rename(next, `${file}.rejected`)', replace: 'rm(next)', by: STORE_TEST },
  { name: 'conf-by-exit-code', promise: 'I6', means: 'the exit code alone decides', file: 'src/keepalived/verdict.ts',
    find: 'exitCode === 0 ? fatal.some(pattern => pattern.test(message)) : !isHarmless(message)', replace: 'exitCode !== 0', by: ['test/keepalived/conf-test.test.ts'] },
  { name: 'conf-fatal-words-ignored', promise: 'I6', means: 'exit code 0 is believed', file: 'src/keepalived/verdict.ts',
    find: 'exitCode === 0 ? fatal.some(pattern => pattern.test(message)) : ', replace: 'exitCode === 0 ? false : ', by: ['test/keepalived/conf-test.test.ts'] },
  { name: 'conf-shapeless', promise: 'I6', means: 'a conf without an instance reaches keepalived, which drops the VIP', file: 'src/keepalived/conf-test.ts',
    find: 'if (complaint !== null) return { ok: false', replace: 'if (complaint === \'\') return { ok: false', by: ['test/keepalived/conf-test.test.ts'] },
  { name: 'conf-own-address-as-vip', promise: 'I6', means: 'a VIP that is the host\'s own address is taken, and deleted with the VIP', file: COMPLAINTS,
    find: 'if (place === undefined || mayHold.includes(address)) return []', replace: 'if (place !== null) return []', by: ['test/keepalived/complaints.test.ts'] },
  { name: 'conf-reload-unchecked', promise: 'I6', means: 'a reload that keepalived refused counts as taken', file: 'src/keepalived/reload.ts',
    find: 'if (outcome === \'reloadRefused\' || reasons.length > 0) throw', replace: 'if (outcome === null && reasons.length < 0) throw', by: DAEMON_TESTS },

  { name: 'wire-address', promise: 'I7', means: 'an address is whatever text a remote sends', file: STATEMENT,
    find: 'canonicalAddressOf(text) ?? refuse(context, \'expected an IP address\')', replace: 'text', by: SEALING_TEST },
  { name: 'wire-prefix', promise: 'I7', means: 'a VIP is whatever text a remote sends', file: STATEMENT,
    find: 'if (prefix === null) return refuse(context, \'expected an IP address with its prefix length\')', replace: 'if (prefix === null) return text', by: SEALING_TEST },
  { name: 'wire-vip-of-nobody', promise: 'I7', means: 'a VIP that no host can answer for is taken over, and the conf refused for it', file: STATEMENT,
    find: 'unreachableReason(prefix.split(\'/\')[0] ?? \'\') === null ? prefix : refuse(context, \'expected the address of a host\')', replace: 'prefix', by: SEALING_TEST },
  { name: 'wire-signatures-without-pace', promise: 'bounds', means: 'whoever holds the secret has all of the processor', file: 'src/mesh/scrutiny.ts',
    find: 'owedMs: () => pace.spend(nowMs(), 0)', replace: 'owedMs: () => 0', by: SCRUTINY_TEST },
  { name: 'wire-introductions-without-end', promise: 'bounds', means: 'who invents members by the thousand stays', file: 'src/mesh/scrutiny.ts',
    find: 'return isOld || left.take(atMs)', replace: 'return isOld || left.take(atMs) || true', by: SCRUTINY_TEST },
  { name: 'wire-silence-for-ever', promise: 'bounds', means: 'a link in silence is held open', file: 'src/mesh/link.ts',
    find: 'if (isSilent()) setTimeout(', replace: 'if (isSilent() && ended) setTimeout(', by: INTRUDER_TEST },
  { name: 'wire-gossip-alone', promise: 'bounds', means: 'a connection with nothing but gossip is held open', file: 'src/mesh/idle.ts',
    find: '!connection.streams.some(({ protocol }) => protocols.includes(protocol))', replace: 'connection.streams.length === 0 && protocols.length > 0', by: INTRUDER_TEST },
  { name: 'wire-schema-unnamed', promise: 'bounds', means: 'hosts of two schema versions do not find each other, and nobody knows why', file: 'src/mesh/other-schemas.ts',
    find: 'log.warn({ peer: id, from', replace: 'log.debug({ peer: id, from', by: INTRUDER_TEST },
  { name: 'wire-exchange-without-end', promise: 'bounds', means: 'an exchange may bring any number of claims', file: 'src/mesh/exchange.ts',
    find: 'if (claims.length > claimsMax || ', replace: 'if (', by: INTRUDER_TEST },
  { name: 'state-seed-of-any-length', promise: 'bounds', means: 'an identity whose seed makes no key ends the agent at each start', file: 'src/mesh/identity.ts',
    find: 'seed: z.string().regex(/^[A-Za-z0-9+/]{43}=$/)', replace: 'seed: z.string().length(44)', by: ['test/fuzz/fuzz.test.ts'] },
  { name: 'wire-number', promise: 'I7', means: 'a number may be any', file: STATEMENT,
    find: '  number: z.int().min(1).max(255).nullable()', replace: '  number: z.int().nullable()', by: SEALING_TEST },
  { name: 'wire-reason', promise: 'I7', means: 'what a remote gives as its reason may break a log line, or steer a terminal', file: STATEMENT,
    find: 'z.string().max(lengthMax).regex(/^[^\\p{C}\\p{Zl}\\p{Zp}]*$/u)', replace: 'z.string().max(lengthMax)', by: SEALING_TEST },
  { name: 'wire-password', promise: 'I7', means: 'a password is whatever text a remote sends', file: STATEMENT,
    find: 'authPass: authPass.max(authPassLengthMax).nullable()', replace: 'authPass: z.string().nullable()', by: SEALING_TEST },
  { name: 'wire-unsigned', promise: 'I7', means: 'a record counts whoever has signed it', file: 'src/mesh/sealing.ts',
    find: 'if (!verify(null, signedBytes(payload), key, Buffer.from(signature, \'base64\'))) return', replace: 'if (key === undefined) return', by: SEALING_TEST },
  { name: 'wire-group', promise: 'I7', means: 'a record of another group counts', file: 'src/mesh/sealing.ts',
    find: 'Buffer.from(context + payload)', replace: 'Buffer.from(payload)', by: SEALING_TEST },
  { name: 'wire-left-by-others', promise: 'I7', means: 'anybody says of anybody that it has left', file: STATEMENT,
    find: 'departure !== \'left\' || id === issuer', replace: 'id !== \'\' || issuer !== \'\'', by: SEALING_TEST },
  { name: 'conf-address-unchecked', promise: 'I7', means: 'what is no address reaches the conf', file: 'src/keepalived/instance.ts',
    find: 'assert(address !== null, `"${text}" is no address`)\n  return address', replace: 'return text', by: RENDER_TEST },
  { name: 'conf-literal-unchecked', promise: 'I7', means: 'a brace or a line feed reaches the conf', file: 'src/keepalived/render.ts',
    find: 'assert(literal.test(value) && !special.test(value)', replace: 'assert(true', by: [...RENDER_TEST, 'test/keepalived/render-injection.test.ts'] },
  { name: 'entrance-any-key', promise: 'secret', means: 'whoever sends anything for a greeting is let in', file: 'src/mesh/entrance.ts',
    find: 'if (key === undefined) refuse(connection, \'otherSecret\')', replace: 'if (key === undefined) return connection', by: ENTRANCE_TEST },
  { name: 'entrance-open', promise: 'secret', means: 'who has no secret is let in where one is needed', file: 'src/mesh/entrance.ts',
    find: 'if (!open) refuse(connection, \'noSecret\')', replace: '', by: ENTRANCE_TEST },
  { name: 'entrance-far', promise: 'secret', means: 'an open mesh hears hosts of any network', file: 'src/mesh/entrance.ts',
    find: 'if (address === null || !isNeighbour(address)) refuse', replace: 'if (address === null) refuse', by: ENTRANCE_TEST },
  { name: 'flood-unpaced', promise: 'flood', means: 'an address has every connection that it asks for', file: 'src/mesh/turnstile.ts',
    find: 'this.#paceOf(address).take(atMs) && (', replace: '(', by: ['test/mesh/turnstile.test.ts'] },
  { name: 'flood-of-strangers', promise: 'flood', means: 'a flood from many addresses has a pace for each', file: 'src/mesh/turnstile.ts',
    find: '(this.#known.get(address) === true || this.#strangers.take(atMs))', replace: 'atMs >= 0', by: ['test/mesh/turnstile.test.ts'] },
  { name: 'flood-unfinished', promise: 'flood', means: 'handshakes that never end keep others out', file: 'src/mesh/guests.ts',
    find: '(unfinished.get(address) ?? 0) >= unfinishedMax || ', replace: '', by: ['test/mesh/guests.test.ts'] },
  { name: 'secret-told-on', promise: 'secret', means: 'a host that cannot join is told of each second', file: 'src/mesh/strangers.ts',
    find: 'if (about.has(mismatch)) return', replace: '', by: ENTRANCE_TEST },
  { name: 'secret-known-password', promise: 'secret', means: 'with a secret the VRRP password is the well-known one', file: 'src/config/group-spec.ts',
    find: 'isAuthPassSet || mode === \'union\' || own === undefined ? authPass : own.authPass', replace: 'isAuthPassSet || mode === \'union\' || own !== undefined ? authPass : null', by: ['test/config/value.test.ts'] },

  { name: 'environment-with-secrets', promise: 'I7', means: 'scripts that keepalived runs see the passwords', file: 'src/keepalived/launch.ts',
    find: '...withoutSecrets(environment)', replace: '...environment', by: ['test/agent/passthrough.test.ts'] },

  { name: 'daemon-not-detached', promise: 'I9', means: 'keepalived dies with the agent\'s session', file: 'src/keepalived/launch.ts',
    find: 'detached: true, ', replace: '', by: DAEMON_TESTS },
  { name: 'daemon-not-adopted', promise: 'I9', means: 'the next agent ends the keepalived that it finds', file: DAEMON,
    find: 'if (process === null) {\n      await sweep()', replace: 'if (process !== undefined) {\n      await sweep()', by: DAEMON_TESTS },
  { name: 'reload-same-bytes', promise: 'I9', means: 'keepalived is reloaded although no byte differs', file: 'src/agent/keeper.ts',
    find: 'if (daemon.pid() === null || running === digest) return', replace: 'if (daemon.pid() === null) return', by: KEEPER_TEST },
  { name: 'conf-not-put-back', promise: 'I6', means: 'a conf that keepalived did not take stays in place', file: 'src/agent/keeper.ts',
    find: 'if (before !== null) await store.write(before)', replace: '', by: KEEPER_TEST },
  { name: 'password-of-another-digest', promise: 'I7', means: 'a password is used that is not the one that was agreed on', file: 'src/agent/keeper.ts',
    find: 'if (spec.authDigest !== authDigestOf(config, spec.authPass)) return', replace: 'if (spec.authDigest !== spec.authDigest) return', by: KEEPER_TEST },

  { name: 'vip-outlives-keepalived', promise: 'I10', means: 'a killed keepalived leaves the VIP on the interface', file: DAEMON,
    find: 'if (!isTaken(ending.process)) await releaseVips()', replace: '', by: DAEMON_TESTS },
  { name: 'vip-outlives-agent', promise: 'I10', means: 'a VIP that was left while no agent ran stays', file: DAEMON,
    find: '...(orphan === null ? [] : [orphan])])\n    await releaseVips()', replace: '...(orphan === null ? [] : [orphan])])', by: DAEMON_TESTS },
  { name: 'vip-outlives-hang', promise: 'I10', means: 'a keepalived that hangs is not killed', file: DAEMON,
    find: 'for (const victim of [process, ...members()]) signalTo(victim, \'SIGKILL\')', replace: '', by: DAEMON_TESTS },
  { name: 'vip-of-old-conf-stays', promise: 'I10', means: 'a VIP that is not in the conf any more stays on its interface', file: 'src/agent/release.ts',
    find: '[...noted, ...placesIn(withIncludes(config.conf))]', replace: 'placesIn(withIncludes(config.conf))', by: ['test/agent/passthrough.test.ts'] },
  { name: 'winner-tells-nobody', promise: 'I11', means: 'the winner of two MASTERs does not tell the switches', file: 'src/keepalived/keepalived.conf.hbs',
    find: '  higher_prio_send_advert true\n', replace: '', by: RENDER_TEST }
]
