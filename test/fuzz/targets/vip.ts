/** One line of `virtual_ipaddress`, as an operator writes it. */
import assert from 'node:assert/strict'
import { cidrOf, virtualIpaddressLine, virtualIpaddressOf } from '../../../src/config/virtual-ipaddress.ts'
import { confTreeOf } from '../../../src/keepalived/conf-tree.ts'
import { canonicalPrefixOf } from '../../../src/mesh/address.ts'
import type { Target } from '../target.ts'

export const vip: Target = {
  name: 'vip',
  words: ['10.10.0.2', '/24', '/32', 'fd00::1', '/64', '/128', ' brd ', ' broadcast ', '+', ' dev ', 'eth0', ' scope ', 'global', ' label ', 'eth0:1', ' no_track', ' -nodad', ' home', '::ffff:10.0.0.1', '0.0.0.0', '010.1.1.1', 'constructor'],
  seeds: ['10.10.0.2/24', '10.10.0.2/24 brd 10.10.0.255 dev eth0 scope link label eth0:1', 'fd00::1/64 -nodad dev eth0.7', '10.10.0.2 no_track home'],
  run (input) {
    const text = input.toString()
    const read = virtualIpaddressOf(text)
    if (typeof read === 'string') {
      assert(read.length <= text.length + 200, 'a complaint without bound')
      return
    }
    const line = virtualIpaddressLine(read)
    assert(line.length <= text.length + 64, 'a line without bound')
    assert.match(line, /^[A-Za-z0-9.:/_ +-]+$/, 'more than words')
    assert.deepEqual(virtualIpaddressOf(line), read, 'another VIP when it is read again')
    const [name = '', ...words] = line.split(' ')
    assert.deepEqual(confTreeOf(line), [{ name, words, block: null }], 'more than one line of a conf')
    assert.equal(canonicalPrefixOf(cidrOf(read)), cidrOf(read), 'told to others, and refused by them')
  }
}
