import { isHex } from "../bytes.ts";
import { isStamp } from "../clock.ts";
import { type Crew, visibleThrough } from "./crew.ts";
import { type EntryContent, mediaOf, storedContent } from "./entry_content.ts";
import type { DeviceId } from "../observation.ts";
import { type Commit, type Head, SettingMoved, type Store } from "../store/store.ts";

/** How far the index is built: `done` of `total` entries while it is not whole. */
export interface IndexState {
  readonly whole: boolean;
  readonly done: number;
  readonly total: number;
  /** Why building it stopped, if it did: it goes on with the next start, or when it is asked for. */
  readonly failure?: unknown;
}

export interface IndexBuildPorts {
  readonly self: DeviceId;
  readonly store: Store;
  readonly automerge: () => Promise<void>;
  /** As they are now, on disk. */
  readonly heads: () => ReadonlyMap<DeviceId, Head>;
  readonly crew: () => Crew | null;
  /** Reads the state from disk, this build's ({@link IndexBuild.load}) too. */
  readonly reload: () => Promise<void>;
  /** Runs work while nothing else writes. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

/** The setting that says how far a build had come, so that it goes on after a restart. */
export const BUILD_SETTING = "index-build";
/** Of entries, a step: some ms of work, and a few MB of observations. */
const STEP_BYTES = 64 * 1024;

/** With this commit the index is empty, and to be built from the first entry on. */
export const BEGIN_BUILD: Pick<Commit, "clearIndex" | "indexIsWhole" | "settings"> = {
  clearIndex: true,
  indexIsWhole: false,
  settings: { [BUILD_SETTING]: [] },
};

/**
 * Builds the index (observations, edits) from the entries, in steps between which other turns go. What
 * is recorded or received meanwhile is indexed at once, and once more when the build comes to it: each
 * feed is read in order to its end, so that the last word on an observation is the last written. Each step
 * goes on from what {@link BUILD_SETTING} says on disk: another worker may be building too, or begin anew.
 */
export class IndexBuild {
  readonly #ports: IndexBuildPorts;
  /** By device up to which entry it is built; null when it is whole. */
  #done: Map<DeviceId, number> | null = null;
  #mustClear = false;
  /** What {@link BUILD_SETTING} was when it was last read or written. */
  #setting: unknown;
  #running: Promise<void> | null = null;
  #failure: unknown;
  readonly #listeners = new Set<(done: number, total: number) => void>();

  constructor(ports: IndexBuildPorts) {
    this.#ports = ports;
  }

  /** As it is on disk: whole, or what {@link BUILD_SETTING} says. */
  load(isWhole: boolean, setting: unknown): void {
    const done = parseDone(setting);
    this.#setting = setting;
    this.#done = isWhole ? null : done ?? new Map();
    this.#mustClear = !isWhole && done === null;
  }

  /** The disk has {@link BEGIN_BUILD}. */
  begun(): void {
    this.#setting = [];
    this.#done = new Map();
    this.#mustClear = false;
  }

  get isWhole(): boolean {
    return this.#done === null;
  }

  get state(): IndexState {
    if (!this.#done) return { whole: true, done: 0, total: 0 };
    const { done, total } = this.#progress(this.#done);
    return {
      ...{ whole: false, done, total },
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
    };
  }

  /** Builds what is not built yet. Resolves when the index is whole; rejects when the disk refuses. */
  async run(onProgress?: (done: number, total: number) => void): Promise<void> {
    if (onProgress) this.#listeners.add(onProgress);
    try {
      do {
        this.#running ??= this.#build();
        await this.#running;
      } while (!this.isWhole);
    } finally {
      if (onProgress) this.#listeners.delete(onProgress);
    }
  }

  /** As {@link run}, for nobody to wait for: a failure is told by {@link state}. */
  runAlone(): void {
    this.run().catch((failure) => this.#failure = failure);
  }

  async #build(): Promise<void> {
    this.#failure = undefined;
    try {
      await this.#ports.automerge();
      while (await this.#ports.inTurn(() => this.#step())) {
        if (!this.#done) continue;
        const { done, total } = this.#progress(this.#done);
        for (const listener of this.#listeners) listener(done, total);
      }
    } finally {
      this.#running = null;
    }
  }

  /** False when the index is whole. */
  async #step(): Promise<boolean> {
    try {
      return await this.#advance();
    } catch (failure) {
      if (!(failure instanceof SettingMoved)) throw failure;
      await this.#ports.reload();
      return !this.isWhole;
    }
  }

  async #advance(): Promise<boolean> {
    const { store } = this.#ports;
    if (!this.#done) return false;
    if (this.#mustClear) {
      await store.commit(BEGIN_BUILD);
      this.begun();
    }
    // on disk, not in memory: another worker may have written more, which a build that began since has cleared
    const next = this.#next(this.#done, await store.heads());
    if (!next) {
      await store.commit({
        ...{ indexIsWhole: true, strict: true },
        ifSettings: { [BUILD_SETTING]: this.#setting },
        settings: { [BUILD_SETTING]: null },
      });
      this.#done = null;
      return false;
    }
    await this.#index(next.device, this.#done.get(next.device) ?? 0, next.end);
    return true;
  }

  async #index(device: DeviceId, after: number, end: number): Promise<void> {
    const { store, self } = this.#ports;
    const step = (await store.entriesAfter(device, after, STEP_BYTES))
      .filter(({ seq }) => seq <= end);
    const contents = await Promise.all(step.map(storedContent));
    const found = contents.filter((content): content is EntryContent => content !== null);
    const observations = found.flatMap((content) => content.observations);
    const done = new Map(this.#done);
    // what is lost on disk cannot be indexed: verify() tells of it
    done.set(device, step.at(-1)?.seq ?? end);
    await store.commit({
      observations,
      edits: found.flatMap(({ edits }) => edits),
      wanted: device === self
        ? []
        : observations.flatMap(({ observation }) => mediaOf(observation)),
      ifSettings: { [BUILD_SETTING]: this.#setting },
      settings: { [BUILD_SETTING]: [...done] },
    });
    this.#setting = [...done];
    this.#done = done;
  }

  #next(
    done: ReadonlyMap<DeviceId, number>,
    heads: readonly Head[],
  ): { device: DeviceId; end: number } | undefined {
    return this.#ends(heads).find(({ device, end }) => (done.get(device) ?? 0) < end);
  }

  /** Up to which entry each feed belongs into the index. */
  #ends(heads: readonly Head[]): { device: DeviceId; end: number }[] {
    const { self, crew } = this.#ports;
    return heads.map(({ device, seq }) => ({
      device,
      end: Math.min(seq, visibleThrough(crew(), self, device)),
    })).sort((a, b) => a.device < b.device ? -1 : 1);
  }

  #progress(built: ReadonlyMap<DeviceId, number>): { done: number; total: number } {
    let [done, total] = [0, 0];
    for (const { device, end } of this.#ends([...this.#ports.heads().values()])) {
      done += Math.min(end, built.get(device) ?? 0);
      total += end;
    }
    return { done, total };
  }
}

function parseDone(setting: unknown): Map<DeviceId, number> | null {
  if (!Array.isArray(setting)) return null;
  const pairs = setting.filter((pair): pair is [DeviceId, number] =>
    Array.isArray(pair) && isHex(pair[0], 32) && isStamp(pair[1])
  );
  return new Map(pairs);
}
