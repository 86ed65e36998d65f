/**
 * Which processes belong to the keepalived that was started. The operator's command may be a script that runs keepalived
 * as its child, and a child may outlive its parent, so a pid alone does not do. What is started leads a session of its
 * own, and all that comes of it stays in there; and it has a TMPDIR that nobody else has, by which an agent that comes
 * later finds what an earlier one started, pid files or not.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { isKeepalived, processOf, type Process } from './process.ts'

/** All processes of a session that live. */
export function membersOf (session: number): readonly Process[] {
  return processes().filter(process => process.session === session)
}

/** keepalived itself among them: the one whose parent is none. Null when there is none. */
export function keepalivedAmong (members: readonly Process[]): Process | null {
  const found = members.filter(isKeepalived)
  return found.find(({ parent }) => !found.some(({ pid }) => pid === parent)) ?? null
}

/** Every keepalived, parents and children alike, that was started with this TMPDIR, which must be the very same directory. */
export function keepalivedsWith (tmpDir: string): readonly Process[] {
  return processes().filter(process => isKeepalived(process) && hasTmpDir(process, tmpDir))
}

function processes (): readonly Process[] {
  return readdirSync('/proc').filter(name => /^\d+$/.test(name)).flatMap(name => processOf(Number(name)) ?? [])
}

/** A container may have a directory of that name of its own: the path is looked up where the process is. */
function hasTmpDir ({ pid }: Process, tmpDir: string): boolean {
  try {
    if (!readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`TMPDIR=${tmpDir}`)) return false
    const [theirs, ours] = [statSync(`/proc/${pid}/root${tmpDir}`), statSync(tmpDir)]
    return theirs.dev === ours.dev && theirs.ino === ours.ino
  } catch {
    return false // it ended while we read, or belongs to somebody else
  }
}
