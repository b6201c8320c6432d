import assert from "node:assert/strict";
import { fastestOf, type TimedWay } from "./fastest_way.ts";
import type { Stopwatch, Work } from "./stopwatch.ts";

/** A way whose every run takes so long, as the round has it. */
type Script = (round: number) => number;

/** Ways and the stopwatch that times them by their scripts. */
function scripted(scripts: Record<string, Script>) {
  const runs = new Map<Work, { readonly script: Script; readonly repeats: number }>();
  const rounds: number[] = [];
  const ways = Object.entries(scripts).map(([tile, script]): TimedWay => ({
    tile,
    work: (repeats) => {
      const work = () => {};
      runs.set(work, { script, repeats });
      return work;
    },
  }));
  const stopwatch: Stopwatch = {
    isExact: true,
    time: (works) => {
      const round = rounds.push(works.length) - 1;
      return Promise.resolve(works.map((work) => {
        const { script, repeats } = runs.get(work) ?? assert.fail("it was not made here");
        return script(round) * repeats;
      }));
    },
    dispose: () => {},
  };
  return {
    ways,
    stopwatch,
    rounds,
    repeats: () => Math.max(...[...runs.values()].map((run) => run.repeats)),
  };
}

const never = () => false;

Deno.test("fastestOf() names the way with the least median", async () => {
  // In every other round something else takes the device's time.
  const { ways, stopwatch } = scripted({
    likely: () => 3,
    fast: (round) => round % 4 === 3 ? 90 : 2,
    slow: (round) => round % 4 === 3 ? 1 : 4,
  });
  assert.equal(await fastestOf(ways, stopwatch, never), "fast");
});

Deno.test("fastestOf() keeps the likely way where none is faster", async () => {
  const { ways, stopwatch } = scripted({ likely: () => 2, other: () => 2 });
  assert.equal(await fastestOf(ways, stopwatch, never), "likely");
});

Deno.test("fastestOf() repeats short work until a clock can tell it, and not for ever", async () => {
  const short = scripted({ likely: () => 0.1 });
  await fastestOf(short.ways, short.stopwatch, never);
  assert.equal(short.repeats(), 16);
  const nothing = scripted({ likely: () => 0 });
  await fastestOf(nothing.ways, nothing.stopwatch, never);
  assert.equal(nothing.repeats(), 64);
});

Deno.test("fastestOf() knows nothing when the time is over after two rounds", async () => {
  const { ways, stopwatch, rounds } = scripted({ likely: () => 3, fast: () => 2 });
  const full = () => rounds.filter((works) => works === 2).length;
  assert.equal(await fastestOf(ways, stopwatch, () => full() >= 2), undefined);
  assert.equal(full(), 2);
  assert.equal(await fastestOf(ways, stopwatch, () => full() >= 2 + 3), "fast");
});

Deno.test("fastestOf() knows nothing of no ways", async () => {
  assert.equal(await fastestOf([], scripted({}).stopwatch, never), undefined);
});
