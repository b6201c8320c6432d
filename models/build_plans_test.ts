import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { hashOf } from "../kernels/golden.ts";
import { decodePlan } from "../kernels/plan_file.ts";
import { checkPlans, PLAN_IDS } from "./build_plans.ts";
import { calibrationFrames } from "./calibration/calibration_frames.ts";
import { detectorById, detectors } from "./catalogue.ts";
import { modelBytes } from "./model_bytes.ts";

Deno.test("there is a recipe for each plan of the catalogue", () => {
  const plans = detectors.filter(({ runtime }) => runtime === "plan");
  assert.deepEqual(plans.map(({ id }) => id).sort(), [...PLAN_IDS].sort());
});

Deno.test("each plan tells where it comes from: committed weights and pictures, and whose they are", async () => {
  const pictures = await Promise.all((await calibrationFrames()).map(hashOfFrame));
  for (const id of PLAN_IDS) {
    const { provenance } = await decodePlan(await modelBytes(id));
    const source = await Deno.readFile(new URL(provenance.source.file, import.meta.url));
    assert.equal(createHash("sha256").update(source).digest("hex"), provenance.source.sha256, id);
    assert.deepEqual(provenance.calibration, pictures, id);
    const card = detectorById(id);
    assert.equal(provenance.name, card?.name);
    assert.equal(provenance.licence, card?.licence);
    assert.deepEqual(provenance.notices, card?.notices);
  }
});

// The least work of the three, and what makes it makes them all; `deno task model build --check` has the
// time for the others.
Deno.test("checkPlans() builds the committed SSD plan from its source, bit by bit", async () => {
  assert.match(await checkPlans(["ssd-mobilenetv2"]), /as committed$/);
});

Deno.test("checkPlans() names a plan that does not ship", async () => {
  await assert.rejects(checkPlans(["toString"]), /There is no plan toString; there is: nanodet-g/);
});

/** As the compiler has it: `compile.ts`. */
function hashOfFrame(
  { width, height, data }: { width: number; height: number; data: ArrayLike<number> },
) {
  return hashOf([new Uint8Array(Int32Array.of(width, height).buffer), Uint8Array.from(data)]);
}
