import assert from "node:assert/strict";
import { mobileNetV2 } from "../../bench/networks/mobilenet_v2.ts";
import { mobileNetV2Onnx } from "../../bench/networks/mobilenet_v2_onnx.ts";
import { noise } from "../../tests/fixtures/against_onnxruntime.ts";
import { OnnxNetwork } from "../../tests/fixtures/onnx_network.ts";
import type { Frame, Tensors } from "../engine.ts";
import { RECORD_WORDS } from "../plan.ts";
import { decodePlan } from "../plan_file.ts";
import { referenceBackend, referenceEngine } from "../reference_engine.ts";
import { NOTHING_MEASURED } from "./calibrate.ts";
import { compileOnnx, COMPILER } from "./compile.ts";
import { importOnnx } from "./import_onnx.ts";
import { planInWords } from "./inspect.ts";
import { lowerF32 } from "./lower_f32.ts";
import { lowerInt8 } from "./lower_int8.ts";
import type { CompileOptions, DistributionHead, ImageInput } from "./options.ts";
import { anonymousPlan } from "./plan_runner.ts";
import { withNumbers } from "./quantized_graph.ts";
import { reportInWords, reportOf } from "./report.ts";

const [HEIGHT, WIDTH] = [16, 24];
const SCORES = 5;
const BINS = 8;
const LOGITS = SCORES + 4 * BINS;

const IMAGE: ImageInput = {
  fit: "stretch",
  order: [2, 1, 0],
  mean: [100, 110, 120],
  deviation: [50, 60, 70],
  fill: 0,
};

/** A detector's trunk and head: its output is as a conv leaves it, or parted into scores and boxes. */
function detector(): Uint8Array {
  const network = new OnnxNetwork();
  const image = network.input([1, 3, HEIGHT, WIDTH], "image");
  const conv = (x: string, outputs: number, inputs: number, stride: number, seed: number) => {
    const weights = network.floats(
      [outputs, inputs, 3, 3],
      noise(seed, outputs * inputs * 9, -0.4, 0.4),
    );
    const bias = network.floats([outputs], noise(seed + 1, outputs));
    const window = { kernel_shape: [3, 3], strides: [stride, stride], pads: [1, 1, 1, 1] };
    return network.node("Conv", [x, weights, bias], window);
  };
  const trunk = network.node("Relu", [conv(image, 8, 3, 2, 1)]);
  const head = conv(trunk, LOGITS, 8, 2, 3);
  const parts = network.integers(SCORES, 4 * BINS);
  const [scores, boxes] = network.nodes("Split", [head, parts], { axis: 1 }, 2);
  return network.encode([scores, boxes]);
}

const [SCORE_VALUE, BOX_VALUE] = ["split_3_0", "split_3_1"];

const HEAD: DistributionHead = {
  kind: "distribution",
  bins: BINS,
  levels: [{ scores: SCORE_VALUE, boxes: BOX_VALUE, stride: 4 }],
  minScore: 0.3,
  maxOverlap: 0.5,
  maxDetections: 20,
};

function frame(seed: number, width = WIDTH, height = HEIGHT): Frame {
  return { width, height, data: Uint8Array.from(noise(seed, width * height * 4, 0, 255)) };
}

function tensors(seed: number): Tensors {
  return { image: { data: noise(seed, 3 * HEIGHT * WIDTH, -2, 2), shape: [1, 3, HEIGHT, WIDTH] } };
}

const PORTS = { backend: referenceBackend };

const OPTIONS: CompileOptions = {
  precision: "int8",
  calibration: [tensors(1), tensors(2)],
  provenance: {
    name: "detector",
    licence: "MIT",
    notices: ["Copyright nobody"],
    source: { file: "detector.onnx", sha256: "00" },
  },
};

async function answer(plan: Uint8Array, inputs: Tensors): Promise<Tensors> {
  const engine = referenceEngine();
  await engine.load(plan);
  return await engine.run(inputs);
}

