import assert from "node:assert/strict";
import type { ObservationQuery } from "../../field/messages.ts";
import type { Observation } from "../../field/observation.ts";
import { makeLogRows } from "./log_rows.ts";

function seen(first: number): Observation {
  return {
    id: `o-${String(first).padStart(4, "0")}`,
    device: "d",
    label: "cat",
    score: 0.5,
    box: { x: 0, y: 0, width: 1, height: 1 },
    first,
    last: first + 10,
    open: false,
    frames: 3,
    source: "Demo",
    model: { id: "m", sha256: "0" },
  };
}

/** A store that answers as the worker does. */
class Store {
  queries = 0;
  broken = false;
  #all: Observation[];
  constructor(count: number) {
    this.#all = Array.from({ length: count }, (_, index) => seen((index + 1) * 10));
  }
  add(first: number): void {
    this.#all.push(seen(first));
  }
  observations({ limit, before, since }: ObservationQuery): Promise<readonly Observation[]> {
    this.queries++;
    if (this.broken) return Promise.reject(new Error("no worker"));
    const sorted = this.#all.filter(({ first }) => first > (since ?? 0))
      .toSorted((a, b) => b.first - a.first);
    const start = before === undefined ? 0 : sorted.findIndex(({ id }) => id === before) + 1;
    return Promise.resolve(sorted.slice(start, start + limit));
  }
}

function bench(count: number, pageSize: number) {
  const store = new Store(count);
  const log = makeLogRows(() => store, pageSize);
  const firsts = () => log.rows.value?.map(({ first }) => first);
  return { store, log, firsts };
}

Deno.test("more() reads page after page and stops at the end", async () => {
  const { store, log, firsts } = bench(5, 2);
  await log.refreshTop();
  assert.deepEqual(firsts(), [50, 40]);
  assert.equal(log.atEnd.value, false);
  await log.more();
  await log.more();
  assert.deepEqual(firsts(), [50, 40, 30, 20, 10]);
  assert.equal(log.atEnd.value, true);
  const before = store.queries;
  await log.more();
  assert.equal(store.queries, before);
});

Deno.test("more() reads once when asked twice at the same time", async () => {
  const { store, log, firsts } = bench(6, 2);
  await log.refreshTop();
  await Promise.all([log.more(), log.more()]);
  assert.equal(store.queries, 2);
  assert.equal(firsts()?.length, 4);
});

Deno.test("refreshTop() brings in what is new and knows a short log", async () => {
  const { store, log, firsts } = bench(1, 2);
  await log.refreshTop();
  assert.equal(log.atEnd.value, true);
  store.add(99);
  await log.refreshTop();
  assert.deepEqual(firsts(), [99, 10]);
});

Deno.test("refreshAll() finds what a peer brought deep in the log", async () => {
  const { store, log, firsts } = bench(5, 2);
  await log.refreshTop();
  await log.more();
  store.add(25);
  await log.refreshAll();
  assert.deepEqual(firsts(), [50, 40, 30, 25, 20]);
  await log.more();
  await log.more();
  store.add(15);
  store.add(1);
  await log.refreshAll();
  assert.deepEqual(firsts(), [50, 40, 30, 25, 20, 15, 10, 1]);
});

Deno.test("refreshTop() keeps the rows when reading fails, and tells why", async () => {
  const { store, log, firsts } = bench(2, 5);
  await log.refreshTop();
  store.broken = true;
  await log.refreshTop();
  assert.equal(firsts()?.length, 2);
  assert.equal(log.failure.value?.code, "internal");
  store.broken = false;
  await log.refreshTop();
  assert.equal(log.failure.value, null);
});

Deno.test("show() replaces the rows by what its query finds, and more() goes on with it", async () => {
  const { log, firsts } = bench(6, 2);
  await log.refreshTop();
  await log.show({ since: 25 });
  assert.deepEqual(firsts(), [60, 50]);
  await log.more();
  await log.more();
  assert.deepEqual(firsts(), [60, 50, 40, 30]);
  assert.equal(log.atEnd.value, true);
  await log.show({});
  assert.deepEqual(firsts(), [60, 50]);
  assert.equal(log.atEnd.value, false);
});

Deno.test("show() drops the answer to a query that is no longer shown", async () => {
  const { log, firsts } = bench(3, 5);
  const [first, second] = [log.show({ since: 25 }), log.show({ since: 15 })];
  await Promise.all([first, second]);
  assert.deepEqual(firsts(), [30, 20]);
  const refreshing = log.refreshTop();
  await log.show({ since: 25 });
  await refreshing;
  assert.deepEqual(firsts(), [30]);
});
