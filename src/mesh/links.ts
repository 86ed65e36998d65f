/**
 * Who is linked, and by which link. Two members that dial each other at once get two links; both sides then keep the
 * one dialled by the lower id, so they agree without a word. The dialler of the other one retires it: it stops sending
 * on it and reads on until the remote has stopped too, so that nothing said before the choice is lost.
 *
 * A link that comes in long after the first is no collision: nobody dials a member to whom he is linked, so the remote
 * has lost the first, and the new one takes its place with an `unlinked` and a `linked`. So does one that its dialler
 * should have retired and has not: a host that lost its power and is back knows nothing of the first, which is dead and does not show it.
 */
import type { Happening } from '../core/event.ts'
import type { Address, MemberId } from '../core/record.ts'
import type { Link } from './link.ts'

/** Two links opened within this time are a collision. Above any handshake (1 s), below any redial worth its name. */
const collisionMs = 3000

/** A dialler that knows of the better link has retired the other by then: a round trip, and a busy event loop. */
const choiceMs = 2000

export interface Links {
  readonly add: (link: Link) => void
  /** The link has ended. */
  readonly remove: (link: Link) => void
  /** The link to send on. */
  readonly to: (id: MemberId) => Link | undefined
  /** A link that this side opened to that very endpoint. */
  readonly reaching: (address: Address, port: number) => Link | undefined
  /** Forgets the member at once; what was sent still arrives. */
  readonly hangUp: (id: MemberId) => void
  /** One link for each member. */
  readonly all: () => readonly Link[]
}

export interface LinksDependencies {
  readonly emit: (happening: Happening) => void
  /** Another link than before is the one to a member. */
  readonly onChanged: (link: Link) => void
}

export function createLinks (options: { readonly self: MemberId }, dependencies: LinksDependencies): Links {
  const { emit, onChanged } = dependencies
  const byMember = new Map<MemberId, readonly Link[]>()
  const diallerOf = (link: Link): MemberId => link.dialled ? options.self : link.id

  /** Best first: dialled by the lower id, then the older. */
  const ranked = (links: readonly Link[]): readonly Link[] =>
    links.toSorted((a, b) => compare(diallerOf(a), diallerOf(b)) || a.openedAtMs - b.openedAtMs)

  function admit (link: Link): void {
    byMember.set(link.id, [link])
    emit({ kind: 'linked', id: link.id, address: link.address, port: link.port, dialled: link.dialled })
  }

  function replace (before: readonly Link[], link: Link): void {
    if (before.length > 0) emit({ kind: 'unlinked', id: link.id })
    admit(link)
    for (const stale of before) stale.cut()
  }

  /** Takes it for the only one in the end, if its dialler goes on with it. */
  function contest (link: Link): void {
    setTimeout(() => {
      const links = byMember.get(link.id) ?? []
      if (links.includes(link) && links[0] !== link && link.isOpen()) replace(links.filter(other => other !== link), link)
    }, choiceMs).unref()
  }

  return {
    add (link) {
      const before = byMember.get(link.id) ?? []
      const colliding = before.filter(other => link.openedAtMs - other.openedAtMs <= collisionMs)
      if (colliding.length === 0) {
        replace(before, link)
        return
      }
      const [best, ...rest] = ranked([...colliding, link])
      byMember.set(link.id, ranked([...colliding, link]))
      for (const other of rest) {
        if (other.dialled) other.retire()
        else contest(other)
      }
      // Who links anew has lost what is older than a collision, whichever of the newer ones is kept.
      for (const stale of before) if (!colliding.includes(stale)) stale.cut()
      if (best === link) onChanged(link)
    },
    remove (link) {
      const before = byMember.get(link.id)
      if (before?.includes(link) !== true) return
      const [next, ...rest] = before.filter(other => other !== link)
      if (next === undefined) {
        byMember.delete(link.id)
        emit({ kind: 'unlinked', id: link.id })
        return
      }
      byMember.set(link.id, [next, ...rest])
      onChanged(next)
    },
    to: (id) => {
      const links = byMember.get(id)
      return links?.find(link => link.isOpen()) ?? links?.[0]
    },
    reaching (address, port) {
      for (const links of byMember.values()) {
        const link = links.find(({ dialled, address: a, port: p, isOpen }) => dialled && a === address && p === port && isOpen())
        if (link !== undefined) return link
      }
      return undefined
    },
    hangUp (id) {
      const links = byMember.get(id)
      if (links === undefined) return
      byMember.delete(id)
      emit({ kind: 'unlinked', id })
      for (const link of links) link.retire()
    },
    all: () => [...byMember.values()].flatMap(([link]) => link === undefined ? [] : [link])
  }
}

function compare (a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
