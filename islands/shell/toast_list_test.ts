import assert from "node:assert/strict";
import { withoutToast, withToast } from "./toast_list.ts";
import type { Toast } from "./toast_list.ts";

function toast(key: string, rest: Partial<Toast> = {}): Toast {
  return { key, tone: "info", text: key, ...rest };
}

const keysOf = (list: readonly Toast[]) => list.map(({ key }) => key).join("");

Deno.test("withToast() puts a new one last and replaces one of the same key in its place", () => {
  const list = withToast(withToast([], toast("a")), toast("b"));
  assert.equal(keysOf(list), "ab");
  const again = withToast(list, toast("a", { text: "newer" }));
  assert.equal(keysOf(again), "ab");
  assert.equal(again[0].text, "newer");
});

Deno.test("withToast() lets the oldest fleeting one give way, else the oldest", () => {
  const full = [toast("a"), toast("b", { lastsMs: 1 }), toast("c")];
  assert.equal(keysOf(withToast(full, toast("d"))), "acd");
  assert.equal(keysOf(withToast([toast("a"), toast("b"), toast("c")], toast("d"))), "bcd");
});

Deno.test("withoutToast() removes by key", () => {
  assert.equal(keysOf(withoutToast([toast("a"), toast("b")], "a")), "b");
  assert.equal(keysOf(withoutToast([toast("a")], "x")), "a");
});
