import assert from "node:assert/strict";
import type { Decision } from "../field/decide/decision.ts";
import type { Reason } from "../field/decide/reason.ts";
import type { RuleSet } from "../field/decide/rule.ts";
import type { WorldReport } from "../field/world_messages.ts";
import { bitOf, NO_TILES } from "../field/world/tiles.ts";
import { isResult, parseFromWorker } from "./from_worker.ts";
import { isRecord } from "./shape.ts";

const pose = {
  ...{ position: [1, 2] as const, heightM: 3, headingDeg: 90, tiltDeg: 20 },
  ...{ fovDeg: 67, aspect: 4 / 3, rangeM: 40 },
};
const error = { positionM: 1, heightM: 0.2, headingDeg: 5, tiltDeg: 2, fovDeg: 3 };

const coolDown = { ruleMs: 30_000, subjectMs: 60_000 };
const rules: RuleSet = {
  zones: [{ id: "north", name: "North", corners: [[0, 0], [1000, 0], [0, 1000]] }],
  lines: [{ id: "drive", name: "Drive", from: [0, 0], to: [1000, 0] }],
  rules: [
    {
      ...{ id: "r1", name: "Zone", urgency: "alarm", coolDown },
      when: { kind: "zone", zone: "north", change: "entered", labels: [], confidence: 500 },
      actions: [
        { kind: "alert", sound: "alarm", vibration: "long", notification: true },
        { kind: "confirm" },
        { kind: "mark", mark: "searched" },
        { kind: "rate", of: "nearest", percent: 200, forMs: 5_000 },
        { kind: "rate", of: { agent: "a" }, percent: 50, forMs: 5_000 },
      ],
    },
    {
      ...{ id: "r2", name: "Line", urgency: "note", coolDown, actions: [{ kind: "confirm" }] },
      when: {
        ...{ kind: "line", line: "drive", way: "both", count: 3, withinMs: 60_000 },
        ...{ labels: ["car"], confidence: 0 },
      },
    },
    {
      ...{ id: "r3", name: "Seen", urgency: "note", coolDown, actions: [{ kind: "confirm" }] },
      when: { kind: "seen", label: "cat", confidence: 400, agents: 2, zone: null },
    },
    {
      ...{ id: "r4", name: "Odd", urgency: "note", coolDown, actions: [{ kind: "confirm" }] },
      when: { kind: "anomaly", source: null, score: 800 },
    },
    {
      ...{ id: "r5", name: "Mute", urgency: "note", coolDown, actions: [{ kind: "confirm" }] },
      when: { kind: "silence", agent: null, forMs: 60_000 },
    },
  ],
};

const reason: Reason = {
  ...{ kind: "zone", change: "entered", zone: "North", label: "person", atMs: 5 },
  by: [{ agent: "a", label: "person", confidence: 810 }],
};
const decision: Decision = {
  ...{ id: "r1/track a:1/0", rule: "Zone", urgency: "alarm", atMs: 5, reason, more: 0 },
  occasion: {
    ...{ rule: "r1", subject: "track a:1", atMs: 5, place: [1, 2], seeing: ["a"], reason },
  },
  asks: [
    { kind: "alert", sound: "alarm", vibration: "long", notification: true },
    { kind: "confirm", agent: "a", subject: "track a:1", place: [1, 2] },
    { kind: "mark", mark: "searched", place: [1, 2] },
    { kind: "rate", agent: "a", percent: 200, forMs: 5_000 },
  ],
  unmet: [{ action: "mark", because: "no-place" }],
};
const summary: Decision = {
  ...{ id: "summary/6", rule: null, urgency: "note", atMs: 6, occasion: null, more: 0 },
  reason: { kind: "held-back", rules: [{ rule: "Zone", count: 3 }] },
  ...{ asks: [], unmet: [] },
};

const report: WorldReport = {
  now: {
    atMs: 10,
    agents: [{ id: "a", name: "Gate", pose, lastAtMs: 9 }],
    tracks: [{
      ...{ id: "a:1", label: "person", confidence: 0.8, position: [0, 5], velocity: [1, 0] },
      ...{ covariance: [1, 0, 1], firstAtMs: 1, lastAtMs: 9 },
      sources: [{ agent: "a", label: "person", confidence: 0.8, atMs: 9 }],
    }],
    tiles: [{
      grid: { corner: [0, 0], tileM: 5 },
      marks: { ...NO_TILES, searched: { added: bitOf(3), removed: 0n } },
    }],
  },
  decisions: [decision, summary],
  rules,
  origin: { latitude: 52, longitude: 13 },
  mayRule: true,
  camera: { kind: "pose", pose, error },
};

Deno.test("isResult.world takes a whole report as structured clone gives it", () => {
  assert.ok(isResult.world(structuredClone(report)));
  assert.ok(isResult.world({ ...report, origin: null, camera: null }));
  const pairs = [{ frame: { x: 0.5, y: 0.5 }, world: [1, 2] as const }];
  assert.ok(isResult.world({ ...report, camera: { kind: "points", pairs, pose } }));
  assert.ok(isResult["world-past"]([report.now, report.now]));
});

Deno.test("isResult.world refuses a report in which any one field is missing or is another thing", () => {
  let tried = 0;
  for (const path of pathsOf(report)) {
    tried++;
    const broken = withAt(report, path, Symbol.for("strange"));
    assert.equal(isResult.world(broken), false, path.join("."));
  }
  assert.ok(tried > 150, `${tried} places were tried`);
});

Deno.test("isResult.world lets kinds through that only a newer worker knows", () => {
  const newer = { kind: "weather", wind: 12 };
  for (
    const path of [["rules", "rules", "0", "when"], ["decisions", "0", "reason"], [
      "decisions",
      "0",
      "asks",
      "0",
    ]]
  ) assert.ok(isResult.world(withAt(report, path, newer)), path.join("."));
});

Deno.test("isResult.world refuses what is no number, though it is of type number", () => {
  for (const path of [["now", "tracks", "0", "position", "1"], ["now", "atMs"]]) {
    assert.equal(isResult.world(withAt(report, path, NaN)), false, path.join("."));
  }
});

Deno.test("isResult.infer-batch takes a list of detections a picture", () => {
  const model = { id: "m", sha256: "00" };
  const box = { x: 0, y: 0, width: 1, height: 1 };
  const detections = [[{ label: "cat", score: 0.5, box }], []];
  assert.ok(isResult["infer-batch"]({ detections, ms: 3, model }));
  assert.equal(isResult["infer-batch"]({ detections: detections[0], ms: 3, model }), false);
});

Deno.test("parseFromWorker() takes a notice of a decision, and refuses one without words", () => {
  const notice = { notice: "decided", boot: "b", decision, words: "Zone at 14:00" };
  assert.deepEqual(parseFromWorker(notice), notice);
  assert.equal(parseFromWorker({ ...notice, words: undefined }), null);
  assert.equal(parseFromWorker({ ...notice, decision: { ...decision, asks: null } }), null);
});

/** Of every value in it that is no object, and of every object. */
function pathsOf(value: unknown): readonly (readonly string[])[] {
  if (!isRecord(value)) return [];
  return Object.keys(value).flatMap((key) => [
    [key],
    ...pathsOf(value[key]).map((path) => [key, ...path]),
  ]);
}

function withAt(value: unknown, [key, ...path]: readonly string[], to: unknown): unknown {
  if (key === undefined) return to;
  assert.ok(isRecord(value));
  const changed = withAt(value[key], path, to);
  return Array.isArray(value)
    ? value.with(Number(key), changed)
    : Object.assign(Object.create(null), value, { [key]: changed });
}
