import assert from "node:assert/strict";
import { idOf } from "../../tests/fixtures/devices.ts";
import { MemoryStore } from "./memory_store.ts";

// what a store does is tried on DiskStore over the same disk: `disk_store_test.ts`
Deno.test("MemoryStore is a store of its own, and keeps what it has when it is closed", async () => {
  const [store, other] = [new MemoryStore(), new MemoryStore()];
  await store.commit({ settings: { crew: idOf(1) } });
  store.close();
  assert.equal(await store.setting("crew"), idOf(1));
  assert.equal(await other.setting("crew"), undefined);
});
