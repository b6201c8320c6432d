import assert from "node:assert/strict";
import fc from "fast-check";
import {
  BUFFERED_MOST_BYTES,
  FRAME_MOST_BYTES,
  QUEUED_MOST_BYTES,
  SendQueue,
} from "./send_queue.ts";

class FakePort {
  bufferedBytes = 0;
  readonly sent: ArrayBuffer[] = [];
  send(bytes: ArrayBuffer) {
    this.sent.push(bytes);
    this.bufferedBytes += bytes.byteLength;
  }
}

Deno.test("push() sends at once while the channel has room, and holds back after", () => {
  const port = new FakePort();
  const queue = new SendQueue(port);
  assert.ok(queue.push(new ArrayBuffer(10)));
  assert.equal(port.sent.length, 1);
  port.bufferedBytes = BUFFERED_MOST_BYTES;
  assert.ok(queue.push(new ArrayBuffer(10)));
  assert.deepEqual([port.sent.length, queue.queuedBytes], [1, 10]);
  port.bufferedBytes = 0;
  queue.drain();
  assert.deepEqual([port.sent.length, queue.queuedBytes], [2, 0]);
});

Deno.test("push() refuses what would go beyond the bound, and takes what just fits", () => {
  const port = new FakePort();
  const queue = new SendQueue(port);
  port.bufferedBytes = BUFFERED_MOST_BYTES;
  assert.ok(queue.push(new ArrayBuffer(QUEUED_MOST_BYTES)));
  assert.ok(!queue.push(new ArrayBuffer(1)));
  assert.equal(queue.queuedBytes, QUEUED_MOST_BYTES);
});

Deno.test("frames leave in order, each once, and memory stays bounded, however the channel drains", () => {
  const act = fc.oneof(
    fc.record({ push: fc.integer({ min: FRAME_MOST_BYTES / 2, max: FRAME_MOST_BYTES }) }),
    fc.record({ taken: fc.integer({ min: 0, max: FRAME_MOST_BYTES }) }),
  );
  fc.assert(fc.property(fc.array(act, { minLength: 100, maxLength: 400 }), (acts) => {
    const port = new FakePort();
    const queue = new SendQueue(port);
    const taken: ArrayBuffer[] = [];
    for (const one of acts) {
      if ("push" in one) {
        const frame = new ArrayBuffer(one.push);
        if (queue.push(frame)) taken.push(frame);
      } else {
        port.bufferedBytes = Math.max(0, port.bufferedBytes - one.taken);
        queue.drain();
      }
      assert.ok(queue.queuedBytes <= QUEUED_MOST_BYTES);
      assert.ok(port.bufferedBytes < BUFFERED_MOST_BYTES + FRAME_MOST_BYTES);
    }
    while (queue.queuedBytes > 0) {
      port.bufferedBytes = 0;
      queue.drain();
    }
    assert.deepEqual(port.sent.length, taken.length);
    assert.ok(port.sent.every((frame, at) => frame === taken[at]));
  }));
});
