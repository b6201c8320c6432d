/** What every implementation of `kernels/engine.ts` must do. Run it from the test beside each of them. */
import assert from "node:assert/strict";
import type { Engine, Tensor, Tensors } from "../../kernels/engine.ts";
import { difference, sumAndProduct, unknownOperation } from "../fixtures/small_networks.ts";

export interface EngineMaker {
  create(): Engine;
  /** An ONNX file in the form that the engine loads. Throws "Cannot compile …" where it has none. */
  networkOf(onnx: Uint8Array): Promise<Uint8Array>;
}

const LEFT = [1, -2, 3.5, 0, 1e20, -0.25];
const RIGHT = [4, 5, -6, 0, 1e20, 8];
const SUM = [5, 3, -2.5, 0, 2e20, 7.75].map(Math.fround);
const PRODUCT = [4, -10, -21, 0, Infinity, -2].map(Math.fround);
const DIFFERENCE = [-3, -7, 9.5, 0, 0, -8.25];

function tensor(values: readonly number[], shape: readonly number[] = [1, 2, 3]): Tensor {
  return { data: Float32Array.from(values), shape };
}

function inputs(): { left: Tensor; right: Tensor } {
  return { left: tensor(LEFT), right: tensor(RIGHT) };
}

function values(outputs: Tensors): Record<string, number[]> {
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, [...data]]));
}

/** Registers the suite's tests, each named after `name`. */
export function engineSuite(name: string, maker: EngineMaker): void {
  const test = (what: string, body: (engine: Engine) => Promise<void>) =>
    Deno.test(`${name}: ${what}`, async () => {
      const engine = maker.create();
      try {
        await body(engine);
      } finally {
        await engine.dispose();
      }
    });
  const load = async (engine: Engine, onnx: Uint8Array) =>
    await engine.load(await maker.networkOf(onnx));
  runTests(test, load);
  refusalTests(test, load);
  loadTests(test, load, maker);
  disposeTests(test, load);
}

type Test = (what: string, body: (engine: Engine) => Promise<void>) => void;
type Load = (engine: Engine, onnx: Uint8Array) => Promise<void>;

function runTests(test: Test, load: Load): void {
  test("run() returns every named output with its shape", async (engine) => {
    await load(engine, sumAndProduct());
    const outputs = await engine.run(inputs());
    assert.deepEqual(values(outputs), { sum: SUM, product: PRODUCT });
    assert.deepEqual([...outputs.sum.shape], [1, 2, 3]);
    assert.deepEqual([...outputs.product.shape], [1, 2, 3]);
  });

  test("run() leaves inputs and earlier outputs as they were", async (engine) => {
    await load(engine, sumAndProduct());
    const given = inputs();
    const first = await engine.run(given);
    await engine.run({ left: tensor(RIGHT), right: tensor(RIGHT) });
    assert.deepEqual(given, inputs());
    assert.deepEqual(values(first), { sum: SUM, product: PRODUCT });
  });

  test("runBatch() gives for each item what run() gives for it alone", async (engine) => {
    await load(engine, sumAndProduct());
    const other = { left: tensor(RIGHT), right: tensor(LEFT.map((value) => value / 4)) };
    const alone = [await engine.run(inputs()), await engine.run(other)];
    assert.deepEqual(await engine.runBatch([]), []);
    assert.deepEqual(await engine.runBatch([inputs()]), [alone[0]]);
    const five = [other, inputs(), inputs(), other, other];
    const expected = [alone[1], alone[0], alone[0], alone[1], alone[1]];
    assert.deepEqual(await engine.runBatch(five), expected);
  });

  test("run() gives the same bits every time", async (engine) => {
    await load(engine, sumAndProduct());
    const first = await engine.run(inputs());
    for (let round = 0; round < 40; round++) {
      assert.deepEqual(await engine.run(inputs()), first);
    }
  });
}

