import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { IDBFactory } from "fake-indexeddb";
import type { KeptMap } from "./map_archive.ts";
import { dropMap, keepMap, keptMap } from "./map_store.ts";
import { parseKeptMap } from "./parse_kept_map.ts";

function someMap(name: string): KeptMap {
  return {
    archive: {
      ...{ tiles: "vector", bounds: [7, 51, 9, 53], minZoom: 0, maxZoom: 15 },
      ...{ attribution: "© Test", layers: ["earth"] },
    },
    ...{ name, file: new Blob(["0123456789"]), keptAtMs: 17 },
  };
}

Deno.test("keepMap() keeps one map, in place of the one before, until dropMap()", async () => {
  const factory = new IDBFactory();
  assert.equal(await keptMap(factory), null);
  await keepMap(factory, someMap("first"));
  await keepMap(factory, someMap("second"));
  assert.equal((await keptMap(factory))?.name, "second");
  await dropMap(factory);
  assert.equal(await keptMap(factory), null);
});

Deno.test("keepMap() rejects with the transaction's own error, and the former map stays", async () => {
  const factory = new IDBFactory();
  await keepMap(factory, someMap("first"));
  const uncloneable = { ...someMap("second"), more: () => {} };
  await assert.rejects(keepMap(factory, uncloneable), { name: "DataCloneError" });
  assert.equal((await keptMap(factory))?.name, "first");
});

Deno.test("parseKeptMap() takes what keepMap() writes, and nothing else", () => {
  const map = someMap("site");
  assert.equal(parseKeptMap(map), map);
  const wrong = [
    ...[null, undefined, 7, {}, { ...map, file: "bytes" }, { ...map, name: 7 }],
    ...[{ ...map, archive: { ...map.archive, tiles: "mlt" } }],
    ...[{ ...map, archive: { ...map.archive, bounds: [1, 2, 3] } }],
    ...[{ ...map, archive: { ...map.archive, bounds: [1, 2, 3, NaN] } }],
    ...[{ ...map, archive: { ...map.archive, layers: [7] } }],
  ];
  for (const value of wrong) assert.equal(parseKeptMap(value), null);
});
