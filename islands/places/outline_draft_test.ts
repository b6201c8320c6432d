import assert from "node:assert/strict";
import fc from "fast-check";
import { isSitePoint, type SitePoint } from "../../field/decide/site_point.ts";
import { draftAfterKey, draftTapped } from "./draft_steps.ts";
import {
  byFinger,
  chosenCorner,
  draftOfLine,
  draftOfZone,
  newDraft,
  type OutlineDraft,
  placed,
  stepped,
  turnedRound,
  withCorner,
  withoutCorner,
  withoutLast,
} from "./outline_draft.ts";
import type { PlanKey } from "./plan_keys.ts";

const EMPTY = newDraft("zone", [0, 0]);
const SQUARE = ([[0, 0], [4_000, 0], [4_000, 4_000]] as const)
  .reduce((draft: OutlineDraft, corner: SitePoint) => withCorner(draft, corner), EMPTY);

Deno.test("newDraft() begins at a place, rounded to what a finger can mean", () => {
  assert.deepEqual(newDraft("line", [1.26, -3.04]).cursor, [1_300, -3_000]);
});

Deno.test("byFinger() is on the site, and never −0", () => {
  assert.deepEqual(byFinger([1e6, -1e6]), [30_000_000, -30_000_000]);
  assert.ok(Object.is(byFinger([-0.001, 0])[0], 0));
});

Deno.test("withCorner() without a place adds one at the cursor", () => {
  assert.deepEqual(withCorner(stepped(EMPTY, 1_000, 500)).corners, [[1_000, 500]]);
});

Deno.test("withCorner() of a line that has both ends moves the second", () => {
  const line = draftOfLine({ id: "l", name: "L", from: [0, 0], to: [1_000, 0] });
  assert.deepEqual(withCorner(line, [5_000, 0]).corners, [[0, 0], [5_000, 0]]);
});

Deno.test("stepped() moves the chosen corner, and the cursor with it; else the cursor alone", () => {
  const chosen = stepped(chosenCorner(SQUARE, 1), -1_000, 2_000);
  assert.deepEqual(chosen.corners, [[0, 0], [3_000, 2_000], [4_000, 4_000]]);
  assert.deepEqual(chosen.cursor, [3_000, 2_000]);
  assert.deepEqual(stepped(SQUARE, 1_000, 0).corners, SQUARE.corners);
});

Deno.test("chosenCorner() of one that is not there chooses none", () => {
  assert.equal(chosenCorner(SQUARE, 3).chosen, null);
  assert.equal(chosenCorner(chosenCorner(SQUARE, 1), null).chosen, null);
});

Deno.test("withoutCorner() and withoutLast() take away that one, and of none nothing", () => {
  assert.deepEqual(withoutCorner(SQUARE, 0).corners, [[4_000, 0], [4_000, 4_000]]);
  assert.deepEqual(withoutLast(SQUARE).corners, [[0, 0], [4_000, 0]]);
  assert.deepEqual(withoutLast(EMPTY).corners, []);
});

Deno.test("turnedRound() has the ends of a line the other way", () => {
  const line = draftOfLine({ id: "l", name: "L", from: [0, 0], to: [1_000, 0] });
  assert.deepEqual(turnedRound(line).corners, [[1_000, 0], [0, 0]]);
});

Deno.test("draftOfZone() and draftOfLine() keep id and name", () => {
  const zone = draftOfZone({ id: "n", name: "North", corners: SQUARE.corners });
  assert.deepEqual([zone.kind, zone.id, zone.name, zone.corners], [
    "zone",
    "n",
    "North",
    SQUARE.corners,
  ]);
});

Deno.test("draftTapped() on ground makes a corner, on a corner chooses it, again lets it go", () => {
  assert.deepEqual(draftTapped(SQUARE, null, [1, 2]).corners.at(-1), [1_000, 2_000]);
  const chosen = draftTapped(SQUARE, 2, [0, 0]);
  assert.equal(chosen.chosen, 2);
  assert.equal(draftTapped(chosen, 2, [0, 0]).chosen, null);
});

Deno.test("draftAfterKey() leaves only a draft that has nothing to lose", () => {
  assert.equal(draftAfterKey(EMPTY, { kind: "leave" }, 100), null);
  assert.deepEqual(draftAfterKey(SQUARE, { kind: "leave" }, 100), SQUARE);
  assert.equal(draftAfterKey(chosenCorner(SQUARE, 0), { kind: "leave" }, 100)?.chosen, null);
});

Deno.test("draftAfterKey() adds, goes and takes back; with a corner chosen it ends or removes that", () => {
  assert.deepEqual(draftAfterKey(EMPTY, { kind: "go", east: -1, north: 1 }, 100)?.cursor, [
    -100,
    100,
  ]);
  assert.equal(draftAfterKey(SQUARE, { kind: "add" }, 100)?.corners.length, 4);
  assert.deepEqual(draftAfterKey(SQUARE, { kind: "back" }, 100), withoutLast(SQUARE));
  const chosen = chosenCorner(SQUARE, 0);
  assert.deepEqual(draftAfterKey(chosen, { kind: "add" }, 100)?.corners, SQUARE.corners);
  assert.deepEqual(draftAfterKey(chosen, { kind: "back" }, 100), withoutCorner(chosen, 0));
  assert.equal(draftAfterKey(SQUARE, { kind: "zoom", factor: 2 }, 100), SQUARE);
});

Deno.test("a draft's places are whole millimetres on the site, whatever is done to it", () => {
  const any = fc.double({ min: -1e5, max: 1e5, noNaN: true });
  const keys: fc.Arbitrary<PlanKey> = fc.oneof(
    fc.constantFrom<PlanKey>({ kind: "add" }, { kind: "back" }),
    fc.record({ kind: fc.constant("go" as const), east: fc.integer(), north: fc.integer() }),
  );
  const steps = fc.array(fc.oneof(keys, fc.tuple(any, any)), { maxLength: 30 });
  fc.assert(
    fc.property(steps, (all) => {
      let draft: OutlineDraft = EMPTY;
      for (const step of all) {
        draft = "kind" in step
          ? draftAfterKey(draft, step, 10_000) ?? draft
          : draftTapped(draft, null, step);
        draft = placed(draft, draft.corners.length - 1, draft.cursor);
        assert.ok([...draft.corners, draft.cursor].every(isSitePoint));
      }
    }),
    { seed: 78 },
  );
});
