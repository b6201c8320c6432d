/** Ranges of an object store, in few round trips: a cursor that brings row by row is many times slower. */
import { type Bytes, plainBytes } from "../field/bytes.ts";
import type { Key, KeyRange, Row } from "../field/store/disk.ts";
import { compareKeys, type KeyBound, type KeySpan } from "../field/store/disk_key.ts";
import { resultOf } from "./idb_request.ts";

type Extent = Pick<KeyRange, "reverse" | "limit">;

/** What a row holds whose bytes the browser has lost. Nothing of ours is empty, so who reads it finds it damaged. */
const NOTHING: Bytes = new Uint8Array(0);

/** Of rows whose sizes are not known yet: a few, since each may be a picture. */
const FIRST_BATCH = 8;
const MOST_IN_BATCH = 256;
/** IndexedDB counts in 32 bits. */
const ALL = 2 ** 32 - 1;

/** Null when there is no such row. */
export async function valueAt(
  store: IDBObjectStore,
  key: IDBValidKey,
): Promise<Bytes | null> {
  const value: unknown = await resultOrLost(store.get(key));
  return value === undefined ? null : bytesOf(value);
}

export async function rowsIn(
  store: IDBObjectStore,
  span: KeySpan,
  extent: Extent,
): Promise<Row[]> {
  const range = await nearEnd(store, span, extent);
  const most = mostOf(extent);
  const [keys, all] = await Promise.all([
    resultOf(store.getAllKeys(range, most)),
    resultOrLost<unknown[]>(store.getAll(range, most)),
  ]);
  const values = all === LOST ? await Promise.all(keys.map((key) => valueAt(store, key))) : all;
  const rows = keys.map((key, i) => ({ key: parseKey(key), value: bytesOf(values[i]) }));
  return extent.reverse ? rows.reverse() : rows;
}

/** As many as fit `mostBytes`, but at least one: in batches as large as the sizes so far suggest. */
export async function rowsWithin(
  store: IDBObjectStore,
  span: KeySpan,
  extent: Extent & { readonly mostBytes: number },
): Promise<Row[]> {
  const { reverse, mostBytes, limit = Infinity } = extent;
  const taken: Row[] = [];
  let bytes = 0;
  let batch = FIRST_BATCH;
  for (let rest: KeySpan | null = span; rest && taken.length < limit;) {
    const asked = Math.min(batch, limit - taken.length);
    const rows = await rowsIn(store, rest, { reverse, limit: asked });
    for (const row of rows) {
      bytes += row.value.length;
      if (taken.length > 0 && bytes > mostBytes) return taken;
      taken.push(row);
    }
    if (rows.length < asked) return taken;
    rest = beyond(rest, rows[rows.length - 1].key, reverse);
    const fitting = Math.ceil((mostBytes - bytes) * taken.length / Math.max(bytes, 1)) + 1;
    batch = Math.max(1, Math.min(fitting, MOST_IN_BATCH));
  }
  return taken;
}

export async function keysIn(
  store: IDBObjectStore,
  span: KeySpan,
  extent: Extent,
): Promise<Key[]> {
  const range = await nearEnd(store, span, extent);
  const keys = (await resultOf(store.getAllKeys(range, mostOf(extent)))).map(parseKey);
  return extent.reverse ? keys.reverse() : keys;
}

export async function countIn(store: IDBObjectStore, span: KeySpan): Promise<number> {
  return await resultOf(store.count(rangeOf(span)));
}

/** The part of the span that holds just the rows asked for: bulk reads begin at the front only. */
async function nearEnd(
  store: IDBObjectStore,
  span: KeySpan,
  { reverse, limit }: Extent,
): Promise<IDBKeyRange> {
  if (!reverse || limit === undefined) return rangeOf(span);
  const request = store.openKeyCursor(rangeOf(span), "prev");
  let cursor = await resultOf(request);
  if (cursor && limit > 1) {
    cursor.advance(mostOf({ limit }) - 1);
    cursor = await resultOf(request);
  }
  return cursor ? rangeOf({ ...span, low: parseKey(cursor.key) }) : rangeOf(span);
}

/** What is left of the span past `key`; null when nothing is. */
function beyond({ low, high }: KeySpan, key: Key, reverse = false): KeySpan | null {
  const rest: KeySpan = reverse ? { low, high: key } : { low: [...key, -Infinity], high };
  return compareKeys(rest.low, rest.high) < 0 ? rest : null;
}

function rangeOf({ low, high }: KeySpan): IDBKeyRange {
  return IDBKeyRange.bound(idbKey(low), idbKey(high), false, true);
}

function idbKey(bound: KeyBound): IDBValidKey {
  return bound.map((part) => typeof part === "object" ? [] : part);
}

function mostOf({ limit }: Extent): number {
  return Math.min(limit ?? ALL, ALL);
}

const LOST = Symbol("lost");
/** How Chromium says that a large value's file is gone or cannot be read. */
const LOST_NAMES = ["DataError", "NotReadableError"];

/** What a request comes to; {@link LOST} when a value is beyond reading. The others still are not. */
async function resultOrLost<T>(request: IDBRequest<T>): Promise<T | typeof LOST> {
  const isLost = () => LOST_NAMES.includes(request.error?.name ?? "");
  // or it would end the transaction, and what can be read would go with what cannot
  request.addEventListener("error", (event) => isLost() && event.preventDefault());
  return await resultOf(request).catch((cause) => {
    if (isLost()) return LOST;
    throw cause;
  });
}

function bytesOf(value: unknown): Bytes {
  return value instanceof Uint8Array ? plainBytes(value) : NOTHING;
}

/** @throws TypeError when a foreign hand has put in a row under a key that is none of ours. */
function parseKey(key: IDBValidKey): Key {
  const parts: readonly unknown[] = Array.isArray(key) ? key : [key];
  return parts.map((part) => {
    if (typeof part === "number" || typeof part === "string") return part;
    throw new TypeError("A key in the database is not made of numbers and texts");
  });
}
