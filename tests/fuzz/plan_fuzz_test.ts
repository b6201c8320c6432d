import assert from "node:assert/strict";
import { gpuTest } from "../fixtures/gpu_only.ts";
import { runCampaign } from "./campaign.ts";

const DAMAGED = 2500;
const SEALED = 4500;
/** Behind those, so other plans. */
const ON_GPU = 300;
/** Its shaders are compiled, and Deno asks only every ten milliseconds whether an op is done. */
const ON_GPU_MS = 10_000;

Deno.test("decodePlan() refuses damaged plans", async () => {
  const fates = await runCampaign({ kind: "damaged plans", first: 0, count: DAMAGED });
  console.log(`damaged plans: ${JSON.stringify(fates)}`);
  assert.ok(fates.refused > 0);
});

Deno.test("engines refuse plans sealed anew, or run them inside their memory to the same bits", async () => {
  const fates = await runCampaign({ kind: "plans sealed anew", first: 0, count: SEALED });
  console.log(`plans sealed anew: ${JSON.stringify(fates)}`);
});

gpuTest("engines run sealed plans on a GPU to the same bits, op by op", async () => {
  const fates = await runCampaign({
    kind: "plans on a GPU",
    first: SEALED,
    count: ON_GPU,
    caseMs: ON_GPU_MS,
  });
  console.log(`plans on a GPU: ${JSON.stringify(fates)}`);
  assert.ok(fates.ran > 0);
});
