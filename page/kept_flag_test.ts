import assert from "node:assert/strict";
import { KeptFlag } from "./kept_flag.ts";

function memory() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

Deno.test("KeptFlag has its default until it is set, and then what was set", () => {
  const storage = memory();
  assert.equal(new KeptFlag("a", true, storage).value, true);
  assert.equal(new KeptFlag("a", false, storage).value, false);
  new KeptFlag("a", true, storage).value = false;
  assert.equal(new KeptFlag("a", true, storage).value, false);
  new KeptFlag("a", true, storage).value = true;
  assert.equal(new KeptFlag("a", false, storage).value, true);
});

Deno.test("KeptFlag holds its value in the page when storage fails or is missing", () => {
  const full = {
    getItem: () => null,
    setItem: () => {
      throw new Error("quota");
    },
  };
  for (const storage of [full, null]) {
    const flag = new KeptFlag("a", false, storage);
    flag.value = true;
    assert.equal(flag.value, true);
  }
});
