import assert from "node:assert/strict";
import { encodeCbor } from "../../field/cbor.ts";
import { decodeMap, decodeUpload, encodeMap, encodeUpload } from "./server_rows.ts";

Deno.test("decodeUpload() gives what encodeUpload() was given, to the millimetre", () => {
  const upload = {
    atMs: 1_800_000_000_000,
    seen: [{
      ...{ label: "cat", confidence: 0.5, position: [1.25, -2.5] as const },
      ...{ covariance: [0.25, -0.01, 0.36] as const, biasCovariance: [0.16, 0, 0.16] as const },
    }],
  };
  assert.deepEqual(decodeUpload(encodeUpload(upload)), upload);
});

Deno.test("decodeMap() gives what encodeMap() was given, to the millimetre", () => {
  const news = {
    atMs: 1_800_000_000_000,
    all: [3, 7],
    changed: [{
      ...{ number: 7, label: "person", confidence: 0.75, lastAtMs: 1_799_999_999_900 },
      ...{ position: [1.25, -2.5] as const, velocity: [0.5, 0] as const },
      covariance: [0.25, -0.01, 0.36] as const,
    }],
  };
  assert.deepEqual(decodeMap(encodeMap(news)), news);
});

Deno.test("decodeUpload() refuses what is no upload", () => {
  for (const value of [1, ["now", []], [1, [["cat", 1]]], [1, [[1, 1, 1, 1, 1, 1, 1, 1, 1, 1]]]]) {
    assert.throws(() => decodeUpload(encodeCbor(value)), {
      message: "A drone or its server said what is no message of theirs",
    });
  }
});
