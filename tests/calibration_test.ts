import assert from "node:assert/strict";
import { calibrationFrames, sceneFile } from "../models/calibration/calibration_frames.ts";
import { calibrationScenes } from "./fixtures/make_calibration_frames.ts";

Deno.test("the committed frames of the demo scene are those that their generator makes", async () => {
  for (const [index, file] of (await calibrationScenes()).entries()) {
    assert.deepEqual(await Deno.readFile(sceneFile(index)), file, `scene ${index}`);
  }
});

Deno.test("calibrationFrames() gives whole frames, all different", async () => {
  const frames = await calibrationFrames();
  assert.ok(frames.length >= 24, `${frames.length} frames`);
  const hashes = new Set<string>();
  for (const { width, height, data } of frames) {
    assert.equal(data.length, width * height * 4);
    const hash = await crypto.subtle.digest("SHA-256", Uint8Array.from(data));
    hashes.add(new Uint8Array(hash).toHex());
  }
  assert.equal(hashes.size, frames.length);
});
