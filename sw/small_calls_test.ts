import assert from "node:assert/strict";
import { SmallCalls } from "./small_calls.ts";

Deno.test("settle() waits for calls that need several turns of the event loop", async () => {
  const small = new SmallCalls(() => 0); // however long the turns take
  let answered = false;
  const turns = async () => {
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve));
    answered = true;
  };
  void small.track(turns());
  await small.settle();
  assert.ok(answered);
});

Deno.test("settle() takes in messages that wait already", async () => {
  const small = new SmallCalls();
  let taken = false;
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => taken = true;
  port2.postMessage(null);
  await small.settle();
  port1.close();
  assert.ok(taken);
});

Deno.test("settle() does not wait for ever for a call that is never answered, nor for one that failed", async () => {
  let now = 0;
  const small = new SmallCalls(() => now++);
  await assert.rejects(small.track(Promise.reject(new Error("no"))));
  const never = Promise.withResolvers<void>();
  void small.track(never.promise);
  await small.settle();
});
