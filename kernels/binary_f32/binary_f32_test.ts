import assert from "node:assert/strict";
import fc from "fast-check";
import { type ActivationOf, anyActivation } from "../../tests/fixtures/any_activation.ts";
import { anyFloat } from "../../tests/fixtures/any_float.ts";
import { assertSameBits } from "../../tests/fixtures/op_trial.ts";
import { TrialMemory } from "../../tests/fixtures/trial_memory.ts";
import type { BinaryF32Op, BinaryKind } from "../plan.ts";
import { binaryF32 } from "./op.ts";

interface Trial {
  readonly seed: number;
  readonly kind: BinaryKind;
  readonly shape: { readonly height: number; readonly width: number; readonly channels: number };
  readonly gaps: readonly number[];
  readonly isOnePixel: boolean;
  readonly isOneChannel: boolean;
  readonly outputIs: "a" | "b" | "its own";
  readonly activation: ActivationOf;
}

function run(trial: Trial): Promise<Uint8Array> {
  const memory = new TrialMemory(trial.seed);
  const [gapA, gapB, gapY] = trial.gaps;
  const shapeOfB = {
    height: trial.isOnePixel ? 1 : trial.shape.height,
    width: trial.isOnePixel ? 1 : trial.shape.width,
    channels: trial.isOneChannel ? 1 : trial.shape.channels,
  };
  const a = memory.tensor("f32", { ...trial.shape, after: gapA }, anyFloat);
  const b = memory.tensor("f32", { ...shapeOfB, before: gapB, after: gapB }, anyFloat);
  const isLikeA = !trial.isOnePixel && !trial.isOneChannel;
  const output = trial.outputIs === "a"
    ? a
    : trial.outputIs === "b" && isLikeA
    ? b
    : memory.tensor("f32", { ...trial.shape, before: gapY });
  const activation = trial.activation(memory, trial.shape.channels);
  const op: BinaryF32Op = { op: "binary_f32", kind: trial.kind, a, b, output, activation };
  return assertSameBits(binaryF32, memory.trial(op));
}

Deno.test("binary_f32() gives the same bits everywhere for any operands and views", async () => {
  const gap = fc.oneof(fc.constant(0), fc.nat(3));
  const trials = fc.record({
    seed: fc.integer(),
    kind: fc.constantFrom<BinaryKind>("add", "sub", "mul", "div", "max", "min"),
    shape: fc.record({ height: fc.nat(4), width: fc.nat(5), channels: fc.nat(11) }),
    gaps: fc.tuple(gap, gap, gap),
    isOnePixel: fc.boolean(),
    isOneChannel: fc.boolean(),
    outputIs: fc.constantFrom("a" as const, "b" as const, "its own" as const),
    activation: fc.oneof(fc.constant<ActivationOf>(() => ({ kind: "none" })), anyActivation),
  });
  const property = fc.asyncProperty(trials, async (trial) => void await run(trial));
  await fc.assert(property, { seed: 13, numRuns: 600 });
});

Deno.test("binary_f32() is refused operands that do not fit", async () => {
  const attempt = (b: readonly [number, number, number], y: readonly [number, number, number]) => {
    const memory = new TrialMemory(1);
    const [, right, output] = [[2, 3, 4] as const, b, y].map(([height, width, channels]) =>
      memory.tensor("f32", { height, width, channels })
    );
    const activation = { kind: "none" } as const;
    const op: BinaryF32Op = { op: "binary_f32", kind: "add", a: 0, b: right, output, activation };
    return assertSameBits(binaryF32, memory.trial(op));
  };
  await attempt([1, 1, 4], [2, 3, 4]);
  await assert.rejects(attempt([1, 3, 4], [2, 3, 4]), /neither/);
  await assert.rejects(attempt([2, 3, 2], [2, 3, 4]), /neither/);
  await assert.rejects(attempt([2, 3, 4], [2, 3, 5]), /another size/);
});
