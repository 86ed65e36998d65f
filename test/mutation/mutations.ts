/** Every mutation, the promises in the order in which a host meets them. */
import type { Mutation } from './mutation.ts'
import { JOINING } from './list/joining.ts'
import { MEMBERSHIP } from './list/membership.ts'
import { RUNNING_ON } from './list/running.ts'
import { SHELL } from './list/shell.ts'

export const MUTATIONS: readonly Mutation[] = [...JOINING, ...MEMBERSHIP, ...RUNNING_ON, ...SHELL]
