/**
 * What is to be said to a peer, and when. It holds what is meant, not bytes: a frame is made only when there
 * is room for it in the window, from what is newest then. So a peer that does not read costs the same
 * memory whatever waits for it.
 */
import type { DeviceId, Hex } from "../observation.ts";
import type { EphemeralMessage } from "./ephemeral_message.ts";
import {
  MOST_BLOB_NAMES,
  MOST_FRAME_BYTES,
  MOST_MESSAGE_IDS,
  type SyncFrame,
  type WantFrame,
} from "./frame_types.ts";
import { LaneQueue } from "./lane_queue.ts";
import { type Lane, LANES } from "./lanes.ts";
import { SendWindow, STEP_BYTES, WINDOW_BYTES } from "./send_window.ts";

/** A part of a blob. With its head it is {@link CHUNK_FRAME_BYTES} at most: four of them fill the media lane. */
export const CHUNK_BYTES = 16_000;
const CHUNK_FRAME_BYTES = 16 * 1024;
/** The largest message with topic, keys and signature. */
const MESSAGE_FRAME_BYTES = 5 * 1024;
/** The largest control frame that is made here, 512 wanted feeds, costs less. */
const MOST_CONTROL_COST = 48;
/** Blobs that a peer may ask for and wait for; an honest one asks for a few at a time. */
const MOST_BLOBS = 128;
/** Messages that wait in a lane; then the oldest gives way. */
const MOST_MESSAGES = 128;

interface Keyed {
  readonly key: string;
}
/** A part of a feed: entries after `after`, up to the last when it is sent. */
export interface FeedRange extends Keyed {
  readonly kind: "range";
  readonly device: DeviceId;
  after: number;
  /** The want that it answers; 0: nobody asked for it. */
  readonly answers: number;
}
/** A blob from `offset` on. */
export interface BlobRest extends Keyed {
  readonly kind: "blob";
  readonly hash: Hex;
  offset: number;
  /** Its size, once it is known. */
  total: number | null;
}
type MessageIds = "message-have" | "message-want";
export type Intent =
  | FeedRange
  | BlobRest
  | Keyed & { readonly kind: "message"; readonly message: EphemeralMessage }
  | Keyed & { readonly kind: "frame"; readonly frame: SyncFrame }
  /** Nothing of what the want asks for is here. */
  | Keyed & { readonly kind: "answered"; readonly n: number }
  | Keyed & { readonly kind: "summary" }
  | Keyed & { readonly kind: "heads" | "ack"; readonly devices: ReadonlySet<DeviceId> }
  | Keyed & { readonly kind: "pushing"; readonly origins: ReadonlyMap<Hex, boolean> }
  | Keyed & { readonly kind: MessageIds; readonly ids: ReadonlySet<Hex> }
  | Keyed & { readonly kind: "blob-have"; readonly hashes: ReadonlySet<Hex> }
  | Keyed & { readonly kind: "blob-want"; readonly parts: ReadonlyMap<Hex, number> };

export type FeedLane = "critical" | "changes";

/** A part of a feed and the lane that it goes in. */
export interface LanedFeed {
  readonly device: DeviceId;
  readonly after: number;
  readonly lane: FeedLane;
}

/** The want that is being answered. */
export interface Answer {
  readonly n: number;
  /** Bytes of entries that may still be sent. */
  left: number;
}

export class Outbox {
  readonly window = new SendWindow();
  readonly #queue = new LaneQueue<Intent>();
  #answer: Answer | null = null;

  // ---------------------------------------------------------------- what is meant

  /** A control frame; of those under one key only the last is sent. */
  say(key: string, frame: SyncFrame): void {
    this.#queue.put("control", key, { kind: "frame", key, frame });
  }

  /** A digest of all heads, as they are when it is sent. */
  summarise(): void {
    this.#queue.put("control", "summary", { kind: "summary", key: "summary" });
  }

