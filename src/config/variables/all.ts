/** Every variable there is, from the very objects that read the environment. */
import * as check from './check.ts'
import * as mesh from './mesh.ts'
import * as processVariables from './process.ts'
import * as vrrp from './vrrp.ts'
import type { Variable } from '../variable.ts'

/** By name. */
export const variables: ReadonlyArray<Variable<unknown>> = [vrrp, check, mesh, processVariables]
  .flatMap((group): ReadonlyArray<Variable<unknown>> => Object.values(group))
  .toSorted((a, b) => a.name < b.name ? -1 : 1)
