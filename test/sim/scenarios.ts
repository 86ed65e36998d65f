/** The scenarios by name, each a story that the product must get right, told in as few words as possible. */
import type { Scenario } from './scenario.ts'
import { CLONES } from './scenarios/clones.ts'
import { COLD } from './scenarios/cold.ts'
import { FAULTS } from './scenarios/faults.ts'
import { JOINING } from './scenarios/joining.ts'
import { LEAVING } from './scenarios/leaving.ts'
import { RENUMBERING } from './scenarios/renumbering.ts'
import { SETTINGS } from './scenarios/settings.ts'
import { UNION } from './scenarios/union.ts'

export const SCENARIOS: readonly Scenario[] = [...COLD, ...JOINING, ...LEAVING, ...FAULTS, ...RENUMBERING, ...CLONES, ...SETTINGS, ...UNION]
