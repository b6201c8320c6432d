import assert from "node:assert/strict";
import fc from "fast-check";
import { idOf } from "../../tests/fixtures/devices.ts";
import {
  crewDoc,
  crewDocs,
  deviceDoc,
  notesDoc,
  observationsDoc,
  packDocName,
  parseDocName,
  unpackDocName,
  worldDoc,
} from "./doc_name.ts";

const [ANN, BOB] = [idOf(0xaa), idOf(0xbb)];
const NUMBERS = [0, 7, 10, 999_999_999];

Deno.test("parseDocName() reads the names that are given to documents", () => {
  assert.deepEqual(parseDocName(crewDoc(ANN, BOB)), { kind: "crew", founder: ANN, by: BOB });
  assert.deepEqual(parseDocName(crewDocs(ANN)), { kind: "crew", founder: ANN, by: null });
  assert.deepEqual(parseDocName(deviceDoc(ANN)), { kind: "device", device: ANN });
  for (const n of NUMBERS) {
    assert.deepEqual(parseDocName(observationsDoc(ANN, n)), { kind: "obs", device: ANN, n });
    assert.deepEqual(parseDocName(notesDoc(ANN, n)), { kind: "notes", device: ANN, n });
    const world = { kind: "world", cell: "yard-2", device: ANN, n };
    assert.deepEqual(parseDocName(worldDoc("yard-2", ANN, n)), world);
  }
});

Deno.test("parseDocName() takes each name in one form only; all else is unknown", () => {
  const others = [
    "",
    "crew",
    "crew/",
    `crew/${ANN}/`,
    `crew/${ANN}/0`,
    `crew/${ANN.toUpperCase()}`,
    `crew/${ANN.slice(1)}`,
    `device/${ANN}/1`,
    `obs/${ANN}`,
    `obs/${ANN}/`,
    `obs/${ANN}/00`,
    `obs/${ANN}/01`,
    `obs/${ANN}/-1`,
    `obs/${ANN}/1e3`,
    `obs/${ANN}/1.0`,
    `obs/${ANN}/1/2`,
    `obs/${ANN}/1000000000`,
    `/obs/${ANN}/1`,
    ` obs/${ANN}/1`,
    `notes/${ANN}`,
    `notes/${ANN}/01`,
    `crew/${ANN}/${BOB}/0`,
    `crew/${ANN}/${BOB.toUpperCase()}`,
    `__proto__/${ANN}`,
    `world/yard/${ANN}`,
    `world/yard/${ANN}/01`,
    `world/yard/${ANN}/1/2`,
    `world/Yard/${ANN}/1`,
    `world//${ANN}/1`,
    `world/${ANN}/1`,
  ];
  for (const name of others) assert.deepEqual(parseDocName(name), { kind: "unknown" }, name);
  fc.assert(fc.property(fc.string(), (name) => {
    assert.deepEqual(parseDocName(name), { kind: "unknown" });
  }));
});

Deno.test("packDocName() puts a document of one's own in a few numbers, and any other as it is", () => {
  const own = [deviceDoc(ANN), crewDoc(ANN, ANN)];
  for (const n of NUMBERS) own.push(observationsDoc(ANN, n), notesDoc(ANN, n));
  const packed = own.map((name) => packDocName(name, ANN));
  assert.equal(new Set(packed.map(String)).size, own.length);
  for (const [i, one] of packed.entries()) {
    assert.ok(Array.isArray(one), own[i]);
    assert.equal(unpackDocName(one, ANN), own[i]);
  }
  const others = own.map((name) => packDocName(name, BOB));
  assert.deepEqual(others, own);
  for (const name of [...own, crewDoc(ANN, BOB), crewDocs(ANN), worldDoc("yard", ANN, 3), "x"]) {
    const device = own.includes(name) ? BOB : ANN;
    assert.equal(packDocName(name, device), name);
    assert.equal(unpackDocName(name, device), name);
  }
});

Deno.test("unpackDocName() takes each name in one form only", () => {
  const wrong: unknown[] = [
    ...[null, 1, {}, [], [0], [1, 0], [2], [3], [4, 0], [5], [2, -1], [2, 1e9], [2, 0.5], [2, "0"]],
    ...[["2", 0], [2, 0, 0], deviceDoc(ANN), observationsDoc(ANN, 3), crewDoc(ANN, ANN)],
  ];
  for (const packed of wrong) assert.equal(unpackDocName(packed, ANN), null, String(packed));
});
