import assert from "node:assert/strict";
import { defaultDetector, detectorById, detectors } from "./catalogue.ts";
import { modelBytes } from "./model_bytes.ts";

Deno.test("detectorById() finds what ships and nothing else", () => {
  for (const detector of detectors) assert.equal(detectorById(detector.id), detector);
  assert.equal(detectorById("toString"), undefined);
  assert.equal(detectorById(""), undefined);
});

Deno.test("the catalogue begins with the default, a plan; each model is named and labelled once", () => {
  assert.equal(detectors[0], defaultDetector);
  assert.equal(defaultDetector.runtime, "plan");
  for (const field of ["id", "name", "url", "about"] as const) {
    assert.equal(new Set(detectors.map((each) => each[field])).size, detectors.length, field);
  }
  for (const { labels } of detectors) assert.equal(new Set(labels).size, labels.length);
});

for (const { id, bytes, sha256, url } of detectors) {
  Deno.test(`modelBytes() of ${id} has the size, the hash and the address of its card`, async () => {
    const file = await modelBytes(id);
    assert.equal(file.length, bytes);
    const digest = await crypto.subtle.digest("SHA-256", file);
    assert.equal(new Uint8Array(digest).toHex(), sha256);
    assert.ok(url.startsWith(`/models/`) && url.includes(sha256.slice(0, 8)), url);
  });
}

Deno.test("modelBytes() names a model that does not ship", async () => {
  await assert.rejects(modelBytes("yolo"), /There is no plan yolo/);
});
