import assert from "node:assert/strict";
import { readyAutomerge } from "../../tests/fixtures/automerge.ts";
import { ALERT, IN_NORTH, NORTH, ruleOf, rulesOf } from "../../tests/fixtures/decisions.ts";
import { crewNamed, Forger, meet, NOW, openDevice } from "../../tests/fixtures/replicas.ts";
import { encodeCbor } from "../cbor.ts";
import { encodeRules, MOST_RULES_BYTES, parseRules } from "../decide/parse_rules.ts";
import { NO_RULES, type RuleSet } from "../decide/rule.ts";
import { crewDoc } from "./doc_name.ts";
import { openDocument, putRecords } from "./documents.ts";
import { Replica } from "./replica.ts";
import { holdingRules, parseRulesRecord, rulesRecord } from "./rules_record.ts";

const ORIGIN = { latitude: 48.1371544, longitude: -11.5754357 };

function named(name: string): RuleSet {
  return rulesOf(ruleOf({ id: "watch", name, when: IN_NORTH, actions: [ALERT] }));
}

Deno.test("keepRules() of an admin is what all read, also after a restart without Automerge", async () => {
  const [ann, bob, cal] = await crewNamed(["ann", "bob", "cal"], "viewer");
  assert.deepEqual(await bob.replica.rules(), NO_RULES);
  await ann.replica.keepRules(named("One"));
  await ann.replica.keepRules(named("Two"));
  await meet(ann, bob, cal);
  for (const { replica, store, signer } of [ann, bob, cal]) {
    assert.deepEqual(await replica.rules(), named("Two"));
    const automerge = () => Promise.reject(new Error("A start needs no Automerge"));
    const again = await Replica.open({ store, signer, nowMs: () => NOW, automerge });
    assert.deepEqual(await again.rules(), named("Two"));
  }
  assert.equal(ann.replica.crew?.members.size, 3, "they are no member's record");
});

Deno.test("crewRules() has the origin that the last rules were kept with, to 1e-7 degrees", async () => {
  const [ann, bob] = await crewNamed(["ann", "bob"]);
  assert.deepEqual(await bob.replica.crewRules(), { set: NO_RULES, origin: null });
  const near = { latitude: ORIGIN.latitude + 2e-8, longitude: ORIGIN.longitude - 2e-8 };
  await ann.replica.keepRules(named("One"), near);
  await meet(ann, bob);
  for (const { replica, store, signer } of [ann, bob]) {
    assert.deepEqual(await replica.crewRules(), { set: named("One"), origin: ORIGIN });
    const automerge = () => Promise.reject(new Error("A start needs no Automerge"));
    const again = await Replica.open({ store, signer, nowMs: () => NOW, automerge });
    assert.deepEqual(await again.crewRules(), { set: named("One"), origin: ORIGIN });
  }
  await ann.replica.keepRules(named("Two"));
  assert.deepEqual(await ann.replica.crewRules(), { set: named("Two"), origin: null });
  const pole = { latitude: 89, longitude: 0 };
  await assert.rejects(ann.replica.keepRules(named("Three"), pole), /parseRules/);
});

Deno.test("keepRules() throws not-admin for all others, and for what is not canonical", async () => {
  const [ann, bob] = await crewNamed(["ann", "bob"]);
  await assert.rejects(bob.replica.keepRules(named("Mine")), { code: "not-admin" });
  const loner = await openDevice("loner");
  await assert.rejects(loner.replica.keepRules(named("Mine")), { code: "not-admin" });
  const turned = { ...NORTH, corners: [...NORTH.corners.slice(2), ...NORTH.corners.slice(0, 2)] };
  await assert.rejects(ann.replica.keepRules({ ...NO_RULES, zones: [turned] }), /parseRules/);
});

Deno.test("of two admins' rules those that knew of more hold; of a removed admin's what it had written by then", async () => {
  const [ann, bob, cal] = await crewNamed(["ann", "bob", "cal"], "admin");
  await ann.replica.keepRules(named("Ann's"));
  await meet(ann, bob, cal);
  await bob.replica.keepRules(named("Bob's"));
  await meet(ann, bob, cal);
  for (const { replica } of [ann, bob, cal]) {
    assert.deepEqual(await replica.rules(), named("Bob's"));
  }
  await bob.replica.keepRules(named("Later"));
  await ann.replica.keepRules(named("At once"));
  await meet(ann, bob, cal);
  for (const { replica } of [ann, bob, cal]) {
    assert.deepEqual(await replica.rules(), named("At once"), "of equals the founder's");
  }
  await bob.replica.keepRules(named("Last"));
  await meet(bob, cal);
  await ann.replica.remove(bob.id);
  await meet(ann, cal);
  for (const { replica } of [ann, cal]) {
    assert.deepEqual(await replica.rules(), named("At once"));
  }
});

