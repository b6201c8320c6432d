import type { DeviceId, Hex, Observation } from "./observation.ts";
import type { ObservationQuery } from "./messages.ts";
import {
  type Commit,
  type Head,
  HeadMoved,
  type IndexedObservation,
  newestFirst,
  type Store,
  type StoredBlob,
  type StoredEntry,
} from "./store.ts";

/** A store without a disk: for tests and the simulator, where "durable" is what the test says it is. */
export class MemoryStore implements Store {
  readonly #heads = new Map<DeviceId, Head>();
  readonly #entries = new Map<DeviceId, Map<number, StoredEntry>>();
  readonly #observations = new Map<string, IndexedObservation>();
  readonly #blobs = new Map<Hex, StoredBlob>();
  readonly #wanted = new Set<Hex>();
  readonly #settings = new Map<string, unknown>();

  heads(): Promise<Head[]> {
    return Promise.resolve([...this.#heads.values()]);
  }

  entriesAfter(device: DeviceId, after: number, mostBytes: number): Promise<StoredEntry[]> {
    const taken: StoredEntry[] = [];
    let bytes = 0;
    for (const entry of this.#feed(device)) {
      if (entry.seq <= after) continue;
      bytes += entry.bytes.length;
      if (taken.length > 0 && bytes > mostBytes) break;
      taken.push(entry);
    }
    return Promise.resolve(taken);
  }

  entriesOf(doc: string): Promise<StoredEntry[]> {
    const devices = [...this.#entries.keys()].sort();
    return Promise.resolve(
      devices.flatMap((device) => this.#feed(device).filter((entry) => entry.doc === doc)),
    );
  }

  docs(prefix: string): Promise<string[]> {
    const names = new Set<string>();
    for (const feed of this.#entries.values()) {
      for (const { doc } of feed.values()) if (doc.startsWith(prefix)) names.add(doc);
    }
    return Promise.resolve([...names].sort());
  }

  observations(query: ObservationQuery): Promise<Observation[]> {
    const all = [...this.#observations.values()].map(({ observation }) => observation)
      .sort(newestFirst);
    const last = all.findIndex(({ id }) => id === query.before);
    if (query.before !== undefined && last < 0) return Promise.resolve([]);
    const start = last + 1;
    return Promise.resolve(
      all.slice(start).filter(({ first }) => first > (query.since ?? -Infinity))
        .slice(0, query.limit),
    );
  }

  countObservations(device?: DeviceId, throughSeq = Infinity): Promise<number> {
    let count = 0;
    for (const { observation, seq } of this.#observations.values()) {
      if ((device === undefined || observation.device === device) && seq <= throughSeq) count++;
    }
    return Promise.resolve(count);
  }

  openObservations(device: DeviceId): Promise<Observation[]> {
    return Promise.resolve(
      [...this.#observations.values()].map(({ observation }) => observation)
        .filter((one) => one.device === device && one.open),
    );
  }

  blob(hash: Hex): Promise<StoredBlob | null> {
    return Promise.resolve(this.#blobs.get(hash) ?? null);
  }

  wanted(limit: number): Promise<Hex[]> {
    return Promise.resolve([...this.#wanted].slice(0, limit));
  }

  countWanted(): Promise<number> {
    return Promise.resolve(this.#wanted.size);
  }

  setting(key: string): Promise<unknown> {
    return Promise.resolve(this.#settings.get(key));
  }

  settings(prefix: string): Promise<ReadonlyMap<string, unknown>> {
    return Promise.resolve(new Map([...this.#settings].filter(([key]) => key.startsWith(prefix))));
  }

  async commit(commit: Commit): Promise<void> {
    const settings = structuredClone(commit.settings ?? {}); // throws before anything is written
    for (const { head, after } of commit.heads ?? []) {
      const found = this.#heads.get(head.device)?.seq ?? 0;
      if (found !== after) throw new HeadMoved(head.device, after, found);
    }
    this.#write({ ...commit, settings });
    await Promise.resolve();
  }

  close(): void {}

  #write(commit: Commit): void {
    for (const entry of commit.entries ?? []) {
      const feed = this.#entries.get(entry.device) ?? new Map<number, StoredEntry>();
      this.#entries.set(entry.device, feed.set(entry.seq, entry));
    }
    for (const { head } of commit.heads ?? []) this.#heads.set(head.device, head);
    for (const one of commit.observations ?? []) this.#observations.set(one.observation.id, one);
    for (const blob of commit.blobs ?? []) this.#blobs.set(blob.hash, blob);
    for (const hash of commit.wanted ?? []) this.#wanted.add(hash);
    for (const hash of this.#blobs.keys()) this.#wanted.delete(hash);
    for (const [key, value] of Object.entries(commit.settings ?? {})) {
      this.#settings.set(key, value);
    }
  }

  #feed(device: DeviceId): StoredEntry[] {
    return [...this.#entries.get(device)?.values() ?? []].sort((a, b) => a.seq - b.seq);
  }
}
