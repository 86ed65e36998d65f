/** How keepalived is run, from the environment. The command is built as the seed built it. */
import * as variables from './variables/process.ts'
import type { ProcessConfig } from './config.ts'
import type { EnvironmentReader } from './environment.ts'

export function processConfigOf (reader: EnvironmentReader): ProcessConfig {
  const conf = reader.one(variables.conf) ?? '/etc/keepalived/keepalived.conf'
  const debug = reader.one(variables.debug) ?? false
  const command = ['/usr/sbin/keepalived', '-n', '-l', '-f', conf, ...debug ? ['-D'] : []]
  return {
    conf,
    command: reader.one(variables.command) ?? command,
    debug,
    logLevel: reader.one(variables.logLevel) ?? (debug ? 'debug' : 'info'),
    varRun: reader.one(variables.varRun) ?? '/var/run/keepalived',
    runDir: reader.one(variables.runDir) ?? '/run/keepalived-mesh'
  }
}
