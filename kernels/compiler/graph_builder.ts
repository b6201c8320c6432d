import { type ConstantTensor, countOf, floatsOf } from "./constant_tensor.ts";
import type { GivenRange, Graph, GraphConstant, GraphNode } from "./graph.ts";
import type { OnnxNode } from "./onnx_schema.ts";
import { nodeError, unsupported } from "./source_node.ts";

/** More than any network for a phone has, and few enough that sizes stay exact and memory can hold it. */
const MAX_VALUE_ELEMENTS = 2 ** 28;
/** All tables and folded constants together. */
const MAX_CONSTANT_ELEMENTS = 2 ** 26;
const MAX_RANK = 8;

/** How a value between QuantizeLinear and DequantizeLinear is stored. */
export interface Quantization {
  readonly scale: number;
  readonly zero: number;
  readonly range: GivenRange;
}

/** A graph in the making: values by name, with what is known of them. */
export class GraphBuilder {
  readonly nodes: GraphNode[] = [];
  readonly #producers = new Map<string, GraphNode>();
  readonly shapes = new Map<string, readonly number[]>();
  readonly ranges = new Map<string, GivenRange>();
  /** Values that ONNX holds as integers; here they are the real numbers that these stand for. */
  readonly quantized = new Map<string, Quantization>();
  /** The same network at the file's own input shape, where it is compiled at another. */
  readonly original: GraphBuilder | undefined;
  readonly #constants = new Map<string, ConstantTensor>();
  readonly #operands = new Map<string, GraphConstant>();
  readonly #aliases = new Map<string, string>();
  /** Values of 3 axes (N C L) by name, and the value of 4 (N C 1 L) that they are a view of. */
  readonly #images = new Map<string, string>();
  readonly #reserved: ReadonlySet<string>;
  #foldedElements = 0;

  /** `names`: all that the file uses, so that no new value takes one. */
  constructor(names: ReadonlySet<string>, original?: GraphBuilder) {
    this.#reserved = names;
    this.original = original;
  }

  /** The value that stands for the one that the file calls `name`. */
  resolve(name: string): string {
    return this.#aliases.get(name) ?? name;
  }

  isKnown(name: string): boolean {
    return this.shapes.has(name);
  }

  isTaken(name: string): boolean {
    return this.shapes.has(name) || this.#aliases.has(name);
  }

  /** The node that makes a value; of an N C L value that makes its image. */
  producerOf(name: string): GraphNode | undefined {
    return this.#producers.get(this.#images.get(name) ?? name);
  }

  /** Of a value or constant. */
  shapeOf(node: OnnxNode, name: string | undefined): readonly number[] {
    const shape = name ? this.shapes.get(name) : undefined;
    if (!shape) throw nodeError(node, "lacks an input; the file is damaged");
    return shape;
  }

  constant(name: string | undefined): ConstantTensor | undefined {
    return name ? this.#constants.get(name) : undefined;
  }

  /** The input's elements, where the op needs them before the network runs. */
  needConstant(node: OnnxNode, at: number, what: string): ConstantTensor {
    const constant = this.constant(node.inputs[at]);
    if (!constant) throw unsupported(node, `with ${what} that are computed while it runs`);
    return constant;
  }

  optionalConstant(node: OnnxNode, at: number, what: string): ConstantTensor | undefined {
    return node.inputs[at] ? this.needConstant(node, at, what) : undefined;
  }

  addInput(name: string, shape: readonly number[]): void {
    this.shapes.set(name, shape);
  }

  /** The elements count against what folding may make: a damaged file must not fill the memory. */
  addFolded(node: OnnxNode, name: string | undefined, tensor: ConstantTensor): void {
    if (!name) return;
    this.#foldedElements += tensor.data.length;
    if (this.#foldedElements > MAX_CONSTANT_ELEMENTS) {
      throw nodeError(node, `makes constants of more than ${MAX_CONSTANT_ELEMENTS} elements`);
    }
    this.addConstant(name, tensor);
  }

  addConstant(name: string, tensor: ConstantTensor): void {
    this.#constants.set(name, tensor);
    this.shapes.set(name, tensor.shape);
  }

