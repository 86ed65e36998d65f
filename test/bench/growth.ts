/**
 * How cost grows with the number of hosts, counted by the simulator: what a BACKUP sends at rest and when one more host joins. Drawn as SVG, to stand in the
 * README in either colour scheme.
 */
import { REST_SECONDS, costsOf } from '../sim/cost.ts'

export interface Growth {
  readonly hosts: number
  /** Messages that a BACKUP sends in a second at rest. */
  readonly rest: number
  /** … and those that one more host costs it, on top of that. */
  readonly join: number
}

/** So many seconds a join is watched (cost.ts). */
const JOIN_SECONDS = 20

export function growthOf (sizes: readonly number[]): readonly Growth[] {
  return sizes.map((hosts) => {
    const { rest, join } = costsOf(hosts)
    const perSecond = rest.messages / REST_SECONDS
    return { hosts, rest: perSecond, join: Math.max(0, join.messages - JOIN_SECONDS * perSecond) }
  })
}

const WIDTH = 640
const HEIGHT = 260
const LEFT = 50
const RIGHT = 20
const TOP = 30
const BOTTOM = 40
const GAP = 60

/** Two plots side by side over the number of hosts, each from zero. */
export function growthPlot (growth: readonly Growth[]): string {
  const half = (WIDTH - GAP) / 2
  const plots = [
    plot(growth.map(({ hosts, rest }) => [hosts, rest]), 0, half, 'messages a second that a BACKUP sends at rest'),
    plot(growth.map(({ hosts, join }) => [hosts, join]), half + GAP, half, 'messages that a BACKUP sends when one joins')
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Messages of a BACKUP at rest, and on a join, by number of hosts" font-family="sans-serif" font-size="11">
<style>svg { color: #1f2328 } @media (prefers-color-scheme: dark) { svg { color: #e6edf3 } } text { fill: currentColor } .axis { stroke: currentColor; fill: none } .line { stroke: #2f81f7; stroke-width: 2; fill: none } circle { fill: #2f81f7 }</style>
${plots.join('\n')}
</svg>
`
}

function plot (points: ReadonlyArray<readonly [hosts: number, value: number]>, x0: number, width: number, title: string): string {
  const hostsMax = Math.max(...points.map(([hosts]) => hosts))
  const valueMax = roundUp(Math.max(...points.map(([, value]) => value)))
  const x = (hosts: number): string => (x0 + LEFT + (width - LEFT - RIGHT) * hosts / hostsMax).toFixed(1)
  const y = (value: number): string => (HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / valueMax).toFixed(1)
  const places = points.map(([hosts, value]) => `${x(hosts)},${y(value)}`)
  return [
    `<text x="${x0 + width / 2}" y="14" text-anchor="middle">${title}</text>`,
    `<path class="axis" d="M${x(0)},${y(valueMax)} V${y(0)} H${x(hostsMax)}"/>`,
    `<polyline class="line" points="${places.join(' ')}"/>`,
    ...points.map(([hosts, value]) => `<circle cx="${x(hosts)}" cy="${y(value)}" r="3"><title>${hosts} hosts: ${value.toFixed(1)}</title></circle><text x="${x(hosts)}" y="${HEIGHT - BOTTOM + 15}" text-anchor="middle">${hosts}</text>`),
    ...[0, valueMax / 2, valueMax].map((value) => `<text x="${(x0 + LEFT - 6).toFixed(1)}" y="${y(value)}" text-anchor="end" dominant-baseline="middle">${value}</text>`),
    `<text x="${x0 + LEFT + (width - LEFT - RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">hosts</text>`
  ].join('\n')
}

/** To a number that halves well: 2, 4, 6, 8 or 10 times a power of ten. */
function roundUp (value: number): number {
  const unit = 10 ** Math.floor(Math.log10(Math.max(value, 1)))
  return 2 * unit * Math.ceil(value / unit / 2)
}
