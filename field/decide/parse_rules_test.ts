import assert from "node:assert/strict";
import fc from "fast-check";
import {
  ALERT,
  EVERY_KIND,
  GATE,
  IN_NORTH,
  NORTH,
  OVER_GATE,
  ruleOf,
} from "../../tests/fixtures/decisions.ts";
import { encodeCbor } from "../cbor.ts";
import {
  decodeRules,
  encodeRules,
  MOST_CORNERS,
  MOST_RULES,
  MOST_RULES_BYTES,
  parseRules,
} from "./parse_rules.ts";
import { MOST_MM } from "./site_point.ts";
import { faultText } from "./untrusted_field.ts";

const WHOLE = { format: 1, zones: [NORTH], lines: [GATE], rules: [ruleOf({ when: IN_NORTH })] };

function faultsOf(value: unknown): readonly string[] {
  return parseRules(value).faults.map(faultText);
}

function faultsOfRule(other: object): readonly string[] {
  return faultsOf({ ...WHOLE, rules: [{ ...ruleOf({ when: IN_NORTH }), ...other }] });
}

function faultsOfZone(other: object): readonly string[] {
  return faultsOf({ ...WHOLE, rules: [], zones: [{ ...NORTH, ...other }] });
}

Deno.test("parseRules() takes every kind of rule, and decodeRules() reads what encodeRules() wrote", () => {
  const targets = ["seeing", "nearest", { agent: "B" }] as const;
  const rates = targets.map((of) => ({ kind: "rate", of, percent: 50, forMs: 1000 } as const));
  const actions = [
    ALERT,
    { kind: "confirm" },
    { kind: "mark", mark: "cleared" },
    ...rates,
  ] as const;
  const busy = ruleOf({ id: "busy", when: IN_NORTH, actions });
  const { set, faults } = parseRules({
    format: 1,
    ...EVERY_KIND,
    rules: [...EVERY_KIND.rules, busy],
  });
  assert.deepEqual(faults, []);
  assert.equal(set.rules.length, 7);
  assert.equal(set.rules.find(({ id }) => id === "busy")?.actions.length, 6);
  assert.deepEqual(decodeRules(encodeRules(set)), { set, faults: [] });
  assert.deepEqual(parseRules({ format: 1, zones: [], lines: [], rules: [] }).faults, []);
});

Deno.test("encodeRules() gives the same bytes for the same rules, in whatever order and from wherever they are drawn", () => {
  const expected = encodeRules(parseRules({ format: 1, ...EVERY_KIND }).set);
  fc.assert(
    fc.property(fc.nat(3), fc.boolean(), fc.nat(5), (by, isTurned, from) => {
      const { corners } = NORTH;
      const begun = [...corners.slice(by), ...corners.slice(0, by)];
      const zones = [{ ...NORTH, corners: isTurned ? begun.toReversed() : begun }];
      const mixed = [...EVERY_KIND.rules.slice(from), ...EVERY_KIND.rules.slice(0, from)];
      // the fields in another order
      const rules = mixed.map((rule) => Object.fromEntries(Object.entries(rule).toReversed()));
      const { set, faults } = parseRules({ rules, lines: [GATE], zones, format: 1 });
      assert.deepEqual(faults, []);
      assert.deepEqual(encodeRules(set), expected);
    }),
    { seed: 21, numRuns: 100 },
  );
  const labels = (...all: string[]) =>
    encodeRules(
      parseRules({
        ...WHOLE,
        rules: [ruleOf({ when: { ...IN_NORTH, labels: all }, actions: [ALERT, ALERT] })],
      }).set,
    );
  assert.deepEqual(labels("dog", "cat", "dog"), labels("cat", "dog"));
  assert.notDeepEqual(labels("dog"), labels("cat", "dog"));
});

