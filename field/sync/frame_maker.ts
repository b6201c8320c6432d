import { assertNever } from "../errors.ts";
import type { Bytes } from "../bytes.ts";
import type { Hex } from "../observation.ts";
import type { FeedTalk } from "./feed_talk.ts";
import { type Keeping, MOST_BLOB_WANTS, type SyncFrame } from "./frames.ts";
import { feedHead } from "./heads.ts";
import type { Lane } from "./lanes.ts";
import type { MediaTalk } from "./media_talk.ts";
import { type FeedRange, type Intent } from "./outbox.ts";
import type { Session } from "./session.ts";
import type { TalkPorts } from "./talk_ports.ts";

/** Entries in one frame: below `MOST_FRAME_BYTES` with room for its head. */
const ENTRIES_BYTES = 48 * 1024;
/** Heads in one frame, so that it leaves room for others in the control window. */
const HEADS_IN_FRAME = 128;

export interface FrameMakerPorts extends TalkPorts {
  readonly feeds: FeedTalk;
  readonly media: MediaTalk;
  readonly keeping?: () => Keeping;
}

/** Turns what is meant into the frame that says it now. */
export class FrameMaker {
  readonly #ports: FrameMakerPorts;

  constructor(ports: FrameMakerPorts) {
    this.#ports = ports;
  }

  /** Null when there is nothing to say any more; then the outbox does not hold it any longer. */
  async make(session: Session, intent: Intent, lane: Lane): Promise<SyncFrame | null> {
    const { outbox } = session;
    switch (intent.kind) {
      case "range":
        return await this.#entries(session, intent, lane);
      case "blob":
        return await this.#ports.media.part(session, intent);
      case "heads":
      case "ack":
        outbox.done(intent);
        return this.#heads(session, intent.kind, [...intent.devices]);
      case "pushing":
        outbox.done(intent);
        return this.#pushing(session, intent.origins);
      case "message-have":
      case "message-want":
        outbox.done(intent);
        return { kind: intent.kind, ids: [...intent.ids] };
      case "blob-want":
        outbox.done(intent);
        return this.#blobWant(session, [...intent.parts]);
      case "blob-have":
        outbox.done(intent);
        return this.#blobHave([...intent.hashes]);
      case "summary":
        outbox.done(intent);
        return await this.#summary();
      case "answered": {
        outbox.done(intent);
        const answer = outbox.answerTo(intent.n);
        if (answer) outbox.answered(answer, 0);
        return { kind: "entries", entries: [], answers: intent.n, more: false };
      }
      case "message":
        outbox.done(intent);
        return { kind: "ephemeral", message: intent.message };
      case "frame":
        outbox.done(intent);
        return intent.frame;
      default:
        return assertNever(intent);
    }
  }

  async #entries(session: Session, first: FeedRange, lane: Lane): Promise<SyncFrame | null> {
    const { outbox } = session;
    const entries: Bytes[] = [];
    let room = Math.min(ENTRIES_BYTES, outbox.answerTo(first.answers)?.left ?? Infinity);
    for (const range of outbox.rangesWith(first, lane)) {
      if (room <= 0) break;
      const more = await this.#entriesOf(session, range, room, entries.length === 0);
      entries.push(...more);
      room -= more.reduce((sum, { length }) => sum + length, 0);
    }
    if (first.answers === 0) return entries.length > 0 ? { kind: "entries", entries } : null;
    const answer = outbox.answerTo(first.answers);
    if (!answer) return null; // the peer wants something else by now
    const isOver = outbox.answered(answer, entries.reduce((sum, { length }) => sum + length, 0));
    if (!isOver && entries.length === 0) return null;
    return { kind: "entries", entries, answers: first.answers, more: !isOver };
  }

  /** The next entries of a range: at most `room` bytes, but one at least if it is the `isFirst`. */
  async #entriesOf(
    session: Session,
    range: FeedRange,
    room: number,
    isFirst: boolean,
  ): Promise<Bytes[]> {
    const { outbox, heads, sent } = session;
    const { device } = range;
    // what is pushed may have come to the peer from elsewhere meanwhile
    if (range.answers === 0) range.after = Math.max(range.after, heads.get(device)?.seq ?? 0);
    const found = await this.#ports.replica.entriesAfter(device, range.after, room);
    if (!outbox.has(range)) return [];
    const entries: Bytes[] = [];
    for (const bytes of found) {
      if (bytes.length > room && !(isFirst && entries.length === 0)) break;
      entries.push(bytes);
      room -= bytes.length;
    }
    range.after += entries.length;
    sent.set(device, Math.max(range.after, sent.get(device) ?? 0));
    const { replica } = this.#ports;
    const end = Math.min(replica.headOf(device)?.seq ?? 0, replica.through(device));
    if (found.length === 0 || range.after >= end) outbox.done(range);
    return entries;
  }

  #heads({ outbox }: Session, kind: "heads" | "ack", devices: readonly string[]): SyncFrame | null {
    const now = new Set(devices.slice(0, HEADS_IN_FRAME));
    outbox.tell(kind, devices.slice(HEADS_IN_FRAME));
    const heads = this.#ports.replica.heads.filter(({ device }) => now.has(device)).map(feedHead);
    return heads.length > 0 ? { kind, heads } : null;
  }

  /** Those that are wanted first; what is not said now waits on. */
  #pushing({ outbox }: Session, origins: ReadonlyMap<Hex, boolean>): SyncFrame {
    const isWanted = [...origins.values()].includes(true);
    const now = [...origins].filter(([, wanted]) => wanted === isWanted).slice(0, HEADS_IN_FRAME);
    const said = new Set(now.map(([origin]) => origin));
    for (const [origin, wanted] of origins) if (!said.has(origin)) outbox.want(origin, wanted);
    return { kind: "pushing", isWanted, origins: [...said] };
  }

  #blobWant({ outbox }: Session, parts: readonly (readonly [Hex, number])[]): SyncFrame {
    const asked = parts.map(([hash, offset]) => ({ hash, offset }));
    outbox.askBlobs(asked.slice(MOST_BLOB_WANTS));
    return { kind: "blob-want", parts: asked.slice(0, MOST_BLOB_WANTS) };
  }

  #blobHave(hashes: readonly Hex[]): SyncFrame {
    return { kind: "blob-have", hashes, keeping: this.#ports.keeping?.() ?? "all" };
  }

  async #summary(): Promise<SyncFrame> {
    const [digest, media] = [await this.#ports.feeds.digest(), await this.#ports.media.count()];
    return { kind: "summary", digest, ...(media ? { media } : {}) };
  }
}
