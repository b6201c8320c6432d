import { type Figures, QUERIES, type Way, WAYS } from "../browser/journal_questions.ts";
import { interleave } from "../interleave.ts";
import { median, type Row, row } from "../row.ts";
import { JournalLab } from "./journal_lab.ts";

const SMALL = 10_000;
const LARGE = 100_000;
/** Of the large ones, what another member of the crew has seen. */
const GATHERED = 10_000;
const COMMENTS = 200;
const INGEST_ROUNDS = 5;
const OPEN_ROUNDS = 7;
const QUERY_ROUNDS = 3;
/** They stay for what is timed on them: with nothing, 10,000 and 100,000 observations. */
const EMPTY_DATABASE = "empty";
const SMALL_DATABASE = String(SMALL);
const LARGE_DATABASE = String(LARGE);

/** In Chromium's service worker, with the shipping code on IndexedDB. */
export async function workerTimes(): Promise<Row[]> {
  await using lab = await JournalLab.open();
  return [
    ...await ingests(lab),
    ...await fills(lab),
    ...await opens(lab),
    ...await queries(lab),
    await saves(lab),
    ...await checks(lab),
    await heap(lab),
  ];
}

/** Into databases of their own, which are deleted again. */
async function ingests(lab: JournalLab): Promise<Row[]> {
  const times = await interleave(WAYS, INGEST_ROUNDS, async (way) => {
    const { ms } = await ingestAndDrop(lab, SMALL, way);
    return [ms];
  });
  const ms = (way: Way) => median(times.get(way) ?? []);
  const large = await ingestAndDrop(lab, LARGE, "recorder");
  const peer = { name: "plain-indexeddb-rows", value: ms("plain-rows") };
  return [
    row("journal", "ingest-10000-ms", ms("recorder"), "ms", peer),
    row("journal", "ingest-10000-ms-without-recorder", ms("replica"), "ms", peer),
    row("journal", "ingest-100000-ms", large.ms, "ms"),
  ];
}

async function ingestAndDrop(lab: JournalLab, count: number, way: Way) {
  const database = `ingest-${way}`;
  const figures = await lab.ask({ ask: "ingest", database, count, way });
  await lab.ask({ ask: "drop", database });
  return figures;
}

/** The databases that the rest is timed on. */
async function fills(lab: JournalLab): Promise<Row[]> {
  const fill = (database: string, count: number) =>
    lab.ask({ ask: "ingest", database, count, way: "replica" });
  await fill(EMPTY_DATABASE, 0);
  await fill(SMALL_DATABASE, SMALL);
  await fill(LARGE_DATABASE, LARGE - GATHERED);
  const gathered = await lab.ask({ ask: "gather", database: LARGE_DATABASE, count: GATHERED });
  const { found } = await lab.ask({ ask: "query", database: LARGE_DATABASE, query: "count" });
  if (found !== LARGE) throw new Error(`Cannot time: ${found} observations, not ${LARGE}`);
  await lab.ask({ ask: "comment", database: LARGE_DATABASE, count: COMMENTS });
  return [row("journal", "receive-10000-ms", gathered.ms, "ms")];
}

/** With a worker that has just been started, each time. */
async function opens(lab: JournalLab): Promise<Row[]> {
  const databases = [SMALL_DATABASE, LARGE_DATABASE];
  const samples = await interleave(
    databases,
    OPEN_ROUNDS,
    async (database) => [await restart(lab, database)],
  );
  return databases.map((database) => {
    const of = (figure: string) => medianOf(samples.get(database) ?? [], figure);
    const parts = ["storeMs", "replicaMs", "newestMs", "fromPageMs"];
    return {
      ...row("journal", `open-${database}-ms`, of("ms"), "ms"),
      also: Object.fromEntries(parts.map((part) => [part, of(part)])),
    };
  });
}

/** Each by a worker that has just opened the store, then once more. */
async function queries(lab: JournalLab): Promise<Row[]> {
  const samples = await interleave(QUERIES, QUERY_ROUNDS, async (query) => {
    await restart(lab, LARGE_DATABASE);
    const first = await lab.ask({ ask: "query", database: LARGE_DATABASE, query });
    const { ms: againMs } = await lab.ask({ ask: "query", database: LARGE_DATABASE, query });
    return [{ ...first, againMs }];
  });
  return QUERIES.map((query) => {
    const of = (figure: string) => medianOf(samples.get(query) ?? [], figure);
    return {
      ...row("journal", `query-${query}-100000-ms`, of("ms"), "ms"),
      also: { againMs: of("againMs"), found: of("found") },
    };
  });
}

/** One observation more, strictly on disk: by a worker that has just been started, then again. */
async function saves(lab: JournalLab): Promise<Row> {
  const one = { ask: "save", database: LARGE_DATABASE } as const;
  const samples: Figures[] = [];
  for (let round = 0; round < OPEN_ROUNDS; round++) {
    await restart(lab, LARGE_DATABASE);
    const { ms: firstMs } = await lab.ask(one);
    const { ms } = await lab.ask(one);
    samples.push({ ms, firstMs });
  }
  return {
    ...row("journal", "save-1-of-100000-ms", medianOf(samples, "ms"), "ms"),
    also: { firstMs: medianOf(samples, "firstMs") },
  };
}

/** What is done when something is wrong, or to see that nothing is. */
async function checks(lab: JournalLab): Promise<Row[]> {
  await restart(lab, LARGE_DATABASE);
  const verified = await lab.ask({ ask: "verify", database: LARGE_DATABASE });
  const rebuilt = await lab.ask({ ask: "rebuild", database: LARGE_DATABASE });
  return [
    {
      ...row("journal", "verify-100000-ms", verified.ms, "ms"),
      also: { entries: verified.entries },
    },
    row("journal", "rebuild-index-100000-ms", rebuilt.ms, "ms"),
  ];
}

/** What the worker's memory grows by, from an empty store to one of 100,000 that has answered all queries. */
async function heap(lab: JournalLab): Promise<Row> {
  await restart(lab, EMPTY_DATABASE);
  const empty = await lab.heap();
  await restart(lab, LARGE_DATABASE);
  for (const query of QUERIES) await lab.ask({ ask: "query", database: LARGE_DATABASE, query });
  const full = await lab.heap();
  const [objects, buffers] = [full.objects - empty.objects, full.buffers - empty.buffers];
  return {
    ...row("journal", "heap-100000-bytes", objects + buffers, "B"),
    also: { objectBytes: objects, bufferBytes: buffers, emptyBytes: empty.objects + empty.buffers },
  };
}

async function restart(lab: JournalLab, database: string): Promise<Figures> {
  await lab.stopWorker();
  return await lab.ask({ ask: "open", database });
}

function medianOf(samples: readonly Figures[], figure: string): number {
  return median(samples.map((one) => one[figure]));
}
