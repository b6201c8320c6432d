/** Each rule once through: what happens, what is asked for, and the sentence, word by word. */
import assert from "node:assert/strict";
import {
  ALERT,
  beat,
  DECIDE_START_MS,
  IN_NORTH,
  OVER_GATE,
  ruleOf,
  rulesOf,
  saidBy,
  SEEN_BY_TWO,
  seenAt,
  TrialDecider,
} from "../../tests/fixtures/decisions.ts";
import { explain } from "./explain.ts";
import type { Decision } from "./decision.ts";

function said(decisions: readonly Decision[]): readonly string[] {
  const agentName = (agent: string) => agent.toUpperCase();
  return decisions.map((one) => explain(one, { agentName, utcOffsetMin: 0 }));
}

Deno.test("decide() tells of a class that two agents see in a zone, and asks a third one to confirm", () => {
  const actions = [ALERT, { kind: "confirm" }, { kind: "mark", mark: "searched" }] as const;
  const trial = new TrialDecider(rulesOf(ruleOf({ when: SEEN_BY_TWO, actions })));
  const agents = [beat("A", 0, [1, 1]), beat("B", 0, [2, 2]), beat("C", 0, [90, 0])];
  const alone = { sources: [saidBy("A", 0.81)] };
  assert.deepEqual(trial.step(0, { tracks: [seenAt("A:1", [3, 4], 0, alone)], agents }), []);
  const both = { sources: [saidBy("A", 0.81), saidBy("B", 0.64)] };
  const decisions = trial.step(200, { tracks: [seenAt("A:1", [3, 4], 200, both)], agents });
  assert.deepEqual(said(decisions), [
    "Gate watch at 14:00:00, because: person 0.81 by A and 0.64 by B in zone North.",
  ]);
  const [{ id, asks, unmet, occasion }] = decisions;
  assert.equal(id, `watch/track A:1/${DECIDE_START_MS / 60_000}`);
  assert.deepEqual(asks, [
    ALERT,
    { kind: "confirm", agent: "C", subject: "track A:1", place: [3000, 4000] },
    { kind: "mark", mark: "searched", place: [3000, 4000] },
  ]);
  assert.deepEqual([unmet, occasion?.seeing], [[], ["A", "B"]]);
});

Deno.test("decide() tells of a class seen anywhere when the rule names no zone, and who says otherwise", () => {
  const when = { ...SEEN_BY_TWO, zone: null };
  const trial = new TrialDecider(rulesOf(ruleOf({ when })));
  const sources = [saidBy("A", 0.6), saidBy("B", 0.555), saidBy("C", 0.9, "dog")];
  const track = (atMs: number, sure: number) =>
    seenAt("A:1", [-500, 0], atMs, { sources: [...sources, saidBy("D", sure)] });
  assert.deepEqual(trial.step(0, { tracks: [track(0, 0.599)] }), []);
  assert.deepEqual(said(trial.step(5000, { tracks: [track(5000, 0.6)] })), [
    "Gate watch at 14:00:05, because: person 0.60 by A and 0.60 by D and 0.56 by B, dog 0.90 by C.",
  ]);
});

Deno.test("decide() tells of a zone entered and left", () => {
  const leave = ruleOf({ id: "left", name: "Gone", when: { ...IN_NORTH, change: "left" } });
  const trial = new TrialDecider(rulesOf(ruleOf({ when: IN_NORTH }), leave));
  assert.deepEqual(trial.step(0, { tracks: [seenAt("A:1", [-5, 5], 0)] }), []);
  assert.deepEqual(said(trial.step(1000, { tracks: [seenAt("A:1", [5, 5], 1000)] })), [
    "Gate watch at 14:00:01, because: person 0.81 by A entered zone North.",
  ]);
  assert.deepEqual(said(trial.step(61_000, { tracks: [seenAt("A:1", [-5, 5], 61_000)] })), [
    "Gone at 14:01:01, because: person 0.81 by A left zone North.",
  ]);
});

Deno.test("decide() tells of who is in a zone as soon as it is sure what that is", () => {
  const trial = new TrialDecider(rulesOf(ruleOf({ when: IN_NORTH })));
  const [dog, unsure] = [{ label: "dog" }, { confidence: 0.499 }];
  assert.deepEqual(trial.step(0, { tracks: [seenAt("A:1", [5, 5], 0, dog)] }), []);
  assert.deepEqual(trial.step(100, { tracks: [seenAt("A:1", [5, 5], 100, unsure)] }), []);
  assert.equal(trial.step(200, { tracks: [seenAt("A:1", [5, 5], 200)] }).length, 1);
});