  /** Where these feeds end; `ack`: as an answer to what the peer sent of them. */
  tell(kind: "heads" | "ack", feeds: Iterable<DeviceId>): void {
    const waiting = this.#queue.get(kind);
    const devices = new Set([...waiting?.kind === kind ? waiting.devices : [], ...feeds]);
    if (devices.size > 0) this.#queue.put("control", kind, { kind, key: kind, devices });
  }

  /** Whether the peer is to push what this origin says. */
  want(origin: Hex, isWanted: boolean): void {
    const key = "pushing";
    const waiting = this.#queue.get(key);
    const before = waiting?.kind === key ? waiting.origins : [];
    const origins = new Map([...before, [origin, isWanted] as const]);
    this.#queue.put("control", key, { kind: key, key, origins });
  }

  /** These messages have been got here; or are to be sent here. */
  tellMessages(kind: MessageIds, more: readonly Hex[]): void {
    const waiting = this.#queue.get(kind);
    const before = waiting?.kind === kind ? waiting.ids : [];
    const ids = new Set([...before, ...more].slice(-MOST_MESSAGE_IDS));
    if (ids.size > 0) this.#queue.put("control", kind, { kind, key: kind, ids });
  }

  /** These blobs are on disk here. What does not fit is asked about again at the next session. */
  tellBlobs(names: readonly Hex[]): void {
    const kind = "blob-have";
    const waiting = this.#queue.get(kind);
    const before = waiting?.kind === kind ? waiting.hashes : [];
    const hashes = new Set([...before, ...names].slice(-MOST_BLOB_NAMES));
    if (hashes.size > 0) this.#queue.put("control", kind, { kind, key: kind, hashes });
  }

  askBlobs(blobs: readonly { readonly hash: Hex; readonly offset: number }[]): void {
    const kind = "blob-want";
    const waiting = this.#queue.get(kind);
    const parts = new Map(waiting?.kind === kind ? waiting.parts : []);
    for (const { hash, offset } of blobs) parts.set(hash, offset);
    if (parts.size > 0) this.#queue.put("control", kind, { kind, key: kind, parts });
  }

  /** Sends fresh entries of a feed unasked; one that is being sent already goes on, in this lane. */
  push({ device, after, lane }: LanedFeed): void {
    const key = `feed ${device}`;
    const range = this.#queue.get(key) ?? { kind: "range", key, device, after, answers: 0 };
    this.#queue.put(lane, key, range);
  }

  /** Answers a want, in place of an earlier one. `feeds`: those of which there is something to send. */
  give({ n = 1, mostBytes }: Pick<WantFrame, "n" | "mostBytes">, feeds: readonly LanedFeed[]) {
    this.#forgetAnswer();
    this.#answer = { n, left: mostBytes };
    for (const { device, after, lane } of feeds) {
      const key = `feed ${device}`;
      this.#queue.put(lane, key, { kind: "range", key, device, after, answers: n });
    }
    if (feeds.length === 0) {
      this.#queue.put("changes", "answered", { kind: "answered", key: "answered", n });
    }
  }

