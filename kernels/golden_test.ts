import assert from "node:assert/strict";
import { tinyPlan } from "../tests/fixtures/tiny_plan.ts";
import { goldenInputs, goldenParts, hashOf } from "./golden.ts";
import type { PlanOp, PlanPort } from "./plan.ts";

const golden = { seed: 7, input: "", output: "" };
const FRAME: PlanPort = { name: "frame", shape: [0, 0, 4] };

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView<ArrayBufferLike>): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

Deno.test("goldenInputs() asks the same of a seed, another thing of another", () => {
  const { inputs } = tinyPlan();
  const first = goldenInputs({ inputs, golden });
  assert.deepEqual(goldenInputs({ inputs, golden }), first);
  assert.notDeepEqual(goldenInputs({ inputs, golden: { ...golden, seed: 8 } }), first);
});

Deno.test("goldenInputs() makes the bits that committed plans were answered for", async () => {
  const inputs = goldenInputs({ inputs: [FRAME, ...tinyPlan().inputs], golden });
  assert.equal(
    await hashOf(Object.values(inputs).map(({ data }) => bytesOf(data))),
    "84c02ced492a9ee097d4ab0014eab3a9d110c4cbcee8ecca5f3ed65619c926a9",
  );
});

Deno.test("goldenInputs() fills tensors with −2 to 2, frames with bytes, of a size that is not the plan's", () => {
  const inputs = [...tinyPlan().inputs, FRAME, { name: "fixed", shape: [3, 5, 4] }];
  const { x, frame, fixed } = goldenInputs({ inputs, golden });
  assert.ok(x.data instanceof Float32Array && x.data.every((value) => Math.abs(value) <= 2));
  assert.deepEqual([x.shape, frame.shape, fixed.shape], [[2, 3], [61, 97, 4], [3, 5, 4]]);
  assert.deepEqual([frame.data.length, fixed.data.length], [61 * 97 * 4, 60]);
  assert.ok(new Set(frame.data).size > 200, "bytes of all kinds");
});

Deno.test("goldenParts() asks a detector for its logits, then for its detections", () => {
  const levels = [{ scores: 3, boxes: 4, stride: 8 }, { scores: 5, boxes: 6, stride: 16 }];
  const decode: PlanOp = {
    op: "decode_distribution",
    ...{ output: 7, threshold: 0, sigmoid: 0, inputSize: [8, 8], levels, bins: 8, exp: 0 },
  };
  const { ops, outputs } = tinyPlan();
  assert.deepEqual(goldenParts({ ops: [...ops, decode], outputs }), [
    { ops: 2, tensors: [3, 4, 5, 6] },
    { ops: 3, tensors: [2] },
  ]);
  assert.deepEqual(goldenParts({ ops, outputs }), [{ ops: 2, tensors: [2] }]);
});

Deno.test("hashOf() is SHA-256 over the parts as one", async () => {
  const abc = new TextEncoder().encode("abc");
  const known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"; // FIPS 180-2
  assert.equal(await hashOf([abc]), known);
  assert.equal(await hashOf([abc.subarray(0, 1), new Uint8Array(), abc.subarray(1)]), known);
});
