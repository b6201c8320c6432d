import type { OnnxAttribute, OnnxInitializer, OnnxNode } from "./onnx_schema.ts";

/** An ONNX node as translators see it: the inputs' names are those of the values that stand for them. */
export interface SourceNode extends OnnxNode {
  /** Of ONNX's own operators. */
  readonly opset: number;
  /** The inputs' names in the file. */
  readonly fileInputs: readonly string[];
}

/** What to throw about a node: `importOnnx` puts "Cannot compile <model>: " before it. */
export function nodeError(node: OnnxNode, reason: string): Error {
  return new Error(`node ${node.name} (op ${qualifiedOp(node)}) ${reason}`);
}

const WAY_OUT = "run the model with onnxruntime-web, or cut it before this node (--outputs)";

export function unsupported(node: OnnxNode, what = ""): Error {
  return nodeError(node, `is not supported${what ? ` ${what}` : ""}; ${WAY_OUT}`);
}

function qualifiedOp({ opType, domain }: OnnxNode): string {
  return domain ? `${domain}.${opType}` : opType;
}

function attribute(node: OnnxNode, name: string): OnnxAttribute | undefined {
  return Object.hasOwn(node.attributes, name) ? node.attributes[name] : undefined;
}

export function hasAttribute(node: OnnxNode, name: string): boolean {
  return attribute(node, name) !== undefined;
}

export function intAttribute(node: OnnxNode, name: string, fallback: number): number {
  const value = attribute(node, name);
  if (value === undefined) return fallback;
  if (typeof value === "number") return value;
  throw nodeError(node, `has an attribute ${name} that is no integer; the file is damaged`);
}

export function intsAttribute(node: OnnxNode, name: string): readonly number[] | undefined {
  const value = attribute(node, name);
  if (value === undefined || isNumbers(value)) return value;
  throw nodeError(
    node,
    `has an attribute ${name} that is no list of integers; the file is damaged`,
  );
}

function isNumbers(value: OnnxAttribute): value is readonly number[] {
  return Array.isArray(value);
}

export function floatAttribute(node: OnnxNode, name: string, fallback: number): number {
  const value = attribute(node, name);
  if (value === undefined) return fallback;
  if (typeof value === "object" && "float" in value) return value.float;
  throw nodeError(node, `has an attribute ${name} that is no number; the file is damaged`);
}

export function floatsAttribute(node: OnnxNode, name: string): readonly number[] | undefined {
  const value = attribute(node, name);
  if (value === undefined) return undefined;
  if (typeof value === "object" && "floats" in value) return value.floats;
  throw nodeError(node, `has an attribute ${name} that is no list of numbers; the file is damaged`);
}

export function textAttribute(node: OnnxNode, name: string, fallback: string): string {
  const value = attribute(node, name);
  if (value === undefined) return fallback;
  if (typeof value === "string") return value;
  throw nodeError(node, `has an attribute ${name} that is no text; the file is damaged`);
}

export function tensorAttribute(node: OnnxNode, name: string): OnnxInitializer | undefined {
  const value = attribute(node, name);
  if (value === undefined) return undefined;
  if (typeof value === "object" && "tensor" in value) return value.tensor;
  throw nodeError(node, `has an attribute ${name} that is no tensor; the file is damaged`);
}

/** An axis of a tensor of `rank` axes, counted from the front. */
export function axisOf(node: OnnxNode, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw nodeError(node, `names axis ${axis} of a tensor of ${rank} axes`);
  }
  return axis < 0 ? axis + rank : axis;
}
