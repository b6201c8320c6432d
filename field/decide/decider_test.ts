import assert from "node:assert/strict";
import fc from "fast-check";
import {
  anySteps,
  anyTrack,
  DECIDE_START_MS,
  EVERY_KIND,
  IN_NORTH,
  OVER_GATE,
  ruleOf,
  rulesOf,
  saidBy,
  SEEN_BY_TWO,
  seenAt,
  type Step,
  TrialDecider,
} from "../../tests/fixtures/decisions.ts";
import { EMPTY_STATE, MOST_DECIDED, MOST_SUBJECTS } from "./decide_state.ts";
import { decide } from "./decider.ts";
import { type Decision, hasAlert } from "./decision.ts";
import type { Occasion } from "./occasion.ts";
import { ALERTS_PER_MS, MOST_ALERTS } from "./restraint.ts";
import type { WorldTrack } from "../world/world_track.ts";
import type { Rule } from "./rule.ts";
import { MOST_TRACKS } from "./watch_world.ts";

function replay(steps: readonly (Step & { readonly atMs: number })[]): TrialDecider {
  const trial = new TrialDecider(EVERY_KIND);
  for (const { atMs, ...inputs } of steps) trial.step(atMs, inputs);
  return trial;
}

function occasionsOf(decisions: readonly Decision[]): readonly Occasion[] {
  return decisions.flatMap(({ occasion }) => occasion ?? []);
}

/** A person who jitters around a place for as long, one look a second. */
function jitter(
  trial: TrialDecider,
  { id, east, byM, fromS, seconds }: {
    readonly id: string;
    readonly east: number;
    readonly byM: number;
    readonly fromS: number;
    readonly seconds: number;
  },
): void {
  for (let s = fromS; s < fromS + seconds; s++) {
    // by the golden ratio: all over the range, and never the same twice
    const by = ((s * 0.618034) % 1 * 2 - 1) * byM;
    trial.step(s * 1000, { tracks: [seenAt(id, [east + by, 5], s * 1000)] });
  }
}

Deno.test("decide() decides the same, whatever the order of the tracks, agents and readings", () => {
  let decided = 0;
  fc.assert(
    fc.property(anySteps, fc.integer(), (steps, seed) => {
      const turned = steps.map(({ atMs, tracks = [], agents = [], anomalies = [] }) => {
        const by = Math.abs(seed % (tracks.length + 1));
        const mixed = [...tracks.slice(by), ...tracks.slice(0, by)].toReversed();
        return { atMs, tracks: mixed, agents: agents.toReversed(), anomalies };
      });
      const [a, b] = [replay(steps), replay(turned)];
      assert.deepEqual(b.all, a.all);
      assert.deepEqual(b.state, a.state);
      decided += a.all.length;
    }),
    { seed: 11, numRuns: 300 },
  );
  assert.ok(decided > 500, `${decided}`);
});

Deno.test("decide() goes on from a kept state as if it had never stopped, and does not change what it is given", () => {
  fc.assert(
    fc.property(anySteps, (steps) => {
      const trial = new TrialDecider(EVERY_KIND);
      let kept = EMPTY_STATE;
      for (const { atMs, ...inputs } of steps) {
        const before = structuredClone(trial.state);
        const given = trial.state;
        const decisions = trial.step(atMs, inputs);
        assert.deepEqual(given, before);
        const whole = { tracks: [], agents: [], anomalies: [], heard: [], ...inputs };
        const again = decide(kept, EVERY_KIND, { ...whole, nowMs: DECIDE_START_MS + atMs });
        assert.deepEqual(again.decisions, decisions);
        kept = structuredClone(again.state);
      }
    }),
    { seed: 12, numRuns: 150 },
  );
});

Deno.test("decide() decides by no rule, and of no subject, twice within their cool-downs, and gives no id twice", () => {
  fc.assert(
    fc.property(anySteps, (steps) => {
      const { all } = replay(steps);
      assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
      for (const { id, coolDown: { ruleMs, subjectMs } } of EVERY_KIND.rules) {
        const own = all.filter(({ occasion }) => occasion?.rule === id);
        own.forEach((one, i) => {
          if (i > 0) assert.ok(one.atMs - own[i - 1].atMs >= ruleMs);
        });
        const bySubject = Map.groupBy(occasionsOf(own), ({ subject }) => subject);
        for (const times of [...bySubject.values()].map((some) => some.map(({ atMs }) => atMs))) {
          times.sort((a, b) => a - b).forEach((atMs, i) => {
            if (i > 0) assert.ok(atMs - times[i - 1] >= subjectMs);
          });
        }
      }
    }),
    { seed: 13, numRuns: 300 },
  );
});

