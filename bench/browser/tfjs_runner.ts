import { type Layer, mobileNetV2, outputOf, rangesOf } from "../networks/mobilenet_v2.ts";
import { type Entrant, readInput, type Runner } from "./entrant.ts";

/** The part of `@tensorflow/tfjs-core` 4.22 and its Wasm backend that is used. */
interface Tfjs {
  setWasmPaths(folder: string): void;
  setBackend(name: "wasm"): Promise<boolean>;
  tensor(data: Float32Array, shape: readonly number[]): TfTensor;
  tidy<T>(work: () => T): T;
  mean(x: TfTensor, axes: readonly number[]): TfTensor;
  add(a: TfTensor, b: TfTensor): TfTensor;
  readonly fused: {
    conv2d(options: FusedConv): TfTensor;
    depthwiseConv2d(options: FusedConv): TfTensor;
    matMul(options: { a: TfTensor; b: TfTensor; bias: TfTensor }): TfTensor;
  };
}
interface FusedConv {
  readonly x: TfTensor;
  readonly filter: TfTensor;
  readonly bias: TfTensor;
  readonly strides: number;
  readonly pad: "same";
  readonly activation: "relu6" | "linear";
}
interface TfTensor {
  dataSync(): Float32Array;
}

interface Loaded {
  readonly layer: Layer;
  readonly filter: TfTensor;
  readonly bias: TfTensor;
}

/** MobileNetV2 out of tfjs's fused float operators, as its converter makes them of a trained network. */
export async function startTfjs({ input }: Entrant): Promise<Runner> {
  const address = "/peers/tfjs.js"; // not a literal in `import`: for Deno the module does not exist
  const tf: Tfjs = await import(address);
  tf.setWasmPaths("/peers/tfjs/");
  if (!await tf.setBackend("wasm")) throw new Error("Cannot start tfjs's Wasm backend");
  const data = Float32Array.from(await readInput(input));
  const network = loadNetwork(tf);
  return {
    run: () =>
      Promise.resolve([
        tf.tidy(() => forward(tf, network, tf.tensor(data, input.shape)).dataSync()),
      ]),
  };
}

function loadNetwork(tf: Tfjs): Loaded[] {
  const layers = mobileNetV2();
  const ranges = rangesOf(layers);
  return layers.map((layer) => {
    const step = (ranges.get(layer.input)?.scale ?? 1) * layer.weightScale;
    const bias = Float32Array.from(layer.bias, (steps) => steps * step);
    return { layer, filter: filterOf(tf, layer), bias: tf.tensor(bias, [layer.outputs]) };
  });
}

/** tfjs has the outputs last. */
function filterOf(
  tf: Tfjs,
  { kind, kernel, inputs, outputs, weights, weightScale }: Layer,
): TfTensor {
  const real = Float32Array.from(weights, (weight) => weight * weightScale);
  if (kind === "depthwise") return tf.tensor(real, [kernel, kernel, outputs, 1]);
  const rows = kernel * kernel * inputs;
  const turned = real.map((_, at) => real[(at % outputs) * rows + Math.floor(at / outputs)]);
  return tf.tensor(
    turned,
    kind === "dense" ? [inputs, outputs] : [kernel, kernel, inputs, outputs],
  );
}

function forward(tf: Tfjs, network: readonly Loaded[], input: TfTensor): TfTensor {
  const values = new Map<string, TfTensor>();
  let newest = input;
  for (const { layer, filter, bias } of network) {
    const x = layer.kind === "dense" ? tf.mean(newest, [1, 2]) : newest;
    newest = apply(tf, layer, { x, filter, bias });
    const before = layer.residual === undefined ? undefined : values.get(layer.residual);
    if (before) newest = tf.add(newest, before);
    values.set(outputOf(layer), newest);
  }
  return newest;
}

function apply(
  tf: Tfjs,
  { kind, stride, relu6 }: Layer,
  operands: Pick<FusedConv, "x" | "filter" | "bias">,
): TfTensor {
  if (kind === "dense") {
    return tf.fused.matMul({ a: operands.x, b: operands.filter, bias: operands.bias });
  }
  const options: FusedConv = {
    ...operands,
    strides: stride,
    pad: "same",
    activation: relu6 ? "relu6" : "linear",
  };
  return kind === "depthwise" ? tf.fused.depthwiseConv2d(options) : tf.fused.conv2d(options);
}
