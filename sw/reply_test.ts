import assert from "node:assert/strict";
import type { Answer } from "../field/messages.ts";
import { badReply, goodReply, postReply } from "./reply.ts";

const FROM = { id: "call-1", boot: "boot-1" };

/** A page that receives as a browser's does. */
function pageOf() {
  const heard: Answer[] = [];
  const postMessage = (message: unknown, transfer: Transferable[] = []) => {
    heard.push(structuredClone(message, { transfer }) as Answer);
  };
  return { heard, page: { postMessage } };
}

Deno.test("postReply() hands buffers over", () => {
  const { heard, page } = pageOf();
  const bytes = new ArrayBuffer(5);
  postReply(page, goodReply(FROM, { bytes, done: 1, total: 2, missingMedia: 0 }));
  assert.equal(bytes.byteLength, 0);
  const [answer] = heard;
  assert.ok(answer.ok && answer.id === "call-1" && answer.boot === "boot-1");
  assert.deepEqual(answer.value, { bytes: new ArrayBuffer(5), done: 1, total: 2, missingMedia: 0 });
});

Deno.test("postReply() a second time says that what was handed over is gone", () => {
  const { heard, page } = pageOf();
  const reply = goodReply(FROM, { type: "image/jpeg", bytes: new ArrayBuffer(5) });
  postReply(page, reply);
  postReply(page, reply);
  const again = heard[1];
  assert.ok(!again.ok && again.failure.code === "worker-lost" && again.id === "call-1");
});

Deno.test("postReply() of what is copied can be repeated", () => {
  const failure = { code: "internal", message: "no" } as const;
  const last = { bytes: null, done: 2, total: 2, missingMedia: 0 };
  const report = { bytes: 9, added: 0, known: 0, refused: 0, media: 0, faults: [], moreFaults: 0 };
  for (
    const reply of [
      badReply(FROM, failure),
      goodReply(FROM, null),
      goodReply(FROM, last),
      goodReply(FROM, { ...report, whole: true }),
      goodReply(FROM, { type: "image/jpeg", bytes: new ArrayBuffer(0) }),
    ]
  ) {
    const { heard, page } = pageOf();
    postReply(page, reply);
    postReply(page, reply);
    assert.deepEqual(heard, [reply.answer, reply.answer]);
  }
});
