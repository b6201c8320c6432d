import { FieldError } from "../errors.ts";
import type { Hex } from "../observation.ts";
import type { Store, StoredBlob } from "../store/store.ts";
import { BlobFetch, MOST_BLOB_BYTES } from "./blob_fetch.ts";
import { type BlobGiver, BlobGivers, type GiverLink } from "./blob_giver.ts";
import { type BlobChunkFrame, MOST_BLOB_NAMES } from "./frames.ts";
import { CHUNK_BYTES } from "./outbox.ts";

/** What a peer did not have, it may have got since; it says so, if it can. */
const ABSENT_FOR_MS = 300_000;
/** Who was too slow with a blob is left out of it for a while. */
const LATE_FOR_MS = 30_000;
/** What it gave falsely it most likely gives falsely again. */
const FALSE_FOR_MS = 600_000;
/** The disk was full: there may be room again. */
const FULL_FOR_MS = 60_000;
/** Of blobs that nobody is asked for just now, what has come is kept to go on from: so much of it, of so many. */
export const MOST_KEPT_BYTES = 4 << 20;
const MOST_KEPT = 256;
/** Of blobs that are not whole yet, in all. An honest link adds one blob. */
const MOST_HELD_BYTES = 4 * MOST_KEPT_BYTES;
/** Of what a link says it has so many are looked up at a time. */
const MOST_SAID_AT_ONCE = 16;
/** Time between two ticks that counts: who slept has waited for nobody. */
const MOST_TICK_MS = 2_000;

export interface BlobPart {
  readonly hash: Hex;
  readonly offset: number;
}

/** What a link's peer is to be told. */
export interface BlobQuestions {
  /** Give these, from these offsets on. */
  readonly want: (link: string, parts: readonly BlobPart[]) => void;
  /** Which of these do you have? Answered with {@link BlobExchange.has}, or not at all. */
  readonly ask: (link: string, hashes: readonly Hex[]) => void;
}

/**
 * What became of a part. "whole": the blob is on disk now. "absent": the link's peer does not have it.
 * "false": a whole blob that came over this link alone is not what it was asked for; "spoilt": one of
 * several links gave a false part. "malformed", "oversized": no honest peer gives such a part.
 */
export type Taken = "part" | "whole" | "absent" | "false" | "spoilt" | "malformed" | "oversized";

/**
 * Fetches the blobs that records here speak of, each from one peer at a time, and gives those that peers
 * ask for. Who gives nothing, or something else, is asked for one at a time and after the others, until it
 * has given one; what it is asked for, others are asked for soon.
 */
export class BlobExchange {
  readonly #store: Store;
  readonly #say: BlobQuestions;
  readonly #fetches = new Map<Hex, BlobFetch>();
  readonly #givers = new BlobGivers();
  /** The last wanted blob that was looked at: those behind it are next, so that none keeps another from its turn. */
  #cursor: Hex | null = null;
  /** ms that this device was awake. */
  #awakeMs = 0;
  #tickedAt: number | null = null;
  #fullUntil = 0;

  constructor(store: Store, say: BlobQuestions) {
    this.#store = store;
    this.#say = say;
  }

