import assert from "node:assert/strict";
import { runCampaign } from "./campaign.ts";

const DAMAGED = 2500;
const SEALED = 4500;

Deno.test("decodePlan() refuses damaged plans", async () => {
  const fates = await runCampaign({ kind: "damaged plans", first: 0, count: DAMAGED });
  console.log(`damaged plans: ${JSON.stringify(fates)}`);
  assert.ok(fates.refused > 0);
});

Deno.test("engines refuse plans sealed anew, or run them inside their memory to the same bits", async () => {
  const fates = await runCampaign({ kind: "plans sealed anew", first: 0, count: SEALED });
  console.log(`plans sealed anew: ${JSON.stringify(fates)}`);
});
