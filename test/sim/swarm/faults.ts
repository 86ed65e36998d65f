/**
 * All faults by name. What is left out: an identity copied to another machine, for the shell tells by the machine id and
 * mints a new one before a core begins, which is a wiped disk; and more members than there are numbers, which wants a
 * hundred hosts and has a scenario of its own.
 */
import type { Fault } from './fault.ts'
import { AGENTS } from './faults/agents.ts'
import { HOSTS } from './faults/hosts.ts'
import { JOINS } from './faults/joins.ts'
import { NETWORK } from './faults/network.ts'
import { SETTINGS } from './faults/settings.ts'

export type { Fault, Range } from './fault.ts'

export const FAULTS: Readonly<Record<string, Fault>> = { ...HOSTS, ...JOINS, ...AGENTS, ...NETWORK, ...SETTINGS }

export { ROLL_OUTS } from './faults/settings.ts'
