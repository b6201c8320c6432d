import assert from "node:assert/strict";
import { processorMs } from "./processor_time.ts";

Deno.test("processorMs() counts work and not waiting", async () => {
  const before = processorMs();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const waited = processorMs();
  assert.ok(waited - before < 200, `${waited - before} ms`);
  while (processorMs() - waited < 20); // else it never ends
});
