import assert from "node:assert/strict";
import fc from "fast-check";
import { bytesOf, idOf } from "../../tests/fixtures/devices.ts";
import { encodeCbor } from "../cbor.ts";
import {
  type Crew,
  crewOf,
  type CrewRecord,
  encodeCrewRecord,
  isRole,
  mayChange,
  mayWrite,
  parseCrewRecord,
  throughOf,
  visibleThrough,
} from "./crew.ts";
import { crewDoc, crewDocs, deviceDoc, notesDoc, observationsDoc } from "./doc_name.ts";
import type { Role } from "../messages.ts";
import type { DeviceId } from "../observation.ts";

const [ANN, BOB, CAL, DEE] = [idOf(0xaa), idOf(0xbb), idOf(0xcc), idOf(0xdd)];
const ROLES: readonly Role[] = ["admin", "sensor", "viewer", "publisher"];

function says(
  by: DeviceId,
  device: DeviceId,
  what: Role | { through: number },
  other: Partial<CrewRecord> = {},
): CrewRecord {
  return {
    ...{ by, device, seq: 1, counter: 1, at: 5 },
    says: typeof what === "string"
      ? { kind: "member", role: what }
      : { kind: "removed", through: what.through },
    ...other,
  };
}

const rolesOf = ({ members }: Crew) =>
  Object.fromEntries([...members].map(([d, m]) => [d, m.role]));

Deno.test("isRole() holds for the four roles and nothing else", () => {
  for (const role of ROLES) assert.ok(isRole(role));
  for (
    const other of ["Admin", "", "owner", "removed", "toString", null, undefined, 1, ["admin"]]
  ) {
    assert.ok(!isRole(other), String(other));
  }
});

Deno.test("parseCrewRecord() reads what encodeCrewRecord() wrote", () => {
  for (const what of [...ROLES, { through: 0 }, { through: 77 }]) {
    const record = says(ANN, BOB, what, { seq: 9, counter: 3, at: 1e15 });
    const read = parseCrewRecord(BOB, encodeCrewRecord(record), { by: ANN, seq: 9 });
    assert.deepEqual(read, record);
  }
});

Deno.test("parseCrewRecord() reads records without a counter, and with more fields than are known", () => {
  const from = { by: ANN, seq: 2 };
  const old = parseCrewRecord(BOB, encodeCbor(["sensor", 3]), from);
  assert.deepEqual(old, says(ANN, BOB, "sensor", { seq: 2, counter: 0, at: 3 }));
  const newer = parseCrewRecord(BOB, encodeCbor(["sensor", 3, 4, "until Sunday", 5]), from);
  assert.deepEqual(newer, says(ANN, BOB, "sensor", { seq: 2, counter: 4, at: 3 }));
});

Deno.test("parseCrewRecord() is null for what is no record", () => {
  const from = { by: ANN, seq: 1 };
  for (
    const value of [
      ...[null, "sensor", { role: "sensor", at: 1 }, ["owner", 1], ["sensor"], ["sensor", -1]],
      ...[["sensor", 1.5], ["sensor", 1, -1], ["sensor", 1, "1"], ["removed", 1, 1]],
      ...[["removed", 1, 1, -1], ["removed", 1, 1, "7"]],
    ]
  ) {
    assert.equal(parseCrewRecord(BOB, encodeCbor(value), from), null, JSON.stringify(value));
  }
  assert.equal(parseCrewRecord(BOB, bytesOf("not cbor"), from), null);
  for (const device of ["name", BOB.toUpperCase(), BOB.slice(2)]) {
    assert.equal(parseCrewRecord(device, encodeCbor(["sensor", 1, 1]), from), null);
  }
});

Deno.test("crewOf() has the founder as its admin when nothing was said, and whatever was said", () => {
  const others = [
    says(ANN, ANN, "viewer"),
    says(BOB, ANN, { through: 0 }),
    says(BOB, ANN, "viewer"),
  ];
  for (const records of [[], [...others, says(ANN, BOB, "admin")]]) {
    const { founder, members, removed } = crewOf(ANN, records);
    assert.equal(founder, ANN);
    assert.deepEqual(members.get(ANN), { role: "admin", at: 0 });
    assert.equal(removed.size, 0);
  }
});

