import type { Bytes } from "../bytes.ts";
import { NO_ENTRY, parseEntry, type SignedEntry } from "../feed/entry.ts";
import type { Received } from "../feed/intake.ts";
import type { RestoreReport } from "../messages.ts";
import type { DeviceId } from "../observation.ts";
import type { Replica } from "../feed/replica.ts";
import type { Store, StoredBlob } from "../store/store.ts";
import { BundleScan } from "./bundle_scan.ts";
import { deviceWords, FaultList } from "./fault_list.ts";
import { FeedProgress } from "./feed_progress.ts";
import { provesFork } from "./fork_proof.ts";
import { StoredFeed } from "./stored_feed.ts";

export interface RestorePorts {
  readonly replica: Pick<Replica, "id" | "crew" | "headOf" | "nameOf" | "follow" | "restore">;
  readonly store: Store;
  /** ms since the epoch. */
  readonly nowMs: () => number;
}

/** What one transaction takes in. */
const BATCH_ENTRIES = 64;
const BATCH_BYTES = 256 * 1024;
const MEDIA_BATCH_BYTES = 1 << 20;
/** A crew has a few; a file that names more would only fill the memory. */
const MOST_DEVICES = 10_000;
const NEWER =
  "A newer Fieldmesh wrote this bundle: what this one does not know was left out. Update the app.";

