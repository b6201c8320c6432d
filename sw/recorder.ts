import { type Failure, toFailure } from "../field/errors.ts";
import type { Hex, Observation } from "../field/observation.ts";
import { MOST_IN_BATCH, MOST_IN_RECORD } from "../field/batch/observation_batch.ts";
import type { Replica } from "../field/feed/replica.ts";
import type { StoredBlob } from "../field/store/store.ts";

export interface RecorderPorts {
  readonly replica: Pick<Replica, "record">;
  /** Resolves after `ms`. */
  readonly wait: (ms: number) => Promise<void>;
  /** Observations are on disk, or could not be saved. */
  readonly onSaved: () => void;
  readonly onFailure: (failure: Failure) => void;
  /** There is no room for pictures: time to remove old ones, where a rule says so. */
  readonly onFull: () => void;
}

interface Pending {
  readonly observation: Observation;
  /** Those of the observation's pictures that may not be on disk yet. */
  readonly pictures: readonly StoredBlob[];
}

type Batch = readonly (readonly [id: string, one: Pending])[];

/** Observations wait this long for others to share their transaction. */
const BATCH_MS = 400;
const RETRY_MS = [1000, 2000, 5000, 15_000, 30_000];
/** Held in memory while the disk refuses; beyond it the oldest completions are kept, and the user is told. */
const MOST_PENDING = 5000;
/** Pictures of one transaction: browsers hold all of it in memory until it is through. */
const MOST_BATCH_BYTES = 8 << 20;
/** Pictures held in memory while the disk refuses; beyond it observations wait without theirs. */
const MOST_PENDING_BYTES = 32 << 20;

const MOST_REMEMBERED = 512;

const WITHOUT_PICTURES: Failure = {
  code: "storage-full",
  message:
    "The storage is full: observations are saved, but without their pictures. Remove old pictures under Storage, or free space on this device.",
};
const LEFT_OUT: Failure = {
  code: "storage-failed",
  message:
    "The disk has not answered for long: new observations wait to be saved, without their pictures.",
};

/**
 * Writes observations in batches. What has not been written is pending, is tried again until it is on
 * disk, and is never counted as saved. When there is no room for pictures, the records are saved without.
 */
export class Recorder {
  readonly #ports: RecorderPorts;
  readonly #pending = new Map<string, Pending>();
  #pendingBytes = 0;
  /** Pictures written lately: an object that stays in view is written again, its pictures are not. */
  readonly #stored = new Set<Hex>();
  #writing: Promise<void> | null = null;
  /** In a row; and all. */
  #failures = 0;
  #refusals = 0;
  #failure: Failure | undefined;
  #toldLeftOut = false;
  #hurry: (() => void) | null = null;

  constructor(ports: RecorderPorts) {
    this.#ports = ports;
  }

  get pending(): number {
    return this.#pending.size;
  }