Deno.test("parseRules() says what is wrong, where, and what to do about it", () => {
  assert.deepEqual(faultsOfRule({ name: "" }), [
    "Cannot read rules[0].name: it is empty. Give a text of 1 to 60 characters.",
  ]);
  assert.deepEqual(faultsOfRule({ when: { ...IN_NORTH, zone: "south" } }), [
    'Cannot read rules[0].when.zone: there is no zone "south". Draw it, or name another.',
  ]);
  assert.deepEqual(faultsOfRule({ when: { ...OVER_GATE, line: "north" } }), [
    'Cannot read rules[0].when.line: there is no line "north". Draw it, or name another.',
  ]);
  assert.deepEqual(faultsOfRule({ when: { ...IN_NORTH, confidence: 0.5 } }), [
    "Cannot read rules[0].when.confidence: it is not a whole number. Give a whole number from 0 to 1000.",
  ]);
  assert.deepEqual(faultsOfRule({ when: { kind: "moved" } }), [
    'Cannot read rules[0].when.kind: it is "moved". Give one of zone, line, seen, anomaly, silence.',
  ]);
  assert.deepEqual(faultsOfRule({ urgent: true }), [
    'Cannot read rules[0]: "urgent" is not a field of it. Its fields are id, name, urgency, when, actions, coolDown.',
  ]);
  assert.deepEqual(faultsOfRule({ actions: [] }), [
    "Cannot read rules[0].actions: it has 0. Give 1 to 8.",
  ]);
  assert.deepEqual(faultsOfZone({ corners: [[0, 0], [5, 5], [9, 9]] }), [
    "Cannot read zones[0].corners: they are on one line. Draw around something.",
  ]);
  assert.deepEqual(faultsOf({ ...WHOLE, format: 2 }), [
    "Cannot read format: it is not 1. They are of a newer version: update this device.",
  ]);
  assert.deepEqual(faultsOf("rules"), [
    "Cannot read format: it is not 1. They are of a newer version: update this device.",
  ]);
});

Deno.test("parseRules() refuses each number, text and list beyond its bounds, and takes them up to there", () => {
  const point = (mm: number) => ({ corners: [[mm, 0], [0, 9], [0, 0]] });
  const ring = (count: number) => ({
    corners: Array.from({ length: count }, (_, i) => [i, i % 2 * 1000 + i]),
  });
  const silent = (forMs: number) => ({ when: { kind: "silence", agent: null, forMs } });
  const rate = (percent: number, of: unknown = "seeing") => ({
    actions: [{ kind: "rate", of, percent, forMs: 1000 }],
  });
  const cool = (ruleMs: number, subjectMs: number) => ({ coolDown: { ruleMs, subjectMs } });
  const zone = [
    [point(MOST_MM), point(MOST_MM + 1)],
    [point(-MOST_MM), point(-MOST_MM - 1)],
    [point(1), point(0.5)],
    [ring(MOST_CORNERS), ring(MOST_CORNERS + 1)],
    [ring(3), ring(2)],
    [point(1), { corners: [[0, 0], [5, 5], [0, 9], [0, 9]] }],
    [point(1), { corners: [[0, 0, 0], [5, 5], [0, 9]] }],
    [{ name: "x".repeat(60) }, { name: "x".repeat(61) }],
    [{ name: "Nord–Süd 北" }, { name: " North" }],
    [{ name: "a b" }, { name: "a\nb" }],
    [{ name: "a b" }, { name: "a\u202eb" }],
    [{ name: "a b" }, { name: "a\ud800" }],
    [{ id: "a-9" }, { id: "A" }],
    [{ id: "a".repeat(32) }, { id: "a".repeat(33) }],
  ];
  for (const [good, bad] of zone) {
    assert.deepEqual(faultsOfZone(good), []);
    assert.equal(faultsOfZone(bad).length, 1, JSON.stringify(bad));
  }
  const day = 24 * 3_600_000;
  const rule = [
    [silent(1000), silent(999)],
    [silent(day), silent(day + 1)],
    [rate(1), rate(0)],
    [rate(1000), rate(1001)],
    [rate(5, "nearest"), rate(5, "all")],
    [rate(5, { agent: "A" }), rate(5, { agent: "A:1" })],
    [cool(1000, 1000), cool(999, 1000)],
    [cool(day, 3_600_000), cool(day, 3_600_001)],
    [{ when: { ...OVER_GATE, count: 1000 } }, { when: { ...OVER_GATE, count: 1001 } }],
    [{ when: IN_NORTH }, { when: { ...IN_NORTH, labels: "person" } }],
    [{ actions: [ALERT] }, { actions: [{ ...ALERT, notification: 1 }] }],
    [{ actions: [ALERT] }, { actions: [{ ...ALERT, sound: "siren" }] }],
    [{ actions: [ALERT] }, { actions: Array(9).fill(ALERT) }],
    [{ urgency: "alarm" }, { urgency: "high" }],
    [{ when: IN_NORTH }, { when: null }],
  ];
  for (const [good, bad] of rule) {
    assert.deepEqual(faultsOfRule(good), []);
    assert.equal(faultsOfRule(bad).length, 1, JSON.stringify(bad));
  }
});

