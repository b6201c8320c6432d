import assert from "node:assert/strict";
import { beyondOf, latenessOf } from "./lateness.ts";
import { DRONES } from "./recording.ts";
import { BEGAN_MS, SECONDS } from "./scenario.ts";

const EVENT = { rule: "a", drone: 2, atMs: 5_000 };

function known(drone: number, seenAtMs: number, atMs: number, rule = "a") {
  return { drone, rule, seenAtMs: BEGAN_MS + seenAtMs, atMs: BEGAN_MS + atMs };
}

Deno.test("latenessOf() counts what a drone never knew to the end of the run", () => {
  const late = latenessOf([EVENT], [known(2, 5_000, 5_200)]);
  assert.deepEqual(late.length, DRONES);
  assert.deepEqual(late.filter(({ isNever }) => isNever).length, DRONES - 1);
  assert.deepEqual(late[2], {
    ...{ when: "linked", isOwn: true, lateMs: 200, isNever: false, isWhileApart: true },
  });
  assert.deepEqual(late[0].lateMs, SECONDS * 1000 - 5_000);
});

Deno.test("latenessOf() counts from the first frame that was enough, whatever the decision rests on", () => {
  const [late] = latenessOf([{ ...EVENT, drone: 0 }], [known(0, 44_000, 44_300)]);
  assert.deepEqual(late.lateMs, 39_300);
  const [early] = latenessOf([{ ...EVENT, drone: 0 }], [known(0, 4_500, 4_900)]);
  assert.deepEqual(early.lateMs, 400);
});

Deno.test("latenessOf() leaves out what is seen too late to be known by the end", () => {
  assert.deepEqual(latenessOf([{ ...EVENT, atMs: SECONDS * 1000 - 1_000 }], []), []);
});

Deno.test("beyondOf() counts an event's later decisions, and those of no event", () => {
  const decisions = [known(0, 5_000, 5_200), known(0, 6_000, 6_200), known(1, 7_000, 7_200, "b")];
  assert.deepEqual(beyondOf([EVENT], decisions), 2 / DRONES);
});
