import assert from "node:assert/strict";
import { Timeline } from "./timeline.ts";

Deno.test("Timeline runs what is planned by its time, of one time in the order of planning", async () => {
  const timeline = new Timeline(1000);
  const seen: string[] = [];
  const note = (name: string) => () => void seen.push(`${name}@${timeline.nowMs()}`);
  timeline.after(20, note("c"));
  timeline.after(10, note("a"));
  timeline.after(9.2, note("b"));
  timeline.after(21, note("late"));
  await timeline.runUntil(1020);
  assert.deepEqual(seen, ["a@1010", "b@1010", "c@1020"]);
  assert.equal(timeline.nowMs(), 1020);
});

Deno.test("Timeline lets an event end before the next begins, however long it takes", async () => {
  const timeline = new Timeline(0);
  const seen: string[] = [];
  timeline.after(1, async () => {
    seen.push("begins");
    await crypto.subtle.digest("SHA-256", new Uint8Array(1000));
    timeline.after(0, () => void seen.push("planned within"));
    seen.push("ends");
  });
  timeline.after(1, () => void seen.push("next"));
  await timeline.runUntil(1);
  assert.deepEqual(seen, ["begins", "ends", "next", "planned within"]);
});

Deno.test("Timeline rejects with what an event throws", async () => {
  const timeline = new Timeline(0);
  timeline.after(1, () => Promise.reject(new Error("broken")));
  await assert.rejects(timeline.runUntil(2), /broken/);
});
