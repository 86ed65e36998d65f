/** The command that plays a scenario again, exactly as it went. */
import type { Scenario } from './scenario.ts'

export function replayOf (
  { name }: Scenario,
  { seed, hosts }: { readonly seed: number, readonly hosts: number },
): string {
  return `npm run sim -- --scenario ${name} --seed ${seed} --hosts ${hosts}`
}