Deno.test("crewOf() goes by the record with the greatest counter, then stamp, then device", () => {
  const base = [says(ANN, BOB, "admin"), says(ANN, CAL, "admin")];
  const last = (...records: CrewRecord[]) => rolesOf(crewOf(ANN, [...base, ...records]))[DEE];
  const [a, b] = [says(BOB, DEE, "sensor"), says(CAL, DEE, "viewer")];
  assert.equal(last({ ...a, counter: 2 }, { ...b, counter: 1, at: 99 }), "sensor");
  assert.equal(last({ ...a, at: 3 }, { ...b, at: 4 }), "viewer");
  assert.equal(last(a, b), "viewer");
});

Deno.test("crewOf() knows who was removed, up to where and by whom, until it is taken in again", () => {
  const records = [
    says(ANN, BOB, "sensor", { counter: 1 }),
    says(ANN, BOB, { through: 7 }, { counter: 2, at: 50 }),
  ];
  const crew = crewOf(ANN, records);
  assert.ok(!crew.members.has(BOB));
  assert.deepEqual([...crew.removed], [[BOB, { at: 50, through: 7, by: ANN }]]);
  const again = crewOf(ANN, [...records, says(ANN, BOB, "viewer", { counter: 3 })]);
  assert.equal(again.members.get(BOB)?.role, "viewer");
  assert.equal(again.removed.size, 0);
});

Deno.test("crewOf() takes an admin's word, not a sensor's, a stranger's, or one's own about oneself", () => {
  const admins = [says(ANN, BOB, "admin"), says(ANN, CAL, "sensor")];
  const members = (record: CrewRecord) => Object.keys(rolesOf(crewOf(ANN, [...admins, record])));
  assert.ok(members(says(BOB, DEE, "sensor")).includes(DEE));
  assert.ok(!members(says(CAL, DEE, "sensor")).includes(DEE));
  assert.ok(!members(says(DEE, DEE, "sensor")).includes(DEE));
  assert.ok(!members(says(idOf(1), DEE, "sensor")).includes(DEE));
  const promoted = crewOf(ANN, [...admins, says(CAL, CAL, "admin", { counter: 9 })]);
  assert.equal(promoted.members.get(CAL)?.role, "sensor");
});

Deno.test("crewOf() leaves admins, and whom the founder removed, to the founder", () => {
  const records = [
    ...[says(ANN, BOB, "admin"), says(ANN, CAL, "admin"), says(ANN, DEE, "sensor")],
    says(BOB, CAL, { through: 3 }, { counter: 2 }),
    says(CAL, BOB, { through: 4 }, { counter: 2 }),
    says(ANN, DEE, { through: 5 }, { counter: 2 }),
    says(BOB, DEE, "sensor", { counter: 9 }),
  ];
  const crew = crewOf(ANN, records);
  assert.deepEqual(rolesOf(crew), { [ANN]: "admin", [BOB]: "admin", [CAL]: "admin" });
  assert.equal(crew.removed.get(DEE)?.through, 5);
});