Deno.test("compileOnnx() makes the same bytes of the same file and options", async () => {
  const once = await compileOnnx(detector(), OPTIONS, PORTS);
  const twice = await compileOnnx(detector(), OPTIONS, PORTS);
  assert.deepEqual(once, twice);
  const other = await compileOnnx(detector(), { ...OPTIONS, calibration: [tensors(1)] }, PORTS);
  assert.notDeepEqual(other.plan, once.plan);
});

Deno.test("compileOnnx() writes where the plan comes from, and an answer that engines prove", async () => {
  const { plan: file } = await compileOnnx(detector(), OPTIONS, PORTS);
  const plan = await decodePlan(file);
  assert.equal(plan.provenance.compiler, COMPILER);
  assert.equal(plan.provenance.licence, "MIT");
  assert.equal(plan.provenance.calibration.length, 2);
  assert.ok(plan.provenance.calibration.every((hash) => /^[0-9a-f]{64}$/.test(hash)));
  assert.match(plan.golden.output, /^[0-9a-f]{64}$/);
  await referenceEngine().load(file);
});

Deno.test("compileOnnx() tells two calibrations apart by more than their bytes", async () => {
  const way = { ...OPTIONS, image: IMAGE };
  const hashes = await Promise.all([[8, 6], [6, 8]].map(async ([width, height]) => {
    const calibration = [{ ...frame(1, width, height) }];
    const { plan } = await compileOnnx(detector(), { ...way, calibration }, PORTS);
    return (await decodePlan(plan)).provenance.calibration[0];
  }));
  assert.notEqual(hashes[0], hashes[1]);
});

Deno.test("compileOnnx() with a picture as input sees what the network was trained to see", async () => {
  const way = { ...OPTIONS, image: IMAGE, calibration: [frame(1), frame(2)] };
  const given = frame(3);
  const pixels = Float32Array.from({ length: 3 * HEIGHT * WIDTH }, (_, at) => {
    const channel = Math.floor(at / (HEIGHT * WIDTH));
    const value = given.data[at % (HEIGHT * WIDTH) * 4 + IMAGE.order[channel]];
    return (value - IMAGE.mean[channel]) / IMAGE.deviation[channel];
  });
  const exact = await compileOnnx(detector(), { ...OPTIONS, precision: "fp32" }, PORTS);
  const wanted = await answer(exact.plan, {
    image: { data: pixels, shape: [1, 3, HEIGHT, WIDTH] },
  });
  for (const precision of ["fp32", "int8"] as const) {
    const { plan } = await compileOnnx(detector(), { ...way, precision }, PORTS);
    const picture = { data: Uint8Array.from(given.data), shape: [HEIGHT, WIDTH, 4] };
    const got = await answer(plan, { image: picture });
    for (const name of [SCORE_VALUE, BOX_VALUE]) {
      const tolerance = precision === "fp32" ? 1e-4 : 0.3;
      got[name].data.forEach((value, at) =>
        assert.ok(Math.abs(value - wanted[name].data[at]) <= tolerance, `${precision} ${name}`)
      );
    }
  }
});

Deno.test("compileOnnx() measures on pictures what will take tensors", async () => {
  const way = { ...OPTIONS, pictures: IMAGE, calibration: [frame(1, 9, 7)] };
  const { report } = await compileOnnx(detector(), way, PORTS);
  assert.deepEqual(report.inputs, [{ name: "image", shape: [1, 3, HEIGHT, WIDTH] }]);
  assert.ok(report.agreement.every(({ cosine }) => cosine > 0.99));
});

Deno.test("compileOnnx() with a head ends in detections, and still says how near its logits are", async () => {
  const way = { ...OPTIONS, image: IMAGE, head: HEAD, calibration: [frame(1), frame(2)] };
  const { plan, report } = await compileOnnx(detector(), way, PORTS);
  assert.deepEqual(report.outputs, [{ name: "detections", shape: [21, RECORD_WORDS] }]);
  assert.deepEqual(report.agreement.map(({ output }) => output), [SCORE_VALUE, BOX_VALUE]);
  assert.equal(report.ops.conv, 2);
  const found = await answer(plan, {
    image: { data: new Uint8Array(frame(3).data), shape: [HEIGHT, WIDTH, 4] },
  });
  const [count] = found.detections.data;
  assert.ok(count > 0 && count <= 20, `${count} detections`);
  for (let at = RECORD_WORDS; at <= count * RECORD_WORDS; at += RECORD_WORDS) {
    const [one, score, left, top, right, bottom] = found.detections.data.slice(at, at + 6);
    assert.ok(one >= 0 && one < SCORES && score >= 0.29 * 32768 && score <= 32768);
    assert.ok(left >= 0 && top >= 0 && right <= WIDTH * 16 && bottom <= HEIGHT * 16);
  }
});

