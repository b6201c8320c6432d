import assert from "node:assert/strict";
import { KEEP_ALL } from "../field/media.ts";
import { FakeCalls } from "./fakes_for_tests.ts";
import { Requests } from "./requests.ts";

const EDIT = { observation: "d1d1d1d1d1d1-1", field: "star", value: true } as const;

Deno.test("observations() asks for 50 unless told otherwise", async () => {
  const worker = new FakeCalls({ observations: () => [] });
  const requests = new Requests(worker);
  await requests.observations();
  await requests.observations({ limit: 5, classes: ["cat"] });
  assert.deepEqual(worker.made.map(({ args }) => args.query), [
    { limit: 50 },
    { limit: 5, classes: ["cat"] },
  ]);
});

Deno.test("note() of nothing asks nothing", async () => {
  const worker = new FakeCalls({ note: () => null });
  const requests = new Requests(worker);
  await requests.note();
  await requests.note(EDIT, EDIT);
  assert.deepEqual(worker.made, [{ kind: "note", args: { edits: [EDIT, EDIT] } }]);
});

Deno.test("blob() is a Blob of its type, or null", async () => {
  const bytes = Uint8Array.of(1, 2).buffer;
  let answer: { type: string; bytes: ArrayBuffer } | null = { type: "image/jpeg", bytes };
  const requests = new Requests(new FakeCalls({ blob: () => answer }));
  const blob = await requests.blob("aa");
  assert.deepEqual([blob?.type, blob?.size], ["image/jpeg", 2]);
  answer = null;
  assert.equal(await requests.blob("aa"), null);
});

Deno.test("backUpIdentity() is a file with the worker's name for it", async () => {
  const bytes = new TextEncoder().encode("sealed").buffer;
  const worker = new FakeCalls({ "identity-backup": () => ({ name: "fieldmesh.txt", bytes }) });
  const file = await new Requests(worker).backUpIdentity("correct horse");
  assert.deepEqual([file.name, file.type, await file.text()], [
    "fieldmesh.txt",
    "text/plain",
    "sealed",
  ]);
  assert.deepEqual(worker.made[0].args, { passphrase: "correct horse" });
});

Deno.test("what is asked for is asked by its name, with what it needs", async () => {
  const worker = new FakeCalls({
    observation: () => null,
    history: () => [],
    media: () => null,
    "identity-confirm": () => null,
    "set-retention": () => null,
    thin: () => ({ removed: 3, bytes: 5 }),
    "keep-frames": () => null,
    quarantine: () => [],
    "remove-member": () => null,
    rebuild: () => null,
    rename: () => null,
  });
  const requests = new Requests(worker);
  assert.equal(await requests.observation("o1"), null);
  assert.deepEqual(await requests.history("o1"), []);
  assert.equal(await requests.media("aa"), null);
  await requests.confirmIdentity();
  await requests.setRetention(KEEP_ALL);
  assert.deepEqual(await requests.thin(KEEP_ALL), { removed: 3, bytes: 5 });
  await requests.setKeepFrames(true);
  assert.deepEqual(await requests.quarantine(), []);
  await requests.removeMember("d1");
  await requests.rebuild();
  await requests.rename("Gate");
  assert.deepEqual(worker.made, [
    { kind: "observation", args: { observation: "o1" } },
    { kind: "history", args: { observation: "o1" } },
    { kind: "media", args: { hash: "aa" } },
    { kind: "identity-confirm", args: {} },
    { kind: "set-retention", args: { retention: KEEP_ALL } },
    { kind: "thin", args: { retention: KEEP_ALL } },
    { kind: "keep-frames", args: { on: true } },
    { kind: "quarantine", args: {} },
    { kind: "remove-member", args: { device: "d1" } },
    { kind: "rebuild", args: {} },
    { kind: "rename", args: { name: "Gate" } },
  ]);
});

Deno.test("inferBatch() sends copies, and refuses a picture of another size than it says", async () => {
  const model = { id: "m", sha256: "00" };
  const worker = new FakeCalls({ "infer-batch": () => ({ detections: [[]], ms: 1, model }) });
  const requests = new Requests(worker);
  const rgba = new Uint8ClampedArray(8).fill(7);
  await requests.inferBatch([{ width: 2, height: 1, rgba }]);
  rgba.fill(0);
  const sent = new Uint8Array(8).fill(7).buffer;
  assert.deepEqual(worker.made[0].args, { pictures: [{ width: 2, height: 1, rgba: sent }] });
  await assert.rejects(requests.inferBatch([{ width: 2, height: 2, rgba }]), /16 bytes, not 8/);
});

Deno.test("keepRules(), placeCamera() and worldAct() hand over what they were given", async () => {
  const worker = new FakeCalls({
    "keep-rules": () => null,
    "place-camera": () => null,
    "world-act": () => null,
  });
  const requests = new Requests(worker);
  const rules = { zones: [], lines: [], rules: [] };
  const origin = { latitude: 52, longitude: 13 };
  await requests.keepRules(rules, origin);
  await requests.placeCamera(null);
  await requests.worldAct({ kind: "remove-track", track: "a:1" });
  assert.deepEqual(worker.made.map(({ args }) => args), [
    { rules, origin },
    { camera: null },
    { act: { kind: "remove-track", track: "a:1" } },
  ]);
});