Deno.test("decide() tells of a count over a line, and raises the rate of those who see it", () => {
  const rate = { kind: "rate", of: "seeing", percent: 200, forMs: 30_000 } as const;
  const when = { ...OVER_GATE, count: 2 };
  const trial = new TrialDecider(rulesOf(ruleOf({ when, actions: [rate] })));
  const walk = (id: string, atMs: number, other = {}) => {
    trial.step(atMs, { tracks: [seenAt(id, [5, 5], atMs, other)] });
    return trial.step(atMs + 1000, { tracks: [seenAt(id, [15, 5], atMs + 1000, other)] });
  };
  assert.deepEqual(walk("A:1", 0), []);
  assert.deepEqual(walk("A:2", 61_000), [], "too late to be counted with the first");
  const sources = [saidBy("A", 0.9), saidBy("B", 0.7)];
  const decisions = walk("A:3", 100_000, { sources });
  assert.deepEqual(said(decisions), [
    "Gate watch at 14:01:41, because: 2 crossed line Gate forward within 60 s, the last one " +
    "person 0.90 by A and 0.70 by B.",
  ]);
  assert.deepEqual(decisions[0].asks, [
    { kind: "rate", agent: "A", percent: 200, forMs: 30_000 },
    { kind: "rate", agent: "B", percent: 200, forMs: 30_000 },
  ]);
  assert.deepEqual(walk("A:4", 110_000), [], "the count has begun anew");
});

Deno.test("decide() tells of each one over a line when it counts to one", () => {
  const trial = new TrialDecider(rulesOf(ruleOf({ when: { ...OVER_GATE, way: "back" } })));
  trial.step(0, { tracks: [seenAt("A:1", [15, 5], 0)] });
  assert.deepEqual(said(trial.step(500, { tracks: [seenAt("A:1", [5, 5], 500)] })), [
    "Gate watch at 14:00:00, because: person 0.81 by A crossed line Gate backward.",
  ]);
});

Deno.test("decide() tells of an anomaly once until it has gone, and of its place by its agent's", () => {
  const rate = { kind: "rate", of: "nearest", percent: 50, forMs: 60_000 } as const;
  const when = { kind: "anomaly", source: "Pump 3", score: 800 } as const;
  const trial = new TrialDecider(rulesOf(ruleOf({ when, actions: [ALERT, rate] })));
  const agents = [beat("A", 0, [7, 8]), beat("B", 0)];
  const read = (atMs: number, score: number, source = "Pump 3") => ({
    agents,
    anomalies: [{ agent: "A", source, score, atMs: DECIDE_START_MS + atMs }],
  });
  assert.deepEqual(trial.step(0, read(0, 0.799)), []);
  assert.deepEqual(trial.step(0, read(0, 0.9, "Pump 4")), []);
  const decisions = trial.step(1000, read(1000, 0.92));
  assert.deepEqual(said(decisions), [
    "Gate watch at 14:00:01, because: Pump 3 of A is unusual, 0.92 where 0.80 is enough.",
  ]);
  assert.deepEqual(decisions[0].occasion?.place, [7000, 8000]);
  assert.deepEqual(decisions[0].asks[1], {
    ...{ kind: "rate", agent: "A", percent: 50, forMs: 60_000 },
  });
  assert.deepEqual(trial.step(100_000, read(100_000, 0.7)), [], "not gone by enough");
  assert.deepEqual(trial.step(101_000, read(101_000, 0.9)), []);
  assert.deepEqual(trial.step(102_000, read(102_000, 0.699)), []);
  assert.equal(trial.step(103_000, read(103_000, 0.8)).length, 1);
});

Deno.test("decide() tells of an agent's silence once until it is heard of again", () => {
  const when = { kind: "silence", agent: null, forMs: 20_000 } as const;
  const actions = [ALERT, { kind: "confirm" }] as const;
  const trial = new TrialDecider(rulesOf(ruleOf({ when, actions })));
  const step = (atMs: number, heardMs: number) =>
    trial.step(atMs, { agents: [beat("A", atMs, [50, 0]), beat("B", heardMs, [1, 2])] });
  assert.deepEqual(step(19_999, 0), []);
  const decisions = step(20_500, 0);
  assert.deepEqual(said(decisions), [
    "Gate watch at 14:00:20, because: nothing was heard of B since 14:00:00, for 20 s.",
  ]);
  assert.deepEqual(decisions[0].asks[1], {
    ...{ kind: "confirm", agent: "A", subject: "agent B", place: [1000, 2000] },
  });
  assert.deepEqual(step(500_000, 0), []);
  assert.deepEqual(step(501_000, 501_000), []);
  assert.equal(step(521_000, 501_000).length, 1);
});

