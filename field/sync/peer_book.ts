import { isHex } from "../bytes.ts";
import type { DeviceId } from "../observation.ts";
import type { Store } from "../store/store.ts";
import { type ClockReading, parseReading } from "./clock_offset.ts";
import type { FeedHead } from "./frames.ts";

/** What is known of a peer, also while it is away: how far it holds each feed, when it was last heard, its clock. */
export interface PeerPage {
  readonly heads: ReadonlyMap<DeviceId, number>;
  /** ms since the epoch by this device's clock. */
  readonly lastAt: number | null;
  /** Why the last connection ended, if it was refused. */
  readonly reason?: string;
  /** By how much its clock was ahead of ours when that was last measured. */
  readonly clock?: ClockReading;
}

/** A change of a peer's clock that is worth showing, ms. */
const CLOCK_NEWS_MS = 50;
const KEY = "peer/";
const UNKNOWN: PeerPage = { heads: new Map(), lastAt: null };

/** Kept in the store now and then: what it says is only ever too little. */
export class PeerBook {
  readonly #store: Store;
  readonly #pages: Map<DeviceId, PeerPage>;
  readonly #unsaved = new Set<DeviceId>();

  private constructor(store: Store, pages: Map<DeviceId, PeerPage>) {
    this.#store = store;
    this.#pages = pages;
  }

  static async open(store: Store): Promise<PeerBook> {
    const pages = new Map<DeviceId, PeerPage>();
    for (const [key, value] of await store.settings(KEY)) {
      const page = parsePage(value);
      if (page) pages.set(key.slice(KEY.length), page);
    }
    return new PeerBook(store, pages);
  }

  of(device: DeviceId): PeerPage {
    return this.#pages.get(device) ?? UNKNOWN;
  }

  heard(device: DeviceId, atMs: number): void {
    const { reason: _, ...page } = this.of(device);
    this.#put(device, { ...page, lastAt: atMs });
  }

  /** The peer's clock was measured. True when that is news. */
  measured(device: DeviceId, clock: ClockReading): boolean {
    const before = this.of(device).clock;
    this.#put(device, { ...this.of(device), clock });
    return !before || Math.abs(before.aheadMs - clock.aheadMs) >= CLOCK_NEWS_MS;
  }

  /** The clocks of those of `devices` that were measured. */
  clocksOf(devices: Iterable<DeviceId>): ClockReading[] {
    return [...devices].flatMap((device) => this.of(device).clock ?? []);
  }

  /** The peer says it holds these. True when that is news. */
  has(device: DeviceId, heads: readonly FeedHead[]): boolean {
    const page = this.of(device);
    const known = new Map(page.heads);
    for (const head of heads) {
      known.set(head.device, Math.max(head.seq, known.get(head.device) ?? 0));
    }
    const isNews = [...known].some(([feed, seq]) => page.heads.get(feed) !== seq);
    if (isNews) this.#put(device, { ...page, heads: known });
    return isNews;
  }

  refused(device: DeviceId, reason: string): void {
    this.#put(device, { ...this.of(device), reason });
  }

  async save(): Promise<void> {
    if (this.#unsaved.size === 0) return;
    const settings = Object.fromEntries(
      [...this.#unsaved].map((device) => {
        const { heads, ...page } = this.of(device);
        return [KEY + device, { heads: [...heads], ...page }];
      }),
    );
    const saving = [...this.#unsaved];
    this.#unsaved.clear();
    try {
      await this.#store.commit({ settings });
    } catch (failure) {
      for (const device of saving) this.#unsaved.add(device);
      throw failure;
    }
  }

  #put(device: DeviceId, page: PeerPage): void {
    this.#pages.set(device, page);
    this.#unsaved.add(device);
  }
}

function parsePage(value: unknown): PeerPage | null {
  if (typeof value !== "object" || value === null) return null;
  const { heads, lastAt, clock, reason } = value as Record<string, unknown>;
  if (!Array.isArray(heads) || !(lastAt === null || typeof lastAt === "number")) return null;
  const pairs = heads.filter((pair): pair is [DeviceId, number] =>
    Array.isArray(pair) && isHex(pair[0], 32) && Number.isSafeInteger(pair[1])
  );
  const reading = parseReading(clock);
  return {
    heads: new Map(pairs),
    lastAt,
    ...(typeof reason === "string" ? { reason } : {}),
    ...(reading ? { clock: reading } : {}),
  };
}
