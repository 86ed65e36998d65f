/**
 * Every duration that the core waits, in milliseconds, with its reason. The VIP waits for none of them but those of
 * founding and admission: VRRP alone decides how soon a dead MASTER is replaced.
 */

/** A member tells each of its neighbours that it lives. Nothing hangs on it, so: slow. */
export const BEAT_MS = 2000
/** A beat may be late by this before its sender is suspected. */
export const BEAT_GRACE_MS = 400
/** To those that another watches (ring.ts) one goes this often. */
export const FAR_BEAT_MS = 40_000
/** A suspect that has not answered within this is told of to those that do not watch it. */
export const DOUBT_MS = 400
/** Whatever may be late by a little is looked at on ticks of this, many members at once: fewer wakes, and the same verdicts. */
export const TICK_MS = 200
/** A member without a stream is asked about again this long after somebody vouched for it. */
export const UNLINKED_MS = 1000
/** … and among many, one that others watch, this long after: they tell of it. */
export const UNLINKED_FAR_MS = 8000
/** Where not all are linked, one that was not heard yet and is left to others is asked after this often. */
export const DISTANT_ASK_MS = 1000
/** A suspect has this long to answer, itself or by way of two others, before it is lost. */
export const VERDICT_MS = 1000
/** One that was never met in this run has so long, or as long as a dial may last. */
export const UNMET_MS = 3000
/** Where not all are linked, one for which nobody vouches in that time is dialled, and has so long to answer. */
export const LAST_TRY_MS = 1000
/** For so long after it woke late a member takes itself to be slow. */
export const LATE_MEMORY_MS = 5000
/** A lost member's host is told as lost everywhere within this of its crash. */
export const LOST_WITHIN_MS = 4000

/** Members without a stream are dialled this often, lost ones too: a heal should merge before VRRP timers run out. */
export const REDIAL_MS = 800
/** Whoever has the higher id leaves the first dial to the other for this long, so that one stream is opened, not two. */
export const YIELD_DIAL_MS = 300
/** Where many addresses are known, whoever is at a further one has told of itself within this, or is dialled. */
export const FOUND_AMONG_MANY_MS = 5000
/** Addresses that nobody vouches for are tried less and less often, up to this. */
export const STRANGER_REDIAL_MAX_MS = 10_000
/** While no running member is known, the VIP is asked this often who holds it. */
export const VIP_EXCHANGE_SEEKING_MS = 1000
/** One BACKUP of a group asks too, so that two groups that share a segment meet. */
export const VIP_EXCHANGE_MEMBER_MS = 10_000
/**
 * It asks this often while its MASTER sees somebody else hold the VIP, or does not answer. Both tell their neighbours every 10 s that the VIP is
 * theirs (`vrrp_garp_master_refresh`), and whoever did so last is the one that is reached. So in each 10 s one of the two
 * groups reaches the other's MASTER for 5 s or longer, whatever the order; a slower pace could miss that for ever.
 */
export const VIP_EXCHANGE_RIVAL_MS = 2000
/** Tables are compared with one member at most this often when only the beats' digests differ. */
export const COMPARE_REPEAT_MS = 1000
/** GossipSub needs about 100 ms to graft a new neighbour; until a stream is this old, claims go over it as well. */
export const YOUNG_LINK_MS = 2000

/** Among many, news from a table wait so long for gossip to bring them to all before they are passed on. */
export const SPREAD_MS = 1000

/** An acknowledgement that a joiner starts on is at most this old. */
export const ACKNOWLEDGED_MS = 2000
/** A joiner asks those who it waits for this often. */
export const ADMISSION_ASK_MS = 400
/** … and where those are many, this often. */
export const ADMISSION_ASK_MANY_MS = 1000
/** Another that reports MASTER as well is asked this often whether it still is. */
export const RIVAL_ASK_MS = 500
/** A joiner waits for those above it that all list as well, until none of them has started for so long. */
export const GO_FIRST_MS = 5000
/** A member that does not list a joiner within this is named and passed over; the MASTER never is. */
export const LAGGARD_MS = 10_000
/** A BACKUP whose conf is refused for so long stops: before joiners pass it over, or it might be MASTER next, of those that it does not list. */
export const REFUSED_MS = 8000
/** After a failed probation: as long as it takes to change a firewall, short enough to need no hand. */
export const BLOCKED_RETRY_MS = 30_000

