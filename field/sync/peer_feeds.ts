/** What a peer said of where its feeds end, and what follows from it: as far as it can be believed. */
import { equalBytes } from "../bytes.ts";
import type { Replica } from "../feed/replica.ts";
import type { DeviceId } from "../observation.ts";
import { type FeedHead, HEAD_HASH_BYTES } from "./frames.ts";
import { isSameHead } from "./heads.ts";
import type { Session } from "./session.ts";

/** Feeds of devices that are nobody's here: the crew document that names them may still be on its way. */
const MOST_STRANGE_FEEDS = 512;
/** Frames of records that the peer itself had brought before; an honest one says nothing twice. */
const MOST_REPEATS = 8;

type Heads = Pick<Session, "heads" | "contrary">;
type Feeds = Pick<Replica, "headOf" | "through">;

/** Keeps what the peer says. It counts, and is believed, only as far as it is about feeds of the crew. */
export function keepHeads(replica: Feeds, { heads }: Heads, told: readonly FeedHead[]): void {
  const isStrange = (device: DeviceId) => replica.through(device) === 0;
  let strange: number | null = null;
  for (const head of told) {
    const before = heads.get(head.device);
    if (!before && isStrange(head.device)) {
      strange ??= [...heads.keys()].filter(isStrange).length;
      if (strange >= MOST_STRANGE_FEEDS) continue; // it tells again when summaries are compared
      strange++;
    }
    if ((before?.seq ?? -1) <= head.seq || head.isForked) heads.set(head.device, head);
  }
}

/** Of these, what is here too: of the rest nobody knows whether it exists. */
export function believable(replica: Feeds, told: Iterable<FeedHead>): FeedHead[] {
  return [...told].flatMap((theirs) => {
    const mine = replica.headOf(theirs.device);
    if (!mine || replica.through(theirs.device) === 0) return [];
    if (theirs.seq < mine.seq) return theirs;
    // another entry under this number is no copy of ours
    const isOther = theirs.seq === mine.seq && !isSameHash(theirs, mine.hash);
    return isOther ? [] : { ...theirs, seq: mine.seq };
  });
}

/** A device that forked may have said less to the peer than to us: then our own feed tells, further back. */
export async function findContrary(
  replica: Feeds & Pick<Replica, "hashAt">,
  { contrary }: Heads,
  told: readonly FeedHead[],
): Promise<void> {
  for (const theirs of told) {
    const { device, seq } = theirs;
    const mine = replica.headOf(device);
    const isBehind = mine && mine.quarantined === undefined && seq > 0 && seq < mine.seq;
    if (!isBehind || replica.through(device) === 0) continue;
    const ours = await replica.hashAt(device, seq);
    if (ours && !isSameHash(theirs, ours)) contrary.add(device);
    else contrary.delete(device);
  }
}

/** After which of our entries the peer's feed has news, be it only the proof of a fork; null for none. */
export function lackingAfter(
  replica: Feeds,
  { contrary }: Heads,
  theirs: FeedHead,
): number | null {
  const { device } = theirs;
  const mine = replica.headOf(device);
  if (mine?.quarantined !== undefined) return null;
  // of a removed member only what it wrote before is news; of a stranger, nothing
  const through = replica.through(device);
  const reach = Math.min(theirs.seq, through);
  if (reach > (mine?.seq ?? 0)) return mine?.seq ?? 0;
  if (through === 0) return null;
  if (contrary.has(device)) return theirs.seq - 1;
  const isOther = mine && theirs.seq === mine.seq && mine.seq > 0 && !isSameHash(theirs, mine.hash);
  if (isOther) return mine.seq - 1;
  return theirs.isForked ? reach : null;
}

/** Records here that the peer is not known to have. */
export function waitingFor(replica: Pick<Replica, "heads">, { heads }: Heads): number {
  return replica.heads.reduce((sum, mine) => {
    const theirs = heads.get(mine.device);
    return isSameHead(theirs, mine) ? sum : sum + Math.max(0, mine.seq - (theirs?.seq ?? 0));
  }, 0);
}

/**
 * Has the peer said this before, unasked, too often? `through`: the last entry of each feed in a frame
 * of which all was known here. What others brought first may come once more from each.
 */
export function repeatsItself(
  session: Pick<Session, "brought" | "repeats">,
  through: ReadonlyMap<DeviceId, number>,
): boolean {
  const isRepeated = [...through].every(([device, seq]) =>
    seq <= (session.brought.get(device) ?? 0)
  );
  if (isRepeated && through.size > 0) session.repeats++;
  return session.repeats > MOST_REPEATS;
}

function isSameHash({ hash }: FeedHead, whole: Uint8Array): boolean {
  return equalBytes(hash, whole.subarray(0, HEAD_HASH_BYTES));
}
