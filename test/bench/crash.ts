/**
 * How soon the VIP is back after its holder has crashed, by how often adverts are sent: the gap as a client sees it that pings each 10 ms.
 * How low the interval may go is for the machine to say: `moves` counts what moved while nothing had happened, and a machine that is
 * busy for three intervals moves the VIP for nothing.
 *
 *     npm run bench:crash -- [RUNS [REST_SECONDS]]     10 runs, each after 2 seconds at rest, unless told
 */
import { argv } from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { formed, holderAmong, ONLY_THE_VIP, startMembers, VIP } from '../lab/group.ts'
import { openLab } from '../lab/lab.ts'
import { median, shownRow } from './table.ts'

const REST_SECONDS = 2

if (import.meta.main) {
  const [runs = 10, restSeconds = REST_SECONDS] = argv.slice(2).map(Number)
  for (const row of await crashRows(runs, restSeconds)) console.log(row)
}

/** A table in Markdown. */
export async function crashRows (runs: number, restSeconds = REST_SECONDS): Promise<readonly string[]> {
  const rows = [shownRow(['`KEEPALIVED_ADVERT_INT`', 'median', 'worst', 'moves at rest']), shownRow(Array.from({ length: 4 }, () => '---'))]
  for (const seconds of ['1', '0.3', '0.1']) {
    const gaps: number[] = []
    let moves = 0
    for (let run = 1; run <= runs; run++) {
      const { gapMs, movedAtRest } = await measured(seconds, restSeconds)
      gaps.push(gapMs)
      moves += movedAtRest
    }
    rows.push(shownRow([`\`${seconds}\``, `${median(gaps).toFixed(0)} ms`, `${Math.max(...gaps).toFixed(0)} ms`, String(moves)]))
  }
  return rows
}

async function measured (seconds: string, restSeconds: number): Promise<{ readonly gapMs: number, readonly movedAtRest: number }> {
  const lab = await openLab()
  try {
    const members = await startMembers(lab, ['one', 'two', 'three'], { ...ONLY_THE_VIP, KEEPALIVED_ADVERT_INT: seconds })
    await formed(lab, members)
    const formedAtMs = Date.now()
    await wait(1000 * restSeconds)
    const movedAtRest = lab.timeline.of(VIP, formedAtMs).length
    const probe = await lab.probe(VIP)
    await probe.answers(20)
    await holderAmong(lab, members).host.crash()
    await lab.until(() => lab.timeline.holders(VIP).length > 0, { what: 'another to hold the VIP' })
    await probe.answers(300)
    return { gapMs: (await probe.stop()).longestGapMs, movedAtRest }
  } finally {
    await lab.close()
  }
}
