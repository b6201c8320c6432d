import { floatsOf, padShape } from "../constant_tensor.ts";
import type { Activation } from "../graph.ts";
import type { GraphBuilder } from "../graph_builder.ts";
import {
  floatAttribute,
  hasAttribute,
  nodeError,
  type SourceNode,
  unsupported,
} from "../source_node.ts";
import { addUnary } from "./elementwise.ts";
import type { Translator } from "./translator.ts";

function activation(of: (node: SourceNode, builder: GraphBuilder) => Activation): Translator {
  return (node, builder) => {
    addUnary(node, builder, node.inputs[0], node.outputs[0], of(node, builder));
  };
}

function plain(kind: "sigmoid" | "tanh" | "hard_swish" | "exp" | "sqrt" | "abs"): Translator {
  return activation(() => ({ kind }));
}

/** Bounds are attributes before opset 11, then inputs; either may be left out. */
function clip(node: SourceNode, builder: GraphBuilder): Activation {
  const [low, high] = [1, 2].map((at) => builder.optionalConstant(node, at, "bounds")?.data[0]);
  return {
    kind: "clip",
    low: low ?? (hasAttribute(node, "min") ? floatAttribute(node, "min", 0) : -Infinity),
    high: high ?? (hasAttribute(node, "max") ? floatAttribute(node, "max", 0) : Infinity),
  };
}

/** Slopes: one for all, or one a channel (axis 1). */
function leakySlopes(node: SourceNode, builder: GraphBuilder): Activation {
  const slopes = builder.needConstant(node, 1, "slopes");
  const shape = builder.shapeOf(node, node.inputs[0]);
  const padded = padShape(slopes.shape, shape.length);
  const isByChannel = padded.every((size, axis) => size === (axis === 1 ? shape[1] : 1));
  if (slopes.data.length !== 1 && !isByChannel) {
    throw unsupported(node, `with slopes of [${slopes.shape}] for an input of [${shape}]`);
  }
  if (slopes.data.length === 0) throw nodeError(node, "has no slopes; the file is damaged");
  return { kind: "leaky", slopes: floatsOf(slopes) };
}

export const ACTIVATIONS: Readonly<Record<string, Translator>> = {
  Relu: activation(() => ({ kind: "clip", low: 0, high: Infinity })),
  Clip: activation(clip),
  LeakyRelu: activation((node) => ({
    kind: "leaky",
    slopes: Float32Array.of(floatAttribute(node, "alpha", 0.01)),
  })),
  PRelu: activation(leakySlopes),
  Sigmoid: plain("sigmoid"),
  Tanh: plain("tanh"),
  HardSwish: plain("hard_swish"),
  HardSigmoid: activation((node) => ({
    kind: "hard_sigmoid",
    alpha: floatAttribute(node, "alpha", 0.2),
    beta: floatAttribute(node, "beta", 0.5),
  })),
  Exp: plain("exp"),
  Sqrt: plain("sqrt"),
  Abs: plain("abs"),
};
