import assert from "node:assert/strict";
import { interleave } from "./interleave.ts";

Deno.test("interleave() takes turns, begins each round with another one, and forgets the first round", async () => {
  const order: string[] = [];
  const samples = await interleave(["a", "b", "c"], 2, (name) => {
    order.push(name);
    return Promise.resolve([order.length]);
  });
  assert.equal(order.join(""), "abc" + "bca" + "cab");
  assert.deepEqual([...samples], [["a", [6, 8]], ["b", [4, 9]], ["c", [5, 7]]]);
});
