import assert from "node:assert/strict";
import { AbsentQueues, type QueueLimits } from "./absent_queues.ts";

const LIMITS: QueueLimits = {
  expireMs: 5000,
  perPeerMessages: 3,
  perPeerChars: 100,
  peers: 2,
  totalChars: 150,
};
const NOTHING = { peers: 0, messages: 0, chars: 0 };

function queues(limits: Partial<QueueLimits> = {}): AbsentQueues {
  return new AbsentQueues({ ...LIMITS, ...limits });
}

function message(src: string, dst: string, text = `${src}>${dst}`) {
  return { src, dst, text };
}

Deno.test("AbsentQueues.take() gives what waited in order, once", () => {
  const waiting = queues();
  const messages = [message("a", "x", "1"), message("b", "x", "2"), message("a", "x", "3")];
  for (const one of messages) assert.ok(waiting.add(one, 0));
  assert.deepEqual(waiting.take("x"), messages);
  assert.deepEqual(waiting.take("x"), []);
  assert.deepEqual(waiting.size, NOTHING);
});

Deno.test("AbsentQueues.add() refuses one message too many for a peer", () => {
  const waiting = queues();
  for (let i = 0; i < 3; i += 1) assert.ok(waiting.add(message("a", "x"), 0));
  assert.equal(waiting.add(message("a", "x"), 0), false);
  assert.equal(waiting.size.messages, 3);
});

Deno.test("AbsentQueues.add() refuses one character too many for a peer", () => {
  const waiting = queues();
  assert.ok(waiting.add(message("a", "x", "-".repeat(100)), 0));
  assert.equal(waiting.add(message("a", "x", "-"), 0), false);
});

Deno.test("AbsentQueues.add() refuses one character too many for all", () => {
  const waiting = queues();
  assert.ok(waiting.add(message("a", "x", "-".repeat(100)), 0));
  assert.equal(waiting.add(message("a", "y", "-".repeat(51)), 0), false);
  assert.ok(waiting.add(message("a", "y", "-".repeat(50)), 0));
});

Deno.test("AbsentQueues.add() refuses one peer too many, and keeps no trace of it", () => {
  const waiting = queues();
  assert.ok(waiting.add(message("a", "x"), 0));
  assert.ok(waiting.add(message("a", "y"), 0));
  assert.equal(waiting.add(message("a", "z"), 0), false);
  assert.equal(waiting.size.peers, 2);
  waiting.take("x");
  assert.ok(waiting.add(message("a", "z"), 0));
});

Deno.test("AbsentQueues.expire() drops a sender's messages 5 s after its first, and says so once", () => {
  const waiting = queues();
  waiting.add(message("a", "x"), 0);
  waiting.add(message("a", "x"), 4999);
  assert.deepEqual(waiting.expire(4999), []);
  assert.deepEqual(waiting.expire(5000), [{ src: "a", dst: "x" }]);
  assert.deepEqual(waiting.expire(5000), []);
  assert.deepEqual(waiting.size, NOTHING);
});

Deno.test("AbsentQueues.expire() leaves another sender its own 5 s", () => {
  const waiting = queues();
  waiting.add(message("a", "x"), 0);
  waiting.add(message("b", "x"), 3000);
  assert.deepEqual(waiting.expire(5000), [{ src: "a", dst: "x" }]);
  assert.deepEqual(waiting.take("x"), [message("b", "x")]);
  assert.deepEqual(waiting.size, NOTHING);
});