/** A BACKUP reloads only within this of an answer of the MASTER's agent: a reload restarts its VRRP timer. */
export const MASTER_ANSWER_MS = 200
/** A MASTER that answers, but never that fast, holds no reload up for longer than this: joiners pass over who does not list them … */
export const SLOW_MASTER_MS = 3000
/** … then an answer to a question of so long ago is enough, for one reload, if it has come just now. */
export const SLOW_ANSWER_MS = 1000
/** A new MASTER takes nobody off its list sooner: it may be one because it slept, and whom it would drop may be back by now. */
export const MASTER_SETTLE_MS = 500
/** Whoever slept for as long as this, or longer, waits for so long before it writes a conf, unless it is MASTER and only lists more: what it wants may be out of date. */
export const AWAKE_MS = 2000
/** … and who slept for that long may be MASTER no more: what keepalived said meanwhile has been read by then. */
export const OVERSLEPT_MS = 50
/** A running keepalived is reloaded at most this often; what comes in between goes into the next reload. */
export const RELOAD_SPACING_MS = 250
/** … among many this often, and a stopped one's conf too: while they gather somebody new comes all the time, and each list is news to each of them. */
export const MANY_SPACING_MS = 1000
/** … more rarely the more they are, by so much for each of them … */
export const MANY_SPACING_EACH_MS = 60
/** … up to this: joiners wait for it. */
export const MANY_SPACING_MAX_MS = 4000
/** … and this often while nobody runs VRRP: only who is to claim the VIP waits for it. */
export const COLD_SPACING_MS = 3000
/** A conf that was refused is tried again after this. */
export const APPLY_RETRY_MS = 1000

/** The MASTER lets the group change its spec when every member has answered within this, and that came within MASTER_ANSWER_MS: nobody's agent is down. */
export const GO_ANSWER_MS = 1000

/** A cold group waits this long from its own start … */
export const COLD_START_MS = 5000
/** … and this long after the last new face … */
export const COLD_FACE_MS = 3000
/** … but never longer than this; whoever is there has been met by then. */
export const COLD_MAX_MS = 15_000
/** … and where many are here, than this: others may come for a long while, and each that comes first in the order by then would begin to wait anew. */
export const COLD_MAX_MANY_MS = 8000
/** A host alone adds up to this much, at random, so that two lone ones do not claim at once. */
export const LONE_JITTER_MS = 5000
/** The VIP is probed this often while nobody is known to hold it. */
export const VIP_PROBE_MS = 1000
/** … among many, by those that are not the first to take it, this often. */
export const VIP_PROBE_FOLLOWER_MS = 10_000
/** Silence on the wire is as old as its last probe: after this, it must be heard anew. */
export const VIP_SILENCE_MS = 3000
/** Where a static peer is, is asked this often while that matters: it may come at any time. */
export const STATIC_PROBE_MS = 5000
/** A holder probes this long after it took the VIP, and after twice the time each next time … */
export const HOLDER_PROBE_MIN_MS = 1000
/** … up to this. */
export const HOLDER_PROBE_MAX_MS = 10_000
/** Of two lone holders, the one with the higher MAC lets go this much later than the other. */
export const HOLDER_YIELD_MS = 15_000
/** Silent probes in a row that a lone host needs; one is enough among others, who would know. */
export const LONE_SILENT_PROBES = 3
/** Those whose MASTER has fallen, and who did not run VRRP beside it, need so many: one answer may have been lost. */
export const FALLEN_SILENT_PROBES = 2
/** So many more where one that stands first may claim as well and cannot be asked: one may be under way when it does, and one sees it. */
export const APART_SILENT_PROBES = 2

/** An address that has gone may be back within this, and nothing was lost; less where adverts come faster. */
export const ADDRESS_GRACE_MAX_MS = 1500
/** A MASTER that is to take another address does so when nobody else has moved for this long … */
export const MOVE_QUIET_MS = 10_000
/** … but waits no longer than this. */
export const MOVE_MAX_MS = 60_000

