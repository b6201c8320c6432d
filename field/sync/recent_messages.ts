import { toHex } from "../bytes.ts";
import type { DeviceId, Hex } from "../observation.ts";
import type { EphemeralMessage } from "./ephemeral_message.ts";
import { MESSAGE_ID_BYTES, MOST_MESSAGE_IDS } from "./frame_types.ts";
import { originName, type PushLink } from "./push_tree.ts";

/** What is not there by then did not come as it should: told sooner, it would be asked for in vain. */
const LATE_MS = 250;
/** Who was not there for longer hears no more of it. */
const KEPT_MS = 10_000;
const MOST_KEPT = 1024;
/** Until another is asked for what one did not send. */
const ASK_AGAIN_MS = 1_000;

interface Recent {
  readonly id: Hex;
  readonly from: DeviceId;
  /** Of messages with one key only the newest is kept. */
  readonly key: string;
  /** In the order in which they are told; 0: not at all. */
  readonly n: number;
  readonly atMs: number;
  /** Links whose peer has it, or was sent it. */
  readonly known: Set<PushLink>;
}

/** Who else told of a message that somebody was asked for. */
interface Asked {
  atMs: number;
  readonly others: Set<PushLink>;
}

/** What was passed on here of late: of it, those who are not pushed it are told, and may ask. */
export class RecentMessages {
  /** The oldest first. */
  readonly #byId = new Map<Hex, Recent>();
  readonly #newest = new Map<string, { readonly id: Hex; readonly message: EphemeralMessage }>();
  readonly #asked = new Map<Hex, Asked>();
  #count = 0;

  /** `isNews`: others are to have it from here. */
  add(message: EphemeralMessage, isNews: boolean, nowMs: number): void {
    const { topic, from, counter, critical } = message;
    const id = idOf(message);
    if (this.#byId.has(id)) return;
    const key = `${from} ${critical ? counter : ""} ${topic}`;
    const n = isNews ? ++this.#count : 0;
    this.#byId.set(id, { id, from, key, n, atMs: nowMs, known: new Set() });
    if (isNews) this.#newest.set(key, { id, message });
    this.#asked.delete(id);
    this.#bound(nowMs);
  }

  /** Nothing that came before is news for its peer. */
  begin(link: PushLink): void {
    link.told = this.#count;
  }

  /** Over this link it came, or was sent. */
  has(message: EphemeralMessage, link: PushLink): void {
    this.#byId.get(idOf(message))?.known.add(link);
  }

  /** What the peer of this link is not known to have, each told once; of a topic the last. */
  newsFor(link: PushLink, nowMs: number): readonly { readonly id: Hex; readonly from: DeviceId }[] {
    const news = new Map<string, Recent>();
    for (const one of this.#byId.values()) {
      if (one.n <= link.told) continue;
      if (Math.abs(nowMs - one.atMs) < LATE_MS) break;
      link.told = one.n;
      news.delete(one.key);
      if (!one.known.has(link)) news.set(one.key, one);
    }
    return [...news.values()].slice(-MOST_MESSAGE_IDS);
  }

  /** The same of these origins alone, however lately it came: the peer has just lost whom it heard them from. */
  newsOf(names: ReadonlySet<Hex>, link: PushLink): readonly Hex[] {
    const news = new Map<string, Recent>();
    for (const one of this.#byId.values()) {
      if (one.n <= link.told || one.known.has(link) || !names.has(originName(one.from))) continue;
      one.known.add(link);
      news.set(one.key, one);
    }
    return [...news.values()].slice(-MOST_MESSAGE_IDS).map(({ id }) => id);
  }

  /** The peer of this link has these. Those of them for which it is to be asked now. */
  told(ids: readonly Hex[], link: PushLink, nowMs: number): readonly Hex[] {
    for (const id of ids) {
      const here = this.#byId.get(id);
      if (here) here.known.add(link);
      else if (!this.#asked.has(id)) this.#asked.set(id, { atMs: -Infinity, others: new Set() });
      this.#asked.get(id)?.others.add(link);
    }
    dropOldest(this.#asked);
    return this.lacking(link, nowMs);
  }

  /** What the peer of this link has told of, and neither came here nor was just asked of another. */
  lacking(link: PushLink, nowMs: number): readonly Hex[] {
    const lacking: Hex[] = [];
    for (const [id, asked] of this.#asked) {
      const isDue = Math.abs(nowMs - asked.atMs) >= ASK_AGAIN_MS;
      if (!isDue || !asked.others.delete(link)) continue;
      asked.atMs = nowMs;
      lacking.push(id);
    }
    return lacking.slice(-MOST_MESSAGE_IDS);
  }

  /** These, or what is newer of their topics. */
  newest(ids: readonly Hex[]): readonly EphemeralMessage[] {
    const keys = new Set(ids.flatMap((id) => this.#byId.get(id)?.key ?? []));
    return [...keys].flatMap((key) => this.#newest.get(key)?.message ?? []);
  }

  #bound(nowMs: number): void {
    for (const { id, key, atMs } of this.#byId.values()) {
      if (this.#byId.size <= MOST_KEPT && Math.abs(nowMs - atMs) <= KEPT_MS) return;
      this.#byId.delete(id);
      if (this.#newest.get(key)?.id === id) this.#newest.delete(key);
    }
  }
}

function idOf({ sig }: EphemeralMessage): Hex {
  return toHex(sig.subarray(0, MESSAGE_ID_BYTES));
}

function dropOldest(map: Map<Hex, unknown>): void {
  for (const key of map.keys()) {
    if (map.size <= MOST_KEPT) return;
    map.delete(key);
  }
}
