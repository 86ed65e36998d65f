/** Variables about the processes and their files: what runs, and where it keeps what. Read in every mode. */
import * as z from 'zod'
import { absolutePath, flag, oneOf } from '../grammar.ts'
import type { Variable } from '../variable.ts'

const words = z.string().transform(text => text.split(/\s+/))
  .refine(([program = '']) => /^(?:\/|[A-Za-z0-9_.+-]+$)/.test(program) && !program.startsWith('-'), {
    error: 'a command that starts with a program: an absolute path, or a name that is found by PATH'
  })

export const autoconf: Variable<boolean> = {
  name: 'KEEPALIVED_AUTOCONF',
  schema: flag,
  default: '`true`',
  description: 'Anything but `true`: passthrough. `KEEPALIVED_CONF` is yours and never touched; only supervision.'
}
export const conf: Variable<string> = {
  name: 'KEEPALIVED_CONF',
  schema: absolutePath,
  default: '`/etc/keepalived/keepalived.conf`',
  description: 'The file that is written, or yours in passthrough.'
}
export const command: Variable<readonly string[]> = {
  name: 'KEEPALIVED_CMD',
  schema: words,
  default: '`/usr/sbin/keepalived -n -l -f $KEEPALIVED_CONF`',
  description: 'The command that runs keepalived, split at white space; no shell, but `$KEEPALIVED_CONF` is replaced. A script of yours passes on what is appended, `"$@"`.'
}
export const debug: Variable<boolean> = {
  name: 'KEEPALIVED_DEBUG',
  schema: flag,
  default: '`false`',
  description: '`true` adds `-D` to the command, unless `KEEPALIVED_CMD` is set, and logs each message of the agent.'
}
export const varRun: Variable<string> = {
  name: 'KEEPALIVED_VAR_RUN',
  schema: absolutePath.refine(path => path.replaceAll(/[/.]+/g, '/').split('/').filter(part => part !== '').length >= 2 && !path.split('/').includes('..'),
    { error: 'an absolute path, two levels deep at least, without `..`' }),
  default: '`/var/run/keepalived`',
  description: 'Removed at the start when no keepalived runs.'
}
export const runDir: Variable<string> = {
  name: 'KEEPALIVED_MESH_RUN_DIR',
  schema: absolutePath,
  default: '`/run/keepalived-mesh`',
  description: 'Control socket, pid files, notify fifo.'
}
export const logLevel: Variable<'error' | 'warn' | 'info' | 'debug'> = {
  name: 'KEEPALIVED_MESH_LOG_LEVEL',
  schema: oneOf(['error', 'warn', 'info', 'debug']),
  default: '`info`; `debug` with `KEEPALIVED_DEBUG`',
  description: 'Nothing more talkative than this is logged.'
}
export const template: Variable<string> = {
  name: 'KEEPALIVED_TEMPLATE',
  schema: absolutePath,
  default: 'built in',
  description: 'The path of a Handlebars template of yours in place of ours for keepalived.conf.'
}