Deno.test("compileOnnx() takes a QDQ model's own ranges, and counts MobileNetV2's 300.8 M MACs", () => {
  const graph = importOnnx(mobileNetV2Onnx(mobileNetV2(), "qdq"));
  const body = lowerInt8(withNumbers(graph, NOTHING_MEASURED), {});
  const { macs, ops } = reportOf(anonymousPlan(body), 0, []);
  assert.equal((macs / 1e6).toFixed(1), "300.8");
  assert.deepEqual(ops, {
    quantize: 1,
    copy: 1,
    conv: 36,
    depthwise: 17,
    average_pool: 1,
    dequantize: 1,
  });
  const floats = lowerF32(importOnnx(mobileNetV2Onnx(mobileNetV2(), "fp32")));
  assert.equal(reportOf(anonymousPlan(floats), 0, []).macs, macs);
});

Deno.test("compileOnnx() says what cannot be, and what to do", async () => {
  const cases: [Partial<CompileOptions>, RegExp][] = [
    [{ head: HEAD }, /needs frames as the input/],
    [{ head: HEAD, image: IMAGE, precision: "fp32" }, /Cannot compile a head in fp32/],
    [{ calibration: [frame(1)] }, /say how a picture becomes the input/],
    [{ calibration: [] }, /Cannot quantize image: its range is not known. .*--fp32/],
    [{ image: { ...IMAGE, order: [0, 1] } }, /image has shape \[1,3,16,24\], .* 2 channels/],
    [
      { calibration: [{ image: { ...tensors(1).image, data: noise(1, 1152).fill(NaN) } }] },
      /becomes NaN/,
    ],
    [{ inputShape: [1, 3, 0, 8] }, /Cannot compile/],
  ];
  for (const [change, message] of cases) {
    await assert.rejects(compileOnnx(detector(), { ...OPTIONS, ...change }, PORTS), message);
  }
});

Deno.test("compileOnnx() names the node and op that have no integer form", async () => {
  const network = new OnnxNetwork();
  const [a, b] = [
    network.input([1, 3, HEIGHT, WIDTH], "image"),
    network.input([1, 3, HEIGHT, WIDTH]),
  ];
  const bytes = network.encode([network.node("Div", [a, network.node("Exp", [b])])]);
  const { image } = tensors(1);
  const options = { ...OPTIONS, calibration: [{ image, input1: image }] };
  await assert.rejects(
    compileOnnx(bytes, options, PORTS),
    /Cannot compile node node_div_1 \(Div\): .* compile with --fp32/,
  );
  await assert.rejects(
    compileOnnx(bytes, { ...options, image: IMAGE }, PORTS),
    /Cannot feed frames: the network has 2 inputs/,
  );
});

Deno.test("reportInWords() and planInWords() say what a reader looks for", async () => {
  const { plan, report } = await compileOnnx(detector(), OPTIONS, PORTS);
  const words = reportInWords(report);
  assert.match(words, /^detector, int8$/m);
  assert.match(words, /^ {2}input {3}image 1×3×16×24$/m);
  assert.match(words, /^ {2}agrees {2}split_3_0: \d\d\.\d dB, cosine 0\.99\d+, largest error/m);
  const contents = planInWords(await decodePlan(plan));
  assert.match(contents, /from {4}detector\.onnx, SHA-256 00/);
  assert.match(contents, /^ +\d+ {2}conv 3×3 {2}\S+ u7 8×12×8 at \d+ → \S+ i16 4×6×5 at \d+$/m);
});
