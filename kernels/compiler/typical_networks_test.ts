import assert from "node:assert/strict";
import { agreementInInt8, assertLowersToF32 } from "../../tests/fixtures/plan_trial.ts";
import { TYPICAL_NETWORKS } from "../../tests/fixtures/typical_networks.ts";
import { importOnnx } from "./import_onnx.ts";

/** What 7 bits leave of networks of a dozen layers with random weights. */
const LEAST_COSINE = 0.99;

for (const make of TYPICAL_NETWORKS) {
  const { name, bytes } = make();

  Deno.test(`an fp32 plan computes what ${name} means`, async () => {
    await assertLowersToF32(importOnnx(bytes));
  });

  Deno.test(`an int8 plan computes about what ${name} means`, async () => {
    const { agreement } = await agreementInInt8(importOnnx(bytes));
    for (const { output, cosine } of agreement) {
      assert.ok(cosine >= LEAST_COSINE, `${output}: ${cosine}`);
    }
  });
}
