import assert from "node:assert/strict";
import { SummaryPace } from "./summary_pace.ts";

/** How long until the next summary is due, ms, to the second. */
function waitOf(pace: SummaryPace, nowMs: number): number {
  let ms = 0;
  while (!pace.isDue(nowMs + ms)) ms += 1000;
  return ms;
}

const middle = () => 0.5;

Deno.test("quiet slows summaries down to one a minute, news quicken them up to one in 5 s", () => {
  const pace = new SummaryPace(0, middle);
  assert.equal(waitOf(pace, 0), 15_000);
  for (let n = 0; n < 10; n++) pace.compared(0, 0);
  assert.equal(waitOf(pace, 0), 60_000);
  pace.news(0);
  assert.equal(waitOf(pace, 0), 30_000, "at once, not only after the next");
  for (let n = 0; n < 10; n++) pace.news(0);
  assert.equal(waitOf(pace, 0), 5_000);
  pace.compared(0, 0);
  assert.equal(waitOf(pace, 0), 5_000);
});

Deno.test("a lossy link is spared", () => {
  const pace = new SummaryPace(0, middle);
  pace.compared(0, 0.06);
  assert.equal(waitOf(pace, 0), 30_000);
  pace.compared(0, 0.05);
  assert.equal(waitOf(pace, 0), 23_000);
});

Deno.test("chance spreads them by a fifth", () => {
  assert.equal(waitOf(new SummaryPace(0, () => 0), 0), 12_000);
  assert.equal(waitOf(new SummaryPace(0, () => 0.9999), 0), 18_000);
});

Deno.test("a clock that was set back by a year does not silence them", () => {
  assert.ok(new SummaryPace(365 * 86_400_000, middle).isDue(0));
});