  /** False when the peer asks for more at once than it may. */
  giveBlob(hash: Hex, offset: number): boolean {
    const key = `blob ${hash}`;
    if (this.#queue.count("media") >= MOST_BLOBS && !this.#queue.get(key)) return false;
    this.#queue.put("media", key, { kind: "blob", key, hash, offset, total: null });
    return true;
  }

  /** The peer has got it elsewhere. */
  dropBlob(hash: Hex): void {
    this.#queue.delete(`blob ${hash}`);
  }

  /** Of the messages of one topic of one device only the newest is sent; but all that are critical. */
  pass(message: EphemeralMessage): void {
    const { topic, from, counter, critical } = message;
    const lane = critical ? "critical" : "telemetry";
    const key = `message ${from} ${critical ? counter : ""} ${topic}`;
    this.#queue.put(lane, key, { kind: "message", key, message });
    const waiting = [...this.#queue.in(lane)].filter(({ kind }) => kind === "message");
    if (waiting.length > MOST_MESSAGES) this.#queue.delete(waiting[0].key);
  }

  // ---------------------------------------------------------------- what goes now

  /** What to send next; null when nothing waits, or there is no room for it. */
  next(): { readonly intent: Intent; readonly lane: Lane } | null {
    for (const lane of LANES) {
      const intent = this.#queue.first(lane);
      if (!intent) continue;
      if (lane === "control") {
        if (this.window.controlRoom >= MOST_CONTROL_COST) return { intent, lane };
        continue;
      }
      // a lane that has had its share lets those below pass; one that waits for room does not
      const bytes = mostBytesOf(intent);
      if (this.window.laneRoom(lane) < bytes) continue;
      return this.window.sharedRoom(lane) < bytes ? null : { intent, lane };
    }
    return null;
  }

  /** The ranges that go into one frame with this one, it among them. */
  rangesWith({ answers }: FeedRange, lane: Lane): FeedRange[] {
    return [...this.#queue.in(lane)].filter((one): one is FeedRange =>
      one.kind === "range" && one.answers === answers
    );
  }

  /** Still meant? To make a frame takes time, and what is meant may change meanwhile. */
  has(intent: Intent): boolean {
    return this.#queue.get(intent.key) === intent;
  }

  /** All of it was sent, or it came to nothing. */
  done(intent: Intent): void {
    if (this.has(intent)) this.#queue.delete(intent.key);
  }

  /** The want under answer; null when it is another one by now. */
  answerTo(n: number): Answer | null {
    return this.#answer?.n === n ? this.#answer : null;
  }

  /** So many bytes of the answer were sent. True when it is over: nothing is left of it, or as much as was wanted was sent. */
  answered(answer: Answer, byteLength: number): boolean {
    answer.left -= byteLength;
    const isOver = answer.left <= 0 || !this.#ranges().some(({ answers }) => answers === answer.n);
    if (isOver) this.#forgetAnswer();
    return isOver;
  }

  // ---------------------------------------------------------------- how full it is

  /** What is about to be sent of this feed. */
  rangeOf(device: DeviceId): FeedRange | null {
    const range = this.#queue.get(`feed ${device}`);
    return range?.kind === "range" ? range : null;
  }

  /** Parts of blobs that were asked for and not sent. */
  get mediaParts(): number {
    return [...this.#queue.in("media")].reduce((sum, one) => {
      if (one.kind !== "blob" || one.total === null) return sum + 1;
      return sum + Math.ceil((one.total - one.offset) / CHUNK_BYTES);
    }, 0);
  }

  /** 0: the peer keeps up; 1: records or messages wait for it. */
  get pressure(): number {
    const lanes = ["critical", "changes", "telemetry"] as const;
    if (lanes.some((lane) => this.#queue.count(lane) > 0)) return 1;
    const bytes = lanes.reduce((sum, lane) => sum + this.window.underWay(lane), 0);
    // the last step of credit is not told before there is more
    return Math.max(0, bytes - STEP_BYTES) / WINDOW_BYTES;
  }

  #ranges(): FeedRange[] {
    return (["critical", "changes"] as const).flatMap((lane) =>
      [...this.#queue.in(lane)].filter((one): one is FeedRange => one.kind === "range")
    );
  }

  #forgetAnswer(): void {
    for (const range of this.#ranges()) if (range.answers > 0) this.done(range);
    this.#queue.delete("answered");
    this.#answer = null;
  }
}

/** The largest frame that may become of it. */
function mostBytesOf(intent: Intent): number {
  switch (intent.kind) {
    case "blob":
      return CHUNK_FRAME_BYTES;
    case "message":
      return MESSAGE_FRAME_BYTES;
    case "range":
    case "answered":
    case "frame":
    case "summary":
    case "heads":
    case "ack":
    case "pushing":
    case "message-have":
    case "message-want":
    case "blob-have":
    case "blob-want":
      return MOST_FRAME_BYTES;
  }
}
