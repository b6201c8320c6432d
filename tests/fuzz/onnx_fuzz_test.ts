import { runCampaign } from "./campaign.ts";

const DAMAGED = 1000;
const CHANGED = 2000;

for (
  const [kind, count] of [["damaged ONNX files", DAMAGED], ["changed ONNX files", CHANGED]] as const
) {
  Deno.test(`compileOnnx() refuses ${kind} in words, or compiles them`, async () => {
    const fates = await runCampaign({ kind, first: 0, count });
    console.log(`${kind}: ${JSON.stringify(fates)}`);
  });
}
