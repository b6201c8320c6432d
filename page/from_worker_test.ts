import assert from "node:assert/strict";
import { someStatus } from "./fakes_for_tests.ts";
import { isResult, parseFromWorker } from "./from_worker.ts";

const observation = {
  id: "o1",
  device: "d1",
  label: "cat",
  score: 0.5,
  box: { x: 0, y: 0, width: 1, height: 1 },
  first: 1,
  last: 2,
  open: false,
  frames: 3,
  source: "Camera",
  model: { id: "m", sha256: "00" },
};

Deno.test("parseFromWorker() tells answers from notices", () => {
  const answer = { id: "1", boot: "b", ok: true, value: 5 };
  assert.deepEqual(parseFromWorker(answer), answer);
  const failure = { code: "internal", message: "no" };
  assert.deepEqual(
    parseFromWorker({ id: "1", boot: "b", ok: false, failure }),
    { id: "1", boot: "b", ok: false, failure },
  );
  const notice = { notice: "radio", boot: "b" };
  assert.deepEqual(parseFromWorker(notice), notice);
});

Deno.test("parseFromWorker() makes a bad-message of a failure that it cannot read", () => {
  const parsed = parseFromWorker({ id: "1", boot: "b", ok: false, failure: "?" });
  assert.ok(parsed && "ok" in parsed && !parsed.ok);
  assert.equal(parsed.failure.code, "bad-message");
});

Deno.test("parseFromWorker() is null for what is not of the protocol", () => {
  const link = { notice: "link-send", boot: "b", link: "l" };
  for (
    const strange of [
      undefined,
      null,
      "text",
      [],
      {},
      { id: "1", boot: "b" },
      { id: "1", boot: "b", ok: "yes" },
      { id: 1, boot: "b", ok: true },
      { notice: "unheard-of", boot: "b" },
      { ...link, bytes: [1, 2] },
      { ...link, bytes: new Uint8Array(2) },
      { notice: "changed", boot: "b", what: "status" },
    ]
  ) assert.equal(parseFromWorker(strange), null, JSON.stringify(strange));
});

Deno.test("parseFromWorker() lets through what a newer worker has added", () => {
  const changed = { notice: "changed", boot: "b", what: ["status", "models"], more: 1 };
  assert.deepEqual(parseFromWorker(changed), changed);
  const failed = {
    notice: "failure",
    boot: "b",
    trying: "Saving",
    failure: { code: "new-code", message: "Something new." },
  };
  assert.deepEqual(parseFromWorker(failed), failed);
});

Deno.test("isResult.status() accepts a status and refuses one with a wrong field", () => {
  assert.ok(isResult.status(someStatus));
  assert.ok(isResult.status({ ...someStatus, added: "later" }));
  assert.ok(!isResult.status({ ...someStatus, saved: "3" }));
  assert.ok(!isResult.status({ ...someStatus, saved: NaN }));
  assert.ok(!isResult.status({ ...someStatus, device: null }));
  const { engine: _, ...withoutEngine } = someStatus;
  assert.ok(!isResult.status(withoutEngine));
});

Deno.test("isResult.observations() reads optional fields, and refuses the list for one bad member", () => {
  const placed = { ...observation, place: { latitude: 1, longitude: 2, accuracyM: 3 } };
  assert.ok(isResult.observations([observation, placed]));
  assert.ok(isResult.observations([]));
  assert.ok(!isResult.observations([observation, { ...observation, place: { latitude: 1 } }]));
  assert.ok(!isResult.observations([observation, { ...observation, box: null }]));
});

Deno.test("isResult.blob() accepts null and bytes", () => {
  assert.ok(isResult.blob(null));
  assert.ok(isResult.blob({ type: "image/jpeg", bytes: new ArrayBuffer(1) }));
  assert.ok(!isResult.blob({ type: "image/jpeg", bytes: [1] }));
  assert.ok(!isResult.blob(undefined));
});