function refusalTests(test: Test, load: Load): void {
  const refused: Record<string, { given: Tensors; message: RegExp }> = {
    "an input is missing": { given: { left: tensor(LEFT) }, message: /right/ },
    "an input's name is unknown": {
      given: { ...inputs(), middle: tensor(LEFT) },
      message: /middle/,
    },
    "a name is one that every object has": {
      given: { left: tensor(LEFT), toString: tensor(RIGHT) },
      message: /toString/,
    },
    "a shape differs": {
      given: { ...inputs(), left: tensor(LEFT, [1, 3, 2]) },
      message: /left.*3,2/,
    },
    "a tensor is smaller": {
      given: { ...inputs(), left: tensor([1, 2], [1, 2, 1]) },
      message: /left.*2,1/,
    },
    "a tensor is larger": {
      given: { ...inputs(), left: tensor([...LEFT, 0, 0], [1, 2, 4]) },
      message: /left.*2,4/,
    },
    "a shape has another rank": {
      given: { ...inputs(), left: tensor(LEFT, [2, 3]) },
      message: /left/,
    },
    "elements are missing": { given: { ...inputs(), left: tensor([1, 2]) }, message: /left/ },
    "elements have another type": {
      given: { ...inputs(), left: { data: new Uint8Array(6), shape: [1, 2, 3] } },
      message: /left/,
    },
  };
  for (const [what, { given, message }] of Object.entries(refused)) {
    test(`run() refuses when ${what}, and works afterwards`, async (engine) => {
      await load(engine, sumAndProduct());
      await assert.rejects(engine.run(given), message);
      assert.deepEqual(values(await engine.run(inputs())), { sum: SUM, product: PRODUCT });
    });
  }

  test("runBatch() refuses when one item is wrong, and works afterwards", async (engine) => {
    await load(engine, sumAndProduct());
    await assert.rejects(engine.runBatch([inputs(), { left: tensor(LEFT) }]), /right/);
    const [outputs] = await engine.runBatch([inputs()]);
    assert.deepEqual(values(outputs), { sum: SUM, product: PRODUCT });
  });

  test("run() refuses before anything is loaded", async (engine) => {
    await assert.rejects(engine.run(inputs()), /Cannot run/);
  });
}

function loadTests(test: Test, load: Load, maker: EngineMaker): void {
  test("load() takes the place of the network before", async (engine) => {
    await load(engine, sumAndProduct());
    await load(engine, difference());
    assert.deepEqual(values(await engine.run(inputs())), { difference: DIFFERENCE });
  });

  test("load() of an unknown operation fails, names it and leaves the network before", async (engine) => {
    await load(engine, difference());
    await assert.rejects(load(engine, unknownOperation()), /Cannot (load|compile) .*Divine/s);
    assert.deepEqual(values(await engine.run(inputs())), { difference: DIFFERENCE });
  });

  test("load() of damaged bytes fails and leaves the network before", async (engine) => {
    await load(engine, difference());
    const whole = await maker.networkOf(sumAndProduct());
    const half = whole.slice(0, whole.length >> 1);
    const noise = Uint8Array.from(whole, (byte, at) => byte ^ (at * 37 + 11));
    for (const damaged of [new Uint8Array(0), new Uint8Array(64), half, noise]) {
      await assert.rejects(engine.load(damaged), /Cannot load/);
    }
    assert.deepEqual(values(await engine.run(inputs())), { difference: DIFFERENCE });
  });

  test("load() leaves another engine's network alone", async (engine) => {
    const other = maker.create();
    await load(engine, sumAndProduct());
    await load(other, difference());
    await other.dispose();
    assert.deepEqual(values(await engine.run(inputs())), { sum: SUM, product: PRODUCT });
  });
}

function disposeTests(test: Test, load: Load): void {
  test("dispose() makes run() and load() refuse", async (engine) => {
    await load(engine, sumAndProduct());
    await engine.dispose();
    await assert.rejects(engine.run(inputs()), /disposed/);
    await assert.rejects(load(engine, sumAndProduct()), /disposed/);
  });

  test("dispose() may come first, and twice", async (engine) => {
    await engine.dispose();
    await engine.dispose();
  });
}
