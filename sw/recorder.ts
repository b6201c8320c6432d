import { type Failure, toFailure } from "../field/errors.ts";
import type { Observation } from "../field/observation.ts";
import { MOST_IN_BATCH } from "../field/observation_batch.ts";
import type { Replica } from "../field/replica.ts";
import type { StoredBlob } from "../field/store.ts";

export interface RecorderPorts {
  readonly replica: Pick<Replica, "record">;
  /** Resolves after `ms`. */
  readonly wait: (ms: number) => Promise<void>;
  /** Observations are on disk, or could not be saved. */
  readonly onSaved: () => void;
  readonly onFailure: (failure: Failure) => void;
}

interface Pending {
  readonly observation: Observation;
  readonly thumb: StoredBlob | undefined;
}

/** Observations wait this long for others to share their transaction. */
const BATCH_MS = 400;
const RETRY_MS = [1000, 2000, 5000, 15_000, 30_000];
/** Held in memory while the disk refuses; beyond it the oldest completions are kept, and the user is told. */
const MOST_PENDING = 5000;

/**
 * Writes observations in batches. What has not been written is pending, is tried again until it is on
 * disk, and is never counted as saved.
 */
export class Recorder {
  readonly #ports: RecorderPorts;
  readonly #pending = new Map<string, Pending>();
  #writing: Promise<void> | null = null;
  /** In a row; and all. */
  #failures = 0;
  #refusals = 0;
  #failure: Failure | undefined;
  #hurry: (() => void) | null = null;

  constructor(ports: RecorderPorts) {
    this.#ports = ports;
  }

  get pending(): number {
    return this.#pending.size;
  }

  /** The last failure to save, until a save succeeds. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** Takes an observation in. A newer record of the same one takes the place of a pending one. */
  add(observation: Observation, thumb?: StoredBlob): void {
    if (this.#pending.size >= MOST_PENDING && !this.#pending.has(observation.id)) {
      this.#ports.onFailure({
        code: "storage-failed",
        message: "Too much waits to be saved: new observations are lost until the disk answers.",
      });
      return;
    }
    this.#pending.set(observation.id, { observation, thumb: thumb ?? this.#thumbOf(observation) });
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
    const batch = [...this.#pending].slice(0, MOST_IN_BATCH);
    const blobs = batch.flatMap(([, { thumb }]) => thumb ?? []);
    try {
      await this.#ports.replica.record(batch.map(([, { observation }]) => observation), blobs);
    } catch (thrown) {
      return await this.#failed(toFailure(thrown));
    }
    this.#failures = 0;
    this.#failure = undefined;
    for (const [id, one] of batch) if (this.#pending.get(id) === one) this.#pending.delete(id);
    this.#ports.onSaved();
  }

  async #failed(failure: Failure): Promise<void> {
    if (this.#failure?.code !== failure.code) this.#ports.onFailure(failure);
    this.#failure = failure;
    this.#refusals++;
    const wait = RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)];
    await this.#pause(wait);
  }

  /** Waits, or until someone is in a hurry. */
  async #pause(ms: number): Promise<void> {
    const hurried = new Promise<void>((resolve) => this.#hurry = resolve);
    await Promise.race([this.#ports.wait(ms), hurried]);
    this.#hurry = null;
  }

  #thumbOf({ id, thumb }: Observation): StoredBlob | undefined {
    const before = this.#pending.get(id)?.thumb;
    return before?.hash === thumb ? before : undefined;
  }
}