Deno.test("decide() asks the nearest agent that is there, of equally near ones the first; else it says that it cannot", () => {
  const actions = [{ kind: "confirm" }, OF_Z] as const;
  const asked = (...agents: ReturnType<typeof beat>[]) => {
    const trial = new TrialDecider(rulesOf(ruleOf({ when: IN_NORTH, actions })));
    const [{ asks, unmet }] = trial.step(0, { agents, tracks: [seenAt("A:1", [5, 5], 0)] });
    const confirm = asks.find((ask) => ask.kind === "confirm");
    assert.ok(asks.some((ask) => ask.kind === "rate" && ask.agent === "Z"));
    return confirm?.kind === "confirm" ? confirm.agent : unmet[0];
  };
  assert.equal(asked(beat("C", 0, [9, 5]), beat("B", 0, [1, 5]), beat("D", 0, [9.1, 5])), "B");
  assert.equal(asked(beat("A", 0, [5, 5]), beat("B", 0, [50, 5])), "B", "A sees it already");
  assert.equal(asked(beat("A", 0, [5, 5])), "A", "nobody else is there");
  assert.equal(asked(beat("B", -30_001, [5, 5]), beat("C", -30_000, [9, 9])), "C");
  const nobody = { action: "confirm", because: "no-agent" };
  assert.deepEqual(asked(beat("B", 0), beat("C", 0, [NaN, 0])), nobody);
});

Deno.test("decide() leaves a mark out where nobody knows the place, and says so", () => {
  const when = { kind: "silence", agent: "B", forMs: 20_000 } as const;
  const actions = [{ kind: "mark", mark: "cleared" }, { kind: "confirm" }] as const;
  const trial = new TrialDecider(rulesOf(ruleOf({ when, actions })));
  const [{ asks, unmet }] = trial.step(60_000, { agents: [beat("B", 0), beat("C", 0)] });
  assert.deepEqual(asks, []);
  assert.deepEqual(unmet, [
    { action: "confirm", because: "no-place" },
    { action: "mark", because: "no-place" },
  ]);
});

Deno.test("explain() tells how many more there were, in the user's own time", () => {
  const trial = new TrialDecider(rulesOf(ruleOf({ when: IN_NORTH })));
  const people = (atMs: number, ...ns: number[]) => ({
    tracks: ns.map((n) => seenAt(`A:${n}`, [n, 5], atMs)),
  });
  const options = { agentName: (id: string) => `drone ${id}`, utcOffsetMin: -870 };
  assert.deepEqual(trial.step(0, people(0, 1)).map((one) => explain(one, options)), [
    "Gate watch at 23:30:00, because: person 0.81 by drone A entered zone North.",
  ]);
  assert.deepEqual(trial.step(2000, people(2000, 1, 2, 3)), []);
  assert.deepEqual(trial.step(4000, people(4000, 1, 2, 3, 4)), []);
  assert.deepEqual(trial.step(9_999, {}), []);
  assert.deepEqual(trial.step(10_000, {}).map((one) => explain(one, options)), [
    "Gate watch at 23:30:04, because: person 0.81 by drone A entered zone North (2 more like it).",
  ]);
  assert.deepEqual(trial.step(20_000, {}), []);
});

Deno.test("explain() names four agents and says how many more there are", () => {
  const trial = new TrialDecider(rulesOf(ruleOf({ when: IN_NORTH })));
  const sources = [..."ABCDEF"].map((agent, i) => saidBy(agent, 0.9 - i / 100));
  assert.deepEqual(said(trial.step(0, { tracks: [seenAt("A:1", [5, 5], 0, { sources })] })), [
    "Gate watch at 14:00:00, because: person 0.90 by A and 0.89 by B and 0.88 by C and 0.87 by D " +
    "and 2 more entered zone North.",
  ]);
});

Deno.test("explain() sums up the alerts that were too many", () => {
  const coolDown = { ruleMs: 1000, subjectMs: 1000 };
  const trial = new TrialDecider(rulesOf(
    ruleOf({ coolDown, when: IN_NORTH, urgency: "note" }),
    ruleOf({ id: "b", name: "Silence", urgency: "note", coolDown, ...SILENT }),
  ));
  for (let n = 0; n < 16; n++) {
    trial.step(n * 1000, { tracks: [seenAt(`A:${n}`, [5, 5], n * 1000)] });
  }
  assert.equal(trial.all.filter(({ asks }) => asks.length > 0).length, 4);
  assert.deepEqual(trial.all[4].unmet, [{ action: "alert", because: "too-many-alerts" }]);
  trial.step(16_000, { agents: [beat("B", -60_000)] });
  assert.deepEqual(said(trial.step(59_999, {})), []);
  assert.deepEqual(said(trial.step(60_000, {})), ["13 more alerts: Silence 1, Gate watch 12."]);
  assert.deepEqual(trial.step(61_000, {}), []);
});

const OF_Z = { kind: "rate", of: { agent: "Z" }, percent: 50, forMs: 1000 } as const;
const SILENT = { when: { kind: "silence", agent: null, forMs: 20_000 } } as const;