Deno.test("decide() puts what is urgent first", () => {
  let several = 0;
  fc.assert(
    fc.property(anySteps, (steps) => {
      const trial = new TrialDecider(EVERY_KIND);
      for (const { atMs, ...inputs } of steps) {
        const order = trial.step(atMs, inputs).map(({ urgency }) => urgency);
        const rank = { alarm: 0, warning: 1, note: 2 };
        assert.deepEqual(order, order.toSorted((a, b) => rank[a] - rank[b]));
        several += order.length > 1 ? 1 : 0;
      }
    }),
    { seed: 14, numRuns: 200 },
  );
  assert.ok(several > 100);
});

Deno.test("decide() gives few alerts a minute, keeps room for the urgent ones, and tells of all in the end", () => {
  const coolDown = { ruleMs: 1000, subjectMs: 1000 };
  const rule = (id: string, urgency: "note" | "alarm", label: string) =>
    ruleOf({ id, urgency, coolDown, when: { ...IN_NORTH, labels: [label] } });
  const trial = new TrialDecider(rulesOf(rule("a", "note", "dog"), rule("b", "alarm", "person")));
  const alerts: Decision[] = [];
  for (let s = 0; s < 300; s++) {
    const label = s % 60 < 30 ? "dog" : "person";
    const place = [s % 9 + 1, 5] as const;
    const pair = ["A", "B"].map((agent) => seenAt(`${agent}:${s}`, place, s * 1000, { label }));
    const tracks = s < 180 ? pair : [];
    alerts.push(...trial.step(s * 1000, { tracks }).filter(hasAlert));
  }
  for (const { atMs } of alerts) {
    const minute = alerts.filter((one) => one.atMs >= atMs && one.atMs < atMs + ALERTS_PER_MS);
    assert.ok(minute.length <= MOST_ALERTS.alarm);
    assert.ok(minute.filter(({ urgency }) => urgency === "note").length <= MOST_ALERTS.note);
  }
  assert.equal(alerts.filter(({ atMs }) => atMs < DECIDE_START_MS + 30_000).length, 4);
  assert.equal(alerts.filter(({ atMs }) => atMs < DECIDE_START_MS + 60_000).length, 8);
  const told = alerts.map(({ reason, more }) =>
    reason.kind === "held-back" ? reason.rules.reduce((sum, { count }) => sum + count, 0) : 1 + more
  );
  assert.equal(told.reduce((sum, count) => sum + count, 0), 360);
});

Deno.test("decide() tells once of a track that jitters on a zone's edge, and of one that wanders once a cool-down", () => {
  const still = new TrialDecider(rulesOf(ruleOf({ when: IN_NORTH })));
  jitter(still, { id: "A:1", east: 0, byM: 0.6, fromS: 0, seconds: 3600 });
  assert.equal(still.all.length, 1);
  const wanderer = new TrialDecider(rulesOf(ruleOf({ when: IN_NORTH })));
  jitter(wanderer, { id: "A:1", east: 0, byM: 4, fromS: 0, seconds: 600 });
  assert.ok(wanderer.all.length > 1 && wanderer.all.length <= 10, `${wanderer.all.length}`);
});

Deno.test("decide() counts a track that jitters on a line once, also by a rule for both ways", () => {
  for (const way of ["forward", "back", "both"] as const) {
    const trial = new TrialDecider(rulesOf(ruleOf({ when: { ...OVER_GATE, way } })));
    jitter(trial, { id: "A:1", east: 10, byM: 2, fromS: 0, seconds: 600 });
    assert.equal(trial.all.length, 1, way);
  }
});

Deno.test("decide() tells once of an object that stands still, also when it is lost and found under another id", () => {
  const trial = new TrialDecider(rulesOf(ruleOf({ when: IN_NORTH })));
  const stand = (id: string, fromS: number, seconds: number, east = 5) =>
    jitter(trial, { id, east, byM: 0.3, fromS, seconds });
  stand("A:1", 0, 40);
  stand("A:2", 100, 400);
  stand("A:3", 700, 40);
  assert.equal(trial.all.length, 1);
  stand("A:4", 800, 5, 8);
  assert.equal(trial.all.length, 2, "another one beside it");
  stand("A:5", 1200, 5);
  assert.equal(trial.all.length, 3, "after five minutes nobody knows whether it is the same");
  const dog = seenAt("A:6", [5, 5], 1210_000, { label: "dog" });
  assert.deepEqual(trial.step(1210_000, { tracks: [dog] }), []);
});