Deno.test("holdingRules() is the highest counter's, of equals the founder's, then the latest, of who is an admin", () => {
  const [founder, other, nobody] = ["aa", "bb", "cc"].map((byte) => byte.repeat(32));
  const admit = {
    ...{ device: other, by: founder, seq: 1, counter: 1, at: 1 },
    says: { kind: "member", role: "admin" } as const,
  };
  const places = [
    { by: founder, seq: 2, at: 5, counter: 1 },
    { by: other, seq: 1, at: 9, counter: 1 },
    { by: other, seq: 2, at: 2, counter: 2 },
    { by: other, seq: 3, at: 3, counter: 2 },
    { by: nobody, seq: 1, at: 99, counter: 9 },
  ];
  const holding = (...is: number[]) => holdingRules(founder, [admit], is.map((i) => places[i]));
  assert.deepEqual(holding(0, 1), places[0]);
  assert.deepEqual(holding(2, 0, 3, 1, 4), places[3]);
  assert.equal(holding(4), null);
});

Deno.test("rules of one who is no admin are refused with the entry", async () => {
  const [ann] = await crewNamed(["ann", "bob"]);
  const bob = await Forger.named("bob");
  const record = rulesRecord({
    at: NOW * 1024,
    counter: 9,
    bytes: encodeRules(named("Mine")),
    origin: null,
  });
  const { change } = putRecords(openDocument(bob.id, []), [record], NOW);
  const entry = await bob.entry({ doc: crewDoc(ann.id, bob.id), change });
  const { refused } = await ann.replica.receive([entry.bytes]);
  assert.deepEqual(refused, [{ device: bob.id, why: "not-allowed" }]);
  assert.deepEqual(await ann.replica.rules(), NO_RULES);
});

Deno.test("rules are read from the entry where the snapshot is lost, and after all was built anew", async () => {
  const [ann, bob] = await crewNamed(["ann", "bob"]);
  await ann.replica.keepRules(named("One"));
  await meet(ann, bob);
  assert.deepEqual(await bob.replica.rules(), named("One"));
  await bob.store.commit({ snapshots: { rules: null, derived: null } });
  const again = await openDevice("bob", bob.store);
  assert.deepEqual(await again.replica.rules(), named("One"));
  await again.replica.rebuildIndex();
  assert.deepEqual(await again.replica.rules(), named("One"));
});

Deno.test("parseRulesRecord() is null for faulty, uncanonical, oversized and newer rules", () => {
  const place = { by: "aa".repeat(32), seq: 1, at: NOW * 1024, counter: 1 };
  const bytes = encodeRules(named("One"));
  const { key, value } = rulesRecord({ ...place, bytes, origin: null });
  assert.deepEqual(parseRulesRecord(key, value, place), { ...place, bytes, origin: null });
  assert.deepEqual(
    value,
    encodeCbor([1, place.at, 1, bytes]),
    "as versions without origins wrote it",
  );
  const placed = rulesRecord({ ...place, bytes, origin: ORIGIN }).value;
  assert.deepEqual(parseRulesRecord(key, placed, place), { ...place, bytes, origin: ORIGIN });
  assert.equal(parseRulesRecord("tracks", value, place), null);
  const { rules, zones, lines } = named("One");
  const twice = encodeCbor({ format: 1, zones, lines, rules: [...rules, ...rules] });
  assert.ok(parseRules(named("One")).faults.length > 0, "it has no format");
  const bad = [
    [1, place.at, 1, twice],
    [1, place.at, 1, encodeCbor({ format: 2, zones: [], lines: [], rules: [] })],
    [1, place.at, 1, new Uint8Array(MOST_RULES_BYTES + 1)],
    [1, place.at, 1, "rules"],
    [1, place.at, 0, bytes],
    [1, place.at, 2 ** 32 + 1, bytes],
    [1, -1, 1, bytes],
    [2, place.at, 1, bytes],
    ...[[1, place.at, 1, bytes, 0], [1, place.at, 1, bytes, []], [1, place.at, 1]],
    ...[[1, place.at, 1, bytes, [0, 0], 0], [1, place.at, 1, bytes, [0.5, 0]]],
    ...[[1, place.at, 1, bytes, [850_000_001, 0]], [1, place.at, 1, bytes, [0, 1_800_000_001]]],
  ];
  for (const one of bad) assert.equal(parseRulesRecord(key, encodeCbor(one), place), null);
});

Deno.test("rules as large as may be fit an entry", async () => {
  await readyAutomerge();
  const zones = Array.from({ length: 64 }, (_, i) => ({
    ...{ id: `z${i}`, name: "z".repeat(60) },
    corners: Array.from({ length: 60 }, (_, k) => [k * 100_000, (k * k + i) * 7_000]),
  }));
  const parsed = parseRules({ format: 1, zones, lines: [], rules: [] });
  const fitting = { ...parsed.set, zones: parsed.set.zones.slice(0, 55) };
  const size = encodeRules(fitting).length;
  assert.ok(size > 30_000 && size <= MOST_RULES_BYTES, `${size}`);
  const [ann, bob] = await crewNamed(["ann", "bob"]);
  await ann.replica.keepRules(fitting);
  await meet(ann, bob);
  assert.deepEqual(await bob.replica.rules(), fitting);
});
