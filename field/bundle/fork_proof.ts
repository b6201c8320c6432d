import { type Bytes, equalBytes, toHex } from "../bytes.ts";
import { parseEntry, type SignedEntry, verifyEntry } from "../feed/entry.ts";
import type { DeviceId } from "../observation.ts";
import type { Head, Quarantined, Store } from "../store/store.ts";

/**
 * Why a device is quarantined: an entry that contradicts what is on disk of its feed, or two that
 * contradict each other; of all that were kept always the same ones. Null when nothing of it was kept.
 */
export async function forkProof(store: Store, head: Head): Promise<readonly Bytes[] | null> {
  const suspects = await signedSuspects(await store.quarantine(), head.device);
  for (const suspect of suspects) {
    if (await contradictsFeed(store, head, suspect)) return [suspect.bytes];
  }
  for (const [i, one] of suspects.entries()) {
    const other = suspects.slice(i + 1).find((later) => contradict(one, later));
    if (other) return [one.bytes, other.bytes];
  }
  return null;
}

/** Are these what {@link forkProof} gives, for a device whose feed is on disk up to `head`? */
export async function provesFork(
  store: Store,
  head: Head,
  proof: readonly SignedEntry[],
): Promise<boolean> {
  const [one, other] = proof;
  for (const entry of proof) {
    if (entry.device !== head.device || !await verifyEntry(entry)) return false;
  }
  return other ? contradict(one, other) : await contradictsFeed(store, head, one);
}

async function contradictsFeed(store: Store, head: Head, entry: SignedEntry): Promise<boolean> {
  if (entry.seq > head.seq) return contradict(head, entry);
  const known = await onDisk(store, head.device, entry.seq);
  return known !== null && contradict(known, entry);
}

/**
 * Can one device's feed not hold both? They have one number, or the second should follow the first, and
 * does not.
 */
export function contradict(
  one: { readonly seq: number; readonly hash: Bytes },
  other: SignedEntry,
): boolean {
  if (one.seq === other.seq) return !equalBytes(one.hash, other.hash);
  return one.seq + 1 === other.seq && !equalBytes(one.hash, other.prev);
}

/** By number, then by hash. */
async function signedSuspects(
  quarantine: readonly Quarantined[],
  device: DeviceId,
): Promise<SignedEntry[]> {
  const signed: SignedEntry[] = [];
  for (const suspect of quarantine) {
    const entry = suspect.device === device ? await parseEntry(suspect.bytes) : null;
    if (entry?.device === device && await verifyEntry(entry)) signed.push(entry);
  }
  const order = (entry: SignedEntry) => toHex(entry.hash) + toHex(entry.sig);
  return signed.sort((a, b) => a.seq - b.seq || (order(a) < order(b) ? -1 : 1));
}

async function onDisk(
  store: Store,
  device: DeviceId,
  seq: number,
): Promise<{ readonly seq: number; readonly hash: Bytes } | null> {
  const [stored] = await store.entriesAfter(device, seq - 1, 1);
  return stored?.seq === seq ? await parseEntry(stored.bytes) : null;
}
