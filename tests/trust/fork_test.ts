/** A device that signed two entries with one number, seen by several peers, over real sync. */
import assert from "node:assert/strict";
import { MemoryStore } from "../../field/store/memory_store.ts";
import { crew } from "../fixtures/sync_crew.ts";
import type { SyncDevice } from "../fixtures/sync_net.ts";

/** Bob's disk was copied: each copy records on its own, so many entries, and meets another member. */
async function forked(seed: number, { one, other }: { one: number; other: number }) {
  const { net, devices: [ann, bob, cal] } = await crew(seed, "ann", "bob", "cal");
  await bob.record(0);
  await net.settle([ann, bob], [ann, cal]);
  net.cutAll();
  const twin = await copyOf(bob);
  for (let n = 1; n <= one; n++) await bob.record(n);
  for (let n = 1; n <= other; n++) await twin.record(100 + n);
  await net.connect(bob, ann);
  await net.connect(twin, cal);
  await net.settle();
  net.cutAll();
  return { net, ann, bob, cal };

  async function copyOf(device: SyncDevice): Promise<SyncDevice> {
    const store = new MemoryStore();
    const entries = [];
    for (const head of await device.store.heads()) {
      entries.push(...await device.store.entriesAfter(head.device, 0, 1e9));
    }
    const heads = (await device.store.heads()).map((head) => ({ head, after: 0 }));
    const founder = await device.store.setting("crew");
    await store.commit({ entries, heads, settings: { crew: founder }, indexIsWhole: false });
    return await net.device(device.name, store);
  }
}

for (const [one, other] of [[1, 1], [2, 1], [1, 2], [3, 1], [1, 4]]) {
  Deno.test(`a fork of ${one} against ${other} entries is seen by both who hold a side of it`, async () => {
    const { net, ann, bob, cal } = await forked(one * 10 + other, { one, other });
    await net.connect(ann, cal);
    await net.settle([ann, cal]);
    for (const device of [ann, cal]) {
      assert.notEqual(
        device.replica.headOf(bob.id)?.quarantined,
        undefined,
        `${device.name} does not know`,
      );
      const kept = (await device.store.quarantine()).filter(({ why }) => why === "forked");
      assert.ok(kept.length > 0, `${device.name} kept no proof`);
      assert.deepEqual((await device.replica.verify()).faults, []);
    }
    const sent = net.sent.length;
    await net.pass(60_000);
    assert.ok(net.sent.length - sent < 60, "they go on asking each other for it");
  });
}
