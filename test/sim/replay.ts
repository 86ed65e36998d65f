/** The command that plays a scenario again, exactly as it went. */
import type { Scenario } from './scenario.ts'

export function replayOf (
  { name }: Scenario,
  { seed, hosts, minutes }: { readonly seed: number, readonly hosts: number, readonly minutes: number },
): string {
  return `node test/sim/run.ts --scenario ${name} --seed ${seed} --hosts ${hosts} --minutes ${minutes}`
}
