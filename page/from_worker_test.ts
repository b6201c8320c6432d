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

Deno.test("isResult reads what each call about records, media and files is answered with", () => {
  const noted = {
    ...observation,
    frame: "aa",
    size: { width: 640, height: 360 },
    clockAheadMs: -5,
    notes: { class: "deer", star: true, wrong: false, labels: ["juvenile"] },
  };
  const edit = { observation: "o1", field: "label/x", value: true, counter: 1, by: "d", at: 5 };
  const media = { hash: "aa", type: "image/jpeg", size: 1, at: 2, state: "here", copies: ["d"] };
  const report = { bytes: 1, added: 1, known: 1, refused: 0, media: 0, moreFaults: 0, whole: true };
  const retention = { mostAgeDays: null, mostBytes: 5, evenOnlyHere: false };
  const totals = { here: 1, hereBytes: 1, onlyHere: 1, onlyHereBytes: 1, wanted: 0, thinned: 0 };
  const storage = { usedBytes: 1, quotaBytes: 2, persistent: true };
  const item = { at: 1, device: null, name: null, seq: null, why: "forged", bytes: 5 };
  const facets = {
    classes: [{ name: "cat", count: 1 }],
    devices: [{ device: "d", count: 1 }],
    from: null,
    to: 5,
  };
  const good = {
    observation: [null, noted, observation],
    facets: [facets],
    history: [[], [edit, { ...edit, value: null }, { ...edit, value: "text" }]],
    media: [null, media, { ...media, state: "thinned", thinnedAt: 7 }],
    "export-begin": [{ export: "e", name: "n", type: "t" }],
    "export-next": [
      { bytes: new ArrayBuffer(1), done: 1, total: 2, missingMedia: 0 },
      { bytes: null, done: 2, total: 2, missingMedia: 0 },
    ],
    "restore-begin": [{ restore: "r" }],
    "restore-part": [{ ...report, faults: ["x"] }],
    "restore-end": [{ ...report, faults: [] }],
    "identity-backup": [{ name: "n", bytes: new ArrayBuffer(1) }],
    "identity-restore": [{ device: "d" }],
    storage: [{ storage, media: totals, retention, keepFrames: true }],
    thin: [{ removed: 1, bytes: 2 }],
    quarantine: [[], [item, { ...item, device: "d", name: "Gate", seq: 4 }]],
  } as const;
  for (const [kind, values] of Object.entries(good)) {
    const is = isResult[kind as keyof typeof good];
    for (const value of values) assert.ok(is(value), `${kind}: ${JSON.stringify(value)}`);
    for (const bad of [undefined, 7, { ...values.at(-1), ...everyField(values.at(-1)) }]) {
      assert.ok(!is(bad), `${kind}: ${JSON.stringify(bad)}`);
    }
  }
});

Deno.test("isResult.status() reads what was added, and refuses it when it is not what it must be", () => {
  const added = {
    rebuilding: { done: 1, total: 2 },
    clock: { aheadMs: -3, peers: 2 },
    quarantined: 1,
    thinnedMedia: 2,
    unconfirmed: false,
    keepFrames: true,
  };
  const peer = {
    device: "d",
    name: "Gate",
    role: "sensor",
    connected: true,
    have: 1,
    missing: 0,
    lastAt: null,
    clock: { aheadMs: 5, withinMs: 1 },
  };
  assert.ok(isResult.status({ ...someStatus, ...added, peers: [peer] }));
  assert.ok(isResult.status({ ...someStatus, rebuilding: null, clock: null }));
  for (const field of Object.keys(added)) {
    assert.ok(!isResult.status({ ...someStatus, [field]: "x" }), field);
  }
  assert.ok(!isResult.status({ ...someStatus, peers: [{ ...peer, clock: { aheadMs: 5 } }] }));
});

Deno.test("isResult.status() reads what looks, and refuses it when it is not what it must be", () => {
  const withProcessor = (processor: unknown) => ({
    ...someStatus,
    engine: { ...someStatus.engine, processor },
  });
  const processor = {
    mode: "auto",
    inUse: "wasm",
    why: "lost",
    gpu: "nvidia ampere",
    times: { gpuMs: 8, wasmMs: 14 },
    failedAt: 1,
    retryAt: 2,
    cause: "it was reset",
  };
  assert.ok(isResult.status(withProcessor(processor)));
  assert.ok(
    isResult.status(withProcessor({ mode: "gpu", inUse: "gpu", why: "of a newer worker" })),
  );
  for (const field of Object.keys(processor)) {
    assert.ok(!isResult.status(withProcessor({ ...processor, [field]: [] })), field);
  }
});

/** The same with every field of another type. */
function everyField(value: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.keys(Object(value)).map((key) => [key, () => {}]));
}