Deno.test("decide() tells of a second one where a first passed a moment ago, and of two that stand together", () => {
  const trial = new TrialDecider(rulesOf(ruleOf({ when: IN_NORTH })));
  jitter(trial, { id: "A:1", east: 5, byM: 0, fromS: 0, seconds: 29 });
  jitter(trial, { id: "A:2", east: 5, byM: 0, fromS: 60, seconds: 2 });
  assert.equal(trial.all.length, 2, "it had not stood there for half a minute");
  const both = (atMs: number) => ({
    tracks: [seenAt("A:2", [5, 5], atMs), seenAt("A:3", [5, 5], atMs)],
  });
  for (let s = 70; s < 130; s++) trial.step(s * 1000, both(s * 1000));
  assert.equal(trial.all.length, 3);
  trial.step(130_000, { tracks: [...both(130_000).tracks, seenAt("A:4", [5, 5], 130_000)] });
  assert.equal(trial.all.length, 4, "those who stand there are not lost");
});

Deno.test("decide() takes one new track for a lost object, and none of another label or where it only passed", () => {
  const set = rulesOf(ruleOf({ when: { ...IN_NORTH, labels: [] } }));
  const lost = (walkedM: number) => {
    const trial = new TrialDecider(set);
    for (let s = 0; s <= 40; s++) {
      const east = 3 + walkedM * s / 40;
      trial.step(s * 1000, { tracks: [seenAt("A:1", [east, 5], s * 1000)] });
    }
    assert.equal(trial.all.length, 1);
    return trial;
  };
  const at = (id: string, east: number, label = "person") =>
    seenAt(id, [east, 5], 60_000, { label });
  assert.equal(lost(0).step(60_000, { tracks: [at("A:2", 3)] }).length, 0);
  assert.equal(lost(0).step(60_000, { tracks: [at("A:2", 3, "dog")] }).length, 1);
  assert.equal(lost(5).step(60_000, { tracks: [at("A:2", 8)] }).length, 1);
  const two = [at("A:2", 3), at("A:3", 3)];
  const [told] = lost(0).step(60_000, { tracks: two });
  assert.deepEqual([told.occasion?.subject, told.more], ["track A:3", 0]);
  assert.deepEqual(lost(0).step(60_000, { tracks: two.toReversed() }), [told]);
});

Deno.test("decide() finds two lost objects again that stood side by side", () => {
  const trial = new TrialDecider(rulesOf(ruleOf({ when: IN_NORTH })));
  const pair = (atMs: number, a: string, b: string) =>
    trial.step(atMs, { tracks: [seenAt(a, [3, 5], atMs), seenAt(b, [3.2, 5], atMs)] });
  for (let s = 0; s <= 40; s++) pair(s * 1000, "A:1", "B:1");
  assert.deepEqual(trial.all.map(({ more }) => more), [1], "both at once");
  const nearer = [seenAt("A:2", [3, 5], 60_000), seenAt("A:3", [3, 5], 60_000)];
  assert.deepEqual(trial.step(60_000, { tracks: nearer }), []);
  assert.deepEqual(trial.step(90_000, {}), []);
});

Deno.test("decide() does not waver with a label, a confidence or a way back, however late", () => {
  const sources = (sure: number) => ({ sources: [saidBy("A", 0.9), saidBy("B", sure)] });
  const run = (rule: Rule, looks: readonly (readonly [number, Partial<WorldTrack>])[]) => {
    const trial = new TrialDecider(rulesOf(rule));
    looks.forEach(([east, other], i) => {
      const atMs = i * 70_000;
      trial.step(atMs, { tracks: [seenAt("A:1", [east, 5], atMs, other)] });
    });
    return trial.all.length;
  };
  const dog = { label: "dog" };
  assert.equal(run(ruleOf({ when: IN_NORTH }), [[2, {}], [5, dog], [8, {}]]), 1);
  const seen = ruleOf({ when: SEEN_BY_TWO });
  assert.equal(run(seen, [[2, sources(0.6)], [5, sources(0.5)], [8, sources(0.6)]]), 1);
  assert.equal(run(seen, [[2, sources(0.6)], [5, sources(0.49)], [8, sources(0.6)]]), 2);
  const both = ruleOf({ when: { ...OVER_GATE, way: "both" } });
  assert.equal(run(both, [[5, {}], [15, {}], [5, {}], [15, {}]]), 1);
});

