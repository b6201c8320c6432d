/**
 * Reads a TensorFlow.js graph model: `model.json` (topology and weight manifest) and its weight bytes.
 * Only what detectors need: constants are float32, float16-packed float32, or int32.
 */

export interface TfNode {
  readonly name: string;
  readonly op: string;
  /** Data inputs: `node` or `node:output`. Control inputs (`^node`) are left out. */
  readonly inputs: readonly string[];
  readonly attributes: TfAttributes;
}

/** Elements of a constant: float16 as its 16 bits, so that nothing is lost or widened on the way. */
export type TfValues =
  | { readonly type: "float16"; readonly values: Uint16Array<ArrayBuffer> }
  | { readonly type: "float32"; readonly values: Float32Array<ArrayBuffer> }
  | { readonly type: "int"; readonly values: Int32Array<ArrayBuffer> };

export interface TfConstant {
  readonly shape: readonly number[];
  readonly elements: TfValues;
}

export interface TfGraph {
  readonly nodes: ReadonlyMap<string, TfNode>;
  readonly constants: ReadonlyMap<string, TfConstant>;
  /** Names of the nodes behind the signature's outputs. */
  readonly outputs: readonly string[];
}

type JsonObject = Readonly<Record<string, unknown>>;

/** Parses a model. `readWeights` gets each file named by the manifest. Throws `Error("Cannot read …")`. */
export function parseTfjsGraph(
  json: unknown,
  readWeights: (path: string) => Uint8Array,
): TfGraph {
  const model = asObject(json, "model");
  const topology = asObject(model.modelTopology, "modelTopology");
  const nodes = asArray(topology.node, "modelTopology.node").map(parseNode);
  return {
    nodes: new Map(nodes.map((node) => [node.name, node])),
    constants: parseWeights(model.weightsManifest, readWeights),
    outputs: parseOutputs(model.signature),
  };
}

/** A node's attributes, decoded when asked for. Each getter throws if the attribute has another type. */
export class TfAttributes {
  readonly #node: string;
  readonly #raw: JsonObject;

  constructor(node: string, raw: JsonObject) {
    this.#node = node;
    this.#raw = raw;
  }

  /** A string attribute (base64 in the file). */
  text(key: string): string {
    return atob(asText(this.#get(key).s, this.#where(key)));
  }

  number(key: string): number {
    const value = this.#get(key);
    return asNumber(value.f ?? value.i, this.#where(key));
  }

  flag(key: string): boolean {
    return key in this.#raw && this.#get(key).b === true;
  }

  integers(key: string): number[] {
    const list = asObject(this.#get(key).list, this.#where(key));
    return asArray(list.i ?? [], this.#where(key)).map((item) => asNumber(item, this.#where(key)));
  }

  /** Static shape of a placeholder. */
  shape(key: string): number[] {
    const shape = asObject(this.#get(key).shape, this.#where(key));
    return asArray(shape.dim ?? [], this.#where(key))
      .map((dim) => asNumber(asObject(dim, this.#where(key)).size, this.#where(key)));
  }

  #get(key: string): JsonObject {
    return asObject(this.#raw[key], this.#where(key));
  }

  #where(key: string): string {
    return `attribute ${key} of node ${this.#node}`;
  }
}

function parseNode(raw: unknown): TfNode {
  const node = asObject(raw, "node");
  const name = asText(node.name, "node name");
  return {
    name,
    op: asText(node.op, `op of node ${name}`),
    inputs: asArray(node.input ?? [], `inputs of node ${name}`)
      .map((input) => asText(input, `input of node ${name}`))
      .filter((input) => !input.startsWith("^")),
    attributes: new TfAttributes(name, asObject(node.attr ?? {}, `attributes of node ${name}`)),
  };
}

function parseOutputs(signature: unknown): string[] {
  const outputs = asObject(asObject(signature, "signature").outputs, "signature.outputs");
  return Object.values(outputs).map((output) =>
    asText(asObject(output, "output").name, "output name").replace(/:0$/, "")
  );
}

function parseWeights(
  manifest: unknown,
  readWeights: (path: string) => Uint8Array,
): Map<string, TfConstant> {
  const constants = new Map<string, TfConstant>();
  for (const rawGroup of asArray(manifest, "weightsManifest")) {
    const group = asObject(rawGroup, "weight group");
    const paths = asArray(group.paths, "weight paths").map((path) => asText(path, "weight path"));
    const bytes = joined(paths.map(readWeights));
    const end = asArray(group.weights, "weights").reduce<number>((offset, rawWeight) => {
      const { name, constant, byteLength } = parseWeight(rawWeight, bytes, offset);
      constants.set(name, constant);
      return offset + byteLength;
    }, 0);
    if (end !== bytes.length) {
      throw new Error(`Cannot read weights: the manifest covers ${end} of ${bytes.length} bytes`);
    }
  }
  return constants;
}

function parseWeight(rawWeight: unknown, bytes: Uint8Array, offset: number) {
  const weight = asObject(rawWeight, "weight");
  const name = asText(weight.name, "weight name");
  const shape = asArray(weight.shape, `shape of ${name}`)
    .map((size) => asNumber(size, `shape of ${name}`));
  const type = elementType(weight, name);
  const byteLength = elementCount(shape) * (type === "float16" ? 2 : 4);
  if (offset + byteLength > bytes.length) {
    throw new Error(`Cannot read weights: ${name} ends behind the last byte`);
  }
  // Copied: a typed array must begin at a multiple of its element size.
  const buffer = bytes.slice(offset, offset + byteLength).buffer;
  return { name, byteLength, constant: { shape, elements: elementsOf(type, buffer) } };
}

function elementType(weight: JsonObject, name: string): TfValues["type"] {
  const packed = weight.quantization === undefined
    ? undefined
    : asObject(weight.quantization, `quantization of ${name}`).dtype;
  if (packed === "float16") return "float16";
  if (packed !== undefined) throw new Error(`Cannot read ${name}: packed as ${String(packed)}`);
  if (weight.dtype === "float32") return "float32";
  if (weight.dtype === "int32") return "int";
  throw new Error(`Cannot read ${name}: elements of type ${String(weight.dtype)}`);
}

function elementsOf(type: TfValues["type"], buffer: ArrayBuffer): TfValues {
  switch (type) {
    case "float16":
      return { type, values: new Uint16Array(buffer) };
    case "float32":
      return { type, values: new Float32Array(buffer) };
    case "int":
      return { type, values: new Int32Array(buffer) };
  }
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function asObject(value: unknown, what: string): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as JsonObject;
  }
  throw new Error(`Cannot read ${what}: not an object`);
}

function asArray(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`Cannot read ${what}: not a list`);
}

function asText(value: unknown, what: string): string {
  if (typeof value === "string") return value;
  throw new Error(`Cannot read ${what}: not a text`);
}

/** TensorFlow writes 64-bit integers as text. */
function asNumber(value: unknown, what: string): number {
  const number = typeof value === "string" ? Number(value) : value;
  if (typeof number === "number" && !Number.isNaN(number)) return number;
  throw new Error(`Cannot read ${what}: not a number`);
}
