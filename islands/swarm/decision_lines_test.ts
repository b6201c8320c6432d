import assert from "node:assert/strict";
import { decisionLines, NEWS_MS, newsOf } from "./decision_lines.ts";
import { droneReport } from "./swarm_for_tests.ts";

function said(id: string, atMs: number, does: readonly ("confirm" | "rate" | "mark")[] = []) {
  return { id, atMs, words: `${id} at ${atMs}`, rule: "Person", does };
}

Deno.test("decisionLines() tells what several drones decided once, by who was first", () => {
  const lines = decisionLines([
    droneReport(0, { decisions: [said("x", 300), said("y", 500)] }),
    droneReport(1, { decisions: [said("x", 200)] }),
  ]);
  assert.deepEqual(lines.map(({ words }) => words), ["y at 500", "x at 200"]);
});

Deno.test("decisionLines() marks what sends a drone somewhere, whoever decided it first", () => {
  const [line] = decisionLines([
    droneReport(0, { decisions: [said("x", 100, ["mark"])] }),
    droneReport(1, { decisions: [said("x", 200, ["confirm"])] }),
  ]);
  assert.deepEqual(line, { id: "x", atMs: 100, words: "x at 100", isErrand: true });
});

Deno.test("decisionLines() keeps the newest thirty", () => {
  const decisions = Array.from({ length: 40 }, (_, n) => said(`d${n}`, n));
  const lines = decisionLines([droneReport(0, { decisions })]);
  assert.equal(lines.length, 30);
  assert.equal(lines[0].id, "d39");
});

Deno.test("newsOf() is the newest decision that sends a drone somewhere, for a while", () => {
  const lines = decisionLines([
    droneReport(0, {
      decisions: [said("a", 100, ["confirm"]), said("b", 200, ["confirm"]), said("c", 300)],
    }),
  ]);
  assert.equal(newsOf(lines, 300)?.id, "b");
  assert.equal(newsOf(lines, 200 + NEWS_MS)?.id, "b");
  assert.equal(newsOf(lines, 201 + NEWS_MS), null);
});
