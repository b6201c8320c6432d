import assert from "node:assert/strict";
import { MemoryStore } from "../field/store/memory_store.ts";
import { KeptSwitch } from "./kept_switch.ts";

Deno.test("a switch is off until it is turned on, and stays so over restarts", async () => {
  const store = new MemoryStore();
  const first = await KeptSwitch.open(store, "keep-frames");
  assert.equal(first.isOn, false);
  await first.set(true);
  assert.equal(first.isOn, true);
  assert.equal((await KeptSwitch.open(store, "keep-frames")).isOn, true);
  assert.equal((await KeptSwitch.open(store, "other")).isOn, false);
  await first.set(false);
  assert.equal((await KeptSwitch.open(store, "keep-frames")).isOn, false);
});

Deno.test("set() that the disk refuses changes nothing", async () => {
  const store = {
    commit: () => Promise.reject(new Error("disk")),
    setting: () => Promise.resolve(),
  };
  const kept = await KeptSwitch.open(store, "keep-frames");
  await assert.rejects(kept.set(true), /disk/);
  assert.equal(kept.isOn, false);
});
