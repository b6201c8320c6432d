import assert from "node:assert/strict";
import { WorldCrew } from "../../tests/fixtures/world_crew.ts";
import { WORLD_START_MS } from "../../tests/fixtures/worlds.ts";
import { HybridClock } from "../clock.ts";
import { clearMot, type TrackingFrame } from "./clear_mot.ts";
import { identityScore } from "./identity_f1.ts";
import { WorldAgent } from "./world_agent.ts";
import type { Vector, WorldTrack } from "./world_track.ts";

/** Six that walk in circles 12 m apart, and one that comes after 22 s. */
function walkers(ms: number): ReadonlyMap<string, Vector> {
  const there = Array.from({ length: 6 }, (_, i): readonly [string, Vector] => {
    const angle = ms / 4000 + i;
    return [`${i}`, [12 * (i % 3) + 4 * Math.cos(angle), 12 * (i % 2) + 4 * Math.sin(angle)]];
  });
  return new Map(ms < 22_000 ? there : [...there, ["late", [50, ms / 1000 - 22]]]);
}

/** The same objects, and near enough the same places while messages are under way. */
function doAgree(views: readonly (readonly WorldTrack[])[]): boolean {
  const [first, ...others] = views;
  return others.every((view) =>
    view.length === first.length && view.every(({ id, label, position: [x, y] }, i) => {
      const { position } = first[i];
      return id === first[i].id && label === first[i].label &&
        Math.hypot(x - position[0], y - position[1]) < 0.5;
    })
  );
}

/** Lets a second pass; after how many ms of it all agreed on one track for each object. */
function msUntilAgreed(crew: WorldCrew): number | null {
  const start = crew.ms;
  let agreedMs: number | null = null;
  const areSettled = (views: typeof crew.views) =>
    doAgree(views) && views[0].length === walkers(crew.ms).size;
  crew.run(1000, () => agreedMs ??= areSettled(crew.views) ? crew.ms - start : null);
  return agreedMs;
}

function framesOf(views: readonly (readonly WorldTrack[])[], ms: number): TrackingFrame {
  const truth = [...walkers(ms)].map(([id, position]) => ({ id, position }));
  return { truth, tracks: views[0] };
}

Deno.test("five agents with 30 % loss agree within 250 ms after 20 s apart, and have one track an object", () => {
  const healedMs: number[] = [];
  for (let seed = 1; seed <= 10; seed++) {
    const crew = new WorldCrew({ seed, agents: 5, loss: 0.3, truth: walkers });
    crew.run(20_000);
    // at any one moment the last word of somebody may be under way, or lost
    assert.ok(msUntilAgreed(crew) !== null, `seed ${seed} before`);
    const before = crew.views[0].map(({ id }) => id);
    assert.equal(before.length, 6, `seed ${seed}`);
    crew.cut(true);
    crew.run(20_000);
    assert.ok(!doAgree(crew.views), `seed ${seed} apart`);
    crew.cut(false);
    healedMs.push(msUntilAgreed(crew) ?? Infinity);
    const after = crew.views[0].map(({ id }) => id);
    assert.equal(after.length, 7, `seed ${seed}: ${after}`);
    assert.ok(before.every((id) => after.includes(id)), `seed ${seed}: ${before} became ${after}`);
  }
  assert.ok(Math.max(...healedMs) <= 250, `${healedMs}`);
});

Deno.test("a crew's tracks are nearly all right, one name an object, and keep their names through a cut", () => {
  for (const seed of [21, 22, 23]) {
    const crew = new WorldCrew({ seed, agents: 5, loss: 0.3, truth: walkers });
    const frames: TrackingFrame[] = [];
    const each = () => {
      if (crew.ms % 500 === 0 && crew.ms > 3000) frames.push(framesOf(crew.views, crew.ms));
    };
    crew.run(15_000, each);
    crew.cut(true);
    crew.run(10_000, each);
    crew.cut(false);
    crew.run(15_000, each);
    const { mota, switches, meanErrorM } = clearMot(frames, 2);
    const { idf1 } = identityScore(frames, 2);
    assert.ok(mota > 0.9 && idf1 > 0.9, `seed ${seed}: MOTA ${mota}, IDF1 ${idf1}`);
    assert.ok(switches <= 1, `seed ${seed}: ${switches} switches`);
    assert.ok(meanErrorM < 0.6, `seed ${seed}: ${meanErrorM} m`);
  }
});