  /** A constant for nodes of the graph to read; returns its name. */
  operand(base: string, shape: readonly number[], data: Float32Array): string {
    const name = this.fresh(base);
    this.#operands.set(name, { shape, data });
    this.shapes.set(name, shape);
    return name;
  }

  /** A name that no other value has. */
  fresh(base: string): string {
    for (let k = 0;; k++) {
      const name = k === 0 ? base : `${base}_${k}`;
      if (!this.#reserved.has(name) && !this.shapes.has(name)) return name;
    }
  }

  add(source: OnnxNode, node: GraphNode, shape: readonly number[]): string {
    this.#checkShape(source, shape);
    for (const input of node.inputs) this.#keepOperand(source, input);
    this.nodes.push(node);
    this.#producers.set(node.output, node);
    this.shapes.set(node.output, shape);
    return node.output;
  }

  #keepOperand(source: OnnxNode, name: string): void {
    this.shapeOf(source, name);
    const tensor = this.#constants.get(name);
    if (tensor) this.#operands.set(name, { shape: tensor.shape, data: floatsOf(tensor) });
  }

  #checkShape(source: OnnxNode, shape: readonly number[]): void {
    if (!shape.every((size) => Number.isInteger(size) && size > 0)) {
      throw nodeError(source, `would make a tensor of shape [${shape}]`);
    }
    if (shape.length > MAX_RANK || countOf(shape) > MAX_VALUE_ELEMENTS) {
      throw nodeError(source, `would make a tensor too large to compile, [${shape}]`);
    }
  }

  /** Lets `name` be another name of `value`. */
  alias(name: string, value: string): void {
    this.#aliases.set(name, value);
  }

  reshape(source: OnnxNode, input: string, output: string, shape: readonly number[]): string {
    const from = this.shapeOf(source, input);
    if (countOf(from) !== countOf(shape)) {
      throw nodeError(source, `cannot reshape [${from}] to [${shape}]`);
    }
    const node = { ...named(source, [input], output), kind: "reshape" } as const;
    return this.add(source, node, shape);
  }

  /** The N C 1 L view of an N C L value; a value of 4 axes is its own. */
  imageOf(source: OnnxNode, name: string): string {
    const shape = this.shapeOf(source, name);
    if (shape.length === 4) return name;
    const image = this.#images.get(name);
    if (image !== undefined) return image;
    const [batch, channels, length] = shape;
    const output = this.fresh(`${name}_image`);
    this.reshape(source, name, output, [batch, channels, 1, length]);
    this.#images.set(name, output);
    return output;
  }

  /** The image of an N C L value that has one already. */
  knownImage(name: string): string | undefined {
    return this.#images.get(name);
  }

  /** Makes `output` the N C L view of an N C 1 L value. */
  sequence(source: OnnxNode, image: string, output: string): void {
    const [batch, channels, , length] = this.shapeOf(source, image);
    this.reshape(source, image, output, [batch, channels, length]);
    this.#images.set(output, image);
  }

  build(about: Pick<Graph, "name" | "inputs" | "outputs" | "metadata">): Graph {
    const { nodes, shapes, ranges } = this;
    for (const node of nodes) if (isWindowed(node)) assertOneImage(node, shapes.get(node.output));
    return { ...about, nodes, shapes, ranges, constants: this.#operands };
  }
}

/** A network may make a batch of its one input, but windows would reach from one image into the next. */
function assertOneImage(node: GraphNode, [batch]: readonly number[] = []): void {
  if (batch === 1) return;
  const { name, source: opType, inputs, output } = node;
  const source = { name, opType, inputs: [...inputs], outputs: [output], attributes: {} };
  throw unsupported(source, `on batches of ${batch}`);
}

/** Whether it reads the rows and columns around a place. */
function isWindowed(node: GraphNode): boolean {
  return node.kind === "max_pool" || node.kind === "average_pool" || node.kind === "resize" ||
    (node.kind === "conv" && !node.isMatrix);
}

/** What all graph nodes have. */
export function named(source: OnnxNode, inputs: readonly string[], output: string) {
  return { name: source.name, source: source.opType, inputs, output };
}
