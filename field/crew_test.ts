import assert from "node:assert/strict";
import { readyAutomerge } from "../tests/fixtures/automerge.ts";
import { bytesOf, idOf } from "../tests/fixtures/devices.ts";
import { encodeCbor } from "./cbor.ts";
import { type Crew, encodeMember, isRole, mayWrite, readCrew } from "./crew.ts";
import { crewDoc, deviceDoc, observationsDoc, openDocument, putRecord } from "./documents.ts";
import type { Bytes } from "./bytes.ts";
import type { Role } from "./messages.ts";
import type { DeviceId } from "./observation.ts";

await readyAutomerge();

const [ANN, BOB, CAL] = [idOf(0xaa), idOf(0xbb), idOf(0xcc)];

function crewOf(records: readonly (readonly [string, Bytes])[]): Crew {
  let document = openDocument(ANN, []);
  for (const [key, record] of records) document = putRecord(document, key, record, 0).document;
  return readCrew(ANN, document);
}

Deno.test("isRole() holds for the four roles and nothing else", () => {
  for (const role of ["admin", "sensor", "viewer", "publisher"]) assert.ok(isRole(role));
  for (const other of ["Admin", "", "owner", "toString", null, undefined, 1, ["admin"]]) {
    assert.ok(!isRole(other), String(other));
  }
});

Deno.test("readCrew() has the founder as its admin when the document is empty", () => {
  const crew = crewOf([]);
  assert.equal(crew.founder, ANN);
  assert.deepEqual([...crew.members], [[ANN, { role: "admin", at: 0 }]]);
});

Deno.test("readCrew() has every member that encodeMember() wrote, by its last record", () => {
  const crew = crewOf([
    [BOB, encodeMember({ role: "sensor", at: 5 })],
    [CAL, encodeMember({ role: "viewer", at: 6 })],
    [BOB, encodeMember({ role: "admin", at: 7 })],
  ]);
  assert.deepEqual(crew.members.get(BOB), { role: "admin", at: 7 });
  assert.deepEqual(crew.members.get(CAL), { role: "viewer", at: 6 });
  assert.equal(crew.members.size, 3);
});

Deno.test("readCrew() keeps the founder an admin, whatever the document says", () => {
  const crew = crewOf([[ANN, encodeMember({ role: "viewer", at: 9 })]]);
  assert.deepEqual(crew.members.get(ANN), { role: "admin", at: 0 });
});

Deno.test("readCrew() passes over records that are not members", () => {
  const crew = crewOf([
    ["name", encodeMember({ role: "sensor", at: 1 })],
    [BOB.toUpperCase(), encodeMember({ role: "sensor", at: 1 })],
    [BOB.slice(2), encodeMember({ role: "sensor", at: 1 })],
    [idOf(1), bytesOf("not cbor")],
    [idOf(2), encodeCbor(null)],
    [idOf(3), encodeCbor({ role: "sensor", at: 1 })],
    [idOf(4), encodeCbor(["owner", 1])],
    [idOf(5), encodeCbor(["sensor", -1])],
    [idOf(6), encodeCbor(["sensor", 1.5])],
    [idOf(7), encodeCbor(["sensor"])],
    [CAL, encodeMember({ role: "sensor", at: 1 })],
  ]);
  assert.deepEqual([...crew.members.keys()].sort(), [ANN, CAL].sort());
});

Deno.test("readCrew() reads a record to which a newer version added fields", () => {
  const crew = crewOf([[BOB, encodeCbor(["sensor", 3, "until Sunday"])]]);
  assert.deepEqual(crew.members.get(BOB), { role: "sensor", at: 3 });
});

Deno.test("mayWrite() lets each role write what DESIGN.md says, and nothing else", () => {
  const roles: Role[] = ["admin", "sensor", "viewer", "publisher"];
  const table: [string, (device: DeviceId) => string, Role[]][] = [
    ["its own name", deviceDoc, roles],
    ["another's name", () => deviceDoc(CAL), []],
    [
      "its own observations",
      (device) => observationsDoc(device, 0),
      ["admin", "sensor", "publisher"],
    ],
    ["another's observations", () => observationsDoc(CAL, 0), []],
    ["the crew", () => crewDoc(ANN), ["admin"]],
    ["a crew of its own", crewDoc, roles],
    ["a stranger's crew", () => crewDoc(CAL), []],
    ["a document of a newer version", () => "notes", ["admin", "sensor", "publisher"]],
  ];
  for (const role of roles) {
    const crew = crewOf([[BOB, encodeMember({ role, at: 1 })]]);
    for (const [what, doc, writers] of table) {
      assert.equal(mayWrite(BOB, doc(BOB), crew), writers.includes(role), `${role}: ${what}`);
    }
  }
});

Deno.test("mayWrite() lets the founder write its crew's document, also when it is told to be a viewer", () => {
  const crew = crewOf([[ANN, encodeMember({ role: "viewer", at: 1 })]]);
  assert.ok(mayWrite(ANN, crewDoc(ANN), crew));
  assert.ok(mayWrite(ANN, observationsDoc(ANN, 3), crew));
});

Deno.test("mayWrite() lets a device without a crew write what is its own", () => {
  assert.ok(mayWrite(ANN, observationsDoc(ANN, 0), null));
  assert.ok(mayWrite(ANN, deviceDoc(ANN), null));
  assert.ok(!mayWrite(ANN, observationsDoc(BOB, 0), null));
  assert.ok(!mayWrite(ANN, crewDoc(BOB), null));
});

Deno.test("mayWrite() lets one who is not a member write nothing of the crew's", () => {
  const crew = crewOf([]);
  for (const doc of [crewDoc(ANN), deviceDoc(BOB), observationsDoc(BOB, 0)]) {
    assert.ok(!mayWrite(CAL, doc, crew), doc);
  }
});