Deno.test("all agents have the same world to the last bit once all is said", () => {
  for (let seed = 31; seed < 36; seed++) {
    const crew = new WorldCrew({ seed, agents: 2 + seed % 5, loss: 0.5, truth: walkers });
    crew.run(4000);
    crew.cut(true);
    crew.run(3000);
    crew.cut(false);
    crew.run(500);
    crew.settle();
    const [first, ...others] = crew.views;
    assert.ok(first.length >= 6);
    for (const view of others) assert.deepEqual(view, first);
    for (const { state } of crew.agents) assert.deepEqual(state, crew.agents[0].state);
  }
});

Deno.test("an object keeps its name from one agent's view to the next one's", () => {
  const crew = new WorldCrew({
    ...{ seed: 41, agents: 3, loss: 0.1 },
    truth: (ms) => new Map([["walker", [1.4 * ms / 1000, 3]]]),
    sees: (agent, [x]) => x > 15 * agent - 4 && x < 15 * agent + 15,
  });
  const names = new Set<string>();
  const sources = new Set<string>();
  crew.run(28_000, () => {
    for (const track of crew.views[2]) {
      names.add(track.id);
      for (const { agent } of track.sources) sources.add(agent);
    }
  });
  assert.deepEqual([...names], ["a:0"]);
  assert.deepEqual([...sources].sort(), ["a", "b", "c"]);
});

Deno.test("no name ever comes back after another took its place", () => {
  const crowd = (ms: number) =>
    new Map(Array.from({ length: 8 }, (_, i): readonly [string, Vector] => {
      const angle = ms / 3000 + 2 * i;
      return [`${i}`, [6 + 5 * Math.cos(angle), 1.5 * i + 2 * Math.sin(angle / 2)]];
    }));
  for (const seed of [51, 52, 53, 54]) {
    const crew = new WorldCrew({ seed, agents: 3, loss: 0.2, truth: crowd });
    const names = new Map<string, string[]>();
    crew.run(40_000, () => {
      if (crew.ms % 100 !== 0) return;
      for (const agent of crew.agents) {
        for (const [n, { alias }] of agent.own.tracks) {
          const had = names.get(`${agent.id}:${n}`) ?? [];
          const name = alias?.to ?? "own";
          if (had.at(-1) !== name) names.set(`${agent.id}:${n}`, [...had, name]);
        }
      }
    });
    for (const [id, had] of names) {
      const others = had.filter((name) => name !== "own");
      assert.equal(new Set(others).size, others.length, `seed ${seed}: ${id} was ${had}`);
    }
  }
});

Deno.test("hear() of an earlier track where its own is has an agent take its name, and say so at once", () => {
  const nowMs = WORLD_START_MS + 5000;
  const [one, other] = ["a", "b"].map((id) => new WorldAgent(id, new HybridClock(() => nowMs)));
  const post = { label: "post", confidence: 0.9, covariance: [0.1, 0, 0.1] } as const;
  for (let ms = 0; ms < 4000; ms += 200) {
    one.see([{ ...post, position: [3, 3] }], WORLD_START_MS + ms);
    if (ms >= 1000) other.see([{ ...post, position: [3.2, 3] }], WORLD_START_MS + ms + 100);
  }
  assert.equal(other.tell(nowMs).length, 1);
  assert.equal(other.own.tracks.get(0)?.alias, null);
  assert.deepEqual(other.tell(nowMs + 10), []);
  for (const bytes of one.tell(nowMs)) other.hear("a", bytes, nowMs + 10);
  assert.equal(other.own.tracks.get(0)?.alias?.to, "a:0");
  assert.equal(other.tell(nowMs + 10).length, 1);
  assert.equal(other.tell(nowMs + 40).length, 1);
  for (const bytes of one.tell(nowMs + 200)) other.hear("a", bytes, nowMs + 200);
  assert.deepEqual(other.view(nowMs).map(({ id }) => id), ["a:0"]);
});

Deno.test("hear() takes nothing that is no message, and says so", () => {
  const [one, other] = ["a", "b"].map((id) =>
    new WorldAgent(id, new HybridClock(() => WORLD_START_MS))
  );
  one.mark("searched", 7);
  const [bytes] = one.tell(WORLD_START_MS);
  assert.equal(other.hear("a", bytes.slice(1), WORLD_START_MS), false);
  assert.equal(other.state.size, 0);
  assert.equal(other.hear("a", bytes, WORLD_START_MS), true);
  assert.equal(other.state.get("a")?.tiles.searched.added, 128n);
  assert.equal(other.state.get("b"), undefined);
});

