import type { ConvNode } from "./graph.ts";

/** ONNX's [outputs][inputs][kernel h][kernel w] as [outputs][kernel h][kernel w][inputs]. */
export function tapMajor(
  { weights, bias: { length: outputs }, kernel: [height, width] }: Pick<
    ConvNode,
    "weights" | "bias" | "kernel"
  >,
): Float32Array {
  const taps = height * width;
  const depth = weights.length / outputs;
  const inputs = depth / taps;
  const turned = new Float32Array(weights.length);
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input < inputs; input++) {
      for (let tap = 0; tap < taps; tap++) {
        turned[output * depth + tap * inputs + input] =
          weights[output * depth + input * taps + tap];
      }
    }
  }
  return turned;
}