Deno.test("decide() tells again of who went away and came back to the same place", () => {
  const trial = new TrialDecider(rulesOf(ruleOf({ when: IN_NORTH })));
  const at = (s: number, east: number) =>
    trial.step(s * 1000, { tracks: [seenAt("A:1", [east, 5], s * 1000)] });
  assert.equal(at(0, 1).length, 1);
  assert.equal(at(10, -20).length, 0);
  assert.equal(at(59, 1).length, 0, "within the cool-down");
  assert.equal(at(70, -20).length, 0);
  assert.equal(at(80, 1).length, 1);
});

Deno.test("decide() takes no look twice: nothing settles while nobody sees the track", () => {
  const trial = new TrialDecider(rulesOf(ruleOf({ when: IN_NORTH })));
  const blurred = { covariance: [100, 0, 100] } as const;
  for (let i = 0; i < 20; i++) trial.step(i, { tracks: [seenAt("A:1", [5, 5], 0, blurred)] });
  assert.equal(trial.all.length, 0);
  for (let i = 1; i < 5; i++) trial.step(100 * i, { tracks: [seenAt("A:1", [5, 5], i, blurred)] });
  assert.equal(trial.all.length, 1);
});

Deno.test("decide() is told what others decided: once, under the id that it would have given, and not of old news", () => {
  const set = rulesOf(ruleOf({ when: IN_NORTH }));
  const [a, b] = [new TrialDecider(set), new TrialDecider(set)];
  const [first] = a.step(0, { tracks: [seenAt("A:1", [5, 5], 0)] });
  const heard = occasionsOf([first]);
  const [told] = b.step(50, { heard });
  assert.deepEqual([told.id, told.reason, told.asks], [first.id, first.reason, first.asks]);
  assert.deepEqual(b.step(100, { heard, tracks: [seenAt("A:1", [5, 5], 90)] }), []);
  assert.deepEqual(a.step(150, { heard: occasionsOf([told]) }), [], "its own word");
  assert.deepEqual(b.step(99_000, { heard: [{ ...heard[0], rule: "no such rule" }] }), []);
  const late = new TrialDecider(set);
  assert.deepEqual(late.step(5 * 60_000, { heard }), []);
  assert.equal(late.step(5 * 60_000 - 1, { heard }).length, 1);
});

Deno.test("decide() holds what it hears to the same limits: a peer that cries wolf is one alert a cool-down", () => {
  const trial = new TrialDecider(rulesOf(ruleOf({ when: IN_NORTH })));
  const [{ occasion }] = new TrialDecider(trial.set).step(0, {
    tracks: [seenAt("A:1", [5, 5], 0)],
  });
  assert.ok(occasion);
  for (let s = 0; s < 60; s++) {
    const heard = Array.from({ length: 200 }, (_, i) => ({
      ...occasion,
      subject: `track X:${s}-${i}`,
      atMs: DECIDE_START_MS + s * 1000,
    }));
    trial.step(s * 1000, { heard });
  }
  assert.equal(trial.all.length, 6);
  assert.ok(trial.state.subjects.size <= MOST_SUBJECTS);
});

Deno.test("decide() gives no id twice, also when a flood has washed the subject out of its memory", () => {
  const coolDown = { ruleMs: 1000, subjectMs: 3_600_000 };
  const trial = new TrialDecider(rulesOf(ruleOf({ when: IN_NORTH, coolDown })));
  const [{ occasion }] = trial.step(0, { tracks: [seenAt("A:1", [5, 5], 0)] });
  assert.ok(occasion);
  for (let s = 1; s <= 30; s++) {
    const heard = Array.from(
      { length: 64 },
      (_, i) => ({ ...occasion, subject: `track X:${s}-${i}` }),
    );
    trial.step(s * 1000, { heard });
  }
  assert.ok(!trial.state.subjects.has("track A:1"));
  assert.deepEqual(trial.step(40_000, { heard: [occasion] }), []);
});

Deno.test("decide() does not count over a line again what another agent has told of", () => {
  const set = rulesOf(ruleOf({ when: { ...OVER_GATE, count: 2, withinMs: 600_000 } }));
  const [a, b] = [new TrialDecider(set), new TrialDecider(set)];
  const cross = (trial: TrialDecider, id: string, atMs: number) => {
    trial.step(atMs, { tracks: [seenAt(id, [5, 5], atMs)] });
    return trial.step(atMs + 500, { tracks: [seenAt(id, [15, 5], atMs + 500)] });
  };
  cross(a, "A:1", 0);
  cross(b, "A:1", 0);
  assert.equal(b.step(2000, { heard: occasionsOf(cross(a, "A:2", 1000)) }).length, 1);
  assert.equal(cross(b, "A:3", 100_000).length, 0);
  assert.equal(cross(b, "A:4", 101_000).length, 1);
});

