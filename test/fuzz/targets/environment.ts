/**
 * The environment: lines of NAME=VALUE, read as the container's would be. What is not refused is rendered, and the conf must
 * say exactly what the configuration does.
 */
import assert from 'node:assert/strict'
import { masked } from '../../../src/config/fault.ts'
import { readConfig, type ReadConfig } from '../../../src/config/read-config.ts'
import { variables } from '../../../src/config/variables/all.ts'
import { groupSpecOf } from '../../../src/config/group-spec.ts'
import type { Instance } from '../../../src/keepalived/instance.ts'
import { meshInstance, staticInstance } from '../../../src/keepalived/instance.ts'
import { createRender } from '../../../src/keepalived/render.ts'
import { assertSays } from '../../keepalived/conf-model.ts'
import { confOf, files } from '../../keepalived/sample.ts'
import type { Target } from '../target.ts'

const render = createRender(null)
const names = variables.map(({ name }) => name.replace('###', '7'))
const secrets = new Set(variables.filter(({ secret }) => secret === true).map(({ name }) => name))

export const environment: Target = {
  name: 'environment',
  words: [...names.map((name) => `\n${name}=`), 'KEEPALIVED_VIRTUAL_IPADDRESS_8=', '10.10.0.2/24', '10.10.0.9', 'fd00::2/64', 'eth0', 'eth1 weight -10', 'true', 'false', 'on', 'off', 'MASTER', 'BACKUP', '/bin/sh -c x', '/etc/x', '200', '0.5', '3', '~SEQ(a,1,2)', '$_PWD', '${x}', '{{priority}}', 'vrrp_instance X {', 'include /etc/passwd'],
  seeds: [
    'KEEPALIVED_VIRTUAL_IPADDRESS_1=10.10.0.2/24\nKEEPALIVED_MESH=on\nKEEPALIVED_KUBE_APISERVER_CHECK=true',
    'KEEPALIVED_VIRTUAL_IPADDRESS_1=10.10.0.2/24\nKEEPALIVED_UNICAST_PEER_1=10.10.0.22\nKEEPALIVED_AUTH_PASS=secret\nKEEPALIVED_TRACK_INTERFACE_1=eth1 weight -10\nKEEPALIVED_STATE=backup',
    'KEEPALIVED_VIRTUAL_IPADDRESS_1=fd00::2/64\nKEEPALIVED_MESH=off\nKEEPALIVED_ADVERT_INT=0.5\nKEEPALIVED_NOTIFY_MASTER=/bin/x y\nKEEPALIVED_VIRTUAL_IPADDRESS_EXCLUDED_1=10.0.0.9/32 dev eth0',
    'KEEPALIVED_AUTOCONF=false\nKEEPALIVED_CMD=/usr/sbin/keepalived -n'
  ],
  run (input) {
    const entries = input.toString().split('\n').map((line) => line.split('=')).map(([name = '', ...rest]): [string, string] => [name, unescaped(rest.join('='))])
    const given = Object.fromEntries(entries)
    const read = readConfig(given, noFile)
    for (const { variable, message } of read.warnings) assert(variable !== '' && message !== '')
    if ('faults' in read) return assertFaults(read)
    const instance = instanceOf(read)
    if (instance !== null) assertSays(render(instance), instance)
  }
}

/** A line feed in a value is written as `\n`, or it would end the line. */
function unescaped (text: string): string {
  return text.replaceAll('\\n', '\n')
}

function assertFaults ({ faults }: Extract<ReadConfig, { faults: unknown }>): void {
  assert(faults.length > 0, 'neither a configuration nor a fault')
  for (const { variable, received, expected } of faults) {
    assert(variable !== '' && expected !== '')
    if (secrets.has(variable)) assert(received === null || received === masked, 'a secret in a fault')
  }
}

function instanceOf ({ config }: Extract<ReadConfig, { config: unknown }>): Instance | null {
  if (config.mode === 'passthrough') return null
  if (config.mode === 'static') return staticInstance(config, { interface: config.interface ?? 'eth0', source: '10.10.0.21' }, files)
  return groupSpecOf(config) === null ? null : meshInstance(config, config.interface ?? 'eth0', confOf(config), files)
}

function noFile (path: string): string {
  throw Object.assign(new Error(`no file ${path}`), { code: 'ENOENT' })
}