Deno.test("crewOf() does not count what a removed admin said beyond its removal, nor what rests on that", () => {
  const eve = idOf(0xee);
  const records = [
    says(ANN, BOB, "admin"),
    says(BOB, CAL, "sensor", { seq: 4 }),
    says(ANN, BOB, { through: 4 }, { counter: 2, seq: 2 }),
    says(BOB, eve, "admin", { seq: 5 }),
    says(eve, BOB, "admin", { counter: 3 }),
    says(BOB, BOB, "admin", { counter: 9, seq: 6 }),
  ];
  const crew = crewOf(ANN, records);
  assert.deepEqual(rolesOf(crew), { [ANN]: "admin", [CAL]: "sensor" });
  assert.equal(crew.removed.get(BOB)?.through, 4);
  const fewer = crewOf(ANN, records.slice(0, 3));
  const { lapsed, ...whole } = crew;
  assert.deepEqual({ ...whole, lapsed: new Set() }, fewer, "who took in more sees another crew");
  assert.deepEqual(visibleThrough(crew, ANN, [...lapsed][0]), 0, "what is here of those is hidden");
  const sensor = says(ANN, BOB, "sensor", { counter: 4 });
  const again = { [ANN]: "admin", [BOB]: "sensor", [CAL]: "sensor" };
  assert.deepEqual(rolesOf(crewOf(ANN, [...records, sensor])), again);
  const admin = crewOf(ANN, [...records, says(ANN, BOB, "admin", { counter: 4 })]);
  assert.equal(admin.members.get(eve)?.role, "admin", "as an admin its word counts, all of it");
});

Deno.test("crewOf() has an admin as one until the founder removes it", () => {
  const lowered = [says(ANN, BOB, "admin"), says(ANN, BOB, "viewer", { counter: 2 })];
  assert.equal(crewOf(ANN, lowered).members.get(BOB)?.role, "admin");
});

const anyRecord: fc.Arbitrary<CrewRecord> = fc.record({
  by: fc.constantFrom(ANN, BOB, CAL, DEE),
  device: fc.constantFrom(ANN, BOB, CAL, DEE),
  what: fc.oneof(
    fc.constantFrom<Role>("admin", "admin", "sensor", "viewer"),
    fc.nat(4).map((through) => ({ through })),
  ),
  seq: fc.integer({ min: 1, max: 5 }),
  counter: fc.integer({ min: 0, max: 4 }),
  at: fc.nat(3),
}).map(({ by, device, what, ...other }) => says(by, device, what, other));

Deno.test("crewOf() is the same in whatever order the records came, and never harms the founder", () => {
  fc.assert(
    fc.property(fc.array(anyRecord, { maxLength: 12 }), fc.infiniteStream(fc.nat()), (
      records,
      order,
    ) => {
      const shuffled = records.map((record) => ({ record, rank: order.next().value }))
        .sort((a, b) => a.rank - b.rank).map(({ record }) => record);
      const crew = crewOf(ANN, records);
      // two records of one place in one feed are one record: only they may depend on the order
      const places = records.map(({ by, device, seq }) => `${by} ${device} ${seq}`);
      if (new Set(places).size === places.length) {
        assert.deepEqual(crewOf(ANN, shuffled), crew);
      }
      assert.deepEqual(crew.members.get(ANN), { role: "admin", at: 0 });
      for (const device of crew.removed.keys()) assert.ok(!crew.members.has(device));
    }),
    { numRuns: 300 },
  );
});

Deno.test("mayChange() holds exactly for those whose record would hold", () => {
  fc.assert(
    fc.property(fc.array(anyRecord, { maxLength: 8 }), anyRecord, (records, { by, device }) => {
      const crew = crewOf(ANN, records);
      if (crew.removed.has(by)) return; // what it writes now is beyond its removal
      const record = says(by, device, { through: 77 }, { counter: 99, seq: 99 });
      const after = crewOf(ANN, [...records, record]);
      const holds = after.removed.get(device)?.through === 77;
      assert.equal(mayChange(crew, by, device), holds);
    }),
    { numRuns: 500 },
  );
});

Deno.test("throughOf() and visibleThrough() end a removed device's feed, and no member's", () => {
  const records = [says(ANN, BOB, "sensor"), says(ANN, CAL, { through: 7 })];
  const crew = crewOf(ANN, records);
  assert.deepEqual([ANN, BOB, CAL, DEE].map((d) => throughOf(crew, d)), [Infinity, Infinity, 7, 0]);
  assert.equal(throughOf(null, BOB), 0);
  const visible = (self: DeviceId) =>
    [ANN, BOB, CAL, DEE].map((d) => visibleThrough(crew, self, d));
  assert.deepEqual(visible(ANN), [Infinity, Infinity, 7, Infinity]);
  assert.deepEqual(visible(CAL), [Infinity, Infinity, Infinity, Infinity]);
});