  /**
   * Asks these links for wanted blobs that nobody is asked for: first what broke off, then what each says
   * that it has, then some of all others; and which of the rest it has.
   */
  async ask(links: readonly GiverLink[]): Promise<void> {
    const givers = links.map((one) => this.#givers.meet(one))
      .sort((a, b) => this.#givers.share(b) - this.#givers.share(a));
    if (this.#awakeMs < this.#fullUntil) return;
    this.#handOver(givers);
    this.#assign([...this.#fetches.keys()], givers);
    for (const giver of givers) await this.#askForSaid(giver);
    let from = this.#cursor;
    while (givers.some((one) => this.#room(one) > 0 || this.#isAskable(one))) {
      const page = await this.#store.wanted(MOST_BLOB_NAMES, this.#cursor);
      const done = this.#assign(page, givers); // now: another call may have asked meanwhile
      const isSeen = done === page.length || this.#askAbout(page.slice(done), givers);
      this.#cursor = page[(isSeen ? page.length : done) - 1] ?? this.#cursor;
      if (!isSeen || page.length === MOST_BLOB_NAMES) return;
      this.#cursor = null;
      if (from === null) return;
      from = null; // once around
    }
  }

  /** A part of a blob, as much as fits a frame, and all of its size; `total` 0 when it is not to be had here. */
  async part(link: string, hash: Hex, offset: number): Promise<BlobChunkFrame> {
    const peer = this.#givers.get(link);
    const blob = peer?.lent?.hash === hash ? peer.lent : await this.#givable(hash);
    if (peer) peer.lent = blob;
    return {
      kind: "blob-chunk",
      hash,
      type: blob?.type ?? "",
      offset,
      total: blob?.bytes.length ?? 0,
      bytes: blob?.bytes.slice(offset, offset + CHUNK_BYTES) ?? new Uint8Array(0),
    };
  }

  /**
   * Takes a part in. `nowMs`: since the epoch. Throws what the store throws; when the disk is full, no blobs
   * are asked for in the next minute: records still find room where pictures do not.
   */
  async take(link: string, chunk: BlobChunkFrame, nowMs: number): Promise<Taken> {
    const { hash } = chunk;
    const [fetch, giver] = [this.#fetches.get(hash), this.#givers.get(link)];
    if (!giver || fetch?.link !== link) return "part"; // it came from elsewhere meanwhile
    if (chunk.total === 0) {
      this.#giveUp(fetch, giver, ABSENT_FOR_MS);
      return "absent";
    }
    const before = fetch.received;
    const fitted = fetch.add(link, chunk, this.#awakeMs);
    if (fetch.received > before) giver.heardAt = this.#awakeMs;
    if (fitted === "part") {
      this.#boundHeld();
      return fitted;
    }
    const whole = fitted === "last" ? await fetch.whole(chunk.type) : fitted;
    if (typeof whole === "object") {
      await this.#save(whole, nowMs);
      this.#givers.trust(giver);
      return "whole";
    }
    if (whole === "spoilt") this.#spoil(fetch);
    else this.#gaveFalse(fetch, giver);
    return whole;
  }

  /** The link's peer has these. */
  has(link: string, hashes: readonly Hex[]): void {
    for (const hash of hashes) this.#givers.get(link)?.says(hash);
  }

  /** The link is gone: others may be asked for the rest of what it owed. */
  forget(link: string): void {
    this.#givers.forget(link);
    for (const fetch of this.#under(link)) this.#letGo(fetch);
  }

  /** Time has passed: gives up what was asked for longer than `answerMs` ago, if nothing comes. */
  tick(nowMs: number, answerMs: number): void {
    this.#awakeMs += Math.min(MOST_TICK_MS, Math.max(0, nowMs - (this.#tickedAt ?? nowMs)));
    this.#tickedAt = nowMs;
    for (const giver of this.#givers.all) {
      giver.tick(this.#awakeMs);
      for (const fetch of this.#under(giver.link)) {
        const waitedMs = this.#awakeMs - Math.max(fetch.heardAt, giver.heardAt);
        if (waitedMs > answerMs) this.#tooLate(fetch, giver);
      }
    }
  }

  // ---------------------------------------------------------------- who is asked

  /** Asks for what it says it has; of which it forgets what is not wanted here, or not any more. */
  async #askForSaid(giver: BlobGiver): Promise<void> {
    const free = giver.said.filter((hash) => (this.#fetches.get(hash)?.link ?? null) === null);
    for (const hash of free.slice(0, MOST_SAID_AT_ONCE)) {
      if (this.#room(giver) <= 0) return;
      if ((await this.#store.media(hash))?.state !== "wanted") giver.unsay(hash);
      else this.#assign([hash], [giver]);
    }
  }

  /** Asks for these, as far as there is room for them; returns how many it looked at. */
  #assign(hashes: readonly Hex[], givers: readonly BlobGiver[]): number {
    const asked = new Map<string, BlobPart[]>();
    let looked = 0;
    for (; looked < hashes.length && givers.some((one) => this.#room(one) > 0); looked++) {
      const hash = hashes[looked];
      const fetch = this.#fetches.get(hash) ?? new BlobFetch(hash);
      const giver = fetch.link === null ? this.#best(hash, givers) : undefined;
      if (!giver) continue;
      fetch.begin(giver.link, this.#awakeMs);
      giver.unsay(hash);
      this.#fetches.set(hash, fetch);
      const parts = asked.get(giver.link) ?? [];
      asked.set(giver.link, [...parts, { hash, offset: fetch.received }]);
    }
    for (const [link, parts] of asked) this.#say.want(link, parts);
    return looked;
  }

  /** Who is to be asked for it: the trusted first, and of these who has the least to do. */
  #best(hash: Hex, givers: readonly BlobGiver[]): BlobGiver | undefined {
    return givers.filter((one) => this.#room(one) > 0 && !one.isSpared(hash))
      .sort((a, b) =>
        this.#givers.share(b) - this.#givers.share(a) || this.#room(b) - this.#room(a)
      ).at(0);
  }

  /** Asks who else may be asked which of these it has. False when nobody is. */
  #askAbout(hashes: readonly Hex[], givers: readonly BlobGiver[]): boolean {
    const askable = givers.filter((one) => this.#isAskable(one));
    for (const giver of askable) {
      const about = hashes.filter((hash) => !giver.isSpared(hash) && !this.#fetches.has(hash));
      if (about.length === 0) continue;
      giver.wasAsked = true;
      for (const hash of about) giver.spare(hash, this.#awakeMs + ABSENT_FOR_MS);
      this.#say.ask(giver.link, about);
    }
    return askable.length > 0;
  }

  /** Once a second, while it is not known what else it has. */
  #isAskable(giver: BlobGiver): boolean {
    return this.#givers.has(giver) && !giver.wasAsked && !giver.hasMore;
  }

  /** What takes a link too long an idle one is asked for, if it is trusted as much. */
  #handOver(givers: readonly BlobGiver[]): void {
    for (const slow of givers) {
      for (const fetch of this.#under(slow.link)) {
        const canTake = (one: BlobGiver) =>
          this.#givers.has(one) && this.#under(one.link).length === 0 &&
          !one.isSpared(fetch.hash) &&
          this.#givers.share(one) >= this.#givers.share(slow);
        if (fetch.isOverdue(this.#awakeMs) && givers.some(canTake)) this.#tooLate(fetch, slow);
      }
    }
  }

  /** Blobs that it may be asked for beside those under way; none once its link is gone. */
  #room(giver: BlobGiver): number {
    return this.#givers.has(giver) ? this.#givers.share(giver) - this.#under(giver.link).length : 0;
  }

  #under(link: string): BlobFetch[] {
    return [...this.#fetches.values()].filter((fetch) => fetch.link === link);
  }

  // ---------------------------------------------------------------- what came of it

  /** It said too little in time. */
  #tooLate(fetch: BlobFetch, giver: BlobGiver): void {
    this.#givers.distrust(giver);
    this.#giveUp(fetch, giver, LATE_FOR_MS);
  }

  #gaveFalse(fetch: BlobFetch, giver: BlobGiver): void {
    this.#givers.distrust(giver);
    giver.spare(fetch.hash, this.#awakeMs + FALSE_FOR_MS, true);
    this.#fetches.delete(fetch.hash);
  }

  #spoil(fetch: BlobFetch): void {
    fetch.spoil();
    this.#letGo(fetch);
  }

  #giveUp(fetch: BlobFetch, giver: BlobGiver, forMs: number): void {
    giver.spare(fetch.hash, this.#awakeMs + forMs);
    this.#letGo(fetch);
  }

  /** Nobody is asked for it any more; what has come of it is kept, if there is room. */
  #letGo(fetch: BlobFetch): void {
    fetch.letGo();
    if (!fetch.isWorthKeeping) this.#fetches.delete(fetch.hash);
    const kept = [...this.#fetches.values()].filter(({ link }) => link === null);
    while (kept.length > MOST_KEPT || bytesOf(kept) > MOST_KEPT_BYTES) {
      this.#fetches.delete(kept.shift()?.hash ?? "");
    }
  }

  /** Where too much is held, the link that holds most of it loses its largest. */
  #boundHeld(): void {
    if (bytesOf([...this.#fetches.values()]) <= MOST_HELD_BYTES) return;
    const held = this.#givers.all.map(({ link }) => this.#under(link));
    const most = held.reduce((a, b) => bytesOf(a) >= bytesOf(b) ? a : b, []);
    const [largest] = most.sort((a, b) => b.received - a.received);
    if (largest) this.#fetches.delete(largest.hash);
  }

  async #save(blob: StoredBlob, nowMs: number): Promise<void> {
    try {
      // others remove theirs once they are told that it is here
      await this.#store.commit({ blobs: [blob], at: nowMs, strict: true });
    } catch (failure) {
      if (failure instanceof FieldError && failure.code === "storage-full") {
        this.#fullUntil = this.#awakeMs + FULL_FOR_MS;
      }
      throw failure;
    } finally {
      this.#fetches.delete(blob.hash);
    }
  }

  /** What is too large to be taken by anybody is as good as not here. */
  async #givable(hash: Hex): Promise<StoredBlob | null> {
    const blob = await this.#store.blob(hash);
    return blob && blob.bytes.length <= MOST_BLOB_BYTES ? blob : null;
  }
}

function bytesOf(fetches: readonly BlobFetch[]): number {
  return fetches.reduce((sum, { received }) => sum + received, 0);
}
