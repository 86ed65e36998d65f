/**
 * Two hosts whose passwords were read differently reject each other, and both become MASTER. So real keepalived is asked what
 * it has made of each password that we let through: one instance for each, and its JSON dump.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { kill } from 'node:process'
import { test } from 'node:test'
import { setTimeout as later } from 'node:timers/promises'
import * as fc from 'fast-check'
import { authPass } from '../../src/config/auth-pass.ts'
import { TO_THE_LETTER } from './passwords.ts'
import { createRoom } from './room.ts'

/** Any that are let through, the same ones each time. */
const drawn = fc.sample(fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 8 }).filter((text) => authPass.safeParse(text).success), { numRuns: 120, seed: 1 })
const passwords = [...TO_THE_LETTER, ...drawn]

/** All of one virtual router id but for the address of the VIP would clash: each has an id of its own. */
const instanceOf = (password: string, i: number): string => `vrrp_instance P${i} {
  state BACKUP
  interface eth0
  virtual_router_id ${i + 60}
  priority 100
  unicast_src_ip 10.10.0.21
  unicast_peer {
    10.10.0.22
  }
  authentication {
    auth_type PASS
    auth_pass ${password}
  }
  virtual_ipaddress {
    10.10.1.${i + 1}/32
  }
}
`

test('keepalived reads each password that is let through to the letter', async (t) => {
  assert.ok(passwords.length + 60 <= 255)
  const room = createRoom(`kmpass${process.pid}`)
  t.after(room.release)
  room.write({ testsReload: false })
  appendFileSync(room.conf, passwords.map(instanceOf).join(''))
  const pid = await room.daemon.start()
  const signal = Number(execFileSync('/usr/sbin/keepalived', ['--signum=JSON'], { encoding: 'utf8' }))
  kill(pid, signal)
  const read = await dumped(join(room.files.tmpDir, 'keepalived.json'))
  assert.deepEqual(passwords.map((_, i) => read.get(`P${i}`)), passwords)
})

/** It is not written at once: until all of it is there, it is no JSON. */
async function dumped (path: string): Promise<ReadonlyMap<string, string>> {
  for (;;) {
    try {
      const instances: ReadonlyArray<{ readonly data: { readonly iname: string, readonly auth_data?: string } }> = JSON.parse(readFileSync(path, 'utf8'))
      return new Map(instances.map(({ data }) => [data.iname, data.auth_data ?? '']))
    } catch {
      await later(20)
    }
  }
}
