import assert from "node:assert/strict";
import { hit } from "./mark_hit.ts";
import { placeOf } from "./place_of.ts";
import { newestDecision, placedDecisions } from "./placed_decision.ts";
import { GATE_ALARM, NOW_MS, someRules, someSnapshot, someTrack } from "./places_for_tests.ts";
import { sceneOf } from "./plan_scene.ts";
import { toPlan } from "./plan_view.ts";
import { isSure, shapeOf, trackTag } from "./track_look.ts";
import { trailsOf } from "./trails.ts";

const SIZE = { width: 390, height: 500 };
const VIEW = { centre: [0, 0], pxPerM: 8 } as const;
const at = (place: readonly [number, number]) => toPlan(VIEW, SIZE, place);
const of = {
  snapshot: someSnapshot,
  ...someRules,
  picked: null,
  size: SIZE,
  covered: [],
  toPlan: at,
};

Deno.test("sceneOf() names all that is there, and a tap on a mark picks it", () => {
  const { labels, targets } = sceneOf(of);
  const words = labels.map((label) => label.words).sort();
  assert.deepEqual(words, ["Drive", "Gate phone", "Mast camera", "North", "dog 43?", "person 81"]);
  assert.deepEqual(hit(targets, at([6, 12])), { kind: "track", id: "b:7" });
  assert.deepEqual(hit(targets, at([8, -10])), { kind: "agent", id: "b" });
});

Deno.test("sceneOf() has a decision's pin picked where it is widest", () => {
  const { x, y } = at([-1, 4]);
  assert.deepEqual(hit(sceneOf(of).targets, { x, y: y - 20 }), {
    kind: "decision",
    id: GATE_ALARM.id,
  });
});

Deno.test("sceneOf() names what is picked before all others", () => {
  const crowd = Array.from({ length: 40 }, (_, i) => someTrack({ id: `c:${i}`, confidence: 0.9 }));
  const tracks = [someTrack({ confidence: 0.1 }), ...crowd];
  const snapshot = { ...someSnapshot, tracks };
  const isNamed = (picked: typeof of.picked | { kind: "track"; id: string }) =>
    sceneOf({ ...of, snapshot, picked }).labels.some(({ key }) => key === "track a:1");
  assert.deepEqual([isNamed(null), isNamed({ kind: "track", id: "a:1" })], [false, true]);
});

Deno.test("placeOf() finds what is picked, and nothing of what has gone", () => {
  const place = (kind: Parameters<typeof placeOf>[0]["kind"], id: string) =>
    placeOf({ kind, id }, someSnapshot, someRules);
  assert.deepEqual(place("track", "b:7"), [6, 12]);
  assert.deepEqual(place("agent", "a"), [-8, -10]);
  assert.deepEqual(place("decision", GATE_ALARM.id), [-1, 4]);
  assert.deepEqual(place("zone", "north"), [0, 4.5]);
  assert.deepEqual(place("line", "drive"), [0, -5]);
  assert.deepEqual(
    (["track", "agent", "decision", "zone", "line"] as const).map((kind) => place(kind, "gone")),
    [
      ...[null, null, null, null, null],
    ],
  );
});

Deno.test("placedDecisions() leaves out what is old or has no place", () => {
  const nowhere = { ...GATE_ALARM, id: "nowhere", occasion: null };
  const old = { ...GATE_ALARM, id: "old", atMs: NOW_MS - 300_001 };
  const placed = placedDecisions([old, nowhere, GATE_ALARM], NOW_MS);
  assert.deepEqual(placed.map(({ decision }) => decision.id), [GATE_ALARM.id]);
});

Deno.test("newestDecision() is of the last minute, of two at once the later in the list", () => {
  const twin = { ...GATE_ALARM, id: "twin" };
  const early = { ...GATE_ALARM, id: "early", atMs: GATE_ALARM.atMs - 1 };
  assert.equal(newestDecision([GATE_ALARM, twin, early], NOW_MS)?.id, "twin");
  assert.equal(newestDecision([GATE_ALARM], NOW_MS + 60_000), null);
});

Deno.test("trailsOf() goes back as long as it should, and only for what is there now", () => {
  const when = (agoMs: number, ...ids: readonly string[]) => ({
    ...someSnapshot,
    atMs: NOW_MS - agoMs,
    tracks: ids.map((id) => someTrack({ id, position: [agoMs, 0] })),
  });
  const trails = trailsOf([
    when(6_001, "a"),
    when(6_000, "a", "gone"),
    when(1, "a"),
    when(0, "a", "new"),
  ]);
  assert.deepEqual(trails, [{ id: "a", points: [[6_000, 0], [1, 0], [0, 0]] }]);
  assert.deepEqual(trailsOf([]), []);
});

Deno.test("a track's look tells its kind by shape and its doubt by a question mark", () => {
  const looks = ["person", "truck", "dog", "backpack"].map((label) => shapeOf({ label }));
  assert.deepEqual(looks, ["person", "vehicle", "animal", "other"]);
  assert.equal(trackTag({ label: "person", confidence: 0.5 }), "person 50");
  assert.equal(trackTag({ label: "dog", confidence: 0.49 }), "dog 49?");
  assert.equal(isSure({ confidence: 0.49 }), false);
});
