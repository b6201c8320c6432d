import assert from "node:assert/strict";
import { seededRandom } from "../../tests/fixtures/devices.ts";
import { BlockNoise, LEAST_DIFFERENCE } from "./block_noise.ts";
import { BLOCKS, COLUMNS, LEVEL } from "./grey_thumbnail.ts";
import { UNCHANGED } from "./light_change.ts";

const GREY = 100 * LEVEL;

/** Teaches so many pairs of frames, the second with `levels` more in `block`. */
function taught(
  noise: BlockNoise,
  { frames, levels, block = 0, known = [] }: {
    readonly frames: number;
    readonly levels: number;
    readonly block?: number;
    readonly known?: Parameters<BlockNoise["learn"]>[3];
  },
): BlockNoise {
  const before = new Uint16Array(BLOCKS).fill(GREY);
  const now = before.slice();
  now[block] += levels * LEVEL;
  for (let i = 0; i < frames; i++) noise.learn(now, before, UNCHANGED, known);
  return noise;
}

Deno.test("mostOf() is least in a scene where nothing stirs", () => {
  const noise = taught(new BlockNoise(), { frames: 100, levels: 0 });
  assert.ok([0, 400, 767].every((block) => noise.mostOf(block) === LEAST_DIFFERENCE));
});

Deno.test("mostOf() becomes six times a block's mean difference, in that block alone", () => {
  const noise = taught(new BlockNoise(), { frames: 300, levels: 2, block: 33 });
  assert.ok(Math.abs(noise.mostOf(33) - 12 * LEVEL) <= 2, `${noise.mostOf(33)}`);
  assert.equal(noise.mostOf(32), LEAST_DIFFERENCE);
});

Deno.test("learn() takes what most blocks do at first for noise at once, not what some do", () => {
  const before = new Uint16Array(BLOCKS).fill(GREY);
  const now = before.map((grey, block) => grey + (block < 300 ? 60 : 1) * LEVEL);
  const noise = new BlockNoise();
  noise.learn(now, before, UNCHANGED, []);
  assert.equal(noise.mostOf(700), 6 * LEVEL);
  assert.equal(noise.mostOf(0), 21 * LEVEL);
});

Deno.test("mostOf() lies 4 to 6 deviations above Gaussian noise after eight frames", () => {
  const random = seededRandom(3);
  const deviation = 3 * LEVEL;
  const grey = () => GREY + (random(12).reduce((sum, byte) => sum + byte / 256, 0) - 6) * deviation;
  const frame = () => Uint16Array.from({ length: BLOCKS }, grey);
  const noise = new BlockNoise();
  for (let i = 0; i < 60; i++) noise.learn(frame(), frame(), UNCHANGED, []);
  const mean = [...Array(BLOCKS).keys()].reduce((sum, b) => sum + noise.mostOf(b), 0) / BLOCKS;
  const deviations = mean / (deviation * Math.SQRT2);
  assert.ok(deviations > 4 && deviations < 6, `${deviations}`);
});

Deno.test("learn() learns little from who passes by once", () => {
  const noise = taught(new BlockNoise(), { frames: 20, levels: 0 });
  taught(noise, { frames: 5, levels: 100 });
  assert.ok(noise.mostOf(0) <= 2 * LEAST_DIFFERENCE, `${noise.mostOf(0)}`);
});

Deno.test("learn() knows what never rests within ten seconds, and forgets it when it rests", () => {
  const noise = taught(new BlockNoise(), { frames: 20, levels: 0 });
  taught(noise, { frames: 100, levels: 6 });
  assert.ok(noise.mostOf(0) > 30 * LEVEL);
  taught(noise, { frames: 150, levels: 0 });
  assert.equal(noise.mostOf(0), LEAST_DIFFERENCE);
});

Deno.test("learn() never takes more than 48 levels for noise", () => {
  const noise = taught(new BlockNoise(), { frames: 500, levels: 120 });
  assert.equal(noise.mostOf(0), 48 * LEVEL);
});

Deno.test("learn() takes nothing for noise where something known is, up to its edges", () => {
  const block = 5 * COLUMNS + 4;
  const known = [{ x: 4.5 / 32, y: 5.5 / 24, width: 0.1 / 32, height: 0.1 / 24 }];
  const noise = taught(new BlockNoise(), { frames: 200, levels: 50, block, known });
  assert.equal(noise.mostOf(block), LEAST_DIFFERENCE);
  taught(noise, { frames: 200, levels: 50, block: block + 1, known });
  assert.ok(noise.mostOf(block + 1) > LEAST_DIFFERENCE);
  const all = [{ x: 0, y: 0, width: 1, height: 1 }];
  taught(noise, { frames: 200, levels: 0, known: all });
  assert.equal(noise.mostOf(block + 1), LEAST_DIFFERENCE, "unlearned all the same");
  const partly = [{ x: -0.5, y: -1, width: 3, height: 9 }];
  assert.equal(
    taught(new BlockNoise(), { frames: 50, levels: 50, known: partly }).mostOf(0),
    LEAST_DIFFERENCE,
  );
});

Deno.test("clear() forgets all", () => {
  const noise = taught(new BlockNoise(), { frames: 50, levels: 50 });
  noise.clear();
  assert.equal(noise.mostOf(0), LEAST_DIFFERENCE);
  const before = new Uint16Array(BLOCKS).fill(GREY);
  noise.learn(before.map((grey) => grey + 2 * LEVEL), before, UNCHANGED, []);
  assert.equal(noise.mostOf(0), 12 * LEVEL);
});