/** A host that is about to join asks this often whether another one answers for its address. */
export const NAMESAKE_PROBE_MS = 10_000
/** Foreign adverts are told when they have come for this long: members that are about to agree send such for a moment … */
export const FOREIGN_PATIENCE_MS = 5000
/** … until none has come for this long. */
export const FOREIGN_MEMORY_MS = 10_000
/** Another host with our identity that was not seen for this long has taken another one, or is gone. */
export const TWIN_MEMORY_MS = 60_000

/** A claim that has not made this host MASTER by now is dropped. */
export const CLAIM_MAX_MS = 2000
/** The longest hand-over, whatever the advert interval. */
export const HANDOVER_MAX_MS = 5000
/** The last words need this long to reach the others before the streams close. */
export const FAREWELL_MS = 150
/** A member that may be gone for good has its address probed this often. */
export const GONE_PROBE_MS = 5000
/** What a member said that was removed for its silence is kept for so long: it may only have been cut off. */
export const OUTCAST_MS = 24 * 3_600_000
/** The MASTER removes it within this of a probe of its own that stayed silent: it may have been switched on since the one before. */
export const FRESH_SILENCE_MS = 2500
/** Whoever is out stays listed for this long: as good as any time to VRRP, and long enough for news that contradicts. */
export const PARTING_MS = 500
/** Of a host that was out of sight, for as long as it may take until all that is to be known of it has come. */
export const OLD_NEWS_MS = 5000
/** Whoever has given its number up tries to take another one, at the latest when its block is over: unlisting it meanwhile would cost everybody two reloads. */
export const REJOINING_MS = 40_000
/** An address that leaves twice within this is one that comes and goes … */
export const FLAPPING_MS = 60_000
/** … and stays listed for this long, so that it costs nobody a reload. */
export const FLAPPING_LISTED_MS = 60_000
/** What is known of who is in no table, and of addresses that nobody names, is looked through this often … */
export const FORGETTING_MS = 10_000
/** … and dropped when nothing was heard of it for so long: sources of discovery name an address each 30 s. */
export const FORGOTTEN_MS = 120_000
/** Numbers are raised only when nothing has changed for this long. */
export const QUIET_MS = 60_000
/** … or for this long, while somebody waits for a number. */
export const CROWDED_QUIET_MS = 10_000
/** From one member's move until the next one's is heard of. */
export const RAISING_MS = 1000
/** A keepalived that died is started again after this, doubled each time up to the maximum. */
export const RESPAWN_MIN_MS = 100
export const RESPAWN_MAX_MS = 10_000

if (BEAT_MS + BEAT_GRACE_MS + VERDICT_MS + 2 * TICK_MS > LOST_WITHIN_MS) throw new Error('a crash must be told as lost in time')
if (DOUBT_MS >= VERDICT_MS) throw new Error('who is told of a suspect must have time to ask it')
if (REFUSED_MS + APPLY_RETRY_MS >= LAGGARD_MS) throw new Error('who cannot list a joiner must stop before it is passed over')
if (SLOW_MASTER_MS + 2 * SLOW_ANSWER_MS >= LAGGARD_MS) throw new Error('who waits for a slow MASTER must reload before it is passed over')
if (MASTER_ANSWER_MS >= GO_ANSWER_MS) throw new Error('an answer must outlive the next question')
if (ADMISSION_ASK_MANY_MS >= ACKNOWLEDGED_MS) throw new Error('an acknowledgement must outlive the next question')
if (BLOCKED_RETRY_MS >= REJOINING_MS) throw new Error('who is blocked must be back before it leaves the lists')
if (VIP_SILENCE_MS <= 2 * VIP_PROBE_MS) throw new Error('probes in a row must count as such')
if (COLD_START_MS + COLD_FACE_MS > Math.min(COLD_MAX_MS, COLD_MAX_MANY_MS)) throw new Error('the longest wait must be the longest')

/** The first tick that is not before that instant. */
export function tickAt (atMs: number): number {
  return Math.ceil(atMs / TICK_MS) * TICK_MS
}
