import assert from "node:assert/strict";
import { convGrid, type ConvSize, type Reading, TILES, tilesByCost } from "./int8_tiles.ts";

function layer(pixels: number, outputs: number, depth: number, reading: Reading): ConvSize {
  return { pixels, outputs, groups: 1, depth, reading };
}

Deno.test("TILES fit every WebGPU device and part their steps evenly", () => {
  for (const { name, lanePixels, pixelLanes, outputLanes, splits, step } of TILES) {
    const invocations = pixelLanes * outputLanes * splits;
    assert.ok(invocations >= 64 && invocations <= 256, name);
    assert.ok(step % (4 * splits) === 0, name);
    assert.ok(invocations % (step / 4) === 0, name);
    assert.ok(256 % step === 0, `${name}: floats are full at the end of a step`);
    const inputs = lanePixels * pixelLanes * step / 4;
    const partials = splits > 1 ? invocations * lanePixels : 1;
    assert.ok(16 * (2 * (inputs + outputLanes * step) + partials) <= 16384, name);
  }
  assert.equal(new Set(TILES.map(({ name }) => name)).size, TILES.length);
});

Deno.test("tilesByCost() chooses for typical layers", () => {
  const chosen: [string, ConvSize, string][] = [
    ["first 3x3, 3 inputs", layer(208 * 208, 32, 9, "words"), "8x4 8x8x1 8"],
    ["3x3, 128 to 128, many pixels", layer(52 * 52, 128, 288, "tap"), "8x4 8x16x1 8"],
    ["3x3, 64 to 64", layer(52 * 52, 64, 144, "tap"), "4x4 8x8x1 8"],
    ["3x3, 256 to 256, few pixels", layer(13 * 13, 256, 576, "tap"), "4x4 4x4x4 32"],
    ["expansion 16 to 96", layer(150 * 150, 96, 4, "pixel"), "8x4 8x8x1 8"],
    ["projection 32 to 16", layer(150 * 150, 16, 8, "pixel"), "8x4 16x4x1 8"],
    ["projection 960 to 160", layer(10 * 10, 160, 240, "pixel"), "4x4 1x4x16 64"],
    ["one pixel", layer(1, 24, 32, "pixel"), "4x4 1x4x16 64"],
  ];
  for (const [what, size, name] of chosen) {
    assert.equal(tilesByCost(size, true)[0].name, name, what);
  }
});

Deno.test("tilesByCost() has one plain tile among the first few where the dot may be packed", () => {
  const size = layer(2704, 64, 144, "tap");
  const packed = tilesByCost(size, true);
  assert.deepEqual(packed.slice(0, 4).map(({ packedDot }) => packedDot), [true, true, false, true]);
  assert.equal(packed.length, TILES.length / 2 + 1);
  const plain = tilesByCost(size, false);
  assert.equal(plain.length, TILES.length / 2);
  assert.equal(packed[2], plain[0]);
});

Deno.test("tilesByCost() leaves out what no grid holds, and says when nothing is left", () => {
  const wide = tilesByCost(layer(65535 * 128, 16, 4, "pixel"), true);
  assert.ok(wide.length > 0 && wide.every((tile) => tile.lanePixels * tile.pixelLanes >= 128));
  assert.throws(
    () => tilesByCost(layer(65535 * 128 + 1, 16, 4, "pixel"), true),
    /than a GPU takes/,
  );
});

Deno.test("convGrid() covers all pixels and the outputs of all groups", () => {
  const tile = { lanePixels: 4, pixelLanes: 8, outputLanes: 8 };
  assert.deepEqual(convGrid(tile, { pixels: 33, outputs: 33, groups: 3 }), [2, 6]);
});
