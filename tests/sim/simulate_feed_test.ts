import assert from "node:assert/strict";
import { sha256, toHex } from "../../field/bytes.ts";
import { verifySignature } from "../../field/keys.ts";
import { Chance } from "./chance.ts";
import { promptSigner, usePromptCrypto } from "./prompt_crypto.ts";
import { simulateFeed } from "./simulate_feed.ts";

/** Together 10,000 deaths. */
const SEEDS = 1000;
const LIVES = 10;

Deno.test(`simulateFeed() finds nothing lost or doubled in ${SEEDS * LIVES} deaths`, async () => {
  const struck = { abort: 0, quota: 0, lost: 0, slow: 0 };
  let acknowledged = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const report = await simulateFeed(seed, LIVES);
    acknowledged += report.acknowledged;
    for (const fault of ["abort", "quota", "lost", "slow"] as const) {
      struck[fault] += report.faults[fault];
    }
  }
  // a simulator in which nothing happens proves nothing
  assert.ok(acknowledged > 10 * SEEDS, `only ${acknowledged} acknowledged`);
  for (const [fault, times] of Object.entries(struck)) assert.ok(times > SEEDS / 10, fault);
});

Deno.test("simulateFeed() of one seed goes the same way twice", async () => {
  for (const seed of [7, 72]) {
    assert.deepEqual(await simulateFeed(seed), await simulateFeed(seed));
  }
});

Deno.test("usePromptCrypto() answers as WebCrypto does", async () => {
  const chance = new Chance(1);
  const message = chance.bytes(100);
  const signer = promptSigner(chance.bytes(32));
  const signature = await signer.sign(message);
  const digest = toHex(await sha256(message));
  assert.ok(await verifySignature(signer.id, signature, message));
  const undo = usePromptCrypto();
  try {
    assert.equal(toHex(await sha256(message)), digest);
    const other = promptSigner(chance.bytes(32));
    const good = await other.sign(message);
    assert.ok(await verifySignature(other.id, good, message));
    assert.ok(!await verifySignature(other.id, good, chance.bytes(100)));
  } finally {
    undo();
  }
});