Deno.test("parseRules() leaves out what is faulty, and what rests on it, and takes the rest", () => {
  const [good, bad] = [ruleOf({ id: "good", when: OVER_GATE }), ruleOf({ when: IN_NORTH })];
  const { set, faults } = parseRules({
    ...WHOLE,
    zones: [{ ...NORTH, corners: [] }],
    rules: [bad, good],
  });
  assert.deepEqual(set.rules.map(({ id }) => id), ["good"]);
  assert.deepEqual(faults.map(({ where }) => where), ["zones[0].corners", "rules[0].when.zone"]);
  const twice = parseRules({ ...WHOLE, rules: [good, bad, good] });
  assert.deepEqual(twice.set.rules.map(({ id }) => id), ["watch"]);
  assert.equal(twice.faults.length, 2);
});

Deno.test("parseRules() never throws, and takes nothing that it would not take again", () => {
  const anything = fc.anything({ maxDepth: 4 });
  const mostly = (good: unknown) =>
    fc.oneof({ weight: 6, arbitrary: fc.constant(good) }, { weight: 1, arbitrary: anything });
  const someRule = fc.record({
    id: fc.constantFrom("a", "b", "c", "D"),
    name: mostly("A"),
    urgency: mostly("note"),
    when: fc.oneof(mostly(IN_NORTH), mostly(OVER_GATE)),
    actions: mostly([ALERT]),
    coolDown: fc.constant({ ruleMs: 1000, subjectMs: 1000 }),
  });
  const some = fc.record({
    format: fc.constant(1),
    zones: mostly([NORTH]),
    lines: fc.constant([GATE]),
    rules: fc.array(someRule, { maxLength: 4 }),
  });
  let taken = 0;
  fc.assert(
    fc.property(fc.oneof(some, anything), (value) => {
      const { set } = parseRules(value);
      assert.deepEqual(parseRules({ format: 1, ...set }), { set, faults: [] });
      taken += set.rules.length;
    }),
    { seed: 22, numRuns: 3000 },
  );
  assert.ok(taken > 100);
});

Deno.test("decodeRules() refuses what is damaged or too large, and parseRules() says of rules that they are", () => {
  const [damaged] = decodeRules(new Uint8Array([0xff])).faults;
  assert.equal(faultText(damaged), "Cannot read the rules: they are damaged. Save them again.");
  const { set, faults } = decodeRules(new Uint8Array(MOST_RULES_BYTES + 1));
  assert.deepEqual([set.rules, faults.length], [[], 1]);
  assert.equal(decodeRules(encodeCbor({ format: 1 })).faults.length, 1);
  const rules = (count: number, name: string) =>
    Array.from({ length: count }, (_, i) => ruleOf({ id: `rule-${i}`, name, when: IN_NORTH }));
  const most = parseRules({ ...WHOLE, rules: rules(MOST_RULES, "x".repeat(60)) });
  assert.deepEqual(most.faults, []);
  assert.ok(encodeRules(most.set).length <= MOST_RULES_BYTES);
  const labels = Array.from({ length: 16 }, (_, i) => `${"北".repeat(50)}${10 + i}`);
  const wordy = rules(MOST_RULES, "x").map((rule) => ({ ...rule, when: { ...IN_NORTH, labels } }));
  assert.match(faultsOf({ ...WHOLE, rules: wordy })[0], /bytes\. Leave some out: at most 48000/);
  assert.match(
    faultsOf({ ...WHOLE, rules: rules(65, "x") })[0],
    /rules: it has 65\. Give 0 to 64\./,
  );
});
