import assert from "node:assert/strict";
import { simulateNetwork } from "./simulate_network.ts";
import { sizeOf } from "./sizes.ts";

const SEEDS = 1000;
/** Of the times of one latency in which something goes over a link, in so many it breaks. */
const LOSS = 0.3;

Deno.test(`simulateNetwork() finds every crew whole, and nothing forged or lost, in ${SEEDS} seeds`, async () => {
  const sum = { devices: 0, acknowledged: 0, heard: 0, harm: 0, boots: 0, cut: 0, frames: 0 };
  const healed: number[] = [];
  let mostQueued = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const report = await simulateNetwork({ nodes: sizeOf(seed), seed, loss: LOSS });
    sum.devices += report.nodes;
    sum.acknowledged += report.acknowledged;
    sum.heard += report.heard;
    sum.harm += report.harm;
    sum.boots += report.boots;
    sum.cut += report.traffic.cut;
    sum.frames += report.traffic.frames;
    healed.push(report.healedMs);
    mostQueued = Math.max(mostQueued, report.mostQueued);
  }
  healed.sort((a, b) => a - b);
  const after = (share: number) => healed[Math.floor(share * (SEEDS - 1))] / 1000;
  console.log(
    `${SEEDS} seeds, ${sum.devices} devices, 0 violations: ${sum.acknowledged} records kept, ` +
      `${sum.cut} links cut, ${sum.boots} workers ended or begun, ${sum.harm} hostile frames, ` +
      `${sum.frames} frames; whole after ${after(0.5)} s (p50), ${after(0.99)} s (p99); ` +
      `at most ${mostQueued} bytes on a link`,
  );
  // a simulator in which nothing happens proves nothing
  assert.ok(sum.acknowledged > 20 * SEEDS, `only ${sum.acknowledged} acknowledged`);
  assert.ok(sum.cut > 10 * SEEDS, `only ${sum.cut} links cut`);
  assert.ok(sum.boots > 4 * SEEDS, `only ${sum.boots} boots`);
  assert.ok(sum.harm > 100 * SEEDS, `only ${sum.harm} hostile frames`);
  assert.ok(sum.heard > SEEDS, `only ${sum.heard} messages heard`);
});

Deno.test("simulateNetwork() of one seed goes the same way twice", async () => {
  for (const seed of [7, 9, 10]) {
    const options = { nodes: sizeOf(seed), seed, loss: LOSS };
    assert.deepEqual(await simulateNetwork(options), await simulateNetwork(options));
  }
});
