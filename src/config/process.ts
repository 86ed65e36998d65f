/**
 * How keepalived is run, from the environment. The command is built as the seed built it, and its documented default may
 * be copied to the letter. In passthrough mode the command has the last word on which conf is read.
 */
import { confIn } from './keepalived-argv.ts'
import * as variables from './variables/process.ts'
import type { ProcessConfig } from './config.ts'
import type { EnvironmentReader } from './environment.ts'
import type { Mode } from './mode.ts'

/** Replaced in the command, where it is a word of its own; there is no shell that would do it. */
const confWord = '$KEEPALIVED_CONF'

export function processConfigOf (reader: EnvironmentReader, mode: Mode): ProcessConfig {
  const givenConf = reader.one(variables.conf)
  const conf = givenConf ?? '/etc/keepalived/keepalived.conf'
  const isKnown = givenConf !== null || !reader.isSet(variables.conf)
  const debug = reader.one(variables.debug) ?? false
  const given = reader.one(variables.command)?.map(word => word === confWord ? conf : word)
  const command = given ?? ['/usr/sbin/keepalived', '-n', '-l', '-f', conf, ...debug ? ['-D'] : []]
  return {
    conf: mode === 'passthrough' ? confIn(command) ?? conf : isKnown ? writtenConf(reader, conf, command) : conf,
    command,
    debug,
    logLevel: reader.one(variables.logLevel) ?? (debug ? 'debug' : 'info'),
    varRun: reader.one(variables.varRun) ?? '/var/run/keepalived',
    runDir: reader.one(variables.runDir) ?? '/run/keepalived-mesh'
  }
}

/** keepalived would run on a conf that nobody writes. */
function writtenConf (reader: EnvironmentReader, conf: string, command: readonly string[]): string {
  const read = confIn(command)
  if (read !== null && read !== conf) {
    reader.fault({ variable: variables.command.name, received: command.join(' '), expected: `-f ${conf}, which is ${variables.conf.name}; it reads ${read}` })
  }
  return conf
}