  /** The last failure to save, until a save succeeds: with pictures, if it was they that found no room. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** Takes an observation in. A newer record of the same one takes the place of a pending one. */
  add(observation: Observation, pictures: readonly StoredBlob[] = []): void {
    if (this.#pending.size >= MOST_PENDING && !this.#pending.has(observation.id)) {
      this.#ports.onFailure({
        code: "storage-failed",
        message: "Too much waits to be saved: new observations are lost until the disk answers.",
      });
      return;
    }
    const fresh = pictures.filter(({ hash }) => !this.#stored.has(hash));
    this.#put(observation, [...fresh, ...this.#waitingPictures(observation, fresh)]);
    this.#writing ??= this.#write();
    if (this.#pending.size >= MOST_IN_BATCH && this.#failures === 0) this.#hurry?.();
  }

  /** Writes now. Resolves when nothing is pending, or the disk has refused. */
  async flush(): Promise<void> {
    const refusals = this.#refusals;
    while (this.#writing && this.#refusals === refusals) {
      this.#hurry?.();
      await Promise.race([this.#writing, this.#ports.wait(BATCH_MS)]);
    }
  }

  /** Pictures were removed: what finds no room is tried again at once. */
  roomMade(): void {
    if (this.#failure?.code !== "storage-full") return;
    if (this.#failures === 0) this.#failure = undefined; // records were saved all along
    else this.#hurry?.();
  }

  #put(observation: Observation, pictures: readonly StoredBlob[]): void {
    const before = this.#pending.get(observation.id);
    const othersBytes = this.#pendingBytes - sizeOf(before?.pictures ?? []);
    let one: Pending = { observation, pictures };
    if (othersBytes + sizeOf(pictures) > MOST_PENDING_BYTES) {
      one = without(one);
      if (!this.#toldLeftOut) this.#ports.onFailure(LEFT_OUT);
      this.#toldLeftOut = true;
    }
    this.#pending.set(observation.id, one); // a newer record keeps the place of the older one
    this.#pendingBytes = othersBytes + sizeOf(one.pictures);
  }

  /** These are on disk, but for those of which there is a newer record by now. */
  #written(batch: Batch): void {
    for (const [id, one] of batch) {
      if (this.#pending.get(id) !== one) continue;
      this.#pending.delete(id);
      this.#pendingBytes -= sizeOf(one.pictures);
    }
  }

  async #write(): Promise<void> {
    try {
      await this.#pause(BATCH_MS);
      while (this.#pending.size > 0) await this.#writeBatch();
    } finally {
      // in the same turn as the last look: what is added after it begins a writing of its own
      this.#writing = null;
    }
  }

  async #writeBatch(): Promise<void> {
    const batch = this.#nextBatch();
    const hasPictures = batch.some(([, { pictures }]) => pictures.length > 0);
    let failure = await this.#record(batch);
    if (failure?.code === "storage-full" && hasPictures) {
      this.#ports.onFull();
      failure = await this.#record(batch.map(([id, one]) => [id, without(one)]));
      if (!failure) this.#tell(WITHOUT_PICTURES);
    } else if (!failure && (hasPictures || this.#failures > 0)) this.#failure = undefined;
    if (failure) return await this.#failed(failure);
    this.#failures = 0;
    this.#toldLeftOut = false;
    this.#written(batch);
    this.#ports.onSaved();
  }

  #nextBatch(): Batch {
    const batch: (readonly [string, Pending])[] = [];
    let bytes = 0;
    for (const [id, one] of this.#pending) {
      bytes += sizeOf(one.pictures);
      const isFull = batch.length >= MOST_IN_RECORD || bytes > MOST_BATCH_BYTES;
      if (isFull && batch.length > 0) break;
      batch.push([id, one]);
    }
    return batch;
  }

  async #record(batch: Batch): Promise<Failure | null> {
    const blobs = new Map<Hex, StoredBlob>();
    for (const [, { pictures }] of batch) for (const blob of pictures) blobs.set(blob.hash, blob);
    try {
      const observations = batch.map(([, { observation }]) => observation);
      await this.#ports.replica.record(observations, [...blobs.values()]);
      this.#remember(blobs.keys());
      return null;
    } catch (thrown) {
      return toFailure(thrown);
    }
  }

  #remember(hashes: Iterable<Hex>): void {
    for (const hash of hashes) this.#stored.add(hash);
    for (const oldest of this.#stored) {
      if (this.#stored.size <= MOST_REMEMBERED) return;
      this.#stored.delete(oldest);
    }
  }

  async #failed(failure: Failure): Promise<void> {
    this.#tell(failure);
    this.#refusals++;
    const wait = RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)];
    await this.#pause(wait);
  }

  /** Once, and again when it is another one. */
  #tell(failure: Failure): void {
    const before = this.#failure;
    this.#failure = failure;
    if (before?.code !== failure.code || before.message !== failure.message) {
      this.#ports.onFailure(failure);
    }
  }

  /** Waits, or until someone is in a hurry. */
  async #pause(ms: number): Promise<void> {
    const hurried = new Promise<void>((resolve) => this.#hurry = resolve);
    await Promise.race([this.#ports.wait(ms), hurried]);
    this.#hurry = null;
  }

  /** Pictures of the pending record that this newer one still speaks of. */
  #waitingPictures(
    { id, thumb, frame }: Observation,
    newer: readonly StoredBlob[],
  ): readonly StoredBlob[] {
    const named = new Set([thumb, frame]);
    for (const { hash } of newer) named.delete(hash);
    return this.#pending.get(id)?.pictures.filter(({ hash }) => named.has(hash)) ?? [];
  }
}

/** The record without the pictures that are not on disk: it must not name what nobody has. */
function without({ observation, pictures }: Pending): Pending {
  const missing = new Set(pictures.map(({ hash }) => hash));
  const { thumb, frame, ...rest } = observation;
  return {
    observation: {
      ...rest,
      ...(thumb === undefined || missing.has(thumb) ? {} : { thumb }),
      ...(frame === undefined || missing.has(frame) ? {} : { frame }),
    },
    pictures: [],
  };
}

function sizeOf(pictures: readonly StoredBlob[]): number {
  return pictures.reduce((sum, { bytes }) => sum + bytes.length, 0);
}
