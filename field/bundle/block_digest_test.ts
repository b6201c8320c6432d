import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "../../tests/fixtures/devices.ts";
import { joinBytes, sha256 } from "../bytes.ts";
import { BlockDigest } from "./block_digest.ts";

const MIB = 1 << 20;

async function digestOf(parts: readonly Uint8Array[]) {
  const digest = new BlockDigest();
  for (const part of parts) await digest.update(part);
  return await digest.finish();
}

Deno.test("BlockDigest is the SHA-256 over the SHA-256 of each MiB", async () => {
  assert.deepEqual(await digestOf([]), await sha256(new Uint8Array(0)));
  for (const length of [1, MIB - 1, MIB, MIB + 1, 2 * MIB]) {
    const bytes = seededRandom(length)(length);
    const blocks = [bytes.subarray(0, MIB), bytes.subarray(MIB)].filter((block) =>
      block.length > 0
    );
    const hashes = await Promise.all(blocks.map(sha256));
    assert.deepEqual(await digestOf([bytes]), await sha256(joinBytes(...hashes)));
  }
});

Deno.test("BlockDigest does not depend on how the bytes come", async () => {
  const bytes = seededRandom(1)(MIB + 1000);
  const whole = await digestOf([bytes]);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 5 }), async (cuts) => {
      const ends = [...cuts, bytes.length].sort((a, b) => a - b);
      const parts = ends.map((end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end));
      assert.deepEqual(await digestOf(parts), whole);
    }),
    { numRuns: 20 },
  );
});
