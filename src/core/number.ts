/**
 * Numbers: the places in the order of take-over, which are also the VRRP priorities of members without a pin.
 *
 * The number decides how soon a BACKUP takes over: its skew is (256 − priority)/256 of the advert interval (RFC 9568
 * §6.1, and RFC 3768 for version 2). The first BACKUP should be near 256, so that a hand-over is quick; and the skews of
 * the first few should lie apart, so that two of them do not become MASTER in the same millisecond and talk past each
 * other. So the first places are spread, and narrow down to one apart.
 *
 * Measured with three hosts at intervals of 1, 0.3 and 0.1 s whose MASTER dies: BACKUPs 20 apart or more never took over
 * together, those 15 apart or less did. The alternative not taken is a fixed step of 10, as most do by hand.
 */

/** The highest number. 255 is left to the first claim of a VIP: keepalived treats it as "owns the address". */
export const NUMBER_MAX = 254
/** The lowest: with a check weight of −127 every healthy member (128 … 254) stands above every failing one (1 … 127). */
export const NUMBER_MIN = 128
/** The weight of a failing check that goes with this range. */
export const CHECK_WEIGHT = NUMBER_MIN - NUMBER_MAX - 1

/** Distances from each of the first places to the next; one apart from there on. */
const STEPS = [2, 22, 18, 14, 8, 5, 3, 2] as const

/** Every place, highest first: 254, 252, 230, 212, … 128. */
export const PLACES: readonly number[] = placesOf()

function placesOf (): number[] {
  const places = [NUMBER_MAX]
  for (let place = NUMBER_MAX - STEPS[0], i = 1; place >= NUMBER_MIN; place -= STEPS[i] ?? 1, i++) places.push(place)
  return places
}

/** The highest place below `number` that is not taken, or null when there is none left. */
export function placeBelow (number: number, taken: ReadonlySet<number> = new Set()): number | null {
  return PLACES.find((place) => place < number && !taken.has(place)) ?? null
}

/** One member as compaction sees it, in the order of the view: highest priority first. */
export interface Numbered {
  /** Its pin, where it has one. */
  readonly number: number
  readonly pinned: boolean
  readonly lost: boolean
  /** By its last word. */
  readonly master: boolean
}

/**
 * The numbers that members in this order would have if numbers were dealt anew: none is lowered, none passes another, a
 * pinned one stays where it is, and whoever is lost, or stands above one who is, keeps the number that its keepalived may
 * still be running with. Only a pinned BACKUP may be passed: it would be as well by whoever joins, and below a low pin there
 * is no room.
 */
export function compacted (members: readonly Numbered[]): number[] {
  const lowestLost = members.findLastIndex(({ lost }) => lost)
  const pins = new Set(members.filter(({ pinned }) => pinned).map(({ number }) => number))
  let above = NUMBER_MAX + 1
  return members.map(({ number, pinned, master }, i) => {
    // A pinned one stays, and so does who is level with it: of two equals the MASTER stays what it is.
    const dealt = pins.has(number) || i <= lowestLost ? number : Math.max(number, placeBelow(above, pins) ?? number)
    if (!pinned || master || i <= lowestLost) above = dealt
    return dealt
  })
}