Deno.test("two agents with frames at other times tell their users of each thing once", () => {
  const anyRun = fc.array(fc.tuple(anyTrack(0), fc.nat(300), fc.constantFrom(500, 9000, 30_000)), {
    ...{ minLength: 1, maxLength: 30 },
  });
  fc.assert(
    fc.property(anyRun, (run) => {
      const [a, b] = [new TrialDecider(EVERY_KIND), new TrialDecider(EVERY_KIND)];
      let [atMs, fromB]: [number, readonly Occasion[]] = [0, []];
      for (const [track, laterMs, gapMs] of run) {
        atMs += gapMs;
        const at = (ms: number) => ({ ...track, lastAtMs: DECIDE_START_MS + ms });
        const fromA = occasionsOf(a.step(atMs, { tracks: [at(atMs)], heard: fromB }));
        const later = atMs + laterMs;
        fromB = occasionsOf(b.step(later, { tracks: [at(later)], heard: fromA }));
      }
      for (const { all } of [a, b]) {
        assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
        const entered = occasionsOf(all).filter(({ rule }) => rule === "entered");
        for (const [i, one] of entered.entries()) {
          const again = entered.slice(i + 1).find(({ subject }) => subject === one.subject);
          if (again) assert.ok(Math.abs(again.atMs - one.atMs) >= 60_000);
        }
      }
    }),
    { seed: 15, numRuns: 300 },
  );
});

Deno.test("decide() remembers a bounded amount of 100,000 tracks", () => {
  const trial = new TrialDecider(EVERY_KIND);
  const sources = [saidBy("A", 0.9), saidBy("B", 0.9)];
  for (let step = 0; step < 500; step++) {
    const atMs = step * 700;
    const tracks = Array.from(
      { length: 200 },
      (_, i) => seenAt(`A:${step * 200 + i}`, [i % 20 - 5, i % 17], atMs, { sources }),
    );
    trial.step(atMs, { tracks });
  }
  const { subjects, decided, rules, alertsMs } = trial.state;
  assert.equal(subjects.size, MOST_SUBJECTS);
  assert.ok(subjects.has("track A:99999") && !subjects.has("track A:0"));
  assert.ok(decided.size <= MOST_DECIDED && alertsMs.length <= MOST_ALERTS.alarm);
  assert.ok([...rules.values()].every(({ crossingsMs }) => crossingsMs.length < 2));
  trial.step(10 * 60_000, {});
  trial.step(80 * 60_000, {});
  assert.equal(trial.state.subjects.size, 0);
});

Deno.test("decide() looks at the tracks that were seen last when there are too many", () => {
  const trial = new TrialDecider(rulesOf(ruleOf({ when: IN_NORTH })));
  const old = seenAt("A:0", [5, 5], -1);
  const far = Array.from({ length: MOST_TRACKS }, (_, i) => seenAt(`B:${i}`, [90, i], 0));
  assert.deepEqual(trial.step(0, { tracks: [old, ...far] }), []);
  assert.equal(trial.step(1, { tracks: [old, ...far.slice(1)] }).length, 1);
});

Deno.test("decide() forgets rules that are no more, and passes over tracks that are not on the site", () => {
  const rule = ruleOf({ when: IN_NORTH });
  const trial = new TrialDecider(rulesOf(rule));
  trial.step(0, { tracks: [seenAt("A:1", [5, 5], 0)] });
  for (let edit = 0; edit < 50; edit++) {
    trial.set = rulesOf({ ...rule, id: `watch-${edit}` });
    trial.step(edit * 1000, { tracks: [seenAt("A:1", [5, 5], edit * 1000)] });
  }
  const memory = trial.state.subjects.get("track A:1");
  assert.deepEqual([...memory?.fired.keys() ?? []], ["watch-49"]);
  assert.deepEqual([...memory?.on ?? []], ["watch-49"]);
  assert.deepEqual([...trial.state.rules.keys()], ["watch-49"]);
  const other = new TrialDecider(rulesOf(rule));
  other.step(0, { tracks: [seenAt("A:2", [40_000, 5], 0), seenAt("A:3", [NaN, 5], 0)] });
  assert.deepEqual([other.all.length, other.state.subjects.size], [0, 0]);
});

Deno.test("decide() is not silenced by a clock that was a day ahead", () => {
  const trial = new TrialDecider(rulesOf(ruleOf({ when: IN_NORTH })));
  const day = 24 * 3_600_000;
  assert.equal(trial.step(day, { tracks: [seenAt("A:1", [5, 5], day)] }).length, 1);
  assert.equal(trial.step(0, { tracks: [seenAt("A:2", [7, 5], 0)] }).length, 1);
});