/** Restores a bundle from its parts; see {@link BundleRestore}. */
export async function restoreBundle(
  ports: RestorePorts,
  parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<RestoreReport> {
  const restore = new BundleRestore(ports);
  for await (const part of parts) await restore.push(part);
  return await restore.end();
}

/**
 * Takes a bundle in, part by part: entries and media that verify are kept, what does not is said in the
 * report, and nothing in a bundle makes it throw. Memory stays flat. Restored once more, the bundle adds
 * only what was not taken before; so that is also how one that was broken off goes on.
 *
 * A device without a crew and without a word of its own follows the bundle's crew.
 */
export class BundleRestore {
  readonly #ports: RestorePorts;
  readonly #scan: BundleScan;
  readonly #faults = new FaultList();
  readonly #feeds = new Map<DeviceId, FeedProgress>();
  readonly #disk: StoredFeed;
  #batch: SignedEntry[] = [];
  #batchBytes = 0;
  #blobs: StoredBlob[] = [];
  #blobBytes = 0;
  #counts = { added: 0, known: 0, refused: 0, media: 0 };

  constructor(ports: RestorePorts) {
    this.#ports = ports;
    this.#disk = new StoredFeed(ports.store);
    this.#scan = new BundleScan({
      header: (founder) => this.#follow(founder),
      feed: (device, { seq }) => {
        const feed = this.#feed(device);
        if (feed) feed.announced = seq;
      },
      entry: (bytes) => this.#takeEntry(bytes),
      contrary: (entries) => this.#takeContrary(entries),
      medium: (blob) => this.#takeMedium(blob),
      fault: (line) => this.#faults.add(line),
    });
  }

  /** What became of it so far. */
  get report(): RestoreReport {
    const { bytes, isWhole } = this.#scan;
    return { bytes, ...this.#counts, ...this.#faults.lines, whole: isWhole };
  }

  /**
   * Takes the next bytes; one call at a time. Resolves when all that could be read so far is on disk.
   * Throws what the store throws: the bundle may then be restored once more from its beginning.
   */
  async push(bytes: Uint8Array): Promise<RestoreReport> {
    await this.#scan.push(bytes);
    await this.#flushEntries();
    await this.#flushMedia();
    return this.report;
  }

  /** The bundle has ended, or was broken off. Call it once. */
  async end(): Promise<RestoreReport> {
    const faults = await this.#scan.end();
    await this.#flushEntries();
    await this.#flushMedia();
    for (const [device, feed] of this.#feeds) {
      for (const what of feed.faults(this.#through(device))) this.#faultOf(device, what);
    }
    if (this.#scan.isNewer) this.#faults.add(NEWER);
    for (const fault of faults) this.#faults.add(fault);
    return this.report;
  }

  async #follow(founder: DeviceId | null): Promise<void> {
    const { replica } = this.#ports;
    const isEmpty = replica.crew === null && !replica.headOf(replica.id);
    if (founder !== null && isEmpty) await replica.follow(founder);
  }

  async #takeEntry(bytes: Bytes): Promise<void> {
    const entry = await parseEntry(bytes);
    const feed = entry && this.#feed(entry.device);
    if (!entry || !feed) {
      this.#counts.refused++;
      const what = entry ? "is of one device too many" : "cannot be read";
      return this.#faults.add(`An entry ${what}.`);
    }
    feed.came(entry.seq);
    if (entry.seq <= this.#through(entry.device) && await this.#disk.has(entry)) {
      this.#counts.known++;
    } else if (entry.seq <= this.#next(entry.device)) {
      await this.#enqueue(entry);
    } else {
      this.#counts.refused++;
      feed.leaveOut(entry.seq);
    }
  }

  /** The number of the device's last entry on disk. */
  #through(device: DeviceId): number {
    return this.#ports.replica.headOf(device)?.seq ?? 0;
  }

  /** The number that continues what is on disk and on the way there. */
  #next(device: DeviceId): number {
    const waiting = this.#batch.findLast((entry) => entry.device === device);
    return Math.max(this.#through(device), waiting?.seq ?? 0) + 1;
  }

  async #enqueue(entry: SignedEntry): Promise<void> {
    this.#batch.push(entry);
    this.#batchBytes += entry.bytes.length;
    const isFull = this.#batch.length >= BATCH_ENTRIES || this.#batchBytes >= BATCH_BYTES;
    if (isFull) await this.#flushEntries();
  }

  async #flushEntries(): Promise<void> {
    const batch = this.#batch;
    if (batch.length === 0) return;
    [this.#batch, this.#batchBytes] = [[], 0];
    const before = new Map(batch.map(({ device }) => [device, this.#through(device)]));
    const received = await this.#ports.replica.restore(batch.map(({ bytes }) => bytes));
    const added = [...received.added.values()].reduce((sum, many) => sum + many, 0);
    this.#counts.added += added;
    this.#counts.known += received.known;
    this.#counts.refused += batch.length - added - received.known;
    for (const entry of batch) this.#noteFate(entry, before.get(entry.device) ?? 0, received);
  }

  /** `before`: the number of the device's last entry on disk before these came. */
  #noteFate({ device, seq }: SignedEntry, before: number, received: Received): void {
    const through = this.#through(device);
    const why = received.refused.find((one) => one.device === device)?.why;
    const isTaken = seq <= through && (seq > before || why === undefined);
    if (isTaken) return;
    if (seq > through + 1) this.#feed(device)?.leaveOut(seq);
    else this.#feed(device)?.refuse(seq, why ?? "held");
  }

  /** It counts only where it proves something: after the feed that it contradicts. */
  async #takeContrary(bytes: readonly Bytes[]): Promise<void> {
    await this.#flushEntries();
    const proof = (await Promise.all(bytes.map(parseEntry))).filter((entry) => entry !== null);
    if (proof.length < bytes.length) return this.#faults.add("The proof of a fork cannot be read.");
    const { replica, store } = this.#ports;
    const { device } = proof[0];
    const isQuarantined = () => replica.headOf(device)?.quarantined !== undefined;
    const head = replica.headOf(device) ?? { device, seq: 0, hash: NO_ENTRY };
    if (!isQuarantined() && await provesFork(store, head, proof)) await replica.restore(bytes);
    this.#faultOf(
      device,
      isQuarantined()
        ? "it signed two entries with one number, so nothing more is taken from it."
        : "the proof that it forked proves nothing here.",
    );
  }

  async #takeMedium(blob: StoredBlob): Promise<void> {
    const known = await this.#ports.store.media(blob.hash);
    const isWaiting = this.#blobs.some(({ hash }) => hash === blob.hash);
    if (known?.state === "here" || isWaiting) return;
    this.#blobs.push(blob);
    this.#blobBytes += blob.bytes.length;
    if (this.#blobBytes >= MEDIA_BATCH_BYTES) await this.#flushMedia();
  }

  async #flushMedia(): Promise<void> {
    const blobs = this.#blobs;
    if (blobs.length === 0) return;
    // records first: what was restored of them speaks of these
    await this.#flushEntries();
    [this.#blobs, this.#blobBytes] = [[], 0];
    await this.#ports.store.commit({ blobs, at: this.#ports.nowMs(), strict: true });
    this.#counts.media += blobs.length;
  }

  #faultOf(device: DeviceId, what: string): void {
    this.#faults.add(`${deviceWords(device, this.#ports.replica.nameOf(device))}: ${what}`);
  }

  #feed(device: DeviceId): FeedProgress | null {
    const known = this.#feeds.get(device);
    if (known || this.#feeds.size >= MOST_DEVICES) return known ?? null;
    const feed = new FeedProgress();
    this.#feeds.set(device, feed);
    return feed;
  }
}
