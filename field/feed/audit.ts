import { equalBytes } from "../bytes.ts";
import { NO_ENTRY, parseEntry, type SignedEntry, verifyEntry } from "./entry.ts";
import type { VerifyResult } from "../messages.ts";
import type { Head, Store, StoredEntry } from "../store/store.ts";

type Fault = VerifyResult["faults"][number];

const STEP_BYTES = 1 << 20;

/** Reads a feed from disk up to its head and checks every signature and link of the chain. */
export async function auditFeed(
  store: Store,
  head: Head,
): Promise<{ readonly entries: number; readonly faults: readonly Fault[] }> {
  const faults: Fault[] = [];
  const fault = (seq: number, what: string) => faults.push({ device: head.device, seq, what });
  let [entries, seq] = [0, 0];
  /** Hash of the entry before; null when that could not be read. */
  let prev: Uint8Array | null = NO_ENTRY;
  for await (const stored of feedOf(store, head)) {
    for (seq++; seq < stored.seq; seq++) {
      fault(seq, "is missing");
      prev = null;
    }
    const entry = await parseEntry(stored.bytes);
    const what = await faultIn(entry, stored, prev);
    if (what) fault(seq, what);
    prev = entry?.hash ?? null;
    entries++;
  }
  while (seq++ < head.seq) fault(seq, "is missing");
  const isEnd = !prev || equalBytes(prev, head.hash) || faults.some((one) => one.seq === head.seq);
  if (!isEnd) fault(head.seq, "is not the feed's last entry");
  return { entries, faults };
}

/** Entries up to the head: those that are written meanwhile do not count. */
async function* feedOf(store: Store, { device, seq: end }: Head): AsyncGenerator<StoredEntry> {
  for (let seq = 0; seq < end;) {
    const step = await store.entriesAfter(device, seq, STEP_BYTES);
    const last = step.at(-1);
    if (!last) return;
    yield* step.filter((stored) => stored.seq <= end);
    seq = last.seq;
  }
}

async function faultIn(
  entry: SignedEntry | null,
  { device, seq, doc }: StoredEntry,
  prev: Uint8Array | null,
): Promise<string | null> {
  if (!entry) return "cannot be read";
  if (entry.device !== device || entry.seq !== seq || entry.doc !== doc) return "is another entry";
  if (prev && !equalBytes(entry.prev, prev)) return "does not continue the chain";
  return await verifyEntry(entry) ? null : "has a signature that does not hold";
}
