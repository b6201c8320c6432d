import { type Bytes, sha256, toHex } from "../bytes.ts";
import type { DeviceId } from "../observation.ts";
import { FORKED, MOST_QUARANTINED, type Quarantined, type Store } from "../store/store.ts";

/** Something that came in and was not taken, and is worth looking at. */
export interface Suspect {
  readonly device: DeviceId | null;
  readonly seq: number | null;
  readonly why: string;
  readonly bytes: Bytes;
}

/** An entry that its device should not have written, as it was signed. */
export interface ForkProof {
  readonly seq: number;
  readonly bytes: Bytes;
}

/** Kept of one device (or of all that none has signed) in one minute: a flood must not drive out what came before. */
export const MOST_A_MINUTE = 8;
const MINUTE_MS = 60_000;
/** Of what is no entry at all, the beginning is enough to look at. */
const MOST_BYTES = 64 * 1024;
/** Beyond it they are read from the store again, which keeps the newest. */
const MOST_MARKS = 2 * MOST_QUARANTINED;

interface Mark extends Pick<Quarantined, "why" | "at"> {
  readonly sender: DeviceId | null;
}

/** Decides which suspects are kept in quarantine: each once, and not too many of one device. */
export class Suspects {
  readonly #store: Store;
  /** What is in quarantine, by {@link markOf}; null until it matters. */
  #marks: ReadonlyMap<string, Mark> | null = null;
  #pending: ReadonlyMap<string, Mark> | null = null;
  /** Of devices that forked; read once, since peers ask for it. */
  readonly #proofs = new Map<DeviceId, readonly ForkProof[]>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Those to be committed now, `nowMs` being the time; tell {@link kept} when the disk has them. */
  async worthKeeping(suspects: readonly Suspect[], nowMs: number): Promise<Quarantined[]> {
    if (suspects.length === 0) return [];
    const marks = new Map(this.#marks ?? await this.#load());
    const fresh: Quarantined[] = [];
    for (const suspect of suspects) {
      const item = { ...suspect, at: nowMs, bytes: suspect.bytes.slice(0, MOST_BYTES) };
      const mark = await markOf(item);
      if (marks.has(mark) || isFlood(marks, markFor(item))) continue;
      marks.set(mark, markFor(item));
      fresh.push(item);
    }
    this.#pending = marks;
    return fresh;
  }

  /** The disk has what {@link worthKeeping} gave last. */
  kept(): void {
    if (!this.#pending) return;
    this.#proofs.clear();
    this.#marks = this.#pending.size <= MOST_MARKS ? this.#pending : null;
    this.#pending = null;
  }

  /** The entries in quarantine that prove that a device forked, some with what is on disk of its feed. */
  async proofsOf(device: DeviceId): Promise<readonly ForkProof[]> {
    const known = this.#proofs.get(device);
    if (known) return known;
    const proofs = (await this.#store.quarantine())
      .filter((one) => one.why === FORKED && one.device === device)
      .map(({ seq, bytes }) => ({ seq: seq ?? 0, bytes }))
      .sort((a, b) => a.seq - b.seq);
    this.#proofs.set(device, proofs);
    return proofs;
  }

  async #load(): Promise<ReadonlyMap<string, Mark>> {
    const all = await this.#store.quarantine();
    const marks = all.map(async (item) => [await markOf(item), markFor(item)] as const);
    return new Map(await Promise.all(marks));
  }
}

/** Proofs of forks are no flood: a device forks once, and then nothing more is taken from it. */
function isFlood(marks: ReadonlyMap<string, Mark>, { why, sender, at }: Mark): boolean {
  if (why === FORKED) return false;
  const near = [...marks.values()].filter((one) =>
    one.why !== FORKED && one.sender === sender && Math.abs(at - one.at) < MINUTE_MS
  );
  return near.length >= MOST_A_MINUTE;
}

/** In whose name it counts: nobody's, where it was not signed by the device that it names. */
function markFor({ device, why, at }: Quarantined): Mark {
  return { sender: why === "bad-signature" ? null : device, why, at };
}

/** Equal for what is the same but for the time. */
async function markOf({ device, seq, why, bytes }: Suspect): Promise<string> {
  return `${device} ${seq} ${why} ${toHex(await sha256(bytes))}`;
}
