/** The shipping store, feed and recorder in a service worker, and a clock. */
import { createKeys, signerOf, type StoredKeys } from "../../field/keys.ts";
import { MemoryStore } from "../../field/store/memory_store.ts";
import type { DeviceId, Observation } from "../../field/observation.ts";
import { beginOf, observationId } from "../../field/batch/observation_batch.ts";
import type { Facets } from "../../field/store/query.ts";
import { Replica } from "../../field/feed/replica.ts";
import type { Store } from "../../field/store/store.ts";
import { IdbStore } from "../../sw/idb_store.ts";
import { Recorder } from "../../sw/recorder.ts";
import { PlainRows } from "./journal_rows.ts";
import { answerQuery, PAGE, WORD } from "./journal_queries.ts";
import type { Figures, QueryName, Way } from "./journal_questions.ts";
import { sightingsOf } from "./journal_sightings.ts";

const MOST_IN_PAGE = 500;
const EDITS_AT_ONCE = 64;
/** Taken in at once: as much as a peer's frame brings. */
const RECEIVED_BYTES = 256 << 10;
const NOBODY: DeviceId = "00".repeat(32);
/** After the newest observation the next one begins. */
const NEXT_AFTER_MS = 20_000;

interface Opened {
  readonly store: IdbStore;
  readonly replica: Replica;
  facets?: Facets;
}

/** Devices in this worker, each with a database of its own. */
export class JournalDevices {
  readonly #automerge: () => Promise<void>;
  readonly #opened = new Map<string, Opened>();

  constructor(automerge: () => Promise<void>) {
    this.#automerge = automerge;
  }

  async ingest(database: string, count: number, way: Way): Promise<Figures> {
    if (way === "plain-rows") return await this.#ingestPlainly(database, count);
    const { replica } = await this.#device(database);
    const save = way === "recorder"
      ? throughRecorder(replica)
      : (some: readonly Observation[]) => replica.record(some, []);
    let ms = 0;
    for (const some of sightingsOf(replica.id, count)) ms += await timed(() => save(some));
    return { ms };
  }

  async #ingestPlainly(database: string, count: number): Promise<Figures> {
    const rows = await PlainRows.open(database);
    let ms = 0;
    for (const some of sightingsOf(NOBODY, count)) ms += await timed(() => rows.put(some));
    rows.close();
    return { ms };
  }

  async save(database: string): Promise<Figures> {
    const { store, replica } = await this.#device(database);
    const [newest] = await store.observations({ limit: 1, devices: [replica.id] });
    const first = newest.first + NEXT_AFTER_MS;
    const id = observationId(replica.id, beginOf(newest.id) + NEXT_AFTER_MS * 1024);
    const one: Observation = { ...newest, id, first, last: first + newest.last - newest.first };
    return { ms: await timed(() => replica.record([one], [])) };
  }

  async gather(database: string, count: number): Promise<Figures> {
    const { replica } = await this.#device(database);
    const other = await this.#visitor();
    await replica.found();
    await replica.admit(other.id, "sensor");
    for (const some of sightingsOf(other.id, count)) await other.record(some, []);
    let ms = 0;
    for (let seq = 0;;) {
      const wire = await other.entriesAfter(other.id, seq, RECEIVED_BYTES);
      if (wire.length === 0) break;
      ms += await timed(() => replica.receive(wire));
      seq += wire.length;
    }
    if (replica.headOf(other.id)?.seq !== other.headOf(other.id)?.seq) {
      throw new Error("Cannot gather: entries were refused");
    }
    return { ms };
  }

  async comment(database: string, count: number): Promise<Figures> {
    const { store, replica } = await this.#device(database);
    const every = Math.ceil(await store.countObservations() / count);
    const ids = (await idsOf(store)).filter((_, n) => n % every === 0);
    const edits = ids.map((observation, n) => ({
      observation,
      field: "comment" as const,
      value: `${WORD}, number ${n}`,
    }));
    let ms = 0;
    for (let at = 0; at < edits.length; at += EDITS_AT_ONCE) {
      ms += await timed(() => replica.note(edits.slice(at, at + EDITS_AT_ONCE)));
    }
    return { ms };
  }

  async open(database: string): Promise<Figures> {
    if (this.#opened.has(database)) throw new Error(`Cannot open ${database}: it is open`);
    const start = performance.now();
    const store = new IdbStore(database);
    const keys = await store.keys();
    const opened = performance.now();
    const replica = await this.#replica(store, keys);
    const read = performance.now();
    await store.observations({ limit: PAGE });
    const end = performance.now();
    this.#opened.set(database, { store, replica });
    return {
      ms: end - start,
      storeMs: opened - start,
      replicaMs: read - opened,
      newestMs: end - read,
    };
  }

  async query(database: string, query: QueryName): Promise<Figures> {
    const device = await this.#device(database);
    const { store, facets = await store.facets() } = device;
    device.facets = facets;
    const start = performance.now();
    const found = await answerQuery(store, facets, query);
    return { ms: performance.now() - start, found };
  }

  async rebuild(database: string): Promise<Figures> {
    const { replica } = await this.#device(database);
    return { ms: await timed(() => replica.rebuildIndex()) };
  }

  async verify(database: string): Promise<Figures> {
    const { replica } = await this.#device(database);
    const start = performance.now();
    const { entries, faults } = await replica.verify();
    if (faults.length > 0) throw new Error(`Cannot verify: ${JSON.stringify(faults[0])}`);
    return { ms: performance.now() - start, entries };
  }

  async drop(database: string): Promise<Figures> {
    this.#opened.get(database)?.store.close();
    this.#opened.delete(database);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const request = indexedDB.deleteDatabase(database);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
    await promise;
    return {};
  }

  async #device(database: string): Promise<Opened> {
    const known = this.#opened.get(database);
    if (known) return known;
    const store = new IdbStore(database);
    const opened = { store, replica: await this.#replica(store, await store.keys()) };
    this.#opened.set(database, opened);
    return opened;
  }

  #replica(store: Store, keys: StoredKeys): Promise<Replica> {
    return Replica.open({
      store,
      signer: signerOf(keys),
      nowMs: () => Date.now(),
      automerge: this.#automerge,
    });
  }

  /** Another device, in memory. */
  async #visitor(): Promise<Replica> {
    return await this.#replica(new MemoryStore(), await createKeys());
  }
}

/** Hands over as the app's watcher does; resolves when all are on disk. */
function throughRecorder(replica: Replica): (some: readonly Observation[]) => Promise<void> {
  const fail = (why: string) => {
    throw new Error(`Cannot record: ${why}`);
  };
  const recorder = new Recorder({
    replica,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    onSaved: () => {},
    onFailure: ({ message }) => fail(message),
    onFull: () => fail("the disk is full"),
  });
  return async (some) => {
    for (const one of some) recorder.add(one);
    await recorder.flush();
    if (recorder.pending > 0) fail(`${recorder.pending} wait`);
  };
}

async function idsOf(store: Store): Promise<string[]> {
  const ids: string[] = [];
  for (;;) {
    const page = await store.observations({ limit: MOST_IN_PAGE, before: ids.at(-1) });
    if (page.length === 0) return ids;
    ids.push(...page.map(({ id }) => id));
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
