import { type Bytes, equalBytes } from "../bytes.ts";
import { decodeCbor, encodeCbor, isCount } from "../cbor.ts";
import type { DeviceId } from "../observation.ts";
import type { Head } from "../store/store.ts";
import type { HeardMessage } from "./ephemerals.ts";
import { DIGEST_BYTES } from "./frame_types.ts";
import { digestOf, feedHead } from "./heads.ts";
import type { TalkPorts } from "./talk_ports.ts";
import { STANDING } from "./topics.ts";

/** How a member stands by its own word, which came through others. */
export interface Standing {
  /** Pictures that it has, of those it knows of; null for none. */
  readonly media: MediaShare | null;
  /** When its word came, ms since the epoch by this device's clock. */
  readonly heardAt: number;
}

export interface MediaShare {
  readonly have: number;
  readonly of: number;
}

interface Told extends Standing {
  readonly digest: Uint8Array;
}

export interface StandingsPorts extends TalkPorts {
  readonly publish: (message: { topic: string; bytes: Bytes }) => Promise<void>;
  readonly countMedia: () => Promise<MediaShare | null>;
}

/** What is new is told when nothing came for so long; in any case after so long, in a large crew more seldom. */
const SETTLED_MS = 4_000;
const NEWS_MS = 10_000;
const AGAIN_MS = 60_000;
const NEWS_MS_PER_MEMBER = 500;
/** Told again so often and not heard: it is gone. */
const MISSED = 2.5;

/**
 * In a mesh most members are no neighbours, and the crew wants to know all the same who has everything:
 * each says now and then, to all, the digest of what it holds. While everybody is a neighbour, summaries
 * say it, and nothing is published.
 */
export class Standings {
  readonly #ports: StandingsPorts;
  readonly #heard = new Map<DeviceId, Told>();
  #told = "";
  #toldAt = -Infinity;
  /** Of the heads as they were when it was made. */
  #digest: { readonly of: string; readonly bytes: Bytes } | null = null;
  /** Whose word was compared with that digest. */
  readonly #compared = new Set<Told>();
  /** When the digest became another. */
  #grewAt = -Infinity;

  constructor(ports: StandingsPorts) {
    this.#ports = ports;
  }

  /** A member's word. What is no such word is passed over. */
  heard({ from, bytes }: HeardMessage): void {
    const told = parseStanding(bytes);
    if (!told || from === this.#ports.replica.id) return;
    this.forget(from);
    this.#heard.set(from, { ...told, heardAt: this.#ports.nowMs() });
    this.#ports.sessions.changed("status");
  }

  /** The last word of a member that is no neighbour; undefined when there is none of late. */
  of(device: DeviceId): Standing | undefined {
    const told = this.#heard.get(device);
    const ageMs = told ? Math.abs(this.#ports.nowMs() - told.heardAt) : Infinity;
    return ageMs < MISSED * this.#againMs ? told : undefined;
  }

  forget(device: DeviceId): void {
    const told = this.#heard.get(device);
    if (told) this.#compared.delete(told);
    this.#heard.delete(device);
  }

  /** Time has passed: tells how this device stands, and notes who has what is here. */
  async tick(): Promise<void> {
    const { replica, book, sessions } = this.#ports;
    if (!replica.crew?.members.has(replica.id)) return;
    if (this.#heard.size === 0 && !this.#isDue()) return;
    const heads = replica.heads;
    const digest = await this.#digestOf(heads);
    for (const [device, told] of this.#heard) {
      if (this.#compared.has(told)) continue;
      this.#compared.add(told);
      const isSame = equalBytes(told.digest, digest);
      if (isSame && book.has(device, heads.map(feedHead))) sessions.changed("status");
    }
    // while records flow it would be of no use a moment later
    const sinceTold = Math.abs(this.#ports.nowMs() - this.#toldAt);
    const isSettled = Math.abs(this.#ports.nowMs() - this.#grewAt) >= SETTLED_MS;
    if (this.#isDue() && (isSettled || sinceTold >= this.#againMs)) await this.#tell(digest);
  }

  /** Made anew only when there is news: in a large crew it takes long. */
  async #digestOf(heads: readonly Head[]): Promise<Bytes> {
    const of = growthOf(heads);
    if (this.#digest?.of === of) return this.#digest.bytes;
    this.#grewAt = this.#ports.nowMs();
    this.#compared.clear();
    this.#digest = { of, bytes: await digestOf(heads) };
    return this.#digest.bytes;
  }

  async #tell(digest: Bytes): Promise<void> {
    const { publish, countMedia, nowMs } = this.#ports;
    const media = await countMedia();
    const bytes = encodeCbor([digest, media?.have ?? 0, media?.of ?? 0]);
    const text = bytes.join();
    const now = nowMs();
    if (text === this.#told && Math.abs(now - this.#toldAt) < this.#againMs) return;
    this.#told = text;
    this.#toldAt = now;
    await publish({ topic: STANDING, bytes });
  }

  /** Is somebody to hear it, and was it not just told? */
  #isDue(): boolean {
    const { replica, sessions, nowMs } = this.#ports;
    const others = (replica.crew?.members.size ?? 0) - 1;
    const near = sessions.ready.length;
    return near > 0 && near < others && Math.abs(nowMs() - this.#toldAt) >= this.#newsMs;
  }

  get #newsMs(): number {
    return Math.max(NEWS_MS, NEWS_MS_PER_MEMBER * (this.#ports.replica.crew?.members.size ?? 0));
  }

  get #againMs(): number {
    return Math.max(AGAIN_MS, 2 * this.#newsMs);
  }
}

/** Another one after every entry, and every fork that was found: feeds only grow. */
function growthOf(heads: readonly Head[]): string {
  const forked = heads.filter(({ quarantined }) => quarantined !== undefined);
  return [heads.length, heads.reduce((sum, { seq }) => sum + seq, 0), forked.length].join();
}

function parseStanding(bytes: Uint8Array): Omit<Told, "heardAt"> | null {
  const value = decodeCbor(bytes)?.value;
  if (!Array.isArray(value) || value.length !== 3) return null;
  const [digest, have, of] = value as unknown[];
  const isDigest = digest instanceof Uint8Array && digest.length === DIGEST_BYTES;
  if (!isDigest || !isCount(have) || !isCount(of) || have > of) return null;
  return { digest, media: of > 0 ? { have, of } : null };
}