Deno.test("an agent with a wrong clock disturbs no other's map", () => {
  for (const aheadMs of [-200_000, -20_000, -200, 200, 20_000, 200_000]) {
    const crew = new WorldCrew({
      ...{ seed: 64, agents: 3, loss: 0.1, truth: walkers },
      aheadMs: (agent) => agent === 0 ? aheadMs : 0,
    });
    const frames: TrackingFrame[] = [];
    crew.run(15_000, () => {
      if (crew.ms % 500 !== 0 || crew.ms < 3000) return;
      for (const view of crew.views.slice(1)) frames.push(framesOf([view], crew.ms));
    });
    const { misses, switches, truths } = clearMot(frames, 2);
    assert.ok(misses < 0.02 * truths && switches <= 2, `${aheadMs}: ${misses}, ${switches}`);
  }
});

Deno.test("confirmations() has each agent once, whatever track of an object it confirmed", () => {
  const crew = new WorldCrew({
    ...{ seed: 62, agents: 3, loss: 0 },
    truth: () => new Map([["post", [3, 3]]]),
  });
  crew.run(3000);
  const [a, b, c] = crew.agents;
  const [{ id }] = c.view(crew.nowMs);
  a.confirm(id);
  a.confirm("a:0");
  b.confirm("c:0");
  crew.run(300);
  for (const agent of crew.agents) {
    assert.deepEqual([...agent.confirmations(id, crew.nowMs)], [["a", 2], ["b", 1]]);
    assert.equal(agent.confirmations("z:0", crew.nowMs).size, 0);
  }
});

Deno.test("what is removed stays away while its track lives, and comes back when it is restored", () => {
  const crew = new WorldCrew({
    ...{ seed: 61, agents: 2, loss: 0 },
    truth: () => new Map([["post", [3, 3]]]),
  });
  crew.run(3000);
  const [a, b] = crew.agents;
  const ids = b.view(crew.nowMs).map(({ id }) => id);
  assert.deepEqual(ids, ["b:0"]);
  a.remove("b:0");
  crew.run(10_000);
  assert.deepEqual(crew.views, [[], []]);
  b.restore(0);
  crew.run(300);
  assert.deepEqual(crew.views.map((view) => view.map(({ id }) => id)), [ids, ids]);
});

Deno.test("an agent whose clock is behind can remove what it heard of", () => {
  const crew = new WorldCrew({
    ...{ seed: 63, agents: 2, loss: 0, aheadMs: (agent) => agent === 1 ? -60_000 : 0 },
    truth: () => new Map([["post", [3, 3]]]),
    sees: (agent) => agent === 0,
  });
  crew.run(3000);
  const [a, b] = crew.agents;
  assert.deepEqual(a.view(crew.nowMs).map(({ id }) => id), ["a:0"]);
  b.remove("a:0");
  crew.run(1000);
  assert.deepEqual(crew.views, [[], []]);
});

Deno.test("an agent that begins again goes on with what it said, above its stamps and numbers", () => {
  const crew = new WorldCrew({ seed: 71, agents: 2, loss: 0, truth: walkers });
  crew.run(3000);
  const [a] = crew.agents;
  const slow = new HybridClock(() => WORLD_START_MS - 60_000);
  const again = new WorldAgent("a", slow, a.state);
  const numbers = [...a.own.tracks.keys()];
  const stamps = [...a.own.tracks.values()].map(({ stamp }) => stamp);
  again.confirm("b:1");
  const { stamp } = again.own.confirmations.get("b:1")!;
  assert.ok(stamp > Math.max(...stamps));
  const atMs = Math.floor(stamp / 1024);
  const here = {
    label: "cat",
    confidence: 0.9,
    position: [90, 90] as const,
    covariance: [1, 0, 1] as const,
  };
  for (let i = 3; i > 0; i--) again.see([here], atMs - 10 * i);
  const fresh = [...again.own.tracks.keys()].filter((n) => !numbers.includes(n));
  assert.deepEqual(fresh, [Math.max(...numbers) + 1]);
});