Deno.test("mayWrite() lets each role write what DESIGN.md says, and nothing else", () => {
  const table: [string, (device: DeviceId) => string, Role[]][] = [
    ["its own name", deviceDoc, [...ROLES]],
    ["another's name", () => deviceDoc(CAL), []],
    ["its own observations", (d) => observationsDoc(d, 0), ["admin", "sensor", "publisher"]],
    ["another's observations", () => observationsDoc(CAL, 0), []],
    ["its own notes", (d) => notesDoc(d, 0), ["admin", "sensor", "publisher"]],
    ["another's notes", () => notesDoc(CAL, 0), []],
    ["its word on the crew", (d) => crewDoc(ANN, d), ["admin"]],
    ["another's word on the crew", () => crewDoc(ANN, CAL), []],
    ["the crew, before each wrote its own", () => crewDocs(ANN), ["admin"]],
    ["a crew of its own", (d) => crewDoc(d, d), [...ROLES]],
    ["its word on another crew", (d) => crewDoc(CAL, d), [...ROLES]],
    ["another's word on another crew", () => crewDoc(CAL, CAL), []],
    ["another crew, before each wrote its own", () => crewDocs(CAL), [...ROLES]],
    ["a document of a newer version", () => "world/u1", ["admin", "sensor", "publisher"]],
  ];
  for (const role of ROLES) {
    const crew = crewOf(ANN, [says(ANN, BOB, role)]);
    for (const [what, doc, writers] of table) {
      assert.equal(mayWrite(BOB, doc(BOB), crew), writers.includes(role), `${role}: ${what}`);
    }
  }
});

Deno.test("mayWrite() lets the founder write, also when it is told to be a viewer", () => {
  const crew = crewOf(ANN, [says(ANN, ANN, "viewer")]);
  assert.ok(mayWrite(ANN, crewDoc(ANN, ANN), crew));
  assert.ok(mayWrite(ANN, observationsDoc(ANN, 3), crew));
});

Deno.test("mayWrite() lets a removed device have written what it might as a member", () => {
  const crew = crewOf(ANN, [says(ANN, BOB, { through: 9 })]);
  for (
    const doc of [observationsDoc(BOB, 0), notesDoc(BOB, 0), deviceDoc(BOB), crewDoc(ANN, BOB)]
  ) {
    assert.ok(mayWrite(BOB, doc, crew), doc);
  }
  assert.ok(!mayWrite(BOB, observationsDoc(CAL, 0), crew));
});

Deno.test("mayWrite() lets a device that was taken in again have written in between what it might before", () => {
  const records = [
    says(ANN, BOB, "sensor"),
    says(ANN, BOB, { through: 9 }, { counter: 2 }),
    says(ANN, BOB, "viewer", { counter: 3 }),
  ];
  const crew = crewOf(ANN, records);
  assert.ok(crew.readmitted.has(BOB) && !crew.removed.has(BOB));
  for (const doc of [observationsDoc(BOB, 0), notesDoc(BOB, 0), crewDoc(ANN, BOB)]) {
    assert.ok(mayWrite(BOB, doc, crew), doc);
  }
});

Deno.test("mayWrite() lets a device without a crew write what is its own", () => {
  assert.ok(mayWrite(ANN, observationsDoc(ANN, 0), null));
  assert.ok(mayWrite(ANN, deviceDoc(ANN), null));
  assert.ok(!mayWrite(ANN, observationsDoc(BOB, 0), null));
  assert.ok(!mayWrite(ANN, crewDoc(BOB, BOB), null));
});

Deno.test("mayWrite() lets one who is not a member write nothing of the crew's", () => {
  const crew = crewOf(ANN, []);
  for (const doc of [crewDocs(ANN), crewDoc(ANN, CAL), deviceDoc(BOB), observationsDoc(BOB, 0)]) {
    assert.ok(!mayWrite(CAL, doc, crew), doc);
  }
});
