import assert from "node:assert/strict";
import { signal } from "@preact/signals";
import { type CameraDraft, draftOf } from "./camera_draft.ts";
import { newDraft, type OutlineDraft } from "./outline_draft.ts";
import { AIM_PX, cameraEdit, outlineEdit } from "./plan_edit.ts";

const toPlan = ([east, north]: readonly [number, number]) => ({ x: east * 10, y: -north * 10 });

function camera(way: CameraDraft["way"]) {
  const draft = signal<CameraDraft | null>({ ...draftOf(null, 4 / 3), way });
  const edit = () => {
    const now = cameraEdit(draft, 1_000);
    assert.ok(now);
    return now;
  };
  const value = () => {
    assert.ok(draft.value);
    return draft.value;
  };
  return { edit, value };
}

Deno.test("cameraEdit() of a pose: a tap and the arrows move it, the handle ahead turns it", () => {
  const { edit, value } = camera("pose");
  edit().tap(null, [3, 4]);
  assert.deepEqual(value().pose.position, [3, 4]);
  edit().key({ kind: "go", east: -1, north: 0 });
  assert.deepEqual(value().pose.position, [2, 4]);
  const aim = edit().handles(toPlan).find(({ is }) => is === 1);
  assert.deepEqual(aim?.at, { x: 20, y: -40 - AIM_PX });
  edit().drag(1, [9, 4]);
  assert.equal(value().pose.headingDeg, 90);
  edit().drag(0, [0, 0]);
  assert.deepEqual([value().pose.position, value().pose.headingDeg], [[0, 0], 90]);
});

Deno.test("cameraEdit() of points: a tap and Enter place the chosen one, a tap on one chooses it", () => {
  const { edit, value } = camera("points");
  edit().tap(null, [1, 2]);
  assert.deepEqual(value().pairs[0].world, [1, 2]);
  edit().key({ kind: "go", east: 0, north: 1 });
  edit().key({ kind: "add" });
  assert.deepEqual(value().pairs[0].world, [1, 3]);
  edit().tap(0, [1, 3]);
  assert.equal(value().chosen, 0);
  edit().drag(0, [5, 5]);
  assert.deepEqual(edit().handles(toPlan), [{ at: { x: 50, y: -50 }, is: 0 }]);
});

Deno.test("outlineEdit() is null when nothing is drawn, else what a tap does", () => {
  assert.equal(outlineEdit(signal<OutlineDraft | null>(null), 100), null);
  const draft = signal<OutlineDraft | null>(newDraft("zone", [0, 0]));
  outlineEdit(draft, 100)?.tap(null, [1, 1]);
  outlineEdit(draft, 100)?.key({ kind: "go", east: 1, north: 0 });
  assert.deepEqual([draft.value?.corners, draft.value?.cursor], [[[1000, 1000]], [1100, 1000]]);
});
