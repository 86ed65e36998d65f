/** Everything that is fuzzed: each reader of something that comes from outside. */
import type { Target } from './target.ts'
import { confFile, places } from './targets/conf.ts'
import { control } from './targets/control.ts'
import { core } from './targets/core.ts'
import { environment } from './targets/environment.ts'
import { fifo, log, stats } from './targets/keepalived.ts'
import { state } from './targets/state.ts'
import { statement } from './targets/statement.ts'
import { table } from './targets/table.ts'
import { vip } from './targets/vip.ts'
import { frames, wire } from './targets/wire.ts'

export const targets: readonly Target[] = [wire, frames, statement, table, core, environment, vip, fifo, state, places, confFile, stats, log, control]
